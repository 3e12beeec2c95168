"""Fill the table ``purposes`` of a case: one row per label of a distinct text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pyarrow as pa

from custodiet.case.store import Case
from custodiet.case.types import arrow_schema
from custodiet.model.tables import PURPOSES
from custodiet.model.terms import CellState
from custodiet.resolve.purposes.classify import Purposes, TextField, single
from custodiet.resolve.purposes.parallel import classify_many

_COLUMNS: Final[tuple[tuple[TextField, str, str, str], ...]] = (
    ("reason", "reason_key", "reason", "reason_state"),
    ("offense", "offense_key", "offense_type", "NULL"),
    ("prompt", "prompt_key", "text_prompt", "NULL"),
)
_BY_STATE: Final[dict[str, str]] = {
    CellState.BLANK: "insufficient.blank",
    CellState.MASKED: "insufficient.redacted",
    CellState.WITHHELD: "insufficient.redacted",
    CellState.PLACEHOLDER: "insufficient.placeholder",
}


def update_purposes(case: Case) -> None:
    """Label every distinct reason, offence value and prompt of the records, and replace the table.

    Texts that share a key differ in case or spacing only; the smallest stands
    for all. A cell state other than ``value`` and ``partial`` decides alone.
    """
    rows = pa.concat_tables([_rows_of(case, *columns) for columns in _COLUMNS])
    with case.transaction():
        case.replace("purposes", rows)


def _rows_of(case: Case, field: TextField, key: str, column: str, state: str) -> pa.Table:
    distinct = case.query(
        f"SELECT {key} AS key, min({column}) AS text, min({state}) AS state FROM records"
        f" WHERE {key} IS NOT NULL GROUP BY {key} ORDER BY {key}"
    )
    keys: list[str] = distinct["key"].to_pylist()
    texts = [text or "" for text in distinct["text"].to_pylist()]
    results = classify_many(texts, field=field)
    columns: dict[str, list[object]] = {column.name: [] for column in PURPOSES.columns}
    for one_key, one_state, result in zip(keys, distinct["state"].to_pylist(), results, strict=True):
        by_state = _BY_STATE.get(one_state or "")
        found = single(result.text, by_state, f"state/{one_state}") if by_state else result
        for row in _label_rows(one_key, field, found):
            for name, cell in row.items():
                columns[name].append(cell)
    return pa.table(columns, schema=arrow_schema(PURPOSES))


def _label_rows(key: str, field: str, found: Purposes) -> Iterator[dict[str, object]]:
    """Give one row per label, with its surest match; of equal ones the first."""
    for label in found.labels:
        matches = [match for match in found.matches if match.label == label]
        best = max(matches, key=lambda match: (match.confidence, -match.start))
        yield {
            "key": key,
            "field": field,
            "label": label,
            "matched": best.span,
            "method": best.entry,
            "confidence": best.confidence,
        }
