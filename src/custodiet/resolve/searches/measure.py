"""Measure how well copies of searches are joined, and write the page that publishes the error.

Run ``python -m custodiet.resolve.searches.measure`` in the project's folder to
write ``docs/measured/linking.md`` anew.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from custodiet.case import Case
from custodiet.model.rates import wilson_interval
from custodiet.resolve.organisations import update_organisations
from custodiet.resolve.searches.basis import MEANING, Basis
from custodiet.resolve.searches.link import update_searches
from custodiet.resolve.searches.synthetic import Log, make_world, network_logs, own_logs, release

PAGE: Final = Path("docs/measured/linking.md")
SEED: Final = 20_251_103
N_SEARCHES: Final = 30_000
SECONDS: Final = 15_000


@dataclass(frozen=True, slots=True)
class Scenario:
    """Describe one set: its title, what it stands for, its logs, and the share of searches that a network sees."""

    title: str
    meaning: str
    logs: tuple[Log, ...]
    share: float


_HARD: Final = frozenset(
    {
        "network, no ids", "network, no ids, no period, reasons masked", "network, no ids, organisations masked",
        "network, no ids, no networks, no period", "network, no ids, no networks, no reason",
        "network, no ids, plates released",
    }
)  # fmt: skip
SCENARIOS: Final = (
    Scenario(
        "Many logs of the same searches",
        "Most networks see most searches: each of these logs holds 85 % of the searches of many networks.",
        (*network_logs(), *own_logs()), 0.85,
    ),
    Scenario(
        "Few logs with little in common",
        "Six logs without ids, each holding 30 % of the searches: a like search is often in one log and not in the "
        "other, and no third log tells them apart.",
        tuple({log.name: log for log in network_logs() if log.name in _HARD}.values()), 0.3,
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tier:
    """Count the joins of one basis.

    Attributes:
        basis: The word.
        n_right: Records joined to copies of the search that they truly are.
        n_joined: Records joined.
    """

    basis: Basis
    n_right: int
    n_joined: int


@dataclass(frozen=True, slots=True)
class LogFigure:
    """Count what became of the records of one kind of log that have a copy in another log.

    Attributes:
        name: Kind of log.
        n_records: Its records.
        n_copied: Those whose search stands in another log as well.
        n_joined: Those joined to at least one true copy in another log.
        n_ambiguous: Those said to be ambiguous.
    """

    name: str
    n_records: int
    n_copied: int
    n_joined: int
    n_ambiguous: int


@dataclass(frozen=True, slots=True)
class Measurement:
    """Hold all figures of one run.

    Attributes:
        tiers: One per basis that joins.
        logs: One per kind of log.
        n_records: Records.
        n_true: True searches among them.
        n_found: Searches found.
        n_possible: Joins that a perfect reader would make: records less true searches.
        n_alone: Searches found by a basis of a single record: basis to number.
    """

    tiers: list[Tier]
    logs: list[LogFigure]
    n_records: int
    n_true: int
    n_found: int
    n_possible: int
    n_alone: dict[str, int]


def measure(scenario: Scenario, seed: int = SEED, n: int = N_SEARCHES, seconds: int = SECONDS) -> Measurement:
    """Make the synthetic set in a throw-away case, join it, and hold the joins against the truth."""
    world = make_world(n, seconds, np.random.default_rng(seed))
    truth: list[pa.Table] = []
    with tempfile.TemporaryDirectory() as folder, Case.open(Path(folder) / "case", create=True) as case:
        with case.transaction():
            for number, log in enumerate(scenario.logs):
                records, at = release(world, log, number, seed, scenario.share)
                case.append("records", records)
                truth.append(
                    pa.table(
                        {
                            "disclosure_id": records["disclosure_id"], "record_no": records["record_no"],
                            "search": pa.array(at), "alike": pa.array(world.alike[at]),
                            "log": pa.array([log.name] * len(at), pa.string()),
                        }
                    )
                )  # fmt: skip
        update_organisations(case)
        update_searches(case)
        with case.registered("truth", pa.concat_tables(truth)):
            return _compare(case)


# The first of the records that were joined most firmly stands for the search; every other one is a join of its own
# basis. Searches alike in everything that a log can show may be exchanged: no reader of the logs could tell.
_JOINS: Final = """
CREATE OR REPLACE TEMP TABLE measured AS
WITH found AS (
    SELECT s.search_key, t.*, coalesce(c.rank, {id_rank}) AS rank
    FROM sightings s JOIN truth t USING (disclosure_id, record_no)
    JOIN link_disclosures d USING (disclosure_id)
    LEFT JOIN link_clusters c ON c.dno = d.dno AND c.record_no = s.record_no
), firmest AS (
    SELECT search_key, min(rank) AS rank FROM found GROUP BY search_key
), votes AS (
    SELECT search_key, alike, count(*) AS n FROM found JOIN firmest USING (search_key, rank) GROUP BY ALL
), meant AS (
    SELECT search_key, arg_max(alike, (n, -alike)) AS meant FROM votes GROUP BY search_key
)
SELECT f.*, m.meant, row_number() OVER (PARTITION BY search_key ORDER BY f.rank, f.alike <> m.meant,
    disclosure_id, record_no) = 1 AS stands_for
