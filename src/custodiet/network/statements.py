"""From rows of a case to numbered organisations and dated statements; the engine does the work.

A *list* is what one organisation states in one direction: whom it lets in
(``out``), whose data it can reach (``in``), or the shares of others
(``other``). A list holds from its date until the next list of the same
organisation and direction. A list without a date holds only where no dated one
has come. Names meet on their canonical name, or, where none is known, on the
name as released without regard to case and spacing.

The temporary tables made here vanish with the connection:
``network_names`` (one row per name as released), ``network_orgs`` (one row per
organisation), ``network_statements`` (one row per stated share),
``network_lists`` (one row per list and date), ``network_logs`` (one row per
network log), ``network_days`` (one row per producer, network log and day) and
``network_observed`` (one row per producer, searching organisation, each as
spelt, and day; its first row stands as one number of log and record).
"""

from __future__ import annotations

from datetime import date
from typing import Final

import pyarrow as pa

from custodiet.case import Case
from custodiet.network import lists

_SPACED: Final = "trim(regexp_replace({0}, '\\s+', ' ', 'g'))"

_NAMES: Final = f"""
CREATE OR REPLACE TEMP TABLE network_raw_names AS
WITH seen AS (
  SELECT source AS name FROM shares UNION SELECT recipient FROM shares UNION SELECT stated_by FROM shares
  UNION SELECT producer FROM records WHERE kind = 'network-audit'
  UNION SELECT org FROM records WHERE kind = 'network-audit' AND org_basis = 'released'
  UNION SELECT producer FROM portals UNION SELECT name FROM organisations),
known AS (
  SELECT name, min(nullif({_SPACED.format("canonical")}, '')) AS canonical, min(state) AS state,
         min(level) AS level, min(type) AS type, min(status) AS status
  FROM organisations GROUP BY name)
SELECT name, coalesce(canonical, {_SPACED.format("name")}) AS shown, lower(shown) AS key,
       state, level, type, coalesce(status, 'active') AS status, canonical IS NOT NULL AS resolved
FROM seen LEFT JOIN known USING (name) WHERE {_SPACED.format("name")} <> ''
"""

_ORGS: Final = """
CREATE OR REPLACE TEMP TABLE network_orgs AS
SELECT (row_number() OVER (ORDER BY shown, key) - 1)::INTEGER AS id, *
FROM (
  SELECT key, coalesce(min(shown) FILTER (resolved), min(shown)) AS shown,
         CASE WHEN count(DISTINCT state) = 1 THEN min(state) END AS state,
         CASE WHEN count(DISTINCT level) FILTER (level <> 'unknown') = 1
              THEN min(level) FILTER (level <> 'unknown') ELSE 'unknown' END AS level,
         min(type) AS type,
         CASE WHEN bool_or(status = 'active') THEN 'active' ELSE min(status) END AS status,
         list(name ORDER BY name) AS names
  FROM network_raw_names GROUP BY key)
"""

_NUMBERED: Final = """
CREATE OR REPLACE TEMP TABLE network_names AS
SELECT n.name, o.id, n.status, row_number() OVER (ORDER BY n.name) AS spelling
FROM network_raw_names n JOIN network_orgs o USING (key)
"""

# A statement of nobody in particular is taken as a list of the organisation whose data it is.
_PLACED: Final = """
CREATE OR REPLACE TEMP TABLE network_placed AS
SELECT s.id AS source, r.id AS recipient, coalesce(b.id, s.id) AS stated_by,
       CASE WHEN b.id IS NULL THEN 'other' WHEN b.id = s.id THEN 'out' WHEN b.id = r.id THEN 'in'
            ELSE 'other' END AS direction,
       h.as_of, coalesce(h.status, 'active') AS status,
       coalesce(h.status, '') = 'inactive' OR r.status = 'inactive' AS inactive,
       h.source AS source_name, h.recipient AS recipient_name, h.disclosure_id, h.source_row
FROM shares h
JOIN network_names s ON s.name = h.source
JOIN network_names r ON r.name = h.recipient
LEFT JOIN network_names b ON b.name = h.stated_by
"""

_LISTS: Final = """
CREATE OR REPLACE TEMP TABLE network_lists AS
SELECT stated_by, direction, as_of,
       lead(as_of) OVER (PARTITION BY stated_by, direction ORDER BY as_of NULLS FIRST) AS until
FROM (SELECT stated_by, direction, as_of FROM network_placed
      UNION SELECT n.id, e.direction, e.as_of
      FROM network_empty_lists e JOIN network_names n ON n.name = e.producer)
"""

_STATEMENTS: Final = """
CREATE OR REPLACE TEMP TABLE network_statements AS
SELECT p.*, l.until FROM network_placed p JOIN network_lists l
  ON l.stated_by = p.stated_by AND l.direction = p.direction AND l.as_of IS NOT DISTINCT FROM p.as_of
"""

