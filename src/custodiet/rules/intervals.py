"""Cut intervals to the days on which a rule is in force: what lay before them is not held against anyone.

Both evaluators use the same meaning: an interval that began before the first day
of a rule begins with that day, one that goes on after its last day ends with that
day, and the lengths are those of what is left.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import ibis

from custodiet.rules.rule import Rule

LENGTHS = ("days", "full_years", "full_months", "gap")


def cut_row(rule: Rule, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a row with its interval cut to the rule's dates; rows of other subjects stay as they are."""
    if rule.subject.start_field is None or not (isinstance(row.get("begins_on"), date) and row.get("ends_on")):
        return row
    begins, ends = row["begins_on"], row["ends_on"]
    if rule.first is not None and begins < rule.first <= ends:
        begins = rule.first
    if rule.last is not None and begins <= rule.last < ends:
        ends = rule.last
    return dict(row) | {"begins_on": begins, "ends_on": ends} | lengths(begins, ends, known=row.get("days") is not None)


def lengths(begins: date, ends: date, *, known: bool) -> dict[str, Any]:
    """Measure an interval; null where no act is known."""
    if not known:
        return dict.fromkeys(LENGTHS)
    return {
        "days": (ends - begins).days,
        "full_years": max(ends.year - begins.year - 1, 0),
        "full_months": max(12 * (ends.year - begins.year) + ends.month - begins.month - 1, 0),
        "gap": f"{begins} to {ends}",
    }


def cut_table(rule: Rule, table: Any) -> Any:
    """Return the columns of a table with its intervals cut to the rule's dates; other tables stay as they are."""
    if rule.subject.start_field is None:
        return table
    begins, ends = table.begins_on, table.ends_on
    if rule.first is not None:
        first = ibis.literal(rule.first)
        begins = ibis.cases(((begins < first) & (ends >= first), first), else_=begins)
    if rule.last is not None:
        last = ibis.literal(rule.last)
        ends = ibis.cases(((begins <= last) & (ends > last), last), else_=ends)
    years = ends.year() - begins.year()
    months = 12 * years + ends.month() - begins.month()
    measured = {
        "days": ends.delta(begins, unit="day"),
        "full_years": ibis.greatest(years - 1, 0),
        "full_months": ibis.greatest(months - 1, 0),
        "gap": begins.cast("string") + ibis.literal(" to ") + ends.cast("string"),
    }
    known = {name: ibis.cases((table.days.notnull(), value)) for name, value in measured.items()}
    return {name: table[name] for name in table.columns} | {"begins_on": begins, "ends_on": ends} | known
