# ruff: noqa: E501 - tables of words, sentences and SQL read better in one line
"""Derive the subjects of the rules from the tables of a case, as SQL that anyone can run on them.

The SQL holds nothing but the case's own tables, so an indicator can carry it as
its query. Inputs that a case does not have become nulls: unknown, not false.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from custodiet.case import Case
from custodiet.case.constant import constant_sql
from custodiet.law.interval_subject import interval_sql
from custodiet.law.page_subjects import disclosure_sql, portal_sql
from custodiet.law.subject_parts import ORGANISATIONS, PAGES, Inputs, facts

_HIDDEN: Final = "('masked', 'withheld', 'not-exported')"
# The name of a code of law, without a word for what was done: "cvc", "vc violation".
_CODE_NAME: Final = (
    r"((c\.?)?v\.?c\.?|c?p\.?c\.?|(motor )?veh(icle)? code|traffic code|penal code|vtl)"
    r"( (code|sections?|sec|viol|violations?))*"
)
_PURPOSES: Final = f"""
  labels AS (
    SELECT key, field, list(label ORDER BY label) AS labels, list(label ORDER BY label) FILTER (by_code) AS codes,
           list(label) FILTER (NOT by_code) AS words
    FROM (SELECT key, field, label,
                 bool_and(coalesce(method LIKE 'statutes/%' OR regexp_full_match(lower(trim(matched)), '{_CODE_NAME}'), false)) AS by_code
          FROM purposes WHERE label <> 'insufficient.redacted' GROUP BY key, field, label) GROUP BY key, field),
  texts AS (
    SELECT DISTINCT reason_key, offense_key, prompt_key, {{state}} AS reason_state FROM records),
  text_labels AS (
    SELECT t.*,
      CASE WHEN reason_state IN {_HIDDEN} THEN NULL
           WHEN a.labels IS NOT NULL THEN a.labels
           WHEN reason_state = 'blank' THEN ['insufficient.blank']
           WHEN reason_state = 'placeholder' THEN ['insufficient.placeholder'] END AS reason_labels,
      b.labels AS offense_labels, c.labels AS prompt_labels,
      list_distinct(list_concat(coalesce(a.codes, []), coalesce(b.codes, []), coalesce(c.codes, []))) AS codes,
      list_concat(coalesce(a.words, []), coalesce(b.words, []), coalesce(c.words, [])) AS words
    FROM texts t
    LEFT JOIN labels a ON a.key = t.reason_key AND a.field = 'reason'
    LEFT JOIN labels b ON b.key = t.offense_key AND b.field = 'offense'
    LEFT JOIN labels c ON c.key = t.prompt_key AND c.field = 'prompt'),
  all_labels AS (
    SELECT *, CASE
        WHEN reason_state IN ('masked', 'withheld') THEN NULL
        WHEN reason_labels IS NULL AND reason_state <> 'not-exported' THEN NULL
        WHEN coalesce(reason_labels, offense_labels, prompt_labels) IS NULL THEN NULL
        ELSE list_sort(list_distinct(list_concat(coalesce(reason_labels, []), coalesce(offense_labels, []),
                                                 coalesce(prompt_labels, [])))) END AS merged
    FROM text_labels),
  purpose_sets AS (
    SELECT reason_key, offense_key, prompt_key, reason_state, reason_labels,
      CASE WHEN len(list_filter_substantive) > 0 THEN list_filter_substantive ELSE merged END AS purposes,
      CASE WHEN merged IS NOT NULL THEN list_sort(list_filter(codes, lambda code: NOT list_contains(words, code))) END AS code_labels
    FROM (SELECT *, string_split(nullif(regexp_replace(regexp_replace(array_to_string(merged, '|'),
            '(^|\\|)(insufficient\\.[^|]*|unknown)', '', 'g'), '^\\|', ''), ''), '|') AS list_filter_substantive
          FROM all_labels){{when}})"""
CLASSIFIED: Final = "classified"
STATED_SCHEMA: Final = {
    "producer": "string", "searched_on": "date", "stated_retention_days": "int64", "stated_prohibited_uses": "string",
    "stated_access_policy": "string",
}  # fmt: skip
LABEL_COLUMNS: Final = (
    "reason_key",
    "offense_key",
    "prompt_key",
    "reason_state",
    "reason_labels",
    "purposes",
    "code_labels",
)


def inputs_of(case: Case) -> Inputs:
    """Look which optional tables of a case hold rows."""
    from custodiet.law.local_inputs import ensure_input_tables, input_tables

    ensure_input_tables(case)
    classified = case.value(
        "SELECT (SELECT count(*) FROM (FROM purposes LIMIT 1)) > 0"
        " OR (SELECT count(*) FROM (SELECT 1 FROM records WHERE reason_state = 'value' LIMIT 1)) = 0"
    )
    names = ["organisations", "purposes", "sightings", "portals", "shares", "events", *input_tables()]
    filled = {n for n in names if case.value(f"SELECT count(*) FROM (FROM {n} LIMIT 1)")}
    constant = frozenset(str(name) for (name,) in case.rows(constant_sql("reason")))
    return Inputs(frozenset(filled | ({CLASSIFIED} if classified else set())), constant)


def subject_sql(subject: str, inputs: Inputs) -> str:
    """Return the SELECT that derives a subject."""
    made = {
        "search": _search,
        "share": _share,
        "portal": portal_sql,
        "disclosure": disclosure_sql,
        "interval": interval_sql,
    }
    return made[subject](inputs)


def _given(cell: str, state: str = "", name: str = "") -> str:
    state = state or f"r.{cell}_state"
    return f"CASE WHEN {state} IN ('value', 'partial') THEN true WHEN {state} IN ('blank', 'placeholder') THEN false END AS {name or cell + '_given'}"


def purpose_sets_sql(inputs: Inputs) -> str:
    """Return the SELECT of the labels of each distinct combination of texts of a case."""
    return f"WITH{_sets(inputs)} SELECT {', '.join(LABEL_COLUMNS)} FROM purpose_sets"


def _sets(inputs: Inputs) -> str:
    # Without the classifier only blank cells would have labels: a rate over them alone would mislead.
    told = _PURPOSES.replace("{state}", inputs.reason_state("reason_state"))
    return told.replace("{when}", "" if inputs.has(CLASSIFIED) else " WHERE false")


def search_sql(inputs: Inputs, stored_sets: str, labels: Sequence[str], told: str, texts: Sequence[str]) -> str:
    """Return the SELECT of searches with more columns.

    Args:
        inputs: What the case holds.
        stored_sets: Table of label sets.
        labels: Columns that it holds beside the labels.
        told: SELECT on ``stated_raw``, the stated policy of a producer and day.
        texts: Columns that it adds.
    """
    sets = f"\n  purpose_sets AS (SELECT * FROM {stored_sets})"
    extra = "".join([*(f", l.{name}" for name in labels), *(f", st.{name}" for name in texts)])
    return _search(inputs, sets, extra, told)


def _search(inputs: Inputs, sets: str | None = None, extra: str = "", told: str = "FROM stated_raw") -> str:
    sets = _sets(inputs) if sets is None else sets
    state = inputs.reason_state("r.reason_state")
    key = "s.search_key" if inputs.has("sightings") else "NULL"
    sightings = (
        "LEFT JOIN (SELECT disclosure_id, record_no, any_value(search_key) AS search_key FROM sightings GROUP BY ALL) s"
        " ON s.disclosure_id = r.disclosure_id AND s.record_no = r.record_no"
        if inputs.has("sightings")
        else ""
    ).replace("GROUP BY ALL", "GROUP BY disclosure_id, record_no")
    return f"""WITH{ORGANISATIONS},{PAGES},
{sets},
  forms AS (
    SELECT disclosure_id, date_trunc('month', searched_local) AS form_month,
      CASE WHEN avg(CASE WHEN reason_state = 'value'
               THEN regexp_matches(reason, '^[A-Z][A-Za-z/]+[A-Za-z/() ]* - [A-Z][A-Za-z/() ]+$|^Immigration [(]')::INTEGER END) > 0.8
             THEN 'drop-down'
           WHEN count(search_id) = 0 THEN 'devices'
           WHEN count(*) FILTER (user_state = 'value') = 0 THEN 'no-identity'
           ELSE 'id' END AS era
    FROM records GROUP BY disclosure_id, form_month),
  days AS (
    SELECT DISTINCT producer, coalesce(searched_local::DATE, searched_at::DATE) AS searched_on FROM records),
  stated_raw AS (
    SELECT d.producer, d.searched_on,
      CASE WHEN p.page_of IS NULL THEN f.retention_days ELSE p.retention_days END AS stated_retention_days,
      CASE WHEN p.page_of IS NULL THEN f.prohibited_uses ELSE p.prohibited_uses END AS stated_prohibited_uses,
      CASE WHEN p.page_of IS NULL THEN f.access_policy ELSE p.access_policy END AS stated_access_policy
    FROM (SELECT d.*, coalesce(o.canonical, d.producer) AS page_of FROM days d LEFT JOIN org_facts o ON o.name = d.producer) d
    ASOF LEFT JOIN pages p ON p.page_of = d.page_of AND p.page_on <= d.searched_on
    LEFT JOIN pages f ON f.page_of = d.page_of AND f.page_no = 1),
  stated AS ({told})
