# ruff: noqa: E501 - tables of words, sentences and SQL read better in one line
"""Derive the times between audits, reports and deletion runs from the tables of a case; see :mod:`custodiet.law.subjects`.

Acts are read from the local inputs ``audits`` and ``purge-reports``, from events that
say that an audit was finished, and from pages that date one. What a case covers of an
organisation goes from the first to the last day on which a record, event, page or list
of its own shows the system in use, or an act is dated.
"""

from __future__ import annotations

from typing import Final

from custodiet.law.subject_parts import ORGANISATIONS, Inputs, facts

_FINISHED: Final = "complete|completed|performed|conducted|finished|signed|certified|approved|closed"
_KIND: Final = "an?|the|our|its|monthly|quarterly|annual|yearly|internal|external|independent|compliance|system"
_EVENT: Final = (
    rf"\baudit( review| report)?( was| is| has been)? ({_FINISHED})\b|\b({_FINISHED})( ({_KIND}))* audit($| of | for )"
)
_DAY: Final = (
    r"(\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{4}"
    r"|(?:january|february|march|april|may|june|july|august|september|october|november|december) \d{1,2},? \d{4})"
)
_DATED: Final = (
    r"\b(?:last|latest|most recent)(?:ly)?\s+(?:[a-z-]+\s+){0,3}?audit(?:ed)?\b[^.;\d]{0,30}?" + _DAY,
    r"\baudit(?:ed)?\s+(?:was\s+|were\s+)?(?:last\s+)?(?:completed|conducted|performed|made|done|held|finished)?\s*(?:on|:)\s*"
    + _DAY,
)
_EVERY: Final = r"\baudit\w*\s+(?:[a-z-]+\s+){0,3}?(?:at least\s+)?every\s+(\d{1,4})\s+(day|week|month|year)s?\b"
_ADVERBS: Final = (
    ("weekly", 7), ("monthly", 31), ("quarterly", 92), ("semi-annual(?:ly)?", 184), ("(?:annual|year)(?:ly)?", 366),
    ("(?:biennial|bi-annual)(?:ly)?", 731),
)  # fmt: skip
_PAGE_TEXT: Final = (
    "lower(concat_ws(' | ', p.prohibited_uses, p.acceptable_use, p.access_policy, p.hotlist_policy, p.other))"
)
_EVENT_TEXT: Final = "trim(regexp_replace(lower(concat_ws(' ', e.entity_type, e.event_type)), '[^a-z0-9]+', ' ', 'g'))"
_DAY_OF_RECORD: Final = "coalesce(r.searched_local::DATE, r.searched_at::DATE)"