FROM found f JOIN meant m USING (search_key)
"""

# Of searches alike in all that two logs release, which row is which cannot be told and changes no released cell: a
# join is right when one of the two logs holds both searches.
_TIERS: Final = """
WITH holds AS (SELECT DISTINCT disclosure_id, search FROM measured)
SELECT m.rank, count(*) FILTER (m.alike = m.meant OR (m.rank = {order} AND (a.search IS NOT NULL
    OR b.search IS NOT NULL))) AS n_right, count(*) AS n_joined
FROM measured m JOIN (SELECT search_key, disclosure_id, search FROM measured WHERE stands_for) s USING (search_key)
LEFT JOIN holds a ON a.disclosure_id = s.disclosure_id AND a.search = m.search
LEFT JOIN holds b ON b.disclosure_id = m.disclosure_id AND b.search = s.search
WHERE NOT m.stands_for GROUP BY m.rank
"""

_LOGS: Final = """
WITH spread AS (
    SELECT search, min(disclosure_id) <> max(disclosure_id) AS copied FROM measured GROUP BY search
), met AS (
    SELECT search_key, alike, min(disclosure_id) <> max(disclosure_id) AS joined FROM measured GROUP BY ALL
)
SELECT log, count(*) AS n, count(*) FILTER (copied) AS n_copied, count(*) FILTER (copied AND joined) AS n_joined,
    count(*) FILTER (rank = {ambiguous}) AS n_ambiguous
