"""What the tests of single quirks share: rows with invented content, one way in, exact answers out."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import openpyxl

from tests.intake.builders import HEADER, add, adds_up, csv_text, log_row, write

ORGS = ("Anytown OH PD", "Otherville TX PD", "Thirdton NV SO")
LABELS = [label.strip() for label in HEADER]
START = datetime(2025, 1, 2, 15, 4, 5, tzinfo=UTC)
END = datetime(2025, 1, 3, 15, 4, 5, tzinfo=UTC)
Content = str | bytes | Callable[[Path], object]


@dataclass(frozen=True)
class Read:
    """Hold all that was made of some files."""

    disclosures: list[dict[str, Any]]
    records: list[dict[str, Any]]
    events: list[dict[str, Any]]
    shares: list[dict[str, Any]]
    problems: list[dict[str, Any]]
    repairs: list[dict[str, Any]]
    n_unread: int

    @property
    def disclosure(self) -> dict[str, Any]:
        """Give the one disclosure."""
        (found,) = self.disclosures
        return found

    @property
    def codes(self) -> list[str]:
        """List the codes of all problems, sorted."""
        return sorted(problem["code"] for problem in self.problems)

    def message(self, code: str) -> str:
        """Give the message of the one problem with a code."""
        (found,) = [problem["message"] for problem in self.problems if problem["code"] == code]
        return str(found)

    def column(self, name: str) -> list[Any]:
        """List one column of the records, in the order of their rows."""
        return [row[name] for row in self.records]


def read(folder: Path, content: Content, name: str = "log.csv", **options: Any) -> Read:
    """Add one file to a new case and read back what was made of it."""
    return read_all(folder, {name: content}, **options)


def read_all(folder: Path, files: dict[str, Content], **options: Any) -> Read:
    """Add files to a new case and read back what was made of them; every sum must hold."""
    paths = []
    for name, content in files.items():
        path = folder / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, (str, bytes)):
            write(path, content)
        else:
            content(path)
        paths.append(path)
    summary, case = add(folder / "case", *paths, **options)
    with case:
        tables = {name: case.read(name).to_pylist() for name in ("disclosures", "events", "shares", "repairs")}
        names = {row["disclosure_id"]: (row["file_name"], row["sheet"] or "") for row in tables["disclosures"]}
        records = case.read("records").to_pylist()
        problems = case.read("problems").to_pylist()
    for disclosure in tables["disclosures"]:
        assert adds_up(disclosure), disclosure
        mine = [row for row in records if row["disclosure_id"] == disclosure["disclosure_id"]]
        assert [row["record_no"] for row in mine] == list(range(1, disclosure["n_records"] + 1))
    order = {key: place for place, key in enumerate(names)}
    records.sort(key=lambda row: (order[row["disclosure_id"]], row["record_no"]))
    return Read(**tables, records=records, problems=problems, n_unread=summary.n_unread)


def search(number: int = 1, **changed: str) -> list[str]:
    """Build one row in the order of the full modern set, of one of three organisations."""
    return log_row(number, **({"org": ORGS[number % 3], "user": "A. Bar", "filters": "sedan"} | changed))


def searched_at(number: int) -> datetime:
    """Give the instant of row ``number``."""
    return datetime(2025, 1, 3, 15, number // 60 % 60, number % 60, tzinfo=UTC)


def search_id(number: int) -> str:
    """Give the id of row ``number``."""
    return str(UUID(int=number, version=4))


def without(rows: Iterable[Sequence[str]], *labels: str) -> list[list[str]]:
    """Take columns out of rows in the order of the full modern set."""
    gone = {LABELS.index(label) for label in labels}
    return [[cell for place, cell in enumerate(row) if place not in gone] for row in rows]


def log(rows: Iterable[Sequence[str]], header: Sequence[str] = HEADER) -> str:
    """Write a header and rows as CSV."""
    return csv_text([header, *rows])


def is_in_place(record: dict[str, Any], number: int, **changed: object) -> None:
    """Assert that every cell of row ``number`` stands in its column, but for what is said to differ."""
    expected = {
        "search_id": search_id(number),
        "user": "A. Bar",
        "org": ORGS[number % 3],
        "networks": 12,
        "devices": 345,
        "window_start": START,
        "window_end": END,
        "plate_state": "value",
        "reason": "stolen vehicle",
        "case_number": f"25-{number:05d}",
        "filters": "sedan",
        "searched_at": searched_at(number),
        "search_type": "lookup",
        "text_prompt": None,
        "moderation": None,
    } | changed
    assert {name: record[name] for name in expected} == expected


def workbook(sheets: dict[str, Sequence[Sequence[Any]]], first: tuple[int, int] = (1, 1)) -> Callable[[Path], object]:
    """Build a workbook whose sheets begin at a row and column; blank texts are no cells."""

    def save(path: Path) -> None:
        filled_book(sheets, first).save(path)

    return save


def filled_book(sheets: dict[str, Sequence[Sequence[Any]]], first: tuple[int, int] = (1, 1)) -> openpyxl.Workbook:
    """Build the workbook itself, for changes that only it can carry."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for down, row in enumerate(rows, first[0]):
            for right, cell in enumerate(row, first[1]):
                if cell not in (None, ""):
                    sheet.cell(down, right).value = cell
    return book


def zipped(members: dict[str, str | bytes]) -> bytes:
    """Build an archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()
