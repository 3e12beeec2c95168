"""Measure how well copies of searches are joined, and write the page that publishes the error.

Run ``python -m custodiet.resolve.searches.measure`` in the project's folder to
write ``docs/measured/linking.md`` anew.
"""

from __future__ import annotations

import math
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from custodiet.case import Case
from custodiet.resolve.organisations import update_organisations
from custodiet.resolve.searches.basis import MEANING, Basis
from custodiet.resolve.searches.link import update_searches
from custodiet.resolve.searches.synthetic import make_world, network_logs, own_logs, release

PAGE: Final = Path("docs/measured/linking.md")
SEED: Final = 20_251_103
N_SEARCHES: Final = 30_000
SECONDS: Final = 15_000
_WILSON_Z: Final = 1.959964


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


def measure(seed: int = SEED, n: int = N_SEARCHES, seconds: int = SECONDS) -> Measurement:
    """Make the synthetic set in a throw-away case, join it, and hold the joins against the truth."""
    world = make_world(n, seconds, np.random.default_rng(seed))
    logs = network_logs() + own_logs()
    truth: list[pa.Table] = []
    with tempfile.TemporaryDirectory() as folder, Case.open(Path(folder) / "case", create=True) as case:
        with case.transaction():
            for number, log in enumerate(logs):
                records, at = release(world, log, number, seed)
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

# Of searches alike in all that two logs release, which row is which cannot be told and changes no released cell:
# a join is right when the log that it was joined to holds the same search among those alike.
_TIERS: Final = """
SELECT m.rank, count(*) FILTER (m.alike = m.meant OR (m.rank = {order} AND h.search IS NOT NULL)) AS n_right,
    count(*) AS n_joined
FROM measured m JOIN (SELECT search_key, disclosure_id FROM measured WHERE stands_for) s USING (search_key)
LEFT JOIN (SELECT DISTINCT disclosure_id, search FROM measured) h
    ON h.disclosure_id = s.disclosure_id AND h.search = m.search
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


def wilson_interval(n_right: int, n_all: int) -> tuple[float, float]:
    """Give the 95 % interval of a share.

    Source:
        E. B. Wilson, Journal of the American Statistical Association 22 (1927), 209-212.
    """
    if n_all == 0:
        return 0.0, 1.0
    z2 = _WILSON_Z**2
    share = n_right / n_all
    middle = (share + z2 / (2 * n_all)) / (1 + z2 / n_all)
    half = _WILSON_Z / (1 + z2 / n_all) * math.sqrt(share * (1 - share) / n_all + z2 / (4 * n_all**2))
    return max(0.0, middle - half), min(1.0, middle + half)


if __name__ == "__main__":
    found = measure()
    for tier in found.tiers:
        sys.stdout.write(
            f"{tier.basis:45} {tier.n_right:8}/{tier.n_joined:8} {tier.n_right / tier.n_joined:.5f} {wilson_interval(tier.n_right, tier.n_joined)}\n"
        )
    for log in found.logs:
        sys.stdout.write(
            f"{log.name:60} {log.n_records:7} {log.n_copied:7} {log.n_joined:7} {log.n_joined / max(1, log.n_copied):.4f} amb {log.n_ambiguous}\n"
        )
    sys.stdout.write(f"{found.n_records} {found.n_true} {found.n_found} {found.n_possible} {found.n_alone}\n")
