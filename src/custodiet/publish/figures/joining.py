"""Numbers of how rows of logs were joined to searches, and in what copies of one search differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from custodiet.privacy.small_cells import MIN_CELL
from custodiet.publish.figures.figure import Count, Figure, literal

# Counts about these are counts about persons.
PERSONAL: Final = frozenset({"case_number", "user", "plate"})
# These are told even where there are none.
UNSURE: Final = ("ambiguous", "repeated-row")
_NOT_PUBLISHED: Final = (
    "Which copies differ is not published, since it would lead from a hidden cell to the one that is shown; the number"
    " cannot be counted again from the published tables. The originals and the case give it."
)
_OWN_CLOCKS: Final = (
    "The days that a log covers are told from exact times; published times are cut to the hour, day or month, so that"
    " the number cannot be counted again from the published tables. The originals and the case give it."
)
# Searches of an organisation that logs of others record, within the days that its own log covers.
_OWN: Final = """
WITH own AS (
    SELECT coalesce(o.org, r.producer) AS org, min(r.searched_at) AS began, max(r.searched_at) AS ended
    FROM {records} r LEFT JOIN figure_orgs o ON o.name = r.producer
    WHERE r.kind = 'organisation-audit' AND r.searched_at IS NOT NULL GROUP BY 1
), seen AS (
    SELECT s.search_key, coalesce(o.org, r.org) AS org, min(r.searched_at) AS seen_at,
           bool_or(r.kind = 'organisation-audit' AND coalesce(p.org, r.producer) = coalesce(o.org, r.org)) AS in_own,
           bool_or(coalesce(p.org, r.producer) <> coalesce(o.org, r.org)) AS in_others
    FROM {sightings} s JOIN {records} r USING (disclosure_id, record_no)
    LEFT JOIN figure_orgs o ON o.name = r.org LEFT JOIN figure_orgs p ON p.name = r.producer
    WHERE coalesce(o.org, r.org) IN (SELECT org FROM own) GROUP BY ALL
)
SELECT own.org, count(*) AS n, count(*) FILTER (in_own) AS found FROM seen JOIN own ON own.org = seen.org
WHERE in_others AND seen_at BETWEEN own.began AND own.ended GROUP BY own.org ORDER BY own.org
"""


def of_joining(count: Count) -> Iterator[Figure]:
    """Count searches, and the rows of logs that record them, by what joined them."""
    rows = count("SELECT basis, count(*), coalesce(sum(n_sightings), 0)::BIGINT FROM {searches} GROUP BY 1 ORDER BY 1")
    total, seen = sum(int(n) for _, n, _ in rows), sum(int(n) for _, _, n in rows)
    yield Figure(
        "figure.sightings", seen, "rows of search logs", f"{seen:,} rows of logs record {total:,} searches.",
        "Rows of logs, each joined to one search.", None,
        "SELECT coalesce(sum(n_sightings), 0)::BIGINT FROM {searches}",
        ({"table": "searches", "where": [], "count": {"sum": "n_sightings"}},),
    )  # fmt: skip
    told_of = {basis for basis, _, _ in rows}
    for basis, n, sightings in [*rows, *((basis, 0, 0) for basis in UNSURE if basis not in told_of)]:
        told, where = basis or "not stated", [{"column": "basis", "is": basis}]
        sql = f"FROM {{searches}} WHERE basis IS NOT DISTINCT FROM {literal(basis) if basis else 'NULL'}"
        yield Figure(
            f"figure.basis.{told}", int(n), "searches",
            f"{n:,} of {total:,} searches were joined on the basis {told}.",
            "Searches, each counted once, by what joined the rows that record them.", total, f"SELECT count(*) {sql}",
            ({"table": "searches", "where": where, "count": "rows"},),
        )  # fmt: skip
        yield Figure(
            f"figure.basis.{told}.rows", int(sightings), "rows of search logs",
            f"{sightings:,} of {seen:,} rows of logs were joined on the basis {told}.",
            "Rows of logs by what joined them to a search.", seen,
            f"SELECT coalesce(sum(n_sightings), 0)::BIGINT {sql}",
            ({"table": "searches", "where": where, "count": {"sum": "n_sightings"}},),
        )  # fmt: skip


def of_copies(count: Count) -> Iterator[Figure]:
    """Count in what copies differ, and what the searchers' own logs have of what others recorded."""
    for field, kind, n in count(
        "SELECT field, kind, count(DISTINCT search_key) FROM differences GROUP BY ALL ORDER BY ALL"
    ):
        if field in PERSONAL and int(n) < MIN_CELL:
            continue
        yield Figure(
            f"figure.difference.{field}.{kind}", int(n), "searches",
            f"The copies of {n:,} searches differ in the cell {field}: {kind}.",
            "Searches, each counted once, of which two rows of logs do not say the same in one cell.", None, "", (),
            _NOT_PUBLISHED,
        )  # fmt: skip
    for org, n, found in count(_OWN):
        yield Figure(
            f"figure.own-log.{org}", int(found), "searches",
            f"The own log of {org} has {found:,} of {n:,} of its searches that logs of others record.",
            "Searches of the organisation in logs of others, within the days that its own log covers.", int(n), "", (),
            _OWN_CLOCKS,
        )  # fmt: skip
