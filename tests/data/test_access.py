"""Who may see what: the table, and that every method of the store obeys it."""

import numpy as np
import pytest

from data.access import Audience, NotForThisReader, Reader, Role, Seen, shipped_policy
from data.access.suppression import Masking
from data.config import Home
from data.panel import State
from data.store import Store
from metrics.measure import Sensitivity
from tests.conftest import Load

PUBLIC = Reader(Role.BOARD_MEMBER, Audience.PUBLIC)
WARD = Reader(Role.WARD_MANAGER, Audience.WORKING, ("W10",))
NAMED = Reader(Role.QI_LEAD, Audience.NAMED)


@pytest.mark.parametrize(
    ("audience", "level", "sensitivity", "expected"),
    [
        (Audience.WORKING, "ward", Sensitivity.STANDARD, Seen.EXACT),
        (Audience.WORKING, "team", Sensitivity.SENSITIVE, Seen.SUPPRESSED),
        (Audience.WORKING, "division", Sensitivity.SENSITIVE, Seen.EXACT),
        (Audience.WORKING, "division", Sensitivity.DEATH, Seen.HIDDEN),
        (Audience.WORKING, "ward", Sensitivity.DEATH, Seen.HIDDEN),
        (Audience.WORKING, "trust", Sensitivity.DEATH, Seen.EXACT),
        (Audience.NAMED, "ward", Sensitivity.DEATH, Seen.EXACT),
        (Audience.PUBLIC, "trust", Sensitivity.STANDARD, Seen.HIDDEN),
        (Audience.PUBLIC, "ward", Sensitivity.STANDARD, Seen.HIDDEN),
    ],
)
def test_the_table(audience: Audience, level: str, sensitivity: Sensitivity, expected: Seen) -> None:
    assert shipped_policy().seen(audience, level, sensitivity) is expected


def test_what_the_table_does_not_name_is_hidden() -> None:
    for level in ("trust", "division", "ward"):
        for sensitivity in Sensitivity:
            assert shipped_policy().seen(Audience.PUBLIC, level, sensitivity) is Seen.HIDDEN


@pytest.mark.parametrize(
    ("count", "shown"), [(0, "<5"), (4, "<5"), (5, "5"), (7, "5"), (8, "10"), (12, "10"), (13, "15"), (1234, "1,235")]
)
def test_small_counts_are_one_class_and_the_rest_is_rounded(count: int, shown: str) -> None:
    assert Masking().count(count) == shown


@pytest.mark.parametrize(
    ("n", "of", "shown"), [(4, 100, None), (96, 100, None), (5, 100, "5 %"), (2, 4, None), (50, 100, "50 %")]
)
def test_a_share_of_small_parts_is_hidden(n: int, of: int, shown: str | None) -> None:
    assert Masking().share(n, of) == shown


def test_the_public_gets_no_series_at_all(sample_store: Store) -> None:
    panel = sample_store.panel(PUBLIC)
    assert np.isnan(panel.numerator).all() and np.isnan(panel.denominator).all() and np.isnan(panel.share).all()
    assert not panel.expected.any() and not panel.doubtful.any()
    assert (panel.state == State.NOT_EXPECTED).all()
    assert sample_store.periods(PUBLIC).empty
    for ask in (lambda: sample_store.loads(PUBLIC), lambda: sample_store.events(PUBLIC, "falls_harm")):
        with pytest.raises(NotForThisReader):
            ask()
    assert sample_store.decisions(PUBLIC, "idea") == []


def test_deaths_are_exact_for_the_whole_trust_only(sample_store: Store, everyone: Reader) -> None:
    panel = sample_store.panel(everyone)
    m = panel.measure_position("suicide_in_care")
    trust = panel.tree.position["TRUST"]
    others = np.arange(len(panel.tree.units)) != trust
    assert np.isfinite(panel.numerator[m, trust]).all()
    assert np.isnan(panel.numerator[m, others]).all()
    with pytest.raises(NotForThisReader, match="dates"):
        sample_store.events(everyone, "suicide_in_care")
    assert sample_store.events(NAMED, "suicide_in_care").num_rows > 50


