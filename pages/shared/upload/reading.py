"""The second step: how the file is read. Everything is proposed, and everything can be said otherwise."""

from html import escape

import streamlit as st

from data.ingest.answers import ENCODINGS, Sheet, UnreadableFile
from data.ingest.intake import STATUSES
from data.ingest.issue import parse_issue
from data.ingest.persons import PersonalData, kinds_in, refuse_persons
from pages.shared import context, html, words
from pages.shared.upload.check import Checked
from pages.shared.upload.state import OF_A_SHEET, asked, choices, choose

DATES = {"iso": "2026-04-17", "dmy": "17/04/2026", "month": "Apr-24", "excel": "46129, a number of Excel"}
AS_PROPOSED = "As the file says"
PREVIEW_COLUMNS = 12


def ask_reading(found: Checked) -> None:
    """Sheet, header row, encoding, dates, issue, cover, status and note."""
    sheets, sheet = _sheets(found)
    said = _summary(found, sheet)
    if said:
        st.write(said)
    if found.tried is not None and found.tried.first_day is not None and not found.tried.says_what_it_covers:
        _ask_cover()
    with st.expander("Read it otherwise", expanded=found.tried is None, key="upload how"):
        asking = [
            *([lambda: _ask_sheet(sheets, sheet)] if len(sheets) > 1 else []),
            # Of Parquet the schema is the header.
            *([lambda: _ask_header_row(sheet)] if sheet and (sheet.header_row or not sheet.header) else []),
            *(
                [lambda: _select("Encoding", "encoding", {name: name for name in ENCODINGS})]
                if found.asks_encoding
                else []
            ),
            lambda: _select("Dates are written", "date_style", DATES),
            lambda: _select("The figures are", "status", {name: name.capitalize() for name in STATUSES}),
            _ask_issue,
            _ask_note,
        ]
        for pair in (asking[i : i + 2] for i in range(0, len(asking), 2)):
            for place, ask in zip(st.columns(2), pair, strict=False):
                with place:
                    ask()
        if sheet is not None and sheet.preview:
            st.html(_preview(sheet))


def _sheets(found: Checked) -> tuple[tuple[Sheet, ...], Sheet | None]:
    source = found.tried or found.look
    return (source.sheets, source.sheet) if source else ((), None)


def _summary(found: Checked, sheet: Sheet | None) -> str:
    """What was read, in a line."""
    if sheet is None:
        return ""
    parts = [f"Sheet ‘{_shown(sheet.name)}’" if sheet.name else ""]
    parts.append(f"the names of the columns in row {sheet.header_row:,}" if sheet.header_row else "")
    if found.tried:
        layout = f"{found.tried.source}, as {found.tried.feed}" if found.tried.source else found.tried.feed
        parts.append(f"layout: {layout}")
        parts.append(words.count_of(found.tried.rows, "row"))
        if found.tried.encoding not in ("", "utf-8"):
            parts.append(found.tried.encoding)
    text = ", ".join(part for part in parts if part)
    return words.plain(f"{text[:1].upper()}{text[1:]}.") if text else ""


def _select(label: str, name: str, options: dict[str, str]) -> None:
    listed = [None, *options]
    value = getattr(choices(), name)
    st.selectbox(
        label,
        listed,
        index=listed.index(value) if value in listed else 0,
        format_func=lambda one: AS_PROPOSED if one is None else options[one],
        **asked(name),
    )


def _ask_sheet(sheets: tuple[Sheet, ...], sheet: Sheet | None) -> None:
    names = [one.name for one in sheets]
    hidden = {one.name for one in sheets if one.hidden}
    st.selectbox(
        "Sheet",
        names,
        index=names.index(sheet.name) if sheet else 0,
        format_func=lambda name: _shown(name) + (" (hidden)" if name in hidden else ""),
        **asked("sheet", **OF_A_SHEET),
    )


def _ask_header_row(sheet: Sheet) -> None:
    st.number_input(
        "Row with the names of the columns",
        min_value=0,
        value=sheet.header_row,
        help="0: the table has no such row",
        **asked("header_row", int, of=sheet.name),
    )


def _ask_issue() -> None:
    said = st.text_input(
        "Date or version of the extract",
        value=choices().issue,
        placeholder="2026-05-07, v2, or 2026-05-07v2",
        help="Of two extracts with the same cell the newer one counts. Empty: today.",
        key=asked("issue")["key"],
    ).strip()
    try:
        if said:
            parse_issue(said, context.today().date())
    except (UnreadableFile, ValueError) as error:
        st.error(words.on_the_page(str(error)))
        return
    _again(issue=said)


def _ask_note() -> None:
    said = st.text_input(f"Note. {words.DO_NOT_NAME}", value=choices().note, key=asked("note")["key"]).strip()
    try:
        refuse_persons(said, "The note")
    except PersonalData as error:
        st.error(str(error))
        return
    _again(note=said)


def _again(**said: str) -> None:
    """A text that may be used is taken, and the check made again with it."""
    if any(getattr(choices(), name) != value for name, value in said.items()):
        choose(**said)
        st.rerun()


def _ask_cover() -> None:
    left, right = st.columns(2)
    chosen = choices()
    left.date_input("Complete from", value=chosen.covers_from, format="DD/MM/YYYY", **asked("covers_from"))
    right.date_input("to", value=chosen.covers_to, format="DD/MM/YYYY", **asked("covers_to"))
    st.caption(words.UPLOAD_COVERS)


def _preview(sheet: Sheet) -> str:
    """The first rows; what may name somebody is not shown."""
    width = min(PREVIEW_COLUMNS, max(len(row) for row in sheet.preview))
    rows = []
    for number, row in enumerate(sheet.preview, start=1):
        cells = [escape(_shown(cell or "")) for cell in [*row, *[None] * width][:width]]
        mark = f"<strong>{number}</strong>" if number == sheet.header_row else str(number)
        rows.append((mark, [f"<strong>{cell}</strong>" if number == sheet.header_row else cell for cell in cells]))
    head = ["Row", *["ABCDEFGHIJKLMNOPQRSTUVWXYZ"[i] for i in range(width)]]
    return html.table("The first rows, as they were read", head, rows, css="zh-preview")


def _shown(text: str) -> str:
    return "not shown" if kinds_in(text) else text
