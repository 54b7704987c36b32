"""The Upload page: everything for somebody who has never seen a command line."""

import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data.access import Reader
from data.audit import read_lines
from data.catalogue import shipped_catalogue
from data.config import PROJECT, Home
from data.decisions import Proposal, approve, decide
from data.ingest.changes import Change
from data.ingest.feeds import FEEDS
from data.ingest.mapping import columns_to_ask_for, ready_mappings
from data.publish import publish
from data.record import writing
from data.store import Store
from pages.shared import words
from pages.shared.analysis import Analysis, analyse
from pages.shared.turned import seen_by_the_board, turned
from pages.shared.upload import check
from pages.shared.upload.changes import _cell
from pages.shared.upload.check import whole_months
from tests.conftest import Load
from tests.pages.conftest import Open
from tests.pages.shown import figures_of, said, table_of

HEAD = "month,unit,measure,numerator\n"
JUMP = HEAD + "".join(f"2026-{m:02d},W10,med_errors,140\n" for m in range(7, 11))
DATIX_HEAD = "Ref;Incident date;Location (exact);Category;Severity;Approval status"
DATIX = "\n".join(
    [
        "Incident listing;;;;;",
        DATIX_HEAD,
        "W1;03/10/2026;Café ward;Falls;Moderate;Finally approved",
        "W2;19/10/2026;Café ward;Collision;Low;Being reviewed",
        "W3;20/10/2026;Hazel ward;Falls;Severe;Finally approved",
    ]
)


def open_upload(open_page: Open) -> AppTest:
    """The page by its address: without a look at the Goals page before, which takes seconds."""
    at = AppTest.from_file(str(PROJECT / "dashboard.py"), default_timeout=120)
    at.query_params["as"], at.query_params["audience"] = "qi_lead", "working"
    at.switch_page("pages/upload.py").run()
    assert not at.exception, at.exception
    return at


def upload(at: AppTest, content: str | bytes, name: str = "falls.csv") -> AppTest:
    at.file_uploader[0].upload(name, content.encode() if isinstance(content, str) else content, "text/csv").run()
    assert not at.exception, at.exception
    return at


def press(at: AppTest, label: str) -> AppTest:
    (button,) = [button for button in at.button if button.label.startswith(label)]
    button.click().run()
    assert not at.exception, at.exception
    return at


def box(at: AppTest, kind: str, label: str) -> Any:
    (found,) = [one for one in getattr(at, kind) if one.label.startswith(label)]
    return found


def frame(at: AppTest, column: str) -> Any:
    (found,) = [table.value for table in at.dataframe if column in table.value.columns]
    return found


# Check, accept, receipt -----------------------------------------------------------------------------------------------


def falls_of_hazel(open_page: Open) -> str:
    """The newest month's count."""
    return figures_of(open_page("measure", unit="W10", measure="falls_all"))[0]["Count"]


def test_a_file_is_checked_then_accepted_then_everybody_sees_it(sample_copy: Home, open_page: Open) -> None:
    before = falls_of_hazel(open_page)
    at = upload(open_upload(open_page), HEAD + "2026-10-01,W10,falls_all,41\n")
    assert words.UPLOAD_NO_PROBLEMS in said(at)
    assert "What would change: 1 changed. On 1 unit, October 2026." in said(at)
    (row,) = json.loads(frame(at, "Would be").to_json(orient="records"))
    assert (row["What"], row["Unit"], row["Month"]) == ("Falls", "W10", "Oct 2026")
    assert (row["Now"], row["Would be"]) == (before.rstrip("°"), "41")
    assert falls_of_hazel(open_page) == before, "only checked"
    at.button(key="accept").click().run()
    assert not at.exception
    assert re.search(r"falls\.csv is load \d+: 1 row stored\. Everybody now sees version \d+\.", at.success[0].value)
    assert falls_of_hazel(open_page) == "41"
    at.run()
    assert not at.success, "a receipt is shown once"


