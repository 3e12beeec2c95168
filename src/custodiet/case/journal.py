"""Make adding a file atomic: what a killed run left half done is forgotten at the next open."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from custodiet.case.store import Case

_BY_DISCLOSURE = ("records", "events", "shares", "portals", "listed_names", "repairs", "problems")


def begin_file(case: Case, path: str, file_name: str, sha256: str, size: int, receipt: str | None) -> None:
    """Note that a file is being added; until :func:`finish_file` nothing of it counts."""
    with case.transaction():
        case.append_rows(
            "files",
            [{"path": path, "file_name": file_name, "sha256": sha256, "size": size, "receipt": receipt,
              "complete": False}],
        )  # fmt: skip


def finish_file(case: Case, path: str, sha256: str) -> None:
    """Note that everything of a file is stored; call inside a transaction."""
    case.execute("UPDATE files SET complete = true WHERE path = ? AND sha256 = ?", [path, sha256])


def forget_incomplete(case: Case) -> int:
    """Remove what was stored of files whose adding never finished and return how many those were."""
    unfinished = case.rows("SELECT path, sha256 FROM files WHERE NOT complete")
    for path, sha256 in unfinished:
        with case.transaction():
            for table in _BY_DISCLOSURE:
                case.execute(
                    f"DELETE FROM {table} WHERE disclosure_id IN "
                    "(SELECT disclosure_id FROM disclosures WHERE sha256 = ?)", [sha256]
                )  # fmt: skip
            case.execute("DELETE FROM disclosures WHERE sha256 = ?", [sha256])
            case.execute("DELETE FROM files WHERE path = ? AND sha256 = ? AND NOT complete", [path, sha256])
    return len(unfinished)
