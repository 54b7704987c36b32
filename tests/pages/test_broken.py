"""Whatever goes wrong on a page: the browser gets a sentence and a reference, the log the rest, and nobody an inside."""

import io
import json
import logging
import re
from collections.abc import Iterator

import duckdb
import pytest
import streamlit as st

from data.config import Home
from data.record import StoreError
from pages.shared import app
from server import logs
from server.lines import JsonLines
from tests.pages.conftest import Open
from tests.pages.shown import said

PAGES = [place.file.removesuffix(".py") for place in app.PLACES if place.address not in ("access", "accessibility")]
SECRET = "/srv/store/record.duckdb select numerator from record.observation where unit_code = 'W10' 943 476 5919"
ERRORS = [
    *[kind(SECRET) for kind in (ValueError, TypeError, KeyError, IndexError, AttributeError, RuntimeError, OSError)],
    *[kind(SECRET) for kind in (ZeroDivisionError, MemoryError, RecursionError, PermissionError, FileNotFoundError)],
    *[kind(SECRET) for kind in (duckdb.IOException, duckdb.BinderException, duckdb.CatalogException, ArithmeticError)],
    UnicodeDecodeError("utf-8", SECRET.encode(), 0, 1, SECRET),
    AssertionError(SECRET),
    TimeoutError(SECRET),
    ExceptionGroup(SECRET, [ValueError(SECRET)]),
]
INSIDE = ("Traceback", "/srv/store", "select ", "record.observation", "943 476", ".py", "Error:")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the server's log would hold."""
    stream = io.StringIO()
    handler = logs.Lines(stream)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("data.errors")
    logger.addHandler(handler)
    yield stream
    logger.removeHandler(handler)


@pytest.mark.parametrize("page", PAGES)
def test_an_error_shows_a_reference_and_nothing_of_the_inside(
    page: str, shown: Home, open_page: Open, monkeypatch: pytest.MonkeyPatch, log: io.StringIO
) -> None:
    assert len(ERRORS) == 20
    open_page(page, role="qi_lead")
    for error in ERRORS:

        def broken(*words: object, error: Exception = error, **more: object) -> None:
            raise error

        with monkeypatch.context() as patch:
            patch.setattr(st, "title", broken)  # every page has one
            at = open_page(page, role="qi_lead")
        text = said(at)
        (told,) = [each.value for each in at.error]
        reference = re.search(r"this reference: ([0-9A-Z]{8})\.", told)
        assert reference, told
        assert not [word for word in INSIDE if word in text], (page, error)
        line = json.loads(log.getvalue().splitlines()[-1])
        assert line["reference"] == reference[1]
        assert type(error).__name__ in json.dumps(line)
    assert "943 476" not in log.getvalue() and "/srv/store" not in log.getvalue() and "select" not in log.getvalue()


def test_a_sentence_of_the_store_is_shown_as_it_is(
    shown: Home, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*words: object) -> None:
        raise StoreError("The published file figures-7.duckdb is missing; run 'python -m data publish'.")

    monkeypatch.setattr(app, "_banners", broken)
    at = open_page("goals")
    assert "is missing" in at.error[0].value and "reference" not in at.error[0].value
