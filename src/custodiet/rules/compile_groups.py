"""Turn an aggregate rule into Ibis tables: members, then groups with their numbers and outcome.

The twin of :mod:`custodiet.rules.groups`, which says what the numbers mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import ibis
import ibis.expr.datatypes as dt

from custodiet.rules.closure import parameters_on
from custodiet.rules.compile import (
    CLEAR,
    INDICATOR,
    NOT_APPLICABLE,
    NOT_EVALUABLE,
    condition,
    dated_condition,
    scope,
)
from custodiet.rules.conditions import Leaf, Node, bind, field_names, parameter_names
from custodiet.rules.groups import uses_trend
from custodiet.rules.rule import Grouping, Rule

_UNITS: Final = {"minute": "m", "hour": "h", "day": "D", "week": "W", "month": "M", "year": "Y"}
SMALL_KEYS: Final = {"user", "plate", "case_number"}
OTHER, COUNTED, UNKNOWN = 0, 1, 2


def member_table(rule: Rule, table: Any, hoisted: Mapping[Leaf, str] | None = None, extra: Sequence[str] = ()) -> Any:
    """Compile one row per search that belongs to a group; ``extra`` names more columns to keep.

    Returns:
        An Ibis table: the group keys (``k0`` …), ``told`` (0 other, 1 counted, 2
        unknown, null outside), ``day``, ``era``, ``distinct_value``
        and the citation.
    """
    grouping = _grouping(rule)
    inside = scope(rule, table, hoisted)
    member = dated_condition(rule, grouping.members, table, hoisted)
    evaluable = dated_condition(rule, rule.evaluable, table, hoisted)
    counted = dated_condition(rule, grouping.counts, table, hoisted)
    known = inside & member & evaluable
    told = ibis.cases(
        (~(inside & member), ibis.null("int8")),
        (known & counted, COUNTED),
        (known & ~counted, OTHER),
        else_=UNKNOWN,
    ).cast("int8")
    keys = {f"k{place}": key for place, key in enumerate(_keys(rule, table))}
    distinct = table[grouping.distinct].cast("string") if grouping.distinct else ibis.null("string")
    return table.select(
        told=told, day=table.searched_on, era=table.era, distinct_value=distinct,
        disclosure_id=table.disclosure_id, record_no=table.record_no, searched_at=table.searched_at,
        search_key=table.search_key, **{name: table[name] for name in extra}, **keys,
    )  # fmt: skip


def key_names(rule: Rule) -> list[str]:
    """Name the key columns of a rule's groups, in the order of ``per``, era, period."""
    grouping = _grouping(rule)
    return [f"k{n}" for n in range(len(grouping.per) + uses_trend(rule) + (grouping.period is not None))]


def group_table(rule: Rule, members: Any, pattern: Node | None = None) -> Any:
    """Compile one row per group: its keys, its numbers, and ``outcome`` (as in ``compile``)."""
    grouping = _grouping(rule)
    pattern = rule.pattern if pattern is None else pattern
    asked = field_names(pattern)
    keys = key_names(rule)
    if "longest_gap_days" in asked:
        members = _with_gaps(members, keys)
    known = members.told.isin([OTHER, COUNTED])
    counted = members.told == COUNTED
    numbers = {
        "n": known.fill_null(False).cast("int64").sum(),
        "n_counted": counted.fill_null(False).cast("int64").sum(),
        "n_unknown": (members.told == UNKNOWN).fill_null(False).cast("int64").sum(),
    }
    if "n_days" in asked:
        numbers["n_days"] = _distinct(grouping, members.day, counted)
    if "n_distinct" in asked:
        numbers["n_distinct"] = _distinct(grouping, members.distinct_value, counted)
    if "n_eras" in asked:
        numbers["n_eras"] = members.era.nunique(where=known)
    if {"span_days", "longest_gap_days"} & asked:
        numbers["first_day"] = members.day.min(where=known)
        numbers["last_day"] = members.day.max(where=known)
    if "longest_gap_days" in asked:
        numbers["inner_gap"] = members.gap.max()
        numbers["first_counted"] = members.day.min(where=counted)
        numbers["last_counted"] = members.day.max(where=counted)
    groups = members.group_by(keys).aggregate(**numbers)
    groups = _with_derived(groups, asked, keys)
    return groups.mutate(outcome=_judged(rule, grouping, groups, pattern, keys))


