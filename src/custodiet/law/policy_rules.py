# ruff: noqa: E501 - tables of words, sentences and SQL read better in one line
"""Make the rules of an agency's own policy from checked answers, each with examples that kill its mutants."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final


def _base(given: dict[str, Any], slug: str, name: str, title: str, **more: Any) -> dict[str, Any]:
    law: dict[str, Any] = {"cite": f"{given['agency']}: {given['policy']}"}
    if given["url"]:
        law["url"] = given["url"]
    return {
        "schema": "custodiet/rule/1",
        "id": f"policy.{slug}.{name}",
        "title": title,
        "status": "experimental",
        "version": "1.0.0",
        "severity": "rule-not-met",
        "law": [law],
        "in_force": {"from": given["in_force_from"], "to": None},
        "binds": given["agency"],
        "reading": {"ours": "As the answers to the policy form state it; the policy's own words decide."},
    } | more


def _is(field: str, value: Any) -> dict[str, Any]:
    return {"field": field, "op": "eq", "value": value}


def _agency(field: str, given: dict[str, Any]) -> dict[str, Any]:
    return {"any": [_is(field, given["agency"]), _is(f"{field}_released", given["agency"])]}


Row = dict[str, Any]


def _cases(given: dict[str, Any], owner: str, bad: Row, *others: tuple[str, Row, str]) -> list[dict[str, Any]]:
    """Spell out examples: the pattern itself, whose it is, the days around the first, and the others given."""
    agency, first = given["agency"], given["in_force_from"]
    stranger = {owner: "Another agency"} | ({"stated_by": "Another agency"} if owner == "source" else {})
    named = [
        ("the pattern", bad, "indicator"),
        ("another agency", bad | stranger, "not-applicable"),
        ("the name as released", bad | stranger | {f"{owner}_released": agency}, "indicator"),
        ("the resolved name", bad | {f"{owner}_released": "Another spelling"}, "indicator"),
        *others,
    ]
    if first is not None:
        day = "as_of" if owner == "source" or "retention_days" in bad else "searched_on"
        before = first - timedelta(days=1)
        named.append(
            (
                "the day before",
                bad | {day: before} | ({} if day == "as_of" else {"searched_at": None}),
                "not-applicable",
            )
        )
    severity = {"indicator": {"severity": "rule-not-met"}}
    return [{"name": name, "row": row, "expect": expect} | severity.get(expect, {}) for name, row, expect in named]


def _since(given: dict[str, Any]) -> date:
    return given["in_force_from"] or date(2025, 1, 1)


def _parameter(given: dict[str, Any], value: Any, unit: str | None = None) -> dict[str, Any]:
    dated = {"values": {given["in_force_from"] or date(2000, 1, 1): value}, "basis": "policy"}
    return dated | ({"unit": unit} if unit else {})


def _retention(given: dict[str, Any], slug: str) -> list[dict[str, Any]]:
    days = given["retention_days"]
    if days is None:
        return []
    cases = _cases(
        given, "producer", {"retention_days": days + 1},
        ("as allowed", {"retention_days": days}, "clear"), ("not stated", {}, "not-evaluable"),
    )  # fmt: skip
    return [
        _base(
            given, slug, "retention", "Page states a longer retention than the policy",
            summary="The agency's own page states a retention longer than its policy allows.",
            parameters={"days": _parameter(given, days, "days")},
            subject="portal", applies=_agency("producer", given),
            pattern={"field": "retention_days", "op": "gt", "value": "$days"},
            statement="A retention of more than {param:days} days is stated on {n} pages of {subject}.",
            caveats=["A page states a setting; it does not show what is stored."],
            examples={"defaults": {"as_of": _since(given), "producer": given["agency"]}, "cases": cases},
        )
    ]  # fmt: skip


def _sample(label: str) -> str:
    return label.replace(".*", ".any")


def _purposes(given: dict[str, Any], slug: str) -> list[dict[str, Any]]:
    return [
        *_purpose_rule(given, slug, "permitted_purposes", "none_of", "purpose-not-permitted", "Stated purpose is not among the permitted ones"),
        *_purpose_rule(given, slug, "forbidden_purposes", "any_of", "purpose-forbidden", "Stated purpose is among the forbidden ones"),
    ]  # fmt: skip


def _purpose_rule(given: dict[str, Any], slug: str, key: str, op: str, name: str, title: str) -> list[dict[str, Any]]:
    labels = given[key]
    if not labels:
        return []
    listed = [[_sample(label)] for label in labels]
    stranger = [["unlisted.purpose"]]
    bad, good = (listed, stranger) if op == "any_of" else (stranger, listed)
    cases = _cases(
        given, "producer", {"purposes": bad[0]}, *[(f"within the rule: {labels_of[0]}", {"purposes": labels_of}, "clear") for labels_of in good],
        *[(f"outside it: {labels_of[0]}", {"purposes": labels_of}, "indicator") for labels_of in bad],
        ("vague", {"purposes": ["insufficient.generic"]}, "not-evaluable"), ("not placed", {"purposes": ["unknown"]}, "not-evaluable"),
    )  # fmt: skip
    return [
        _base(
            given, slug, name, title, summary=f"{title}, as the policy lists them.",
            parameters={"purposes": _parameter(given, labels)},
            subject="search", applies=_agency("producer", given),
            evaluable={"not": {"field": "purposes", "op": "only", "value": ["insufficient.*", "unknown"]}},
            pattern={"field": "purposes", "op": op, "value": "$purposes"},
            statement="{n} of {denominator} searches in the log of {subject} state a purpose outside the policy's list.",
            caveats=["The stated reason is not the whole case; it was sorted into labels by a published word list."],
            examples={"defaults": {"searched_at": _noon(given), "producer": given["agency"]}, "cases": cases},
        )
    ]  # fmt: skip


def _sharing(given: dict[str, Any], slug: str) -> list[dict[str, Any]]:
    states, federal = given["sharing_states"], given["federal_sharing"]
    defaults = {
        "as_of": _since(given), "source": given["agency"], "stated_by": given["agency"],
        "recipient_level": "local", "recipient_state": states[0] if states else "CA",
    }  # fmt: skip
    outside: list[tuple[Row, Row]] = []
    if states:
        outside.append(({"field": "recipient_state", "op": "not_in", "value": states}, {"recipient_state": "ZZ"}))
    if federal is False:
        outside.append((_is("recipient_level", "federal"), {"recipient_level": "federal"}))
    found = []
    if outside:
        pattern = outside[0][0] if len(outside) == 1 else {"any": [condition for condition, _ in outside]}
        more = [("also outside", row, "indicator") for _, row in outside]
        more += [(f"inside: {state}", {"recipient_state": state}, "clear") for state in states or ["CA"]]
        found.append(
            _share_rule(
                given, slug, "sharing", "Outbound list names recipients that the policy leaves out", pattern,
                "The outbound list of {subject} names {n} of {denominator} recipients outside the policy, from {first} to {last}.",
                "A listed recipient is a setting, not proof of a search.", defaults, outside[0][1], more,
            )
        )  # fmt: skip
    if given["shares_need_approval"]:
        more = [("on file", {"approval_on_file": True}, "clear"), ("no approvals were added", {}, "not-evaluable")]
        who = given["approved_by"] or "the office that the policy names"
        found.append(
            _share_rule(
                given, slug, "approval", f"Share without an approval by {who} on file", _is("approval_on_file", False),
                "The outbound list of {subject} names {n} of {denominator} recipients without an approval on file.",
                "Approvals are read from the file that was added; one that was not added cannot be seen.",
                defaults, {"approval_on_file": False}, more,
            )
        )  # fmt: skip
    return found


def _share_rule(
    given: dict[str, Any], slug: str, name: str, title: str, pattern: Row, statement: str, caveat: str,
    defaults: Row, bad: Row, more: list[tuple[str, Row, str]],
) -> dict[str, Any]:  # fmt: skip
    scope = {"all": [_agency("source", given), _is("direction", "outbound"), _is("status", "active")]}
    cases = _cases(
        given, "source", bad | {"direction": "outbound"}, *more,
        ("another organisation's list", bad | {"stated_by": "A third"}, "not-applicable"),
        ("an inactive share", bad | {"status": "inactive"}, "not-applicable"),
    )  # fmt: skip
    return _base(
        given, slug, name, title, summary=f"{title}.", subject="share", applies=scope, pattern=pattern,
        count_distinct="recipient", statement=statement, caveats=[caveat], examples={"defaults": defaults, "cases": cases},
    )  # fmt: skip


def _log(given: dict[str, Any], slug: str) -> list[dict[str, Any]]:
    found = []
    if given["case_number_required"]:
        bad = {"case_number_state": "blank", "own_search": True}
        cases = _cases(
            given, "producer", bad, ("given", {"own_search": True}, "clear"),
            ("hidden", bad | {"case_number_state": "masked"}, "not-evaluable"),
            ("a search by another agency", bad | {"own_search": False}, "not-applicable"),
        )  # fmt: skip
        found.append(
            _base(
                given, slug, "case-number", "Search without a case number",
                summary="A search states no case number though the policy asks for one.",
                subject="search", applies={"all": [_agency("producer", given), _is("own_search", True)]},
                pattern=_is("case_number_given", False),
                statement="{n} of {denominator} searches by {subject} state no case number.",
                caveats=["The number may stand in the reason or in another field."],
                examples={"defaults": {"searched_at": _noon(given), "producer": given["agency"]}, "cases": cases},
            )
        )  # fmt: skip
    return found


def _intervals(given: dict[str, Any], slug: str) -> list[dict[str, Any]]:
    asked = (
        ("audit_interval_days", "audit", "audit-interval", "Audits on file lie farther apart than the policy allows", "audits"),
        ("deletion_interval_days", "deletion", "deletion-interval", "Deletion runs on file lie farther apart than the policy allows", "deletion runs"),
    )  # fmt: skip
    return [_interval_rule(given, slug, given[key], *words) for key, *words in asked if given[key] is not None]


def _interval_rule(
    given: dict[str, Any], slug: str, limit: int, act: str, name: str, title: str, noun: str
) -> dict[str, Any]:
    first, other = given["in_force_from"], "report"
    start = (first or date(2025, 1, 1)) + timedelta(days=30)
    late = {"begins_on": start, "ends_on": start + timedelta(days=limit + 1)}
    cases = _cases(
        given, "producer", late, ("as allowed", late | {"ends_on": start + timedelta(days=limit)}, "clear"),
        ("nothing on file", late | {"days": None}, "not-evaluable"), ("acts of another kind", late | {"act": other}, "not-applicable"),
    )  # fmt: skip
    if first is not None:
        # What lay before the policy is cut off: the interval counts from its first day.
        early = {"begins_on": first - timedelta(days=limit + 100)}
        severity = {"severity": "gap"}
        cases = [case for case in cases if case["name"] != "the day before"] + [
            {"name": "counted from the first day", "row": early | {"ends_on": first + timedelta(days=limit)}, "expect": "clear"},
            {"name": "too long since the first day", "row": early | {"ends_on": first + timedelta(days=limit + 1)}, "expect": "indicator", **severity},
            {"name": "ended on the first day", "row": early | {"ends_on": first}, "expect": "clear"},
            {"name": "ended the day before", "row": early | {"ends_on": first - timedelta(days=1)}, "expect": "not-applicable"},
        ]  # fmt: skip
    for case in cases:
        if case["expect"] == "indicator":
            case["severity"] = "gap"
    pattern = {"field": "days", "op": "gt", "value": "$days"}
    known = [_is("begins_with", "act"), _is("ends_with", "act")]
    return _base(
        given, slug, name, title, severity="gap", summary=f"{title}, or the case covers a longer time without one.",
        parameters={"days": _parameter(given, limit, "days")}, subject="interval",
        applies={"all": [_agency("producer", given), _is("act", act)]}, pattern=pattern,
        statement=f"{{n}} of {{denominator}} intervals between {noun} of {{subject}} on file are longer than {{param:days}} days ({{list:gap}}).",
        caveats=[
            "Only what is on file counts; what was not disclosed cannot be seen.",
            "The first and the last interval may begin or end with what the case covers of the agency.",
        ],
        sensitivity=[
            {"label": "a month more", "choice": "threshold", "parameters": {"days": limit + 31}},
            {"label": "only intervals between two that are on file", "choice": "scope", "pattern": {"all": [pattern, *known]}},
        ],
        examples={"defaults": {"producer": given["agency"], "act": act}, "cases": cases},
    )  # fmt: skip


def _noon(given: dict[str, Any]) -> datetime:
    day = _since(given)
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


RULE_MAKERS: Final = (_retention, _purposes, _sharing, _log, _intervals)
