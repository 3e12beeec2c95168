"""Evaluate a condition tree on one row in plain Python: for examples, and before a search is run.

True, False, or None for unknown. The twin is :mod:`custodiet.rules.compile`;
tests hold the two together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from custodiet.model.terms import Outcome
from custodiet.rules.conditions import All, AnyOf, FieldValue, Leaf, Node, Not, Span, bind, parameter_names
from custodiet.rules.fields import LOCAL_OF
from custodiet.rules.intervals import cut_row
from custodiet.rules.rule import Rule, parameter_periods

Row = Mapping[str, Any]


def holds(node: Node, row: Row) -> bool | None:
    """Tell whether a tree (without parameters) holds for a row; None is unknown."""
    if isinstance(node, Leaf):
        return _leaf(node, row)
    if isinstance(node, Not):
        inner = holds(node.member, row)
        return None if inner is None else not inner
    results = [holds(member, row) for member in node.members]
    if isinstance(node, All):
        return False if False in results else (None if None in results else True)
    assert isinstance(node, AnyOf)  # noqa: S101 - the last of four shapes
    return True if True in results else (None if None in results else False)


def parameters_on(rule: Rule, names: set[str], day: date | None) -> dict[str, Any] | None:
    """Return the values of parameters on a day; None when one has no value then."""
    if not names:
        return {}
    found = None
    for start, values in parameter_periods(rule, names):
        if start is None or (day is not None and start <= day):
            found = values
    return found


def in_force(rule: Rule, day: date | None) -> bool | None:
    """Tell whether a rule binds on a day; None when the day is not known and would matter."""
    if rule.first is None and rule.last is None:
        return True
    if day is None:
        return None
    return (rule.first is None or rule.first <= day) and (rule.last is None or day <= rule.last)


def outcome_of(rule: Rule, row: Row) -> Outcome:
    """Judge one row by a rule on single rows."""
    row = cut_row(rule, row)
    day = row.get(rule.subject.date_field)
    scope = in_scope(rule, row)
    if scope is False:
        return Outcome.NOT_APPLICABLE
    if scope is None or dated_holds(rule, rule.evaluable, row, day) is not True:
        return Outcome.NOT_EVALUABLE
    pattern = dated_holds(rule, rule.pattern, row, day)
    if pattern is None:
        return Outcome.NOT_EVALUABLE
    return Outcome.INDICATOR if pattern else Outcome.CLEAR


def in_scope(rule: Rule, row: Row) -> bool | None:
    """Tell whether a row is within the rule's dates and addressees; None is unknown."""
    day = row.get(rule.subject.date_field)
    parts = [in_force(rule, day), dated_holds(rule, rule.applies, row, day)]
    return False if False in parts else (None if None in parts else True)


def dated_holds(rule: Rule, node: Node, row: Row, day: date | None) -> bool | None:
    """Tell whether a tree of a rule holds with the parameters as they stood on a day."""
    values = parameters_on(rule, parameter_names(node), day)
    return None if values is None else holds(bind(node, values), row)


def _leaf(leaf: Leaf, row: Row) -> bool | None:
    seen = _span(leaf.subject, row) if isinstance(leaf.subject, Span) else row.get(leaf.subject)
    if leaf.op == "is_null":
        return seen is None
    if leaf.op == "not_null":
        return seen is not None
    wanted = _value(leaf.value, row)
    if seen is None or wanted is None:
        return None
    return _COMPARE[leaf.op](seen, wanted)


def _span(span: Span, row: Row) -> float | None:
    local = span.unit in ("local-hours", "calendar-days")
    names = [LOCAL_OF.get(name, name) if local else name for name in (span.start, span.end)]
    start, end = row.get(names[0]), row.get(names[1])
    if start is None or end is None:
        return None
    if span.unit == "calendar-days":
        return float((end.date() - start.date()).days)
    seconds: float = (end - start).total_seconds()
    return seconds / _SECONDS[span.unit]


def _value(value: Any, row: Row) -> Any:
    if not isinstance(value, FieldValue):
        return value
    seen = row.get(value.field)
    if seen is None:
        seen = _value(value.otherwise, row)
    if seen is None or (value.times is None and value.plus is None):
        return seen
    return seen * (1 if value.times is None else value.times) + (value.plus or 0)


def label_matches(label: str, pattern: str) -> bool:
    """Tell whether a label is the pattern, or lies under it where the pattern ends in ``.*``."""
    return label.startswith(pattern[:-1]) if pattern.endswith(".*") else label == pattern


def _any_of(labels: list[str], patterns: tuple[str, ...]) -> bool:
    return any(label_matches(label, pattern) for label in labels for pattern in patterns)


def _all_of(labels: list[str], patterns: tuple[str, ...]) -> bool:
    return all(any(label_matches(label, pattern) for label in labels) for pattern in patterns)


def _only(labels: list[str], patterns: tuple[str, ...]) -> bool:
    return bool(labels) and all(any(label_matches(label, p) for p in patterns) for label in labels)


def mention_pattern(words: tuple[str, ...]) -> str:
    """Return the regular expression for whole words; a word that ends in ``*`` is a beginning."""
    parts = []
    for word in words:
        begins = word.endswith("*")
        body = re.escape(word.rstrip("*").lower()).replace(r"\ ", " ")
        parts.append(body if begins else body + r"($|[^a-z0-9])")
    return "(^|[^a-z0-9])(" + "|".join(parts) + ")"


def _mentions(text: str, words: tuple[str, ...]) -> bool:
    return re.search(mention_pattern(words), text.lower(), re.MULTILINE) is not None


_SECONDS = {"elapsed-minutes": 60, "elapsed-hours": 3600, "elapsed-days": 86400, "local-hours": 3600}
_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "eq": lambda seen, wanted: seen == wanted,
    "ne": lambda seen, wanted: seen != wanted,
    "in": lambda seen, wanted: seen in wanted,
    "not_in": lambda seen, wanted: seen not in wanted,
    "lt": lambda seen, wanted: seen < wanted,
    "le": lambda seen, wanted: seen <= wanted,
    "gt": lambda seen, wanted: seen > wanted,
    "ge": lambda seen, wanted: seen >= wanted,
    "between": lambda seen, wanted: wanted[0] <= seen <= wanted[1],
    "any_of": _any_of,
    "all_of": _all_of,
    "none_of": lambda seen, wanted: not _any_of(seen, wanted),
    "only": _only,
    "mentions": _mentions,
    "not_mentions": lambda seen, wanted: not _mentions(seen, wanted),
}