def _distinct(grouping: Grouping, values: Any, where: Any) -> Any:
    # Groups of one account are many and small: listing their values costs half of counting distinct ones.
    if SMALL_KEYS & set(grouping.per):
        count = _unique_days if values.type().is_date() else _unique_texts
        return count(values.collect(where=where)).fill_null(0)
    return values.nunique(where=where)


@ibis.udf.scalar.builtin(name="list_unique")  # type: ignore[untyped-decorator]  # the library leaves its decorator untyped
def _unique_days(values: dt.Array[dt.Date]) -> int:  # type: ignore[empty-body]  # the engine has the body
    """Count the distinct values of a list; this expression is the engine's own."""


@ibis.udf.scalar.builtin(name="list_unique")  # type: ignore[untyped-decorator]  # the library leaves its decorator untyped
def _unique_texts(values: dt.Array[dt.String]) -> int:  # type: ignore[empty-body]  # the engine has the body
    """Count the distinct values of a list; this expression is the engine's own."""


def _keys(rule: Rule, table: Any) -> list[Any]:
    grouping = _grouping(rule)
    keys = [table[name] for name in grouping.per]
    if uses_trend(rule):
        keys.append(table.era)
    if grouping.period is not None:
        keys.append(table.searched_local.truncate(_UNITS[grouping.period]))
    return keys


def _with_gaps(members: Any, keys: list[str]) -> Any:
    counted_day = ibis.cases((members.told == COUNTED, members.day), else_=ibis.null("date"))
    members = members.mutate(counted_day=counted_day)
    before = ibis.window(group_by=keys, order_by=members.day, preceding=(None, 1))
    return members.mutate(gap=members.counted_day.delta(members.counted_day.max().over(before), unit="day"))


def _with_derived(groups: Any, asked: set[str], keys: list[str]) -> Any:
    derived = {"share": groups.n_counted.cast("float64") / groups.n.nullif(0)}
    if "span_days" in asked:
        derived["span_days"] = groups.last_day.delta(groups.first_day, unit="day") + 1
    if "longest_gap_days" in asked:
        whole = groups.last_day.delta(groups.first_day, unit="day")
        start = groups.first_counted.delta(groups.first_day, unit="day")
        end = groups.last_day.delta(groups.last_counted, unit="day")
        derived["longest_gap_days"] = ibis.cases(
            (groups.n_counted == 0, whole),
            else_=ibis.greatest(start, end, groups.inner_gap.coalesce(0)),
        )
    if {"previous", "change"} & asked:
        earlier = ibis.window(group_by=[*keys[:-1], groups.n > 0], order_by=groups[keys[-1]], preceding=(3, 1))
        told = (groups.n > 0) & groups[keys[-1]].notnull()
        previous = ibis.cases((told, groups.n_counted.cast("float64").mean().over(earlier)), else_=ibis.null("float64"))
        groups = groups.mutate(previous=previous)
        derived = {name: value for name, value in derived.items() if name != "share"}
        derived["share"] = groups.n_counted.cast("float64") / groups.n.nullif(0)
        derived["change"] = groups.n_counted.cast("float64") / groups.previous.nullif(0)
    return groups.mutate(**derived)


def _judged(rule: Rule, grouping: Grouping, groups: Any, pattern: Node, keys: list[str]) -> Any:
    values = parameters_on(rule, parameter_names(pattern), rule.first) or {}
    columns = {name: groups[name] for name in groups.columns}
    columns |= {name: groups[f"k{place}"] for place, name in enumerate(grouping.per)}
    meets = condition(bind(pattern, values), columns)
    no_key = groups[keys[0]].isnull()
    for key in keys[1:]:
        no_key = no_key | groups[key].isnull()
    told = ~no_key & (groups.n >= grouping.at_least)
    return ibis.cases(
        (groups.n + groups.n_unknown == 0, NOT_APPLICABLE),
        (told & meets, INDICATOR),
        (told & ~meets, CLEAR),
        else_=NOT_EVALUABLE,
    ).cast("int8")


def _grouping(rule: Rule) -> Grouping:
    assert rule.grouping is not None  # noqa: S101 - callers ask only for aggregates
    return rule.grouping
