"""Translate the column types of ``model.tables`` into those of the engine and of Arrow."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from custodiet.model.tables import ColumnType, Table

_ENGINE: Final[dict[ColumnType, str]] = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "real": "DOUBLE",
    "boolean": "BOOLEAN",
    "timestamp": "TIMESTAMP WITH TIME ZONE",
    "local-time": "TIMESTAMP",
    "date": "DATE",
    "text-list": "VARCHAR[]",
    "citations": "STRUCT(disclosure_id VARCHAR, record_no BIGINT)[]",
}

_ARROW: Final[dict[ColumnType, pa.DataType]] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "real": pa.float64(),
    "boolean": pa.bool_(),
    "timestamp": pa.timestamp("us", tz="UTC"),
    "local-time": pa.timestamp("us"),
    "date": pa.date32(),
    "text-list": pa.list_(pa.string()),
    "citations": pa.list_(pa.struct([("disclosure_id", pa.string()), ("record_no", pa.int64())])),
}


def create_statement(table: Table) -> str:
    """Return the statement that makes a table if it is not there."""
    columns = ", ".join(f'"{column.name}" {_ENGINE[column.type]}' for column in table.columns)
    return f"CREATE TABLE IF NOT EXISTS {table.name} ({columns})"


def arrow_schema(table: Table) -> pa.Schema:
    """Return the Arrow schema of a table."""
    return pa.schema([(column.name, _ARROW[column.type]) for column in table.columns])
