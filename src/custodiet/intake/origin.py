"""Where a table or page comes from, as every loader needs to know it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from custodiet.case import Case
from custodiet.intake.containers import Source
from custodiet.intake.producers import Producer
from custodiet.intake.receipts import Receipt
from custodiet.model.problems import PROBLEM_CODES, Problem
from custodiet.places.zones import zone_of


@dataclass(frozen=True, slots=True)
class Origin:
    """Say where a table or page comes from: what every loader needs to know of its file.

    Attributes:
        source: The file or archive member.
        receipt: How the file came, or None.
        stated_producer: Producer given by the user, or None.
        names: File, member and folder names, nearest first; hints for producer and date.
        page_producer: Organisation of the page that carries the file within itself.
    """

    source: Source
    receipt: Receipt | None
    stated_producer: str | None
    names: tuple[str, ...]
    page_producer: Producer | None = None

    def disclosure_id(self, ordinal: int) -> str:
        """Make the id of the table at a place in the file: the same bytes give the same id."""
        digest = self.source.member_sha256 or self.source.sha256
        return "d" + hashlib.sha256(f"{digest}|{ordinal}".encode()).hexdigest()[:12]

    def row(self, disclosure_id: str) -> dict[str, object]:
        """Give the columns of ``disclosures`` that the file alone decides."""
        return {
            "disclosure_id": disclosure_id,
            "file_name": self.source.file_name,
            "member_path": self.source.member_path,
            "sha256": self.source.sha256,
            "member_sha256": self.source.member_sha256 or self.source.sha256,
            "receipt": self.receipt.sentence() if self.receipt else None,
        }

    def zone(self, producer: str | None) -> tuple[str | None, str]:
        """Tell the IANA zone of a producer's wall clock and how it was told."""
        if self.receipt and self.receipt.time_zone:
            return self.receipt.time_zone, "stated in the receipt"
        found = zone_of(producer) if producer else None
        return found or (None, "not told: the producer or its place is unknown")

    def producer_row(self, producer: Producer) -> dict[str, object]:
        """Give the columns of ``disclosures`` that the producer decides."""
        zone, basis = self.zone(producer.name)
        return {
            "producer": producer.name,
            "producer_basis": producer.basis,
            "time_zone": zone,
            "zone_basis": basis,
        }


def store_disclosure(case: Case, row: dict[str, object], problems: Sequence[Problem]) -> int:
    """Store the row of a disclosure with its problems; call inside a transaction.

    Returns:
        How many of the problems mean that something stayed unread.
    """
    owned = [
        replace(problem, disclosure_id=str(row["disclosure_id"]), file_name=str(row["file_name"]))
        for problem in dict.fromkeys(problems)
    ]
    counts = ("n_rows_read", "n_records", "n_events", "n_shares", "n_portal_values", "n_layout", "n_rejected")
    row = dict.fromkeys(counts, 0) | row | {"problems": sorted({problem.code for problem in owned})}
    case.append_rows("disclosures", [row])
    case.append_rows(
        "problems",
        [{"code": p.code, "disclosure_id": p.disclosure_id, "file_name": p.file_name, "where": p.where,
          "message": p.message} for p in owned],
    )  # fmt: skip
    return sum(PROBLEM_CODES[problem.code].unread for problem in owned)