def test_segregation_is_suppressed_on_a_ward(sample_store: Store, everyone: Reader) -> None:
    true, shown = sample_store.panel(NAMED), sample_store.panel(everyone)
    m, ward = shown.measure_position("lts_people"), shown.tree.position["W40"]
    exact = true.numerator[m, ward]
    assert not shown.exact[m, ward]
    assert np.isnan(shown.numerator[m, ward][exact < 5]).all()
    assert (shown.state[m, ward][exact < 5] == State.SUPPRESSED).all()
    high = shown.numerator[m, ward][exact >= 5]
    assert (high % 5 == 0).all()


def test_a_ward_manager_sees_their_ward_and_the_levels_above(sample_store: Store) -> None:
    panel = sample_store.panel(WARD)
    m = panel.measure_position("self_harm")
    finite = {u.code for i, u in enumerate(panel.tree.units) if np.isfinite(panel.numerator[m, i]).any()}
    assert finite - {"COMM"} == {"W10", "TRUST", "LOCAL", "SECURE", "SLD"}
    units = set(sample_store.events(WARD, "falls_harm")["unit_code"].to_pylist())
    assert {u for u in units if u.startswith("W")} <= {"W10"}


def test_the_key_of_a_reader_tells_audiences_and_scopes_apart() -> None:
    readers = [
        PUBLIC,
        WARD,
        NAMED,
        Reader(Role.QI_LEAD, Audience.WORKING),
        Reader(Role.WARD_MANAGER, Audience.WORKING, ("W11",)),
    ]
    assert len({r.key for r in readers}) == len(readers)


def test_the_public_table_holds_whole_settled_years_masked_cell_by_cell(sample_store: Store, everyone: Reader) -> None:
    table = sample_store.public_table(PUBLIC)
    panel = sample_store.panel(NAMED)
    trust = panel.tree.position["TRUST"]
    years = (panel.months.astype(int) - 3) // 12 + 1970
    assert len(table) > 30
    for row in table.itertuples():
        measure = sample_store.catalogue[row.measure_id]
        m = panel.measure_position(row.measure_id)
        where = years == row.year
        assert (
            where.sum() == 12 and panel.complete[m, trust][where].all() and not panel.unsettled[m, trust][where].any()
        )
        n = panel.numerator[m, trust][where].sum()
        if measure.is_proportion:
            assert row.shown in ("hidden", f"{100 * n / panel.denominator[m, trust][where].sum():.0f} %")
        else:
            assert row.shown == Masking().count(n)
            low, high = (
                (0, 4)
                if row.shown == "<5"
                else (int(row.shown.replace(",", "")) - 3, int(row.shown.replace(",", "")) + 3)
            )
            assert low <= n <= high


def test_no_public_measure_is_part_of_another(sample_store: Store) -> None:
    """What adds up could be subtracted: the fixed table is safe because nothing in it does."""
    catalogue = sample_store.catalogue

    def wholes(measure_id: str) -> set[str]:
        parts = set(catalogue[measure_id].part_of)
        return parts.union(*(wholes(part) for part in parts))

    public = {m.id for m in catalogue.values() if m.public}
    assert len(public) >= 8
    assert [m for m in public if wholes(m) & public] == []


def test_groups_of_people_are_told_where_comparing_them_is_the_purpose(
    home: Home, load: Load, everyone: Reader
) -> None:
    """Restraint by sex is for everybody who works here, for the levels that are shown exactly; segregation by sex is not."""
    told = ("2026-03,TRUST,equity_restraint,7,900", "2026-02,W01,equity_restraint,7,90", "2026-03,TRUST,lts_people,7,")
    lines = "".join(f"{line},sex:Female\n" for line in told)
    load(home, "month,unit,measure,numerator,denominator,breakdown\n" + lines)
    store = Store.open(home)
    assert store is not None

    def seen(who: Reader) -> set[tuple[str, str]]:
        frame = store.periods(who)
        return set(zip(frame["unit_code"], frame["measure_id"], strict=True))

    assert seen(everyone) == {("TRUST", "equity_restraint")}
    assert seen(NAMED) == {("TRUST", "equity_restraint"), ("W01", "equity_restraint"), ("TRUST", "lts_people")}
    assert seen(PUBLIC) == set()
