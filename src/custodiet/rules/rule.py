"""A rule as the evaluators see it: frozen, with condition trees in place of YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from custodiet.model.terms import Severity
from custodiet.rules.conditions import ALWAYS, Node
from custodiet.rules.fields import SUBJECTS, Subject
from custodiet.rules.schema import PackModel, RuleModel


@dataclass(frozen=True, slots=True)
class Grouping:
    """Say how an aggregate rule gathers searches (see ``schema.Aggregate``)."""

    per: tuple[str, ...]
    period: str | None
    members: Node
    counts: Node
    distinct: str | None
    at_least: int


@dataclass(frozen=True, slots=True)
class Rule:
    """Hold one rule.

    Attributes:
        model: The file's content, for titles, law and documents.
        first: First day in force; None is open.
        last: Last day in force, included; None is open.
        parameters: Name to its values in order of date.
        applies: Whom and what it binds; false is not-applicable.
        evaluable: What must be shown; not true is not-evaluable.
        pattern: What makes an indicator.
        grouping: How searches are gathered; None for a rule on single rows.
    """

    model: RuleModel
    file: str
    first: date | None
    last: date | None
    parameters: Mapping[str, tuple[tuple[date, Any], ...]]
    applies: Node
    evaluable: Node
    pattern: Node
    grouping: Grouping | None

    @property
    def id(self) -> str:
        """Give the permanent id."""
        return self.model.id

    @property
    def severity(self) -> Severity:
        """Give the severity of its indicators."""
        return self.model.severity

    @property
    def subject(self) -> Subject:
        """Give what the rule judges."""
        return SUBJECTS[self.model.subject]


@dataclass(frozen=True, slots=True)
class Pack:
    """Hold the rules of one folder, in order of their ids."""

    model: PackModel
    folder: Path
    rules: tuple[Rule, ...]


def parameter_periods(rule: Rule, names: set[str]) -> list[tuple[date | None, dict[str, Any]]]:
    """Return the days from which a new set of parameter values holds, in order.

    One undated period is given when dates cannot matter: every parameter has a
    single value, and the rule itself is open at its start or begins no earlier.
    """
    dated = {name: rule.parameters[name] for name in sorted(names)}
    single = all(len(values) == 1 for values in dated.values())
    if single and (rule.first is None or all(values[0][0] <= rule.first for values in dated.values())):
        return [(None, {name: values[0][1] for name, values in dated.items()})]
    first_complete = max(values[0][0] for values in dated.values())
    starts = sorted({first_complete} | {start for v in dated.values() for start, _ in v if start > first_complete})
    return [
        (start, {name: [v for s, v in values if s <= start][-1] for name, values in dated.items()}) for start in starts
    ]


def rule_of(model: RuleModel, file: str = "") -> Rule:
    """Make a rule from the content of its file."""
    grouping = None
    if model.aggregate is not None:
        block = model.aggregate
        grouping = Grouping(
            tuple(block.per), block.period, _node(block.members), _node(block.counts), block.distinct, block.at_least
        )  # fmt: skip
    return Rule(
        model,
        file,
        model.in_force.first,
        model.in_force.last,
        {name: tuple(_sorted_values(item.values)) for name, item in model.parameters.items()},
        _node(model.applies),
        _node(model.evaluable),
        model.pattern.tree(),
        grouping,
    )


def _sorted_values(values: Mapping[date, Any]) -> list[tuple[date, Any]]:
    return sorted((day, tuple(v) if isinstance(v, list) else v) for day, v in values.items())


def _node(condition: Any) -> Node:
    return ALWAYS if condition is None else condition.tree()
