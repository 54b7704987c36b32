"""Data quality: what each reader is told of what came, what is overdue and what must be checked."""

import re
from datetime import UTC, datetime

import numpy as np
import pytest

from data.access import Reader
from data.access.suppression import USUAL
from data.config import Home
from data.freshness import Figure, freshness
from data.store import Store
from data.synthetic.make import NEVER_SENT, SENT_LATE
from data.synthetic.trust import BY_CODE
from data.synthetic.truths import SILENT
from pages.shared import context, words
from tests.conftest import TODAY
from tests.pages.conftest import Open
from tests.pages.shown import html_of, said, table_of

MATRIX = "what became of each month's figure"


def matrix(at):
    """The rows of the matrix: head, then a row a ward."""
    (found,) = [part for part in html_of(at) if any(MATRIX in c for c in part.captions)]
    return found.rows


def test_what_is_overdue_comes_first_with_its_ward_and_its_months(shown: Home, open_page: Open) -> None:
    unit, measure = NEVER_SENT
    at = open_page("quality")
    (card,) = [part for part in html_of(at) if "zh-alert" in part.source]
    name = BY_CODE[unit].name
    assert card.words == f"2 figures are overdue:Clinical audit standards met, {name}: Sep 2026 and Oct 2026"
    assert [address for address, _ in card.links] == [f"ward?unit={unit}"]
    assert at.main.selectbox(key="measure").value == measure, "the measure that lacks something is opened"


def test_every_cell_has_a_sign_and_the_words_of_its_state(
    shown: Home, sample_store: Store, everyone: Reader, open_page: Open
) -> None:
    fresh = freshness(sample_store, everyone, TODAY)
    for measure in ("falls_all", NEVER_SENT[1], SENT_LATE[1], "lts_days"):
        m = fresh.measures.index(measure)
        head, *rows = matrix(open_page("quality", measure=measure))
        assert len(head) == 14
        names = {u.name: i for i, u in enumerate(fresh.units)}
        assert sorted(row[0] for row in rows) == [row[0] for row in rows], "by name, never by rank"
        for name, *cells in rows:
            for cell, state in zip(cells, fresh.state[m, names[name], -13:], strict=True):
                sign = words.figure_signs(USUAL)[Figure(state)]
                assert cell.startswith(sign) and (len(cell) > len(sign) or state == Figure.NOT_EXPECTED), (name, cell)
    assert {Figure(s) for s in np.unique(fresh.state[..., -13:])} >= {
        Figure.REPORTED, Figure.ZERO, Figure.ZERO_DECLARED, Figure.MISSING, Figure.LATE, Figure.PLEASE_CHECK,
        Figure.SUPPRESSED,
    }  # fmt: skip


def test_the_words_of_a_cell_name_the_day(shown: Home, open_page: Open) -> None:
    told = {row[0]: row for row in matrix(open_page("quality", measure=NEVER_SENT[1]))}
    assert told[BY_CODE[NEVER_SENT[0]].name][-1] == "–No figure received. It was due on 20 Nov 2026."
    late = {row[0]: row for row in matrix(open_page("quality", measure=SENT_LATE[1]))}
    assert late[BY_CODE[SENT_LATE[0]].name][-2] == "lateCame on 6 Nov 2026. It was due on 30 Oct 2026."
    zero = {row[0]: row for row in matrix(open_page("quality", measure="falls_harm"))}
    (confirmed,) = {cell for cell in zero[BY_CODE["W23"].name] if "on 8 Aug 2026" in cell} or {""}
    assert confirmed in ("", "0None. Confirmed by the ward on 8 Aug 2026.")


def test_a_sign_is_hidden_from_those_who_listen_and_its_words_are_not(shown: Home, open_page: Open) -> None:
    (found,) = [p for p in html_of(open_page("quality", measure="falls_all")) if any(MATRIX in c for c in p.captions)]
    cell = re.search(
        r'<span class="zhq zhq-ask" title="([^"]+)"><span aria-hidden="true">\?</span>(.*?)</span>', found.source
    )
    assert cell is not None
    assert cell[1] == words.PLEASE_CHECK
    assert cell[2] == f'<span class="zhq-hear">{words.PLEASE_CHECK}'
    assert len(found.source) < 200_000, "a hundred wards must still open quickly"


