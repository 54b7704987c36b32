"""Small numbers: no class gives its count away, whatever threshold and rounding a trust chooses."""

from itertools import groupby

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.access.suppression import USUAL, Masking, Seen, narrower

ALLOWED = range(5, 21)
RULES = [Masking(threshold, rounding) for threshold in ALLOWED for rounding in ALLOWED]
LEAST_IN_A_CLASS = 3
MANY = settings(
    deadline=None, max_examples=100, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
RULE = st.builds(Masking, st.sampled_from(ALLOWED), st.sampled_from(ALLOWED))


def number(shown: str) -> int:
    """What a class says, with everything below the threshold as 0."""
    return 0 if shown.startswith("<") else int(shown.replace(",", ""))


def slow_count(count: int, threshold: int, rounding: int) -> str:
    """The same in whole numbers, step by step."""
    if count < threshold:
        return f"<{threshold}"
    down, over = divmod(count, rounding)
    nearest = (down + (2 * over >= rounding)) * rounding
    while nearest < threshold:
        nearest += rounding
    return f"{nearest:,}"


def test_the_usual_rule_is_five_and_five() -> None:
    assert USUAL == Masking() == Masking(5, 5)


def test_ways_of_showing_come_in_order_from_all_to_nothing() -> None:
    assert [*Seen] == ["exact", "suppressed", "hidden"]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("exact", "exact", "exact"),
        ("exact", "suppressed", "suppressed"),
        ("exact", "hidden", "hidden"),
        ("suppressed", "suppressed", "suppressed"),
        ("suppressed", "hidden", "hidden"),
        ("hidden", "hidden", "hidden"),
    ],
)
def test_narrower_is_the_one_that_shows_less(one: str, other: str, expected: str) -> None:
    assert narrower(Seen(one), Seen(other)) is narrower(Seen(other), Seen(one)) is Seen(expected)


def test_a_rule_cannot_be_changed_in_passing() -> None:
    with pytest.raises(AttributeError):
        USUAL.threshold = 1  # type: ignore[misc]


@pytest.mark.parametrize("threshold", ALLOWED)
def test_every_class_holds_three_counts_or_more_and_none_is_below_the_threshold(threshold: int) -> None:
    for rounding in ALLOWED:
        masking = Masking(threshold, rounding)
        shown = [masking.count(count) for count in range(9 * rounding + threshold)]
        classes = [(what, len([*counts])) for what, counts in groupby(shown)]
        assert len({what for what, _ in classes}) == len(classes), "a class comes back later"
        assert classes[0] == (f"<{threshold}", threshold)
        numbers = [number(what) for what, _ in classes]
        assert numbers == sorted(numbers)
        assert all(each >= threshold and each % rounding == 0 for each in numbers[1:])
        assert min(size for _, size in classes[:-1]) >= LEAST_IN_A_CLASS  # the last is cut off by the end of the test


@pytest.mark.parametrize(
    ("masking", "pairs"),
    [
        (Masking(5, 5), {0: "<5", 4: "<5", 5: "5", 7: "5", 8: "10", 12: "10", 13: "15", 1234: "1,235"}),
        (Masking(7, 5), {6: "<7", 7: "10", 12: "10", 13: "15"}),  # 5 would give the 7 away
        (Masking(8, 5), {0: "<8", 7: "<8", 8: "10", 12: "10"}),
        (Masking(5, 20), {4: "<5", 5: "20", 29: "20", 30: "40"}),
        (Masking(20, 20), {19: "<20", 20: "20", 29: "20", 30: "40"}),
        (Masking(6, 6), {6: "6", 8: "6", 9: "12"}),  # half way goes up
    ],
)
def test_count_at_each_edge_of_a_class(masking: Masking, pairs: dict[int, str]) -> None:
    assert {count: masking.count(count) for count in pairs} == pairs


@MANY
@given(RULE, st.integers(0, 10**9))
def test_count_agrees_with_a_slow_plain_version(masking: Masking, count: int) -> None:
    assert masking.count(count) == slow_count(count, masking.threshold, masking.rounding)


@pytest.mark.parametrize("masking", RULES[::17])
def test_an_array_is_masked_as_each_of_its_counts(masking: Masking) -> None:
    counts = np.arange(200.0).reshape(4, 50)
    small, rounded = masking.is_small(counts), masking.rounded(counts)
    assert small.shape == rounded.shape == counts.shape
    for count, is_small, shown in zip(counts.flat, small.flat, rounded.flat, strict=True):
        assert masking.count(count) == (f"<{masking.threshold}" if is_small else f"{int(shown):,}")


def test_what_is_missing_is_not_small_and_stays_missing() -> None:
    counts = [np.nan, 4.0, 5.0, 0.0]
    assert USUAL.is_small(counts).tolist() == [False, True, False, True]
    assert np.isnan(USUAL.rounded(counts)[0])
    assert not USUAL.is_small(float("nan"))


def test_what_is_missing_is_never_written_as_a_number() -> None:
    assert USUAL.count(np.nan) == "–"
    for parts in [(np.nan, 50), (20, np.nan), (np.nan, np.nan)]:
        assert USUAL.share(*parts) is None


@pytest.mark.parametrize(
    ("numerator", "denominator", "shown"),
    [
        (4, 100, None),  # the numerator is small
        (5, 100, "5 %"),
        (95, 100, "95 %"),
        (96, 100, None),  # what is left is small
        (0, 100, None),
        (100, 100, None),
        (0, 0, None),
        (4, 8, None),
        (5, 9, None),
        (5, 10, "50 %"),  # nothing smaller can be shown
        (11, 10, None),  # more than all
        (1, 3, None),
        (10, 30, "33 %"),
    ],
)
def test_share_is_hidden_where_a_part_is_small(numerator: int, denominator: int, shown: str | None) -> None:
    assert Masking().share(numerator, denominator) == shown


@MANY
@given(RULE, st.integers(-5, 300), st.integers(-5, 300))
def test_share_is_shown_only_where_no_part_is_small(masking: Masking, numerator: int, denominator: int) -> None:
    shown = masking.share(numerator, denominator)
    parts = (numerator, denominator, denominator - numerator)
    assert (shown is None) == (min(parts) < masking.threshold)
    assert shown is None or shown == f"{100 * numerator / denominator:.0f} %"
