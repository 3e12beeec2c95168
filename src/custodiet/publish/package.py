"""Write the tables of a bundle: Parquet and CSV, a Frictionless data package, indicators and findings as JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from custodiet.model.tables import CONTRACT_TABLES, Column, ColumnType, Table
from custodiet.privacy import Publication, outward_table
from custodiet.privacy.differential import DIFFERENTIAL, outward_differential
from custodiet.publish.evidence import EVIDENCE, evidence_table
from custodiet.publish.tables import write_table

PUBLISHED: Final[dict[str, Table]] = CONTRACT_TABLES | {
    EVIDENCE.name: EVIDENCE,
    DIFFERENTIAL.name: DIFFERENTIAL,
}
_FRICTIONLESS: Final[dict[ColumnType, str]] = {
    "text": "string", "integer": "integer", "real": "number", "boolean": "boolean", "timestamp": "datetime",
    "local-time": "datetime", "date": "date", "text-list": "array", "citations": "array",
}  # fmt: skip
_SCHEMA: Final[dict[ColumnType, dict[str, Any]]] = {
    "text": {"type": ["string", "null"]},
    "integer": {"type": ["integer", "null"]},
    "real": {"type": ["number", "null"]},
    "boolean": {"type": ["boolean", "null"]},
    "timestamp": {"type": ["string", "null"], "format": "date-time"},
    "local-time": {"type": ["string", "null"]},
    "date": {"type": ["string", "null"], "format": "date"},
    "text-list": {"type": ["array", "null"], "items": {"type": ["string", "null"]}},
    "citations": {
        "type": ["array", "null"],
        "items": {
            "type": "object",
            "properties": {"disclosure_id": {"type": "string"}, "record_no": {"type": "integer"}},
            "required": ["disclosure_id", "record_no"],
            "additionalProperties": False,
        },
    },
}


def outward_tables(publication: Publication) -> dict[str, pa.Table]:
    """Return all tables of a bundle as they are published, evidence and the redaction differential among them."""
    tables = {name: outward_table(publication, name) for name in CONTRACT_TABLES}
    tables[EVIDENCE.name] = evidence_table(publication.case, tables["indicators"])
    tables[DIFFERENTIAL.name] = outward_differential(publication)
    return tables


def write_tables(folder: Path, name: str, tables: Mapping[str, pa.Table]) -> None:
    """Write every table as Parquet and CSV, with ``datapackage.json`` beside them."""
    folder.mkdir(parents=True)
    for table, rows in tables.items():
        write_table(rows, folder / f"{table}.parquet", marked=f"published {name}")
        write_table(rows, folder / f"{table}.csv", marked=f"published {name}")
    package = {
        "profile": "tabular-data-package",
        "name": "custodiet-tables",
        "title": f"Tables of the publication {name}",
        "description": "One CSV file per table; the Parquet files hold the same rows. In CSV, one apostrophe"
        " in front of a cell that begins like a formula is no part of the text.",
        "resources": [_resource(folder, PUBLISHED[table], rows) for table, rows in tables.items()],
    }
    _write_json(folder / "datapackage.json", package)


def write_indicators(folder: Path, tables: Mapping[str, pa.Table]) -> None:
    """Write indicators and findings as JSON, and the JSON Schema of both."""
    schemas = folder / "schemas"
    schemas.mkdir()
    for table in ("indicators", "findings"):
        rows = tables[table]
        _write_rows(folder / f"{table}.json", table, rows)
        _write_json(schemas / f"{table}.schema.json", json_schema(PUBLISHED[table], rows.column_names))


def json_schema(table: Table, names: list[str]) -> dict[str, Any]:
    """Return the JSON Schema of the file that holds a table."""
    columns = _columns(table, names)
    row = {
        "type": "object",
        "description": f"One {table.grain}.",
        "properties": {column.name: _SCHEMA[column.type] | {"description": column.meaning} for column in columns},
        "required": names,
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"custodiet {table.name}",
        "type": "object",
        "properties": {table.name: {"type": "array", "items": row}},
        "required": [table.name],
        "additionalProperties": False,
    }


def _resource(folder: Path, table: Table, rows: pa.Table) -> dict[str, Any]:
    path = folder / f"{table.name}.csv"
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    fields = [
        {"name": column.name, "type": _FRICTIONLESS[column.type], "description": column.meaning}
        for column in _columns(table, rows.column_names)
    ]
    return {
        "profile": "tabular-data-resource", "name": table.name.replace("_", "-"), "path": path.name,
        "description": f"One row per {table.grain}.", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8",
        "bytes": path.stat().st_size, "hash": f"sha256:{digest}",
        "schema": {"fields": fields, "missingValues": [""]},
    }  # fmt: skip


def _columns(table: Table, names: list[str]) -> list[Column]:
    by_name = {column.name: column for column in table.columns}
    return [by_name[name] for name in names]


def _write_rows(path: Path, table: str, rows: pa.Table) -> None:
    """Write one row a line: an indicator can rest on a million rows, and indented JSON is four times as slow."""
    lines = (json.dumps(row, ensure_ascii=False, default=_iso) for row in rows.to_pylist())
    path.write_text(f'{{"{table}": [\n' + ",\n".join(lines) + "\n]}\n", encoding="utf-8", newline="\n")


def _write_json(path: Path, value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=1, default=_iso)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def _iso(value: object) -> str:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat() + ("Z" if value.tzinfo else "")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a {type(value).__name__} has no form in JSON")
