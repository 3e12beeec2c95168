"""Check what is readable of a rule whose form is faulty, so that one run shows its other faults too."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from pydantic import ValidationError

from custodiet.rules.check import Fault, faults_of
from custodiet.rules.schema import RuleModel

# What other keys are read by: without these nothing can be said of the rest.
_KEYSTONES: Final = ("subject", "aggregate", "parameters", "counts_apart", "pattern")
_EXAMPLE: Final = {"name": "stand-in", "expect": "clear"}
_STAND_IN: Final[dict[str, Any]] = {
    "schema": "custodiet/rule/1",
    "id": "stand.in",
    "title": "Stand-in",
    "status": "draft",
    "version": "0.0.0",
    "severity": "gap",
    "summary": "Stand-in",
    "law": [{"cite": "Stand-in"}],
    "in_force": {"from": date(9999, 1, 1)},
    "binds": "nobody",
    "reading": {"ours": "Stand-in"},
    "statement": "{n}",
    "caveats": ["Stand-in"],
    "examples": {"cases": [_EXAMPLE] * 3},
}


def other_faults(content: Any, error: ValidationError) -> list[Fault]:
    """Return the faults of words in the keys of a rule file that the error about its form leaves out.

    Keys that are not known are taken away and faulty ones replaced by stand-ins, whose own faults are not told.
    """
    if not isinstance(content, dict):
        return []
    mended = copy.deepcopy(content)
    replaced: set[str] = set()
    for item in error.errors(include_url=False, include_context=False, include_input=False):
        place = item["loc"]
        if item["type"] != "extra_forbidden" or not _taken_away(mended, place):
            replaced.add(str(place[0]) if place else "")
    if replaced & {*_KEYSTONES, ""}:
        return []
    for name in replaced:
        mended.pop(name, None)
        mended |= {name: _STAND_IN[name]} if name in _STAND_IN else {}
    try:
        model = RuleModel.model_validate(mended)
    except ValidationError:
        return []
    return [(at, text) for at, text in faults_of(model) if str(at[0]) not in replaced]


def _taken_away(content: Any, place: Sequence[str | int]) -> bool:
    for part in place[:-1]:
        try:
            content = content[part]
        except (KeyError, IndexError, TypeError):
            return False
    if not isinstance(content, dict):
        return False
    content.pop(place[-1], None)
    return True
