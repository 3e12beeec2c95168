"""Working tables that figures and chapters count on, laid once for a publication.

They are temporary. ``report_searchers`` holds one row per name of a searching organisation and
set of purposes, ``report_days`` one per day and set of purposes, each with the number ``n`` of its
searches; no chapter reads a whole table of records into memory.
"""

from __future__ import annotations

from typing import Any, Final

from custodiet.case import Case
from custodiet.publish.figures.figure import ORGS, sql_of
from custodiet.publish.figures.searches import CLASS_OF

_LAID: Final = "working tables"
_WORKING: Final = ("report_days", "report_searchers", "report_label_sets", "report_clocks", "report_orgs")

ALL_ORGS: Final = sql_of(ORGS, {"organisations": "organisations"})
_LABEL_SETS: Final = f"""
CREATE OR REPLACE TEMP TABLE report_label_sets AS SELECT label_set, labels, {CLASS_OF} AS purpose_class
FROM (SELECT label_set, list_distinct(list_filter(string_split(label_set, ' '), lambda l: l <> '')) AS labels
      FROM (SELECT DISTINCT label_set FROM report_found))
"""

# One row per hour: how far the producers' wall clocks are from UTC, in microseconds. Most cases have one zone.
# Times are cut and subtracted as plain UTC: with a zone, the engine takes twenty times as long.
_CLOCKS: Final = """
CREATE OR REPLACE TEMP TABLE report_clocks AS
SELECT date_trunc('hour', make_timestamp(epoch_us(searched_at))) AS hour,
       min(epoch_us(searched_local) - epoch_us(searched_at)) AS least,
       max(epoch_us(searched_local) - epoch_us(searched_at)) AS most
FROM records WHERE searched_at IS NOT NULL GROUP BY 1
"""
_ZONES_DIFFER: Final = "SELECT bool_or(least <> most) FROM report_clocks"
_ONE_ZONE: Final = """
CREATE OR REPLACE TEMP VIEW report_found AS
SELECT s.org, make_timestamp(epoch_us(s.searched_at) + coalesce(c.least, 0)) AS local_at,
       coalesce(array_to_string(s.purposes, ' '), '') AS label_set
FROM searches s LEFT JOIN report_clocks c ON c.hour = date_trunc('hour', make_timestamp(epoch_us(s.searched_at)))
"""
# Copies of one search carry one time; the earliest local reading stands for all.
_MANY_ZONES: Final = """
CREATE OR REPLACE TEMP TABLE report_found AS
WITH seen AS (
    SELECT s.search_key, min(coalesce(r.searched_local, r.searched_at::TIMESTAMP)) AS local_at
    FROM sightings s JOIN records r USING (disclosure_id, record_no) GROUP BY s.search_key
)
SELECT s.org, coalesce(seen.local_at, s.searched_at::TIMESTAMP) AS local_at,
       coalesce(array_to_string(s.purposes, ' '), '') AS label_set
FROM searches s LEFT JOIN seen USING (search_key)
"""
_UNLINKED: Final = """
CREATE OR REPLACE TEMP TABLE report_found AS
WITH named AS (
    SELECT key, string_agg(label, ' ' ORDER BY label) AS label_set FROM purposes WHERE field = 'reason' GROUP BY key
)
SELECT r.org, coalesce(r.searched_local, r.searched_at::TIMESTAMP) AS local_at,
       coalesce(n.label_set, '') AS label_set
FROM records r LEFT JOIN named n ON n.key = r.reason_key
"""
# Counted once by name as released: the chapters read these few rows and not every search again.
_SEARCHERS: Final = """
CREATE OR REPLACE TEMP TABLE report_searchers AS
SELECT coalesce(o.org, f.org) AS org, o.state, coalesce(o.level, 'unknown') AS level, f.label_set, l.purpose_class, f.n
FROM (SELECT org, label_set, count(*) AS n FROM report_found GROUP BY ALL) f
LEFT JOIN report_orgs o ON o.name = f.org JOIN report_label_sets l ON l.label_set = f.label_set
"""
_DAYS: Final = """
CREATE OR REPLACE TEMP TABLE report_days AS
SELECT f.day, l.purpose_class, f.n, f.first_at, f.last_at
FROM (SELECT local_at::DATE AS day, label_set, count(*) AS n, min(local_at) AS first_at, max(local_at) AS last_at
      FROM report_found GROUP BY ALL) f
JOIN report_label_sets l ON l.label_set = f.label_set
"""


def lay(case: Case, remembered: dict[str, Any]) -> None:
    """Make the working tables, unless they lie there already for this publication."""
    if remembered.get(_LAID):
        return
    case.execute(f"CREATE OR REPLACE TEMP TABLE report_orgs AS {ALL_ORGS}")
    case.execute(_CLOCKS)
    found = _found(case)
    kind = "VIEW" if found == _ONE_ZONE else "TABLE"
    for statement in (found, _LABEL_SETS, _SEARCHERS, _DAYS, f"DROP {kind} report_found"):
        case.execute(statement)
    remembered[_LAID] = True


def clear(case: Case, remembered: dict[str, Any]) -> None:
    """Remove the working tables."""
    for name in _WORKING:
        case.execute(f"DROP TABLE IF EXISTS {name}")
    remembered.pop(_LAID, None)


def is_linked(case: Case) -> bool:
    """Tell whether copies of a search were joined; without that, records are counted."""
    return bool(case.count("searches")) or not case.count("records")


def _found(case: Case) -> str:
    if not is_linked(case):
        return _UNLINKED
    return _MANY_ZONES if case.value(_ZONES_DIFFER) else _ONE_ZONE