FROM measured JOIN spread USING (search) JOIN met USING (search_key, alike)
GROUP BY log ORDER BY min(disclosure_id)
"""


def _compare(case: Case) -> Measurement:
    case.execute(_JOINS.format(id_rank=Basis.SEARCH_ID.rank))
    tiers = {rank: (right, joined) for rank, right, joined in case.rows(_TIERS.format(order=Basis.ORDER.rank))}
    n_records, n_true, n_found = case.rows(
        "SELECT count(*), count(DISTINCT search), count(DISTINCT search_key) FROM measured"
    )[0]
    return Measurement(
        [Tier(basis, *tiers[basis.rank]) for basis in Basis if basis.rank in tiers],
        [LogFigure(*row) for row in case.rows(_LOGS.format(ambiguous=Basis.AMBIGUOUS.rank))],
        n_records, n_true, n_found, n_records - n_true,
        dict(case.rows("SELECT basis, count(*) FROM searches WHERE n_sightings = 1 GROUP BY 1 ORDER BY 1")),
    )  # fmt: skip


def pooled(measured: Sequence[Measurement]) -> list[Tier]:
    """Add up the joins of every basis over all sets."""
    sums: dict[Basis, list[Tier]] = {}
    for result in measured:
        for tier in result.tiers:
            sums.setdefault(tier.basis, []).append(tier)
    return [
        Tier(basis, sum(tier.n_right for tier in sums[basis]), sum(tier.n_joined for tier in sums[basis]))
        for basis in Basis
        if basis in sums
    ]


def render_page(measured: Sequence[Measurement]) -> str:
    """Write the page from the measurements of :data:`SCENARIOS`, in their order."""
    lines = [
        "# Joining copies of a search: measured error",
        "",
        "Written by `python -m custodiet.resolve.searches.measure`; a test fails when it is out of date.",
        "",
        f"A seeded set of {N_SEARCHES:,} invented searches by 300 organisations, two a second, is released as logs of "
        "networks, own logs and pages, with ids left out, cells masked again, reasons cut, columns not exported, "
        "seconds cut off, rows written twice or in another order, releases cut short and overlapping. Of 1,000 "
        "searches four are entered again in the same second with the same networks, ten times as many as in 45,989 "
        "real searches with ids on public pages (18 of them). The truth is known, so every join can "
        "be judged.",
        "",
        "**Precision**: of the records that a basis joined to a search, the share that truly is that search. "
        "**Share of all joins**: right joins of the basis, of those that a perfect reader would make (records less "
        "true searches). Brackets hold 95 % Wilson intervals. A basis that falls below 0.995 over "
        "both sets would not be used.",
        "",
        "Read the figures as an upper bound: the set holds the faults that were known when it was written. What a real "
        "release does beyond them is not measured here.",
        "",
        "## The words of `basis`",
        "",
        "| Basis | Joined by |",
        "|---|---|",
        *(f"| `{basis}` | {MEANING[basis]} |" for basis in Basis),
        "",
    ]
    for scenario, result in zip(SCENARIOS, measured, strict=True):
        lines += [f"## {scenario.title}", "", scenario.meaning, "", *_scenario(result)]
    lines += [
        "## What falls short",
        "",
        "- A log whose seconds were cut off is joined only to others of its kind. Its records are counted as searches "
        "of their own beside a log with seconds, and the number of searches is then too high.",
        "- In a log without ids, rows that are the very same in every cell stay apart (`repeated-row`), although most "
        "such rows are one search written twice: the number of searches is an upper bound there.",
        "- `+order` pairs rows that are alike in every cell that both logs release. Which is which cannot be told and "
        "changes no released cell; a pair counts as right when one of the two logs holds both searches.",
        "- Logs whose vendor ids come from different systems are never joined to each other.",
        "- A wrong time zone in one log hides its copies, unless both logs bear ids.",
        "",
    ]
    return "\n".join(lines)


def _scenario(result: Measurement) -> list[str]:
    alone = ", ".join(f"{n:,} `{basis}`" for basis, n in result.n_alone.items())
    return [
        "| Basis | Precision | right/joined | Share of all joins |",
        "|---|---|---|---|",
        *(
            f"| `{tier.basis}` | {_share(tier.n_right, tier.n_joined)} | {tier.n_right:,}/{tier.n_joined:,} "
            f"| {tier.n_right / result.n_possible:.3f} |"
            for tier in result.tiers
        ),
        "",
        f"{result.n_records:,} records of {result.n_true:,} true searches; {result.n_found:,} searches found. "
        f"Of these one record alone: {alone}.",
        "",
        "**Recall by kind of log**: of its records whose search stands in another log as well, the share joined to a "
        "true copy there.",
        "",
        "| Log | Recall | joined/copied | ambiguous |",
        "|---|---|---|---|",
        *(
            f"| {log.name} | {_share(log.n_joined, log.n_copied)} | {log.n_joined:,}/{log.n_copied:,} "
            f"| {log.n_ambiguous:,} |"
            for log in result.logs
        ),
        "",
    ]


def _share(n_right: int, n_all: int) -> str:
    low, high = wilson_interval(n_right, n_all)
    return f"{n_right / n_all if n_all else 0:.4f} [{low:.4f}, {high:.4f}]"


def main() -> int:
    """Write the page."""
    PAGE.write_text(render_page([measure(scenario) for scenario in SCENARIOS]), "utf-8")
    sys.stdout.write(f"{PAGE}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
