"""Right-of-reply packets: for each agency what concerns it, in neutral words, with its rows to check."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from custodiet.case import Case
from custodiet.case.citations import cite_rows
from custodiet.privacy.formulas import disarm
from custodiet.privacy.tables import last_part
from custodiet.publish.claims import Claim
from custodiet.publish.evidence import rows_with_first_evidence
from custodiet.publish.originals import receipts_of

ROWS_LISTED: Final = 500
_MARKS: Final = re.compile(r"([\\`*_\[\]<>#|~&!])")


def write_packets(
    case: Case, folder: Path, name: str, claims: Sequence[Claim], outward: Mapping[str, pa.Table]
) -> list[str]:
    """Write a letter and a list of rows for each organisation that a published indicator concerns.

    Args:
        case: The case, for the places of rows.
        folder: Where to.
        name: Name of the publication.
        claims: The claim sheet.
        outward: Table name to its rows as they are published.

    Returns:
        The organisations, in order.
    """
    indicators = rows_with_first_evidence(outward["indicators"], ROWS_LISTED)
    by_id = {claim.id.removeprefix("indicator."): claim for claim in claims if claim.id.startswith("indicator.")}
    concerned: dict[str, list[Mapping[str, Any]]] = {}
    for row in indicators:
        # Results about an account go to nobody by this way: its agency would be told who.
        if row["level"] == "account":
            continue
        for organisation in dict.fromkeys((row["subject"], row["counterpart"])):
            if organisation:
                concerned.setdefault(organisation, []).append(row)
    if concerned:
        folder.mkdir(parents=True, exist_ok=True)
    receipts = receipts_of(outward["disclosures"])
    places = _places(case, indicators, receipts)
    for organisation, slug in slugs(sorted(concerned)).items():
        rows = concerned[organisation]
        text = _letter(name, organisation, slug, [(row, by_id[row["indicator_id"]]) for row in rows])
        (folder / f"{slug}.md").write_text(text, encoding="utf-8", newline="\n")
        (folder / f"{slug}.csv").write_text(_rows_csv(rows, places), encoding="utf-8", newline="")
    return sorted(concerned)


def slugs(names: Iterable[str]) -> dict[str, str]:
    """Give each name a file name: lower-case letters, digits and dashes, told apart by a short hash."""
    found = {}
    for name in names:
        word = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60].strip("-") or "organisation"
        found[name] = f"{word}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"
    return found


def plain(text: str) -> str:
    """Return released text in which no character is markup and no line ends."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def _letter(name: str, organisation: str, slug: str, items: Sequence[tuple[Mapping[str, Any], Claim]]) -> str:
    lines = [
        f"# For {plain(organisation)}: what the records show, and your answer",
        "",
        f"Publication: {plain(name)}. This packet holds only what concerns {plain(organisation)}.",
        "",
        "An indicator is what a rule pointed at in released records. It is not a finding, and it says nothing about"
        " anybody's intent. Records can be wrong or incomplete, and there can be reasons that they do not show."
        " Please check the rows, and say what is wrong, missing or explained. Your answer is published with the item.",
        "",
        f"Rows to check: `{slug}.csv`.",
    ]
    for number, (row, claim) in enumerate(items, start=1):
        role = "about your records" if row["subject"] == organisation else "your organisation is named in it"
        lines += [
            "", f"## {number}. {plain(row['rule_id'])} ({role})", "", plain(claim.statement), "",
            f"- Item: {row['indicator_id']}", f"- Provision: {plain(row['citation'] or '')}",
            f"- Number: {claim.value:,} {claim.unit}{_of(claim.denominator)};"
            f" under other definitions {claim.low:,} to {claim.high:,}",
            f"- Could not be told: {(claim.not_evaluable or 0):,}",
            f"- Reviewed: {'yes, ' + row['disposition'] if row['disposition'] else 'not reviewed'}",
            *(f"- Note: {plain(caveat)}" for caveat in row["caveats"] or []),
            "", "Your answer:", "",
            "- [ ] the rows are right", "- [ ] rows are wrong (which)", "- [ ] there is an explanation", "",
        ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _of(denominator: int | None) -> str:
    return "" if denominator is None else f" of {denominator:,}"


def _places(
    case: Case, indicators: Sequence[Mapping[str, Any]], receipts: Mapping[str, str | None]
) -> dict[str, list[str]]:
    """Cite the rows of all packets in one query: record to its cells in the list."""
    wanted = {
        (item["disclosure_id"], item["record_no"])
        for row in indicators
        if row["level"] != "account"
        for item in row["evidence"][:ROWS_LISTED]
    }
    return {
        found.record: [
            found.file_name, last_part(found.member) or "" if found.member else "", found.sheet or "",
            str(found.page or ""), str(found.row or ""), found.member_sha256,
            receipts.get(found.record.partition(":")[0]) or "",
        ]
        for found in cite_rows(case, sorted(wanted))
    }  # fmt: skip


def _rows_csv(rows: Sequence[Mapping[str, Any]], places: Mapping[str, list[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(
        ("item", "record", "file", "member", "sheet", "page", "row", "sha256", "receipt", "rows_in_all", "your_answer")
    )
    for row in rows:
        for item in row["evidence"][:ROWS_LISTED]:
            record = f"{item['disclosure_id']}:{item['record_no']}"
            cells = [row["indicator_id"], record, *places.get(record, [""] * 7), str(row["n_evidence"]), ""]
            writer.writerow([disarm(cell) for cell in cells])
    return text.getvalue()
