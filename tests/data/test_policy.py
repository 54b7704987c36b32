"""The trust's policy: it may show less than the shipped one and never more, and an approval is of what it says."""

import json
import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from data.__main__ import main
from data.access import Audience, Policy, PolicyError, Seen, load_policy, shipped_policy
from data.access.policy import DEPTHS, SHIPPED, TIERS, as_text, masked
from data.access.suppression import Masking
from data.audit import read_trail, trail_files
from data.config import Home
from metrics.measure import Sensitivity

GUARDIAN = "Dr Example, Caldicott guardian"
DAY = date(2026, 11, 22)
MANY = settings(
    deadline=None, max_examples=60, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)

# E: exact, S: suppressed, h: hidden; of standard measures, sensitive ones and deaths.
WIDEST = {
    ("working", "trust"): "EEE",
    ("working", "division"): "EEh",
    ("working", "ward"): "ESh",
    ("named", "trust"): "EEE",
    ("named", "division"): "EEE",
    ("named", "ward"): "EEE",
    ("public", "trust"): "hhh",
    ("public", "division"): "hhh",
    ("public", "ward"): "hhh",
}
LETTERS = {"E": Seen.EXACT, "S": Seen.SUPPRESSED, "h": Seen.HIDDEN}
SENSITIVITIES = ("standard", "sensitive", "death")
Cells = dict[tuple[str, str, str], Seen]
SHIPPED_CELLS: Cells = {
    (audience, tier, sensitivity): LETTERS[letter]
    for (audience, tier), letters in WIDEST.items()
    for sensitivity, letter in zip(SENSITIVITIES, letters, strict=True)
}
NARROWER = {Seen.EXACT: [*Seen], Seen.SUPPRESSED: [Seen.SUPPRESSED, Seen.HIDDEN], Seen.HIDDEN: [Seen.HIDDEN]}
EACH_WAY = [(cell, how) for cell in SHIPPED_CELLS for how in Seen]
Own = Callable[[str | bytes], Home]
Told = Callable[..., tuple[int, str, str]]


@pytest.fixture
def own(tmp_path: Path) -> Own:
    """A home with a policy of this text."""

    def _own(text: str | bytes) -> Home:
        home = Home(tmp_path)
        home.policy.write_bytes(text.encode() if isinstance(text, str) else text)
        return home

    return _own


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Told:
    """`told(word, …)`: what `python -m data policy` says to these words: exit code, lines, and what went wrong."""
    monkeypatch.setenv("ZERO_HARM_HOME", str(tmp_path / "trust"))

    def _told(*said: str) -> tuple[int, str, str]:
        code = main(["policy", *said])
        return code, *capsys.readouterr()

    return _told


def toml(cells: Cells, head: str = "") -> str:
    """A policy file that names these cells."""
    rows = [f'{audience}.{tier}.{sensitivity} = "{how}"' for (audience, tier, sensitivity), how in cells.items()]
    return "\n".join([head, *rows])


def shown(policy: Policy) -> Cells:
    """Every cell of a policy, named or not."""
    return {(a, t, s): policy.seen(Audience(a), t, Sensitivity(s)) for a, t, s in SHIPPED_CELLS}


def approved(policy: Policy, by: str = GUARDIAN) -> str:
    return as_text(policy, by, DAY)


def test_the_shipped_table() -> None:
    policy = shipped_policy()
    assert shown(policy) == SHIPPED_CELLS
    assert {(a, t, s) for a, t, s, _ in policy.table} == set(SHIPPED_CELLS)
    assert policy.masking == Masking(5, 5)
    assert policy.publishes == "division" == DEPTHS[-1]
    assert (policy.approved_by, policy.approved_on, policy.approved_hash) == ("", None, "")
    assert not policy.is_approved
    assert TIERS == ("trust", "division", "ward")
    assert SHIPPED.name == "policy.toml"


def test_without_a_file_the_shipped_policy_holds_and_nobody_has_approved_it(tmp_path: Path) -> None:
    assert load_policy(Home(tmp_path)) == shipped_policy()
    assert load_policy(Home(tmp_path / "nowhere")) == shipped_policy()


@pytest.mark.parametrize(
    ("level", "tier"),
    [
        ("trust", "trust"),
        ("provider", "trust"),
        ("country", "trust"),
        ("division", "division"),
        ("service", "division"),
        ("ward", "ward"),
        ("team", "ward"),
    ],
)
def test_every_level_is_of_a_tier(level: str, tier: str) -> None:
    for audience in Audience:
        for sensitivity in Sensitivity:
            expected = SHIPPED_CELLS[audience, tier, sensitivity]
            assert shipped_policy().seen(audience, level, sensitivity) is expected


