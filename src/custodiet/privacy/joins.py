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
from custodiet.privacy.copies import HIDING, NEAR, ROWS, meeting
from custodiet.privacy.publication import Publication

_RECORD_KEYS: Final = frozenset({"disclosure_id", "record_no"})
_OPTIONAL: Final = {"networks": pa.int64(), "devices": pa.int64(), "search_id": pa.string()}

# One row per published row and cell (user or plate) that its own disclosure hides, while another shows it of the
# same organisation and second.
_WITH_COPY: Final = f"""
{ROWS},{NEAR},
shown AS (
  SELECT DISTINCT n.who, n.second, n.disclosure_id, c.cell FROM near n
  JOIN (VALUES ('user'), ('plate')) c(cell)
    ON CASE c.cell WHEN 'user' THEN n.account ELSE n.plate END IS NOT NULL),
copied AS (
  SELECT n.disclosure_id, n.record_no, n.who, c.cell FROM near n
  JOIN (VALUES ('user'), ('plate')) c(cell)
    ON CASE c.cell WHEN 'user' THEN n.user_state ELSE n.plate_state END IN {HIDING}
  SEMI JOIN shown s
    ON s.who IS NOT DISTINCT FROM n.who AND s.second = n.second AND s.cell = c.cell
   AND s.disclosure_id <> n.disclosure_id)
SELECT c.disclosure_id, c.record_no, c.who, c.cell, p.at, p.networks, p.devices, p.search_id,
       CASE WHEN date_trunc('hour', p.at) <> p.at THEN 'second'
            WHEN p.networks IS NOT NULL OR p.devices IS NOT NULL OR p.search_id IS NOT NULL THEN 'hour'
            WHEN date_trunc('month', p.at) = p.at THEN 'month'
            WHEN date_trunc('day', p.at) = p.at THEN 'day' ELSE 'hour' END AS precision
FROM published_rows p JOIN copied c ON p.disclosure_id = c.disclosure_id AND p.record_no = c.record_no
WHERE p.at IS NOT NULL
"""

# The rows of other disclosures that a stranger would take a published row for, by how fine its time is.
_CANDIDATES: Final = """
by_{span} AS (
  SELECT h.disclosure_id, h.record_no, h.cell, CASE h.cell WHEN 'user' THEN s.account ELSE s.plate END AS found
  FROM with_copy h JOIN rows s
    ON h.precision = '{span}' AND s.who IS NOT DISTINCT FROM h.who AND s.disclosure_id <> h.disclosure_id
   AND date_trunc('{span}', s.searched_at) = date_trunc('{span}', h.at)
   AND (h.networks IS NULL OR s.networks IS NULL OR s.networks = h.networks)
   AND (h.devices IS NULL OR s.devices IS NULL OR s.devices = h.devices)
   AND (h.search_id IS NULL OR s.search_id IS NULL OR s.search_id = h.search_id)
  WHERE s.account IS NOT NULL OR s.plate IS NOT NULL)"""
_SPANS: Final = ("second", "hour", "day", "month")
# One row: how many accounts and plates are told. A cell of which no candidate shows anything tells nothing.
_TOLD: Final = f"""
WITH {ROWS},{",".join(_CANDIDATES.format(span=span) for span in _SPANS)}
SELECT count(*) FROM (
  SELECT disclosure_id, record_no, cell FROM ({" UNION ALL ".join(f"FROM by_{span}" for span in _SPANS)})
  WHERE found IS NOT NULL
  GROUP BY ALL HAVING count(DISTINCT found) = 1)
"""

_SIGHTINGS: Final = """
WITH repeated AS (SELECT search_key FROM published_sightings GROUP BY search_key HAVING count(*) > 1),
rows AS (
  SELECT p.search_key, p.disclosure_id, r.user_state, r.plate_state
  FROM published_sightings p SEMI JOIN repeated m ON m.search_key = p.search_key
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


def singled_out(publication: Publication, published: pa.Table | StoredRows) -> int:
    """Count the accounts and plates that published rows single out though their own disclosure hides them."""
    names = set(published.column_names)
    if not names >= _RECORD_KEYS:
        return 0
    if "search_key" in names:
        return _by_sightings(publication.case, published)
    return _by_records(publication, published) if "searched_at" in names else 0


def _by_records(publication: Publication, published: pa.Table | StoredRows) -> int:
    case, is_log = publication.case, _is_log(published)
    form = _STORED if is_log else "FROM published_log"
    with (
        case.registered("published_log", published if is_log else _as_records(published)),
        case.registered("meeting", meeting(publication)),
    ):
        with_copy = case.query(f"WITH published_rows AS ({form}), {_WITH_COPY}")
    if not with_copy.num_rows:
        return 0
    # Candidates are sought in all rows of the case.
    with case.registered("with_copy", with_copy):
        return int(case.value(_TOLD))


def _is_log(published: pa.Table | StoredRows) -> bool:
    return isinstance(published, StoredRows) and set(published.column_names) >= set(_OPTIONAL)


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
