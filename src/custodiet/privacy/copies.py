"""Rows that hide an account or a plate while another disclosure shows more of the same search.

Whoever holds the other disclosure could join it to the published row by time, organisation
and counts. So these rows are published without what joins: no search id, no counts, no place in
``sightings``, and a time no finer than leaves at least two accounts and two plates to choose from.
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from custodiet.privacy.publication import Publication

HIDING: Final = "('masked', 'withheld', 'partial', 'not-exported')"
LEAST_CROWD: Final = 2
_SPANS: Final = ("hour", "day", "month")

# One row per organisation and second (UTC) that several disclosures tell of. Counted by numbers: grouping five
# million rows by names takes twice as long.
_MEETING: Final = """
WITH names AS (SELECT name, any_value(canonical) AS canonical FROM organisations GROUP BY name),
known AS (
  SELECT r.org, coalesce(n.canonical, r.org) AS who
  FROM (SELECT DISTINCT org FROM records) r LEFT JOIN names n ON n.name = r.org),
numbered AS (SELECT org, who, dense_rank() OVER (ORDER BY who) AS number FROM known),
logs AS (
  SELECT disclosure_id, row_number() OVER (ORDER BY disclosure_id) AS log
  FROM (SELECT DISTINCT disclosure_id FROM records)),
met AS (
  SELECT k.number, date_trunc('second', make_timestamp(epoch_us(r.searched_at))) AS second
  FROM records r JOIN numbered k ON k.org IS NOT DISTINCT FROM r.org JOIN logs l ON l.disclosure_id = r.disclosure_id
  WHERE r.searched_at IS NOT NULL
  GROUP BY ALL HAVING min(l.log) <> max(l.log))
SELECT k.who, m.second FROM met m JOIN (SELECT DISTINCT number, who FROM numbered) k ON k.number = m.number
"""

# The rows of the case as a join sees them: plain time stamps are cut many times as fast as those with a zone.
ROWS: Final = """
names AS (SELECT name, any_value(canonical) AS canonical FROM organisations GROUP BY name),
rows AS (
  SELECT r.disclosure_id, r.record_no, coalesce(n.canonical, r.org) AS who,
         make_timestamp(epoch_us(r.searched_at)) AS searched_at, r.user_state, r.plate_state,
         CASE WHEN r.user_state = 'value' THEN r."user" END AS account,
         CASE WHEN r.plate_state = 'value' THEN r.plate END AS plate, r.networks, r.devices, r.search_id
  FROM records r LEFT JOIN names n ON n.name = r.org)"""

# Only where several disclosures tell of one organisation and second can one row be taken for another.
NEAR: Final = """
near AS (
  SELECT r.*, m.second FROM rows r
  JOIN meeting m ON m.who IS NOT DISTINCT FROM r.who AND m.second = date_trunc('second', r.searched_at))"""

_EXPOSED: Final = f"""
WITH {ROWS},{NEAR},
shown AS (
  SELECT who, second,
         min(disclosure_id) FILTER (user_state = 'value') AS one_account,
         max(disclosure_id) FILTER (user_state = 'value') AS other_account,
         min(disclosure_id) FILTER (plate_state = 'value') AS one_plate,
         max(disclosure_id) FILTER (plate_state = 'value') AS other_plate
  FROM near WHERE user_state = 'value' OR plate_state = 'value' GROUP BY ALL),
compared AS (
  SELECT r.disclosure_id, r.record_no, r.who, r.searched_at,
         coalesce(r.user_state IN {HIDING} AND (s.one_account <> r.disclosure_id OR s.other_account <> r.disclosure_id),
                  false) AS tells_account,
         coalesce(r.plate_state IN {HIDING} AND (s.one_plate <> r.disclosure_id OR s.other_plate <> r.disclosure_id),
                  false) AS tells_plate
  FROM near r JOIN shown s ON s.who IS NOT DISTINCT FROM r.who AND s.second = r.second
  WHERE r.user_state IN {HIDING} OR r.plate_state IN {HIDING})
