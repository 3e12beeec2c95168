# ruff: noqa: E501 - tables of words, sentences and SQL read better in one line
"""One condition tree for all rules. It is plain data: it holds no code and no SQL.

Logic is three-valued (Kleene): a leaf on a null field is unknown; ``all`` with a
false member is false whatever else is unknown; ``not`` of unknown is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Literal

Scalar = str | int | float | bool | date
Operator = Literal[
    "eq", "ne", "in", "not_in", "lt", "le", "gt", "ge", "between", "is_null", "not_null",
    "any_of", "all_of", "none_of", "only", "mentions", "not_mentions",
]  # fmt: skip
SpanUnit = Literal["elapsed-minutes", "elapsed-hours", "elapsed-days", "local-hours", "calendar-days"]

LIST_OPERATORS: Final = ("in", "not_in", "between", "any_of", "all_of", "none_of", "only", "mentions", "not_mentions")  # fmt: skip
LABEL_OPERATORS: Final = ("any_of", "all_of", "none_of", "only")
TEXT_OPERATORS: Final = ("mentions", "not_mentions")
ORDER_OPERATORS: Final = ("lt", "le", "gt", "ge")
NULL_OPERATORS: Final = ("is_null", "not_null")


@dataclass(frozen=True, slots=True)
class Span:
    """Measure the time between two instants of a row.

    ``elapsed-*`` counts real time; ``local-hours`` subtracts the readings of the
    producer's wall clock, so that a clock change adds nothing; ``calendar-days``
    counts local midnights between the two.
    """

    start: str
    end: str
    unit: SpanUnit


@dataclass(frozen=True, slots=True)
class FieldValue:
    """Compare with another field: ``field`` (or ``otherwise`` when it is null) × ``times`` + ``plus``."""

    field: str
    otherwise: Operand | None = None
    times: float | None = None
    plus: float | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """Refer to a dated parameter of the rule by its name."""

    name: str


Operand = Scalar | tuple[Scalar, ...] | FieldValue | Parameter | None


@dataclass(frozen=True, slots=True)
class Leaf:
    """Compare one field or span with a value."""

    subject: str | Span
    op: Operator
    value: Operand = None


@dataclass(frozen=True, slots=True)
class All:
    """Hold when every member holds; empty holds always."""

    members: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Hold when some member holds."""

    members: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Hold when the member does not."""

    member: Node


Node = Leaf | All | AnyOf | Not
ALWAYS: Final = All(())


def leaves(node: Node) -> Iterator[Leaf]:
    """Give the leaves of a tree from left to right."""
    if isinstance(node, Leaf):
        yield node
    elif isinstance(node, Not):
        yield from leaves(node.member)
    else:
        for member in node.members:
            yield from leaves(member)


def parameter_names(node: Node) -> set[str]:
    """Name the parameters that a tree refers to."""
    found = set()
    for leaf in leaves(node):
        value = leaf.value
        if isinstance(value, FieldValue):
            value = value.otherwise
        if isinstance(value, Parameter):
            found.add(value.name)
    return found


def field_names(node: Node) -> set[str]:
    """Name the fields that a tree reads."""
    found: set[str] = set()
    for leaf in leaves(node):
        found |= {leaf.subject} if isinstance(leaf.subject, str) else {leaf.subject.start, leaf.subject.end}
        if isinstance(leaf.value, FieldValue):
            found.add(leaf.value.field)
    return found


def bind(node: Node, values: dict[str, Any]) -> Node:
    """Put values in the place of parameters."""
    if isinstance(node, Leaf):
        return replace(node, value=_bind_operand(node.value, values))
    if isinstance(node, Not):
        return Not(bind(node.member, values))
    return type(node)(tuple(bind(member, values) for member in node.members))


def _bind_operand(value: Operand, values: dict[str, Any]) -> Operand:
    if isinstance(value, Parameter):
        bound: Operand = values[value.name]
        return bound
    if isinstance(value, FieldValue):
        return replace(value, otherwise=_bind_operand(value.otherwise, values))
    return value