SELECT
  r.disclosure_id, r.record_no, r.kind, coalesce(po.canonical, r.producer) AS producer, r.producer AS producer_released, {facts("po", "producer")},
  coalesce(o.canonical, r.org) AS org, {facts("o", "org")},
  CASE WHEN r.org_basis = 'producer' THEN true ELSE coalesce(o.canonical, r.org) = coalesce(po.canonical, r.producer) END AS own_search,
  r.searched_at, coalesce(r.searched_local, r.searched_at::TIMESTAMP) AS searched_local,
  coalesce(r.searched_local::DATE, r.searched_at::DATE) AS searched_on,
  extract(hour FROM coalesce(r.searched_local, r.searched_at::TIMESTAMP)) AS hour_local,
  isodow(coalesce(r.searched_local, r.searched_at::TIMESTAMP)) - 1 AS weekday_local,
  r.window_start, r.window_end, coalesce(r.window_start_local, r.window_start::TIMESTAMP) AS window_start_local,
  coalesce(r.window_end_local, r.window_end::TIMESTAMP) AS window_end_local,
  r.networks, nullif(r.devices, 0) AS devices, regexp_replace(lower(trim(r.search_type)), '\\s*-\\s*mobile$', '') AS search_type,
  r.vendor, {_era(inputs)} AS era, {state} AS reason_state, {_given("reason", state)}, {_given("reason", name="reason_shown")}, r.case_number_state, {_given("case_number")},
  r.user_state, {_given("user")}, r.plate_state, {_given("plate")},
  CASE WHEN r.offense_type IS NOT NULL THEN trim(r.offense_type) <> '' END AS offense_given,
  l.purposes, l.reason_labels, l.code_labels, CASE WHEN r.reason_state IN {_HIDDEN} THEN NULL ELSE r.reason_key END AS reason_key, r.moderation,
  CASE WHEN r.user_state = 'value' THEN r."user" END AS "user",
  CASE WHEN r.user_state = 'value' THEN regexp_matches(r."user", '@|[0-9]{{3}}|^[0-9a-fA-F]{{8}}-') END AS user_is_id,
  CASE WHEN r.plate_state = 'value' THEN r.plate END AS plate,
  CASE WHEN r.case_number_state = 'value' THEN r.case_number END AS case_number,
  st.stated_retention_days, st.stated_prohibited_uses, st.stated_access_policy,
  {_search_inputs(inputs)},
  coalesce({key}, r.disclosure_id || ':' || r.record_no) AS search_key{extra}
