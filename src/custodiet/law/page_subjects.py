# ruff: noqa: E501 - tables of words, sentences and SQL read better in one line
"""Derive pages and released tables for the rules from the tables of a case; see :mod:`custodiet.law.subjects`."""

from __future__ import annotations

from typing import Final

from custodiet.law.subject_parts import ORGANISATIONS, Inputs, facts
from custodiet.rules.fields import SEARCH_COLUMNS


def portal_sql(inputs: Inputs) -> str:
    """Return the SELECT that derives transparency pages."""
    texts = ", ".join(
        f"p.{name}"
        for name in (
            "prohibited_uses",
            "acceptable_use",
            "access_policy",
            "hotlist_policy",
            "hotlists",
            "other",
        )
    )
    return f"""WITH{ORGANISATIONS},
  lists AS (
    SELECT disclosure_id, coalesce(o.canonical, x.source) AS list_of, count(DISTINCT recipient) AS n
    FROM shares x LEFT JOIN org_facts o ON o.name = x.source WHERE x.stated_by = x.source GROUP BY ALL),
  audits AS (
    SELECT r.disclosure_id AS audit_id, coalesce(o.canonical, r.producer) AS audit_of, d.sha256, d.member_sha256,
           min(coalesce(r.searched_local::DATE, r.searched_at::DATE)) AS first_on,
           max(coalesce(r.searched_local::DATE, r.searched_at::DATE)) AS last_on
    FROM records r LEFT JOIN disclosures d ON d.disclosure_id = r.disclosure_id
    LEFT JOIN org_facts o ON o.name = r.producer WHERE r.kind = 'portal-audit' GROUP BY ALL),
  audit_days AS (
    SELECT disclosure_id AS audit_id, coalesce(searched_local::DATE, searched_at::DATE) AS audit_on, count(*) AS n
    FROM records WHERE kind = 'portal-audit' GROUP BY ALL),
  page_files AS (
    SELECT p.disclosure_id AS page_id, p.source_row AS page_row, p.as_of, coalesce(o.canonical, p.producer) AS page_of,
           d.sha256, d.member_sha256
    FROM portals p LEFT JOIN disclosures d ON d.disclosure_id = p.disclosure_id
    LEFT JOIN org_facts o ON o.name = p.producer),
  -- An audit that was made some days before its page ends with its own last day.
  carried AS (
    SELECT f.page_id, f.page_row, a.audit_id, least(f.as_of, a.last_on) AS ends_on,
           a.first_on <= ends_on - INTERVAL 27 DAY AND ends_on >= f.as_of - INTERVAL 3 DAY AS covers
    FROM page_files f JOIN audits a ON a.sha256 = f.sha256 AND a.member_sha256 = f.member_sha256),
  carriers AS (SELECT DISTINCT page_id, page_row FROM carried),
  apart AS (
    SELECT DISTINCT f.page_id, f.page_row
    FROM page_files f JOIN audits a ON a.audit_of = f.page_of AND a.first_on <= f.as_of
      AND a.last_on > f.as_of - INTERVAL 30 DAY
    WHERE a.sha256 IS NULL OR (a.sha256, a.member_sha256) NOT IN
      (SELECT (sha256, member_sha256) FROM page_files WHERE sha256 IS NOT NULL AND member_sha256 IS NOT NULL)),
  recent AS (
    SELECT page_id, page_row, max(n) AS n FROM (
      SELECT c.page_id, c.page_row, c.audit_id, sum(a.n)::BIGINT AS n
      FROM carried c JOIN audit_days a ON a.audit_id = c.audit_id
        AND a.audit_on > c.ends_on - INTERVAL 30 DAY AND a.audit_on <= c.ends_on
      WHERE c.covers GROUP BY ALL) GROUP BY ALL){_purges(inputs)}
SELECT
  p.disclosure_id, p.source_row, coalesce(o.canonical, p.producer) AS producer, p.producer AS producer_released, {facts("o", "producer")},
  p.as_of, p.retention_days, p.cameras, p.searches_30d, p.hits_30d, p.vehicles_30d, p.prohibited_uses, p.acceptable_use,
  p.access_policy, p.hotlist_policy, p.hotlists, concat_ws(chr(10), {texts}) AS page_text, p.last_updated,
  l.n AS n_recipients, CASE WHEN c.page_id IS NOT NULL THEN true WHEN apart.page_id IS NULL THEN false END AS has_audit,
  recent.n AS audit_rows_30d, {"date_diff('day', u.oldest_kept_on, u.purged_on)" if inputs.has("input_purge_reports") else "NULL::BIGINT"} AS oldest_kept_days,
  p.disclosure_id || ':' || p.source_row AS search_key
FROM portals p
LEFT JOIN org_facts o ON o.name = p.producer
LEFT JOIN lists l ON l.disclosure_id = p.disclosure_id AND l.list_of = coalesce(o.canonical, p.producer)
LEFT JOIN carriers c ON c.page_id = p.disclosure_id AND c.page_row = p.source_row
LEFT JOIN apart ON apart.page_id = p.disclosure_id AND apart.page_row = p.source_row
LEFT JOIN recent ON recent.page_id = p.disclosure_id AND recent.page_row = p.source_row
{"ASOF LEFT JOIN purges u ON u.purge_of = coalesce(o.canonical, p.producer) AND u.purged_on <= p.as_of" if inputs.has("input_purge_reports") else ""}"""