def interval_sql(inputs: Inputs) -> str:
    """Return the SELECT that derives the intervals of every organisation and kind of act."""
    return f"""WITH{ORGANISATIONS},
  marks AS ({_marks(inputs)}),
  acts AS ({_acts(inputs)}),
  names AS (SELECT producer, min(producer_released) AS producer_released FROM
    (SELECT producer, producer_released FROM marks UNION ALL SELECT producer, producer_released FROM acts) GROUP BY producer),
  kinds AS (SELECT unnest(['audit', 'independent-audit', 'report', 'deletion']) AS act),
  told AS (SELECT DISTINCT producer, act FROM acts),
  -- One row a day that ends or begins an interval; on one day an act outweighs a mere record.
  edges AS (
    SELECT producer, act, day, bool_or(is_act) AS is_act,
           arg_min({{'disclosure_id': disclosure_id, 'source_row': source_row}}, source_row) FILTER (is_act AND disclosure_id IS NOT NULL) AS cited
    FROM (
      SELECT producer, act, day, true AS is_act, disclosure_id, source_row FROM acts WHERE day IS NOT NULL
      UNION ALL
      SELECT producer, act, unnest(days), false, NULL, NULL FROM
        (SELECT producer, [min(day), max(day)] AS days FROM marks GROUP BY producer), kinds)
    GROUP BY producer, act, day
    QUALIFY bool_or(is_act) OR day IN (min(day) OVER (PARTITION BY producer, act), max(day) OVER (PARTITION BY producer, act))),
  spans AS (
    SELECT producer, act, day AS begins_on, is_act AS begins_with_act, lead(day) OVER w AS next_on,
           lead(is_act) OVER w AS next_is_act, lead(cited) OVER w AS next_cited, cited, row_number() OVER w AS place
    FROM edges WINDOW w AS (PARTITION BY producer, act ORDER BY day)),
  acts_told AS (
    SELECT s.producer, s.act, begins_on, begins_with_act, coalesce(next_on, begins_on) AS ends_on,
           coalesce(next_is_act, begins_with_act) AS ends_with_act,
           coalesce(next_cited, CASE WHEN next_on IS NULL THEN cited END) AS cited
    FROM spans s WHERE (next_on IS NOT NULL OR place = 1) AND EXISTS (SELECT 1 FROM told t WHERE t.producer = s.producer AND t.act = s.act)),
  untold AS (
    SELECT producer, act, min(day) AS begins_on, false AS begins_with_act, max(day) AS ends_on, false AS ends_with_act,
           NULL AS cited
    FROM edges e WHERE NOT EXISTS (SELECT 1 FROM told t WHERE t.producer = e.producer AND t.act = e.act) GROUP BY producer, act),
  intervals AS (SELECT *, true AS is_told FROM acts_told UNION ALL SELECT *, false FROM untold),
  stated AS ({_stated(inputs)}),
  kept AS (
    SELECT coalesce(o.canonical, p.producer) AS producer, arg_max(p.retention_days, p.as_of)::BIGINT AS stated_retention_days
    FROM portals p LEFT JOIN org_facts o ON o.name = p.producer WHERE p.retention_days IS NOT NULL GROUP BY ALL),
  searched AS ({_audit_searches(inputs)}),
  periods AS ({_periods(inputs)}),
  covered AS ({_covered()})
SELECT
  coalesce(i.cited.disclosure_id, m.disclosure_id, f.disclosure_id) AS disclosure_id,
  coalesce(i.cited.source_row, m.source_row, f.source_row, 1)::BIGINT AS source_row,
  i.producer, n.producer_released, {facts("o", "producer")}, i.act, i.begins_on, i.ends_on,
  CASE WHEN i.begins_with_act THEN 'act' ELSE 'record' END AS begins_with,
  CASE WHEN i.ends_with_act THEN 'act' ELSE 'record' END AS ends_with,
  CASE WHEN i.is_told THEN date_diff('day', i.begins_on, i.ends_on) END AS days,
  CASE WHEN i.is_told THEN greatest(year(i.ends_on) - year(i.begins_on) - 1, 0) END AS full_years,
  CASE WHEN i.is_told THEN greatest(12 * (year(i.ends_on) - year(i.begins_on)) + month(i.ends_on) - month(i.begins_on) - 1, 0) END AS full_months,
  c.uncovered_days, coalesce(s.n, 0)::BIGINT AS audit_searches, stated.stated_days, kept.stated_retention_days,
  CASE WHEN i.is_told THEN i.begins_on || ' to ' || i.ends_on END AS gap,
  concat_ws(chr(31), i.producer, i.act, i.begins_on, i.ends_on) AS search_key
FROM intervals i
JOIN names n ON n.producer = i.producer
LEFT JOIN org_facts o ON o.name = i.producer
LEFT JOIN stated ON stated.producer = i.producer
LEFT JOIN kept ON kept.producer = i.producer
LEFT JOIN (
  SELECT i.producer, i.act, i.begins_on, sum(s.n) AS n FROM intervals i
  JOIN searched s ON s.producer = i.producer AND s.day > i.begins_on AND s.day <= i.ends_on
  WHERE i.act IN ('audit', 'independent-audit') GROUP BY ALL) s
  ON s.producer = i.producer AND s.act = i.act AND s.begins_on = i.begins_on
LEFT JOIN covered c ON c.producer = i.producer AND c.act = i.act AND c.begins_on = i.begins_on
ASOF LEFT JOIN marks m ON m.producer = i.producer AND m.day <= i.ends_on
LEFT JOIN (SELECT producer, arg_min(disclosure_id, day) AS disclosure_id, arg_min(source_row, day) AS source_row
           FROM marks GROUP BY producer) f ON f.producer = i.producer"""


