"""Write one table to Parquet, CSV or JSON lines: whole or not at all, the same bytes for the same rows.

CSV: UTF-8, comma, every text in quotes, LF; null is nothing between two commas and an empty text is
``""``; times are ISO 8601 in UTC with ``Z``; lists are JSON; formulas are disarmed reversibly
(``privacy.formulas``). JSON lines: one object a row, the same times, lists as lists.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from custodiet.case.stored import StoredRows
from custodiet.model.errors import UsageError
from custodiet.privacy.formulas import disarm_column

_BATCH: Final = 20_000
_CSV_ROWS: Final = 250_000
_BETWEEN: Final = "\x1f"
METADATA_KEY: Final = "custodiet"


def write_table(table: pa.Table, path: Path, *, marked: str) -> None:
    """Write a table to a file, in the form that the file's name asks for.

    The file appears whole or not at all; one that was there is replaced.

    Args:
        table: Rows in their order.
        path: A name that ends with .parquet, .csv or .jsonl.
        marked: What the file is, written into the metadata of Parquet (``internal``, ``published …``).

    Raises:
        UsageError: The name ends otherwise, or the folder cannot be written.
    """
    write = writer_of(path)
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise UsageError(f"cannot be written ({error.strerror}).", where=str(path)) from None
    try:
        os.close(handle)
        write(table, Path(temporary), marked)
        Path(temporary).chmod(0o600 if marked == "internal" else 0o644)
        Path(temporary).replace(path)
    except OSError as error:
        raise UsageError(f"cannot be written ({error.strerror}).", where=str(path)) from None
    finally:
        Path(temporary).unlink(missing_ok=True)


def write_parts(parts: Iterable[pa.Table], schema: pa.Schema, folder: Path, name: str, *, marked: str) -> StoredRows:
    """Write the rows of a long table as Parquet and as CSV while they are made, one row group a part.

    Args:
        parts: Rows in their order, some at a time.
        schema: Names and types of all of them.
        folder: A folder that is not yet seen by anyone: the files grow while rows come.
        name: Name of the files without their ending.
        marked: As for :func:`write_table`.
    """
    path = folder / f"{name}.parquet"
    described = schema.with_metadata({METADATA_KEY: marked})
    with (
        pq.ParquetWriter(path, described, compression="zstd") as parquet,
        pa_csv.CSVWriter(folder / f"{name}.csv", _plain(schema.empty_table()).schema) as text,
        ThreadPoolExecutor(2) as beside,
    ):
        written: list[Future[None]] = []
        for part in parts:
            for done in written:
                done.result()
            # The next part is worked out by the engine while this one is written.
            written = [beside.submit(_write_group, part, parquet), beside.submit(_write_lines, part, text)]
        for done in written:
            done.result()
    return StoredRows.of(path)


def _write_group(part: pa.Table, parquet: pq.ParquetWriter) -> None:
    parquet.write_table(part.replace_schema_metadata(parquet.schema.metadata), row_group_size=part.num_rows)


def _write_lines(part: pa.Table, text: pa_csv.CSVWriter) -> None:
    text.write_table(_plain(part))


def writer_of(path: Path) -> Callable[[pa.Table, Path, str], None]:
    """Return what writes the form that a file's name asks for.

    Raises:
        UsageError: There is none.
    """
    found = _WRITERS.get(path.suffix.lower())
    if found is None:
        raise UsageError(
            "has no form that can be written.", where=path.name, hint=f"End it with {', '.join(sorted(_WRITERS))}."
        )
    return found


def _write_parquet(table: pa.Table, path: Path, marked: str) -> None:
    pq.write_table(table.replace_schema_metadata({METADATA_KEY: marked}), path, compression="zstd")


def _write_csv(table: pa.Table, path: Path, _marked: str) -> None:
    """Write a CSV file, so many rows at a time that a log of millions is never there twice."""
    with pa_csv.CSVWriter(path, _plain(table.slice(0, 0)).schema) as writer:
        for start in range(0, table.num_rows, _CSV_ROWS):
            writer.write_table(_plain(table.slice(start, _CSV_ROWS)))


def _plain(table: pa.Table) -> pa.Table:
    columns = [_csv_column(table.column(name)) for name in table.column_names]
    return pa.table(dict(zip(table.column_names, columns, strict=True)))


def _csv_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_string(kind):
        return disarm_column(column)
    if pa.types.is_timestamp(kind):
        return _iso_times(column)
    if pa.types.is_list(kind):
        return disarm_column(_json_lists(column))
    return column


def _iso_times(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Write times as ISO 8601, each distinct one once: whole seconds without a fraction, UTC with Z."""
    # Times are published to the hour or the day, so that many rows share each.
    encoded = column.combine_chunks().dictionary_encode()
    texts = _iso_texts(encoded.dictionary, "" if column.type.tz is None else "Z")
    return pa.chunked_array([texts.take(encoded.indices)])


