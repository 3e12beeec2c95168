"""Put rule packs to a case: outcomes, indicators and findings, replaced together or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from custodiet.case import Case
from custodiet.case.types import arrow_schema
from custodiet.law.details import Evidence
from custodiet.law.evidence import LISTS, group_evidence, row_evidence
from custodiet.law.findings import rebuild_findings
from custodiet.law.indicators import indicator_row, judged_sql
from custodiet.law.review import apply_decisions, ensure_review_tables
from custodiet.law.scan import Scan, Tally, prepare, release, tallies
from custodiet.law.subject_parts import Inputs
from custodiet.law.subjects import inputs_of
from custodiet.model.tables import INDICATORS, OUTCOMES
from custodiet.rules.load import load_packs
from custodiet.rules.rule import Pack, Rule


@dataclass(frozen=True, slots=True)
class EvaluationSummary:
    """Say what an evaluation gave.

    Attributes:
        n_rules: Rules that were run.
        n_drafts_left_out: Draft rules that were not run.
        outcomes: Outcome word to rows (for aggregates: groups), over all rules.
        indicators: Severity to indicators.
    """

    n_rules: int
    n_drafts_left_out: int
    outcomes: dict[str, int]
    indicators: dict[str, int]


def evaluate_case(case: Case, packs: Sequence[str] | None = None, *, include_drafts: bool = False) -> EvaluationSummary:
    """Run rule packs over a case and replace its outcomes, indicators and findings in one transaction.

    Args:
        case: The case; tables of names, purposes and searches may be empty, which
            makes rules that need them not evaluable.
        packs: Names of packs or folders; None is all that come with the program.
        include_drafts: Run draft rules too.

    Raises:
        PackError: A pack is faulty; nothing was run and nothing changed.
    """
    loaded = load_packs(packs)
    return evaluate_packs(case, loaded, include_drafts=include_drafts)


def evaluate_packs(case: Case, packs: Sequence[Pack], *, include_drafts: bool = False) -> EvaluationSummary:
    """Run loaded packs over a case; see :func:`evaluate_case`."""
    everything = [rule for pack in packs for rule in pack.rules if rule.model.status != "retired"]
    rules = [rule for rule in everything if include_drafts or rule.model.status != "draft"]
    ensure_review_tables(case)
    inputs = inputs_of(case)
    outcomes: list[dict[str, Any]] = []
    indicators: list[dict[str, Any]] = []
    for subject in sorted({rule.subject.name for rule in rules}):
        found = _evaluate_subject(case, subject, [r for r in rules if r.subject.name == subject], inputs)
        outcomes += found[0]
        indicators += found[1]
    _replace(case, outcomes, indicators, {rule.id: rule for rule in rules})
    return EvaluationSummary(
        len(rules), len(everything) - len(rules), _sum_outcomes(outcomes), _by_severity(indicators)
    )


def _evaluate_subject(
    case: Case, subject: str, rules: Sequence[Rule], inputs: Inputs
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    scan = prepare(case, subject, rules, inputs)
    try:
        single = [rule for rule in rules if rule.grouping is None]
        counted = tallies(case, scan, single)
        outcomes = [_outcome_row(rule, tally) for rule in single for tally in counted[rule.id]]
        indicators: list[dict[str, Any]] = []
        for rule in single:
            hit = [tally.producer for tally in counted[rule.id] if tally.indicator]
            if hit:
                indicators += _indicator_rows(case, scan, rule, row_evidence(case, scan, rule, hit))
        for rule in (rule for rule in rules if rule.grouping is not None):
            rows, found = group_evidence(case, scan, rule)
            outcomes += [_outcome_row(rule, Tally(*row)) for row in rows]
            indicators += _indicator_rows(case, scan, rule, found)
        return outcomes, indicators
    finally:
        release(case, scan)


def _indicator_rows(case: Case, scan: Scan, rule: Rule, found: list[Evidence]) -> list[dict[str, Any]]:
    if not found:
        return []
    judged_by = judged_sql(scan, rule)
    return [indicator_row(case, rule, evidence, judged_by) for evidence in found]


def _outcome_row(rule: Rule, tally: Tally) -> dict[str, Any]:
    return {
        "rule_id": rule.id,
        "rule_version": rule.model.version,
        "producer": tally.producer,
        "n_indicator": tally.indicator,
        "n_clear": tally.clear,
        "n_not_evaluable": tally.not_evaluable,
        "n_not_applicable": tally.not_applicable,
    }


def _replace(
    case: Case, outcomes: list[dict[str, Any]], indicators: list[dict[str, Any]], rules: dict[str, Rule]
) -> None:
    apply_decisions(case, indicators)
    plain = [name for name in INDICATORS.column_names if name != "evidence"]
    schema = arrow_schema(INDICATORS)
    numbered = pa.schema([schema.field(name) for name in plain] + [("list_no", pa.int64())])
    with case.transaction():
        case.replace("outcomes", pa.Table.from_pylist(outcomes, schema=arrow_schema(OUTCOMES)))
        case.execute("DELETE FROM indicators")
        if indicators:
            names = ", ".join(f'"{name}"' for name in plain)
            with case.registered("new_indicators", pa.Table.from_pylist(indicators, schema=numbered)):
                case.execute(
                    f"INSERT INTO indicators ({names}, evidence) SELECT {names}, l.evidence"
                    f" FROM new_indicators n JOIN {LISTS} l ON l.list_no = n.list_no"
                )
        rebuild_findings(case, rules)
    case.execute(f"DROP TABLE IF EXISTS {LISTS}")


def _sum_outcomes(rows: list[dict[str, Any]]) -> dict[str, int]:
    words = {
        "indicator": "n_indicator",
        "clear": "n_clear",
        "not-evaluable": "n_not_evaluable",
        "not-applicable": "n_not_applicable",
    }
    return {word: sum(row[column] for row in rows) for word, column in words.items()}


def _by_severity(rows: list[dict[str, Any]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["severity"]] = counts.get(row["severity"], 0) + 1
    return counts
