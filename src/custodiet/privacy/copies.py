"""Rows that hide an account or a plate while another disclosure shows more of the same search.

Whoever holds the other disclosure could join it to the published row by time, organisation
and counts. So these rows are published without what joins: no search id, no counts, no place in
``sightings``, and a time no finer than leaves at least two accounts to choose from.
"""

from __future__ import annotations

from typing import Final

HIDING: Final = "('masked', 'withheld', 'partial', 'not-exported')"
LEAST_ACCOUNTS: Final = 2
_SPANS: Final = ("hour", "day", "month")

# One row per record that hides what a less masked copy shows: its key and how its time may be given.
EXPOSED_ROWS: Final = f"""
WITH names AS (SELECT name, any_value(canonical) AS canonical FROM organisations GROUP BY name),
rows AS (
  SELECT r.disclosure_id, r.record_no, coalesce(n.canonical, r.org) AS who, r.searched_at,
         r.user_state, r.plate_state, r."user" AS account
  FROM records r LEFT JOIN names n ON n.name = r.org),
shown AS (
  SELECT who, date_trunc('second', searched_at) AS second,
         min(disclosure_id) FILTER (user_state = 'value') AS one_account,
         max(disclosure_id) FILTER (user_state = 'value') AS other_account,
         min(disclosure_id) FILTER (plate_state = 'value') AS one_plate,
         max(disclosure_id) FILTER (plate_state = 'value') AS other_plate
  FROM rows WHERE user_state = 'value' OR plate_state = 'value' GROUP BY ALL),
exposed AS (
  SELECT r.disclosure_id, r.record_no, r.who, r.searched_at
  FROM rows r JOIN shown s ON s.who IS NOT DISTINCT FROM r.who AND s.second = date_trunc('second', r.searched_at)
  WHERE (r.user_state IN {HIDING} AND (s.one_account <> r.disclosure_id OR s.other_account <> r.disclosure_id))
     OR (r.plate_state IN {HIDING} AND (s.one_plate <> r.disclosure_id OR s.other_plate <> r.disclosure_id))),
{{crowds}}
SELECT e.disclosure_id, e.record_no, {{chosen}} AS span
FROM exposed e {{joins}}
"""


def exposed_rows_sql() -> str:
    """Return SQL of one row per exposed record: disclosure_id, record_no, span (hour, day, month or null)."""
    crowds = ",\n".join(
        f"by_{span} AS (SELECT who, date_trunc('{span}', searched_at) AS at FROM rows WHERE user_state = 'value'"
        f" GROUP BY ALL HAVING count(DISTINCT account) >= {LEAST_ACCOUNTS})"
        for span in _SPANS
    )
    joins = " ".join(
        f"LEFT JOIN by_{span} ON by_{span}.who IS NOT DISTINCT FROM e.who"
        f" AND by_{span}.at = date_trunc('{span}', e.searched_at)"
        for span in _SPANS
    )
    chosen = "CASE " + " ".join(f"WHEN by_{span}.at IS NOT NULL THEN '{span}'" for span in _SPANS) + " END"
    return EXPOSED_ROWS.format(crowds=crowds, chosen=chosen, joins=joins)


# One row per record of a public page that is in no other kind of log: its exact time is public as it is.
PUBLIC_ROWS: Final = """
SELECT r.disclosure_id, r.record_no
FROM records r
JOIN sightings s ON s.disclosure_id = r.disclosure_id AND s.record_no = r.record_no
WHERE r.kind = 'portal-audit' AND s.search_key NOT IN (
  SELECT s.search_key FROM sightings s
  JOIN records o ON o.disclosure_id = s.disclosure_id AND o.record_no = s.record_no
  WHERE o.kind IS DISTINCT FROM 'portal-audit' AND s.search_key IS NOT NULL)
"""
