"""Gather records that may have a copy in another log, with what can be compared between copies.

``link_candidates`` holds one row per record of an organisation and second that
two disclosures share, at least one of its records having no id.
"""

from __future__ import annotations

from typing import Final

from custodiet.case import Case

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
UNION
SELECT * FROM free SEMI JOIN unnamed USING (second, networks)
"""

# Rows of one log that stand in the same organisation and second: how each looks in every cell but its id.
_LOOKS: Final = """
CREATE OR REPLACE TEMP TABLE link_looks AS
SELECT m.dno, m.record_no, md5_number_lower(row(COLUMNS(r.* EXCLUDE (record_no, source_row, source_page, search_id,
    layout_corrected)))::VARCHAR) AS look
FROM link_meeting m JOIN link_disclosures d USING (dno)
JOIN records r ON r.disclosure_id = d.disclosure_id AND r.record_no = m.record_no
SEMI JOIN (SELECT dno, second FROM link_meeting GROUP BY ALL HAVING count(*) > 1) s
    ON s.dno = m.dno AND s.second = m.second
"""

_PLAIN: Final = "nullif(regexp_replace(lower({text}), '[^\\p{{L}}\\p{{N}}]+', '', 'g'), '')"
_TIGHT: Final = "CASE WHEN NOT regexp_matches({text}, '[*#]{{2}}|(?i)redact') THEN lower(replace({text}, ' ', '')) END"

_CANDIDATES: Final = f"""
CREATE OR REPLACE TEMP TABLE link_candidates AS
WITH seen AS (
    SELECT m.*, r.devices, r.window_start, r.window_end, r.reason_key, r.plate, d.constant_reason,
        r.reason_state = 'value' AND NOT d.constant_reason AS told_reason,
        length(r.reason) = 43 OR length(r.reason) = d.cut_length OR right(rtrim(r.reason), 1) IN ('-', '…') AS cut,
        r.reason, CASE WHEN r.case_number_state = 'value' THEN {_PLAIN.format(text="r.case_number")} END AS case_text,
        {_TIGHT.format(text="r.search_type")} AS search_type, {_TIGHT.format(text="r.offense_type")} AS offense,
        {_TIGHT.format(text="r.text_prompt")} AS prompt
    FROM link_meeting m JOIN link_disclosures d USING (dno)
    JOIN records r ON r.disclosure_id = d.disclosure_id AND r.record_no = m.record_no
), texts AS (
    SELECT reason_key, {_PLAIN.format(text="min(reason)")} AS plain FROM seen WHERE told_reason GROUP BY reason_key
)
SELECT s.dno, s.record_no, s.org_no, s.second, s.networks, s.devices, s.cluster, s.rank, s.own_key,
    coalesce(l.look, s.own_key) AS look,
    CASE WHEN window_start IS NOT NULL AND window_end IS NOT NULL
        THEN epoch(window_start)::BIGINT || '/' || epoch(window_end)::BIGINT END AS period,
    t.plain AS reason, coalesce(s.cut, false) AND t.plain IS NOT NULL AS cut, s.case_text, s.plate, s.search_type,
    s.offense, s.prompt
FROM seen s LEFT JOIN texts t ON s.told_reason AND t.reason_key = s.reason_key
LEFT JOIN link_looks l ON l.dno = s.dno AND l.record_no = s.record_no
"""

# A cut text stands for the only longer one of its organisation and second that begins with it; for none, when two do.
_COMPLETED: Final = f"""
CREATE OR REPLACE TEMP TABLE link_completed AS
WITH longer AS (
    SELECT DISTINCT a.org_no, a.second, a.reason, b.reason AS whole
    FROM (SELECT DISTINCT org_no, second, reason FROM link_candidates WHERE cut) a
    JOIN (SELECT DISTINCT org_no, second, reason FROM link_candidates WHERE reason IS NOT NULL) b
        ON a.second = b.second AND (a.org_no = b.org_no OR a.org_no IS NULL OR b.org_no IS NULL)
        AND length(b.reason) > length(a.reason) AND starts_with(b.reason, a.reason)
), longest AS (
    SELECT *, arg_max(whole, length(whole)) OVER (PARTITION BY org_no, second, reason) AS best FROM longer
)
SELECT org_no, second, reason, CASE WHEN bool_and(starts_with(best, whole) AND length(reason) >= {_SHORTEST_CUT})
    THEN min(best) END AS whole FROM longest GROUP BY org_no, second, reason
"""

_COMPLETE: Final = """
UPDATE link_candidates SET reason = w.whole FROM link_completed w
WHERE link_candidates.cut AND link_candidates.second = w.second AND link_candidates.reason = w.reason
    AND link_candidates.org_no IS NOT DISTINCT FROM w.org_no
"""


def gather_candidates(case: Case, id_rank: int) -> int:
    """Fill ``link_candidates`` and return how many there are."""
    case.execute(_MEETING.format(id_rank=id_rank))
    if not case.value("SELECT count(*) FROM link_meeting"):
        return 0
    case.execute(_LOOKS)
    case.execute(_CANDIDATES)
    case.execute(_COMPLETED)
    case.execute(_COMPLETE)
    return int(case.value("SELECT count(*) FROM link_candidates"))
