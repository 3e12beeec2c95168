# ruff: noqa: E501 - tables of words, sentences and SQL read better in one line
"""Gather what lies behind the indicators of one rule: counts, dates, rows, and the counts under other definitions."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import ibis

from custodiet.case import Case
from custodiet.law.binding import narrowed, of_owners
from custodiet.law.details import (
    Evidence,
    Key,
    add_details,
    add_group_details,
    group_fields,
    key_places,
    make_members,
    reads_the_clock,
    same_group,
    utc_columns,
)
from custodiet.law.scan import Scan
from custodiet.rules.compile import outcome
from custodiet.rules.compile_groups import group_table, member_table
from custodiet.rules.conditions import parameter_names
from custodiet.rules.intervals import cut_table
from custodiet.rules.queries import sql_of
from custodiet.rules.rule import Rule
from custodiet.rules.schema import Alternative

ERAS: Final = ("devices", "id", "no-identity", "drop-down")
LOG_KINDS: Final = ("organisation-audit", "network-audit", "portal-audit", "other")


def altered(rule: Rule, other: Alternative) -> Rule:
    """Return the rule under another definition."""
    values = {
        name: tuple((start, tuple(value) if isinstance(value, list) else value) for start, _ in rule.parameters[name])
        for name, value in other.parameters.items()
    }
    changed = replace(rule, parameters=dict(rule.parameters) | values)
    if other.pattern is not None:
        changed = replace(changed, pattern=other.pattern.tree())
    if other.counts is not None and changed.grouping is not None:
        changed = replace(changed, grouping=replace(changed.grouping, counts=other.counts.tree()))
    return changed


def row_evidence(case: Case, scan: Scan, rule: Rule, owners: Sequence[str]) -> list[Evidence]:
    """Gather the evidence of a rule on single rows, one for each value of ``group_by`` with an indicator.

    Args:
        case: The case.
        scan: The subject, made ready.
        rule: The rule.
        owners: Owners with an indicator; the empty text stands for rows without one.
    """
    subject = rule.subject
    table = of_owners(scan.table, subject, scan.owners, owners)
    judged = narrowed(rule, scan.owners, owners)
    cut = cut_table(rule, table)
    keys = group_fields(rule)
    counted = rule.model.count_distinct or "search_key"
    dates = "searched_at" if subject.name == "search" else subject.date_field
    columns: dict[str, Any] = {f"g{n}": cut[name] for n, name in enumerate(keys)}
    # Two intervals can end with one row: then it is the interval itself that tells indicators apart.
    marked = ibis.literal("") if subject.start_field is None else ibis.literal(":") + cut["gap"]
    columns |= {
        "mark": marked,
        "o": outcome(judged, table, scan.hoisted),
        "counted": table[counted].cast("string").hash(),
        "repeated": table.repeated if rule.model.count_distinct is None else ibis.literal(True),
        "happened": cut[dates],
        "began": cut[subject.start_field or dates],
        "disclosure_id": table[subject.evidence[0]],
        "record_no": table[subject.evidence[1]],
        "era": table.era if subject.name == "search" else ibis.null("string"),
        "kind": table.kind if subject.name == "search" else ibis.null("string"),
    }
    for n, other in enumerate(rule.model.sensitivity):
        columns[f"a{n}"] = outcome(altered(judged, other), table, scan.hoisted)
    clock = reads_the_clock(rule)
    if clock:
        in_utc = {name: table[name] for name in table.columns} | utc_columns(table)
        columns[f"a{len(rule.model.sensitivity)}"] = outcome(judged, in_utc, scan.hoisted)
    inner = sql_of(table.select(**columns))
    unique = not scan.repeats and rule.model.count_distinct is None
    found = _gather(case, inner, len(keys), len(rule.model.sensitivity) + clock, unique=unique)
    for item in found if clock else ():
        item.in_utc = item.alternatives.pop()
    add_details(case, scan, rule, {item.key: item for item in found})
    return found


def group_evidence(case: Case, scan: Scan, rule: Rule) -> tuple[list[tuple[str, int, int, int, int]], list[Evidence]]:
    """Evaluate an aggregate rule: outcomes of groups by producer, and the evidence of its indicators."""
    assert rule.grouping is not None  # noqa: S101 - single rows go the other way
    groups = _make_groups(case, scan, rule)
    owner = f"k{rule.grouping.per.index(rule.subject.owner)}"
    tallies = case.rows(
        f"SELECT coalesce({owner}, ''), count(*) FILTER (outcome = 0), count(*) FILTER (outcome = 1),"
        f" count(*) FILTER (outcome = 2), count(*) FILTER (outcome = 3) FROM {groups} GROUP BY 1 ORDER BY 1"
    )
    found: list[Evidence] = []
    if any(row[1] for row in tallies):
        members = make_members(case, scan, rule)
        found = _group_hits(case, rule, members, groups, unique=not scan.repeats)
        add_group_details(case, scan, rule, (members, groups), {item.key: item for item in found})
        for other in rule.model.sensitivity:
            changed = altered(rule, other)
            stored = None if other.counts is not None or _in_members(rule, other) else members
            counts = _alternative_counts(case, scan.table, rule, changed, stored)
            for item in found:
                item.alternatives.append(counts.get(item.key, 0))
        if reads_the_clock(rule):
            counts = _alternative_counts(case, scan.table.mutate(**utc_columns(scan.table)), rule, rule, None)
            for item in found:
                item.in_utc = counts.get(item.key, 0)
        case.execute(f"DROP TABLE {members}")
    case.execute(f"DROP TABLE {groups}")
    return [(str(row[0]), *(int(c) for c in row[1:])) for row in tallies], found  # type: ignore[misc]  # a row is a name and counts


def _gather(case: Case, inner: str, n_keys: int, n_alternatives: int, *, unique: bool) -> list[Evidence]:
    keys = ", ".join(f"g{n}" for n in range(n_keys))
    counts = _counts(case, inner, n_keys, n_alternatives, unique=unique)
    case.execute(
        f"CREATE OR REPLACE TEMP TABLE hits AS SELECT {keys}, happened, began, mark, disclosure_id, record_no FROM ({inner}) WHERE o = 0"
    )
    case.execute(
        f"CREATE TEMP TABLE IF NOT EXISTS {LISTS} (list_no BIGINT, evidence STRUCT(disclosure_id VARCHAR, record_no BIGINT)[])"
    )
    start = int(case.value(f"SELECT coalesce(max(list_no), 0) FROM {LISTS}"))
    rows = case.rows(
        f"SELECT {keys}, count(*), min(began), max(happened), {_DIGEST} FROM hits GROUP BY {keys} ORDER BY {keys}"
    )
    case.execute(
        f"INSERT INTO {LISTS} SELECT {start} + row_number() OVER (ORDER BY {keys}), evidence FROM"
        f" (SELECT {keys}, {_ROWS} AS evidence FROM hits GROUP BY {keys})"
    )
    case.execute("DROP TABLE hits")
    found = []
    for place, row in enumerate(rows, start=1):
        key, (n_records, first, last, digest) = tuple(row[:n_keys]), row[n_keys:]
        n, denominator, unknown, forms, *others = counts[key]
        eras = {era: count for era, count in zip(ERAS, others[n_alternatives:], strict=True) if count}
        found.append(
            Evidence(
                key, n, int(n_records), denominator, unknown, first, last, str(digest), start + place,
                alternatives=others[:n_alternatives], eras=eras, eras_judged=_most_forms(forms),
            )
        )  # fmt: skip
    return found


def _counts(case: Case, inner: str, n_keys: int, n_alternatives: int, *, unique: bool) -> dict[Key, list[int]]:
    """Count what is counted once each (searches, pairs), by key: hits, judged, unknown, forms, alternatives, eras hit."""
    keys = ", ".join(f"g{n}" for n in range(n_keys))
    flags = {"h": "o = 0", "j": "o < 2", "u": "o = 2"} | {f"a{n}": f"a{n} = 0" for n in range(n_alternatives)}
    flags |= {f"e{n}": f"o = 0 AND era = '{era}'" for n, era in enumerate(ERAS)}
    told = ", ".join(f"{test} AS {flag}" for flag, test in flags.items())
    # Another definition can bind rows that the headline leaves out.
    scope = "(" + " OR ".join(["o <> 3", *(f"a{n} = 0" for n in range(n_alternatives))]) + ")"
    rows_told = f"SELECT {keys}, {told}, {_FORM} AS form FROM ({inner}) WHERE {scope}"
    if not unique:
        folded = ", ".join(f"bool_or({test}) AS {flag}" for flag, test in flags.items())
        rows_told = (
            f"{rows_told} AND NOT repeated UNION ALL"
            f" SELECT {keys}, {folded}, bit_or({_FORM}) AS form FROM ({inner}) WHERE {scope} AND repeated GROUP BY {keys}, counted"
        )
    wanted = [f"a{n}" for n in range(n_alternatives)] + [f"e{n}" for n in range(len(ERAS))]
    sums = ", ".join(f"sum(({test})::INTEGER)" for test in ("h", "j", "u AND NOT j"))
    rows = case.rows(
        f"SELECT {keys}, {sums}, bit_or(form), {', '.join(f'sum({flag}::INTEGER)' for flag in wanted)}"
        f" FROM ({rows_told}) GROUP BY {keys} HAVING bool_or(h)"
    )
    return {tuple(row[:n_keys]): [int(count or 0) for count in row[n_keys:]] for row in rows}


def _most_forms(form: int) -> int:
    """Count the forms of the export of the kind of log that has most: logs of two kinds never share a form."""
    mask = (1 << len(ERAS)) - 1
    return max((form >> len(ERAS) * place & mask).bit_count() for place in range(len(LOG_KINDS)))


LISTS: Final = "evidence_lists"
# One bit for each kind of log and form of the export of what was evaluated.
_FORM: Final = (
    "CASE WHEN o < 2 THEN CASE "
    + " ".join(
        f"WHEN kind = '{kind}' AND era = '{era}' THEN {1 << len(ERAS) * place + n}"
        for place, kind in enumerate(LOG_KINDS)
        for n, era in enumerate(ERAS)
    )
    + " ELSE 0 END ELSE 0 END::BIGINT"
)
_DIGEST: Final = "md5(bit_xor(md5_number(disclosure_id || ':' || record_no || mark))::VARCHAR)"
_ROWS: Final = (
    "list({'disclosure_id': disclosure_id, 'record_no': record_no::BIGINT} ORDER BY disclosure_id, record_no)"
)


def _make_groups(case: Case, scan: Scan, rule: Rule) -> str:
    """Make the table of groups straight from the scan: most rules need their members for nothing else."""
    members = member_table(rule, scan.table, scan.hoisted)
    groups = sql_of(group_table(rule, members))
    case.execute(f"CREATE OR REPLACE TEMP TABLE group_outcomes AS {groups}")
    return "group_outcomes"


def _group_hits(case: Case, rule: Rule, members: str, groups: str, *, unique: bool) -> list[Evidence]:
    places = key_places(rule)
    keys = ", ".join(f"m.{key} AS g{n}" for n, key in enumerate(places))
    # A pattern about absence (a long gap) has no counted search to show: then all members are its evidence.
    inner = (
        f"SELECT {keys}, CASE WHEN g.outcome = 0 AND (m.told = 1 OR (m.told = 0 AND g.n_counted = 0)) THEN 0"
        " WHEN g.outcome < 2 AND m.told < 2 THEN 1 ELSE 2 END::TINYINT AS o, hash(m.search_key) AS counted,"
        " m.repeated, m.searched_at AS happened, m.searched_at AS began, '' AS mark, m.disclosure_id, m.record_no, m.era, m.kind"
        f" FROM {members} m JOIN {groups} g ON {same_group(rule)} WHERE g.outcome <> 3"
    )
    found = _gather(case, inner, len(places), 0, unique=unique)
    n_groups = _groups_by_key(case, groups, places)
    for item in found:
        item.n_groups = n_groups.get(item.key, 0)
    return found


def _groups_by_key(case: Case, groups: str, places: Sequence[str]) -> dict[Key, int]:
    keys = ", ".join(places)
    rows = case.rows(f"SELECT {keys}, count(*) FROM {groups} WHERE outcome = 0 GROUP BY {keys}")
    return {tuple(row[:-1]): int(row[-1]) for row in rows}


def _in_members(rule: Rule, other: Alternative) -> bool:
    """Tell whether a changed parameter is used before groups are made."""
    assert rule.grouping is not None  # noqa: S101 - callers ask only for aggregates
    trees = (rule.applies, rule.evaluable, rule.grouping.members, rule.grouping.counts)
    return any(set(other.parameters) & parameter_names(tree) for tree in trees)


def _alternative_counts(case: Case, table: Any, rule: Rule, changed: Rule, stored: str | None) -> dict[Key, int]:
    members = member_table(changed, table)
    if stored is not None:
        members = ibis.table(members.schema(), name=stored)
    keys = ", ".join(key_places(rule))
    groups = sql_of(group_table(changed, members))
    rows = case.rows(f"SELECT {keys}, sum(n_counted) FROM ({groups}) WHERE outcome = 0 GROUP BY {keys}")
    return {tuple(row[:-1]): int(row[-1]) for row in rows}


def evidence_id(rule: Rule, subject: str, counterpart: str | None, digest: str) -> str:
    """Return the id of an indicator: the same for the same rule version, subject and evidence rows."""
    parts = "\x1f".join((rule.id, rule.model.version, subject, counterpart or "", digest))
    return "i-" + hashlib.sha256(parts.encode()).hexdigest()[:16]