def _purges(inputs: Inputs) -> str:
    if not inputs.has("input_purge_reports"):
        return ""
    return """,
  purges AS (
    SELECT coalesce(o.canonical, i.producer) AS purge_of, i.purged_on, min(i.oldest_kept_on) AS oldest_kept_on
    FROM input_purge_reports i LEFT JOIN org_facts o ON o.name = i.producer GROUP BY ALL)"""


_COLUMN_TESTS: Final = {
    "user": "bool_or(user_state <> 'not-exported')",
    "reason": "bool_or(reason_state <> 'not-exported')",
    "case_number": "bool_or(case_number_state <> 'not-exported')",
    "plate": "bool_or(plate_state <> 'not-exported')",
    "window": "count(window_start) > 0",
    "org": "bool_or(org_basis = 'released')",
}


def disclosure_sql(_inputs: Inputs) -> str:
    """Return the SELECT that derives released tables and pages."""
    columns = ", ".join(
        f"CASE WHEN {_COLUMN_TESTS.get(name, f'count({name}) > 0')} THEN ['{name}'] ELSE [] END"
        for name in SEARCH_COLUMNS
    )
    withheld = ", ".join(
        f"CASE WHEN bool_and({name}_state IN ('masked', 'withheld')) THEN ['{name}'] ELSE [] END"
        for name in ("reason", "case_number", "user", "plate")
    )
    return f"""WITH{ORGANISATIONS},
  held AS (
    SELECT disclosure_id, count(*) AS n_records, list_concat({columns}) AS columns, list_concat({withheld}) AS withheld_columns,
           min(coalesce(searched_local::DATE, searched_at::DATE)) AS first_on, max(coalesce(searched_local::DATE, searched_at::DATE)) AS last_on
    FROM records GROUP BY disclosure_id)
SELECT
  d.disclosure_id, 1::BIGINT AS first_row, d.kind, d.format_id, coalesce(o.canonical, d.producer) AS producer, {facts("o", "producer")},
  coalesce(h.last_on, d.last_searched_at::DATE) AS last_on, coalesce(h.first_on, d.first_searched_at::DATE) AS first_on,
  coalesce(h.n_records, 0) AS n_records, d.n_rejected, h.columns, h.withheld_columns, coalesce(d.problems, []) AS problems,
  d.receipt IS NOT NULL AS has_receipt, d.disclosure_id AS search_key
FROM disclosures d
LEFT JOIN org_facts o ON o.name = d.producer
LEFT JOIN held h ON h.disclosure_id = d.disclosure_id"""
