"""People's own words on a chart's month: dated and named beside what the figures say, never instead, and theirs to take back."""

from dataclasses import replace
from datetime import date, datetime

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from data.access import Audience, Reader, Role
from data.config import Home
from data.deciding import decide_now, withdraw_now
from data.decisions import LONGEST_TEXT, Proposal
from data.store import Store
from pages.shared import words
from pages.shared.analysis import Analysis
from pages.shared.commentary import Comment, comment, comments
from pages.shared.wording import measure as said_here
from tests.pages.conftest import Open
from tests.pages.shown import everything_of, html_of, said

MEASURE, WARD = "self_harm", "W10"
PLACE = {"unit": WARD, "measure": MEASURE}
OCTOBER, SEPTEMBER = np.datetime64("2026-10"), np.datetime64("2026-09")
QI = Reader(Role.QI_LEAD, name="Sam Okoro")
NASTY = "<img src=x onerror=alert(1)> [a](http://x) & *b* :material/home: $x$\n\n# Heading\n<script>y</script>"
ADD = said_here.add_words(OCTOBER)
BOX, SEND = f"words {WARD} {MEASURE}", f"record words {WARD} {MEASURE}"


def write(
    home: Home,
    text: str,
    by: Reader = QI,
    month: date = date(2026, 10, 1),
    unit: str = WARD,
    measure: str = MEASURE,
) -> int:
    (number,) = decide_now(home, [Proposal("commentary", "Words.", measure, unit, month, month, {"text": text})], by)
    return number


def opened(home: Home) -> Store:
    store = Store.open(home)
    assert store is not None
    return store


def offers(at: AppTest) -> bool:
    """Whether there is a form for words."""
    return any(str(box.key) == BOX for box in at.text_area)


def shown_words(at: AppTest) -> list[str]:
    return [part.words for part in html_of(at) if "zh-answer" in part.source]


def test_comments_are_dated_named_and_of_one_month_oldest_first(sample_copy: Home) -> None:
    before = opened(sample_copy).published.version
    first = write(sample_copy, "Two agency weeks.")
    write(sample_copy, "Of September.", month=date(2026, 9, 1))
    write(sample_copy, "Of another ward.", unit="W11")
    write(sample_copy, "Of another measure.", measure="falls_all")
    write(sample_copy, "We opened the garden.", Reader(Role.DIVISION_LEAD, units=("LOCAL",), name="Ann Lead"))
    store = opened(sample_copy)
    today = words.day_of(store.decisions(QI, "commentary")[0].decided_at)
    garden = Comment("We opened the garden.", "Ann Lead", today)
    agency = Comment("Two agency weeks.", "Sam Okoro", today)
    assert comments(store, QI, MEASURE, WARD, OCTOBER) == (agency, garden)
    assert comments(store, QI, MEASURE, WARD, OCTOBER.astype("datetime64[D]")) == (agency, garden)
    assert [c.text for c in comments(store, QI, MEASURE, WARD, SEPTEMBER)] == ["Of September."]
    assert comments(store, QI, MEASURE, WARD, np.datetime64("2026-08")) == ()
    assert comments(store, QI, MEASURE, WARD, OCTOBER, known_at=before) == ()
    assert comments(store, QI, MEASURE, WARD, OCTOBER, known_at=first) == (agency,)
    withdraw_now(sample_copy, first, QI, "Not so.")
    now = opened(sample_copy)
    assert comments(now, QI, MEASURE, WARD, OCTOBER) == (garden,)
    assert comments(now, QI, MEASURE, WARD, OCTOBER, known_at=first) == (agency,), "as it was known then"


def test_nobody_outside_and_no_other_ward_reads_them(sample_copy: Home) -> None:
    write(sample_copy, "Two agency weeks.")
    store = opened(sample_copy)

    def seen(who: Reader) -> int:
        return len(comments(store, who, MEASURE, WARD, OCTOBER))

    own, other = (Reader(Role.WARD_MANAGER, units=(unit,)) for unit in (WARD, "W11"))
    assert [seen(QI), seen(own), seen(other), seen(Reader(Role.ADMINISTRATOR))] == [1, 1, 0, 0]
    assert seen(replace(QI, audience=Audience.PUBLIC)) == 0