@pytest.mark.parametrize("level", ["", "hall", "WARD", "Trust", "bed"])
def test_an_unknown_level_is_hidden(level: str) -> None:
    assert {shipped_policy().seen(a, level, s) for a in Audience for s in Sensitivity} == {Seen.HIDDEN}


@pytest.mark.parametrize(("cell", "how"), EACH_WAY)
def test_each_cell_may_be_narrower_and_never_wider(own: Own, cell: tuple[str, str, str], how: Seen) -> None:
    home = own(toml(SHIPPED_CELLS | {cell: how}))
    if how in NARROWER[SHIPPED_CELLS[cell]]:
        assert shown(load_policy(home)) == SHIPPED_CELLS | {cell: how}
        return
    with pytest.raises(PolicyError) as refused:
        load_policy(home)
    audience, tier, sensitivity = cell
    most = SHIPPED_CELLS[cell]
    assert str(refused.value) == (
        f"policy.toml shows {sensitivity} figures at {tier} level to the {audience} audience as '{how}'; "
        f"'{most}' is the most that may be shown. Say '{most}' or less, and approve it."
    )


@pytest.mark.parametrize("depth", DEPTHS)
def test_figures_are_published_as_far_down_as_is_said(own: Own, depth: str) -> None:
    assert load_policy(own(f'publishes = "{depth}"\n')).publishes == depth


def test_a_file_that_says_nothing_of_it_publishes_no_more_than_the_years(own: Own) -> None:
    """It was approved before figures were published, and still is: its hash is what it was."""
    assert load_policy(own("")).publishes == "none"
    text = approved(replace(shipped_policy(), publishes="none"))
    assert 'publishes = "none"\n' in text
    assert load_policy(own(text.replace('publishes = "none"\n', ""))).is_approved


