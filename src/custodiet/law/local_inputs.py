"""Read the optional inputs of an agency: validate every cell, store all rows of a file or none.

Cells of these files name accounts and cases; no message repeats one.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from custodiet.case import Case
from custodiet.case.types import arrow_schema, create_statement
from custodiet.model.errors import InputError
from custodiet.model.local_inputs import LOCAL_INPUTS, LocalInput
from custodiet.model.tables import Column

MAX_FAULTS: Final = 20
MAX_HEADER: Final = 4_000
TEMPLATES: Final = Path(__file__).resolve().parent.parent / "data" / "templates"


def input_tables() -> list[str]:
    """Name the tables of the local inputs."""
    return [item.table.name for item in LOCAL_INPUTS.values()]


def ensure_input_tables(case: Case) -> None:
    """Make the tables of the local inputs where a case does not have them yet."""
    for item in LOCAL_INPUTS.values():
        case.execute(create_statement(item.table))


def kind_of(path: Path) -> LocalInput | None:
    """Tell which input a file is by its name (``roster.csv``, ``roster-2025.csv``); None when it is none."""
    stem = path.stem.lower()
    return next((item for name, item in LOCAL_INPUTS.items() if stem == name or stem.startswith(f"{name}-")), None)


def input_of(path: Path) -> LocalInput | None:
    """Tell which input a file is by its header; its name decides where several fit. None when it is none."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = {cell.strip() for cell in next(csv.reader([file.readline(MAX_HEADER)]), [])}
    except (OSError, UnicodeDecodeError, csv.Error):
        return None
    fits = [
        item
        for item in LOCAL_INPUTS.values()
        if set(item.required) <= header and header <= set(item.table.column_names)
    ]
    named = kind_of(path)
    return named if named in fits else (fits[0] if len(fits) == 1 else None)


def split_local_inputs(paths: Sequence[Path]) -> tuple[dict[Path, str], list[Path]]:
    """Part local inputs, given or lying in a given folder, from disclosures.

    Returns:
        File to the word of its input, and the other paths. A folder that holds local
        inputs is given as what else lies in it; other folders stay as they are.
    """
    inputs: dict[Path, str] = {}
    others: list[Path] = []
    for path in paths:
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
        found = {
            file: item.name
            for file in inside
            if file.suffix.lower() == ".csv" and file.is_file() and (item := input_of(file)) is not None
        }
        inputs |= found
        if not found:
            others.append(path)
        elif path.is_dir():
            others += [file for file in inside if file not in found and not file.name.startswith((".", "~$"))]
    return inputs, others


def load_local_input(case: Case, path: Path, name: str | None = None) -> int:
    """Read one CSV file into the case, in the place of what the same input held for these producers before.

    Args:
        case: The case.
        path: UTF-8 CSV file with the columns of its template.
        name: Word of the input; told from the file name when None.

    Returns:
        Rows stored.

    Raises:
        InputError: The file is of no known input, or cells cannot be read; nothing was stored.
    """
    item = LOCAL_INPUTS.get(name) if name else kind_of(path)
    if item is None:
        raise InputError("is no local input.", where=path.name, hint=f"Name it one of: {', '.join(LOCAL_INPUTS)}.")
    rows = _read(path, item)
    ensure_input_tables(case)
    owner = item.table.columns[0].name
    table = pa.Table.from_pylist(rows, schema=arrow_schema(item.table))
    with case.transaction(), case.registered("local_input_rows", table):
        case.execute(f"DELETE FROM {item.table.name} WHERE {owner} IN (SELECT {owner} FROM local_input_rows)")
        case.execute(f"INSERT INTO {item.table.name} SELECT DISTINCT * FROM local_input_rows")
    return len(rows)


def template_text(item: LocalInput) -> str:
    """Return the header line of an input's template."""
    return ",".join(item.table.column_names) + "\n"


def _read(path: Path, item: LocalInput) -> list[dict[str, Any]]:
    faults: list[str] = []
    rows: list[dict[str, Any]] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restkey="\0more")
            faults += _header_faults(reader.fieldnames or (), item)
            if not faults:
                rows = list(_parsed(reader, item, faults))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"cannot be read as UTF-8 CSV ({type(error).__name__}).", where=path.name) from None
    if faults:
        shown = "; ".join(faults[:MAX_FAULTS])
        more = f"; and {len(faults) - MAX_FAULTS} more" if len(faults) > MAX_FAULTS else ""
        raise InputError(f"{shown}{more}. Nothing was stored.", where=path.name)
    return rows


def _header_faults(seen: Iterable[str], item: LocalInput) -> list[str]:
    seen = [name.strip() for name in seen]
    missing = [name for name in item.required if name not in seen]
    if missing:
        return [f"column {', '.join(missing)} is missing; the columns are {', '.join(item.table.column_names)}"]
    unknown = [name for name in seen if name not in item.table.column_names]
    return (
        [f"{len(unknown)} column(s) are not known; the columns are {', '.join(item.table.column_names)}"]
        if unknown
        else []
    )


def _parsed(reader: csv.DictReader[str], item: LocalInput, faults: list[str]) -> Iterable[dict[str, Any]]:
    columns = {column.name: column for column in item.table.columns}
    for cells in reader:
        row: dict[str, Any] = {}
        for name, text in cells.items():
            column = columns.get(str(name).strip())
            if column is None:
                faults.append(f"line {reader.line_num} has more cells than the header")
                continue
            cleaned = (text or "").strip()
            if not cleaned:
                row[column.name] = None
                if column.name in item.required:
                    faults.append(f"line {reader.line_num}: {column.name} is empty")
                continue
            try:
                row[column.name] = _value(cleaned, column)
            except ValueError:
                faults.append(f"line {reader.line_num}: {column.name} is no {_FORMS[column.type]}")
            allowed = dict(item.words).get(column.name)
            if allowed and cleaned not in allowed:
                faults.append(f"line {reader.line_num}: {column.name} is none of {', '.join(allowed)}")
        yield row


_FORMS: Final = {
    "date": "date (2025-03-01)",
    "local-time": "local time (2025-03-01 06:00)",
    "integer": "whole number",
}


def _value(text: str, column: Column) -> Any:
    if column.type == "date":
        return date.fromisoformat(text)
    if column.type == "local-time":
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            raise ValueError("has a zone")
        return moment
    return int(text) if column.type == "integer" else text
