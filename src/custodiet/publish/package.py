"""Write the tables of a bundle: Parquet and CSV, a Frictionless data package, indicators and findings as JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from custodiet.case.stored import StoredRows
from custodiet.model.bundle import LEAF_FORMS
from custodiet.model.tables import CONTRACT_TABLES, Column, ColumnType, Table
from custodiet.privacy import Publication, outward_table
from custodiet.privacy.differential import DIFFERENTIAL, outward_differential
from custodiet.privacy.tables import LONG_TABLES, outward_parts, outward_schema
from custodiet.publish.evidence import EVIDENCE, evidence_table
from custodiet.publish.tables import citations_json, write_parts, write_table

PUBLISHED: Final[dict[str, Table]] = CONTRACT_TABLES | {
    EVIDENCE.name: EVIDENCE,
    DIFFERENTIAL.name: DIFFERENTIAL,
}
_COLUMN_TYPES: Final = {
    name: {column.name: column.type for column in table.columns} for name, table in PUBLISHED.items()
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


def committed_tables(publication: Publication, folder: Path) -> dict[str, pa.Table | StoredRows]:
    """Return the tables of a bundle as they are published: all whose rows are sealed, and what cites them.

    Args:
        publication: What is published, and under which name.
        folder: Where the tables of the bundle will stand; long ones are written there at once and not held.
    """
    folder.mkdir(parents=True)
    tables: dict[str, pa.Table | StoredRows] = {
        name: outward_table(publication, name) for name in CONTRACT_TABLES if name not in LONG_TABLES
    }
    tables |= {name: _long_table(publication, name, folder) for name in LONG_TABLES if name in LEAF_FORMS}
    tables[EVIDENCE.name] = evidence_table(publication.case, tables["indicators"])
    return tables


def linked_tables(publication: Publication, folder: Path) -> dict[str, pa.Table | StoredRows]:
    """Return the other tables of a bundle: what links rows to each other, and the redaction differential."""
    tables = {name: _long_table(publication, name, folder) for name in LONG_TABLES if name not in LEAF_FORMS}
    return tables | {DIFFERENTIAL.name: outward_differential(publication)}


def _long_table(publication: Publication, name: str, folder: Path) -> pa.Table | StoredRows:
    parts = outward_parts(publication, name)
    return write_parts(parts, outward_schema(name), folder, name, marked=_mark(publication.name))


def write_tables(folder: Path, name: str, tables: Mapping[str, pa.Table | StoredRows]) -> None:
    """Write every table that is not written yet as Parquet and CSV, with ``datapackage.json`` beside them."""
    for table, rows in tables.items():
        if not isinstance(rows, StoredRows):
            write_table(rows, folder / f"{table}.parquet", marked=_mark(name))
            write_table(rows, folder / f"{table}.csv", marked=_mark(name))
    with ThreadPoolExecutor() as threads:
        names = sorted(tables)
        resources = list(threads.map(lambda table: _resource(folder, PUBLISHED[table], tables[table]), names))
    package = {
        "profile": "tabular-data-package",
        "name": "custodiet-tables",
        "title": f"Tables of the publication {name}",
        "description": "One CSV file per table; the Parquet files hold the same rows. In CSV, one apostrophe"
        " in front of a cell that begins like a formula is no part of the text.",
        "resources": resources,
    }
    _write_json(folder / "datapackage.json", package)


def _mark(name: str) -> str:
    return f"published {name}"


def write_indicators(folder: Path, tables: Mapping[str, pa.Table | StoredRows]) -> None:
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


def _resource(folder: Path, table: Table, rows: pa.Table | StoredRows) -> dict[str, Any]:
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
    places = [name for name in rows.column_names if _COLUMN_TYPES[table][name] == "citations"]
    texts = {name: citations_json(rows.column(name).combine_chunks()).to_pylist() for name in places}
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f'{{"{table}": [\n')
        for number, row in enumerate(rows.drop_columns(places).to_pylist()):
            cells = [json.dumps(row, ensure_ascii=False, default=_iso)[1:-1]]
            cells += [f'"{name}": {texts[name][number] or "null"}' for name in places]
            file.write(f"{',' if number else ''}{{{', '.join(cells)}}}\n")
        file.write("]}\n")


def _write_json(path: Path, value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=1, default=_iso)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def _iso(value: object) -> str:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat() + ("Z" if value.tzinfo else "")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a {type(value).__name__} has no form in JSON")
