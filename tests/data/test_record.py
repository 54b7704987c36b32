"""The record: nothing doubled, nothing edited, every moment can be asked for again."""

import json
import threading
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from data.access import Audience, Reader, Role
from data.audit import check_chain, read_heads, read_lines
from data.config import Home
from data.database import reader
from data.decisions import Proposal, approve, decide, withdraw
from data.ingest.intake import Refused
from data.panel import State
from data.publish import ensure_published, publish, read_pointer, verify_published
from data.record import StoreError, writing
from data.status import status
from data.store import Store
from tests.conftest import Load

HEAD = "month,unit,measure,numerator\n"
EVENTS = "day,unit,measure,event_reference,revision,severity,status,covers_from,covers_to\n"


def count(home: Home, who: Reader, measure: str, unit: str, month: str, known_at: int | None = None) -> float:
    panel = opened(home).panel(who, known_at)
    return float(panel.numerator[place(panel, measure, unit, month)])


def state(home: Home, who: Reader, measure: str, unit: str, month: str, known_at: int | None = None) -> State:
    panel = opened(home).panel(who, known_at)
    return State(int(panel.state[place(panel, measure, unit, month)]))


def opened(home: Home) -> Store:
    store = Store.open(home)
    assert store is not None
    return store


def place(panel, measure: str, unit: str, month: str):  # type: ignore[no-untyped-def]
    t = int((np.datetime64(month, "M") - panel.months[0]).astype(int))
    return panel.measure_position(measure), panel.tree.position[unit], t


def test_the_same_content_twice_changes_nothing(home: Home, load: Load) -> None:
    text = HEAD + "2026-04,W01,falls_all,3\n2026-05,W01,falls_all,2\n"
    first = load(home, text)
    again = load(home, text)
    reordered = load(home, HEAD + "2026-05,W01,falls_all,2\n2026-04-01,W01,falls_all,3\n", "other name.csv")
    assert first.load_id is not None
    assert again.load_id is None and reordered.load_id is None
    assert status(home)["loads"] == 2 and status(home)["observations"] == 2


def test_a_then_b_then_a_again_ends_at_a(home: Home, load: Load, everyone: Reader) -> None:
    for figure in (3, 5, 3):
        load(home, HEAD + f"2026-04,W01,falls_all,{figure}\n")
        assert count(home, everyone, "falls_all", "W01", "2026-04") == figure
    assert status(home)["observations"] == 3


def test_a_correction_keeps_the_old_value_for_as_known_at(home: Home, load: Load, everyone: Reader) -> None:
    first = load(home, HEAD + "2026-03,W01,falls_all,1\n2026-04,W01,falls_all,3\n")
    second = load(home, HEAD + "2026-04,W01,falls_all,7\n")
    assert second.changes.counts == {"changed": 1}
    assert count(home, everyone, "falls_all", "W01", "2026-04") == 7
    assert count(home, everyone, "falls_all", "W01", "2026-04", first.load_id) == 3
    assert count(home, everyone, "falls_all", "W01", "2026-03") == 1  # absent rows leave their cells as they were


def test_loads_that_come_out_of_order_end_in_the_same_state(tmp_path: Path, load: Load, everyone: Reader) -> None:
    from tests.conftest import UNITS

    ends = []
    issues = {"2026-05-01": 3, "2026-05-01v2": 4, "2026-06-01": 6}
    for n, order in enumerate((list(issues), list(issues)[::-1], ["2026-05-01v2", "2026-06-01", "2026-05-01"])):
        made = Home(tmp_path / f"order {n}")
        load(made, UNITS, "units.csv")
        for issue in order:
            load(made, HEAD + f"2026-04,W01,falls_all,{issues[issue]}\n", issue=issue)
        ends.append(count(made, everyone, "falls_all", "W01", "2026-04"))
    assert ends == [6, 6, 6]


