"""Turn plain answers about an agency's own policy into a rule pack: no YAML needed by the person who answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import yaml

from custodiet.model.errors import UsageError
from custodiet.rules.load import load_pack


@dataclass(frozen=True, slots=True)
class Question:
    """Describe one question of the form: its key, its words, and whether an answer is needed."""

    key: str
    words: str
    needed: bool = False
    is_list: bool = False


QUESTIONS: Final = (
    Question("agency", "Name of the agency, as its logs and pages write it", needed=True),
    Question("policy", "Title of the policy or ordinance, with its section or date", needed=True),
    Question("url", "Address where the policy can be read (empty if none)"),
    Question("in_force_from", "First day it is in force (2025-03-01; empty if not known)"),
    Question("retention_days", "For how many days may data be kept? (empty if it does not say)"),
    Question("permitted_purposes", "Purposes that are permitted, and no others (labels, with commas; offense.* is any crime)", is_list=True),
    Question("forbidden_purposes", "Purposes that are forbidden (labels, with commas; immigration.* is any)", is_list=True),
    Question("sharing_states", "States whose agencies may reach the data (CA, NV; empty if it does not say)", is_list=True),
    Question("federal_sharing", "May federal agencies reach the data? (yes, no, or empty)"),
    Question("audit_interval_days", "At most how many days may lie between two audits? (empty if it does not say)"),
    Question("shares_need_approval", "Must each share be approved by somebody? (yes, no, or empty)"),
    Question("approved_by", "Who approves (office)"),
    Question("case_number_required", "Must each search state a case number? (yes, no, or empty)"),
)  # fmt: skip
KEYS: Final = tuple(question.key for question in QUESTIONS)


def new_policy(answers: dict[str, Any], folder: Path) -> list[Path]:
    """Write a pack from answers and return its files; the pack is loaded once to prove it.

    Raises:
        UsageError: An answer is missing or cannot be read, the policy says nothing that
            can be tested, or the folder exists; nothing was written.
    """
    given = _checked(answers)
    slug = re.sub(r"[^a-z0-9]+", "-", given["agency"].lower()).strip("-") or "agency"
    rules = [rule for make in _MAKERS for rule in make(given, slug)]
    if not rules:
        raise UsageError("the answers name nothing that can be tested.", hint="Answer at least one of retention, purposes, sharing, audits, approval or case numbers.")  # fmt: skip
    if folder.exists() and any(folder.iterdir()):
        raise UsageError("is not empty.", where=str(folder), hint="Name a new folder with --to.")
    folder.mkdir(parents=True, exist_ok=True)
    pack = {
        "schema": "custodiet/pack/1",
        "id": f"policy-{slug}",
        "title": f"Policy of {given['agency']}",
        "jurisdiction": given["agency"],
        "version": "1.0.0",
        "maintainers": [given["agency"]],
        "description": f"Made from answers about: {given['policy']}.",
    }
    paths = [_dump(folder / "pack.yaml", pack)]
    paths += [_dump(folder / f"{rule['id'].rpartition('.')[2]}.yaml", rule) for rule in rules]
    load_pack(folder)
    return paths


def read_answers(path: Path) -> dict[str, Any]:
    """Read the answers of the form from a YAML file.

    Raises:
        UsageError: The file is no YAML mapping of questions to answers.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        content = None
    if not isinstance(content, dict):
        raise UsageError("is no YAML file of answers.", where=path.name, hint=f"Questions: {', '.join(KEYS)}.")
    return {str(key): value for key, value in content.items()}


def _checked(answers: dict[str, Any]) -> dict[str, Any]:
    unknown = sorted(set(answers) - set(KEYS))
    if unknown:
        raise UsageError(f"there is no question {unknown}.", hint=f"Questions: {', '.join(KEYS)}.")
    given: dict[str, Any] = {}
    for question in QUESTIONS:
        value = answers.get(question.key)
        if question.is_list:
            parts = value if isinstance(value, list) else str(value or "").split(",")
            given[question.key] = [str(part).strip() for part in parts if str(part).strip()]
        else:
            given[question.key] = (
                value if isinstance(value, bool | date) else str(value if value is not None else "").strip()
            )
        if question.needed and not given[question.key]:
            raise UsageError("needs an answer.", where=question.key)
    for key in ("retention_days", "audit_interval_days"):
        given[key] = _number(key, given[key])
    for key in ("federal_sharing", "shares_need_approval", "case_number_required"):
        given[key] = _yes_or_no(key, given[key])
    given["in_force_from"] = _day("in_force_from", given["in_force_from"])
    return given