def test_each_wrong_line_is_told_and_the_others_are_accepted(sample_copy: Home, open_page: Open) -> None:
    text = HEAD + "2026-10-01,W10,falls_all,41\n2026-10-01,W10,self_harm,many\n"
    at = upload(open_upload(open_page), text)
    problems = frame(at, "What is wrong")
    assert list(problems["Line"]) == [3]
    assert list(problems["Column"]) == ["numerator"]
    assert "Line 3, numerator: not a number: write digits only" in said(at)
    labels = [button.label for button in at.get("download_button")]
    assert {"Lines to correct, as CSV", "List of problems, as CSV"} <= set(labels)
    assert at.button(key="accept").label == "Accept without 1 line"
    at.button(key="accept").click().run()
    assert "1 row stored, 1 row not stored" in at.success[0].value
    assert [path.read_text() for path in sample_copy.rejects.glob("*.csv")]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty; export it again."),
        ("\x00\x01\x02", "is no text at all"),
        (HEAD, "has a header and no rows"),
        ("month,unit,measure,numerator,extra\n2026-10,W10,falls_all,1,2\n", "the column 'extra' is not one of"),
        (HEAD + "2026-10,W10,falls_all,many\n", words.UPLOAD_CANNOT),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_words(text: str, told: str, sample_copy: Home, open_page: Open) -> None:
    at = upload(open_upload(open_page), text)
    assert re.search(told, said(at))
    assert "Traceback" not in said(at) and "--" not in "".join(error.value for error in at.error)
    assert "accept" not in [button.key for button in at.button]


def test_the_check_runs_once_for_a_file_and_its_choices(
    sample_copy: Home, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs, rehearse = [], check.rehearse
    monkeypatch.setattr(check, "rehearse", lambda *args, **kw: runs.append(kw) or rehearse(*args, **kw))
    at = upload(open_upload(open_page), HEAD + "2026-10-01,W10,falls_all,41\n")
    at.run().run()
    assert len(runs) == 1
    box(at, "selectbox", "The figures are").select("final").run()
    at.run()
    assert [run["status"] for run in runs] == [None, "final"]


def test_what_moved_on_since_the_check_is_checked_again(sample_copy: Home, load: Load, open_page: Open) -> None:
    at = upload(open_upload(open_page), HEAD + "2026-10-01,W10,falls_all,41\n")
    load(sample_copy, HEAD + "2026-10-01,W10,falls_all,41\n", "same.csv")
    at.button(key="accept").click().run()
    assert not at.exception
    assert not [receipt for receipt in at.success if "is load" in receipt.value]
    assert "What would change: 1 unchanged." in said(at)


def test_loads_and_templates_are_offered(shown: Home, open_page: Open) -> None:
    at = open_upload(open_page)
    assert "Loads so far" in [expander.label for expander in at.expander]
    text = said(at)
    assert all(f"**{name}**" in text for name in FEEDS)
    assert all(column in text for source in ready_mappings() for column, _ in columns_to_ask_for(source))
    assert len(at.get("download_button")) == len(FEEDS) + len(ready_mappings())


# How it is read -------------------------------------------------------------------------------------------------------


def test_the_encoding_is_asked_only_where_the_reader_cannot_tell(sample_copy: Home, open_page: Open) -> None:
    at = upload(open_upload(open_page), HEAD + "2026-10-01,W10,falls_all,4\n")
    assert "Encoding" not in [one.label for one in at.selectbox]
    at = upload(open_upload(open_page), DATIX.encode("cp1252"), "datix.csv")
    assert "choose Windows-1252 under “How it is read”" in at.error[0].value
    box(at, "selectbox", "Encoding").select("windows-1252").run()
    assert not at.error
    assert "layout: datix, as events" in said(at)
    assert "Café ward" in said(at)


def test_dates_of_another_form_are_chosen_in_the_page(sample_copy: Home, open_page: Open) -> None:
    at = upload(open_upload(open_page), HEAD + "01/10/2026,W10,falls_all,4\n")
    assert "choose 17/04/2026 under “How it is read”" in said(at)
    box(at, "selectbox", "Dates are written").select("dmy").run()
    assert words.UPLOAD_NO_PROBLEMS in said(at)


@pytest.mark.parametrize(
    ("first", "last", "covers"),
    [
        (date(2026, 8, 3), date(2026, 10, 30), (date(2026, 8, 1), date(2026, 10, 31))),
        (date(2026, 8, 3), date(2026, 11, 20), (date(2026, 8, 1), date(2026, 10, 31))),  # November is not over
        (date(2026, 11, 3), date(2026, 11, 20), (date(2026, 11, 1), date(2026, 11, 22))),
        (date(2026, 2, 28), date(2026, 2, 28), (date(2026, 2, 1), date(2026, 2, 28))),
    ],
)
def test_an_events_extract_covers_its_whole_months(first: date, last: date, covers: tuple[date, date]) -> None:
    assert whole_months(first, last, date(2026, 11, 22)) == covers


def test_days_covered_are_asked_of_events_only_and_filled_in(sample_copy: Home, open_page: Open) -> None:
    events = "day,unit,measure,event_reference,severity\n2026-09-03,W10,falls_harm,X1,severe\n2026-10-20,W10,falls_harm,X2,low\n"
    at = upload(open_upload(open_page), events, "events.csv")
    assert [box.value for box in at.date_input] == [date(2026, 9, 1), date(2026, 10, 31)]
    assert words.UPLOAD_NO_PROBLEMS in said(at)
    own = "day,unit,measure,event_reference,covers_from,covers_to\n2026-10-20,W10,falls_harm,X2,2026-10-01,2026-10-31\n"
    assert not upload(open_upload(open_page), own, "own.csv").date_input
    assert not upload(open_upload(open_page), HEAD + "2026-10,W10,falls_all,4\n").date_input


def test_a_note_that_names_somebody_stops_nothing_but_itself(sample_copy: Home, open_page: Open) -> None:
    at = upload(open_upload(open_page), HEAD + "2026-10,W10,falls_all,4\n")
    box(at, "text_input", "Note").input("Ask Mr John Smith").run()
    assert "The note seems to hold a name" in at.error[0].value
    assert "Smith" not in str(at.session_state["upload choices"]) if "upload choices" in at.session_state else True


def test_of_a_zip_one_file_after_the_other(sample_copy: Home, open_page: Open) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("falls.csv", HEAD + "2026-10,W10,falls_all,41\n")
        archive.writestr("harm.csv", HEAD + "2026-10,W10,self_harm,42\n2026-10,W11,self_harm,4\n")
    at = upload(open_upload(open_page), out.getvalue(), "two.zip")
    choice = box(at, "selectbox", "This ZIP holds 2 files")
    assert choice.options == ["falls.csv", "harm.csv"]
    assert "1 row." in said(at)
    choice.select("harm.csv").run()
    assert "2 rows." in said(at)
    at.button(key="accept").click().run()
    assert "harm.csv is load" in at.success[0].value
    assert box(at, "selectbox", "This ZIP holds 2 files").value == "falls.csv", "the ZIP is still there"


# A file that may name people ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "2026-10,W10,falls_all,943 476 5919\n",
        "Nr,When,Told by\n1,2026-10-01,Mr John Smith of the 943 476 5919\n",  # no layout of ours
    ],
)
def test_of_a_file_that_may_name_people_a_sentence_stays(text: str, sample_copy: Home, open_page: Open) -> None:
    at = upload(open_upload(open_page), text, "people.csv")
    (error,) = at.error
    assert error.value.startswith("people.csv was refused: it may name people")
    kept = f"{said(at)} {at.session_state._state.filtered_state}"
    assert "943 476" not in kept and "Smith" not in kept
    assert at.file_uploader[0].value is None
    with writing(sample_copy) as writer:
        last = read_lines(writer.con)[-1]
    assert (last.what, json.loads(last.detail)["because"]) == ("refusal", "PersonalData")


