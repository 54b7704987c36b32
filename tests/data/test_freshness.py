"""Who was expected to report what by when: every state at its boundary day, and what is learnt from the loads."""

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from data.access import Audience, Reader, Role
from data.catalogue import shipped_catalogue
from data.config import Home
from data.decisions import Proposal, decide, withdraw
from data.expectation import DUE_DAYS, expectations
from data.freshness import Figure, Freshness, build_freshness, freshness
from data.panel import Panel, State, build_panel
from data.publish import publish
from data.rating import Verdict, rate_month, revised, settling
from data.record import writing
from data.store import Store
from pages.shared.analysis import analyse
from tests.conftest import Load

CATALOGUE = shipped_catalogue()
PEOPLE, FALLS = "mha_people", "falls_all"  # a count by itself, and one that is divided by bed days
WHO = Reader(Role.QI_LEAD, Audience.NAMED)
EARLY = date(2026, 1, 2)


def unit(code: str, level: str, parent: str, closed: date | None = None) -> dict[str, Any]:
    life = {"valid_from": date(2020, 1, 1), "valid_to": closed, "follows": "", "peer_group": "", "beds": None}
    return {"code": code, "name": code, "level": level, "parent": parent} | life


TREE = [unit("T", "trust", ""), unit("D", "division", "T"), unit("W1", "ward", "D"), unit("W2", "ward", "D")]


def table(rows: list[tuple[Any, ...]], **columns: pa.DataType) -> pa.Table:
    values = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    return pa.table({name: pa.array(list(v), kind) for (name, kind), v in zip(columns.items(), values, strict=True)})


def decision(kind: str, measure: str = "", unit_code: str = "", number: int = 1, **more: Any) -> dict[str, Any]:
    """A row of the query `decisions`."""
    about = {"decision_id": number, "kind": kind, "measure_id": measure, "unit_code": unit_code, "detail": {}}
    when = {"first_month": None, "last_month": None, "decided_at": datetime(2026, 5, 1, 12), "approved_at": None}
    return about | when | more


def panel_of(
    figures: list[tuple[str, str, str, float | None, str]],
    decisions: list[dict[str, Any]] | None = None,
    tree: list[dict[str, Any]] = TREE,
    bed_days: list[tuple[str, str, float]] = (),  # type: ignore[assignment]
) -> Panel:
    """A panel from (measure, unit, month, count, state)."""
    rows = [(m, u, date.fromisoformat(f"{t}-01"), n, None, s) for m, u, t, n, s in figures]
    cells = table(rows, measure_id=pa.string(), unit_code=pa.string(), month=pa.date32(), numerator=pa.float64(),
                  denominator=pa.float64(), state=pa.string())  # fmt: skip
    days = [("occupied_bed_days", u, date.fromisoformat(f"{t}-01"), n) for u, t, n in bed_days]
    exposures = table(days, kind=pa.string(), unit_code=pa.string(), month=pa.date32(), value=pa.float64())
    events = table([], measure_id=pa.string(), unit_code=pa.string(), month=pa.date32(), events=pa.int64())
    measures = {m: CATALOGUE[m] for m in (PEOPLE, FALLS)}
    return build_panel(measures, pa.Table.from_pylist(tree), cells, exposures, events, decisions or [])


def arrivals_of(rows: list[tuple[str, str, str, int, date]]) -> pa.Table:
    """From (measure, unit, month, position, day)."""
    full = [
        (m, u, date.fromisoformat(f"{t}-01"), p, datetime(day.year, day.month, day.day, 23, 59), True)
        for m, u, t, p, day in rows
    ]
    return table(full, measure_id=pa.string(), unit_code=pa.string(), month=pa.date32(), position=pa.int64(),
                 arrived_at=pa.timestamp("us"), holds=pa.bool_())  # fmt: skip


def exposure_arrivals_of(rows: list[tuple[str, str, date]]) -> pa.Table:
    full = [
        ("occupied_bed_days", u, date.fromisoformat(f"{t}-01"), datetime(d.year, d.month, d.day)) for u, t, d in rows
    ]
    return table(full, kind=pa.string(), unit_code=pa.string(), month=pa.date32(), arrived_at=pa.timestamp("us"))


