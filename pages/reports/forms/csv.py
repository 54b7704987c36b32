"""The figures of a pack as the analyst's long table: a row a point, of every unit in the pack. No cell of it is a formula."""

import csv as csv_module
import io

from data.harmless import harmless
from pages.reports.pack.model import Pack
from pages.reports.pack.provenance import Provenance
from pages.reports.pack.series import COLUMNS

HEADS = ("measure", "measure_name", "unit", "unit_name", "per", *COLUMNS, "made_of")


def csv(pack: Pack, made: Provenance) -> bytes:
    """UTF-8 with a mark, as spreadsheets want it; where it comes from stands in the last column of the first row."""
    sink = io.StringIO()
    writer = csv_module.writer(sink, lineterminator="\r\n")
    writer.writerow(HEADS)
    mark = made.mark
    for each in pack.series:
        named = (each.measure_id, each.measure, each.unit_code, each.unit, each.per)
        for row in zip(*(each.columns[name] for name in COLUMNS), strict=True):
            cells = (harmless(c) if isinstance(c, str) else c for c in (*named, *row, mark))
            writer.writerow(cells)
            mark = ""
    return sink.getvalue().encode("utf-8-sig")
