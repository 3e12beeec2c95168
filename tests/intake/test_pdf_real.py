"""The two printed releases: every row, checked against the file's own text stream, which knows no positions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest

from custodiet.intake.raw import RawRow, RawTable
from custodiet.intake.readers.pdf import read_pdf

pytestmark = [pytest.mark.real, pytest.mark.slow]

_ID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_AT = r"\d\d/\d\d/\d{4},\s+\d\d:\d\d:\d\d [AP]M\s+UTC"


def page_texts(path: Path) -> Iterator[str]:
    document = pypdfium2.PdfDocument(path)
    for page in document:
        text = page.get_textpage()
        yield text.get_text_range().replace("\ufffe", "-")
        text.close()
        page.close()
    document.close()


def rows_of(path: Path) -> list[RawRow]:
    (table,) = read_pdf(path).parts
    assert isinstance(table, RawTable)
    return list(table.rows)


def one(folder: Path, pattern: str) -> Path:
    found = sorted((folder / "okaloosa").glob(pattern))
    if not found:
        pytest.skip("the printed releases are not there")
    return found[0]


def squeezed(text: str | None) -> str:
    return re.sub(r"\s", "", text or "")


def test_audit_print(real_data: Path) -> None:
    path = one(real_data, "*-Audit.pdf")
    rows = rows_of(path)
    assert rows[0].cells == (
        "ID",
        "Org Name",
        "Total Networks Searched",
        "Total Devices Searched",
        "Time Frame",
        "Reason",
        "Search Time",
        "Search Type",
        "Moderation",
    )
    data = rows[1:]
    assert len(data) == 7273
    assert len({row.cells[0] for row in data}) == 7273
    by_page: dict[int, list[tuple[str | None, ...]]] = {}
    for row in data:
        assert re.fullmatch(rf"{_AT}\n{_AT}", row.cells[4] or "")
        assert re.fullmatch(_AT, row.cells[6] or "")
        by_page.setdefault(row.page or 0, []).append(row.cells)
    checked = 0
    pattern = re.compile(rf"({_ID}) (.+?) (\d+) (\d+)\s+({_AT})\s+({_AT})(.*?)({_AT})\s+(\w+)", re.S)
    for page, text in enumerate(page_texts(path), start=1):
        # The stream puts the time frame of a record before or after its id line; order of ids is the page's.
        ids = re.findall(_ID, text)
        assert [cells[0] for cells in by_page[page]] == ids
        counts = re.findall(rf"({_ID}) .+? (\d+) (\d+)\s*\n", text)
        known = {cells[0]: cells for cells in by_page[page]}
        for identifier, networks, devices in counts:
            assert known[identifier][2:4] == (networks, devices)
        for match in pattern.finditer(text):
            cells = known[match[1]]
            stream = (match[1], match[2], match[3], match[4], match[5] + match[6], match[7], match[8], match[9])
            assert [squeezed(cell) for cell in cells[:8]] == [squeezed(cell) for cell in stream]
            checked += 1
    assert checked >= 7260


def test_sharing_print(real_data: Path) -> None:
    """858 names; the directions are counted in the stream too (506 times the agency's own name on the right)."""
    path = one(real_data, "Sharing*.pdf")
    rows = rows_of(path)
    assert rows[0].cells == ("Organization Name", "Networks Shared With Me", "Networks I'm Sharing")
    data = [row.cells for row in rows[1:]]
    assert len(data) == 858
    assert all(name and "\n" not in name for name, _, _ in data)
    shared_with_me = {name for name, theirs, _ in data if theirs}
    sharing = [mine for _, _, mine in data if mine]
    assert len(shared_with_me) == 655
    assert all(theirs or mine for _, theirs, mine in data)
    own = set(sharing)
    assert len(own) == 1
    (agency,) = own
    in_stream = sum(len(re.findall(re.escape(agency), text)) for text in page_texts(path))
    in_names = sum(name == agency for name, _, _ in data)
    assert len(sharing) == in_stream - in_names == 506
    assert sum(bool(theirs and mine) for _, theirs, mine in data) == 303