def test_figures_are_published_no_further_down_than_ships(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    widest = replace(shipped_policy(), publishes="trust")
    monkeypatch.setattr("data.access.policy.shipped_policy", lambda: widest)
    assert load_policy(own(toml(SHIPPED_CELLS, 'publishes = "trust"'))).publishes == "trust"
    with pytest.raises(PolicyError) as refused:
        load_policy(own(toml(SHIPPED_CELLS, 'publishes = "division"')))
    assert str(refused.value) == (
        "policy.toml publishes figures down to 'division'; 'trust' is as far as may be published. Say 'trust' or less, and "
        "approve it."
    )


@pytest.mark.parametrize("depth", ['"ward"', '"Trust"', '""', "true", "1", "[]"])
def test_a_depth_that_is_unknown_is_refused(own: Own, depth: str) -> None:
    with pytest.raises(PolicyError, match=r"^policy.toml: publishes is none, trust or division, not "):
        load_policy(own(f"publishes = {depth}\n"))


def test_what_is_not_named_is_hidden(own: Own) -> None:
    home = own('working.trust.standard = "suppressed"')
    everything_else = dict.fromkeys(SHIPPED_CELLS, Seen.HIDDEN)
    assert shown(load_policy(home)) == everything_else | {("working", "trust", "standard"): Seen.SUPPRESSED}
    assert shown(load_policy(own(""))) == everything_else


@pytest.mark.parametrize("key", ["threshold", "rounding"])
@pytest.mark.parametrize(("value", "holds"), [(4, False), (5, True), (6, True), (19, True), (20, True), (21, False)])
def test_threshold_and_rounding_are_5_to_20(own: Own, key: str, value: int, holds: bool) -> None:
    home = own(f"{key} = {value}\n")
    if holds:
        assert load_policy(home).masking == replace(Masking(5, 5), **{key: value})
        return
    with pytest.raises(PolicyError, match=f"^policy.toml: the {key} is a whole number from 5 to 20[.]$"):
        load_policy(home)


@pytest.mark.parametrize("key", ["threshold", "rounding"])
@pytest.mark.parametrize("value", ["true", "5.0", '"5"', "[5]", "nan", "2026-11-22", "-5", "0"])
def test_a_threshold_is_a_whole_number(own: Own, key: str, value: str) -> None:
    with pytest.raises(PolicyError, match=f"the {key} is a whole number"):
        load_policy(own(f"{key} = {value}\n"))


@pytest.mark.parametrize(
    ("threshold", "rounding", "expected"),
    [(None, None, (8, 10)), (5, None, (5, 10)), (None, 20, (8, 20)), (20, 5, (20, 5))],
)
def test_masked_changes_what_it_is_told_and_nothing_else(
    threshold: int | None, rounding: int | None, expected: tuple[int, int]
) -> None:
    before = replace(shipped_policy(), masking=Masking(8, 10), approved_by=GUARDIAN)
    assert masked(before, threshold, rounding) == replace(before, masking=Masking(*expected))


@pytest.mark.parametrize(
    ("threshold", "rounding", "key"),
    [(4, 5, "threshold"), (21, 5, "threshold"), (5, 4, "rounding"), (5, 21, "rounding")],
)
def test_masked_keeps_to_the_bounds(threshold: int, rounding: int, key: str) -> None:
    with pytest.raises(PolicyError, match=f"^The policy: the {key} is a whole number from 5 to 20[.]$"):
        masked(shipped_policy(), threshold, rounding)


@pytest.mark.parametrize(
    ("table", "text"),
    [
        ("staff", '.ward.standard = "hidden"'),
        ("Working", '.ward.standard = "hidden"'),
        ("working", '.hall.standard = "hidden"'),
        ("working", '.team.standard = "hidden"'),  # a level of the tier, and no tier
        ("working", '.ward.secret = "hidden"'),
        ("working", '.ward.standard = "EXACT"'),
        ("working", '.ward.standard = ""'),
        ("working", ".ward.standard = 1"),
        ("working", ".ward.standard = true"),
        ("working", '.ward.standard = ["hidden"]'),
        ("working", '.ward.standard = { how = "hidden" }'),
        ("working", '.ward = "hidden"'),
        ("working", ' = "hidden"'),
        ("working", ' = [{ ward = { standard = "hidden" } }]'),
        ("treshold", " = 8"),
    ],
)
def test_a_word_that_is_unknown_is_refused_with_those_that_are_known(own: Own, table: str, text: str) -> None:
    with pytest.raises(PolicyError) as refused:
        load_policy(own(table + text))
    assert str(refused.value) == (
        f"policy.toml: [{table}] is not understood. Audiences are working, public, named; levels trust, division, ward; "
        "sensitivities standard, sensitive, death; and each is exact, suppressed, hidden."
    )


@pytest.mark.parametrize("text", ["threshold = ", "[working", "threshold = 5\nthreshold = 6", "\x00", "by = \ud7ff…"])
def test_a_file_that_is_no_toml_is_refused(own: Own, text: str) -> None:
    with pytest.raises(PolicyError, match=r"^policy.toml is no TOML \(.+\); mend it, or take it away and approve anew"):
        load_policy(own(text))


def test_a_file_that_is_no_text_is_refused(own: Own) -> None:
    with pytest.raises(
        PolicyError, match=r"^policy.toml cannot be read; mend it, or take it away and approve anew[.]$"
    ):
        load_policy(own(b"PK\x03\x04\xff\xfe\x00"))


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    Home(tmp_path).policy.mkdir()
    with pytest.raises(PolicyError, match="cannot be read"):
        load_policy(Home(tmp_path))


def test_an_approval_holds(own: Own) -> None:
    policy = load_policy(own(approved(shipped_policy())))
    assert policy.is_approved
    assert (policy.approved_by, policy.approved_on) == (GUARDIAN, DAY)
    assert shown(policy) == SHIPPED_CELLS


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("threshold = 5", "threshold = 6"),
        ("rounding = 5", "rounding = 6"),
        ('publishes = "division"', 'publishes = "trust"'),
        ('publishes = "division"', ""),
        ('sensitive = "suppressed"', 'sensitive = "hidden"'),
        (f'by = "{GUARDIAN}"', ""),
        (f'by = "{GUARDIAN}"', 'by = ""'),
        (f'by = "{GUARDIAN}"', 'by = "  "'),
        ("on = 2026-11-22", ""),
        ("of = ", "was = "),
        ('of = "', 'of = "0'),
        ("[approved]", "[working.trust]\n[notes]"),
    ],
)
def test_what_is_changed_after_the_approval_is_noticed(own: Own, written: str, instead: str) -> None:
    text = approved(shipped_policy())
    assert written in text
    home = own(text.replace(written, instead, 1))
    try:
        assert not load_policy(home).is_approved
    except PolicyError:
        assert "notes" in instead  # it is no audience


