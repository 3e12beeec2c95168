"""Builders of rules for tests: a lawful default, so that a test states only what matters."""

from __future__ import annotations

from datetime import date
from typing import Any

from custodiet.rules.rule import Rule, rule_of
from custodiet.rules.schema import RuleModel

CASES = [{"name": f"example {n}", "row": {}, "expect": "clear"} for n in range(3)]


def rule_content(**changes: Any) -> dict[str, Any]:
    """Give the content of a small valid rule file."""
    content: dict[str, Any] = {
        "schema": "custodiet/rule/1",
        "id": "test.rule",
        "title": "A pattern",
        "status": "experimental",
        "version": "1.0.0",
        "severity": "gap",
        "summary": "A pattern in a log.",
        "law": [{"cite": "An Act § 1"}],
        "in_force": {"from": None, "to": None},
        "binds": "everybody",
        "reading": {"ours": "as written"},
        "subject": "search",
        "pattern": {"field": "purposes", "op": "any_of", "value": ["immigration.*"]},
        "statement": "{n} of {denominator} searches of {subject}.",
        "caveats": ["A caveat."],
        "examples": {"cases": CASES},
    }
    return content | changes


def rule(**changes: Any) -> Rule:
    """Make a rule."""
    return rule_of(RuleModel.model_validate(rule_content(**changes)))


def in_force(first: date | None, last: date | None = None) -> dict[str, date | None]:
    """Make the in_force block."""
    return {"from": first, "to": last}
