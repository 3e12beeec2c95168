"""Make rows comparable: organisations by one name, seconds, usable ids, and what a disclosure does to its cells.

Working tables (temporary, never part of the case): ``link_orgs``, one row per
organisation name as released; ``link_disclosures``, one row per disclosure;
``link_rows``, one row per record.
"""

from __future__ import annotations

from typing import Final

from custodiet.case import Case
from custodiet.model.tables import RECORDS

# Names that hide the organisation: a mask in words, or a legal ground in its place. Glyphs have no letters at all.
_HIDDEN_NAME: Final = r"(?i)redact|withheld|\bmasked\b|\bexempt|§|[0-9]{3,}\.[0-9]+"

_ORGANISATIONS: Final = rf"""
CREATE OR REPLACE TEMP TABLE link_orgs AS
WITH resolved AS (
    SELECT name, min(canonical) AS canonical, bool_or(status = 'placeholder') AS hidden
    FROM organisations GROUP BY name
), worded AS (
    SELECT r.name, coalesce(o.canonical, r.name) AS shown, coalesce(o.hidden, false) AS hidden,
        list_sort(list_distinct(list_filter(string_split_regex(
            lower(coalesce(o.canonical, r.name)), '[^\p{{L}}\p{{N}}]+'), lambda w: w <> ''))) AS words
    FROM (SELECT DISTINCT org AS name FROM records WHERE org IS NOT NULL) r LEFT JOIN resolved o USING (name)
)
SELECT name, shown, words, dense_rank() OVER (ORDER BY words)::INTEGER AS org_no
FROM worded
WHERE NOT hidden AND len(words) > 0 AND NOT regexp_matches(name, '{_HIDDEN_NAME}')
"""

# A reason that never changes is a mask in disguise; times that are all whole minutes or days were cut; ids that
# count from one are row numbers; texts that pile up at one greatest length were cut there.
_DISCLOSURES: Final = """
CREATE OR REPLACE TEMP TABLE link_disclosures AS
WITH facts AS (
    SELECT disclosure_id, count(*) AS n,
        bool_and(second(searched_at) = 0) AS whole_minutes,
        bool_and(minute(searched_at) = 0 AND second(searched_at) = 0) AND count(DISTINCT hour(searched_at)) <= 2
            AS whole_days,
        min(reason_key) FILTER (reason_state = 'value') = max(reason_key) FILTER (reason_state = 'value')
            AND count(*) FILTER (reason_state = 'value') >= 50 AS constant_reason,
        max(length(reason)) AS longest_reason,
        max(length(search_id)) < 10 AND max(TRY_CAST(search_id AS BIGINT)) <= count(*) + 1
            AND min(coalesce(TRY_CAST(search_id AS BIGINT), -1)) >= 0 AS ids_are_row_numbers
    FROM records GROUP BY disclosure_id
), cuts AS (
    SELECT disclosure_id, count(DISTINCT reason_key) AS n_longest
    FROM records r JOIN facts f USING (disclosure_id)
    WHERE length(r.reason) = f.longest_reason AND f.longest_reason >= 20 GROUP BY disclosure_id
)
SELECT disclosure_id, dense_rank() OVER (ORDER BY disclosure_id)::INTEGER AS dno,
    coalesce(whole_minutes AND n >= 20, false) AS whole_minutes, coalesce(whole_days AND n >= 20, false) AS whole_days,
    coalesce(constant_reason, false) AS constant_reason,
    CASE WHEN n_longest >= 3 THEN longest_reason END AS cut_length,
    coalesce(ids_are_row_numbers, false) AS ids_are_row_numbers
FROM facts LEFT JOIN cuts USING (disclosure_id)
"""

# An id must hold a digit and no blank; a short one counts only beside the organisation that it belongs to.
# Seconds of logs cut to minutes are shifted far away: they meet only each other.
_ROWS: Final = """
CREATE OR REPLACE TEMP TABLE link_rows AS
WITH named AS (
    SELECT r.disclosure_id, d.dno, r.record_no, o.org_no, o.words, r.org_basis = 'producer' AS assumed,
        r.searched_at, r.networks, d.whole_minutes, d.whole_days, d.ids_are_row_numbers,
        CASE WHEN regexp_matches(r.search_id, '[0-9]') AND NOT contains(r.search_id, ' ')
            THEN lower(r.search_id) END AS id
    FROM records r JOIN link_disclosures d USING (disclosure_id)
    LEFT JOIN link_orgs o
        ON o.name = CASE WHEN r.kind = 'network-audit' AND r.org_basis = 'producer' THEN NULL ELSE r.org END
)
SELECT dno, record_no, org_no, assumed, networks, epoch(searched_at)::BIGINT AS clock,
    CASE WHEN whole_days THEN NULL ELSE epoch(searched_at)::BIGINT + CASE WHEN whole_minutes THEN 1000000000000
        ELSE 0 END END AS second,
    md5_number_lower(disclosure_id || ':' || record_no) AS own_key,
    CASE WHEN ids_are_row_numbers THEN NULL
        WHEN length(id) >= 16 THEN md5_number_lower('id:' || id)
        WHEN org_no IS NOT NULL THEN md5_number_lower('id:' || id || ':' || array_to_string(words, ' ')) END AS id_key
FROM named
"""

_NOT_LOOKED_AT: Final = {"record_no", "source_row", "source_page", "search_id", "layout_corrected"}


def look_of(records: str) -> str:
    """Give SQL for a number that two rows of one disclosure share when every cell but the id is the same."""
    names = (name for name in RECORDS.column_names if name not in _NOT_LOOKED_AT)
    return f"hash({', '.join(f'{records}.{name}' for name in names)})"


def prepare(case: Case) -> None:
    """Fill the working tables from ``records`` and ``organisations``."""
    for statement in (_ORGANISATIONS, _DISCLOSURES, _ROWS):
        case.execute(statement)
