"""The redaction differential, as counts: how often what one producer masks is released by another.

Which rows these are is a map for unmasking and stays in the case. What is published says neither which
rows nor which other disclosure, and no small count.
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from custodiet.case.types import arrow_schema
from custodiet.model.tables import Column, Table
from custodiet.privacy.publication import Publication
from custodiet.privacy.small_cells import MIN_CELL

DIFFERENTIAL: Final = Table(
    "redaction_differential",
    "producer and field of its search logs that it masks",
    (
        Column("producer", "text", "organisation whose log masks the field"),
        Column("field", "text", "column of records: case_number, plate, reason or user"),
        Column("n_masked", "integer", "its rows in which the field is masked, withheld or partly hidden"),
        Column(
            "n_released_elsewhere",
            "integer",
            "of these, rows whose search another disclosure records with the field shown; null where withheld",
        ),
        Column("withheld", "boolean", f"the count is 1 to {MIN_CELL - 1} and is not told"),
    ),
    ("producer", "field"),
)
_FIELDS: Final = ("case_number", "plate", "reason", "user")
_HIDDEN: Final = "('masked', 'withheld', 'partial')"


def outward_differential(publication: Publication) -> pa.Table:
    """Return one row per producer and field that it masks: how many rows, and how many are released elsewhere.

    Counts of rows released elsewhere from 1 to ``MIN_CELL - 1`` are null; zero is told. No total over
    producers or fields is published, so a withheld count cannot be worked out.
    """
    found = publication.case.query(_sql())
    return found.cast(arrow_schema(DIFFERENTIAL))


def _sql() -> str:
    edges = ", ".join(
        f"{end}(r.disclosure_id) FILTER (r.{field}_state = 'value') AS {end}_{field}"
        for field in _FIELDS
        for end in ("min", "max")
    )
    states = ", ".join(f"r.{field}_state" for field in _FIELDS)
    by_field = " UNION ALL ".join(
        f"SELECT m.producer, '{field}' AS field, m.{field} AS n_masked, coalesce(e.{field}, 0) AS n"
        " FROM masked m LEFT JOIN elsewhere e ON e.producer IS NOT DISTINCT FROM m.producer"
        f" WHERE m.{field} > 0"
        for field in _FIELDS
    )
    masked = ", ".join(f"count(*) FILTER ({field}_state IN {_HIDDEN}) AS {field}" for field in _FIELDS)
    elsewhere = ", ".join(
        f"count(*) FILTER (t.{field}_state IN {_HIDDEN}"
        f" AND (s.min_{field} <> t.disclosure_id OR s.max_{field} <> t.disclosure_id)) AS {field}"
        for field in _FIELDS
    )
    return f"""
        WITH shared AS (SELECT search_key FROM searches WHERE n_sightings > 1),
        rows AS (
          SELECT t.search_key, r.disclosure_id, r.producer, {states}
          FROM sightings t SEMI JOIN shared k ON k.search_key = t.search_key
          JOIN records r ON r.disclosure_id = t.disclosure_id AND r.record_no = t.record_no),
        shown AS (SELECT search_key, {edges} FROM rows r GROUP BY search_key),
        elsewhere AS (
          SELECT t.producer, {elsewhere} FROM rows t JOIN shown s ON s.search_key = t.search_key GROUP BY t.producer),
        masked AS (SELECT producer, {masked} FROM records GROUP BY producer)
        SELECT producer, field, n_masked, CASE WHEN n = 0 OR n >= {MIN_CELL} THEN n END AS n_released_elsewhere,
               n > 0 AND n < {MIN_CELL} AS withheld
        FROM ({by_field}) ORDER BY producer NULLS FIRST, field"""
