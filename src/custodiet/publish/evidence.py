"""The table ``evidence`` of a bundle: one row per row of an original that a published indicator rests on."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from custodiet.case import Case
from custodiet.model.tables import Column, Table

EVIDENCE = Table(
    "evidence",
    "row of an original behind a published indicator",
    (
        Column("indicator_id", "text", "the indicator"),
        Column("disclosure_id", "text", "the disclosure"),
        Column("record_no", "integer", "the record, or the place in a list; 0 is the disclosure as a whole"),
        Column("counted", "text", "for shares: the pair that is counted once, canonical source > recipient; else null"),
    ),
    ("indicator_id", "disclosure_id", "record_no"),
)


def rows_with_first_evidence(indicators: pa.Table, most: int) -> list[dict[str, Any]]:
    """Return indicators as dictionaries with at most ``most`` rows of evidence, and ``n_evidence``, how many there are.

    An indicator can rest on millions of rows; a sheet or a letter shows the first of them.
    """
    evidence = indicators["evidence"].combine_chunks()
    counts = pc.fill_null(pc.list_value_length(evidence), 0).to_pylist()
    place = indicators.column_names.index("evidence")
    first = pc.list_slice(evidence, 0, most, return_fixed_size_list=False)
    rows = indicators.set_column(place, "evidence", first).to_pylist()
    return [row | {"n_evidence": n, "evidence": row["evidence"] or []} for row, n in zip(rows, counts, strict=True)]


def evidence_table(case: Case, indicators: pa.Table) -> pa.Table:
    """Return the evidence of published indicators.

    Args:
        case: The case, for the canonical names of shares.
        indicators: The indicators as they are published.
    """
    with case.registered("published_indicators", indicators):
        return case.query(
            """
            WITH rows AS (
              SELECT indicator_id, subject, n_shares IS NOT NULL AS of_shares, unnest(evidence) AS e
              FROM published_indicators),
            places AS (
              SELECT indicator_id, subject, e.disclosure_id AS disclosure_id, e.record_no AS record_no
              FROM rows WHERE of_shares),
            names AS (SELECT name, any_value(canonical) AS canonical FROM organisations GROUP BY name),
            pairs AS (
              SELECT r.*, coalesce(a.canonical, s.source) AS owner,
                     coalesce(a.canonical, s.source) || ' > ' || coalesce(b.canonical, s.recipient) AS pair
              FROM places r
              LEFT JOIN shares s ON s.disclosure_id = r.disclosure_id AND s.source_row = r.record_no
              LEFT JOIN names a ON a.name = s.source LEFT JOIN names b ON b.name = s.recipient)
            SELECT indicator_id, disclosure_id, record_no,
                   -- A place of a list can state both directions: then the pair whose data the subject owns.
                   CASE WHEN count(DISTINCT pair) = 1 THEN min(pair)
                        WHEN count(DISTINCT pair) FILTER (owner = subject) = 1 THEN min(pair) FILTER (owner = subject)
                        END AS counted
            FROM pairs GROUP BY indicator_id, disclosure_id, record_no
            UNION ALL
            SELECT DISTINCT indicator_id, e.disclosure_id, e.record_no, NULL FROM rows WHERE NOT of_shares
            ORDER BY indicator_id, disclosure_id, record_no
            """
        )
