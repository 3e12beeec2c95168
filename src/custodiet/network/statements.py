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
``network_lists`` (one row per list and date) and ``network_observed`` (one row
per producer, searching organisation and day).
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
SELECT n.name, o.id, n.status FROM network_raw_names n JOIN network_orgs o USING (key)
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

# Searches are counted once by a grouping of their own: counting distinct keys within groups takes three times as long.
_OBSERVED: Final = """
CREATE OR REPLACE TEMP TABLE network_observed AS
WITH logs AS (
  SELECT disclosure_id, row_number() OVER (ORDER BY disclosure_id) AS log
  FROM (SELECT DISTINCT disclosure_id FROM records)),
made AS (
  SELECT producer, org, coalesce(searched_local, searched_at::TIMESTAMP)::DATE AS day, {search} AS search,
         count(*) AS n_records, min(log * {rows} + record_no) AS first_row
  FROM records r JOIN logs USING (disclosure_id) {join}
  WHERE kind = 'network-audit' AND org_basis = 'released'
  GROUP BY ALL),
q AS (
  SELECT producer, org, day, sum(n_records)::BIGINT AS n_records,
         sum(CASE WHEN search IS NULL THEN n_records ELSE 1 END)::BIGINT AS n_searches, min(first_row) AS first_row
  FROM made GROUP BY ALL)
SELECT p.id AS source, o.id AS recipient, q.day, q.n_records, q.n_searches,
       l.disclosure_id, q.first_row % {rows} AS record_no
FROM q JOIN logs l ON l.log = q.first_row // {rows}
JOIN network_names p ON p.name = q.producer
JOIN network_names o ON o.name = q.org
WHERE p.id <> o.id
"""

_JOIN_SIGHTINGS: Final = "LEFT JOIN sightings g USING (disclosure_id, record_no)"
# More rows than a table can have.
_ROWS: Final = 1 << 40


def prepare(case: Case) -> None:
    """Build the temporary tables of names, organisations, statements, lists and observed use."""
    prepare_statements(case)
    linked = case.count("sightings") > 0
    case.execute(
        _OBSERVED.format(
            search="g.search_key" if linked else "NULL", join=_JOIN_SIGHTINGS if linked else "", rows=_ROWS
        )
    )


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