NO_EXPOSURES = exposure_arrivals_of([])
# Ward 1 has reported since December; what is asked is what became of April 2026, which is due on 20 May.
BEFORE = [(PEOPLE, "W1", month, 5.0, "reported") for month in ("2025-12", "2026-01", "2026-02", "2026-03")]
CAME = [(PEOPLE, "W1", month, 1, EARLY) for _, _, month, *_ in BEFORE]


def april(fresh: Freshness, code: str = "W1", measure: str = PEOPLE) -> Figure:
    m, u = fresh.measures.index(measure), [x.code for x in fresh.units].index(code)
    return Figure(int(fresh.state[m, u, fresh.month_position(np.datetime64("2026-04"))]))


def fresh_of(
    count: float | None = None,
    state: str = "reported",
    *,
    came: date | None = None,
    today: date = date(2026, 5, 30),
    decisions: list[dict[str, Any]] | None = None,
    tree: list[dict[str, Any]] = TREE,
) -> Freshness:
    """Ward 1 with this figure of April, or none."""
    figures = [*BEFORE, *([(PEOPLE, "W1", "2026-04", count, state)] if came else [])]
    has_come = came and state in ("reported", "suppressed")  # as the query has it
    arrived = arrivals_of([*CAME, *([(PEOPLE, "W1", "2026-04", 9, came)] if came and has_come else [])])
    found = decisions or []
    panel = panel_of(figures, found, tree)
    return build_freshness(panel, CATALOGUE, arrived, NO_EXPOSURES, expectations(found), today)


# States, at the day before the due day, on it, and on the day after


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 5, 1), Figure.NOT_DUE),
        (date(2026, 5, 19), Figure.NOT_DUE),
        (date(2026, 5, 20), Figure.NOT_DUE),  # the due day itself is in time
        (date(2026, 5, 21), Figure.MISSING),
        (date(2026, 6, 20), Figure.MISSING),
    ],
)
def test_a_figure_that_has_not_come_is_overdue_from_the_day_after_the_due_day(today: date, expected: Figure) -> None:
    fresh = fresh_of(today=today)
    assert april(fresh) is expected
    assert fresh.due_on[0].min() == np.datetime64("2026-01-20")
    assert int(fresh.overdue.sum()) == (expected is Figure.MISSING)


def test_a_month_that_has_not_ended_is_asked_of_nobody() -> None:
    assert fresh_of(today=date(2026, 4, 30)).months[-1] == np.datetime64("2026-03")
    assert fresh_of(today=date(2026, 5, 1)).months[-1] == np.datetime64("2026-04")


def test_where_nothing_comes_any_more_every_month_since_is_overdue() -> None:
    fresh = fresh_of(today=date(2026, 9, 21))
    assert [str(fresh.months[t]) for t in np.flatnonzero(fresh.overdue[0, 2])] == [f"2026-0{m}" for m in range(4, 9)]


@pytest.mark.parametrize(
    ("came", "expected"),
    [
        (date(2026, 5, 19), Figure.REPORTED),
        (date(2026, 5, 20), Figure.REPORTED),
        (date(2026, 5, 21), Figure.LATE),
    ],
)
def test_a_figure_is_late_from_the_day_after_the_due_day(came: date, expected: Figure) -> None:
    fresh = fresh_of(5.0, came=came)
    assert april(fresh) is expected
    assert bool(fresh.late.any()) == (expected is Figure.LATE)


