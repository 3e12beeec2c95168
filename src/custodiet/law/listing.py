# ruff: noqa: E501 - tables of words, sentences and SQL read better in one line
"""Read indicators and findings back for people: filtered, in the order of ``law.order``, decisions beside them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from custodiet.case import Case
from custodiet.law.order import places
from custodiet.law.review import earlier_decisions, history
from custodiet.model.errors import UsageError
from custodiet.model.terms import Severity

_LISTED = (
    "indicator_id", "rule_id", "rule_version", "citation", "severity", "level", "subject", "counterpart", "period_start", "period_end",
    "n_searches", "n_shares", "denominator", "n_not_evaluable", "statement", "disposition", "decided_by", "decided_at",
)  # fmt: skip


def indicators(
    case: Case, *, rule: str | None = None, severity: str | None = None, accounts: bool = False
) -> tuple[list[dict[str, Any]], int]:
    """Return indicators in the order of the report's brief, and the number of account-level ones left out.

    Args:
        case: The case.
        rule: Id of a rule, or its beginning.
        severity: Lowest severity to give.
        accounts: Give account-level indicators too.
    """
    lowest = Severity(severity).rank if severity else 0
    every = case.query(f"SELECT {', '.join(_LISTED)}, sensitivity FROM indicators").to_pylist()
    order = places(every)
    rows = [
        row
        for row in every
        if Severity(row["severity"]).rank >= lowest and (rule is None or row["rule_id"].startswith(rule))
    ]
    shown = sorted(
        ({name: row[name] for name in _LISTED} for row in rows if accounts or row["level"] != "account"),
        key=lambda row: order[row["indicator_id"]],
    )
    return shown, len(rows) - len(shown)


def one(case: Case, indicator_id: str) -> dict[str, Any]:
    """Return one indicator with its decisions; evidence as a count.

    Raises:
        UsageError: There is no such indicator, or the beginning fits several.
    """
    found = case.query(
        "SELECT * EXCLUDE (evidence), len(evidence) AS n_evidence FROM indicators WHERE starts_with(indicator_id, ?)"
        " ORDER BY indicator_id LIMIT 2",
        [indicator_id],
    ).to_pylist()
    if len(found) != 1:
        word = "several indicators" if found else "no indicator of this case"
        raise UsageError(f"'{indicator_id}' is {word}.", hint="See: custodiet indicators.")
    row: dict[str, Any] = found[0]
    row["decisions"] = [asdict(d) for d in history(case, row["indicator_id"])]
    row["earlier_decisions"] = [asdict(d) for d in earlier_decisions(case, row["indicator_id"])]
    return row


def findings(case: Case) -> list[dict[str, Any]]:
    """Return findings, weightiest first; evidence as a count."""
    rows: list[dict[str, Any]] = case.query(
        "SELECT * EXCLUDE (evidence, query), len(evidence) AS n_evidence FROM findings"
    ).to_pylist()
    order = {str(s): -s.rank for s in Severity}
    return sorted(rows, key=lambda row: (order[row["severity"]], row["rule_id"], row["subject"], row["indicator_id"]))
