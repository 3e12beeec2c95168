"""The one order in which indicators are read: on the terminal, in the brief, wherever a few stand for all.

The weightiest indicator of every rule comes before the second of any, so that no rule fills the first page;
of rules that count the same rows of the same subject one goes first, for the same reason. Within a turn the
severity decides, then the lower end of the 95 % interval of the rate, so that neither size nor a few cases lead.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from custodiet.model.rates import wilson_interval
from custodiet.model.terms import Severity

Row = Mapping[str, Any]


def interval(part: int, whole: int) -> tuple[float, float] | None:
    """Return the 95 % interval of a share; None where there is no share."""
    return wilson_interval(part, whole) if whole > 0 and 0 <= part <= whole else None


def headline_of(row: Row) -> int:
    """Return the number that the sentence of an indicator states."""
    if row["sensitivity"]:
        return int(json.loads(row["sensitivity"])["headline"]["count"])
    return int(row["n_searches"] if row["n_searches"] is not None else row["n_shares"] or 0)


def weight(row: Row) -> tuple[int, float, str, str]:
    """Give the key of one indicator: severity, then the lower end of the interval of the rate, then names."""
    found = interval(headline_of(row), row["denominator"] or 0)
    return -Severity(row["severity"]).rank, -(found[0] if found else 0.0), row["subject"] or "", row["indicator_id"]


def places(rows: Iterable[Row]) -> dict[str, int]:
    """Give the place of every indicator in the order, by its id.

    Args:
        rows: All indicators of the case of which some are shown: a part of them keeps the order of the whole.
    """
    of_rule: Counter[str] = Counter()
    of_rows: Counter[tuple[bool, str | None, int]] = Counter()
    keys = {}
    for row in sorted(rows, key=weight):
        same = (row["level"] == "account", row["subject"], headline_of(row))
        turn = max(of_rule[row["rule_id"]], of_rows[same])
        of_rule[row["rule_id"]] += 1
        of_rows[same] += 1
        keys[row["indicator_id"]] = (turn, *weight(row))
    return {identity: place for place, identity in enumerate(sorted(keys, key=lambda identity: keys[identity]))}