def test_what_a_first_load_brings_of_earlier_years_is_not_late() -> None:
    """December came on 2 January, before anybody could have been late; so did January to March, all in one file."""
    assert not fresh_of().late.any()
    fresh = build_freshness(
        panel_of(BEFORE), CATALOGUE, arrivals_of([(PEOPLE, "W1", m, 1, date(2026, 8, 1)) for _, _, m, *_ in BEFORE]),
        NO_EXPOSURES, [], date(2026, 8, 2),
    )  # fmt: skip
    assert not fresh.late.any()
    (rating,) = rate_month(fresh, np.datetime64("2026-02"), [])
    assert rating.timely is Verdict.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("count", "state", "decisions", "expected"),
    [
        (0.0, "reported", [], Figure.ZERO),
        (0.0, "reported", [decision("zero_return", "", "W1")], Figure.ZERO_DECLARED),
        (0.0, "reported", [decision("zero_return", "", "W1", detail={"answer": "right"})], Figure.ZERO_DECLARED),
        (0.0, "reported", [decision("zero_return", "", "W2")], Figure.ZERO),
        (None, "suppressed", [], Figure.SUPPRESSED),
        (None, "missing", [], Figure.MISSING),
        (None, "not_due", [], Figure.MISSING),  # the source said so, and the day it was due has passed
    ],
)
def test_what_came_says_what_it_is(
    count: float | None, state: str, decisions: list[dict[str, Any]], expected: Figure
) -> None:
    assert april(fresh_of(count, state, came=date(2026, 5, 10), decisions=decisions)) is expected


@pytest.mark.parametrize(("closed", "expected"), [("2026-03-31", Figure.CLOSED), ("2026-04-01", Figure.MISSING)])
def test_nothing_is_asked_of_a_ward_that_has_closed(closed: str, expected: Figure) -> None:
    tree = [*TREE[:2], unit("W1", "ward", "D", date.fromisoformat(closed)), TREE[3]]
    assert april(fresh_of(tree=tree)) is expected


def test_a_unit_that_never_reported_and_those_above_are_not_asked() -> None:
    fresh = fresh_of()
    assert {x.code for x, asked in zip(fresh.units, fresh.reporters[0], strict=True) if asked} == {"W1"}
    assert april(fresh, "W2") is april(fresh, "D") is april(fresh, "T") is Figure.NOT_EXPECTED
    assert not fresh.reporters[1].any()


def test_an_early_row_of_a_month_that_is_not_in_yet_has_come_all_the_same() -> None:
    wards = [unit(f"W{i}", "ward", "D") for i in range(9)]
    figures = [(PEOPLE, f"W{i}", m, 5.0, "reported") for i in range(9) for m in ("2026-02", "2026-03")]
    figures += [(PEOPLE, "W3", "2026-04", 5.0, "reported")]
    came = arrivals_of([(m, u, t, 1, EARLY) for m, u, t, *_ in figures])
    panel = panel_of(figures, tree=[*TREE[:2], *wards])
    fresh = build_freshness(panel, CATALOGUE, came, NO_EXPOSURES, [], date(2026, 5, 20))
    assert State(int(panel.state[0, 5, 2])) is State.NOT_DUE  # the charts wait for more
    assert april(fresh, "W3") is Figure.REPORTED
    assert april(fresh, "W4") is Figure.NOT_DUE


def test_a_rate_has_come_when_both_its_parts_have() -> None:
    months = ("2026-01", "2026-02", "2026-03", "2026-04")
    figures = [(FALLS, "W1", m, 5.0, "reported") for m in months]
    days = [("W1", m, 400.0) for m in months]
    came = arrivals_of([(FALLS, "W1", m, 1, EARLY) for m in months])
    for day, expected in ((date(2026, 5, 20), Figure.REPORTED), (date(2026, 5, 21), Figure.LATE)):
        late_days = exposure_arrivals_of([("W1", m, EARLY) for m in months[:3]] + [("W1", "2026-04", day)])
        fresh = build_freshness(panel_of(figures, bed_days=days), CATALOGUE, came, late_days, [], date(2026, 6, 1))
        assert april(fresh, measure=FALLS) is expected
    without = build_freshness(panel_of(figures, bed_days=days[:3]), CATALOGUE, came, NO_EXPOSURES, [], date(2026, 6, 1))
    assert april(without, measure=FALLS) is Figure.NO_RATE


def test_nobody_is_in_debt_with_national_files() -> None:
    """They have their own clock, and what is added up from wards is owed by the wards."""
    tree = [*TREE[:2], unit("RX1", "provider", ""), TREE[2]]
    figures = [(FALLS, u, f"2026-0{m}", 5.0, "reported") for u in ("RX1", "W1") for m in range(1, 4)]
    came = arrivals_of([(m, u, t, 1, EARLY) for m, u, t, *_ in figures])
    fresh = build_freshness(panel_of(figures, tree=tree), CATALOGUE, came, NO_EXPOSURES, [], date(2026, 6, 1))
    assert {x.code for x, asked in zip(fresh.units, fresh.reporters[1], strict=True) if asked} == {"W1"}


