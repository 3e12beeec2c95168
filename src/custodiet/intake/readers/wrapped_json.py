"""Find the rows in a JSON answer of a service: lists of objects at any depth, labels beside rows, lists of lists."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from custodiet.intake.raw import RawRow, RawTable

MAX_BYTES: Final = 64 * 1024 * 1024
_DEEPEST: Final = 6
_LABELS: Final = ("columns", "headers", "header", "fields", "columnnames")
_ROWS: Final = ("rows", "data", "values", "records", "results")
_NAMES: Final = ("name", "label", "title", "field", "key")


def read_wrapped(path: Path, encoding: str) -> list[RawTable]:
    """Read every list of rows in a JSON document as a table; none where there are none.

    A nested value stands under its path (``user.name``), a list of plain values as one text
    with semicolons; ``source_row`` counts the entries of the list from 1, the header is row 0.
    """
    if path.stat().st_size > MAX_BYTES:
        return []
    try:
        document = json.loads(path.read_text(encoding, errors="replace"), parse_float=str, parse_int=str)
        return list(_tables(document, ""))
    except (ValueError, RecursionError):
        return []


def _tables(value: object, where: str, depth: int = 0) -> Iterator[RawTable]:
    if depth > _DEEPEST:
        return
    if isinstance(value, Mapping):
        if table := _labelled(value, where):
            yield table
            return
        for key, part in value.items():
            yield from _tables(part, f"{where}.{key}" if where else str(key), depth + 1)
    elif isinstance(value, list) and value:
        if all(isinstance(item, Mapping) for item in value):
            yield _of_objects(value, where)
        elif len(value) > 1 and all(isinstance(item, list) for item in value):
            yield _table([_cells(item) for item in value], where, first=1)


def _labelled(value: Mapping[str, object], where: str) -> RawTable | None:
    """Read labels that stand beside their rows: ``{"columns": […], "rows": [[…], …]}``."""
    keys = {str(key).lower().replace("_", ""): part for key, part in value.items()}
    labels = next((keys[key] for key in _LABELS if isinstance(keys.get(key), list)), None)
    rows = next((keys[key] for key in _ROWS if isinstance(keys.get(key), list)), None)
    if not isinstance(labels, list) or not isinstance(rows, list) or not rows:
        return None
    if not all(isinstance(row, list) for row in rows):
        return None
    return _table([tuple(_label(label) for label in labels), *map(_cells, rows)], where, first=0)


def _label(value: object) -> str:
    if isinstance(value, Mapping):
        return next((str(value[name]) for name in _NAMES if isinstance(value.get(name), str)), "")
    return _text(value) or ""


def _of_objects(items: Sequence[Mapping[str, object]], where: str) -> RawTable:
    flat = [dict(_flat(item)) for item in items]
    header = tuple(dict.fromkeys(key for item in flat for key in item))
    return _table([header, *(tuple(item.get(key) for key in header) for item in flat)], where, first=0)


def _flat(value: Mapping[str, object], path: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    for key, part in value.items():
        name = f"{path}.{key}" if path else str(key)
        if isinstance(part, Mapping) and part and depth < _DEEPEST:
            yield from _flat(part, name, depth + 1)
        else:
            yield name, _text(part)


def _cells(items: Sequence[object]) -> tuple[str, ...]:
    return tuple(_text(item) for item in items)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list) and not any(isinstance(item, (list, Mapping)) for item in value):
        return "; ".join(_text(item) for item in value)
    return json.dumps(value, ensure_ascii=False)


def _table(rows: Sequence[tuple[str | None, ...]], where: str, *, first: int) -> RawTable:
    return RawTable(rows=[RawRow(number, cells) for number, cells in enumerate(rows, first)], sheet=where or None)