def test_an_older_issue_is_kept_and_changes_no_figure(home: Home, load: Load, everyone: Reader) -> None:
    load(home, HEAD + "2026-04,W01,falls_all,6\n", issue="2026-06-01")
    receipt = load(home, HEAD + "2026-04,W01,falls_all,3\n", issue="2026-05-01")
    assert receipt.changes.counts == {"older": 1}
    assert count(home, everyone, "falls_all", "W01", "2026-04") == 6
    assert load(home, HEAD + "2026-04,W01,falls_all,3\n", issue="2026-05-01").load_id is None


def test_suppressed_missing_zero_and_not_due_are_four_states(home: Home, load: Load) -> None:
    named = Reader(Role.QI_LEAD, Audience.NAMED)
    head = "month,unit,measure,numerator,state\n"
    rows = [
        ("2026-01", "3", "", State.REPORTED),
        ("2026-02", "*", "", State.SUPPRESSED),
        ("2026-03", "<5", "", State.SUPPRESSED),
        ("2026-04", "9999999", "", State.SUPPRESSED),
        ("2026-05", "", "", State.MISSING),
        ("2026-06", "0", "", State.ZERO_IN_EXTRACT),
        ("2026-07", "", "not_due", State.NOT_DUE),
        ("2026-09", "2", "", State.REPORTED),
    ]
    load(home, head + "".join(f"{m},W01,investigations,{v},{s}\n" for m, v, s, _ in rows))
    for month, _, _, expected in rows:
        assert state(home, named, "investigations", "W01", month) is expected, month
    assert state(home, named, "investigations", "W01", "2026-08") is State.MISSING  # no row at all is missing too


def test_a_count_without_its_exposure_has_no_rate(home: Home, load: Load, everyone: Reader) -> None:
    load(home, HEAD + "2026-04,W01,falls_all,3\n2026-05,W01,falls_all,2\n")
    assert state(home, everyone, "falls_all", "W01", "2026-04") is State.NO_EXPOSURE
    load(home, "month,unit,kind,value\n2026-04,W01,occupied_bed_days,512\n")
    assert state(home, everyone, "falls_all", "W01", "2026-04") is State.REPORTED
    assert state(home, everyone, "falls_all", "W01", "2026-05") is State.NO_EXPOSURE


def test_an_events_load_replaces_the_events_it_covers(home: Home, load: Load, everyone: Reader) -> None:
    april = "2026-04-01,2026-04-30\n"
    first = load(
        home,
        EVENTS
        + f"2026-04-05,W01,falls_harm,A1,1,moderate,confirmed,{april}2026-04-09,W01,falls_harm,A2,1,severe,confirmed,{april}",
    )
    second = load(home, EVENTS + f"2026-04-05,W01,falls_harm,A1,2,severe,confirmed,{april}")
    assert second.changes.counts == {"changed": 1, "gone": 1}
    assert count(home, everyone, "falls_harm", "W01", "2026-04") == 1
    assert count(home, everyone, "falls_harm", "W01", "2026-04", first.load_id) == 2


def test_a_covered_unit_without_events_is_a_zero_and_an_uncovered_one_is_not(
    home: Home, load: Load, everyone: Reader
) -> None:
    load(
        home, EVENTS + "2026-04-05,W01,falls_harm,A1,1,moderate,confirmed,,\n,*,falls_harm,,,,,2026-03-01,2026-05-31\n"
    )
    assert state(home, everyone, "falls_harm", "W02", "2026-04") is State.NO_EXPOSURE
    assert count(home, everyone, "falls_harm", "W02", "2026-04") == 0
    assert count(home, everyone, "falls_harm", "W01", "2026-04") == 1
    with pytest.raises(Refused):
        load(home, EVENTS + "2026-06-05,W01,falls_harm,B1,1,moderate,confirmed,,\n")  # nobody says what it covers
    load(
        home,
        EVENTS + "2026-06-05,W01,falls_harm,B1,1,moderate,confirmed,,\n",
        covers=(date(2026, 6, 1), date(2026, 6, 30)),
    )
    assert count(home, everyone, "falls_harm", "W02", "2026-06") == 0