# A source of its own --------------------------------------------------------------------------------------------------


def test_the_words_of_a_source_are_mapped_in_the_page_and_remembered(sample_copy: Home, open_page: Open) -> None:
    at = upload(open_upload(open_page), DATIX, "datix.csv")
    assert words.UPLOAD_MAP_FIRST in said(at)
    assert {one.label for one in at.multiselect} == {"Café ward · 2 lines", "Hazel ward · 1 line", "Collision · 1 line"}
    assert box(at, "multiselect", "Hazel ward").value == ["W10"], "its own name is proposed"
    box(at, "multiselect", "Café ward").select("W11")
    box(at, "multiselect", "Collision").select("")
    press(at, "Remember this")
    assert not at.multiselect
    assert [one.value for one in at.date_input] == [date(2026, 10, 1), date(2026, 10, 31)]
    assert words.UPLOAD_NO_PROBLEMS in said(at)
    assert "1 row set aside, and counted nowhere" in [one.label for one in at.expander]
    press(at, "Accept")
    assert "datix.csv is load" in at.success[0].value
    again = upload(open_upload(open_page), DATIX, "datix.csv")
    assert not again.multiselect, "it is remembered"


def test_what_stays_open_may_be_said_to_be_not_followed(sample_copy: Home, open_page: Open) -> None:
    text = DATIX + "\nW4;21/10/2026;Car park;Falls;None;Being reviewed\n"
    at = upload(open_upload(open_page), text, "datix.csv")
    box(at, "checkbox", "Those of these locations that stay open").check()
    press(at, "Remember this")
    assert [one.label for one in at.multiselect] == ["Collision · 1 line"] or not at.multiselect
    with writing(sample_copy) as writer:
        (detail,) = writer.con.execute("select detail from record.decision where kind = 'mapping'").fetchall()[0]
    assert json.loads(detail)["values"]["unit"] == {"Café ward": [], "Car park": [], "Hazel ward": ["W10"]}


