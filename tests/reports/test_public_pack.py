"""The public's pack holds what was audited and nothing else, is recorded before anybody has it, and names nobody."""

import re
from pathlib import Path

import numpy as np
import pytest

from data.access import NotForThisReader, Reader, Role, operator
from data.config import Home
from data.deciding import decide_now
from data.decisions import Proposal
from data.disclosure import NotSafe
from data.publications import publications
from pages.reports.__main__ import main
from pages.reports.forms.looks import AS_SHOWN
from pages.reports.pack.file import check, file_of
from pages.reports.pack.made import make
from pages.reports.pack.model import Pack
from pages.reports.pack.request import Request, answer
from pages.reports.public import pack as public_pack
from pages.reports.public.figures import public_figures
from pages.reports.public.pack import value_of
from pages.shared.public.shape import Cell, PublicFigures
from tests.reports.conftest import SIGNED
from tests.reports.test_pack import texts

MONTH = np.datetime64(SIGNED, "M")
REQUEST = Request("public", MONTH)


@pytest.fixture
def made(sample_copy: Home) -> tuple[Pack, PublicFigures]:
    asked = answer(sample_copy, REQUEST)
    assert asked.edition is not None
    return make(sample_copy, REQUEST)[0], public_figures(asked.store, asked.edition)


def test_every_figure_in_it_is_one_that_was_audited(made: tuple[Pack, PublicFigures]) -> None:
    """No other number reaches a table, a series, a chart or a sentence about a measure."""
    pack, figures = made
    shown = {each.measure_id: {cell.shown for cell in each.cells} for each in figures.measures}
    for series in pack.series:
        assert set(series.columns["shown"]) <= shown[series.measure_id]
        assert series.columns["value"] == tuple(value_of(Cell("", "", "", text)) for text in series.columns["shown"])
        assert not any(
            v is not None for k in ("numerator", "denominator", "milestone", "state") for v in series.columns[k]
        )
    for page in pack.pages[1:-1]:
        measure = figures.get(page.key.removeprefix("measure "))
        assert measure is not None
        for table in page.tables:
            assert {cell.text for row in table.rows for cell in row[1:]} <= shown[measure.measure_id] | {"–"}
        for picture in page.pictures:
            drawn = {float(v) for v in picture.drawing.value if np.isfinite(v)}
            assert drawn <= {value_of(cell) for cell in measure.months}
            assert set(picture.drawing.mark) == {AS_SHOWN}, (
                "nothing is said of a single month, nor that nothing changed"
            )
        lines = measure.chart and {measure.chart.mean, measure.chart.lower, measure.chart.upper}
        numbers = {n for sentence in page.told for n in re.findall(r"\d[\d,]*", sentence)} - set(
            re.findall(r"\d+", measure.per)
        )
        since = set(re.findall(r"\d+", measure.chart.since)) if measure.chart else set()
        assert numbers - since <= (lines or set()) | {"1,000", "10,000"}, page.key


def test_small_counts_are_a_class_and_others_are_rounded(made: tuple[Pack, PublicFigures]) -> None:
    found = [text for each in made[1].measures if each.kind != "share" for cell in each.years for text in [cell.shown]]
    assert found and all(re.fullmatch(r"<5|hidden|–|[\d,]*[05]", text) for text in found)
    assert "<5" in {text for s in made[0].series for text in s.columns["shown"]}, "the sample has some"


def test_it_names_nobody(made: tuple[Pack, PublicFigures]) -> None:
    everything = " ".join(texts(made[0]))
    for name in ("Sam Okoro", "Priya", "Board member", "Executive director", "(sample)"):
        assert name not in everything
    assert not [page for page in made[0].pages if page.comments]


def test_it_is_recorded_once_however_often_it_is_made(sample_copy: Home, tmp_path: Path) -> None:
    assert publications(sample_copy) == ()
    data, mark = file_of(sample_copy, REQUEST, ".pdf")
    (one,) = publications(sample_copy)
    assert (one.audience, one.month, one.version) == ("public", SIGNED, mark.version)
    assert file_of(sample_copy, REQUEST, ".pdf")[0] == data
    assert publications(sample_copy) == (one,)
    path = tmp_path / "public.pdf"
    path.write_bytes(data)
    note = Proposal(
        "annotation", "A note.", "falls_all", "W10", MONTH.astype("datetime64[D]").item(), None, {"text": "New floor."}
    )
    decide_now(sample_copy, [note], operator("Sam"))
    assert check(sample_copy, path).same_bytes, "and checked as it was, after more has come"
    assert publications(sample_copy) == (one,), "a check publishes nothing"


def test_only_who_may_publish_makes_one(sample_copy: Home) -> None:
    with pytest.raises(NotForThisReader):
        make(sample_copy, Request("public", MONTH, by=Reader(Role.BOARD_MEMBER)))
    assert publications(sample_copy) == ()
    make(sample_copy, Request("public", MONTH, by=Reader(Role.QI_LEAD, name="Mo")))
    assert len(publications(sample_copy)) == 1


def test_what_cannot_be_made_safe_is_not_made(
    sample_copy: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def unsafe(*_: object) -> PublicFigures:
        raise NotSafe("Falls in April 2026 could be worked out from earlier packs; nothing was made.")

    monkeypatch.setattr(public_pack, "public_figures", unsafe)
    file = tmp_path / "public.pdf"
    assert main(["board", SIGNED, "--for", "public", "--sample", "-o", str(file)]) == 2
    assert "could be worked out from earlier packs" in capsys.readouterr().err
    assert not file.exists() and publications(sample_copy) == ()
