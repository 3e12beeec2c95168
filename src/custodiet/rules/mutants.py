"""Change a rule a little and see whether its examples notice: a mutant that lives is a rule half tested.

Mutants: each in-force date a day earlier and later, each word of a list dropped
and a foreign one added, each single value changed, each threshold one less and
one more, ``gt`` for ``ge`` and ``lt`` for ``le``, each member of all/any dropped,
applies dropped, evaluable dropped, the severity changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final, TypeVar

from custodiet.rules.closure import label_matches
from custodiet.rules.conditions import (
    ALWAYS,
    LABEL_OPERATORS,
    All,
    AnyOf,
    FieldValue,
    Leaf,
    Node,
    Not,
    Parameter,
    Span,
)
from custodiet.rules.examples import example_cases, run_closure
from custodiet.rules.rule import Grouping, Rule

_Changed = TypeVar("_Changed", Rule, Grouping)
_SWAPPED: Final = {"gt": "ge", "ge": "gt", "lt": "le", "le": "lt"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """Hold a changed rule and what was changed."""

    what: str
    rule: Rule
    foreign: bool = False


def living_mutants(rule: Rule) -> list[str]:
    """Describe each mutant that all examples of the rule let pass."""
    cases = example_cases(rule)
    alive: list[str] = []
    foreign: dict[str, bool] = {}
    for mutant in mutants(rule):
        lives = not run_closure(mutant.rule, cases)
        if mutant.foreign:
            foreign[mutant.what] = foreign.get(mutant.what, True) and lives
        elif lives:
            alive.append(mutant.what)
    alive += [what for what, lives in foreign.items() if lives]
    if not any(case.severity is not None for case in cases):
        alive.append("severity changed: no example states the severity")
    return alive


def mutants(rule: Rule) -> Iterator[Mutant]:
    """Give every mutant of a rule."""
    yield from _date_mutants(rule)
    yield from _parameter_mutants(rule)
    for part in ("applies", "evaluable", "pattern"):
        tree: Node = getattr(rule, part)
        for what, changed in tree_mutants(tree, rule):
            yield _mutant(part, what, _with(rule, **{part: changed}))
        if part != "pattern" and tree != ALWAYS:
            yield Mutant(f"{part} dropped", _with(rule, **{part: ALWAYS}))
    yield from _grouping_mutants(rule)


def _with(base: _Changed, **changes: Any) -> _Changed:
    """Give a changed copy; the names of changed parts come from tables of this module."""
    return replace(base, **changes)


def _mutant(part: str, what: str, changed: Rule) -> Mutant:
    return Mutant(f"{part}: {what.removeprefix('+')}", changed, foreign=what.startswith("+"))


def _date_mutants(rule: Rule) -> Iterator[Mutant]:
    for name, day in (("first", rule.first), ("last", rule.last)):
        if day is not None:
            for step in (-1, 1):
                moved = day + timedelta(days=step)
                shifted = _with(rule, **{name: moved})
                if name == "first" and step < 0:
                    shifted = _with(shifted, parameters=_earlier(rule, day, moved))
                yield Mutant(f"in_force {name} moved by {step} day", shifted)


def _earlier(rule: Rule, day: date, moved: date) -> dict[str, tuple[tuple[date, Any], ...]]:
    """Let parameters begin no later than a rule that was moved to begin earlier."""
    return {
        name: tuple((moved if start == day else start, value) for start, value in values)
        for name, values in rule.parameters.items()
    }


def _parameter_mutants(rule: Rule) -> Iterator[Mutant]:
    for name, values in rule.parameters.items():
        for place, (start, value) in enumerate(values):
            for what, changed in _value_mutants(value):
                dated = (*values[:place], (start, changed), *values[place + 1 :])
                yield Mutant(
                    f"parameter {name}: {what}",
                    _with(rule, parameters=dict(rule.parameters) | {name: dated}),
                )


def _grouping_mutants(rule: Rule) -> Iterator[Mutant]:
    grouping = rule.grouping
    if grouping is None:
        return
    for part in ("members", "counts"):
        tree: Node = getattr(grouping, part)
        for what, changed in tree_mutants(tree, rule):
            yield _mutant(part, what, _with(rule, grouping=_with(grouping, **{part: changed})))
        if tree != ALWAYS:
            yield Mutant(f"{part} dropped", _with(rule, grouping=_with(grouping, **{part: ALWAYS})))
    if grouping.at_least > 1:
        for step in (-1, 1):
            changed_grouping = _with(grouping, at_least=grouping.at_least + step)
            yield Mutant(f"at_least {step:+d}", _with(rule, grouping=changed_grouping))


def tree_mutants(node: Node, rule: Rule) -> Iterator[tuple[str, Node]]:
    """Give every small change of a tree, with its description; ``+`` marks one of several foreign values."""
    if isinstance(node, Leaf):
        yield from _leaf_mutants(node)
        yield from _foreign_mutants(node, rule)
        return
    if isinstance(node, Not):
        yield "not dropped", node.member
        for what, changed in tree_mutants(node.member, rule):
            yield what, Not(changed)
        return
    kind: Callable[[tuple[Node, ...]], Node] = All if isinstance(node, All) else AnyOf
    word = "all" if isinstance(node, All) else "any"
    for place, member in enumerate(node.members):
        rest = (*node.members[:place], *node.members[place + 1 :])
        if rest:
            yield f"member {place + 1} of {word} dropped", kind(rest)
        for what, changed in tree_mutants(member, rule):
            yield what, kind((*node.members[:place], changed, *node.members[place + 1 :]))


def _leaf_mutants(leaf: Leaf) -> Iterator[tuple[str, Node]]:
    name = leaf.subject if isinstance(leaf.subject, str) else _span_name(leaf.subject)
    if leaf.op in _SWAPPED:
        yield f"{name}: {leaf.op} turned into {_SWAPPED[leaf.op]}", replace(leaf, op=_SWAPPED[leaf.op])  # type: ignore[arg-type]  # both words are operators
    if leaf.op in ("is_null", "not_null"):
        yield (
            f"{name}: {leaf.op} turned round",
            replace(leaf, op="not_null" if leaf.op == "is_null" else "is_null"),
        )
    if leaf.op == "between" and isinstance(leaf.value, tuple):
        low, high = leaf.value
        for what, pair in (
            ("lower", lambda d: (_moved(low, d), high)),
            ("upper", lambda d: (low, _moved(high, d))),
        ):
            for step in (-1, 1):
                yield f"{name}: {what} bound {step:+d}", replace(leaf, value=pair(step))
        return
    if isinstance(leaf.value, FieldValue):
        yield from _field_value_mutants(leaf, leaf.value, name)
        return
    for what, changed in _value_mutants(leaf.value):
        yield f"{name}: {what}", replace(leaf, value=changed)


def _foreign_mutants(leaf: Leaf, rule: Rule) -> Iterator[tuple[str, Node]]:
    """Add to a list a value that examples hold and the list does not; one that changes the outcome is enough."""
    values = leaf.value
    if isinstance(values, Parameter):
        values = rule.parameters[values.name][-1][1]
    if leaf.op not in ("in", "not_in", "any_of", "none_of", "only") or not isinstance(values, tuple):
        return
    for item in _seen_values(rule, str(leaf.subject)):
        if not any(item == v or (leaf.op in LABEL_OPERATORS and label_matches(item, str(v))) for v in values):
            yield f"+{leaf.subject}: a value outside the list added", replace(leaf, value=(*values, item))


def _seen_values(rule: Rule, field: str) -> list[Any]:
    seen: dict[Any, None] = {"an-unlisted-word": None}
    for case in example_cases(rule):
        for row in case.rows:
            value = row.get(field)
            for item in value if isinstance(value, list) else [value]:
                if item is not None:
                    seen[item] = None
    return list(seen)


def _field_value_mutants(leaf: Leaf, value: FieldValue, name: str) -> Iterator[tuple[str, Node]]:
    if leaf.op in ("lt", "le", "gt", "ge"):
        for step in (-1, 1):
            moved = replace(value, plus=(value.plus or 0) + step)
            yield f"{name}: {value.field} {step:+d}", replace(leaf, value=moved)
    if isinstance(value.otherwise, int | float):
        for step in (-1, 1):
            yield (
                f"{name}: default {step:+d}",
                replace(leaf, value=replace(value, otherwise=value.otherwise + step)),
            )


def _value_mutants(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, bool):
        yield f"{value} turned round", not value
    elif isinstance(value, int | float | date):
        for step in (-1, 1):
            yield f"{value} {step:+d}", _moved(value, step)
    elif isinstance(value, str) and not value.startswith("$"):
        yield f"'{value}' replaced", f"{value}-changed"
    elif isinstance(value, tuple):
        for place, item in enumerate(value):
            rest = (*value[:place], *value[place + 1 :])
            yield f"{item} dropped", rest or ("nothing-matches-this",)


def _moved(value: Any, step: int) -> Any:
    if isinstance(value, date):
        return value + timedelta(days=step)
    if isinstance(value, float) and 0 < abs(value) < 1:
        return round(value + step / 100, 6)
    return value + step


def _span_name(span: Span) -> str:
    return f"{span.start} to {span.end}"