def test_columns_that_are_not_needed_are_dropped_unread(sample_copy: Home, open_page: Open) -> None:
    head, *lines = DATIX.splitlines()[1:]
    text = "\n".join([f"{head};Description", *(f"{line};Mr John Smith fell" for line in lines)])
    at = upload(open_upload(open_page), text, "datix.csv")
    assert "Description: not needed by datix." in said(at)
    assert "Smith" not in said(at)
    box(at, "toggle", words.UPLOAD_DROP_COLUMNS).set_value(True).run()
    assert not at.exception and not at.error
    assert words.UPLOAD_TRIED in said(at) and "Smith" not in said(at)
    press(at, "Remember this")
    assert "accept" in [button.key for button in at.button] or words.UPLOAD_MAP_FIRST in said(at)


def test_an_unknown_layout_is_told_column_by_column(sample_copy: Home, open_page: Open) -> None:
    text = "Nr,When,Place,What\nU1,03/10/2026,Hazel ward,Fell\nU2,04/10/2026,Hazel ward,Fell\n"
    at = upload(open_upload(open_page), text, "ulysses.csv")
    assert words.UPLOAD_UNKNOWN in said(at)
    press(at, "Try these columns")
    assert at.error[-1].value.startswith("Please say: The day it happened, Where it happened")
    for label, column in (
        ("The day it happened", "When"),
        ("Where it happened", "Place"),
        ("What kind of incident", "What"),
        ("Its reference", "Nr"),
    ):
        box(at, "selectbox", label).select(column)
    box(at, "text_input", "What do you call this source?").input("ulysses")
    press(at, "Try these columns")
    assert words.UPLOAD_TRIED in said(at)
    assert "accept" not in [button.key for button in at.button], "what is tried is not accepted"
    box(at, "multiselect", "Fell").select("falls_all")
    press(at, "Remember this")
    assert "ulysses, as events" in said(at)
    press(at, "Accept")
    assert "2 rows stored" in at.success[0].value


# What would change ----------------------------------------------------------------------------------------------------


def test_the_icons_that_would_turn_are_told_from_what_to_what(sample_copy: Home, open_page: Open) -> None:
    at = upload(open_upload(open_page), JUMP)
    rows = table_of(at, "The trust and its divisions")
    assert rows[0] == ["Unit", "Measure", "Now", "Would be"]
    trust = [row for row in rows[1:] if row[1] == "Medication incidents reported"]
    assert trust and all(row[2] != row[3] for row in trust)
    assert {text for row in rows[1:] for text in row[2:]} <= {
        *words.VARIATION_LABELS.values(), *words.MILESTONE_LABELS.values(), *words.GAP_LABELS.values(),
        *(f"{label} (a month to check)" for label in words.VARIATION_LABELS.values()), "Milestone: cannot tell yet",
    }  # fmt: skip
    assert "is far above what this unit has recorded so far" in said(at)


def test_what_the_board_has_seen_is_told_against_the_newest_edition(
    sample_copy: Home, open_page: Open, everyone: Reader
) -> None:
    store = Store.open(sample_copy)
    assert store is not None
    detail = {
        "name": "Board, October",
        "meeting_on": "2026-11-01",
        "version": store.published.version,
        "data_up_to": "2026-09-01",
    }
    with writing(sample_copy) as writer:
        number = decide(writer, Proposal("edition", "Named for a meeting.", detail=detail), "Priya")
        approve(writer, number, "The chair", "Agreed.")
        publish(writer, shipped_catalogue())
    at = upload(open_upload(open_page), JUMP)
    assert "**What the board has seen: Board, October**" in said(at)
    assert words.UPLOAD_NO_EDITION not in said(at)


