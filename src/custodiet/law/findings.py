# ruff: noqa: E501 - tables of words, sentences and SQL read better in one line
"""Findings: indicators that a named person reviewed and kept, in the form that audit standards use.

Source: U.S. GAO, Government Auditing Standards (GAO-21-368G), 8.116-8.132: criteria,
condition, cause, effect; with recommendation, response and follow-up beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from custodiet.case import Case
from custodiet.case.types import arrow_schema
from custodiet.law.review import CARRIED, FINDING_FIELDS, KEPT, ensure_review_tables, latest_fields
from custodiet.model.errors import UsageError
from custodiet.model.tables import FINDINGS, INDICATORS
from custodiet.rules.load import bundled_folders, load_packs
from custodiet.rules.rule import Rule

NOT_STATED: Final = "Not established."
NO_RESPONSE: Final = "None recorded. Ask for an explanation before anything is published."


def rebuild_findings(case: Case, rules: Mapping[str, Rule] | None = None) -> None:
    """Make the table ``findings`` again: kept indicators, then findings carried forward; call inside a transaction.

    Args:
        case: The case.
        rules: The rules of the evaluation, for the words of the criteria; without
            them a finding keeps the criteria it had, takes those of the rule of the
            same version that comes with the program, or cites the provision.
    """
    ensure_review_tables(case)
    kept = case.query(
        f"SELECT {_names(INDICATORS.column_names)} FROM indicators WHERE list_contains(?, disposition) ORDER BY indicator_id",
        [[str(word) for word in KEPT]],
    ).to_pylist()
    before = dict(case.rows("SELECT indicator_id, criteria FROM findings"))
    known_rules = _bundled_rules(row for row in kept if row["indicator_id"] not in before) if rules is None else rules
    written = latest_fields(case)
    found = [
        row | _fields(row, written.get(row["indicator_id"], {}), known_rules, before.get(row["indicator_id"]))
        for row in kept
    ]
    known = {row["indicator_id"] for row in found}
    carried = case.query(f"SELECT {_names(FINDINGS.column_names)} FROM carried_findings").to_pylist()
    found += [row for row in carried if row["indicator_id"] not in known]
    case.replace("findings", pa.Table.from_pylist(found, schema=arrow_schema(FINDINGS)))


def carry_forward(case: Case, earlier_case_dir: Path, *, on: date | None = None) -> int:
    """Take the findings of an earlier case into this one, for follow-up.

    Evidence stays where it is: its rows belong to the earlier case. Account-level
    findings are not carried. Findings carried before from the same folder are replaced.

    Returns:
        Findings carried.

    Raises:
        UsageError: The folder holds no case, or is this case.
    """
    if earlier_case_dir.resolve() == case.folder.resolve():
        raise UsageError("is this case itself.", where=str(earlier_case_dir))
    with Case.open(earlier_case_dir) as earlier:
        rows = earlier.query(
            f"SELECT {_names(FINDINGS.column_names)} FROM findings WHERE level <> 'account' ORDER BY indicator_id"
        ).to_pylist()
    name, day = earlier_case_dir.resolve().name, on or datetime.now(UTC).date()
    for row in rows:
        follow_up = row["follow_up"] or "Not yet followed up."
        row |= {"carried_from": name, "carried_on": day, "evidence": []}
        row["follow_up"] = (
            follow_up if follow_up.startswith("Carried forward") else f"Carried forward from {name}. {follow_up}"
        )
    ensure_review_tables(case)
    with case.transaction():
        case.execute("DELETE FROM carried_findings WHERE carried_from = ?", [name])
        with case.registered("carried_rows", pa.Table.from_pylist(rows, schema=arrow_schema(CARRIED))):
            case.execute("INSERT INTO carried_findings SELECT * FROM carried_rows")
        rebuild_findings(case)
    return len(rows)


def _fields(
    row: Mapping[str, Any], written: Mapping[str, str], rules: Mapping[str, Rule], before: str | None
) -> dict[str, str]:
    rule = rules.get(row["rule_id"])
    criteria = before or row["citation"]
    if rule is not None:
        criteria = _criteria(rule)
    defaults = dict.fromkeys(FINDING_FIELDS, NOT_STATED) | {
        "condition": row["statement"],
        "criteria": criteria,
        "response": NO_RESPONSE,
        "follow_up": "Not yet followed up.",
    }
    return defaults | dict(written)


def _criteria(rule: Rule) -> str:
    law = rule.model.law[0]
    if law.quote is not None:
        return f"{law.cite}: “{law.quote}”"
    return law.cite if law.note is None else f"{law.cite}: {' '.join(law.note.split())}"


def _bundled_rules(kept: Iterable[Mapping[str, Any]]) -> dict[str, Rule]:
    versions = {row["rule_id"]: row["rule_version"] for row in kept}
    names = {folder.name for folder in bundled_folders()} & {rule_id.partition(".")[0] for rule_id in versions}
    rules = (rule for pack in load_packs(sorted(names)) for rule in pack.rules)
    return {rule.id: rule for rule in rules if versions.get(rule.id) == rule.model.version}


def _names(columns: tuple[str, ...]) -> str:
    return ", ".join(f'"{name}"' for name in columns)
