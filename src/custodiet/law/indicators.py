"""Make the rows of the table ``indicators`` from gathered evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import ibis

from custodiet.case import Case
from custodiet.law.details import Evidence, group_fields
from custodiet.law.evidence import evidence_id
from custodiet.law.scan import Scan
from custodiet.law.statements import caveats_of, sensitivity_of, statement_of
from custodiet.rules.compile import outcome
from custodiet.rules.compile_groups import group_table, key_names, member_table
from custodiet.rules.intervals import cut_table
from custodiet.rules.queries import sql_of
from custodiet.rules.rule import Rule

PERSONAL = ("user",)


def indicator_row(case: Case, rule: Rule, evidence: Evidence, judged_by: tuple[str, str]) -> dict[str, Any]:
    """Return one row of ``indicators``, with ``list_no`` in the place of its evidence.

    An account is named by a pseudonym of the case; the query of an account-level
    indicator gives one row per account and names none. ``judged_by`` comes from
    :func:`judged_sql`.
    """
    owner, subject, counterpart = _names(case, rule, evidence)
    is_share = rule.subject.name == "share"
    return {
        "indicator_id": evidence_id(rule, subject, counterpart, evidence.digest),
        "rule_id": rule.id,
        "rule_version": rule.model.version,
        "citation": rule.model.law[0].cite,
        "severity": str(rule.severity),
        "level": rule.model.level,
        "subject": subject,
        "counterpart": counterpart,
        "period_start": _instant(evidence.first),
        "period_end": _instant(evidence.last),
        "n_searches": evidence.n if rule.subject.name == "search" else None,
        "n_shares": evidence.n if is_share else None,
        "denominator": evidence.denominator,
        "n_not_evaluable": evidence.n_not_evaluable,
        "statement": statement_of(rule, evidence, owner, counterpart),
        "caveats": caveats_of(rule, evidence),
        "sensitivity": sensitivity_of(rule, evidence),
        "query": recompute_query(rule, evidence, judged_by),
        "list_no": evidence.list_no,
    }


def recompute_query(rule: Rule, evidence: Evidence, judged_by: tuple[str, str]) -> str:
    """Return SQL on the case's own tables that gives the indicator's number again."""
    fields = group_fields(rule)
    named = [
        f"g{n} IS NOT DISTINCT FROM {_literal(value)}"
        for n, (field, value) in enumerate(zip(fields, evidence.key, strict=True))
        if field not in PERSONAL
    ]
    where = " AND ".join(["o = 0", *named])
    each = ", ".join(f"g{n}" for n, field in enumerate(fields) if field in PERSONAL)
    grouped = f" GROUP BY {each} ORDER BY n DESC" if each else ""
    head, judged = judged_by
    return f"{head}\nSELECT count(DISTINCT counted) AS n FROM (\n{judged}\n) AS judged WHERE {where}{grouped}"


def judged_sql(scan: Scan, rule: Rule) -> tuple[str, str]:
    """Return the WITH of a rule's query, and the SELECT of what is counted with its keys and outcome.

    It is the same for all indicators of a rule; compiling takes a while, so make it once.
    """
    return _judged_rows(scan, rule) if rule.grouping is None else _judged_groups(scan, rule)


def _judged_rows(scan: Scan, rule: Rule) -> tuple[str, str]:
    table = replace(scan, hoisted={}).table
    row = cut_table(rule, table)
    keys = {f"g{n}": row[field] for n, field in enumerate(group_fields(rule))}
    counted = row[rule.model.count_distinct or "search_key"].cast("string")
    inner = sql_of(table.select(counted=counted, o=outcome(rule, table), **keys))
    return f"WITH {scan.table_name} AS (\n{scan.sql}\n)", inner


def _judged_groups(scan: Scan, rule: Rule) -> tuple[str, str]:
    assert rule.grouping is not None  # noqa: S101 - single rows go the other way
    members = member_table(rule, replace(scan, hoisted={}).table)
    groups = group_table(rule, ibis.table(members.schema(), name="group_members"))
    same = " AND ".join(f"m.{key} IS NOT DISTINCT FROM g.{key}" for key in key_names(rule))
    keys = ", ".join(f"m.k{rule.grouping.per.index(field)} AS g{n}" for n, field in enumerate(group_fields(rule)))
    head = (
        f"WITH {scan.table_name} AS (\n{scan.sql}\n),\ngroup_members AS (\n{sql_of(members)}\n),\n"
        f"group_outcomes AS (\n{sql_of(groups)}\n)"
    )
    judged = (
        f"SELECT {keys}, m.search_key AS counted, 0 AS o FROM group_members m JOIN group_outcomes g ON {same}\n"
        "WHERE g.outcome = 0 AND (m.told = 1 OR (m.told = 0 AND g.n_counted = 0))"
    )
    return head, judged


def _names(case: Case, rule: Rule, evidence: Evidence) -> tuple[str, str, str | None]:
    named = dict(zip(group_fields(rule), evidence.key, strict=True))
    owner = str(named.get(rule.subject.owner) or "an organisation that is not stated")
    subject = owner
    if named.get("user") is not None:
        subject = f"{owner}, account {case.key.pseudonym('account:' + str(named['user']))[:10]}"
    counterpart = named.get(rule.model.counterpart) if rule.model.counterpart else None
    return owner, subject, None if counterpart is None else str(counterpart)


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool | int | float):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"


def _instant(moment: datetime | date | None) -> datetime | None:
    if moment is None:
        return None
    if isinstance(moment, datetime):
        return moment
    return datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