def test_an_empty_store_asks_nobody() -> None:
    fresh = build_freshness(panel_of([]), CATALOGUE, arrivals_of([]), NO_EXPOSURES, [], date(2026, 6, 1))
    assert not fresh.reporters.any() and fresh.months.size == 0


# Expectations


@pytest.mark.parametrize(
    ("told", "days"),
    [
        ([], DUE_DAYS),
        ([("", "", 10)], 10),
        ([("", "W1", 12), ("", "", 10)], 12),  # a unit before all, whichever is newer
        ([(PEOPLE, "", 14), ("", "W1", 12)], 14),  # a measure before a unit
        ([(PEOPLE, "W1", 16), (PEOPLE, "", 14), ("", "W1", 12), ("", "", 10)], 16),
        ([("", "", 10), ("", "", 11)], 11),  # of equals the newest
        ([(FALLS, "", 14), ("", "W2", 12), (PEOPLE, "W2", 9)], DUE_DAYS),  # about others
    ],
)
def test_the_most_specific_expectation_wins(told: list[tuple[str, str, int]], days: int) -> None:
    rows = [
        decision("expectation", m, u, number=i, detail={"due_day": day}) for i, (m, u, day) in enumerate(told, start=1)
    ]
    due = np.datetime64("2026-04-30") + days
    assert april(fresh_of(today=due.item(), decisions=rows)) is Figure.NOT_DUE
    assert april(fresh_of(today=(due + 1).item(), decisions=rows)) is Figure.MISSING


def test_an_expectation_of_later_months_leaves_the_earlier_ones_as_they_were() -> None:
    later = decision("expectation", detail={"due_day": 5}, first_month=date(2026, 5, 1))
    assert april(fresh_of(today=date(2026, 5, 20), decisions=[later])) is Figure.NOT_DUE


@pytest.mark.parametrize(
    ("told", "settles"),
    [
        ([], CATALOGUE[PEOPLE].settles_after_months),
        ([("", "", 1)], 1),
        ([(PEOPLE, "", 4), ("", "", 1)], 4),
        ([(PEOPLE, "", None), ("", "", 1)], 1),  # says when it is due, and not how long it changes
    ],
)
def test_the_panel_settles_as_an_expectation_says(told: list[tuple[str, str, int | None]], settles: int) -> None:
    rows = [
        decision(
            "expectation", m, u, number=i, detail={"due_day": 20} | ({"settles_after_months": n} if n is not None else {})
        )
        for i, (m, u, n) in enumerate(told, start=1)
    ]  # fmt: skip
    panel = panel_of([(PEOPLE, "W1", f"2026-0{m}", 5.0, "reported") for m in range(1, 9)], rows)
    assert panel.unsettled[0, 2].sum() == settles
    assert panel.unsettled[0, 2, len(panel.months) - settles :].all()


def test_a_unit_above_waits_for_the_slowest_below() -> None:
    slow = decision("expectation", FALLS, "W1", detail={"due_day": 20, "settles_after_months": 5})
    figures = [(FALLS, w, f"2026-0{m}", 5.0, "reported") for w in ("W1", "W2") for m in range(1, 9)]
    panel = panel_of(figures, [slow])
    assert panel.unsettled[1, :, :].sum(axis=-1).tolist() == [5, 5, 5, CATALOGUE[FALLS].settles_after_months]


# What the wards say


def returned(answer: str, number: int, month: date = date(2026, 4, 1), hour: int = 12) -> dict[str, Any]:
    return decision("zero_return", "", "W1", number, detail={"answer": answer}, first_month=month, last_month=month,
                    decided_at=datetime(2026, 5, 1, hour))  # fmt: skip


