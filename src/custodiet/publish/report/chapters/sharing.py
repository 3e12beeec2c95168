"""Sharing: how many organisations each list names, in both directions, by level and state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from custodiet.publish.report.charts import shares_of
from custodiet.publish.report.document import Cell, Chapter, Column, Folded, Part, Text, capped
from custodiet.publish.report.source import Source
from custodiet.publish.report.wording import counted, number, share

LISTED: Final = 40
DRAWN: Final = 12
GROUPS: Final = ("same state", "other state", "federal", "private", "not known")

# One row per producer, direction and organisation of its latest list.
LATEST: Final = """
WITH latest AS (
    SELECT stated_by, source = stated_by AS outward, max(as_of) AS as_of FROM shares
    WHERE stated_by IN (source, recipient) GROUP BY ALL
), named AS (
    SELECT s.stated_by, l.outward, l.as_of, CASE WHEN l.outward THEN s.recipient ELSE s.source END AS other, s.status
    FROM shares s JOIN latest l ON l.stated_by = s.stated_by AND l.outward = (s.source = s.stated_by)
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
_GROUP: Final = """CASE WHEN level = 'federal' THEN 'federal' WHEN level = 'private' THEN 'private'
    WHEN state IS NULL OR home IS NULL THEN 'not known' WHEN state = home THEN 'same state' ELSE 'other state' END"""
_BY_PRODUCER: Final = f"""
SELECT producer, max(as_of) FILTER (outward) AS out_of, max(as_of) FILTER (NOT outward) AS in_of,
    count(*) FILTER (outward) AS n_out, count(*) FILTER (NOT outward) AS n_in,
    {", ".join(f"count(*) FILTER (outward AND grp = '{name}') AS out_{name.replace(' ', '_')}" for name in GROUPS)},
    count(*) FILTER (outward AND inactive) AS out_inactive
FROM (SELECT *, {_GROUP} AS grp FROM ({LATEST})) GROUP BY producer ORDER BY producer
"""
_BY_STATE: Final = f"""
SELECT state, count(*) AS pairs, count(DISTINCT other) AS orgs, count(DISTINCT producer) AS producers
FROM ({LATEST}) WHERE outward GROUP BY state ORDER BY state NULLS LAST
"""
_TABLES: Final = (
    "SELECT count(*) FROM (SELECT DISTINCT source, recipient FROM shares WHERE stated_by NOT IN (source, recipient))"
)


def chapters(source: Source) -> Iterator[Chapter]:
    """Give the chapter, if the case holds a sharing list."""
    if not source.case.count("shares"):
        return
    rows = source.counts(_BY_PRODUCER)
    drawn = sorted(rows, key=lambda row: (-row["n_out"], row["producer"]))[:DRAWN]
    drawn = sorted((row for row in drawn if row["n_out"]), key=lambda row: str(row["producer"]))
    parts: list[Part] = []
    if drawn:
        parts.append(
            shares_of(
                "Whom the lists let in",
                "Organisations that each producer’s latest list names as able to reach its data, as told from their"
                " names."
                + (
                    f" The {len(drawn)} longest of {number(len(rows))} lists, in order of the name."
                    if len(rows) > len(drawn)
                    else ""
                ),
                [(row["producer"], [row[f"out_{name.replace(' ', '_')}"] for name in GROUPS]) for row in drawn],
                GROUPS,
                row_word="Producer",
            )
        )
    parts += [_producers(rows), *_states(source)]
    others = int(source.case.value(_TABLES))
    if others:
        parts.append(
            Text(
                f"{number(others)} more pairs are stated by a table of somebody else (a newspaper’s, say), not by"
                " source or recipient; they count in reach, not here.",
                quiet=True,
            )
        )
    lead = f"Latest lists of {counted(len(rows), 'organisation')}. A listed share is a setting, not proof of a search."
    yield Chapter("sharing", "Sharing", tuple(parts), lead)


def _producers(rows: list[dict[str, Any]]) -> Part:
    lines: list[tuple[Cell, ...]] = [
        (
            row["producer"],
            row["out_of"] and row["out_of"].isoformat(),
            row["n_out"] or None,
            *(row[f"out_{name.replace(' ', '_')}"] if row["n_out"] else None for name in GROUPS),
            row["out_inactive"] if row["n_out"] else None,
            row["in_of"] and row["in_of"].isoformat(),
            row["n_in"] or None,
        )
        for row in sorted(rows, key=lambda row: (-(row["n_out"] + row["n_in"]), row["producer"]))
    ]
    shown = sorted(lines[:LISTED], key=lambda line: str(line[0]))
    return capped(
        "Lists by producer, in order of the name",
        (
            Column("Producer"),
            Column("List of", numeric=True),
            Column("Lets in", numeric=True),
            *(Column(name.capitalize(), numeric=True) for name in GROUPS),
            Column("Of them tagged inactive", numeric=True),
            Column("Other list of", numeric=True),
            Column("Can reach", numeric=True),
        ),
        [*shown, *lines[LISTED:]],
        most=LISTED,
        more="custodiet network reach ORG, or the table shares of the bundle",
        note="A dash is a list that was not disclosed, which is not an empty one.",
    )


def _states(source: Source) -> list[Part]:
    rows = source.counts(_BY_STATE)
    total = sum(row["pairs"] for row in rows)
    if not total:
        return []
    lines: list[tuple[Cell, ...]] = [
        (row["state"] or "not known", row["orgs"], row["pairs"], share(row["pairs"], total), row["producers"])
        for row in rows
    ]
    table = capped(
        "Recipients by their state, in order of the postal code",
        (
            Column("State"),
            Column("Organisations", numeric=True),
            Column("Shares", numeric=True),
            Column("Of all shares", numeric=True),
            Column("Producers that list them", numeric=True),
        ),
        lines,
        most=70,
    )
    return [Folded(f"Recipients by state ({counted(len(rows), 'state')})", (table,))]
