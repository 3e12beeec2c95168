"""Count alert storms as sessions: one alert can fill hundreds of rows.

A session is a run of ``lookup`` searches of one (pseudonymous) plate by one
account of one organisation, no two neighbours further apart than the gap. The
tables here are about organisations: they name no plate and no account.
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from custodiet.case import Case

GAP_MINUTES: Final = 30

# A search whose plate no copy releases is its own session: nothing tells it from its neighbours.
_SESSIONS: Final = """
CREATE OR REPLACE TEMP TABLE search_sessions AS
WITH shown AS (
    SELECT s.search_key, s.org, s.searched_at, s.n_sightings,
        coalesce(lower(s.search_type) LIKE 'lookup%', false) AS is_lookup,
        min(r.plate) FILTER (r.plate_state = 'value') AS plate,
        coalesce(min(r.user) FILTER (r.user_state = 'value'), '') AS account
    FROM searches s JOIN sightings g USING (search_key) JOIN records r USING (disclosure_id, record_no) GROUP BY ALL
), runs AS (
    SELECT *, CASE WHEN is_lookup AND plate IS NOT NULL AND searched_at IS NOT NULL THEN
        coalesce(date_diff('second', lag(searched_at) OVER same, searched_at) > {gap}, true) ELSE true END AS opens
    FROM shown WINDOW same AS (PARTITION BY is_lookup, org, plate, account ORDER BY searched_at, search_key)
)
SELECT org, is_lookup, is_lookup AND plate IS NULL AS untold, search_key, searched_at, n_sightings,
    CASE WHEN is_lookup AND plate IS NOT NULL AND searched_at IS NOT NULL
        THEN md5_number_lower(concat_ws('|', coalesce(org, ''), plate, account, count(*) FILTER (opens)
            OVER (PARTITION BY is_lookup, org, plate, account ORDER BY searched_at, search_key)))
        ELSE md5_number_lower(search_key) END AS session
FROM runs
"""

_TOTALS: Final = """
SELECT org, sum(n_sightings)::BIGINT AS n_rows, count(*) AS n_searches, count(DISTINCT session) AS n_sessions,
    count(*) FILTER (is_lookup) AS n_lookups, count(DISTINCT session) FILTER (is_lookup) AS n_lookup_sessions,
    count(*) FILTER (untold) AS n_lookups_without_plate, max(size) FILTER (is_lookup) AS largest_session
FROM search_sessions JOIN (SELECT session, count(*) AS size FROM search_sessions GROUP BY session) USING (session)
GROUP BY org ORDER BY org NULLS FIRST
"""

_STORMS: Final = """
SELECT org, min(searched_at) AS started_at, max(searched_at) AS ended_at, sum(n_sightings)::BIGINT AS n_rows,
    count(*) AS n_searches
FROM search_sessions WHERE is_lookup GROUP BY org, session HAVING count(*) >= ?
ORDER BY org NULLS FIRST, started_at, ended_at, n_searches, n_rows
"""


def sessions(case: Case, gap_minutes: int = GAP_MINUTES) -> pa.Table:
    """Count rows, searches and sessions, one row per searching organisation.

    Columns: org, n_rows, n_searches, n_sessions, n_lookups, n_lookup_sessions, n_lookups_without_plate
    (each counted as its own session), largest_session (searches). A search that is no lookup is one session.

    Args:
        case: A case whose searches are up to date.
        gap_minutes: Longest time between two neighbours of a session.
    """
    case.execute(_SESSIONS.format(gap=gap_minutes * 60))
    return case.query(_TOTALS)


def storms(case: Case, at_least: int = 10, gap_minutes: int = GAP_MINUTES) -> pa.Table:
    """Give sessions of many lookups, one row per session: org, started_at, ended_at, n_rows, n_searches."""
    case.execute(_SESSIONS.format(gap=gap_minutes * 60))
    return case.query(_STORMS, [at_least])