def test_of_several_revisions_the_highest_counts_at_its_worst_severity(home: Home, load: Load) -> None:
    cover = "2026-04-01,2026-04-30\n"
    rows = (
        f"2026-04-05,W01,falls_harm,A1,2,low,confirmed,{cover}2026-04-05,W01,falls_harm,A1,2,severe,confirmed,{cover}"
    )
    load(home, EVENTS + rows + f"2026-04-05,W01,falls_harm,A1,1,fatal,confirmed,{cover}")
    with writing(home) as writer:
        publish(writer, opened(home).catalogue)
    published = read_pointer(home)
    assert published is not None
    with reader(published.figures) as con:
        assert con.execute("select severity from event").fetchall() == [("severe",)]


def test_a_death_leaves_the_count_only_by_a_recorded_conclusion(home: Home, load: Load, everyone: Reader) -> None:
    cover = "2026-04-01,2026-04-30\n"
    death = f"2026-04-05,W01,suicide_in_care,D1,1,fatal,suspected,{cover}"
    load(home, EVENTS + death + f"2026-04-07,W02,suicide_in_care,D2,1,fatal,suspected,{cover}")
    with pytest.raises(Refused) as refused:
        load(home, EVENTS + death + f",W02,suicide_in_care,,,,,{cover}", partial=True)
    assert "stands in an earlier extract and not in this one" in refused.value.problems[0].reason
    concluded = f"2026-04-07,W02,suicide_in_care,D2,2,fatal,other_conclusion,{cover}"
    load(home, EVENTS + death + concluded)
    assert count(home, everyone, "suicide_in_care", "TRUST", "2026-04") == 1


def test_references_are_stored_as_keyed_hashes_only(home: Home, load: Load) -> None:
    load(home, EVENTS + "2026-04-05,W01,falls_harm,INC-20417,1,moderate,confirmed,2026-04-01,2026-04-30\n")
    for path in home.root.rglob("*"):
        if path.is_file():
            assert b"INC-20417" not in path.read_bytes(), path.name


def test_units_restate_the_whole_tree(home: Home, load: Load, everyone: Reader) -> None:
    from tests.conftest import UNITS

    receipt = load(
        home,
        UNITS.replace("Oak ward", "Acorn ward").replace(
            "W03,Elm ward,ward,SECURE,2024-01-01,secure,12,2025-06-30,\n", ""
        ),
    )
    assert receipt.changes.counts == {"changed": 1, "gone": 1, "unchanged": 4}
    load(home, HEAD + "2026-04,W01,falls_all,3\n")
    names = {unit.code: unit.name for unit in opened(home).tree(everyone).units}
    assert names["W02"] == "Acorn ward" and "W03" not in names


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("W9,,ward,LOCAL,2024-01-01,,,,\n", "needs a code, a name and a level"),
        ("W9,New,hall,LOCAL,2024-01-01,,,,\n", "a level is trust, division, service, ward or team"),
        ("W9,New,ward,NOWHERE,2024-01-01,,,,\n", "no unit in this file has this code"),
        ("W9,New,ward,,2024-01-01,,,,\n", "only a trust stands at the top"),
        ("W9,New,ward,LOCAL,2024-01-01,,,2023-01-01,\n", "not a day at or after valid_from"),
        ("W9,New,ward,LOCAL,soon,,,,\n", "not a day: write 2026-04-01"),
        ("W9,New,ward,LOCAL,2024-01-01,,many,,\n", "not a whole number of beds"),
        ("W9,New,ward,LOCAL,2024-01-01,,,,W77\n", "no unit in this file has this code"),
        ("W01,Again,ward,LOCAL,2025-01-01,,,,\n", "already stands on line 5"),
    ],
)
def test_a_unit_that_cannot_be_is_refused(tmp_path: Path, load: Load, row: str, says: str) -> None:
    from tests.conftest import UNITS

    with pytest.raises(Refused) as refused:
        load(Home(tmp_path / "store"), UNITS + row)
    assert any(says in p.reason for p in refused.value.problems), [str(p) for p in refused.value.problems]


