"""Tell which owners of a subject a rule can bind, before its rows are looked at.

Place and level of the owner decide most of a rule's scope, and a case has few
owners: asking them first leaves most rows of most rules unread.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from custodiet.case import Case
from custodiet.rules.closure import Row, holds
from custodiet.rules.conditions import All, Node, field_names, parameter_names
from custodiet.rules.fields import Subject
from custodiet.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class Owners:
    """Hold the owners of a subject; the empty text stands for rows without one.

    Attributes:
        facts: Owner to what is known of it; names that were released differently may differ in it.
        sizes: Owner to its rows.
        known: Fields that the facts tell.
    """

    facts: Mapping[str, tuple[Row, ...]]
    sizes: Mapping[str, int]
    known: frozenset[str]


def owners_of(case: Case, table_name: str, subject: Subject, rules: Iterable[Rule]) -> Owners:
    """Count the rows of each owner, with what the rules ask about it."""
    owner = subject.owner
    read = set().union(*(field_names(rule.applies) for rule in rules))
    names = [owner, *sorted(name for name in read if name.startswith(f"{owner}_"))]
    listed = ", ".join(names)
    facts: dict[str, list[Row]] = {}
    sizes: dict[str, int] = {}
    for *values, n in case.rows(f"SELECT {listed}, count(*) FROM {table_name} GROUP BY {listed} ORDER BY ALL"):
        name = str(values[0] or "")
        facts.setdefault(name, []).append(dict(zip(names, values, strict=True)))
        sizes[name] = sizes.get(name, 0) + int(n)
    return Owners({name: tuple(known) for name, known in facts.items()}, sizes, frozenset(names))


def bound_owners(rule: Rule, owners: Owners) -> tuple[str, ...]:
    """Name the owners whose rows can be in the rule's scope."""
    about = All(tuple(node for node in _members(rule) if _is_told(node, owners)))
    return tuple(name for name, facts in owners.facts.items() if any(holds(about, row) is not False for row in facts))


def narrowed(rule: Rule, owners: Owners, names: Sequence[str]) -> Rule:
    """Leave out the conditions on scope that hold for all of these owners."""
    rows = [row for name in names for row in owners.facts[name]]
    open_ = (node for node in _members(rule) if not (_is_told(node, owners) and all(holds(node, row) for row in rows)))
    return replace(rule, applies=All(tuple(open_)))


def of_owners(table: Any, subject: Subject, owners: Owners, names: Sequence[str]) -> Any:
    """Filter an Ibis table to the rows of these owners."""
    if len(names) == len(owners.facts):
        return table
    column = table[subject.owner]
    mine = column.isin([name for name in names if name])
    return table.filter(mine | column.isnull() if "" in names else mine)


def _members(rule: Rule) -> tuple[Node, ...]:
    return rule.applies.members if isinstance(rule.applies, All) else (rule.applies,)


def _is_told(node: Node, owners: Owners) -> bool:
    return field_names(node) <= owners.known and not parameter_names(node)