FROM records r
LEFT JOIN org_facts po ON po.name = r.producer
LEFT JOIN org_facts o ON o.name = r.org
LEFT JOIN purpose_sets l ON l.reason_key IS NOT DISTINCT FROM r.reason_key AND l.offense_key IS NOT DISTINCT FROM r.offense_key
  AND l.prompt_key IS NOT DISTINCT FROM r.prompt_key AND l.reason_state IS NOT DISTINCT FROM {state}
LEFT JOIN forms e ON e.disclosure_id = r.disclosure_id
  AND e.form_month IS NOT DISTINCT FROM date_trunc('month', r.searched_local)
LEFT JOIN stated st ON st.producer = r.producer
  AND st.searched_on = coalesce(r.searched_local::DATE, r.searched_at::DATE)
{sightings}"""


def _era(inputs: Inputs) -> str:
    """Prefer what an analyst says of a form, with a citation, to what columns and values suggest."""
    if not inputs.has("input_eras"):
        return "e.era"
    day = "coalesce(r.searched_local::DATE, r.searched_at::DATE)"
    mine = f"i.producer IN (r.producer, po.canonical) AND i.since <= {day}"
    return f"coalesce((SELECT arg_max(i.era, i.since) FROM input_eras i WHERE {mine}), e.era)"


def _search_inputs(inputs: Inputs) -> str:
    day = "coalesce(r.searched_local::DATE, r.searched_at::DATE)"
    mine = "i.producer IN (r.producer, po.canonical)"
    account = f'{mine} AND upper(trim(i.account)) = upper(trim(r."user"))'
    own = "r.user_state = 'value' AND (r.org_basis = 'producer' OR coalesce(o.canonical, r.org) = coalesce(po.canonical, r.producer))"
    number = "upper(regexp_replace({}, '[^A-Za-z0-9]', '', 'g'))"
    both = "i.source IN (r.producer, po.canonical) AND i.declarant IN (r.org, o.canonical)"

    def asked(column: str, table: str, when: str, condition: str, held: str = mine) -> str:
        if not inputs.has(table):
            return f"NULL::BOOLEAN AS {column}"
        return (
            f"CASE WHEN {when} AND EXISTS (SELECT 1 FROM {table} i WHERE {held}) "
            f"THEN EXISTS (SELECT 1 FROM {table} i WHERE {condition}) END AS {column}"
        )

    known = [
        asked("declaration_on_file", "input_declarations", "r.org IS NOT NULL",
              f"{both} AND i.declared_on <= {day} AND coalesce(i.ends_on >= {day}, true)", "i.source IN (r.producer, po.canonical)"),
        asked("case_number_listed", "input_case_numbers", "r.case_number_state = 'value'",
              f"{mine} AND {number.format('i.case_number')} = {number.format('r.case_number')}"),
        asked("account_listed", "input_accounts", own, account),
        asked("account_active", "input_accounts", own,
              f"{account} AND coalesce(i.enabled_on <= {day}, true) AND coalesce(i.disabled_on > {day}, true)"),
        asked("account_trained", "input_training", own,
              f"{account} AND i.trained_on <= {day} AND coalesce(i.expires_on >= {day}, true)"),
        asked("on_duty", "input_roster", own,
              f"{account} AND r.searched_local BETWEEN i.starts_at AND i.ends_at", account),
        _month_total(inputs, mine),
        _listed(inputs),
    ]  # fmt: skip
    return ",\n  ".join(known)


def _month_total(inputs: Inputs, mine: str) -> str:
    if not inputs.has("input_monthly_totals"):
        return "NULL::BIGINT AS month_total"
    month = "date_trunc('month', coalesce(r.searched_local, r.searched_at::TIMESTAMP))::DATE"
    return f"(SELECT max(i.searches) FROM input_monthly_totals i WHERE {mine} AND i.month = {month}) AS month_total"


def _listed(inputs: Inputs) -> str:
    if not inputs.has("shares"):
        return "NULL::BOOLEAN AS org_on_sharing_list"
    mine = "x.source IN (r.producer, po.canonical) AND x.stated_by = x.source"
    return (
        f"CASE WHEN r.org IS NOT NULL AND EXISTS (SELECT 1 FROM shares x WHERE {mine}) THEN "
        f"EXISTS (SELECT 1 FROM shares x WHERE {mine} AND x.recipient IN (r.org, o.canonical)) END AS org_on_sharing_list"
    )


def _share(inputs: Inputs) -> str:
    return f"""WITH{ORGANISATIONS},{PAGES},
  pairs AS (SELECT DISTINCT source AS from_org, recipient AS to_org FROM shares)
