"""Figures out of the store as an analyst wants them: one long table of what is known at a position."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from data.access import Reader
from data.files import replace
from data.harmless import harmless
from data.panel import State
from data.record import StoreError
from data.store import Store

WRITERS = {".csv": pyarrow.csv.write_csv, ".parquet": pq.write_table}


def long_table(store: Store, who: Reader, known_at: int | None = None) -> pa.Table:
    """One row per measure, unit and month that a figure is due for, as this reader may see it.

    Columns: month, unit, unit_name, level, measure, numerator, denominator (both empty where they are withheld, missing or
    not there; rounded where `exact` is false), state (`State`, in small letters), exact, doubtful, complete, unsettled,
    phase. Measures that are not monthly are not in it.
    """
    panel = store.panel(who, known_at)
    due = panel.expected[..., None] & ~np.isin(panel.state, (State.NOT_EXPECTED, State.CLOSED))
    m, u, t = np.nonzero(due)
    units = panel.tree.units
    return pa.table(
        {
            "month": pa.array(panel.months[t].astype("datetime64[D]")),
            "unit": pa.array([harmless(unit.code) for unit in units]).take(u),
            "unit_name": pa.array([harmless(unit.name) for unit in units]).take(u),
            "level": pa.array([unit.level for unit in units]).take(u),
            "measure": pa.array(list(panel.measures)).take(m),
            "numerator": pa.array(panel.numerator[m, u, t], from_pandas=True),
            "denominator": pa.array(panel.denominator[m, u, t], from_pandas=True),
            "state": pa.array([state.name.lower() for state in State]).take(panel.state[m, u, t].astype(int)),
            "exact": panel.exact[m, u],
            "doubtful": panel.doubtful[m, u, t],
            "complete": panel.complete[m, u, t],
            "unsettled": panel.unsettled[m, u, t],
            "phase": panel.phase[m, u, t],
        }
    )


def export(table: pa.Table, path: Path) -> Path:
    """The table as a file, whole or not at all; its ending says the format. Raises StoreError."""
    write = WRITERS.get(path.suffix.lower())
    if write is None:
        raise StoreError(f"{path.name} should end in {' or '.join(WRITERS)}: the ending says the format.")
    temporary = path.with_name(path.name + ".tmp")
    try:
        write(table, str(temporary))
        replace(temporary, path)
    except OSError as error:
        raise StoreError(f"{path} cannot be written ({error.strerror}); nothing was exported.") from error
    return path
