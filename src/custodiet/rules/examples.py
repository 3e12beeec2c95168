# ruff: noqa: E501 - tables of words, sentences and SQL read better in one line
"""Run the examples of a rule on both evaluators, and look for mutants that its examples let live."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from custodiet.model.terms import Outcome, Severity
from custodiet.rules.closure import Row, outcome_of
from custodiet.rules.fields import LOCAL_OF, Subject
from custodiet.rules.groups import group_outcomes
from custodiet.rules.intervals import lengths
from custodiet.rules.rule import Rule
from custodiet.rules.schema import Example

_BASE: Final[dict[str, dict[str, Any]]] = {
    "search": {
        "disclosure_id": "example", "record_no": 1, "kind": "organisation-audit", "producer": "Example PD", "org": "Example PD",
        "producer_status": "active", "producer_level": "local", "org_status": "active", "org_level": "local",
        "reason_state": "value", "case_number_state": "value", "user_state": "value", "plate_state": "value", "era": "id",
    },
    "share": {
        "disclosure_id": "example", "source_row": 1, "source": "Example PD", "recipient": "Other PD", "stated_by": "Example PD",
        "source_level": "local", "recipient_level": "local", "stated_by_level": "local",
        "source_status": "active", "recipient_status": "active", "stated_by_status": "active", "status": "active", "reciprocated": False,
    },
    "portal": {
        "disclosure_id": "example", "source_row": 1, "producer": "Example PD", "producer_level": "local",
        "producer_status": "active", "has_audit": False,
    },
    "disclosure": {
        "disclosure_id": "example", "first_row": 1, "kind": "organisation-audit", "producer": "Example PD",
        "producer_level": "local", "producer_status": "active", "n_records": 100, "n_rejected": 0,
        "problems": [], "withheld_columns": [], "has_receipt": True,
    },
    "interval": {
        "disclosure_id": "example", "source_row": 1, "producer": "Example PD", "producer_level": "local", "producer_status": "active",
        "act": "audit", "begins_with": "act", "ends_with": "act", "audit_searches": 0,
    },
}  # fmt: skip
_HIDDEN: Final = ("masked", "withheld", "not-exported")
_ORGANISATIONS: Final = {
    "search": ("producer", "org"), "share": ("source", "recipient", "stated_by"), "portal": ("producer",), "disclosure": ("producer",),
    "interval": ("producer",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ExampleCase:
    """Hold one example, spelled out: its rows and what is expected."""

    name: str
    rows: tuple[Row, ...]
    expect: Outcome
    severity: Severity | None


@dataclass(frozen=True, slots=True)
class ExampleFault:
    """Say which example of which rule gave what."""

    rule_id: str
    example: str
    evaluator: str
    expected: str
    got: str

    def __str__(self) -> str:
        return f"{self.rule_id}: example '{self.example}': expected {self.expected}, got {self.got} ({self.evaluator})"


def example_cases(rule: Rule) -> list[ExampleCase]:
    """Spell out the examples of a rule: defaults filled in, ``each`` and ``repeat`` expanded."""
    block = rule.model.examples
    return [case for example in block.cases for case in _spelled_out(rule, block.defaults, example)]


def run_closure(rule: Rule, cases: list[ExampleCase] | None = None) -> list[ExampleFault]:
    """Run the examples in plain Python and return what did not come out as expected."""
    faults = []
    for case in example_cases(rule) if cases is None else cases:
        got = judge(rule, case.rows)
        severity = rule.severity if got is Outcome.INDICATOR else None
        if got is not case.expect:
            faults.append(ExampleFault(rule.id, case.name, "closure", case.expect, got))
        elif case.severity is not None and severity is not case.severity:
            faults.append(ExampleFault(rule.id, case.name, "closure", case.severity, rule.severity))
    return faults


def judge(rule: Rule, rows: tuple[Row, ...]) -> Outcome:
    """Judge the row (or the group made of the rows) of an example.

    Where an aggregate's rows fall into several groups, the weightiest outcome counts.
    """
    if rule.grouping is None:
        return outcome_of(rule, rows[0])
    found = set(group_outcomes(rule, rows).values())
    order = (Outcome.INDICATOR, Outcome.CLEAR, Outcome.NOT_EVALUABLE, Outcome.NOT_APPLICABLE)
    return next(outcome for outcome in order if outcome in found)


def _spelled_out(rule: Rule, defaults: Mapping[str, Any], example: Example) -> list[ExampleCase]:
    if rule.grouping is not None:
        rows: list[Row] = []
        for several in example.rows:
            first = dict(defaults) | dict(several.row)
            for number in range(several.repeat):
                moved = _later(first, timedelta(hours=several.step_hours * number))
                rows.append(build_row(rule.subject, moved | {"record_no": len(rows) + 1}))
        return [ExampleCase(example.name, tuple(rows), example.expect, example.severity)]
    variants: list[tuple[str, dict[str, Any]]] = [(example.name, dict(defaults) | dict(example.row))]
    for name, values in example.each.items():
        variants = [(f"{label} ({name}: {value})", row | {name: value}) for label, row in variants for value in values]
    return [
        ExampleCase(label, (build_row(rule.subject, row),), example.expect, example.severity) for label, row in variants
    ]


def _later(row: dict[str, Any], step: timedelta) -> dict[str, Any]:
    return {k: v + step if isinstance(v, datetime) else v for k, v in row.items()}


def build_row(subject: Subject, given: Mapping[str, Any]) -> dict[str, Any]:
    """Fill in a row: lawful defaults, and what follows from the given fields.

    Derived unless given: local times (by ``time_zone``, else UTC), ``searched_on``,
    hour and weekday, ``*_given`` from ``*_state``, ``own_search``, ``direction``,
    ``same_state``, ``page_text``, the lengths of an interval. A hidden cell hides what was read from it.
    """
    row: dict[str, Any] = {field.name: None for field in subject.fields}
    row |= {name: None for field, name in LOCAL_OF.items() if field in row}
    row |= _BASE[subject.name] | {k: v for k, v in given.items() if k != "time_zone"}
    _derive_times(row, ZoneInfo(str(given.get("time_zone") or "UTC")), given)
    for name in ("producer", "source"):
        if f"{name}_released" in row and f"{name}_released" not in given:
            row[f"{name}_released"] = row[name]
    if subject.name == "search":
        _derive_search(row, given)
    elif subject.name == "share":
        _derive_share(row, given)
    elif subject.name == "interval" and row["begins_on"] is not None and row["ends_on"] is not None:
        row |= lengths(row["begins_on"], row["ends_on"], known=given.get("days", 0) is not None)
    elif subject.name == "portal" and "page_text" not in given:
        texts = (row[f.name] for f in subject.fields if f.type == "text" and f.name in _PAGE_TEXTS)
        row["page_text"] = "\n".join(text for text in texts if text)
    return row


_PAGE_TEXTS: Final = ("prohibited_uses", "acceptable_use", "access_policy", "hotlist_policy", "hotlists")


def _derive_times(row: dict[str, Any], zone: ZoneInfo, given: Mapping[str, Any]) -> None:
    for name, local in LOCAL_OF.items():
        if row.get(name) is not None:
            row[name] = row[name].astimezone(UTC)
            if local not in given:
                row[local] = row[name].astimezone(zone).replace(tzinfo=None)
    moment = row.get("searched_local")
    if moment is not None:
        derived = {"searched_on": moment.date(), "hour_local": moment.hour, "weekday_local": moment.weekday()}
        row |= {name: value for name, value in derived.items() if name not in given}
    elif isinstance(row.get("searched_on"), date) and "searched_local" in row:
        row["searched_local"] = datetime.combine(row["searched_on"], datetime.min.time()) + timedelta(hours=12)


def _derive_search(row: dict[str, Any], given: Mapping[str, Any]) -> None:
    for cell in ("reason", "case_number", "user", "plate"):
        state = row[f"{cell}_state"]
        if f"{cell}_given" not in given:
            row[f"{cell}_given"] = None if state in (*_HIDDEN, None) else state in ("value", "partial")
        if cell != "reason" and state != "value":
            row[cell] = None
    if "reason_shown" not in given:
        row["reason_shown"] = row["reason_given"]
    if row["reason_state"] in _HIDDEN:
        row |= {"purposes": None, "reason_labels": None, "code_labels": None}
        row["reason_key"] = row["reason_key"] if given.get("reason_shown") else None
    elif row["reason_state"] in ("blank", "placeholder") and "purposes" not in given:
        row["purposes"] = [f"insufficient.{row['reason_state']}"]
    if row["reason_labels"] is None and row["purposes"] is not None:
        row["reason_labels"] = row["purposes"]
    if row["code_labels"] is None and row["purposes"] is not None:
        row["code_labels"] = []
    if "own_search" not in given and row["org"] and row["producer"]:
        row["own_search"] = row["org"] == row["producer"]


def _derive_share(row: dict[str, Any], given: Mapping[str, Any]) -> None:
    if "direction" not in given:
        sides = {row["source"]: "outbound", row["recipient"]: "inbound"}
        row["direction"] = sides.get(row["stated_by"], "reported")
    if "same_state" not in given and row["source_state"] and row["recipient_state"]:
        row["same_state"] = row["source_state"] == row["recipient_state"]


def organisation_prefixes(subject: Subject) -> tuple[str, ...]:
    """Name the organisations that a row of a subject speaks of."""
    return _ORGANISATIONS[subject.name]