def test_who_proposes_never_approves(home: Home) -> None:
    goal = Proposal(
        "goal", "Agreed.", "falls_all", "TRUST", None, None, {"type": "zero", "date": "2028-04-01", "owner": "A"}
    )
    with writing(home) as writer:
        proposed = decide(writer, goal, "Sam")
        with pytest.raises(StoreError, match="proposed this goal and cannot approve it"):
            approve(writer, proposed, "Sam", "Yes.")
        with pytest.raises(StoreError, match="states its reason"):
            approve(writer, proposed, "Alex", " ")


def test_a_decision_is_in_force_from_its_approval_to_its_withdrawal(home: Home, load: Load, everyone: Reader) -> None:
    load(home, HEAD + "2026-04,W01,falls_all,3\n")
    goal = Proposal(
        "goal", "Agreed.", "falls_all", "TRUST", None, None, {"type": "zero", "date": "2028-04-01", "owner": "A"}
    )
    catalogue = opened(home).catalogue
    with writing(home) as writer:
        proposed = decide(writer, goal, "Sam")
        publish(writer, catalogue)
    assert opened(home).decisions(everyone, "goal") == []
    with writing(home) as writer:
        approved = approve(writer, proposed, "Alex", "Agreed by the board.")
        publish(writer, catalogue)
    assert [d.decision_id for d in opened(home).decisions(everyone, "goal")] == [proposed]
    with writing(home) as writer:
        withdraw(writer, proposed, "Alex", "Replaced.")
        publish(writer, catalogue)
    assert opened(home).decisions(everyone, "goal") == []
    assert [d.decision_id for d in opened(home).decisions(everyone, "goal", approved)] == [proposed]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"kind": "wish", "reason": "x"}, "no decision of kind 'wish'"),
        ({"kind": "goal", "reason": "x"}, "must state its type"),
        ({"kind": "break", "reason": " "}, "states its reason"),
        ({"kind": "break", "reason": "x", "detail": {"colour": "red"}}, "does not state 'colour'"),
    ],
)
def test_a_decision_that_says_too_little_or_too_much_is_refused(words: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Proposal(**words)  # type: ignore[arg-type]


def test_the_audit_is_a_chain_whose_head_stands_outside(home: Home, load: Load) -> None:
    for figure in (1, 2, 2):
        load(home, HEAD + f"2026-04,W01,falls_all,{figure}\n")
    with writing(home) as writer:
        lines = read_lines(writer.con)
    assert [line.what for line in lines] == ["load", "load", "load", "no_change"]
    assert check_chain(lines, read_heads(home)) == []
    assert all(json.loads(line.detail)["sha256"] for line in lines)
    assert str(read_heads(home)[0]) == f"{lines[-1].hash} 4"


def test_a_crash_between_commit_and_swap_is_mended_at_the_next_start(
    home: Home, load: Load, everyone: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    import data.ingest.intake as module

    def crash(*_: object) -> int:
        raise KeyboardInterrupt

    load(home, HEAD + "2026-04,W01,falls_all,1\n")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(module, "publish", crash)
        load(home, HEAD + "2026-04,W01,falls_all,2\n")
    assert count(home, everyone, "falls_all", "W01", "2026-04") == 1
    ensure_published(home, opened(home).catalogue)
    assert count(home, everyone, "falls_all", "W01", "2026-04") == 2


def test_a_damaged_published_file_is_not_shown(home: Home, load: Load) -> None:
    load(home, HEAD + "2026-04,W01,falls_all,1\n")
    published = read_pointer(home)
    assert published is not None
    verify_published(published)
    content = bytearray(published.figures.read_bytes())
    content[len(content) // 2] ^= 1
    published.figures.write_bytes(content)
    with pytest.raises(StoreError, match="missing or damaged"):
        verify_published(published)


def test_three_versions_are_kept(home: Home, load: Load) -> None:
    for figure in range(6):
        load(home, HEAD + f"2026-04,W01,falls_all,{figure}\n")
    assert len(list(home.published.glob("figures-*.duckdb"))) == 3
    assert len(list(home.published.glob("deaths-*.duckdb"))) == 3


def test_two_loads_at_once_both_arrive_and_none_is_doubled(home: Home, load: Load, tmp_path: Path) -> None:
    """DuckDB's file has one writer; the lock makes the second wait."""
    from data.catalogue import shipped_catalogue
    from data.ingest.intake import intake
    from tests.conftest import TODAY

    failures: list[Exception] = []

    def send(name: str, month: str) -> None:
        path = tmp_path / name
        path.write_text(HEAD + f"{month},W01,falls_all,3\n")
        try:
            with intake(home, shipped_catalogue(), path, today=TODAY) as extract:
                extract.accept(name)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=send, args=(f"{i}.csv", f"2026-0{1 + i % 3}")) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert status(home)["observations"] == 3


def test_deaths_are_published_apart(home: Home, load: Load) -> None:
    load(home, EVENTS + "2026-04-05,W01,suicide_in_care,D1,1,fatal,suspected,2026-04-01,2026-04-30\n")
    published = read_pointer(home)
    assert published is not None
    with reader(published.figures) as con:
        assert con.execute("select count(*) from event").fetchall() == [(0,)]
        assert con.execute("select count(*) from coverage").fetchall() == [(0,)]
    with reader(published.deaths) as con:
        assert con.execute("select count(*) from event").fetchall() == [(1,)]


def test_a_confirmed_month_is_no_longer_in_question_and_three_reset_the_level(
    home: Home, load: Load, everyone: Reader
) -> None:
    months = [f"{2024 + i // 12}-{i % 12 + 1:02d}" for i in range(30)]
    figures = [
        12,
        11,
        13,
        12,
        10,
        14,
        12,
        11,
        13,
        12,
        12,
        11,
        13,
        12,
        14,
        11,
        12,
        13,
        1,
        0,
        1,
        2,
        1,
        0,
        1,
        1,
        2,
        0,
        1,
        1,
    ]
    load(home, HEAD + "".join(f"{m},W01,mha_people,{n}\n" for m, n in zip(months, figures, strict=True)))
    store = opened(home)

    def doubted() -> list[int]:
        panel = opened(home).panel(everyone)
        m, u, _ = place(panel, "mha_people", "W01", "2024-01")
        return np.flatnonzero(panel.doubtful[m, u]).tolist()

    before = doubted()
    assert before and min(before) >= 18
    confirm = Proposal("confirmation", "Checked on the ward.", "mha_people", "W01", date(2025, 7, 1), date(2025, 9, 1))
    with writing(home) as writer:
        proposed = decide(writer, confirm, "Ward manager")
        publish(writer, store.catalogue)
    assert doubted() == before  # proposed is not approved
    with writing(home) as writer:
        approve(writer, proposed, "Division lead", "Seen the ward's own list.")
        publish(writer, store.catalogue)
    assert doubted() == []


def test_a_store_without_anything_but_monthly_figures_answers_every_question(
    home: Home, load: Load, everyone: Reader
) -> None:
    load(home, HEAD + "2026-04,W01,falls_all,3\n")
    store = opened(home)
    frame = store.periods(everyone)
    assert frame.empty
    assert list(frame.columns)[:4] == ["measure_id", "unit_code", "period_start", "months"]
    assert store.public_table(everyone).empty
    assert store.decisions(everyone, "goal") == []
    assert len(store.loads(everyone)) == 2