@pytest.mark.parametrize("head", ["approved = true", 'approved = "yes"', "approved = [1]", "[approved]", ""])
def test_an_approval_that_says_nobody_is_none(own: Own, head: str) -> None:
    policy = load_policy(own(head))
    assert (policy.approved_by, policy.approved_on, policy.approved_hash) == ("", None, "")
    assert policy == Policy((), Masking(5, 5))
    assert policy.is_approved is False


@pytest.mark.parametrize("day", ['"2026-11-22"', "2026-11-22T10:00:00", "20261122", "true", '""'])
def test_the_day_of_an_approval_is_a_day(own: Own, day: str) -> None:
    text = approved(shipped_policy()).replace("on = 2026-11-22", f"on = {day}")
    with pytest.raises(
        PolicyError, match=r"^policy.toml: 'on' of \[approved\] is a day such as 2026-11-22, without quotes"
    ):
        load_policy(own(text))


def test_the_order_of_a_file_and_its_comments_change_no_approval(own: Own) -> None:
    text = approved(shipped_policy())
    turned = dict(reversed(SHIPPED_CELLS.items()))
    head = text[text.index("threshold") : text.index("[working]")]
    cells = toml(turned).replace("[", "").strip()
    policy = load_policy(own(f"# Another comment\n{cells}\n{head}"))
    assert policy.is_approved


CELLS = st.fixed_dictionaries({cell: st.sampled_from(NARROWER[how]) for cell, how in SHIPPED_CELLS.items()})
NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x7f"), min_size=1).filter(str.strip)


@MANY
@given(CELLS, st.integers(5, 20), st.integers(5, 20), NAMES, st.sampled_from(DEPTHS))
def test_what_is_approved_comes_back_as_it_was(
    cells: Cells, threshold: int, rounding: int, name: str, depth: str
) -> None:
    written = "".join(letter for letter in name if letter.isprintable())
    assume(written.strip())
    table = tuple((Audience(a), t, Sensitivity(s), how) for (a, t, s), how in cells.items())
    policy = Policy(table, Masking(threshold, rounding), depth)
    with TemporaryDirectory() as folder:
        home = Home(Path(folder))
        home.policy.write_text(approved(policy, name), encoding="utf-8")
        again = load_policy(home)
    assert again.is_approved
    assert (again.approved_by, again.approved_on) == (written.strip(), DAY)
    assert shown(again) == cells
    assert (again.masking, again.publishes) == (policy.masking, depth)
    assert again.hash == policy.hash


def test_the_hash_depends_on_all_that_decides_what_is_shown() -> None:
    policy = shipped_policy()
    variants = [policy, masked(policy, 6, None), masked(policy, None, 6), masked(policy, 6, 6)]
    variants += [replace(policy, publishes=depth) for depth in DEPTHS[:-1]]
    variants += [replace(policy, table=policy.table[1:]), replace(policy, table=())]
    variants += [replace(policy, table=((*row[:3], Seen.SUPPRESSED), *policy.table[1:])) for row in policy.table[:1]]
    hashes = [variant.hash for variant in variants]
    assert len(set(hashes)) == len(hashes)
    assert {len(each) for each in hashes} == {16}
    assert replace(policy, approved_by=GUARDIAN, approved_on=DAY).hash == policy.hash
    # With another way to hash, no approval that was given would hold.
    assert replace(policy, publishes="none").hash == "095aca30d32dcbb2"
    assert policy.hash == "b4c6048228c59a62"


def test_the_text_of_an_approval_reads_as_the_shipped_file_does() -> None:
    text = approved(masked(shipped_policy(), 8, 10))
    assert text.startswith(
        "# Who sees what of small numbers. A change needs a new approval: python -m data policy --approve --by …\n\n"
    )
    assert text.endswith("}\n") and "\n\n[approved]\n" in text and "\n\n[public]\n" in text
    said = tomllib.loads(text)
    assert said.pop("approved") == {"by": GUARDIAN, "on": DAY, "of": masked(shipped_policy(), 8, 10).hash}
    shipped = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    assert said == shipped | {"threshold": 8, "rounding": 10}
    assert "Zoë" in approved(shipped_policy(), "Zoë")