CONFIRMED = decision("confirmation", FALLS, "W1", 3, first_month=date(2026, 4, 1), last_month=date(2026, 4, 1),
                     decided_at=datetime(2026, 5, 1, 8), approved_at=datetime(2026, 5, 2))  # fmt: skip


@pytest.mark.parametrize(
    ("decisions", "doubtful", "state"),
    [
        ([], False, State.ZERO_IN_EXTRACT),
        ([returned("missing", 1)], True, State.ZERO_IN_EXTRACT),
        ([returned("nothing", 1), returned("missing", 2, hour=13)], True, State.ZERO_IN_EXTRACT),
        ([returned("missing", 1), returned("nothing", 2, hour=13)], False, State.ZERO_CONFIRMED),
        ([returned("missing", 1), returned("right", 2, hour=13)], False, State.ZERO_CONFIRMED),
        ([returned("missing", 1, date(2026, 3, 1))], False, State.ZERO_IN_EXTRACT),  # of another month
        ([returned("missing", 1), CONFIRMED], False, State.ZERO_IN_EXTRACT),  # approved the day after
        ([CONFIRMED | {"approved_at": datetime(2026, 4, 30)}, returned("missing", 4)], True, State.ZERO_IN_EXTRACT),
    ],
)
def test_the_last_word_of_a_ward_holds(decisions: list[dict[str, Any]], doubtful: bool, state: State) -> None:
    figures = [(m, "W1", f"2026-0{t}", float(t % 4), "reported") for m in (FALLS, PEOPLE) for t in range(1, 5)]
    panel = panel_of(figures, decisions, bed_days=[("W1", f"2026-0{t}", 400.0) for t in range(1, 5)])
    assert bool(panel.doubtful[1, 2, 3]) == doubtful
    assert State(int(panel.state[1, 2, 3])) is state
    assert not panel.doubtful[0].any()  # of harm alone can a ward say that something is missing
    assert bool(panel.complete[1, 0, 3]) is not doubtful


def test_a_return_that_says_missing_makes_an_improvement_doubtful() -> None:
    """A fall of 40 % for a year is an improvement, until the ward says that reports of these months are missing."""
    rng = np.random.default_rng(5)
    months = [str(m) for m in np.arange(np.datetime64("2022-01"), np.datetime64("2026-05"))]
    counts = rng.poisson([20.0] * 40 + [12.0] * 12)
    figures = [(FALLS, "W1", m, float(n), "reported") for m, n in zip(months, counts, strict=True)]
    days = [("W1", m, 450.0) for m in months]
    returns = [returned("missing", i, date.fromisoformat(f"{m}-01")) for i, m in enumerate(months[-12:])]
    found = []
    for decisions in ([], returns):
        panel = panel_of(figures, decisions, bed_days=days)
        store = SimpleNamespace(catalogue={m: CATALOGUE[m] for m in (PEOPLE, FALLS)}, panel=lambda who, at, p=panel: p,
                                decisions=lambda who, kind, at: [], events=lambda who, m, at: None)  # fmt: skip
        found.append([analyse(store, WHO).get(FALLS, code) for code in ("W1", "D", "T")])  # type: ignore[arg-type]
    assert [r.variation for r in found[0]] == ["improvement_low"] * 3
    assert not any(r.variation.startswith("improvement") for r in found[1])
    assert all(r.doubtful[-12:].all() for r in found[1][:1])


# Ratings


def test_the_four_marks_of_a_month_and_their_reasons() -> None:
    signed = SimpleNamespace(measure_id=PEOPLE, unit_code="", first_month=date(2026, 4, 1), last_month=None)
    month = np.datetime64("2026-04")
    (good,) = rate_month(fresh_of(5.0, came=date(2026, 5, 20)), month, [signed])  # type: ignore[list-item]
    assert (good.signed_off, good.timely, good.complete, good.checked) == (Verdict.YES,) * 4
    (late,) = rate_month(fresh_of(5.0, came=date(2026, 5, 21)), month, [])
    assert (late.signed_off, late.timely, late.complete) == (Verdict.NO, Verdict.NO, Verdict.YES)
    (waits,) = rate_month(fresh_of(today=date(2026, 5, 20)), month, [])
    assert (waits.timely, waits.complete, waits.checked) == (Verdict.NOT_APPLICABLE,) * 3
    (lacks,) = rate_month(fresh_of(today=date(2026, 5, 21)), month, [])
    assert (lacks.timely, lacks.complete, lacks.came, lacks.expected) == (Verdict.NO, Verdict.NO, 0, 1)


