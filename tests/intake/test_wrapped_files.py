"""Tables within something else: a web archive, a JSON answer of a service."""

from __future__ import annotations

import json
import quopri
from datetime import UTC, datetime
from pathlib import Path

import pytest

from custodiet.intake.kinds import Kind, tell_kind
from tests.intake.builders import add, adds_up, write

TIMES = [datetime(2026, 3, day, 10, tzinfo=UTC) for day in (13, 14, 15)]


def _page() -> str:
    cells = [(f"03/{at.day}/2026 10:00:00", "jdoe", "Anytown OH PD", f"INV{at.day}", "theft") for at in TIMES]
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in cells)
    head = "".join(f"<th>{label}</th>" for label in ("Search Time", "User", "Agency", "Plate", "Reason"))
    table = f"<table><tr>{head}</tr>{rows}</table>"
    return f"<!DOCTYPE html><html><head><title>Audit</title></head><body>{table}</body></html>"


def _archive(page: str = _page(), *, line: str = "\r\n", kind: str = "text/html") -> bytes:
    body = quopri.encodestring(page.encode()).decode().replace("\n", line)
    head = ["From: <Saved by a browser>", "Subject: Audit", "MIME-Version: 1.0", "Content-Type: multipart/related;",
            '\ttype="text/html";', '\tboundary="----edge----"', "", "", "------edge----", f"Content-Type: {kind}",
            "Content-Transfer-Encoding: quoted-printable", "Content-Location: https://example.org/audit", "", body,
            "------edge----", "Content-Type: image/png", "Content-Transfer-Encoding: base64", "", "iVBORw0KGgo=",
            "------edge------", ""]  # fmt: skip
    return line.join(head).encode()


def read(tmp_path: Path, path: Path) -> tuple[list[datetime], list[str]]:
    _, case = add(tmp_path / "case", path)
    with case:
        assert all(adds_up(one) for one in case.read("disclosures").to_pylist())
        assert not list(case.work.glob("page-of-archive*"))
        return case.read("records").column("searched_at").to_pylist(), case.read("problems").column("code").to_pylist()


@pytest.mark.parametrize("line", ["\r\n", "\n"])
@pytest.mark.parametrize("name", ["audit.mhtml", "audit.mht", "audit.html"])
def test_a_page_saved_as_a_web_archive(tmp_path: Path, name: str, line: str) -> None:
    """A browser's "single file": the text was taken for lines without columns."""
    path = write(tmp_path / name, _archive(line=line))
    assert tell_kind(path) is Kind.MHTML
    assert read(tmp_path, path)[0] == TIMES


def test_a_web_archive_without_a_page_is_a_problem(tmp_path: Path) -> None:
    assert read(tmp_path, write(tmp_path / "audit.mhtml", _archive(kind="text/css"))) == ([], ["no-table"])


def test_a_log_that_speaks_of_mime_is_a_log(tmp_path: Path) -> None:
    path = write(tmp_path / "log.csv", "MIME-Version: 1.0,User\nx,y\n")
    assert tell_kind(path) is Kind.CSV


OBJECTS = [
    {"searchTime": int(at.timestamp() * 1000), "user": {"name": "jdoe"}, "plate": f"INV{at.day}",
     "agency": "Anytown OH PD", "reason": ["theft", "auto"], "caseNumber": None}
    for at in TIMES
]  # fmt: skip
LABELS = ["Search Time", "User", "Agency", "Plate", "Reason"]
LISTS = [[at.isoformat(), "jdoe", "Anytown OH PD", f"INV{at.day}", "theft"] for at in TIMES]


@pytest.mark.parametrize(
    "document",
    [
        {"meta": {"agency": "Anytown OH PD"}, "data": {"searches": OBJECTS}},
        {"results": OBJECTS, "next": None},
        {"columns": LABELS, "rows": LISTS},
        {"fields": [{"name": label, "type": "text"} for label in LABELS], "data": LISTS},
        [LABELS, *LISTS],
    ],
    ids=["nested", "results", "columns and rows", "fields and data", "lists"],
)
@pytest.mark.parametrize("indent", [None, 1])
def test_answers_of_a_service(tmp_path: Path, document: object, indent: int | None) -> None:
    """JSON that wraps its rows was refused, or taken for a table of two rows."""
    path = write(tmp_path / "export.json", json.dumps(document, indent=indent))
    times, codes = read(tmp_path, path)
    assert times == TIMES
    assert "unsupported" not in codes


def test_nested_values_and_lists_stand_in_cells_of_their_own(tmp_path: Path) -> None:
    _, case = add(tmp_path / "case", write(tmp_path / "x.json", json.dumps({"data": OBJECTS})))
    with case:
        records = case.read("records").to_pylist()
    assert {(one["user"], one["reason"], one["case_number_state"]) for one in records} == {
        ("jdoe", "theft; auto", "blank")
    }


def test_two_lists_in_one_answer_are_two_tables(tmp_path: Path) -> None:
    shares = [{"Source Agency": "Anytown OH PD", "Receiving Agency": "Sampleton OH PD"}]
    path = write(tmp_path / "x.json", json.dumps({"searches": OBJECTS, "sharing": {"list": shares}}))
    _, case = add(tmp_path / "case", path)
    with case:
        assert (case.count("records"), case.count("shares")) == (3, 1)
        assert sorted(case.read("disclosures").column("sheet").to_pylist()) == ["searches", "sharing.list"]


@pytest.mark.parametrize("document", [{"a": 1}, {"a": [1, 2]}, {"a": {"b": "c"}}])
def test_an_object_without_rows_is_refused(tmp_path: Path, document: object) -> None:
    path = write(tmp_path / "x.json", json.dumps(document, indent=1) + "\n")
    assert read(tmp_path, path) == ([], ["unsupported"])