def test_the_day_is_the_one_by_the_clock_of_the_trust(sample_store: Store) -> None:
    (given, *_) = sample_store.decisions(QI, "goal")
    late = replace(given, detail={"text": "Late."}, decided_at=datetime(2026, 7, 1, 23, 30))
    assert comment(late).on == date(2026, 7, 2), "half past midnight in London"


# On the page


def test_words_stand_beside_the_sentences_and_not_instead_of_them(sample_copy: Home, open_page: Open) -> None:
    before = open_page("measure", role="qi_lead", **PLACE)
    assert said_here.NO_WORDS in said(before) and shown_words(before) == []
    write(sample_copy, "Two agency weeks.\nWe have asked why.")
    write(sample_copy, "Of August.", month=date(2026, 8, 1))
    at = open_page("measure", role="qi_lead", **PLACE)
    newest, earlier = shown_words(at)
    day = words.day_name(opened(sample_copy).decisions(QI, "commentary")[0].decided_at)
    assert newest == f"Sam Okoro, {day}, on October 2026:Two agency weeks.We have asked why."
    assert earlier == f"Sam Okoro, {day}, on August 2026:Of August."
    assert said_here.NO_WORDS not in said(at)
    generated = [part.words for part in html_of(before) if part.words and said_here.WORDS not in part.words]
    assert [words for words in generated if words not in [part.words for part in html_of(at)]] == []
    assert said_here.EARLIER_WORDS in [expander.label for expander in at.expander]


def test_words_cannot_become_markup(sample_copy: Home, open_page: Open) -> None:
    write(sample_copy, NASTY, replace(QI, name="<b>Sam</b>"))
    at = open_page("measure", role="qi_lead", **PLACE)
    (block,) = [part for part in html_of(at) if "zh-answer" in part.source]
    for line in (
        "<img src=x onerror=alert(1)> [a](http://x) & *b* :material/home: $x$",
        "# Heading",
        "<script>y</script>",
    ):
        assert line in block.words
    assert "<b>Sam</b>, " in block.words
    assert not [tag for tag in ("<img", "<script", "<b>", "<a ") if tag in block.source]
    assert not [element for element in at.markdown if "onerror" in element.value]


def test_who_may_writes_and_takes_back_what_they_wrote(sample_copy: Home, open_page: Open) -> None:
    at = open_page("measure", role="qi_lead", **PLACE)
    assert words.DO_NOT_NAME in [caption.value for caption in at.caption]
    at.text_area(key=BOX).set_value("  Two agency weeks. ")
    at.button(key=SEND).click().run()
    assert not at.exception and said_here.WORDS_RECORDED in [message.value for message in at.success]
    (made,) = opened(sample_copy).decisions(QI, "commentary")
    assert (made.measure_id, made.unit_code, made.first_month, made.last_month, made.detail) == (
        MEASURE, WARD, date(2026, 10, 1), date(2026, 10, 1), {"text": "Two agency weeks."},
    )  # fmt: skip
    assert "Two agency weeks." in everything_of(at)
    at.button(key=f"take back comment {made.decision_id}").click().run()
    assert not at.exception and said_here.TAKEN_BACK in [message.value for message in at.success]
    assert opened(sample_copy).decisions(QI, "commentary") == []
    assert "Two agency weeks." not in everything_of(at)