def test_a_month_in_question_is_not_checked_and_its_share_is_the_panels() -> None:
    figures = [(FALLS, w, f"2026-0{m}", 5.0, "reported") for w in ("W1", "W2") for m in range(1, 5)]
    days = [(w, f"2026-0{m}", 400.0) for w in ("W1", "W2") for m in range(1, 5)]
    came = arrivals_of([(m, u, t, 1, EARLY) for m, u, t, *_ in figures])
    panel = panel_of(figures, [returned("missing", 1)], bed_days=days)
    fresh = build_freshness(panel, CATALOGUE, came, NO_EXPOSURES, [], date(2026, 6, 1))
    (rating,) = rate_month(fresh, np.datetime64("2026-04"), [])
    assert (rating.asked, rating.checked, rating.complete) == (1, Verdict.NO, Verdict.NO)
    assert rating.share == pytest.approx(0.5)


# Settling, learnt from a history with a known answer


def history(n_months: int, last_change: int) -> tuple[Freshness, pa.Table, pa.Table]:
    """Each month's load sends the last four months again; a figure changes for the last time when it is so many months old."""
    months = np.arange(np.datetime64("2025-01"), np.datetime64("2025-01") + n_months)
    wards = ("W1", "W2")
    loaded_on = [((m + 1).astype("datetime64[D]") + 9).item() for m in months]
    stamps = [datetime(day.year, day.month, day.day) for day in loaded_on]
    first_days = [m.astype("datetime64[D]").item() for m in months]
    figures = [(PEOPLE, w, str(m), 5.0, "reported") for w in wards for m in months]
    came = arrivals_of([(PEOPLE, w, str(m), i + 1, loaded_on[i]) for i, m in enumerate(months) for w in wards])
    fresh = build_freshness(panel_of(figures), CATALOGUE, came, NO_EXPOSURES, [], date(2027, 6, 1))
    changes = [
        (PEOPLE, w, first_days[i], i + age + 1, 1.0, stamps[i + age])
        for i in range(n_months)
        for age in range(1, last_change + 1)
        if i + age < n_months
        for w in wards
    ]
    spoken = [(PEOPLE, first_days[i], min(4, n_months - i), stamps[-1]) for i in range(n_months)]
    revisions = table(changes, measure_id=pa.string(), unit_code=pa.string(), month=pa.date32(), position=pa.int64(),
                      change=pa.float64(), changed_at=pa.timestamp("us"))  # fmt: skip
    loads = table(spoken, measure_id=pa.string(), month=pa.date32(), loads=pa.int64(), last_at=pa.timestamp("us"))
    return fresh, revisions, loads


@pytest.mark.parametrize("age", [0, 1, 2, 3])
def test_settling_is_learnt_from_the_loads(age: int) -> None:
    assert settling(*history(14, age))[PEOPLE] == age


@pytest.mark.parametrize(("months", "expected"), [(8, None), (9, 2)])
def test_fewer_than_six_months_of_history_cannot_tell(months: int, expected: int | None) -> None:
    """A month is watched for more than two months only from the third load after it; the newest are too young."""
    assert settling(*history(months, 2))[PEOPLE] == expected
    assert settling(*history(months, 2))[FALLS] is None


def test_one_correction_in_twenty_does_not_unsettle_a_measure() -> None:
    fresh, revisions, loads = history(14, 1)
    far = [(PEOPLE, "W1", date(2025, 2, 1), 12, 1.0, datetime(2026, 1, 10))]
    extra = table(far, **{f.name: f.type for f in revisions.schema})
    assert settling(fresh, pa.concat_tables([revisions, extra]), loads)[PEOPLE] == 1


