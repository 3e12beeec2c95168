"""A small case with invented content, read from files, and bundles of it."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from custodiet.case import Case
from custodiet.intake.add import add_paths
from custodiet.publish.bundle import Options, Published, write_bundle

LOG = "3_1_2026-3_31_2026-Marlow_Bay_CA_PD-Network-Audit.csv"
LIST = "SharedNetworks_2026_April_2.csv"
HEADER = ("ID", "Name", "Org Name", "Total Networks Searched", "Total Devices Searched", "Time Frame", "License Plate",
          "Reason", "Case #", "Filters", "Search Time", "Search Type", "Text Prompt", "Moderation")  # fmt: skip
# Reasons that a bundle may show whole, that it masks in part, and odd ones (formula, markup, other scripts).
REASONS = (
    "stolen vehicle",
    "robbery",
    "",
    "warrant for Zyxwotta Quimbleford",
    "=1+1",
    "<b>homicide</b>",
    "кража",
    "investigation",
)


def log_rows(n: int = 40) -> list[list[str]]:
    rows = []
    for number in range(n):
        moment = f"3/{1 + number % 28}/2026, {1 + number % 12}:{number % 60:02d}:07 PM UTC"
        org = ("Alder Cove CA PD", "Copperline NV PD", "Stillwell County TX SO")[number % 3]
        rows.append([
            f"00000000-0000-4000-8000-{number:012d}", "***", org, str(1 + number), str(14 + number), "", "***",
            REASONS[number % len(REASONS)], f"26-{number:05d}" if number % 2 else "", "", moment, "lookup", "", "",
        ])  # fmt: skip
    return rows


def write_log(path: Path, rows: list[list[str]]) -> Path:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode())
    return path


def write_originals(folder: Path) -> list[Path]:
    folder.mkdir()
    listed = "Organization Name,Networks Shared With Me,Networks I'm Sharing\n" + "".join(
        f"{name},{name},Marlow Bay CA PD\n" for name in ("Alder Cove CA PD", "Copperline NV PD")
    )
    (folder / LIST).write_text(listed)
    (folder / "receipts.yaml").write_text(
        "receipts:\n  - files: ['*']\n    request_number: PRR-1\n    sender: Zyxwotta Clerkson\n"
        "    received_on: 2026-04-10\n"
        "    producer: Marlow Bay CA PD\n    address: https://records.example/PRR-1\n"
    )
    return [write_log(folder / LOG, log_rows()), folder / LIST]


def make_case(folder: Path, originals: list[Path]) -> None:
    """Read the originals and add what resolving and rules would: searches, outcomes, three indicators."""
    with Case.open(folder, create=True) as case:
        add_paths(case, originals)
        log, sharing = (
            case.value("SELECT disclosure_id FROM disclosures WHERE file_name = ?", [name]) for name in (LOG, LIST)
        )
        records = case.query("SELECT record_no, org, searched_at FROM records ORDER BY record_no").to_pylist()
        case.append_rows(
            "searches",
            [
                {
                    "search_key": f"s{row['record_no'] // 2:04d}",
                    "basis": "test",
                    "org": row["org"],
                    "searched_at": row["searched_at"],
                    "n_sightings": 2,
                    "n_producers": 1,
                    "purposes": [],
                }
                for row in records[1::2]
            ],
        )
        case.append_rows(
            "sightings",
            [
                {"search_key": f"s{row['record_no'] // 2:04d}", "disclosure_id": log, "record_no": row["record_no"]}
                for row in records
            ],
        )
        names = {row["org"] for row in records} | {"Marlow Bay CA PD"}
        case.append_rows(
            "organisations", [{"name": name, "canonical": name, "level": "local"} for name in sorted(names)]
        )
        case.append_rows(
            "outcomes",
            [
                {
                    "rule_id": "practice.reason-not-informative",
                    "rule_version": "1.0.0",
                    "producer": "Marlow Bay CA PD",
                    "n_indicator": 4,
                    "n_clear": 30,
                    "n_not_evaluable": 6,
                    "n_not_applicable": 0,
                }
            ],
        )
        shares = case.query("SELECT DISTINCT source_row FROM shares WHERE source = 'Marlow Bay CA PD'").to_pylist()
        case.append_rows(
            "indicators",
            [
                _indicator("i-0000000000000001", "Copperline NV PD", [(log, n) for n in (2, 3, 8, 9)], n_searches=2),
                _indicator("i-0000000000000002", None, [(sharing, row["source_row"]) for row in shares], n_shares=2),
                _indicator("i-0000000000000003", "Alder Cove CA PD", [(log, n) for n in (1, 7)], n_searches=900),
                _indicator("i-0000000000000004", None, [(log, 5)], n_searches=1)
                | {"level": "account", "subject": "X, account 0123456789"},
            ],
        )


def _indicator(identity: str, counterpart: str | None, rows: list[tuple[str, int]], **counts: int) -> dict[str, Any]:
    n = next(iter(counts.values()))
    panel = {"headline": {"label": "as written", "count": n}, "range": [n - 1, n + 5], "flips": [],
             "alternatives": [{"label": "every record", "choice": "duplicates", "count": n + 5}]}  # fmt: skip
    return {
        "indicator_id": identity,
        "rule_id": "practice.reason-not-informative",
        "rule_version": "1.0.0",
        "citation": "Policy 1",
        "severity": "quality",
        "level": "organisation",
        "subject": "Marlow Bay CA PD",
        "counterpart": counterpart,
        "period_start": datetime(2026, 3, 1, tzinfo=UTC),
        "denominator": 1000,
        "n_not_evaluable": 6,
        **counts,
        "statement": f"{n} searches of Marlow Bay CA PD state no purpose.",
        "caveats": ["A reason can stand elsewhere."],
        "sensitivity": json.dumps(panel),
        "query": "SELECT 1",
        "evidence": [{"disclosure_id": d, "record_no": r} for d, r in rows],
    }


def tiny_report(_case: Case, folder: Path, **_options: Any) -> Path:
    """Stand in for the report: one page that names one claim."""
    folder.mkdir()
    page = folder / "index.html"
    page.write_text('<!doctype html><title>r</title><p>There are <b data-claim="total.records">40</b> rows.</p>')
    return page


def publish(case_dir: Path, to: Path, name: str = "first", sign: Path | None = None, **options: Any) -> Published:
    with Case.open(case_dir) as case:
        return write_bundle(case, to, Options(name, sign, **options), report_writer=tiny_report)
