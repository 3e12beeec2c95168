"""The way from a number to the originals."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Citation:
    """Name one row of an original so that anyone who has the file can find it.

    Attributes:
        record: ``disclosure_id:record_no`` (for lists: the place in the list).
        file_name: Name of the file.
        member: Path inside an archive, or None.
        sheet: Sheet or table, or None.
        page: Page of a PDF, or None.
        row: The row a reader of the original sees.
        sha256: Of the file that was added.
        member_sha256: Of the archive member; equals ``sha256`` outside archives.
        receipt: How the file came, or None.
    """

    record: str
    file_name: str
    member: str | None
    sheet: str | None
    page: int | None
    row: int | None
    sha256: str
    member_sha256: str
    receipt: str | None

    def __str__(self) -> str:
        place = [
            self.file_name,
            self.member or "",
            f"sheet {self.sheet}" if self.sheet else "",
            f"page {self.page}" if self.page else "",
            f"row {self.row:,}" if self.row else "",
        ]
        text = ", ".join(part for part in place if part) + f" (SHA-256 {self.member_sha256})"
        return f"{text}. How it came: {self.receipt}" if self.receipt else text