def test_revisions_leave_out_what_came_with_the_month_itself() -> None:
    fresh, revisions, _ = history(14, 1)
    frame = revised(fresh, revisions)
    assert len(frame) == 13  # the newest month has not been sent again
    assert set(frame["figures"]) == {2} and set(frame["change"]) == {2.0}
    at_once = revisions.set_column(3, "position", pa.array(np.ones(revisions.num_rows, np.int64)))
    assert revised(fresh, at_once.slice(0, 2)).empty


# The same from the record


HEAD = "month,unit,measure,numerator\n"
EVENTS = "day,unit,measure,event_reference,revision,severity,status,covers_from,covers_to\n"


def loaded(home: Home, load: Load, monkeypatch: pytest.MonkeyPatch, text: str, day: date, name: str) -> None:
    import importlib

    monkeypatch.setattr(
        importlib.import_module("data.ingest.intake"), "now", lambda: datetime(day.year, day.month, day.day, 9)
    )
    load(home, text, name, issue=day.isoformat())


def opened(home: Home) -> Store:
    store = Store.open(home)
    assert store is not None
    return store


def test_arrivals_and_revisions_of_cells_and_of_dated_events(
    home: Home, load: Load, everyone: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    cover = "2026-03-01,2026-03-31\n"
    one = f"2026-03-05,W01,falls_harm,A1,1,moderate,confirmed,{cover}"
    other = f"2026-03-09,W01,falls_harm,A2,1,severe,confirmed,{cover}"
    loaded(
        home,
        load,
        monkeypatch,
        HEAD + "2026-02,W01,mha_people,3\n2026-03,W01,mha_people,4\n",
        date(2026, 3, 9),
        "a.csv",
    )
    loaded(
        home,
        load,
        monkeypatch,
        HEAD + "2026-03,W01,mha_people,9\n2026-04,W01,mha_people,1\n",
        date(2026, 5, 21),
        "b.csv",
    )
    loaded(home, load, monkeypatch, EVENTS + one, date(2026, 4, 20), "c.csv")
    loaded(home, load, monkeypatch, EVENTS + one + other, date(2026, 5, 9), "d.csv")
    store = opened(home)
    fresh = freshness(store, everyone, date(2026, 6, 1))
    people, harm = fresh.measures.index("mha_people"), fresh.measures.index("falls_harm")
    u = fresh.panel.tree.position["W01"]
    assert [str(d) for d in fresh.arrived_on[people, u]] == ["2026-03-09", "2026-03-09", "2026-05-21", "NaT"]
    assert [Figure(s) for s in fresh.state[people, u]] == [
        Figure.REPORTED,
        Figure.REPORTED,
        Figure.LATE,
        Figure.NOT_DUE,
    ]
    assert str(fresh.arrived_on[harm, u, 1]) == "2026-04-20"
    frame = revised(fresh, store.revisions(everyone))
    told = [(r.measure_id, str(r.month)[:7], r.figures, r.change, str(r.last_changed)[:10]) for r in frame.itertuples()]
    assert told == [("falls_harm", "2026-03", 1, 1.0, "2026-05-09"), ("mha_people", "2026-03", 1, 5.0, "2026-05-21")]
    before = freshness(store, Reader(Role.WARD_MANAGER, Audience.WORKING, ("W02",)), date(2026, 6, 1))
    assert not before.reporters.any()  # of another ward


def test_an_expectation_in_force_says_when_and_a_withdrawn_one_does_not(
    home: Home, load: Load, everyone: Reader
) -> None:
    load(
        home,
        HEAD
        + "2026-03,W01,mha_people,3\n2026-04,W01,mha_people,3\n2026-04,W02,mha_people,3\n2026-03,W02,mha_people,3\n",
    )
    store = opened(home)
    day = date(2026, 6, 10)  # ten days after May has ended

    def overdue() -> int:
        return int(freshness(opened(home), everyone, day).overdue.sum())

    assert overdue() == 0
    with writing(home) as writer:
        number = decide(writer, Proposal("expectation", "Agreed.", "mha_people", "W01", detail={"due_day": 9}), "Sam")
        publish(writer, store.catalogue)
    assert overdue() == 1
    with writing(home) as writer:
        withdraw(writer, number, "Sam", "Too early.")
        publish(writer, store.catalogue)
    assert overdue() == 0
