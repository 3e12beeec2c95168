"""Judge groups of searches in plain Python: the twin of :mod:`custodiet.rules.compile_groups`.

A member whose scope or count cannot be told is in the group as ``n_unknown``; a
group without a full key (a masked account) or with too few members is not
evaluable; a group of which nothing is in scope is not applicable.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from custodiet.model.terms import Outcome
from custodiet.rules.closure import Row, dated_holds, holds, in_scope, parameters_on
from custodiet.rules.conditions import bind, field_names, parameter_names
from custodiet.rules.rule import Grouping, Rule

TREND_FIELDS = frozenset({"previous", "change"})


@dataclass(slots=True)
class _Group:
    known: list[tuple[Row, bool]] = field(default_factory=list)
    unknown: int = 0


def group_outcomes(rule: Rule, rows: Iterable[Row]) -> dict[tuple[Any, ...], Outcome]:
    """Return the outcome of every group: key is the values of ``per`` (then era, then period, where used)."""
    assert rule.grouping is not None  # noqa: S101 - callers ask only for aggregates
    groups: dict[tuple[Any, ...], _Group] = defaultdict(_Group)
    for row in rows:
        group = groups[group_key(rule, row)]
        told = _member(rule, rule.grouping, row)
        if told == "unknown":
            group.unknown += 1
        elif told != "outside":
            group.known.append((row, told == "counted"))
    facts = {key: _facts(rule.grouping, group) for key, group in groups.items()}
    if rule.grouping.period is not None:
        _add_trend(facts)
    return {key: _judge(rule, rule.grouping, key, fact) for key, fact in facts.items()}


def uses_trend(rule: Rule) -> bool:
    """Tell whether a rule compares periods; then its groups keep the eras of the export apart."""
    return bool(TREND_FIELDS & field_names(rule.pattern))


def group_key(rule: Rule, row: Row) -> tuple[Any, ...]:
    """Return the key of the group that a row belongs to."""
    assert rule.grouping is not None  # noqa: S101 - callers ask only for aggregates
    key = [row.get(name) for name in rule.grouping.per]
    if uses_trend(rule):
        key.append(row.get("era"))
    if rule.grouping.period is not None:
        key.append(truncate(row.get("searched_local"), rule.grouping.period))
    return tuple(key)


def truncate(moment: datetime | None, period: str) -> datetime | None:
    """Return the start of the local minute, hour, day, week (Monday), month or year."""
    if moment is None:
        return None
    if period == "minute":
        return moment.replace(second=0, microsecond=0)
    if period == "hour":
        return moment.replace(minute=0, second=0, microsecond=0)
    day = datetime(moment.year, moment.month, moment.day)
    if period == "week":
        return day - timedelta(days=day.weekday())
    if period == "month":
        return day.replace(day=1)
    return day.replace(month=1, day=1) if period == "year" else day


def _member(rule: Rule, grouping: Grouping, row: Row) -> str:
    day = row.get(rule.subject.date_field)
    scope = in_scope(rule, row)
    member = dated_holds(rule, grouping.members, row, day)
    if scope is False or member is False:
        return "outside"
    evaluable = dated_holds(rule, rule.evaluable, row, day)
    counted = dated_holds(rule, grouping.counts, row, day)
    if scope is None or member is None or evaluable is not True or counted is None:
        return "unknown"
    return "counted" if counted else "other"


def _facts(grouping: Grouping, group: _Group) -> dict[str, Any]:
    days = [row["searched_on"] for row, _ in group.known if row.get("searched_on") is not None]
    counted = [row for row, is_counted in group.known if is_counted]
    counted_days = sorted({row["searched_on"] for row in counted if row.get("searched_on") is not None})
    n = len(group.known)
    return {
        "n": n,
        "n_counted": len(counted),
        "n_unknown": group.unknown,
        "share": len(counted) / n if n else None,
        "n_days": len(counted_days),
        "n_distinct": len({row.get(grouping.distinct) for row in counted} - {None}) if grouping.distinct else 0,
        "span_days": (max(days) - min(days)).days + 1 if days else None,
        "longest_gap_days": _longest_gap(days, counted_days),
        "previous": None,
        "change": None,
        "n_eras": len({row.get("era") for row, _ in group.known} - {None}),
    }


def _longest_gap(days: list[date], counted: list[date]) -> int | None:
    if not days:
        return None
    marks = [min(days), *counted, max(days)]
    return max((after - before).days for before, after in pairwise(marks))


def _add_trend(facts: dict[tuple[Any, ...], dict[str, Any]]) -> None:
    series: dict[tuple[Any, ...], list[tuple[Any, ...]]] = defaultdict(list)
    for key, fact in facts.items():
        if key[-1] is not None and fact["n"] > 0:
            series[key[:-1]].append(key)
    for keys in series.values():
        keys.sort(key=lambda key: key[-1])
        for place, key in enumerate(keys):
            earlier = [facts[k]["n_counted"] for k in keys[max(0, place - 3) : place]]
            if earlier:
                previous = sum(earlier) / len(earlier)
                facts[key]["previous"] = previous
                facts[key]["change"] = facts[key]["n_counted"] / previous if previous else None


def _judge(rule: Rule, grouping: Grouping, key: tuple[Any, ...], fact: dict[str, Any]) -> Outcome:
    if fact["n"] + fact["n_unknown"] == 0:
        return Outcome.NOT_APPLICABLE
    if None in key or fact["n"] < grouping.at_least:
        return Outcome.NOT_EVALUABLE
    values = parameters_on(rule, parameter_names(rule.pattern), rule.first)
    keys = dict(zip(grouping.per, key, strict=False))
    pattern = None if values is None else holds(bind(rule.pattern, values), keys | fact)
    if pattern is None:
        return Outcome.NOT_EVALUABLE
    return Outcome.INDICATOR if pattern else Outcome.CLEAR