# Logs numbered in the order of their ids, so that one whole number stands for a row and sorts as its citation does.
_LOGS: Final = """
CREATE OR REPLACE TEMP TABLE network_logs AS
SELECT disclosure_id, row_number() OVER (ORDER BY disclosure_id) AS log
FROM (SELECT DISTINCT disclosure_id FROM records WHERE kind = 'network-audit')
"""

_DAY: Final = "coalesce(searched_local, searched_at::TIMESTAMP)::DATE"

_DAYS: Final = f"""
CREATE OR REPLACE TEMP TABLE network_days AS
SELECT producer, disclosure_id, {_DAY} AS day, count(*) AS n_records,
       count(*) FILTER (org IS NULL OR trim(org) = '' OR org_basis <> 'released') AS n_without,
       count(searched_at) AS n_timed
FROM records WHERE kind = 'network-audit' GROUP BY ALL
"""

# Few searches have more than one record; only those can be counted twice, and only they are looked up.
_REPEATED: Final = """
CREATE OR REPLACE TEMP TABLE network_repeated AS
SELECT search_key, disclosure_id, record_no FROM sightings
WHERE search_key IN (SELECT search_key FROM sightings GROUP BY search_key HAVING count(*) > 1)
"""

# Grouped by whole numbers that stand for the names as released: grouping by the names takes longer, and so does
# telling of every record, rather than of every group, whether an organisation searched its own cameras.
_OBSERVED: Final = f"""
CREATE OR REPLACE TEMP TABLE network_observed AS
WITH made AS (
  SELECT p.spelling AS producer, o.spelling AS org, {_DAY} AS day, count(*) AS n_records,
         min(l.log * {{rows}} + r.record_no) AS first_row
  FROM records r JOIN network_logs l USING (disclosure_id)
  JOIN network_names p ON p.name = r.producer JOIN network_names o ON o.name = r.org
  WHERE r.kind = 'network-audit' AND r.org_basis = 'released'
  GROUP BY ALL),
again AS (
  SELECT producer, org, day, sum(n - 1)::BIGINT AS n FROM (
    SELECT p.spelling AS producer, o.spelling AS org, {_DAY} AS day, t.search_key, count(*) AS n
    FROM network_repeated t JOIN records r USING (disclosure_id, record_no)
    JOIN network_names p ON p.name = r.producer JOIN network_names o ON o.name = r.org
    WHERE r.kind = 'network-audit' AND r.org_basis = 'released'
    GROUP BY ALL HAVING count(*) > 1)
  GROUP BY ALL)
SELECT p.id AS source, o.id AS recipient, m.day, m.n_records, m.n_records - coalesce(a.n, 0) AS n_searches, m.first_row
FROM made m LEFT JOIN again a
  ON a.producer = m.producer AND a.org = m.org AND a.day IS NOT DISTINCT FROM m.day
JOIN network_names p ON p.spelling = m.producer JOIN network_names o ON o.spelling = m.org
WHERE p.id <> o.id
"""

# More rows than a table can have.
_ROWS: Final = 1 << 40


def prepare(case: Case) -> None:
    """Build the temporary tables of names, organisations, statements, lists and observed use."""
    prepare_statements(case)
    for statement in (_LOGS, _DAYS, _REPEATED, _OBSERVED.format(rows=_ROWS), "DROP TABLE network_repeated"):
        case.execute(statement)


def record_of(row: str) -> str:
    """Give the SQL of the record number in a ``first_row`` of ``network_observed``."""
    return f"{row} % {_ROWS}"


def log_of(row: str) -> str:
    """Give the SQL of the log number in a ``first_row``, which ``network_logs`` turns into a disclosure."""
    return f"{row} // {_ROWS}"


def prepare_statements(case: Case) -> None:
    """Build the temporary tables of names, organisations, statements and lists, without observed use."""
    for statement in (_NAMES, _ORGS, _NUMBERED, _PLACED):
        case.execute(statement)
    with case.registered("network_empty_lists", _empty_lists(case)):
        case.execute(_LISTS)
    case.execute(_STATEMENTS)
    case.execute("DROP TABLE network_placed")


def _empty_lists(case: Case) -> pa.Table:
    empty = [item for item in lists.page_lists(case) if item.says == lists.EMPTY and item.as_of is not None]
    return pa.table(
        {
            "producer": pa.array([item.producer for item in empty], pa.string()),
            "direction": pa.array([item.direction for item in empty], pa.string()),
            "as_of": pa.array([item.as_of for item in empty], pa.date32()),
        }
    )


def in_force(as_of: date | None) -> str:
    """Give the SQL condition that a statement holds on a date; None asks for the latest lists."""
    if as_of is None:
        return "until IS NULL"
    day = f"DATE '{as_of.isoformat()}'"
    return f"((as_of IS NULL OR as_of <= {day}) AND (until IS NULL OR until > {day}))"