def test_the_trust_and_its_divisions_come_first(analysis: Analysis) -> None:
    some = {key: reading for i, (key, reading) in enumerate(analysis.readings.items()) if i % 3}
    turns = turned(Analysis(analysis.panel, some, {}), analysis)
    levels = ["trust", "provider", "country", "division", "service", "ward", "team"]
    found = [levels.index(turn.level) for turn in turns]
    assert len(set(found)) >= 3
    assert found == sorted(found)
    assert turned(analysis, analysis) == ()
    assert all(turn.before is None and turn.after is not None for turn in turns)
    assert not [turn for turn in turns if "suicide" in turn.measure.lower()], "a death has no icon"


def test_without_an_edition_there_is_nothing_that_the_board_has_seen(home: Home, load: Load, everyone: Reader) -> None:
    load(home, HEAD + "2026-04,W01,falls_all,3\n")
    store = Store.open(home)
    assert store is not None
    assert seen_by_the_board(store, analyse(store, everyone), everyone) is None


def test_cell_by_cell_hides_what_the_reader_does_not_see_exactly() -> None:
    catalogue, exact = shipped_catalogue(), {("falls_harm", "W10"), ("suicide_in_care", "W11")}
    month = date(2026, 4, 1)
    gone = Change("event", "suicide_in_care", "W10", month, "fatal confirmed", None, "gone")
    shown = _cell(gone, catalogue, exact)
    assert (shown["Unit"], shown["Month"], shown["Now"], shown[""]) == ("not shown", "", "not shown", "")
    assert _cell(replace(gone, unit_code="W11"), catalogue, exact)["Now"] == "fatal confirmed"
    segregated = Change("cell", "lts_people", "W10", month, "3", "1", "changed")
    shown = _cell(segregated, catalogue, exact)
    assert (shown["Unit"], shown["Now"], shown["Would be"], shown[""]) == ("W10", "not shown", "", "")
    fall = Change("event", "falls_harm", "W10", month, "severe confirmed", None, "gone")
    assert (_cell(fall, catalogue, exact)["Unit"], _cell(fall, catalogue, exact)["Now"]) == ("W10", "severe confirmed")


# Loads so far ---------------------------------------------------------------------------------------------------------


def test_a_load_is_withdrawn_with_a_reason_and_restored_with_another(
    sample_copy: Home, load: Load, open_page: Open
) -> None:
    def count() -> str:
        return falls_of_hazel(open_page)

    before = count()
    number = load(sample_copy, HEAD + "2026-10,W10,falls_all,41\n2026-10,W10,self_harm,many\n", partial=True).load_id
    assert count() == "41"
    at = open_upload(open_page)
    box(at, "selectbox", "One of them").select(number).run()
    assert "The lines that were not stored, as CSV" in [button.label for button in at.get("download_button")]
    press(at, f"Withdraw load {number}")
    assert "states its reason" in at.error[0].value
    box(at, "text_input", "Why?").input("Told by Mr John Smith")
    press(at, f"Withdraw load {number}")
    assert "The reason seems to hold a name" in at.error[0].value
    box(at, "text_input", "Why?").input("The wrong file.")
    press(at, f"Withdraw load {number}")
    assert f"Load {number} is withdrawn." in at.success[0].value
    assert count() == before
    box(at, "text_input", "Why?").input("It was right.")
    press(at, f"Restore load {number}")
    assert f"Load {number} is in force again." in at.success[0].value
    assert count() == "41"


# Words ----------------------------------------------------------------------------------------------------------------

SAID = [
    (path, match[0])
    for folder, pattern in ((PROJECT / "sql/staging", "*.sql"), (PROJECT / "data/ingest", "*.py"))
    for path in sorted(folder.glob(pattern))
    for line in path.read_text(encoding="utf-8").splitlines()
    if not line.lstrip().startswith(("--", "#"))
    for match in re.finditer(r"(?:, or )?(?:say )?\(?--[a-z][a-z-]*(?: [a-zA-Z0-9-]+)*", line)
]


@pytest.mark.parametrize(("path", "text"), SAID, ids=lambda value: value.name if isinstance(value, Path) else value)
def test_no_option_of_the_command_line_is_left_on_the_page(path: Path, text: str) -> None:
    source = path.read_text(encoding="utf-8")
    at = source.index(text)
    assert "--" not in words.on_the_page(source[max(0, at - 60) : at + len(text) + 1]).split("\n")[-1]


def test_there_are_options_to_be_told_otherwise() -> None:
    assert len(SAID) >= 8