def _named(alias: str, name: str) -> str:
    return f"coalesce(o.canonical, {alias}.{name}) AS producer, {alias}.{name} AS producer_released"


def _marks(inputs: Inputs) -> str:
    """Show a system in use: the first and last row of each table of its own."""
    edges = "[min({day}), max({day})] AS days, [arg_min(r.{row}, {day}), arg_max(r.{row}, {day})] AS rows"
    parts = [
        f"SELECT {_named('r', 'producer')}, r.disclosure_id, {edges.format(day=_DAY_OF_RECORD, row='record_no')}"
        " FROM records r LEFT JOIN org_facts o ON o.name = r.producer WHERE r.producer IS NOT NULL GROUP BY ALL"
    ]
    if inputs.has("events"):
        parts.append(
            f"SELECT {_named('d', 'producer')}, r.disclosure_id, {edges.format(day='r.event_at::DATE', row='record_no')} FROM events r"
            " JOIN disclosures d ON d.disclosure_id = r.disclosure_id LEFT JOIN org_facts o ON o.name = d.producer"
            " WHERE d.producer IS NOT NULL GROUP BY ALL"
        )
    if inputs.has("portals"):
        parts.append(
            f"SELECT {_named('p', 'producer')}, p.disclosure_id, [p.as_of], [p.source_row] FROM portals p LEFT JOIN org_facts o ON o.name = p.producer"
        )
    if inputs.has("shares"):
        parts.append(
            f"SELECT {_named('r', 'source')}, r.disclosure_id, {edges.format(day='r.as_of', row='source_row')}"
            " FROM shares r LEFT JOIN org_facts o ON o.name = r.source WHERE r.stated_by = r.source GROUP BY ALL"
        )
    spread = "producer, producer_released, disclosure_id, unnest(days) AS day, unnest(rows) AS source_row"
    return f"SELECT * FROM (SELECT {spread} FROM ({_union(parts)})) WHERE day IS NOT NULL AND producer IS NOT NULL"


def _union(parts: list[str]) -> str:
    return "\n    UNION ALL ".join(parts)


def _acts(inputs: Inputs) -> str:
    """Gather dated acts; an act without a day says that there was none."""
    nowhere = "NULL::VARCHAR AS disclosure_id, NULL::BIGINT AS source_row"
    parts = [f"SELECT NULL::VARCHAR AS producer, NULL::VARCHAR AS producer_released, NULL::VARCHAR AS act, NULL::DATE AS day, {nowhere} WHERE false"]  # fmt: skip
    if inputs.has("input_audits"):
        source = "FROM input_audits i LEFT JOIN org_facts o ON o.name = i.producer"
        parts.append(f"SELECT {_named('i', 'producer')}, i.kind, i.done_on, {nowhere} {source}")
        parts.append(
            f"SELECT {_named('i', 'producer')}, 'independent-audit', CASE WHEN i.independence IS DISTINCT FROM 'internal' THEN i.done_on END, {nowhere} {source} WHERE i.kind = 'audit'"
        )
    if inputs.has("input_purge_reports"):
        parts.append(
            f"SELECT {_named('i', 'producer')}, 'deletion', i.purged_on, {nowhere} FROM input_purge_reports i LEFT JOIN org_facts o ON o.name = i.producer"
        )
    if inputs.has("events"):
        parts.append(
            f"SELECT {_named('d', 'producer')}, 'audit', e.event_at::DATE, e.disclosure_id, e.record_no FROM events e"
            " JOIN disclosures d ON d.disclosure_id = e.disclosure_id LEFT JOIN org_facts o ON o.name = d.producer"
            f" WHERE e.event_at IS NOT NULL AND regexp_matches({_EVENT_TEXT}, '{_EVENT}')"
        )
    if inputs.has("portals"):
        found = ", ".join(f"regexp_extract_all({_PAGE_TEXT}, '{pattern}', 1)" for pattern in _DATED)
        read = "try_strptime(replace(t, ',', ''), ['%Y-%m-%d', '%m/%d/%Y', '%B %d %Y'])::DATE"
        dated = f"SELECT p.*, unnest(list_distinct(flatten([{found}]))) AS t FROM portals p"
        parts += [
            f"SELECT {_named('p', 'producer')}, '{act}', {read}, p.disclosure_id, p.source_row FROM ({dated}) p"
            f" LEFT JOIN org_facts o ON o.name = p.producer WHERE {read} <= p.as_of"
            for act in ("audit", "independent-audit")
        ]
    return f"SELECT * FROM ({_union(parts)}) WHERE producer IS NOT NULL"