def _iso_texts(times: pa.Array, zone: str) -> pa.Array:
    # Casting is fifteen times as fast as strftime.
    naive = times.cast(pa.timestamp("us", tz="UTC") if zone else pa.timestamp("us")).cast(pa.timestamp("us"))
    try:
        text = naive.cast(pa.timestamp("s")).cast(pa.string())
    except pa.ArrowInvalid:
        text = pc.replace_substring_regex(naive.cast(pa.string()), r"\.0+$", "")
    return pc.binary_join_element_wise(pc.replace_substring(text, " ", "T"), pa.scalar(zone), pa.scalar(""))


def _json_lists(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Write lists as JSON: lists of text once per distinct list, lists of citations column by column."""
    column = column.combine_chunks()
    if pa.types.is_string(column.type.value_type):
        values = pc.list_flatten(column)
        if not values.null_count and not pc.any(pc.match_substring(values, _BETWEEN)).as_py():
            lengths = pc.list_value_length(column).cast(pa.string())
            told = pc.binary_join_element_wise(lengths, pc.binary_join(column, _BETWEEN), _BETWEEN)
            encoded = told.dictionary_encode()
            distinct = [_json(_split(text)) for text in encoded.dictionary.to_pylist()]
            return pa.chunked_array([pa.array(distinct, pa.string()).take(encoded.indices)])
    if pa.types.is_struct(column.type.value_type):
        return pa.chunked_array([citations_json(column)])
    texts = [None if value is None else _json(value) for value in column.to_pylist()]
    return pa.chunked_array([pa.array(texts, pa.string())])


def citations_json(column: pa.ListArray) -> pa.StringArray:
    """Write lists of citations as JSON, one text a list: an indicator can rest on a million rows."""
    items = pc.list_flatten(column)
    ids = pc.struct_field(items, "disclosure_id").dictionary_encode()
    quoted = pa.array([_json(text) for text in ids.dictionary.to_pylist()], pa.string()).take(ids.indices)
    numbers = pc.struct_field(items, "record_no").cast(pa.string())
    objects = pc.binary_join_element_wise('{"disclosure_id":', quoted, ',"record_no":', numbers, "}", "")
    offsets = pa.array([0, *pc.cumulative_sum(pc.fill_null(pc.list_value_length(column), 0)).to_pylist()], pa.int32())
    joined = pc.binary_join(pa.ListArray.from_arrays(offsets, objects), ",")
    texts = pc.binary_join_element_wise("[", joined, "]", "")
    return pc.if_else(pc.is_valid(column), texts, pa.scalar(None, pa.string()))


def _split(text: str) -> list[str]:
    length, _, rest = text.partition(_BETWEEN)
    return rest.split(_BETWEEN) if int(length) else []


def _write_jsonl(table: pa.Table, path: Path, _marked: str) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for batch in table.to_batches(max_chunksize=_BATCH):
            file.writelines(_json(row) + "\n" for row in batch.to_pylist())


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=_iso, separators=(",", ":"))


def _iso(value: object) -> str:
    if isinstance(value, datetime):
        text = value.replace(tzinfo=None).isoformat()
        return text if value.tzinfo is None else f"{text}Z"
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a table holds a {type(value).__name__}, which has no form in JSON")


_WRITERS: Final[dict[str, Callable[[pa.Table, Path, str], None]]] = {
    ".parquet": _write_parquet,
    ".csv": _write_csv,
    ".jsonl": _write_jsonl,
}
