"""Where a table begins: the header row that is proposed, and what rows under it are no data."""

import re
from collections.abc import Iterable, Sequence

from data.ingest.feeds import column_name, recognise

TOP = 50  # rows from the top in which a header is looked for
PREVIEW = 8
LONGEST_HEADER = 500
LONGEST_PREVIEW = 200
# One text for Python and for DuckDB: both know this part of the language.
FOOTNOTE = r"^\s*[*†‡§(\[]|[A-Za-z].*[ :]"
TOTALS = r"(?i)^\s*((grand |sub-?)?totals?|all (wards|units)|sum|overall)\s*$"
ROW, EMPTY, NOTE, AGAIN = range(4)
WHY = {NOTE: "a footnote under the table", AGAIN: "the header again"}

Row = Sequence[str | None]
Span = tuple[int, int, int, int]  # first row, first column, last row, last column, all from 0


def propose(rows: Sequence[Row], spans: Iterable[Span] = ()) -> int:
    """The header row, from 1: the first that a feed recognises, else the first of most texts with fuller rows below it.

    0 where the first row that holds anything is data of a feed without a header, or where no row holds anything.
    """
    spans = list(spans)
    filled = [i for i, row in enumerate(rows[:TOP]) if any(row)]
    if not filled:
        return 0
    for i in filled:
        feed = recognise(header_at(rows, i + 1, spans))
        if feed and not feed.headerless:
            return i + 1
        if feed and i == filled[0]:
            return 0
    sizes = {i: len({cell for cell in rows[i] if cell}) for i in filled}
    fullest = max(sizes.values())
    wide = [i for i in filled if sizes[i] >= max(min(2, fullest), 0.6 * fullest)]
    best = max(wide, key=lambda i: (len({cell for cell in rows[i] if cell and _is_text(cell)}), -i))
    under = best + 1
    if under < len(rows) and _is_group(best, spans) and _names_groups(rows, best, spans):
        best = under
    return best + 1


def header_at(rows: Sequence[Row], header_row: int, spans: Iterable[Span] = ()) -> tuple[str, ...]:
    """The names of the columns by row `header_row` (from 1), joined to the row above where that one groups them."""
    if not 1 <= header_row <= len(rows):
        return ()
    lower = [cell or "" for cell in rows[header_row - 1]]
    if header_row > 1 and _is_group(header_row - 2, list(spans)):
        upper = [cell or "" for cell in rows[header_row - 2]]
        upper += [""] * (len(lower) - len(upper))
        lower = [
            below if below == above else f"{above} {below}".strip() for above, below in zip(upper, lower, strict=False)
        ]
    while lower and not lower[-1].strip():
        lower.pop()
    return tuple(cell[:LONGEST_HEADER] for cell in lower)


def _is_group(row: int, spans: list[Span]) -> bool:
    """Whether merged cells of this row group the columns below. One that starts the row is a title."""
    wide = [s for s in spans if s[0] == row and s[2] == row and s[3] > s[1]]
    tall = [s for s in spans if s[0] == row and s[2] == row + 1]
    return bool(wide) and (len(wide) > 1 or bool(tall) or wide[0][1] > 0)


def _names_groups(rows: Sequence[Row], row: int, spans: list[Span]) -> bool:
    """Whether the row below says in words what stands under each group."""
    below = rows[row + 1]
    wide = [s for s in spans if s[0] == row and s[2] == row and s[3] > s[1]]
    cells = [cell for s in wide for cell in below[s[1] : s[3] + 1]]
    return all(cell and _is_text(cell) for cell in cells)


def _is_text(cell: str) -> bool:
    return any(letter.isalpha() for letter in cell)


def mark(cells: Row, header: Sequence[str]) -> int:
    """What a row under the header is: data, empty, perhaps a footnote, or the header again."""
    held = [cell for cell in cells[1:] if cell and not cell.isspace()]
    if not held:
        first = (cells[0] if cells else "") or ""
        if not first.strip():
            return EMPTY
        return NOTE if len(cells) > 1 and is_note(first) else ROW
    again = any(header) and all((cell or "") == name for cell, name in zip(cells, header, strict=False))
    return AGAIN if again else ROW


def is_note(text: str) -> bool:
    """Whether a lone text in the first column reads as a footnote. A totals row is none: the checks name it."""
    return bool(re.search(FOOTNOTE, text)) and not re.match(TOTALS, text)


def preview(rows: Sequence[Row]) -> tuple[tuple[str | None, ...], ...]:
    """The first rows, for a person to see where the header stands."""
    return tuple(tuple(cell and cell[:LONGEST_PREVIEW] for cell in row) for row in rows[:PREVIEW])


def kept(header: Sequence[str], keep: tuple[str, ...] | None) -> list[int]:
    """The positions of the columns to keep, all where nothing is said."""
    if keep is None:
        return list(range(len(header)))
    wanted = {column_name(name) for name in keep}
    return [i for i, name in enumerate(header) if column_name(name) in wanted]