SELECT
  x.disclosure_id, x.source_row, x.source_page,
  coalesce(a.canonical, x.source) AS source, x.source AS source_released, {facts("a", "source")},
  coalesce(b.canonical, x.recipient) AS recipient, {facts("b", "recipient")},
  coalesce(c.canonical, x.stated_by) AS stated_by, {facts("c", "stated_by")},
  CASE coalesce(c.canonical, x.stated_by) WHEN coalesce(a.canonical, x.source) THEN 'outbound'
    WHEN coalesce(b.canonical, x.recipient) THEN 'inbound' ELSE 'reported' END AS direction,
  x.as_of, x.status, a.state = b.state AS same_state,
  CASE WHEN p.page_of IS NULL THEN f.retention_days ELSE p.retention_days END AS stated_retention_days,
  CASE WHEN p.page_of IS NULL THEN f.prohibited_uses ELSE p.prohibited_uses END AS stated_prohibited_uses,
  CASE WHEN p.page_of IS NULL THEN f.access_policy ELSE p.access_policy END AS stated_access_policy,
  {_share_input(inputs, "declaration_on_file", "input_declarations", "declarant", "declared_on", "coalesce(i.ends_on >= x.as_of, true)")},
  {_share_input(inputs, "approval_on_file", "input_approvals", "recipient", "approved_on", "coalesce(i.withdrawn_on > x.as_of, true)")},
  back.from_org IS NOT NULL AS reciprocated,
  coalesce(a.canonical, x.source) || chr(31) || coalesce(b.canonical, x.recipient) AS search_key
FROM shares x
LEFT JOIN org_facts a ON a.name = x.source
LEFT JOIN org_facts b ON b.name = x.recipient
LEFT JOIN org_facts c ON c.name = x.stated_by
ASOF LEFT JOIN pages p ON p.page_of = coalesce(a.canonical, x.source) AND p.page_on <= x.as_of
LEFT JOIN pages f ON f.page_of = coalesce(a.canonical, x.source) AND f.page_no = 1
LEFT JOIN pairs back ON back.from_org = x.recipient AND back.to_org = x.source"""


def _share_input(inputs: Inputs, column: str, table: str, other: str, since: str, valid: str) -> str:
    if not inputs.has(table):
        return f"NULL::BOOLEAN AS {column}"
    mine = "i.source IN (x.source, a.canonical)"
    return (
        f"CASE WHEN EXISTS (SELECT 1 FROM {table} i WHERE {mine}) THEN EXISTS (SELECT 1 FROM {table} i WHERE {mine} "
        f"AND i.{other} IN (x.recipient, b.canonical) AND i.{since} <= x.as_of AND {valid}) END AS {column}"
    )