def test_what_somebody_else_wrote_is_theirs(sample_copy: Home, open_page: Open) -> None:
    number = write(sample_copy, "Two agency weeks.", Reader(Role.QI_LEAD, name="Somebody else"))
    at = open_page("measure", role="qi_lead", **PLACE)
    assert "Two agency weeks." in everything_of(at)
    assert f"take back comment {number}" not in [str(button.key) for button in at.button]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("   ", "Commentary is a text that is not empty."),
        ("Ask Mary Smith on the ward.", "The text seems to hold"),
        ("Call 943 476 5919.", "The text seems to hold"),
    ],
)
def test_a_refusal_is_said_and_nothing_is_written(text: str, sentence: str, sample_copy: Home, open_page: Open) -> None:
    at = open_page("measure", role="qi_lead", **PLACE)
    at.text_area(key=BOX).set_value(text)
    at.button(key=SEND).click().run()
    (error,) = at.error
    assert error.value.replace("\\", "").startswith(sentence)
    assert "Mary" not in error.value and "943" not in error.value
    assert opened(sample_copy).decisions(QI, "commentary") == []


@pytest.mark.parametrize(
    ("role", "mine", "may"),
    [
        ("qi_lead", "", True),
        ("executive_owner", "", True),
        ("patient_safety_lead", "", True),
        ("division_lead", "LOCAL", True),
        ("division_lead", "SECURE", False),
        ("ward_manager", WARD, True),
        ("deputy", WARD, True),
        ("staff", WARD, False),
        ("board_member", "", False),
        ("analyst", "", False),
    ],
)
def test_who_is_offered_the_form(role: str, mine: str, may: bool, shown: Home, open_page: Open) -> None:
    at = open_page("measure", role=role, **PLACE | ({"mine": mine} if mine else {}))
    assert offers(at) is may
    assert (said_here.WORDS in everything_of(at)) is may, "an empty heading is not shown to who cannot fill it"


def test_the_form_is_of_the_newest_month_and_of_no_longer_texts_than_are_kept(shown: Home, open_page: Open) -> None:
    at = open_page("measure", role="qi_lead", **PLACE)
    box = at.text_area(key=BOX)
    assert box.label == ADD == "Add your words for October 2026" and box.max_chars == LONGEST_TEXT == 600


def test_deaths_and_masked_charts_have_words_too(sample_copy: Home, analysis: Analysis, open_page: Open) -> None:
    masked = next(r for r in analysis.readings.values() if not r.exact and r.unit.level == "ward")
    for measure, unit in (("suicide_in_care", "TRUST"), (masked.measure.id, masked.unit.code)):
        month = analysis.readings[measure, unit].months[-1].astype("datetime64[D]").item()
        write(sample_copy, "We are with the families.", measure=measure, unit=unit, month=month)
        at = open_page("measure", role="qi_lead", unit=unit, measure=measure)
        assert "We are with the families." in everything_of(at)
        assert [box for box in at.text_area if str(box.key) == f"words {unit} {measure}"]


# What was signed off


def test_what_was_signed_off_is_shown_as_it_was_and_not_written_to(sample_copy: Home, open_page: Open) -> None:
    edition = open_page("goals", figures="").main.selectbox(key="figures").value
    number = write(sample_copy, "Written afterwards.", month=date(2026, 9, 1))
    then = open_page("measure", role="qi_lead", figures=edition, **PLACE)
    assert "Written afterwards." not in everything_of(then)
    assert not offers(then) and f"take back comment {number}" not in [str(button.key) for button in then.button]
    now = open_page("measure", role="qi_lead", **PLACE)
    assert "Written afterwards." in everything_of(now) and offers(now)


def test_an_earlier_day_shows_what_was_said_by_then_and_takes_no_words(sample_copy: Home, open_page: Open) -> None:
    write(sample_copy, "Written afterwards.")
    usual = open_page("measure", role="qi_lead", **PLACE)
    days = usual.main.selectbox(key="known").options
    assert "Written afterwards." in everything_of(usual) and len(days) > 2
    known = next(value for value in _days(sample_copy)[1:])
    at = open_page("measure", role="qi_lead", known=known, **PLACE)
    assert "Written afterwards." not in everything_of(at) and not offers(at)


def _days(home: Home) -> list[str]:
    """The days on which something was loaded, the newest first."""
    loads = opened(home).loads(QI)
    return sorted({str(moment.date()) for moment in loads["loaded_at"]}, reverse=True)
