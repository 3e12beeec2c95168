"""Make the rows of the table ``indicators`` from gathered evidence."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import ibis

from custodiet.case import Case
from custodiet.law.evidence import Evidence, evidence_id, group_fields
from custodiet.law.scan import DIALECT, Scan
from custodiet.law.statements import caveats_of, sensitivity_of, statement_of
from custodiet.rules.compile import outcome
from custodiet.rules.compile_groups import group_table, key_names, member_table
from custodiet.rules.fields import SUBJECTS
from custodiet.rules.rule import Rule

PERSONAL = ("user",)


def indicator_row(case: Case, scan: Scan, rule: Rule, evidence: Evidence) -> dict[str, Any]:
    """Return one row of ``indicators``, with ``list_no`` in the place of its evidence.

    An account is named by a pseudonym of the case; the query of an account-level
    indicator gives one row per account and names none.
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
        "query": recompute_query(scan, rule, evidence),
        "list_no": evidence.list_no,
    }


def recompute_query(scan: Scan, rule: Rule, evidence: Evidence) -> str:
    """Return SQL on the case's own tables that gives the indicator's number again."""
    name = scan.table_name
    table = Scan(SUBJECTS[rule.subject.name], name, scan.sql, {}).table
    counted = rule.model.count_distinct or "search_key"
    if rule.grouping is None:
        keys = {f"g{n}": table[field] for n, field in enumerate(group_fields(rule))}
        inner = table.select(counted=table[counted].cast("string"), o=outcome(rule, table), **keys)
        judged = ibis.to_sql(inner, dialect=DIALECT)
        return f"WITH {name} AS (\n{scan.sql}\n)\n{_counted(rule, evidence, judged)}"
    members = member_table(rule, table)
    stored = ibis.table(members.schema(), name="group_members")
    groups = group_table(rule, stored)
    same = " AND ".join(f"m.{key} IS NOT DISTINCT FROM g.{key}" for key in key_names(rule))
    assert rule.grouping is not None  # noqa: S101 - single rows returned above
    fields = group_fields(rule)
    keys_sql = ", ".join(f"m.k{rule.grouping.per.index(field)} AS g{n}" for n, field in enumerate(fields))
    judged = (
        f"SELECT {keys_sql}, m.search_key AS counted, 0 AS o FROM group_members m JOIN group_outcomes g ON {same}\n"
        "WHERE g.outcome = 0 AND (m.told = 1 OR (m.told = 0 AND g.n_counted = 0))"
    )
    return (
        f"WITH {name} AS (\n{scan.sql}\n),\ngroup_members AS (\n{ibis.to_sql(members, dialect=DIALECT)}\n),\n"
        f"group_outcomes AS (\n{ibis.to_sql(groups, dialect=DIALECT)}\n)\n{_counted(rule, evidence, judged)}"
    )


def _counted(rule: Rule, evidence: Evidence, judged: str) -> str:
    fields = group_fields(rule)
    named = [
        f"g{n} IS NOT DISTINCT FROM {_literal(value)}"
        for n, (field, value) in enumerate(zip(fields, evidence.key, strict=True))
        if field not in PERSONAL
    ]
    where = " AND ".join(["o = 0", *named])
    each = "".join(f"g{n}, " for n, field in enumerate(fields) if field in PERSONAL)
    grouped = f" GROUP BY {each.rstrip(', ')} ORDER BY n DESC" if each else ""
    return f"SELECT count(DISTINCT counted) AS n FROM (\n{judged}\n) AS judged WHERE {where}{grouped}"


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
