"""Compare the files that repeat tables and claim sheet in another form with them: CSV and JSON, whole.

Long tables pass by in parts, so that a log of millions is never held.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from custodiet.verify.result import Malformed, Verdict
from custodiet.verify.sheet import Claim

# No line of a log is as long as a block; a line of another table can hold the evidence of a million rows.
_LOGS: Final = frozenset({"records", "searches", "sightings", "evidence", "events"})
_BLOCK: Final = 16 * 1024 * 1024
_LONGEST_CELL: Final = 2**31 - 1
_AT_ONCE: Final = 100_000
# What a spreadsheet program takes for a formula, or for the mark of a text.
_FORMULA: Final = pa.array([b"=", b"+", b"-", b"@", b"\t", b"\r", b"\n"], pa.binary())
_ARMED: Final = frozenset("=+-@\t\r\n'")
_CELLS: Final = (
    "id", "statement", "value", "unit", "definition", "denominator", "not_evaluable", "low", "high", "range_basis",
    "sql", "note", "subject", "counterpart",
)  # fmt: skip
_HEADER: Final = (*_CELLS, "source_rows", "n_source_rows", "lawyer_checked", "lawyer_note", "agency_answer")


def check_csv(folder: Path, table: str, verdict: Verdict) -> None:
    """Compare the CSV of a table with its Parquet file: every cell, in the order of the rows."""
    name = f"tables/{table}.csv"
    stored = pq.ParquetFile(folder / "tables" / f"{table}.parquet")
    schema = stored.schema_arrow
    texts = _Rows(schema.empty_table(), stored.iter_batches(_AT_ONCE))
    size = (folder / name).stat().st_size
    reader = pa_csv.open_csv(
        folder / name,
        read_options=pa_csv.ReadOptions(block_size=_BLOCK if table in _LOGS else min(size + 1, _LONGEST_CELL)),
        parse_options=pa_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=pa_csv.ConvertOptions(
            column_types={field.name: _read_as(field.type) for field in schema},
            null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False,
        ),
    )  # fmt: skip
    if reader.schema.names != schema.names:
        verdict.fault("copy-differs", name, "The columns are not those of the Parquet file.")
        return
    for batch in reader:
        told = texts.take(batch.num_rows)
        differing = None if told is None else next((n for n in schema.names if not _same(batch[n], told[n])), None)
        if told is None or differing is not None:
            what = "It has more rows than" if told is None else f"Column {differing} is not what it is in"
            verdict.fault("copy-differs", name, f"{what} the Parquet file.")
            return
    if texts.take(1) is not None:
        verdict.fault("copy-differs", name, "It has fewer rows than the Parquet file.")


class _Rows:
    """Give the rows of a file, so many at a time as are asked for."""

    def __init__(self, nothing: pa.Table, batches: Iterator[pa.RecordBatch]) -> None:
        self._held = nothing
        self._batches = batches

    def take(self, n: int) -> pa.Table | None:
        """Give the next rows; None where there are not so many."""
        while self._held.num_rows < n:
            batch = next(self._batches, None)
            if batch is None:
                return None
            self._held = pa.concat_tables([self._held, pa.Table.from_batches([batch])])
        found, self._held = self._held.slice(0, n), self._held.slice(n)
        return found


def _read_as(kind: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_nested(kind) or pa.types.is_timestamp(kind) else kind


def _same(written: pa.Array, stored: pa.ChunkedArray) -> bool:
    kind = stored.type
    if not pa.types.is_string(written.type):
        return bool(pa.chunked_array([written]).equals(stored))
    if pa.types.is_timestamp(kind):
        encoded = written.dictionary_encode()
        return bool(pa.chunked_array([encoded.dictionary.cast(kind).take(encoded.indices)]).equals(stored))
    beginnings = pc.unique(pc.binary_slice(written.cast(pa.binary()), 0, 1))
    if pc.any(pc.is_in(beginnings, value_set=_FORMULA)).as_py():
        return False
    if pc.any(pc.equal(beginnings, b"'")).as_py():
        written = pc.if_else(pc.starts_with(written, "'"), pc.utf8_slice_codeunits(written, 1), written)
    if pa.types.is_string(kind):
        return bool(pa.chunked_array([written]).equals(stored))
    if pa.types.is_struct(kind.value_type):
        return bool(written.equals(citations_json(stored.combine_chunks())))
    encoded = written.dictionary_encode()
    lists = pa.array([json.loads(text) for text in encoded.dictionary.to_pylist()], kind)
    return bool(pa.chunked_array([lists.take(encoded.indices)]).equals(stored))


def citations_json(column: Any) -> pa.StringArray:
    """Write lists of citations as JSON, one text a list."""
    if isinstance(column, pa.ChunkedArray):
        column = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    items = column.flatten()
    numbers = pc.struct_field(items, "record_no").cast(pa.string())
    ids = pc.struct_field(items, "disclosure_id").dictionary_encode()
    quoted = pa.array([json.dumps(text, ensure_ascii=False) for text in ids.dictionary.to_pylist()], pa.string())
    told = quoted.take(ids.indices)
    objects = pc.binary_join_element_wise('{"disclosure_id":', told, ',"record_no":', numbers, "}", "")
    lengths = pc.fill_null(pc.list_value_length(column), 0).to_numpy(zero_copy_only=False)
    offsets = pa.array([0, *lengths.cumsum().tolist()], pa.int32())
    joined = pc.binary_join(pa.ListArray.from_arrays(offsets, objects), ",")
    return pc.if_else(
        pc.is_valid(column), pc.binary_join_element_wise("[", joined, "]", ""), pa.scalar(None, pa.string())
    )


def check_rows_json(folder: Path, table: str, verdict: Verdict) -> None:
    """Compare ``indicators.json`` or ``findings.json`` with the table, letter by letter."""
    name = f"{table}.json"
    with (folder / name).open(encoding="utf-8", newline="\n") as file:
        for written, expected in zip_longest(file, _row_lines(folder, table)):
            if written != expected:
                verdict.fault("copy-differs", name, f"It is not what the table of {table} says.")
                return


def _row_lines(folder: Path, table: str) -> Iterator[str]:
    rows = pq.read_table(folder / "tables" / f"{table}.parquet")
    places = [field.name for field in rows.schema if _is_citations(field.type)]
    texts = {name: citations_json(rows[name]).to_pylist() for name in places}
    yield f'{{"{table}": [\n'
    for number, row in enumerate(rows.drop_columns(places).to_pylist()):
        cells = [json.dumps(row, ensure_ascii=False, default=_iso)[1:-1]]
        cells += [f'"{name}": {texts[name][number] or "null"}' for name in places]
        yield f"{',' if number else ''}{{{', '.join(cells)}}}\n"
    yield "]}\n"


def _is_citations(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) and pa.types.is_struct(kind.value_type))


def _iso(value: object) -> str:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat() + ("Z" if value.tzinfo else "")
    if isinstance(value, date):
        return value.isoformat()
    raise Malformed("A cell has a type that no table has.")


def check_claims_csv(folder: Path, claims: Sequence[Claim], verdict: Verdict) -> None:
    """Compare ``claims.csv`` with the claim sheet."""
    name = "claims/claims.csv"
    csv.field_size_limit(_LONGEST_CELL)
    with (folder / name).open(encoding="utf-8", newline="") as file:
        for written, expected in zip_longest(csv.reader(file, strict=True), _claim_rows(claims)):
            if written is None or expected is None or not _same_cells(written, expected):
                verdict.fault("copy-differs", name, "It is not what claims.json says.")
                return


def _claim_rows(claims: Sequence[Claim]) -> Iterator[list[str]]:
    yield list(_HEADER)
    for claim in claims:
        cells: list[Any] = [claim[name] for name in _CELLS]
        cells += ["; ".join(_place(source) for source in claim["sources"]), claim["n_sources"], "", "", ""]
        yield ["" if cell is None else str(cell) for cell in cells]


def _same_cells(written: Sequence[str], expected: Sequence[str]) -> bool:
    """Compare the cells of a line, of which texts that begin like a formula bear an apostrophe."""
    return len(written) == len(expected) and all(
        cell == text if cell[:1] not in _ARMED else cell == f"'{text}" or _is_number(cell, text)
        for cell, text in zip(written, expected, strict=True)
    )


def _is_number(cell: str, text: str) -> bool:
    return cell == text and cell.removeprefix("-").isdecimal()


def _place(source: Mapping[str, Any]) -> str:
    page, row = source.get("page"), source.get("row")
    parts = (
        source["file"], source.get("member"), source.get("sheet"),
        f"page {page}" if page else None, f"row {row}" if row else None,
    )  # fmt: skip
    return " ".join(str(part) for part in parts if part)
