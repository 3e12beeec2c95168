"""Attack 2: join published rows to less masked copies in the case, as a stranger with the other disclosure would.

By organisation, time as published (exact second where it is one, else the hour), counts and search id; and by
``sightings``, which would say outright which rows are one search.
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from custodiet.case import Case
from custodiet.case.stored import StoredRows
from custodiet.privacy.copies import HIDING

_RECORD_KEYS: Final = frozenset({"disclosure_id", "record_no"})
_OPTIONAL: Final = {"networks": pa.int64(), "devices": pa.int64(), "search_id": pa.string()}

# One row: how many published rows single out one account (or plate) that their own disclosure hides.
_ROWS: Final = """
WITH names AS (SELECT name, any_value(canonical) AS canonical FROM organisations GROUP BY name),
rows AS (
  -- Plain time stamps are cut many times as fast as those with a zone; the zone is UTC everywhere.
  SELECT r.disclosure_id, r.record_no, r."{cell}", r.{cell}_state, r.networks, r.devices,
         r.search_id, make_timestamp(epoch_us(r.searched_at)) AS searched_at, coalesce(n.canonical, r.org) AS who
  FROM records r LEFT JOIN names n ON n.name = r.org),
shown AS (SELECT * FROM rows WHERE {cell}_state = 'value' AND "{cell}" IS NOT NULL),
-- Organisations and seconds that several disclosures tell of.
meeting AS (
  SELECT who, date_trunc('second', searched_at) AS second FROM rows
  GROUP BY ALL HAVING min(disclosure_id) <> max(disclosure_id)),
copied AS (
  SELECT h.disclosure_id, h.record_no, h.who FROM (
    SELECT r.disclosure_id, r.record_no, r.who, m.second FROM rows r
    JOIN meeting m ON m.who IS NOT DISTINCT FROM r.who AND m.second = date_trunc('second', r.searched_at)
    WHERE r.{cell}_state IN {hiding}) h
  SEMI JOIN shown s
  ON s.who IS NOT DISTINCT FROM h.who AND date_trunc('second', s.searched_at) = h.second
     AND s.disclosure_id <> h.disclosure_id),
with_copy AS (
  SELECT c.disclosure_id, c.record_no, c.who, p.at, p.networks, p.devices, p.search_id,
         CASE WHEN date_trunc('hour', p.at) <> p.at THEN 'second'
              WHEN p.networks IS NOT NULL OR p.devices IS NOT NULL OR p.search_id IS NOT NULL THEN 'hour'
              WHEN date_trunc('month', p.at) = p.at THEN 'month'
              WHEN date_trunc('day', p.at) = p.at THEN 'day' ELSE 'hour' END AS precision
  FROM published_rows p JOIN copied c ON p.disclosure_id = c.disclosure_id AND p.record_no = c.record_no
  WHERE p.at IS NOT NULL){candidates}
SELECT count(*) FROM (
  SELECT disclosure_id, record_no FROM ({union})
  GROUP BY ALL HAVING count(DISTINCT found) = 1)
"""

# The rows of other disclosures that a stranger would take a published row for, by how fine its time is.
_CANDIDATES: Final = """,
by_{span} AS (
  SELECT h.disclosure_id, h.record_no, s."{cell}" AS found
  FROM with_copy h JOIN shown s
    ON h.precision = '{span}' AND s.who IS NOT DISTINCT FROM h.who AND s.disclosure_id <> h.disclosure_id
   AND date_trunc('{span}', s.searched_at) = date_trunc('{span}', h.at)
   AND (h.networks IS NULL OR s.networks IS NULL OR s.networks = h.networks)
   AND (h.devices IS NULL OR s.devices IS NULL OR s.devices = h.devices)
   AND (h.search_id IS NULL OR s.search_id IS NULL OR s.search_id = h.search_id))"""
_SPANS: Final = ("second", "hour", "day", "month")

_SIGHTINGS: Final = """
WITH meeting AS (
  SELECT search_key FROM published_sightings GROUP BY search_key HAVING min(disclosure_id) <> max(disclosure_id)),
rows AS (
  SELECT p.search_key, p.disclosure_id, r.user_state, r.plate_state
  FROM published_sightings p SEMI JOIN meeting m ON m.search_key = p.search_key
  JOIN records r ON r.disclosure_id = p.disclosure_id AND r.record_no = p.record_no)
SELECT count(*) FROM (
  SELECT DISTINCT h.search_key FROM rows h JOIN rows s
  ON s.search_key = h.search_key AND s.disclosure_id <> h.disclosure_id
  WHERE (h.user_state IN {hiding} AND s.user_state = 'value')
     OR (h.plate_state IN {hiding} AND s.plate_state = 'value'))
"""
# The rows as a join sees them; for a table that stands in a file already.
_STORED: Final = """
SELECT disclosure_id, record_no, make_timestamp(epoch_us(searched_at)) AS at, networks, devices, search_id
FROM published_log
"""


def singled_out(case: Case, published: pa.Table | StoredRows) -> int:
    """Count the published rows that single out an account or plate that their own disclosure hides."""
    names = set(published.column_names)
    if not names >= _RECORD_KEYS:
        return 0
    if "search_key" in names:
        return _by_sightings(case, published)
    if "searched_at" not in names:
        return 0
    with case.registered("published_log", published if _is_log(published) else _as_records(published)):
        form = _STORED if _is_log(published) else "FROM published_log"
        return sum(int(case.value(f"WITH published_rows AS ({form}), {_rows_sql(cell)}")) for cell in ("user", "plate"))


def _is_log(published: pa.Table | StoredRows) -> bool:
    return isinstance(published, StoredRows) and set(published.column_names) >= set(_OPTIONAL)


def _rows_sql(cell: str) -> str:
    candidates = "".join(_CANDIDATES.format(span=span, cell=cell) for span in _SPANS)
    union = " UNION ALL ".join(f"FROM by_{span}" for span in _SPANS)
    return _ROWS.removeprefix("\nWITH ").format(cell=cell, hiding=HIDING, candidates=candidates, union=union)


def _by_sightings(case: Case, published: pa.Table | StoredRows) -> int:
    rows = published if isinstance(published, StoredRows) else pa.table({
        "search_key": published.column("search_key").cast(pa.string()),
        "disclosure_id": published.column("disclosure_id").cast(pa.string()),
        "record_no": published.column("record_no").cast(pa.int64()),
    })  # fmt: skip
    with case.registered("published_sightings", rows):
        return int(case.value(_SIGHTINGS.format(hiding=HIDING)))


def _as_records(published: pa.Table) -> pa.Table:
    at = published.column("searched_at")
    if pa.types.is_string(at.type):
        at = pc.strptime(pc.replace_substring_regex(at, r"(?:\.\d+)?Z$", ""), format="%Y-%m-%dT%H:%M:%S", unit="us")
        at = pc.assume_timezone(at, "UTC")
    columns = {
        "disclosure_id": published.column("disclosure_id").cast(pa.string()),
        "record_no": published.column("record_no").cast(pa.int64()),
        "at": at.cast(pa.timestamp("us", tz="UTC")).cast(pa.timestamp("us")),
    }
    for name, kind in _OPTIONAL.items():
        given = name in published.column_names
        columns[name] = published.column(name).cast(kind) if given else pa.nulls(published.num_rows, kind)
    return pa.table(columns)
