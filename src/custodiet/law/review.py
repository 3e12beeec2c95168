# ruff: noqa: E501 - tables of words, sentences and SQL read better in one line
"""Record what named persons decide about indicators. Decisions are only ever added.

A decision belongs to an indicator with its evidence. When rule version or evidence
change, the indicator has another id: the earlier decision is shown as earlier and
not applied.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from custodiet.case import Case
from custodiet.case.types import create_statement
from custodiet.model.errors import UsageError
from custodiet.model.tables import FINDINGS, Column, Table
from custodiet.model.terms import Disposition

KEPT: Final = (Disposition.RECORD_ACCURATE, Disposition.POLICY_UNCLEAR)
FINDING_FIELDS: Final = (
    "condition",
    "criteria",
    "cause",
    "effect",
    "recommendation",
    "response",
    "follow_up",
)

CARRIED: Final = Table(
    "carried_findings",
    "finding of an earlier case",
    (*FINDINGS.columns, Column("carried_from", "text", "name of the earlier case's folder"), Column("carried_on", "date", "day")),
    ("rule_id", "subject", "indicator_id"),
    public=False,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decision:
    """Hold one decision."""

    decision_no: int
    indicator_id: str
    rule_id: str
    disposition: str
    decided_by: str
    decided_at: datetime
    note: str
    fields: dict[str, str]


def ensure_review_tables(case: Case) -> None:
    """Make the table of carried findings where a case does not have it yet."""
    case.execute(create_statement(CARRIED))


def review(
    case: Case,
    indicator_id: str,
    disposition: str,
    by: str,
    note: str,
    fields: Mapping[str, str] | None = None,
    *,
    at: datetime | None = None,
) -> Decision:
    """Add a decision about an indicator and bring indicator and findings up to date.

    ``record-accurate`` and ``policy-unclear`` keep the indicator as a finding; the
    other dispositions do not. Of a ``referred`` indicator no note or field is kept.

    Args:
        case: The case.
        indicator_id: Id, or its beginning where that is unique.
        disposition: Word of :class:`~custodiet.model.terms.Disposition`.
        by: Who decides; not empty.
        note: Why; not empty, except for ``referred``.
        fields: Any of condition, criteria, cause, effect, recommendation, response, follow_up.
        at: When; now if None.

    Raises:
        UsageError: The indicator, the word or a field is not known, or who or why is missing.
    """
    word = _checked(disposition, by, note, fields or {})
    full_id, rule_id, subject, counterpart, version = _indicator(case, indicator_id)
    kept = {} if word is Disposition.REFERRED else {k: v for k, v in (fields or {}).items() if v.strip()}
    about = {"subject": subject, "counterpart": counterpart, "rule_version": version}
    number = int(case.value("SELECT coalesce(max(decision_no), 0) + 1 FROM decisions"))
    decision = Decision(
        number, full_id, rule_id, str(word), by.strip(), at or datetime.now(UTC),
        "" if word is Disposition.REFERRED else note.strip(), kept,
    )  # fmt: skip
    from custodiet.law.findings import rebuild_findings

    with case.transaction():
        case.append_rows(
            "decisions",
            [
                {
                    "decision_no": number, "indicator_id": full_id, "rule_id": rule_id, "disposition": decision.disposition,
                    "decided_by": decision.decided_by, "decided_at": decision.decided_at, "note": decision.note,
                    "fields": json.dumps({"about": about, "fields": kept}, ensure_ascii=False),
                }
            ],
        )  # fmt: skip
        case.execute(
            "UPDATE indicators SET disposition = ?, decided_by = ?, decided_at = ?, note = ? WHERE indicator_id = ?",
            [decision.disposition, decision.decided_by, decision.decided_at, decision.note, full_id],
        )
        rebuild_findings(case)
    return decision


def history(case: Case, indicator_id: str) -> list[Decision]:
    """Return the decisions about an indicator, oldest first."""
    return [d for d in _decisions(case) if d.indicator_id == indicator_id]


def earlier_decisions(case: Case, indicator_id: str) -> list[Decision]:
    """Return decisions on the same rule and subject whose evidence or rule version was another; not applied."""
    full_id, rule_id, subject, counterpart, _ = _indicator(case, indicator_id)
    rows = case.rows("SELECT decision_no, fields FROM decisions WHERE rule_id = ? AND indicator_id <> ?", [rule_id, full_id])  # fmt: skip
    wanted = set()
    for number, stored in rows:
        about = json.loads(stored).get("about", {})
        if about.get("subject") == subject and about.get("counterpart") == counterpart:
            wanted.add(number)
    return [d for d in _decisions(case) if d.decision_no in wanted]


def apply_decisions(case: Case, indicators: list[dict[str, Any]]) -> None:
    """Put the latest decision on each indicator row that has the same id, in place."""
    latest = {decision.indicator_id: decision for decision in _decisions(case)}
    for row in indicators:
        decision = latest.get(row["indicator_id"])
        row |= {
            "disposition": decision.disposition if decision else None,
            "decided_by": decision.decided_by if decision else None,
            "decided_at": decision.decided_at if decision else None,
            "note": decision.note if decision else None,
        }


def latest_fields(case: Case) -> dict[str, dict[str, str]]:
    """Return, by indicator, what reviewers wrote last into each field of a finding."""
    found: dict[str, dict[str, str]] = {}
    for decision in _decisions(case):
        found.setdefault(decision.indicator_id, {}).update(decision.fields)
    return found


def _decisions(case: Case) -> list[Decision]:
    rows = case.rows(
        "SELECT decision_no, indicator_id, rule_id, disposition, decided_by, decided_at, note, fields"
        " FROM decisions ORDER BY decision_no"
    )
    return [Decision(*(*row[:7], json.loads(row[7] or "{}").get("fields", {}))) for row in rows]


def _checked(disposition: str, by: str, note: str, fields: Mapping[str, str]) -> Disposition:
    words = [str(word) for word in Disposition]
    if disposition not in words:
        raise UsageError(
            f"'{disposition}' is no disposition.", where="--disposition", hint=f"One of: {', '.join(words)}."
        )
    if not by.strip():
        raise UsageError("a decision needs a name.", where="--by")
    word = Disposition(disposition)
    if not note.strip() and word is not Disposition.REFERRED:
        raise UsageError("a decision needs a reason.", where="--note")
    unknown = sorted(set(fields) - set(FINDING_FIELDS))
    if unknown:
        raise UsageError(f"{unknown} are no fields of a finding.", hint=f"One of: {', '.join(FINDING_FIELDS)}.")
    return word


def _indicator(case: Case, indicator_id: str) -> tuple[str, str, str, str | None, str]:
    rows = case.rows(
        "SELECT indicator_id, rule_id, subject, counterpart, rule_version FROM indicators"
        " WHERE starts_with(indicator_id, ?) ORDER BY indicator_id LIMIT 2",
        [indicator_id],
    )
    if not rows:
        raise UsageError(f"'{indicator_id}' is no indicator of this case.", hint="See: custodiet indicators.")
    if len(rows) > 1 and rows[0][0] != indicator_id:
        raise UsageError(f"'{indicator_id}' is the beginning of several indicators.", hint="Write more of it.")
    return rows[0]