@pytest.mark.parametrize("by", ["", "  ", "\u200b", " \x7f "])
def test_an_approval_by_nobody_is_not_written(by: str) -> None:
    with pytest.raises(PolicyError, match="Say who approves the policy"):
        approved(shipped_policy(), by)


def test_an_approved_policy_cannot_be_changed_in_passing() -> None:
    with pytest.raises(AttributeError):
        shipped_policy().approved_by = GUARDIAN  # type: ignore[misc]


def test_the_command_shows_the_table_and_that_nobody_has_approved_it(told: Told, tmp_path: Path) -> None:
    code, out, err = told()
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "Counts below 5 are one class (<5); others to the nearest 5."
    assert " working ward      standard exact, sensitive suppressed, death hidden" in lines
    assert lines[-2] == "A pack for the public holds audited figures down to: division."
    assert len(lines) == 12 and "Nobody has approved it as it stands" in lines[-1]
    assert not (tmp_path / "trust").exists()


def test_the_command_approves_with_a_name_and_a_day(told: Told, tmp_path: Path) -> None:
    approve = ("--approve", "--by", f" {GUARDIAN} ", "--on", "2026-11-20", "--threshold", "8", "--rounding", "10")
    code, out, _ = told(*approve, "--publishes", "trust")
    assert code == 0 and out.splitlines()[-1] == f"Approved by {GUARDIAN} on 2026-11-20."
    home = Home(tmp_path / "trust")
    policy = load_policy(home)
    assert policy.is_approved and policy.masking == Masking(8, 10) and policy.approved_on == date(2026, 11, 20)
    assert policy.publishes == "trust"
    (line,) = [line for path in trail_files(home) for line in read_trail(path)]
    assert (line.who.strip(), line.what, json.loads(line.detail)) == (
        GUARDIAN,
        "policy",
        {"hash": policy.hash, "on": "2026-11-20"},
    )
    told_again = json.loads(told("--json")[1])
    assert told_again["approved"] is True and told_again["threshold"] == 8 and told_again["publishes"] == "trust"
    assert len(told_again["table"]) == 27


def test_the_command_takes_today_for_the_day(told: Told, tmp_path: Path) -> None:
    before = datetime.now(UTC).date()
    told("--approve", "--by", GUARDIAN)
    assert before <= load_policy(Home(tmp_path / "trust")).approved_on <= datetime.now(UTC).date()


def test_the_command_says_that_it_was_changed_after_the_approval(told: Told, tmp_path: Path) -> None:
    told("--approve", "--by", GUARDIAN)
    path = Home(tmp_path / "trust").policy
    path.write_text(path.read_text(encoding="utf-8").replace("threshold = 5", "threshold = 6"), encoding="utf-8")
    assert f"It was changed after {GUARDIAN} approved it. Nobody has approved it as it stands" in told()[1]


@pytest.mark.parametrize("by", [(), ("--by", ""), ("--by", "  ")])
def test_the_command_approves_in_somebodys_name_only(told: Told, tmp_path: Path, by: tuple[str, ...]) -> None:
    code, out, err = told("--approve", *by)
    assert (code, out) == (1, "") and "Say who approves the policy" in err
    assert not (tmp_path / "trust").exists()


def test_the_command_refuses_what_cannot_be_used_and_writes_nothing(told: Told, tmp_path: Path) -> None:
    code, _, err = told("--approve", "--by", GUARDIAN, "--threshold", "4")
    assert code == 1 and "from 5 to 20" in err
    home = Home(tmp_path / "trust")
    home.root.mkdir()
    wide = toml(SHIPPED_CELLS | {("public", "ward", "death"): Seen.EXACT})
    home.policy.write_text(wide, encoding="utf-8")
    code, _, err = told("--approve", "--by", GUARDIAN)
    assert code == 1 and "death figures at ward level to the public audience" in err
    assert home.policy.read_text(encoding="utf-8") == wide


def test_the_command_approves_a_file_that_leaves_cells_out(told: Told, tmp_path: Path) -> None:
    home = Home(tmp_path / "trust")
    home.root.mkdir()
    home.policy.write_text('working.trust.standard = "exact"', encoding="utf-8")
    _, out, _ = told("--approve", "--by", GUARDIAN)
    assert f"Approved by {GUARDIAN}" in out
    assert load_policy(home).is_approved


def test_an_approval_by_a_name_with_a_control_character_can_be_read(own: Own) -> None:
    assert load_policy(own(approved(shipped_policy(), "Dr Example\x7f"))).is_approved
