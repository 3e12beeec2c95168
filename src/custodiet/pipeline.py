"""THE MAIN PATH, read this first: files → disclosures → meaning → rules → report.

Each step reads tables of the case and writes tables of the case; none calls
another. Steps that derive (resolve, evaluate) replace their tables as a whole,
so running the path again on the same files changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from custodiet.case import Case
from custodiet.case.citations import cite_rows
from custodiet.intake.add import AddSummary, add_paths
from custodiet.model.citation import Citation
from custodiet.model.errors import UsageError
from custodiet.model.problems import PROBLEM_CODES
from custodiet.publish.request import Gap, draft_letter, find_gaps

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class AuditResult:
    """Hold what one run of the main path did.

    Attributes:
        added: What was read.
        n_unread: Problems in the case, of this run or an earlier one, by which something stayed unread.
        worst: Highest severity among the indicators, or None.
        n_indicators: Indicators in the case.
        n_reviewed: Of them, how many a person decided about.
        report: The report's HTML file, or None.
    """

    added: AddSummary
    n_unread: int
    worst: str | None
    n_indicators: int
    n_reviewed: int
    report: Path | None


def audit(
    paths: Sequence[Path], *, case_dir: Path, producer: str | None = None, receipts: Path | None = None,
    packs: Sequence[str] = (), report_dir: Path | None = None, progress: Progress = lambda _step: None,
) -> AuditResult:  # fmt: skip
    """Read disclosures into a case, give them meaning, apply the rules, and write the report.

    Raises:
        CustodietError: The case cannot be used, a receipts file, a local input or a rule pack
            is faulty, or the report would expose somebody. Inputs that cannot be read raise nothing:
            they are problems in the case.
    """
    _require_something(paths)
    with Case.open(case_dir, create=True) as case:
        others = _add_local_inputs(case, paths, progress)
        added = add_paths(case, others, producer=producer, receipts=receipts, progress=progress)
        interpret(case, progress)
        n_indicators, worst = evaluate(case, packs, progress)
        report = None
        if report_dir is not None:
            progress("report")
            from custodiet.publish.report import write_report

            report = write_report(case, report_dir)
        reviewed = int(case.value("SELECT count(*) FROM indicators WHERE disposition IS NOT NULL"))
        return AuditResult(added, len(_unread(case)), worst, n_indicators, reviewed, report)


def add(
    paths: Sequence[Path], *, case_dir: Path, producer: str | None = None, receipts: Path | None = None,
    progress: Progress = lambda _step: None,
) -> AddSummary:  # fmt: skip
    """Read disclosures into a case and give them their meaning, without rules."""
    _require_something(paths)
    with Case.open(case_dir, create=True) as case:
        others = _add_local_inputs(case, paths, progress)
        added = add_paths(case, others, producer=producer, receipts=receipts, progress=progress)
        interpret(case, progress)
        return added


def _add_local_inputs(case: Case, paths: Sequence[Path], progress: Progress) -> list[Path]:
    """Load what an agency adds beside its disclosures (rosters, accounts, …) and return the other paths."""
    from custodiet.law.local_inputs import load_local_input, split_local_inputs

    inputs, others = split_local_inputs(paths)
    for path, name in inputs.items():
        progress(path.name)
        load_local_input(case, path, name)
    return others


def _require_something(paths: Sequence[Path]) -> None:
    """Refuse a request whose paths hold nothing at all, before a case is made for it.

    A missing path beside others that are there is a problem in the case, and the others are done.

    Raises:
        UsageError: No path is there, or all are folders without a file.
    """
    found = [path for path in paths if path.exists() or path.is_symlink()]
    if not found:
        raise UsageError("is not there.", where=str(paths[0]), hint="Look for a typing error; nothing was written.")
    if all(path.is_dir() for path in found) and not any(item.is_file() for path in found for item in path.rglob("*")):
        raise UsageError("holds no file.", where=str(found[0]), hint="Nothing was written.")


def interpret(case: Case, progress: Progress = lambda _step: None) -> None:
    """Give records and shares their meaning: organisations, purposes, searches, spans of shares."""
    from custodiet.network.spans import update_share_spans
    from custodiet.resolve.organisations import update_organisations
    from custodiet.resolve.purposes import update_purposes
    from custodiet.resolve.searches import update_searches

    progress("organisations")
    update_organisations(case)
    progress("purposes")
    update_purposes(case)
    progress("searches")
    update_searches(case)
    progress("sharing over time")
    update_share_spans(case)


def evaluate(case: Case, packs: Sequence[str] = (), progress: Progress = lambda _step: None) -> tuple[int, str | None]:
    """Apply the rules and return the number of indicators and the highest severity among them."""
    from custodiet.law.evaluate import evaluate_case

    progress("rules")
    evaluate_case(case, list(packs) or None)
    n = case.count("indicators")
    for severity in ("rule-not-met", "gap", "quality"):
        if case.value("SELECT count(*) FROM indicators WHERE severity = ?", [severity]):
            return n, severity
    return n, None


@dataclass(frozen=True, slots=True)
class Status:
    """Hold what a case holds.

    Attributes:
        disclosures: One dictionary per disclosure: id, kind, name, counts, problem codes.
        totals: Sums of the counts.
        problems: Problem code to how often it stands.
        unread: Problems by which something stayed unread: code, file_name, where, message.
        n_files: Files added.
        key_made_on: Day the pseudonym key was made.
        key_dispose_on: Day it is to be deleted.
    """

    disclosures: list[dict[str, Any]]
    totals: dict[str, int]
    problems: dict[str, int]
    unread: list[dict[str, Any]]
    n_files: int
    key_made_on: date
    key_dispose_on: date

    def to_json(self) -> dict[str, Any]:
        """Give everything as one JSON object."""
        return asdict(self)


def status(case_dir: Path) -> Status:
    """Count what a case holds, per disclosure and in all.

    Raises:
        UsageError: There is no case.
    """
    with Case.open(case_dir) as case:
        rows = case.query(
            "SELECT disclosure_id, kind, concat_ws(' / ', file_name, member_path, sheet) AS name, producer, "
            "n_rows_read, n_records, n_events, n_shares, n_portal_values, n_layout, n_rejected, problems, receipt "
            "FROM disclosures ORDER BY name, disclosure_id"
        ).to_pylist()
        counts = [name for name in (rows[0] if rows else {}) if name.startswith("n_")]
        problems = dict(case.rows("SELECT code, count(*) AS n FROM problems GROUP BY code ORDER BY n DESC, code"))
        return Status(
            rows, {name: sum(row[name] for row in rows) for name in counts}, problems, _unread(case),
            case.count("files"), case.key.made_on, case.key.dispose_on,
        )  # fmt: skip


def _unread(case: Case) -> list[dict[str, Any]]:
    """Give the problems by which something stayed unread: code, file_name, where, message."""
    codes = [code for code, item in PROBLEM_CODES.items() if item.unread]
    rows: list[dict[str, Any]] = case.query(
        'SELECT code, file_name, "where", message FROM problems WHERE list_contains(?, code) ORDER BY ALL', [codes]
    ).to_pylist()
    return rows


def cite(case_dir: Path, target: str, limit: int | None) -> tuple[list[Citation], int]:
    """Cite a record (``disclosure_id:record_no``) or the evidence of an indicator.

    Returns:
        The citations, at most ``limit``, and how many rows there are in all.

    Raises:
        UsageError: The case holds no such record or indicator.
    """
    with Case.open(case_dir) as case:
        disclosure_id, _, number = target.partition(":")
        if number.isdigit():
            rows = [(disclosure_id, int(number))]
        else:
            found = case.rows("SELECT evidence FROM indicators WHERE indicator_id = ?", [target])
            if not found:
                raise UsageError(
                    "is neither a record nor an indicator of this case.", where=target[:80],
                    hint="Records are written disclosure_id:record_no; custodiet indicators lists the indicators.",
                )  # fmt: skip
            rows = [(row["disclosure_id"], row["record_no"]) for row in found[0][0] or []]
        citations = cite_rows(case, rows[:limit])
        if not citations:
            raise UsageError("is no row of this case.", where=target[:80], hint="custodiet status lists disclosures.")
        return citations, len(rows)


@dataclass(frozen=True, slots=True)
class Letter:
    """Hold the draft of one records request; ``slug`` names its file."""

    producer: str | None
    custodian: str | None
    slug: str
    gaps: list[Gap]
    text: str


def request_letters(case_dir: Path, producer: str | None = None) -> list[Letter]:
    """Draft a letter for every producer and custodian whose records have gaps, ordered by name.

    Raises:
        UsageError: There is no case, or it knows no such producer.
    """
    with Case.open(case_dir) as case:
        gaps = find_gaps(case)
        known = sorted({name for (name,) in case.rows("SELECT producer FROM disclosures WHERE producer IS NOT NULL")})
    if producer is not None and producer not in known:
        raise UsageError("is no producer of this case.", where=producer, hint=f"Known: {', '.join(known[:10])}.")
    wanted = [gap for gap in gaps if producer is None or gap.producer == producer]
    letters: list[Letter] = []
    for (name, custodian), group in groupby(wanted, key=lambda gap: (gap.producer, gap.custodian)):
        own = list(group)
        slug = re.sub(r"[^a-z0-9]+", "-", (name or custodian or "unknown").lower()).strip("-")
        taken = sum(letter.slug == slug or letter.slug.startswith(f"{slug}-by-") for letter in letters)
        slug = f"{slug}-by-{taken + 1}" if taken else slug
        letters.append(Letter(name, custodian, slug, own, draft_letter(name, own)))
    return letters
