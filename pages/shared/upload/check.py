"""The check of a file: rehearsed on a copy of the record, once for each file and each set of choices."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import NoReturn

import streamlit as st

from data.access import Action, Thing, may
from data.catalogue import CatalogueError, load_catalogue
from data.ingest.answers import UnreadableFile
from data.ingest.intake import Warned, note_refusal
from data.ingest.look import Look, look
from data.ingest.persons import PersonalData
from data.ingest.rehearsal import Rehearsal, rehearse
from data.ingest.unlikely import unlikely
from data.record import StoreError
from pages.shared import context, words
from pages.shared.analysis import analyse
from pages.shared.turned import Seen, Turn, seen_by_the_board, turned
from pages.shared.upload.choose import opened
from pages.shared.upload.state import Choices, Dropped, choices, choose, draft, forget


@dataclass(frozen=True)
class Checked:
    """What a check found; `error` where the file could not be read that far, and then perhaps `look`.

    `would_change` says whether there are figures to come, `turns` which icons they turn, `seen` what the board has seen.
    """

    tried: Rehearsal | None = None
    warnings: tuple[Warned, ...] = ()
    would_change: bool = False
    turns: tuple[Turn, ...] = ()
    seen: Seen | None = None
    error: str = ""
    look: Look | None = None

    @property
    def asks_encoding(self) -> bool:
        """The reader cannot tell the encoding by itself."""
        return "--encoding" in self.error or choices().encoding is not None


def checked(file: Dropped) -> Checked:
    """The outcome for this file and these choices, from the session where it is known."""
    store = context.store()
    key = (file.sha256, choices(), repr(draft()), store.key if store else "", context.reader().key)
    known = st.session_state.get("upload checked")
    if known is not None and known[0] == key:
        found: Checked = known[1]
        return found
    with st.spinner("Checking: the file is loaded into a copy, and the charts are drawn from it …"):
        outcome = _check(file, choices())
        if outcome.tried is not None and choices().covers is None and _proposed(outcome.tried) is not None:
            choose(**dict(zip(("covers_from", "covers_to"), _proposed(outcome.tried) or (), strict=True)))
            outcome = _check(file, choices())
    key = (key[0], choices(), *key[2:])
    st.session_state["upload checked"] = (key, outcome)
    return outcome


def _check(file: Dropped, chosen: Choices) -> Checked:
    """Every refusal becomes its sentence. Of a file that may name people nothing else stays, and the page begins anew."""
    try:
        with opened(file, chosen) as (shown, path):
            try:
                return _rehearsed(shown, path, chosen)
            except PersonalData as error:
                _put_away(shown, path, error)
    except (UnreadableFile, StoreError, CatalogueError, ValueError) as error:
        return Checked(error=str(error))


def _rehearsed(shown: str, path: Path, chosen: Choices) -> Checked:
    """Raises PersonalData, StoreError, CatalogueError."""
    catalogue = load_catalogue(context.home().measures)
    try:
        with rehearse(context.home(), catalogue, path, file_name=shown, mapping=draft(), **chosen.words()) as tried:
            if tried.has_deaths and not may(context.reader(), Action.LOAD_DEATHS, Thing()):
                return Checked(error=words.UPLOAD_DEATHS)
            return _compared(tried)
    except UnreadableFile as error:
        return Checked(error=str(error), look=_looked(shown, path, chosen))


def _looked(shown: str, path: Path, chosen: Choices) -> Look | None:
    """The columns of a file that no layout fits; None where it cannot be read at all. Raises PersonalData."""
    try:
        return look(context.home(), path, shown=shown, choice=chosen.choice)
    except UnreadableFile:
        return None


def _put_away(shown: str, path: Path, error: PersonalData) -> NoReturn:
    """Of a file that may name people a sentence stays, and a line of the audit; the box for files is a new one."""
    forget(file=True)
    st.session_state["upload refused"] = str(error)
    if context.home().has_record:
        with suppress(StoreError):  # what keeps the audit from a line does not keep the file here
            note_refusal(context.home(), context.reader().signature, shown, path, error)
    st.rerun()


def _compared(tried: Rehearsal) -> Checked:
    """The figures as they would be beside those of now, while the copy is there."""
    warnings = (*tried.warnings, *unlikely(tried))
    if tried.after is None or not tried.changes.differ:
        return Checked(tried.facts, warnings)
    who = context.reader()
    after = analyse(tried.after, who)
    current, before = context.store(), None
    if tried.before is not None:
        known = current is not None and current.key == tried.before.key
        before = context.latest_analysis() if known else analyse(tried.before, who)
    seen = seen_by_the_board(tried.before, after, who) if tried.before is not None else None
    return Checked(tried.facts, warnings, True, turned(before, after), seen)


def _proposed(tried: Rehearsal) -> tuple[date, date] | None:
    """The whole months that an events extract seems to cover, where its own columns do not say so."""
    if tried.says_what_it_covers or tried.first_day is None or tried.last_day is None:
        return None
    return whole_months(tried.first_day, tried.last_day, context.today().date())


def whole_months(first: date, last: date, today: date) -> tuple[date, date]:
    """From the first day of the first month to the last day of the last month that is over; at the latest today."""
    begin = first.replace(day=1)
    end = _month_end(last)
    if end > today:
        end = today.replace(day=1) - timedelta(days=1)
    return (begin, end) if end >= begin else (min(begin, today), today)


def _month_end(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
