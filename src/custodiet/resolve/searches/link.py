"""Fill ``searches`` and ``sightings``: every record belongs to exactly one search."""

from __future__ import annotations

from typing import Final

from custodiet.case import Case
from custodiet.resolve.searches.basis import Basis
from custodiet.resolve.searches.blocks import PASSES, run_pass
from custodiet.resolve.searches.candidates import gather_candidates
from custodiet.resolve.searches.differences import store_differences
from custodiet.resolve.searches.identified import join_by_id
from custodiet.resolve.searches.prepare import look_of, prepare
from custodiet.resolve.searches.store import store

# What no later pass can change leaves before them: all records of seconds in which nothing is left to tell.
_SETTLED: Final = """
CREATE OR REPLACE TEMP TABLE link_settled AS
SELECT dno, record_no, cluster, rank FROM link_candidates ANTI JOIN (
    SELECT second FROM link_candidates WHERE cluster IS NULL AND rank <> {ambiguous}
) USING (second)
"""

_UNSETTLED: Final = """
CREATE OR REPLACE TEMP TABLE link_candidates AS
SELECT * FROM link_candidates ANTI JOIN link_settled USING (dno, record_no)
"""

_JOINED_BY_PASSES: Final = """
CREATE OR REPLACE TEMP TABLE link_clusters AS
WITH passed AS (
    SELECT dno, record_no, cluster, rank FROM link_candidates UNION ALL FROM link_settled
)
SELECT dno, record_no, cluster, rank FROM link_clusters ANTI JOIN passed USING (dno, record_no)
UNION ALL
SELECT dno, record_no, cluster, rank FROM passed WHERE cluster IS NOT NULL OR rank = {ambiguous}
"""

# Of logs without ids: rows that are the very same in every cell. Whether one search was written twice or two were
# alike cannot be told, so they stay apart and say so.
_REPEATED: Final = f"""
INSERT INTO link_clusters
WITH free AS (
    SELECT * FROM link_rows WHERE id_key IS NULL
), near AS (
    SELECT * FROM free SEMI JOIN (
        SELECT dno, org_no, clock, networks FROM free GROUP BY ALL HAVING count(*) > 1
    ) g ON free.dno = g.dno AND free.org_no IS NOT DISTINCT FROM g.org_no
        AND free.clock IS NOT DISTINCT FROM g.clock AND free.networks IS NOT DISTINCT FROM g.networks
), cells AS (
    SELECT n.dno, n.record_no,
        count(*) OVER (PARTITION BY n.dno, {look_of("r")}) AS n
    FROM near n JOIN link_disclosures d USING (dno)
    JOIN records r ON r.disclosure_id = d.disclosure_id AND r.record_no = n.record_no
)
SELECT dno, record_no, NULL, {Basis.REPEATED_ROW.rank} FROM cells ANTI JOIN link_clusters USING (dno, record_no)
WHERE n > 1
"""


def update_searches(case: Case) -> None:
    """Join the copies of every search and replace ``searches`` and ``sightings``, together or not at all.

    The same records give the same tables, whatever order the files came in.
    """
    with case.transaction():
        prepare(case)
        join_by_id(case)
        if gather_candidates(case, Basis.SEARCH_ID.rank):
            _run_passes(case)
        case.execute(_REPEATED)
        store(case)
        store_differences(case)


def _run_passes(case: Case) -> None:
    first, *others = PASSES
    run_pass(case, first)
    for statement in (_SETTLED, _UNSETTLED):
        case.execute(statement.format(ambiguous=Basis.AMBIGUOUS.rank))
    for step in others:
        run_pass(case, step)
    case.execute(_JOINED_BY_PASSES.format(ambiguous=Basis.AMBIGUOUS.rank))