def _number(key: str, value: Any) -> int | None:
    if value == "":
        return None
    if not re.fullmatch(r"[0-9]{1,5}", str(value)):
        raise UsageError(f"'{value}' is no whole number of days.", where=key)
    return int(str(value))


def _yes_or_no(key: str, value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    words = {"yes": True, "no": False, "": None}
    if str(value).lower() not in words:
        raise UsageError(f"'{value}' is neither yes nor no.", where=key)
    return words[str(value).lower()]


def _day(key: str, value: Any) -> date | None:
    if isinstance(value, date) or value == "":
        return value or None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise UsageError(f"'{value}' is no date such as 2025-03-01.", where=key) from None


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


def _examples(defaults: dict[str, Any], *cases: tuple[str, dict[str, Any], str], rows: bool = False) -> dict[str, Any]:
    spelled = [{"name": n, **({"rows": [{"row": r}]} if rows else {"row": r}), "expect": e} for n, r, e in cases]
    return {"defaults": defaults, "cases": spelled}


def _retention(given: dict[str, Any], slug: str) -> list[dict[str, Any]]:
    days = given["retention_days"]
    if days is None:
        return []
    day = given["in_force_from"] or date(2025, 1, 1)
    return [
        _base(
            given, slug, "retention", "Page states a longer retention than the policy",
            summary="The agency's own page states a retention longer than its policy allows.",
            parameters={"days": {"values": {day: days}, "basis": "policy", "unit": "days"}},
            subject="portal", applies=_agency("producer", given),
            pattern={"field": "retention_days", "op": "gt", "value": "$days"},
            statement="{n} pages of {subject} state a retention of more than {param:days} days.",
            caveats=["A page states a setting; it does not show what is stored."],
            examples=_examples(
                {"as_of": day, "producer": given["agency"]},
                ("one day more", {"retention_days": days + 1}, "indicator"), ("as allowed", {"retention_days": days}, "clear"),
                ("not stated", {}, "not-evaluable"), ("another agency", {"producer": "Another", "retention_days": days + 1}, "not-applicable"),
            ),
        )
    ]  # fmt: skip


def _purposes(given: dict[str, Any], slug: str) -> list[dict[str, Any]]:
    found = []
    instant = f"{given['in_force_from'] or date(2025, 1, 1)}T12:00:00+00:00"
    judged = {"not": {"field": "purposes", "op": "only", "value": ["insufficient.*", "unknown"]}}
    for key, op, name, title in (
        (
            "permitted_purposes",
            "none_of",
            "purpose-not-permitted",
            "Stated purpose is not among the permitted ones",
        ),
        ("forbidden_purposes", "any_of", "purpose-forbidden", "Stated purpose is among the forbidden ones"),
    ):
        labels = given[key]
        if not labels:
            continue
        bad = labels[0].replace(".*", ".any") if op == "any_of" else "civil.personal"
        good = "civil.personal" if op == "any_of" else labels[0].replace(".*", ".any")
        found.append(
            _base(
                given, slug, name, title, summary=f"{title}, as the policy lists them.",
                parameters={"purposes": {"values": {given["in_force_from"] or date(2000, 1, 1): labels}, "basis": "policy"}},
                subject="search", applies=_agency("producer", given), evaluable=judged,
                pattern={"field": "purposes", "op": op, "value": "$purposes"},
                statement="{n} of {denominator} searches in the log of {subject} state a purpose outside the policy's list.",
                caveats=["The stated reason is not the whole case; it was sorted into labels by a published word list."],
                examples=_examples(
                    {"searched_at": _moment(instant), "producer": given["agency"]},
                    ("outside the list", {"purposes": [bad]}, "indicator"), ("within it", {"purposes": [good]}, "clear"),
                    ("vague", {"purposes": ["insufficient.generic"]}, "not-evaluable"),
                ),
            )
        )  # fmt: skip
    return found


def _sharing(given: dict[str, Any], slug: str) -> list[dict[str, Any]]:
    states, federal = given["sharing_states"], given["federal_sharing"]
    wanted: list[dict[str, Any]] = []
    if states:
        wanted.append({"field": "recipient_state", "op": "not_in", "value": states})
    if federal is False:
        wanted.append(_is("recipient_level", "federal"))
    scope = {"all": [_agency("source", given), _is("direction", "outbound"), _is("status", "active")]}
    day = given["in_force_from"] or date(2025, 1, 1)
    defaults = {
        "as_of": day,
        "source": given["agency"],
        "stated_by": given["agency"],
        "recipient_level": "local",
    }
    defaults["recipient_state"] = states[0] if states else "CA"
    found = []
    if wanted:
        outside = {"recipient_level": "federal"} if federal is False else {"recipient_state": "ZZ"}
        found.append(
            _base(
                given, slug, "sharing", "Outbound list names recipients that the policy leaves out",
                summary="The agency's own outbound list names a recipient outside the policy's sharing rule.",
                subject="share", applies=scope, pattern=wanted[0] if len(wanted) == 1 else {"any": wanted},
                count_distinct="recipient",
                statement="The outbound list of {subject} names {n} of {denominator} recipients outside the policy, from {first} to {last}.",
                caveats=["A listed recipient is a setting, not proof of a search."],
                examples=_examples(
                    defaults, ("outside", outside, "indicator"), ("inside", {}, "clear"),
                    ("another agency's list", {"source": "Another", "stated_by": "Another"}, "not-applicable"),
                ),
            )
        )  # fmt: skip
    if given["shares_need_approval"]:
        who = given["approved_by"] or "the office that the policy names"
        found.append(
            _base(
                given, slug, "approval", "Share without an approval on file",
                summary=f"A share on the agency's own outbound list has no approval by {who} on file.",
                subject="share", applies=scope, pattern=_is("approval_on_file", False), count_distinct="recipient",
                statement="The outbound list of {subject} names {n} of {denominator} recipients without an approval on file.",
                caveats=["Approvals are read from the file that was added; one that was not added cannot be seen."],
                examples=_examples(
                    defaults, ("none on file", {"approval_on_file": False}, "indicator"),
                    ("on file", {"approval_on_file": True}, "clear"), ("no approvals were added", {}, "not-evaluable"),
                ),
            )
        )  # fmt: skip
    return found


def _log(given: dict[str, Any], slug: str) -> list[dict[str, Any]]:
    found = []
    instant = _moment(f"{given['in_force_from'] or date(2025, 1, 1)}T12:00:00+00:00")
    defaults = {"searched_at": instant, "producer": given["agency"], "org": given["agency"]}
    if given["case_number_required"]:
        found.append(
            _base(
                given, slug, "case-number", "Search without a case number",
                summary="A search states no case number though the policy asks for one.",
                subject="search", applies={"all": [_agency("producer", given), _is("own_search", True)]},
                pattern=_is("case_number_given", False),
                statement="{n} of {denominator} searches by {subject} state no case number.",
                caveats=["The number may stand in the reason or in another field."],
                examples=_examples(
                    defaults, ("left blank", {"case_number_state": "blank"}, "indicator"), ("given", {}, "clear"),
                    ("hidden", {"case_number_state": "masked"}, "not-evaluable"),
                ),
            )
        )  # fmt: skip
    interval = given["audit_interval_days"]
    if interval is not None:
        rows = [
            {"name": "nothing but searches for too long", "rows": [{"repeat": 2, "step_hours": 24 * (interval + 1)}], "expect": "indicator"},
            {"name": "an audit in time", "rows": [{"repeat": 2, "step_hours": 24 * interval, "row": {"purposes": ["admin.audit"]}}], "expect": "clear"},
            {"name": "reasons hidden", "rows": [{"repeat": 2, "step_hours": 24 * (interval + 1), "row": {"reason_state": "masked"}}], "expect": "not-evaluable"},
        ]  # fmt: skip
        found.append(
            _base(
                given, slug, "audit-interval", "Log shows no audit for longer than the policy allows",
                severity="gap", summary="No search of the log states an audit as its purpose for longer than the policy's interval.",
                parameters={"days": {"values": {given["in_force_from"] or date(2000, 1, 1): interval}, "basis": "policy", "unit": "days"}},
                subject="search", applies=_agency("producer", given),
                aggregate={"per": ["producer"], "counts": {"field": "purposes", "op": "any_of", "value": ["admin.audit"]}},
                pattern={"field": "longest_gap_days", "op": "gt", "value": "$days"},
                statement="The log of {subject} shows more than {param:days} days without a search for an audit ({n} searches seen).",
                caveats=["An audit need not leave a search in the log; ask for its report."],
                examples={"defaults": defaults | {"purposes": ["offense.robbery"]}, "cases": rows},
            )
        )  # fmt: skip
    return found


_MAKERS: Final = (_retention, _purposes, _sharing, _log)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


class _Dumper(yaml.SafeDumper):
    """Write every value out: packs hold no anchors and no aliases."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - signature of PyYAML
        return True


def _dump(path: Path, content: dict[str, Any]) -> Path:
    path.write_text(
        yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110), encoding="utf-8"
    )
    return path