def _stated(inputs: Inputs) -> str:
    """Read the interval that a page states; the latest page that states one counts."""
    if not inputs.has("portals"):
        return "SELECT NULL::VARCHAR AS producer, NULL::BIGINT AS stated_days WHERE false"
    number = f"try_cast(regexp_extract(text, '{_EVERY}', 1) AS BIGINT)"
    unit = f"CASE regexp_extract(text, '{_EVERY}', 2) WHEN 'day' THEN 1 WHEN 'week' THEN 7 WHEN 'month' THEN 31 WHEN 'year' THEN 366 END"
    words = " ".join(
        rf"WHEN regexp_matches(text, '\baudit(ed|s)?\s+{word}\b|\b{word}\s+audit(s|ed)?\b') THEN {days}"
        for word, days in _ADVERBS
    )
    return f"""
    SELECT producer, arg_max(days, as_of) AS stated_days FROM (
      SELECT producer, as_of, coalesce({number} * ({unit}), CASE {words} END)::BIGINT AS days FROM (
        SELECT coalesce(o.canonical, p.producer) AS producer, p.as_of, {_PAGE_TEXT} AS text
        FROM portals p LEFT JOIN org_facts o ON o.name = p.producer))
    WHERE days IS NOT NULL AND as_of IS NOT NULL GROUP BY producer"""


def _audit_searches(inputs: Inputs) -> str:
    return f"""
    SELECT coalesce(o.canonical, r.producer) AS producer, {_DAY_OF_RECORD} AS day, count(*) AS n
    FROM records r JOIN (SELECT DISTINCT key FROM purposes WHERE field = 'reason' AND label = 'admin.audit') k ON k.key = r.reason_key
    LEFT JOIN org_facts o ON o.name = r.producer WHERE {inputs.reason_state("r.reason_state")} = 'value' GROUP BY ALL"""


def _periods(inputs: Inputs) -> str:
    if not inputs.has("input_audits"):
        return "SELECT NULL::VARCHAR AS producer, NULL::VARCHAR AS act, NULL::DATE AS covers_from, NULL::DATE AS covers_to WHERE false"
    return """
    SELECT coalesce(o.canonical, i.producer) AS producer, k.act, i.covers_from, i.covers_to
    FROM input_audits i LEFT JOIN org_facts o ON o.name = i.producer
    JOIN kinds k ON k.act = i.kind OR (i.kind = 'audit' AND k.act = 'independent-audit' AND i.independence IS DISTINCT FROM 'internal')
    WHERE i.covers_from IS NOT NULL AND i.covers_to IS NOT NULL AND i.done_on IS NOT NULL"""


def _covered() -> str:
    """Count the days of an interval in no stated period; only where some act of the organisation states one."""
    return """
    SELECT d.producer, d.act, d.begins_on, count(*) FILTER (p.producer IS NULL) AS uncovered_days
    FROM (SELECT producer, act, begins_on, unnest(generate_series(begins_on + INTERVAL 1 DAY, ends_on::TIMESTAMP, INTERVAL 1 DAY))::DATE AS day
          FROM intervals WHERE (producer, act) IN (SELECT (producer, act) FROM periods)) d
    LEFT JOIN (SELECT DISTINCT producer, act, unnest(generate_series(covers_from::TIMESTAMP, covers_to::TIMESTAMP, INTERVAL 1 DAY))::DATE AS day
               FROM periods) p ON p.producer = d.producer AND p.act = d.act AND p.day = d.day
    GROUP BY ALL"""
