"""Turn a condition tree into an Ibis expression: for millions of rows, on any engine.

The expression is null where the condition is unknown, by the same three-valued
logic as :mod:`custodiet.rules.closure`. Nothing is executed here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import ibis

from custodiet.rules.closure import mention_pattern
from custodiet.rules.conditions import (
    LABEL_OPERATORS,
    All,
    FieldValue,
    Leaf,
    Node,
    Not,
    Span,
    bind,
    parameter_names,
)
from custodiet.rules.fields import LOCAL_OF, Field, Subject
from custodiet.rules.intervals import cut_table
from custodiet.rules.rule import Rule, parameter_periods

INDICATOR, CLEAR, NOT_EVALUABLE, NOT_APPLICABLE = range(4)
OUTCOME_CODES: Final = {"indicator": 0, "clear": 1, "not-evaluable": 2, "not-applicable": 3}

_TYPES: Final = {
    "text": "string",
    "labels": "array<string>",
    "integer": "int64",
    "real": "float64",
    "boolean": "boolean",
    "instant": "timestamp('UTC')",
    "date": "date",
}


def subject_schema(subject: Subject, extra: tuple[Field, ...] = ()) -> dict[str, str]:
    """Return the Ibis schema of a subject's table, local twins of its instants included."""
    schema = {field.name: _TYPES[field.type] for field in (*subject.fields, *extra)}
    return schema | {LOCAL_OF[name]: "timestamp" for name in schema if name in LOCAL_OF}


def subject_table(subject: Subject, name: str, extra: Mapping[str, str] | None = None) -> Any:
    """Return an unbound Ibis table with the fields of a subject."""
    return ibis.table(subject_schema(subject) | dict(extra or {}), name=name)


def condition(node: Node, table: Any, hoisted: Mapping[Leaf, str] | None = None) -> Any:
    """Compile a tree without parameters.

    Args:
        node: The tree.
        table: Ibis table that has its fields.
        hoisted: Leaves that stand computed in a boolean column of the table.
    """
    if isinstance(node, Leaf):
        if hoisted and node in hoisted:
            return table[hoisted[node]]
        return _leaf(node, table)
    if isinstance(node, Not):
        return ~condition(node.member, table, hoisted)
    members = [condition(member, table, hoisted) for member in node.members]
    result = ibis.literal(isinstance(node, All)) if not members else members[0]
    for member in members[1:]:
        result = result & member if isinstance(node, All) else result | member
    return result


def dated_condition(rule: Rule, node: Node, table: Any, hoisted: Mapping[Leaf, str] | None = None) -> Any:
    """Compile a tree of a rule with the parameters as they stood on the row's date."""
    names = parameter_names(node)
    if not names:
        return condition(node, table, hoisted)
    periods = parameter_periods(rule, names)
    if len(periods) == 1 and periods[0][0] is None:
        return condition(bind(node, periods[0][1]), table, hoisted)
    day = table[rule.subject.date_field]
    branches = [
        (day >= ibis.literal(start), condition(bind(node, values), table, hoisted))
        for start, values in reversed(periods)
    ]
    return ibis.cases(*branches, else_=ibis.null("boolean"))


def scope(rule: Rule, table: Any, hoisted: Mapping[Leaf, str] | None = None) -> Any:
    """Compile whether a row is within the rule's dates and addressees; null when that is unknown."""
    day = table[rule.subject.date_field]
    result = dated_condition(rule, rule.applies, table, hoisted)
    if rule.first is not None:
        result = result & (day >= ibis.literal(rule.first))
    if rule.last is not None:
        result = result & (day <= ibis.literal(rule.last))
    return result


def outcome(rule: Rule, table: Any, hoisted: Mapping[Leaf, str] | None = None, pattern: Node | None = None) -> Any:
    """Compile the outcome of a rule on single rows: 0 indicator, 1 clear, 2 not evaluable, 3 not applicable."""
    table = cut_table(rule, table)
    in_scope = scope(rule, table, hoisted)
    told = in_scope & dated_condition(rule, rule.evaluable, table, hoisted)
    meets = dated_condition(rule, rule.pattern if pattern is None else pattern, table, hoisted)
    # No IS NULL on a condition: the compiler writes NOT x IS NULL without brackets, which means NOT (x IS NULL).
    return ibis.cases(
        (~in_scope, NOT_APPLICABLE), (told & meets, INDICATOR), (told & ~meets, CLEAR), else_=NOT_EVALUABLE
    ).cast("int8")


def _leaf(leaf: Leaf, table: Any) -> Any:
    seen = _span(leaf.subject, table) if isinstance(leaf.subject, Span) else table[leaf.subject]
    if leaf.op == "is_null":
        return seen.isnull()
    if leaf.op == "not_null":
        return seen.notnull()
    if leaf.op in LABEL_OPERATORS:
        return _labels(leaf.op, seen, leaf.value)
    if leaf.op in ("mentions", "not_mentions"):
        found = seen.lower().re_search(mention_pattern(tuple(str(word) for word in leaf.value)))  # type: ignore[union-attr]  # only texts are mentioned
        return found if leaf.op == "mentions" else ~found
    wanted = _value(leaf.value, table)
    if leaf.op in ("in", "not_in"):
        return seen.isin(wanted) if leaf.op == "in" else ~seen.isin(wanted)
    if leaf.op == "between":
        return (seen >= wanted[0]) & (seen <= wanted[1])
    compare = {"eq": "__eq__", "ne": "__ne__", "lt": "__lt__", "le": "__le__", "gt": "__gt__", "ge": "__ge__"}
    return getattr(seen, compare[leaf.op])(wanted)


def _labels(op: str, seen: Any, patterns: Any) -> Any:
    # Labels are written out as |a|b| : lambdas over lists differ between engines and their versions.
    text = ibis.literal("|") + seen.join("|") + ibis.literal("|")

    def found(pattern: str) -> Any:
        return text.contains("|" + (pattern[:-1] if pattern.endswith(".*") else pattern + "|"))

    if op == "only":
        allowed = (re.escape(p[:-1]) + "[^|]*" if p.endswith(".*") else re.escape(p) for p in patterns)
        return text.re_search(r"^\|((" + "|".join(allowed) + r")\|)+$")
    result = found(patterns[0])
    for pattern in patterns[1:]:
        result = result & found(pattern) if op == "all_of" else result | found(pattern)
    return ~result if op == "none_of" else result


def _span(span: Span, table: Any) -> Any:
    local = span.unit in ("local-hours", "calendar-days")
    names = [LOCAL_OF.get(name, name) if local else name for name in (span.start, span.end)]
    start, end = table[names[0]], table[names[1]]
    if span.unit == "calendar-days":
        return end.date().delta(start.date(), unit="day")
    seconds = {"elapsed-minutes": 60, "elapsed-hours": 3600, "elapsed-days": 86400, "local-hours": 3600}
    return (end.epoch_seconds() - start.epoch_seconds()).cast("float64") / seconds[span.unit]


def _value(value: Any, table: Any) -> Any:
    if not isinstance(value, FieldValue):
        return list(value) if isinstance(value, tuple) else value
    seen = table[value.field]
    if value.otherwise is not None:
        seen = seen.coalesce(_value(value.otherwise, table))
    if value.times is not None:
        seen = seen * value.times
    return seen if value.plus is None else seen + value.plus