SELECT * FROM compared WHERE tells_account OR tells_plate"""

# The rows among which a stranger would look: those of the same organisations.
_AROUND: Final = f"""
WITH {ROWS},
around AS (
  SELECT r.* FROM rows r SEMI JOIN exposed e ON e.who IS NOT DISTINCT FROM r.who
  WHERE r.account IS NOT NULL OR r.plate IS NOT NULL)"""

# Where the other disclosures show exactly one account, or one plate, of an organisation in a span, it is told.
_CROWDED: Final = f"""
by_{{span}} AS (
  SELECT c.disclosure_id, c.who, c.at, c.tells_account, c.tells_plate
  FROM (SELECT DISTINCT disclosure_id, who, date_trunc('{{span}}', searched_at) AS at, tells_account, tells_plate
        FROM exposed) c
  JOIN (SELECT DISTINCT disclosure_id, who, date_trunc('{{span}}', searched_at) AS at, account, plate FROM around) o
    ON o.who IS NOT DISTINCT FROM c.who AND o.at = c.at AND o.disclosure_id <> c.disclosure_id
  GROUP BY ALL
  HAVING (NOT c.tells_account OR count(DISTINCT o.account) >= {LEAST_CROWD})
     AND (NOT c.tells_plate OR count(DISTINCT o.plate) >= {LEAST_CROWD}))"""


def meeting(publication: Publication) -> pa.Table:
    """Find where disclosures meet, once for a publication.

    Returns:
        One row per organisation and second (UTC) that several disclosures tell of: ``who`` (its canonical name,
        null where none is told), ``second``.
    """
    found = publication.remembered.get("meeting")
    if found is None:
        found = publication.remembered["meeting"] = publication.case.query(_MEETING)
    return found


def exposed_rows(publication: Publication) -> pa.Table:
    """Find the rows that hide what another disclosure shows, once for a publication.

    Returns:
        One row per exposed record: ``disclosure_id``, ``record_no``, and ``span`` (hour, day, month or null).
    """
    found = publication.remembered.get("exposed_rows")
    if found is None:
        found = publication.remembered["exposed_rows"] = _exposed_rows(publication)
    return found


def _exposed_rows(publication: Publication) -> pa.Table:
    case = publication.case
    with case.registered("meeting", meeting(publication)):
        exposed = case.query(_EXPOSED)
    # The crowd around them is sought in all rows of the case.
    with case.registered("exposed", exposed):
        return case.query(_exposed_rows_sql() if exposed.num_rows else f"{_NO_SPANS} WHERE false")


def _exposed_rows_sql() -> str:
    """Return SQL of one row per exposed record: disclosure_id, record_no, span (hour, day, month or null)."""
    crowds = "".join(f",{_CROWDED.format(span=span)}" for span in _SPANS)
    joins = " ".join(
        f"LEFT JOIN by_{span} ON by_{span}.disclosure_id = e.disclosure_id AND by_{span}.who IS NOT DISTINCT FROM e.who"
        f" AND by_{span}.at = date_trunc('{span}', e.searched_at)"
        f" AND by_{span}.tells_account = e.tells_account AND by_{span}.tells_plate = e.tells_plate"
        for span in _SPANS
    )
    chosen = "CASE " + " ".join(f"WHEN by_{span}.at IS NOT NULL THEN '{span}'" for span in _SPANS) + " END"
    return f"{_AROUND}{crowds}\nSELECT e.disclosure_id, e.record_no, {chosen} AS span FROM exposed e {joins}"


_NO_SPANS: Final = "SELECT disclosure_id, record_no, NULL::VARCHAR AS span FROM exposed"

# One row per record of a public page that is in no other kind of log: its exact time is public as it is.
PUBLIC_ROWS: Final = """
WITH pages AS (
  SELECT r.disclosure_id, r.record_no, s.search_key
  FROM records r JOIN sightings s ON s.disclosure_id = r.disclosure_id AND s.record_no = r.record_no
  WHERE r.kind = 'portal-audit'),
elsewhere AS (
  SELECT s.search_key FROM sightings s SEMI JOIN pages p ON p.search_key = s.search_key
  JOIN records o ON o.disclosure_id = s.disclosure_id AND o.record_no = s.record_no
  WHERE o.kind IS DISTINCT FROM 'portal-audit')
SELECT p.disclosure_id, p.record_no FROM pages p ANTI JOIN elsewhere e ON e.search_key = p.search_key
WHERE p.search_key IS NOT NULL
"""
