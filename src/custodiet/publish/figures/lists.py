"""Numbers of sharing lists: whom the latest list of a producer lets in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from custodiet.publish.figures.figure import ORGS, Count, Figure, literal

# One row per producer, direction and organisation of its latest list; ``report_orgs`` is ORGS.
LATEST_LISTS: Final = """
WITH latest AS (
    SELECT stated_by, source = stated_by AS outward, max(as_of) AS as_of FROM {shares}
    WHERE stated_by IN (source, recipient) GROUP BY ALL
), named AS (
    SELECT s.stated_by, l.outward, l.as_of, CASE WHEN l.outward THEN s.recipient ELSE s.source END AS other, s.status
    FROM {shares} s JOIN latest l ON l.stated_by = s.stated_by AND l.outward = (s.source = s.stated_by)
     AND l.as_of IS NOT DISTINCT FROM s.as_of
    WHERE s.status IS DISTINCT FROM 'pending'
)
SELECT coalesce(p.org, n.stated_by) AS producer, p.state AS home, n.outward, max(n.as_of) AS as_of,
       coalesce(o.org, n.other) AS other,
       any_value(o.state) AS state, coalesce(any_value(o.level), 'unknown') AS level,
       bool_or(n.status = 'inactive' OR o.status = 'inactive') AS inactive
FROM named n LEFT JOIN report_orgs p ON p.name = n.stated_by LEFT JOIN report_orgs o ON o.name = n.other
WHERE coalesce(o.org, n.other) <> coalesce(p.org, n.stated_by)
GROUP BY ALL
"""
GROUP_OF: Final = """CASE WHEN level = 'federal' THEN 'federal' WHEN level = 'private' THEN 'private'
    WHEN state IS NULL OR home IS NULL THEN 'not known' WHEN state = home THEN 'same state' ELSE 'other state' END"""
_LISTED: Final = f"SELECT producer, {GROUP_OF} AS grp FROM ({LATEST_LISTS}) WHERE outward"
LONGEST: Final = 12


def of_lists(count: Count) -> Iterator[Figure]:
    """Count the recipients on the longest lists, by kind."""
    orgs = f"WITH report_orgs AS ({ORGS})"
    rows = count(f"{orgs} SELECT producer, grp, count(*) FROM ({_LISTED}) GROUP BY ALL ORDER BY ALL")
    wholes: dict[str, int] = {}
    for producer, _, n in rows:
        wholes[producer] = wholes.get(producer, 0) + int(n)
    longest = sorted(wholes, key=lambda producer: (-wholes[producer], producer))[:LONGEST]
    definition = (
        "Organisations on the producer’s latest list of whom it lets in, each counted once; pending ones left out."
    )
    for producer in longest:
        whole, where = wholes[producer], f"producer = {literal(producer)}"
        yield Figure(
            f"figure.shares.{producer}", whole, "organisations",
            f"The latest list of {producer} lets {whole:,} organisations in.", definition, None,
            f"{orgs} SELECT count(*) FROM ({_LISTED}) WHERE {where}",
        )  # fmt: skip
        for _, group, n in (row for row in rows if row[0] == producer):
            yield Figure(
                f"figure.shares.{producer}.{group.replace(' ', '-')}", int(n), "organisations",
                f"Of {whole:,} organisations that the latest list of {producer} lets in, {n:,} are: {group}.",
                definition, whole, f"{orgs} SELECT count(*) FROM ({_LISTED}) WHERE {where} AND grp = {literal(group)}",
            )  # fmt: skip
