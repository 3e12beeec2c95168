"""Gather records that may have a copy in another log, with what can be compared between copies.

``link_candidates`` holds one row per record of an organisation and second that
two disclosures share, at least one of its records having no id.
"""

from __future__ import annotations

from typing import Final

from custodiet.case import Case
from custodiet.resolve.searches.prepare import look_of

# A text shorter than this is completed to no other one.
_SHORTEST_CUT: Final = 3

_MEETING: Final = """
CREATE OR REPLACE TEMP TABLE link_meeting AS
WITH free AS (
    SELECT r.*, CASE WHEN c.dno IS NULL THEN r.id_key ELSE c.cluster END AS cluster, coalesce(c.rank, {id_rank}) AS rank
    FROM link_rows r LEFT JOIN link_clusters c USING (dno, record_no) WHERE r.second IS NOT NULL
), named AS (
    SELECT org_no, second FROM free WHERE org_no IS NOT NULL GROUP BY ALL
    HAVING min(dno) <> max(dno) AND bool_or(cluster IS NULL)
), unnamed AS (
    SELECT second, networks FROM free WHERE networks IS NOT NULL GROUP BY ALL
    HAVING min(dno) <> max(dno) AND bool_or(cluster IS NULL) AND bool_or(org_no IS NULL)
)
SELECT * FROM free SEMI JOIN named USING (org_no, second)
UNION ALL
SELECT * FROM free SEMI JOIN unnamed USING (second, networks) ANTI JOIN named USING (org_no, second)
"""

# Rows of one log that stand in the same organisation and second: how each looks in every cell but its id.
_LOOKS: Final = f"""
CREATE OR REPLACE TEMP TABLE link_looks AS
SELECT m.dno, m.record_no, {look_of("r")} AS look
FROM link_meeting m JOIN link_disclosures d USING (dno)
JOIN records r ON r.disclosure_id = d.disclosure_id AND r.record_no = m.record_no
SEMI JOIN (SELECT dno, org_no, second FROM link_meeting GROUP BY ALL HAVING count(*) > 1) s
    ON s.dno = m.dno AND s.second = m.second AND s.org_no IS NOT DISTINCT FROM m.org_no
"""

_PLAIN: Final = "nullif(regexp_replace(lower({text}), '[^\\p{{L}}\\p{{N}}]+', '', 'g'), '')"
_TIGHT: Final = (
    "CASE WHEN NOT regexp_matches({text}, '[*#]{{2}}|(?i)redact') THEN hash(lower(replace({text}, ' ', ''))) END"
)

# Only equality counts from here on, so everything but the reason becomes a number.
_SEEN: Final = f"""
CREATE OR REPLACE TEMP TABLE link_seen AS
WITH seen AS (
    SELECT m.dno, m.record_no, m.org_no, m.second, m.networks, m.cluster, m.rank, m.own_key, r.devices,
        r.reason_key, r.reason_state = 'value' AND NOT d.constant_reason AS told,
        length(r.reason) = 43 OR length(r.reason) = d.cut_length OR right(rtrim(r.reason), 1) IN ('-', '…') AS cut,
        r.reason AS text,
        CASE WHEN r.window_start IS NOT NULL AND r.window_end IS NOT NULL
            THEN hash(r.window_start, r.window_end) END AS period,
        CASE WHEN r.case_number_state = 'value' THEN hash({_PLAIN.format(text="r.case_number")}) END AS case_text,
        CASE WHEN r.plate IS NOT NULL THEN hash(r.plate) END AS plate,
        {_TIGHT.format(text="r.search_type")} AS search_type, {_TIGHT.format(text="r.offense_type")} AS offense,
        {_TIGHT.format(text="r.text_prompt")} AS prompt
    FROM link_meeting m JOIN link_disclosures d USING (dno)
    JOIN records r ON r.disclosure_id = d.disclosure_id AND r.record_no = m.record_no
), texts AS (
    SELECT reason_key, {_PLAIN.format(text="min(text)")} AS reason FROM seen WHERE told GROUP BY reason_key
)
SELECT s.* EXCLUDE (reason_key, told, cut, text), t.reason, coalesce(s.cut, false) AND t.reason IS NOT NULL AS cut
FROM seen s LEFT JOIN texts t ON s.told AND t.reason_key = s.reason_key
"""

# A cut text stands for the only longer one of its organisation and second that begins with it; for none, when two do.
_COMPLETED: Final = f"""
CREATE OR REPLACE TEMP TABLE link_completed AS
WITH longer AS (
    SELECT DISTINCT a.org_no, a.second, a.reason, b.reason AS whole
    FROM (SELECT DISTINCT org_no, second, reason FROM link_seen WHERE cut) a
    JOIN (SELECT DISTINCT org_no, second, reason FROM link_seen WHERE reason IS NOT NULL) b
        ON a.second = b.second AND (a.org_no = b.org_no OR a.org_no IS NULL OR b.org_no IS NULL)
        AND length(b.reason) > length(a.reason) AND starts_with(b.reason, a.reason)
), longest AS (
    SELECT *, arg_max(whole, length(whole)) OVER (PARTITION BY org_no, second, reason) AS best FROM longer
)
SELECT org_no, second, reason, CASE WHEN bool_and(starts_with(best, whole) AND length(reason) >= {_SHORTEST_CUT})
    THEN min(best) END AS whole FROM longest GROUP BY org_no, second, reason
"""

_CANDIDATES: Final = """
CREATE OR REPLACE TEMP TABLE link_candidates AS
SELECT s.* EXCLUDE (reason, cut),
    CASE WHEN w.reason IS NULL THEN CASE WHEN s.reason IS NOT NULL THEN hash(s.reason) END
        WHEN w.whole IS NOT NULL THEN hash(w.whole) END AS reason,
    coalesce(l.look, s.own_key) AS look
FROM link_seen s LEFT JOIN link_looks l ON l.dno = s.dno AND l.record_no = s.record_no
LEFT JOIN link_completed w ON s.cut AND s.second = w.second AND s.reason = w.reason
    AND s.org_no IS NOT DISTINCT FROM w.org_no
"""


def gather_candidates(case: Case, id_rank: int) -> int:
    """Fill ``link_candidates`` and return how many there are."""
    case.execute(_MEETING.format(id_rank=id_rank))
    if not case.value("SELECT count(*) FROM link_meeting"):
        return 0
    for statement in (_LOOKS, _SEEN, _COMPLETED, _CANDIDATES):
        case.execute(statement)
    return int(case.value("SELECT count(*) FROM link_candidates"))
