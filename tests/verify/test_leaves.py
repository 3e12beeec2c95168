"""The leaves that the verifier puts together by the column, against the definition of a leaf, row by row."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from custodiet.case.types import arrow_schema
from custodiet.model.bundle import HOUR_MICROSECONDS, LEAF_FORMS, TIMES, leaf_bytes
from custodiet.model.tables import ALL_TABLES
from custodiet.verify.merkle import leaf_hash
from custodiet.verify.proofs import commitment, leaf_hashes

# Before 1970, in the last microsecond of an hour, and beyond the Basic Multilingual Plane.
_TIMES = st.datetimes(datetime(1969, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC))
_TEXTS = st.text(max_size=9)
_CELLS = {
    "text": _TEXTS,
    "integer": st.integers(-(2**40), 2**40),
    "timestamp": _TIMES,
    "date": st.dates(date(1969, 1, 1), date(2031, 1, 1)),
}


@st.composite
def _row(draw: st.DrawFn, table: str) -> dict[str, Any]:
    form = LEAF_FORMS[table]
    types = {column.name: column.type for column in ALL_TABLES[table].columns}
    row = {name: draw(st.none() | _CELLS[types[name]]) for name in (*form.clear, *form.hours)}
    for name in form.committed:
        row[f"commitment_{name}"] = draw(st.none() | st.binary(min_size=32, max_size=32))
        if name != TIMES:
            row[name] = draw(st.none() | _TEXTS)
            row[f"salt_{name}"] = draw(st.none() | st.binary(min_size=16, max_size=16))
    is_open = draw(st.booleans())
    return row | {"opened": is_open, "leaf_hash": None if is_open else b"h" * 32}


@st.composite
def _case(draw: st.DrawFn) -> tuple[str, list[dict[str, Any]]]:
    table = draw(st.sampled_from(sorted(LEAF_FORMS)))
    return table, draw(st.lists(_row(table), min_size=1, max_size=5))


def _expected(table: str, row: dict[str, Any]) -> bytes:
    form = LEAF_FORMS[table]
    stated_hash: bytes = row["leaf_hash"]
    if not row["opened"]:
        return stated_hash
    values = {name: None if row[name] is None else str(row[name]) for name in form.clear}
    for name in form.hours:
        if row[name] is not None:
            epoch = datetime(1970, 1, 1, tzinfo=UTC)
            values[name] = str((row[name] - epoch) // (datetime(1970, 1, 1, 1, tzinfo=UTC) - epoch))
    commitments: dict[str, str | None] = {}
    for name in form.committed:
        stated, salt, text = (row.get(key) for key in (f"commitment_{name}", f"salt_{name}", name))
        told = commitment(salt, text) if salt is not None and text is not None else None
        commitments[name] = told or (None if stated is None else stated.hex())
    return leaf_hash(leaf_bytes(table, values, commitments))


def _table(table: str, rows: list[dict[str, Any]]) -> pa.Table:
    known = {field.name: field.type for field in arrow_schema(ALL_TABLES[table])}
    types = {"opened": pa.bool_(), "leaf_hash": pa.binary(32)} | known
    schema = pa.schema([
        (name, types.get(name, pa.binary(32 if name.startswith("commitment") else 16))) for name in rows[0]
    ])  # fmt: skip
    return pa.Table.from_pylist(rows, schema)


@settings(max_examples=40, deadline=None)
@given(_case())
def test_leaves_by_the_column_are_those_by_the_row(case: tuple[str, list[dict[str, Any]]]) -> None:
    table, rows = case
    expected = [_expected(table, row) for row in rows]
    whole = _table(table, rows)
    assert leaf_hashes(table, whole) == expected
    assert leaf_hashes(table, whole.slice(1)) == expected[1:]


def test_an_hour_is_that_of_the_clock_also_before_1970() -> None:
    row: dict[str, Any] = dict.fromkeys((*LEAF_FORMS["events"].clear, "commitment_times"))
    row |= {"event_at": datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), "opened": True, "leaf_hash": None}
    stated = leaf_hash(leaf_bytes("events", {"event_at": "-1"}, {}))
    assert leaf_hashes("events", _table("events", [row])) == [stated]
    assert HOUR_MICROSECONDS == 60 * 60 * 1_000_000
