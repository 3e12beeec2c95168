# ruff: noqa: E501 - tables of words, sentences and SQL read better in one line
"""Turn plain answers about an agency's own policy into a rule pack: no YAML needed by the person who answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml

from custodiet.law.policy_rules import RULE_MAKERS
from custodiet.model.errors import PackError, UsageError
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
    Question("deletion_interval_days", "At most how many days may lie between two deletion runs? (empty if it does not say)"),
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
    rules = [rule for make in RULE_MAKERS for rule in make(given, slug)]
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
    try:
        load_pack(folder)
    except PackError as error:
        for path in paths:
            path.unlink()
        raise UsageError(f"the answers make no rule: {' '.join(error.faults)}", hint="Nothing was written.") from None
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
    for key in ("retention_days", "audit_interval_days", "deletion_interval_days"):
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


class _Dumper(yaml.SafeDumper):
    """Write every value out: packs hold no anchors and no aliases."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - signature of PyYAML
        return True


def _dump(path: Path, content: dict[str, Any]) -> Path:
    path.write_text(
        yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110), encoding="utf-8"
    )
    return path
