"""Join records by the vendor's id of the search, and keep apart what an id joins wrongly.

``link_clusters`` holds the records whose cluster is not simply their id: one row
per record of an id under two organisations or at two times.
"""

from __future__ import annotations

from typing import Final

from custodiet.case import Case
from custodiet.resolve.searches.basis import Basis

# Ids that meet at more seconds than this are a mask or a constant, not an id.
_MOST_TIMES: Final = 20
# Copies of one search may round its time differently.
_TOLERANCE: Final = 2
# No two time zones are further apart, and all differ by quarters of an hour.
_LARGEST_SHIFT: Final = 14 * 3600

_DOUBTFUL: Final = """
CREATE OR REPLACE TEMP TABLE link_doubtful AS
SELECT r.* FROM link_rows r JOIN (
    SELECT id_key FROM link_rows WHERE id_key IS NOT NULL GROUP BY id_key
    HAVING min(org_no) <> max(org_no) OR max(clock) - min(clock) > {tolerance}
        OR (count(clock) < count(*) AND count(*) > 1)
) USING (id_key)
"""

# Times further apart than the tolerance begin another run; a row without time joins the only run there is.
_RUNS: Final = """
CREATE OR REPLACE TEMP TABLE link_runs AS
WITH gaps AS (
    SELECT *, coalesce(clock - lag(clock) OVER (PARTITION BY id_key ORDER BY clock NULLS LAST) > {tolerance}, false)
        AS opens FROM link_doubtful
), numbered AS (
    SELECT * EXCLUDE (opens), CASE WHEN clock IS NOT NULL THEN
        count(*) FILTER (opens) OVER (PARTITION BY id_key ORDER BY clock NULLS LAST) END AS run FROM gaps
), counted AS (
    SELECT id_key, max(run) AS last_run, count(DISTINCT clock) AS n_times, min(clock) AS first_clock,
        max(clock) - min(clock) AS spread,
        bool_and(least((clock - base) % 900, 900 - (clock - base) % 900) <= {tolerance}) AS quarters
    FROM (SELECT *, min(clock) OVER (PARTITION BY id_key) AS base FROM numbered) GROUP BY id_key
), within_one AS (
    SELECT id_key, max(n) AS most_runs
    FROM (SELECT id_key, dno, count(DISTINCT run) AS n FROM numbered GROUP BY ALL) GROUP BY id_key
)
SELECT n.* REPLACE (CASE WHEN shifted THEN 0 WHEN n.run IS NULL AND last_run = 0 THEN 0 ELSE n.run END AS run),
    n_times > {most_times} AND NOT shifted AS no_id, shifted, last_run
FROM numbered n JOIN (
    SELECT c.*, last_run > 0 AND quarters AND spread <= {shift} AND most_runs = 1 AS shifted
    FROM counted c JOIN within_one USING (id_key)
) USING (id_key)
"""

# Within a run: one released name and no other; a name taken from the producer may be worded otherwise, as long as it
# shares a word of three letters or more with the released one.
_NAMES: Final = """
CREATE OR REPLACE TEMP TABLE link_clusters AS
WITH names AS (
    SELECT id_key, run, count(DISTINCT org_no) FILTER (NOT assumed) AS n_released, count(DISTINCT org_no) AS n_names,
        min(org_no) FILTER (NOT assumed) AS released
    FROM link_runs GROUP BY ALL
), words AS (
    SELECT org_no, min(list_filter(words, lambda w: len(w) >= 3)) AS words FROM link_orgs GROUP BY org_no
), strangers AS (
    SELECT r.id_key, r.run, bool_or(r.assumed AND NOT list_has_any(a.words, b.words)) AS strange
    FROM link_runs r JOIN names n ON n.id_key = r.id_key AND n.run IS NOT DISTINCT FROM r.run
    JOIN words a ON a.org_no = r.org_no JOIN words b ON b.org_no = n.released
    WHERE n.n_released = 1 AND n.n_names > 1 GROUP BY ALL
), judged AS (
    SELECT n.id_key, n.run, n.n_names > 1 AND NOT (n.n_released = 1 AND NOT coalesce(s.strange, false)) AS parted
    FROM names n LEFT JOIN strangers s ON s.id_key = n.id_key AND s.run IS NOT DISTINCT FROM n.run
)
SELECT r.dno, r.record_no,
    CASE WHEN NOT j.parted AND last_run = 0 OR r.shifted AND NOT j.parted THEN r.id_key
        ELSE md5_number_lower(concat_ws(':', r.id_key, coalesce(min(r.clock) OVER (PARTITION BY r.id_key, r.run), -1),
            CASE WHEN j.parted THEN coalesce(array_to_string(w.words, ' '), '') END)) END AS cluster,
    CASE WHEN j.parted OR last_run > 0 AND NOT r.shifted THEN {conflict}
        WHEN r.shifted THEN {shifted} ELSE {joined} END AS rank
FROM link_runs r JOIN judged j ON j.id_key = r.id_key AND j.run IS NOT DISTINCT FROM r.run
LEFT JOIN (SELECT org_no, min(words) AS words FROM link_orgs GROUP BY org_no) w USING (org_no)
WHERE NOT r.no_id
"""

_NO_IDS: Final = """
UPDATE link_rows SET id_key = NULL WHERE id_key IN (SELECT id_key FROM link_runs WHERE no_id)
"""


def join_by_id(case: Case) -> None:
    """Fill ``link_clusters``: one row per record whose id alone does not tell its search."""
    numbers = {
        "tolerance": _TOLERANCE,
        "most_times": _MOST_TIMES,
        "shift": _LARGEST_SHIFT,
        "conflict": Basis.ID_CONFLICT.rank,
        "shifted": Basis.CLOCK_SHIFT.rank,
        "joined": Basis.SEARCH_ID.rank,
    }
    for statement in (_DOUBTFUL, _RUNS, _NAMES, _NO_IDS):
        case.execute(statement.format(**numbers))
