# ruff: noqa: E501 - tables of words, sentences and SQL read better in one line
"""What lies behind an indicator beside its rows: values for its sentence, and what is counted apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

import ibis

from custodiet.case import Case
from custodiet.law.scan import Scan, level_of, shown_fields
from custodiet.rules.compile import dated_condition, outcome
from custodiet.rules.compile_groups import key_names, member_table
from custodiet.rules.conditions import Span, field_names, leaves
from custodiet.rules.fields import LOCAL_OF
from custodiet.rules.intervals import cut_table
from custodiet.rules.queries import sql_of
from custodiet.rules.rule import Rule

Key = tuple[Any, ...]


@dataclass(slots=True)
class Evidence:
    """Hold what lies behind one indicator.

    Attributes:
        key: Values of the rule's ``group_by``.
        n: What the statement counts: linked searches, or distinct shares, or rows.
        n_records: Rows of evidence.
        denominator: What was evaluated, in the unit of ``n``.
        n_not_evaluable: What could not be told, in the unit of ``n``.
        n_groups: Groups that meet the pattern; 0 for rules on single rows.
        digest: Number made of the evidence rows, whatever their order.
        list_no: Where the rows wait in the table of evidence lists.
        alternatives: Counts under the rule's other definitions, in their order.
        eras: Count for each form of the export among the evidence.
        eras_judged: Most forms of the export among what was evaluated of one kind of log.
        in_utc: Count with days and hours told in UTC; None where they decide nothing.
        breakdowns: Field to (value, count), most first.
        apart: Name to count of what is counted beside.
    """

    key: Key
    n: int
    n_records: int
    denominator: int
    n_not_evaluable: int
    first: datetime | date | None
    last: datetime | date | None
    digest: str
    list_no: int
    n_groups: int = 0
    alternatives: list[int] = field(default_factory=list)
    eras: dict[str, int] = field(default_factory=dict)
    eras_judged: int = 1
    in_utc: int | None = None
    breakdowns: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    apart: dict[str, int] = field(default_factory=dict)


def group_fields(rule: Rule) -> tuple[str, ...]:
    """Return the fields that one indicator of the rule is about."""
    return tuple(rule.model.group_by) or (rule.subject.owner,)


def make_members(case: Case, scan: Scan, rule: Rule) -> str:
    """Make the table of an aggregate's members, with the values that its sentence shows."""
    shown = (_shown_value(scan.table, name, level_of(scan.subject, name)) for name in shown_fields(rule))
    table = scan.table.mutate(**{f"shown_{place}": value for place, value in enumerate(shown)})
    extra = ("repeated", "kind", *(f"shown_{place}" for place in range(len(shown_fields(rule)))))
    members = sql_of(member_table(rule, table, scan.hoisted, extra))
    case.execute(f"CREATE OR REPLACE TEMP TABLE group_members AS SELECT * FROM ({members}) WHERE told IS NOT NULL")
    return "group_members"


def same_group(rule: Rule) -> str:
    """Return the SQL that joins members ``m`` to their group ``g``."""
    return " AND ".join(f"m.{key} IS NOT DISTINCT FROM g.{key}" for key in key_names(rule))


def key_places(rule: Rule) -> list[str]:
    """Name the key columns of an aggregate's groups that hold the fields of its indicators."""
    assert rule.grouping is not None  # noqa: S101 - callers pass aggregates
    return [f"k{rule.grouping.per.index(name)}" for name in group_fields(rule)]


def add_details(case: Case, scan: Scan, rule: Rule, found: Mapping[Key, Evidence]) -> None:
    """Put the values of the sentence, and what is counted apart, to the evidence of a rule on single rows."""
    table = scan.table
    cut = cut_table(rule, table)
    named = {f"g{n}": cut[name] for n, name in enumerate(group_fields(rule))}
    counted = table[rule.model.count_distinct or "search_key"].cast("string")
    judged = outcome(rule, table, scan.hoisted)
    for name in shown_fields(rule):
        shown = _shown_value(cut, name, level_of(rule.subject, name))
        inner = sql_of(table.select(**named, o=judged, v=shown, counted=counted))
        _break_down(case, f"SELECT *, o = 0 AS hit FROM ({inner})", list(named), name, found)
    for apart in rule.model.counts_apart:
        holds = dated_condition(rule, apart.when.tree(), cut)
        inner = sql_of(table.select(**named, o=judged, w=holds, counted=counted))
        _count_apart(case, f"SELECT *, o <> 0 AS beside FROM ({inner})", list(named), apart.name, found)


