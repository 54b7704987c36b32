"""A Parquet file into `raw`: every value as text, by batches, so that a small file that unpacks to a huge one stops early."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.ingest.answers import OF_THE_SYSTEM, Choice, UnreadableFile
from data.ingest.guard import MAX_COLUMNS
from data.ingest.sheets import EMPTY, LONGEST_HEADER, ROW, kept, preview
from data.ingest.table import connect, tidy
from data.ingest.texts import moment_text, number_text

MAX_ROWS = 10_000_000
MAX_UNPACKED = 1 << 30
BATCH = 16_384


def read_parquet(path: Path, shown: str, choice: Choice, file: Path) -> dict[str, Any]:
    """The answer for a Parquet file, with its table in `file`. Its line is the number of the row."""
    pa.set_cpu_count(1)  # each thread would reserve addresses of its own
    pa.set_io_thread_count(1)
    try:
        return _read(path, shown, choice, file)
    except (UnreadableFile, duckdb.Error):
        raise
    except MemoryError as error:
        raise UnreadableFile(
            f"{shown} unpacks to more than this computer may use for it; send less at once."
        ) from error
    except (pa.ArrowException, OSError, ValueError, UnicodeError, OverflowError) as error:
        if isinstance(error, OSError) and error.errno in OF_THE_SYSTEM:
            raise  # of the disk, not of the file
        raise UnreadableFile(f"{shown} cannot be read as Parquet; export it again.") from error


def _read(path: Path, shown: str, choice: Choice, file: Path) -> dict[str, Any]:
    source = pq.ParquetFile(path, memory_map=False, page_checksum_verification=True, pre_buffer=False)
    meta, schema = source.metadata, source.schema_arrow
    if meta.num_columns > MAX_COLUMNS or meta.num_rows > MAX_ROWS:
        raise UnreadableFile(
            f"{shown} has {meta.num_rows:,} rows and {meta.num_columns:,} columns, the limits are {MAX_ROWS:,} and "
            f"{MAX_COLUMNS:,}; send less at once."
        )
    if sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups)) > MAX_UNPACKED:
        raise UnreadableFile(f"{shown} unpacks to more than {MAX_UNPACKED >> 20} MB; send less at once.")
    for one in schema:
        if pa.types.is_nested(one.type):
            raise UnreadableFile(
                f"{shown}: the column '{one.name[:60]}' holds lists or records; send one value a cell."
            )
    header = [name[:LONGEST_HEADER] for name in schema.names]
    keep = kept(header, choice.keep)
    if not keep:
        raise UnreadableFile(f"{shown} has none of the columns to keep; export it with them.")
    con = connect(file)
    try:
        first = _load(con, source, [schema.names[i] for i in keep], shown)
        tidied = tidy(con, [header[i] for i in keep])
    finally:
        con.close()
    sheet = {
        "name": "",
        "hidden": False,
        "rows": meta.num_rows,
        "width": len(header),
        "header_row": 0,
        "header": tidied.header,
        "preview": preview(first),
    }
    return {
        "kind": "parquet",
        "encoding": "",
        "sheets": [sheet],
        "sheet": sheet,
        "rows": tidied.rows,
        "ragged": [],
        "left_out": tidied.left_out,
        "blanks": [],
        "dropped": [name for i, name in enumerate(header) if i not in set(keep)],
    }


def _load(
    con: duckdb.DuckDBPyConnection, source: pq.ParquetFile, names: list[str], shown: str
) -> list[list[str | None]]:
    """Every batch into `raw`; the first rows, for the preview."""
    columns = [f"c{i + 1}" for i in range(len(names))]
    first: list[list[str | None]] = []
    stopped: list[Exception] = []

    def batches() -> Iterator[pa.RecordBatch]:
        line, total = 1, 0
        try:
            for batch in source.iter_batches(BATCH, columns=names, use_threads=False):
                texts = [as_text(batch.column(name)) for name in names]
                total += batch.get_total_buffer_size() + sum(text.nbytes for text in texts)
                if total > MAX_UNPACKED:
                    raise UnreadableFile(f"{shown} unpacks to more than {MAX_UNPACKED >> 20} MB; send less at once.")
                if not first:
                    first.extend(
                        list(row) for row in zip(*(text.slice(0, 8).to_pylist() for text in texts), strict=True)
                    )
                yield _batch(line, texts, columns)
                line += batch.num_rows
        except Exception as error:  # kept, because DuckDB tells it as one of its own
            stopped.append(error)
            raise

    schema = _batch(0, [pa.array([], pa.string()) for _ in names], columns).schema
    try:
        con.from_arrow(pa.RecordBatchReader.from_batches(schema, batches())).create("raw")
    except duckdb.Error:
        if stopped:
            raise stopped[0] from None
        raise
    return first


def _batch(line: int, texts: list[pa.Array], columns: list[str]) -> pa.RecordBatch:
    rows = len(texts[0])
    empty = [text.is_null() for text in texts]
    nothing = empty[0]
    for other in empty[1:]:
        nothing = pc.and_(nothing, other)
    marks = pc.if_else(nothing, pa.scalar(EMPTY, pa.uint8()), pa.scalar(ROW, pa.uint8()))
    lines = pa.array(range(line, line + rows), pa.int64())
    return pa.record_batch([lines, *texts, marks], ["line", *columns, "mark"])


def as_text(column: pa.Array) -> pa.Array:
    """Values as the text that other files would hold; an empty text is none."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    if pa.types.is_floating(kind):
        column = _each(column.cast(pa.float64()), number_text)
    elif pa.types.is_timestamp(kind):
        # to the second: Python's moments know no nanoseconds
        column = _each(column.cast(pa.timestamp("us", kind.tz), safe=False), moment_text)
    elif pa.types.is_time(kind):
        column = _each(column.cast(pa.time64("us"), safe=False), lambda value: value.replace(microsecond=0).isoformat())
    elif pa.types.is_date(kind):
        column = _each(column, dt.date.isoformat)
    else:
        column = column.cast(pa.string())
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)


def _each(column: pa.Array, text: Callable[[Any], str]) -> pa.Array:
    """Each distinct value as text, once."""
    coded = column.dictionary_encode()
    texts = [None if value is None else text(value) for value in coded.dictionary.to_pylist()]
    return pa.array(texts, pa.string()).take(coded.indices)
