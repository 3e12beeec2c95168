"""Sharing: how many organisations each list names, in both directions, by level and state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from custodiet.publish.figures.figure import sql_of
from custodiet.publish.figures.lists import GROUP_OF, GROUPS, LATEST_LISTS, LISTED, LONGEST
from custodiet.publish.report.charts import shares_of, with_claims
from custodiet.publish.report.document import Cell, Chapter, Column, Folded, Part, Phrase, Text, capped
from custodiet.publish.report.source import Source
from custodiet.publish.report.wording import counted, number, share

# One row per producer, direction and organisation of its latest list.
LATEST: Final = sql_of(LATEST_LISTS, {"shares": "shares"})
_BY_PRODUCER: Final = f"""
SELECT producer, max(as_of) FILTER (outward) AS out_of, max(as_of) FILTER (NOT outward) AS in_of,
    count(*) FILTER (outward) AS n_out, count(*) FILTER (NOT outward) AS n_in,
    {", ".join(f"count(*) FILTER (outward AND grp = '{name}') AS out_{name.replace(' ', '_')}" for name in GROUPS)},
    count(*) FILTER (outward AND inactive) AS out_inactive
FROM (SELECT *, {GROUP_OF} AS grp FROM ({LATEST})) GROUP BY producer ORDER BY producer
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
    drawn = sorted(rows, key=lambda row: (-row["n_out"], row["producer"]))[:LONGEST]
    drawn = sorted((row for row in drawn if row["n_out"]), key=lambda row: str(row["producer"]))
    parts: list[Part] = []
    if drawn:
        chart = shares_of(
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
        parts.append(with_claims(chart, source.figure, _claim_of))
    parts += [_producers(source, rows), *_states(source)]
    others = int(source.case.value(_TABLES))
    if others:
        parts.append(
            Text(
                Phrase(
                    (
                        source.told("figure.shares-by-others", others),
                        " more pairs are stated by a table of somebody else (a newspaper’s, say), not by source or"
                        " recipient; they count in reach, not here.",
                    )
                ),
                quiet=True,
            )
        )
    lead = Phrase(
        (
            "Latest lists of ",
            *source.number_of("figure.lists", len(rows), "organisation"),
            ". A listed share is a setting, not proof of a search.",
        )
    )
    yield Chapter("sharing", "Sharing", tuple(parts), lead)


def _claim_of(row: Sequence[Cell], column: int) -> str:
    """Name the figure in a cell of the chart's table: producer, n, then count and share of each group."""
    if column == 1:
        return f"figure.shares.{row[0]}"
    return f"figure.shares.{row[0]}.{GROUPS[column // 2 - 1].replace(' ', '-')}" if column % 2 == 0 else ""


def _producers(source: Source, rows: list[dict[str, Any]]) -> Part:
    lines: list[tuple[Cell, ...]] = [
        (
            row["producer"],
            row["out_of"] and row["out_of"].isoformat(),
            *(_lets_in(source, row) if row["n_out"] else [None] * (2 + len(GROUPS))),
            row["in_of"] and row["in_of"].isoformat(),
            source.figure(f"figure.reaches.{row['producer']}", row["n_in"] or None),
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


def _lets_in(source: Source, row: dict[str, Any]) -> list[Cell]:
    """Give how many the list lets in, by group, and how many of them are tagged inactive."""
    name = f"figure.shares.{row['producer']}"
    groups = [(f"{name}.{group.replace(' ', '-')}", row[f"out_{group.replace(' ', '_')}"]) for group in GROUPS]
    told = [(name, row["n_out"]), *groups, (f"{name}.inactive", row["out_inactive"])]
    return [source.figure(claim, n) for claim, n in told]


def _states(source: Source) -> list[Part]:
    rows = source.counts(_BY_STATE)
    total = sum(row["pairs"] for row in rows)
    if not total:
        return []
    lines: list[tuple[Cell, ...]] = []
    for row in rows:
        state = row["state"] or "not known"
        name = f"figure.recipients.{state}"
        numbers = (
            (f"{name}.organisations", row["orgs"]),
            (name, row["pairs"]),
            (name, share(row["pairs"], total)),
            (f"{name}.producers", row["producers"]),
        )
        lines.append((state, *(source.figure(claim, cell) for claim, cell in numbers)))
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
