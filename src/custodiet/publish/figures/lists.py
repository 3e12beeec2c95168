"""Numbers of sharing lists: whom the latest list of a producer lets in, and whom it can reach."""

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
GROUPS: Final = ("same state", "other state", "federal", "private", "not known")
# Drawn, and listed in the table.
LONGEST: Final = 12
LISTED: Final = 40
_ORGS: Final = f"WITH report_orgs AS ({ORGS})"
LISTS: Final = f"CREATE OR REPLACE TEMP TABLE figure_lists AS {_ORGS} SELECT *, {GROUP_OF} AS grp FROM ({LATEST_LISTS})"
_DEFINITION: Final = (
    "Organisations on the producer’s latest list of whom it lets in, each counted once; pending ones left out."
)
_THOSE: Final = (
    "Organisations that a producer’s latest list of whom it lets in names, each counted once; pending ones left out."
)
_OF_OTHERS: Final = "FROM {shares} WHERE stated_by NOT IN (source, recipient)"


def of_lists(count: Count) -> Iterator[Figure]:
    """Count the organisations on the longest lists, by kind, and those on all lists, by state."""
    rows = count(
        "SELECT producer, count(*) FILTER (outward) AS n_out, count(*) FILTER (NOT outward) AS n_in,"
        " count(*) FILTER (outward AND inactive),"
        + ", ".join(f" count(*) FILTER (outward AND grp = {literal(group)})" for group in GROUPS)
        + " FROM figure_lists GROUP BY 1 ORDER BY 1"
    )
    if not rows:
        return
    yield Figure(
        "figure.lists", len(rows), "organisations", f"{len(rows):,} organisations disclosed a list.",
        "Organisations that state whom they let in, or whom they can reach; each counted once.", None,
        f"{_ORGS} SELECT count(DISTINCT producer) FROM ({LATEST_LISTS})",
    )  # fmt: skip
    longest = sorted(rows, key=lambda row: (-row[1], row[0]))[:LONGEST]
    listed = sorted(rows, key=lambda row: (-(row[1] + row[2]), row[0]))[:LISTED]
    for producer, n_out, n_in, inactive, *groups in sorted({*longest, *listed}):
        if n_out:
            yield from _lets_in(producer, n_out, inactive, dict(zip(GROUPS, groups, strict=True)))
        if n_in:
            yield Figure(
                f"figure.reaches.{producer}", n_in, "organisations",
                f"The latest list of {producer} says that it can reach the data of {n_in:,} organisations.",
                "Organisations on the producer’s latest list of whose data it can reach, each counted once;"
                " pending ones left out.",
                None, _again("NOT outward", f"producer = {literal(producer)}"),
            )  # fmt: skip
    yield from _states(count)
    yield from _of_others(count)


def _again(*conditions: str, what: str = "count(*)") -> str:
    return f"{_ORGS} SELECT {what} FROM ({LATEST_LISTS}) WHERE {' AND '.join(conditions)}"


def _lets_in(producer: str, whole: int, inactive: int, groups: dict[str, int]) -> Iterator[Figure]:
    where = f"producer = {literal(producer)}"
    yield Figure(
        f"figure.shares.{producer}", whole, "organisations",
        f"The latest list of {producer} lets {whole:,} organisations in.", _DEFINITION, None, _again("outward", where),
    )  # fmt: skip
    told = f"Of {whole:,} organisations that the latest list of {producer} lets in,"
    for group, n in groups.items():
        yield Figure(
            f"figure.shares.{producer}.{group.replace(' ', '-')}", n, "organisations",
            f"{told} {n:,} are: {group}.", _DEFINITION, whole,
            _again("outward", where, f"{GROUP_OF} = {literal(group)}"),
        )  # fmt: skip
    yield Figure(
        f"figure.shares.{producer}.inactive", inactive, "organisations",
        f"{told} {inactive:,} are tagged inactive, by the list or by their name.", _DEFINITION, whole,
        _again("outward", where, "inactive"),
    )  # fmt: skip


def _states(count: Count) -> Iterator[Figure]:
    rows = count(
        "SELECT state, count(*), count(DISTINCT other), count(DISTINCT producer) FROM figure_lists WHERE outward"
        " GROUP BY 1 ORDER BY 1"
    )
    total = sum(int(n) for _, n, _, _ in rows)
    for state, n, orgs, producers in rows:
        where = f"state IS NOT DISTINCT FROM {literal(state) if state is not None else 'NULL'}"
        name, told = f"figure.recipients.{state or 'not known'}", f"organisations whose state is {state or 'not known'}"
        yield Figure(
            name, int(n), "shares", f"{n:,} of {total:,} shares on the latest lists let {told} in.",
            "One for each producer and organisation that its latest list lets in; pending ones left out.", total,
            _again("outward", where),
        )  # fmt: skip
        yield Figure(
            f"{name}.organisations", int(orgs), "organisations", f"The latest lists let {orgs:,} {told} in.", _THOSE,
            None, _again("outward", where, what="count(DISTINCT other)"),
        )  # fmt: skip
        yield Figure(
            f"{name}.producers", int(producers), "organisations",
            f"{producers:,} producers’ latest lists let {told} in.",
            "Producers whose latest list names at least one of them.", None,
            _again("outward", where, what="count(DISTINCT producer)"),
        )  # fmt: skip


def _of_others(count: Count) -> Iterator[Figure]:
    n = int(count(f"SELECT count(*) FROM (SELECT DISTINCT source, recipient {_OF_OTHERS})")[0][0])
    yield Figure(
        "figure.shares-by-others", n, "pairs of organisations",
        f"{n:,} pairs of organisations are stated by a table of somebody else.",
        "Pairs of source and recipient that someone else than either states, each counted once.", None,
        f"SELECT count(DISTINCT (source, recipient)) {_OF_OTHERS}",
    )  # fmt: skip