def test_a_division_shows_its_own_wards_and_a_switch_two_years(shown: Home, open_page: Open) -> None:
    at = open_page("quality", measure="falls_all")
    every = matrix(at)
    at.main.selectbox(key="division").select("SLD").run()
    assert not at.exception
    fewer = matrix(at)
    assert 0 < len(fewer) < len(every)
    assert {row[0] for row in fewer[1:]} < {row[0] for row in every[1:]}
    at.main.toggle(key="two years").set_value(True).run()
    assert len(matrix(at)[0]) == 25


def test_every_measure_has_four_marks_and_a_reason(shown: Home, open_page: Open) -> None:
    at = open_page("quality", month="2026-09")
    head, *rows = table_of(at, "Every measure in September 2026")
    assert head == ["Measure", *words.MARK_NAMES.values(), "Why"]
    by = {row[0]: row for row in rows}
    assert by["Falls"][1:5] == ["✓ Yes", "✓ Yes", "✕ No", "✕ No"]
    why = r"All 51 units in time\. \d\d % of what was expected is in and not in question\. In question on \d units\."
    assert re.fullmatch(why, by["Falls"][5])
    assert by["Staff sickness"][2] == "✕ No"
    assert "1 late" in by["Staff sickness"][5]
    assert "1 not received" in by["Clinical audit standards met"][5]
    assert "NaN" not in said(at) and "nan" not in " ".join(cell for row in rows for cell in row)


def test_months_to_check_say_why_and_lead_to_the_ward(shown: Home, open_page: Open) -> None:
    (unit,), (measure,) = SILENT.units, SILENT.measures
    at = open_page("quality")
    rows = table_of(at, "It may be good news")
    (row,) = [r for r in rows if r[0] == BY_CODE[unit].name]
    assert row[1] == "Falls"
    assert re.fullmatch(r"\d+ recorded in \d+ months, where about \d+ would be usual\.", row[3])
    assert any("The ward says that something is missing" in r[3] for r in rows)
    links = [address for part in html_of(at) for address, _ in part.links]
    assert f"ward?unit={unit}&measure={measure}" in links


def test_revisions_say_how_many_by_how_much_and_when(shown: Home, open_page: Open) -> None:
    rows = table_of(open_page("quality", measure="self_harm"), "Self-harm: revisions")
    assert rows[0] == ["Month", "Figures that changed", "Change of their sum", "Last changed"]
    assert rows[1][0] == "Sep 2026"
    assert rows[1][2].startswith("+")
    assert rows[1][3] == "6 Nov 2026"
    assert words.NO_REVISIONS in said(open_page("quality", measure=NEVER_SENT[1]))


def test_a_ward_manager_sees_the_own_ward_alone(shown: Home, open_page: Open) -> None:
    at = open_page("quality", role="ward_manager", mine="W10", measure="falls_all")
    assert [row[0] for row in matrix(at)[1:]] == ["Hazel ward"]
    names = {ward.name for ward in BY_CODE.values()} - {"Hazel ward"}
    shown_words = " ".join(part.words for part in html_of(at))
    assert [name for name in names if name in shown_words] == []
    assert words.NOTHING_OVERDUE in shown_words


def test_the_banner_counts_what_is_overdue_on_every_page_and_not_for_the_public(
    shown: Home, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = "1 figure for October 2026 is overdue; see"
    for page in ("goals", "ward", "methods"):
        assert line in said(open_page(page))
        assert "overdue" not in said(open_page(page, audience="public"))
    # On the due day itself October is in time, and September is still overdue.
    monkeypatch.setattr(context, "today", lambda: datetime(2026, 11, 20, 9, tzinfo=UTC))
    assert "1 figure for September 2026 is overdue; see" in said(open_page("goals"))
    monkeypatch.setattr(context, "today", lambda: datetime(2026, 10, 20, 9, tzinfo=UTC))
    assert "overdue; see" not in said(open_page("goals"))