def add_group_details(
    case: Case, scan: Scan, rule: Rule, stored: tuple[str, str], found: Mapping[Key, Evidence]
) -> None:
    """Put the same to the evidence of an aggregate; ``stored`` names its tables of members and groups."""
    places = key_places(rule)
    members, groups = stored
    for n, name in enumerate(shown_fields(rule)):
        keys = ", ".join(f"m.{place}" for place in places)
        hit = "g.outcome = 0 AND (m.told = 1 OR (m.told = 0 AND g.n_counted = 0))"
        rows = f"SELECT {keys}, m.shown_{n} AS v, m.search_key AS counted, {hit} AS hit FROM {members} m JOIN {groups} g ON {same_group(rule)}"
        _break_down(case, rows, places, name, found)
    for apart in rule.model.counts_apart:
        table = scan.table.mutate(w=dated_condition(rule, apart.when.tree(), scan.table))
        inner = sql_of(member_table(rule, table, scan.hoisted, ("w",)))
        rows = f"SELECT *, search_key AS counted, told IS DISTINCT FROM 1 AS beside FROM ({inner})"
        _count_apart(case, rows, places, apart.name, found)


def _break_down(case: Case, rows: str, keys: list[str], name: str, found: Mapping[Key, Evidence]) -> None:
    listed = ", ".join(keys)
    told = case.rows(
        f"SELECT {listed}, coalesce(v, 'not stated') AS value, count(DISTINCT counted) AS n FROM ({rows}) WHERE hit"
        f" GROUP BY {listed}, value ORDER BY n DESC, value"
    )
    for row in told:
        found[tuple(row[: len(keys)])].breakdowns.setdefault(name, []).append((str(row[-2]), int(row[-1])))


def _count_apart(case: Case, rows: str, keys: list[str], name: str, found: Mapping[Key, Evidence]) -> None:
    listed = ", ".join(keys)
    told = case.rows(f"SELECT {listed}, count(DISTINCT counted) FROM ({rows}) WHERE w AND beside GROUP BY {listed}")
    counts = {tuple(row[:-1]): int(row[-1]) for row in told}
    for key, item in found.items():
        item.apart[name] = counts.get(key, 0)


def _shown_value(table: Any, name: str, level: str | None) -> Any:
    """Show a federal organisation as such, wherever its office is, and those without a state by their level."""
    if level is None:
        return table[name]
    apart = table[level].isin(["federal", "tribal", "foreign", "private"]) & table[name].isnull()
    shown = ibis.cases(((table[level] == "federal") | apart, table[level]), else_=table[name])
    return shown.fill_null("state not known")


def reads_the_clock(rule: Rule) -> bool:
    """Tell whether local days or hours decide what a rule on searches counts, beyond its dates in force."""
    if rule.subject.name != "search":
        return False
    trees = [rule.applies, rule.evaluable, rule.pattern]
    trees += [rule.grouping.members, rule.grouping.counts] if rule.grouping else []
    names = set().union(*(field_names(tree) for tree in trees))
    local = (
        leaf.subject.unit in _WALL_CLOCK for tree in trees for leaf in leaves(tree) if isinstance(leaf.subject, Span)
    )
    return bool(names & _CLOCK_FIELDS) or any(local) or (rule.grouping is not None and rule.grouping.period is not None)


def utc_columns(table: Any) -> dict[str, Any]:
    """Return the columns of searches that tell local time, told in UTC instead; only those that the table holds."""
    told = {
        local: table[name].cast("timestamp") for name, local in LOCAL_OF.items() if {name, local} <= set(table.columns)
    }
    searched = told["searched_local"]
    told |= {
        "searched_on": searched.date(),
        "hour_local": searched.hour(),
        "weekday_local": searched.day_of_week.index(),
    }
    return {name: value for name, value in told.items() if name in table.columns}


_WALL_CLOCK: Final = ("local-hours", "calendar-days")
_CLOCK_FIELDS: Final = frozenset({"hour_local", "weekday_local", "n_days", "span_days", "longest_gap_days"})
