"""What the verbs print for people: wrapped, each thing once, the same whenever it is asked."""

from __future__ import annotations

import io
import json
import re
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custodiet.cli import main
from custodiet.cli.text import wrapped
from tests.intake.builders import log_text, write


@dataclass(frozen=True)
class Done:
    code: int
    out: str


def run(*arguments: str, columns: int | None = None) -> Done:
    """Run a verb in this process, on a terminal of so many columns, or of a width that is not known."""
    printed = io.StringIO()
    with pytest.MonkeyPatch.context() as changed, redirect_stdout(printed), pytest.raises(SystemExit) as ended:
        changed.delenv("COLUMNS", raising=False)
        if columns:
            changed.setenv("COLUMNS", str(columns))
        main(list(arguments))
    return Done(int(ended.value.code or 0), printed.getvalue())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("terminal")
    (folder / "in").mkdir()
    write(folder / "in" / "log.csv", log_text(40, reason=""))
    write(folder / "in" / "nothing.csv", "")
    (folder / "in" / "receipts.yaml").write_text(
        "- files: ['*.csv']\n  request_number: R-17\n  custodian: Records Office of the Town of Anytown\n"
        "  asked_on: 2026-01-02\n  received_on: 2026-02-03\n",
        encoding="utf-8",
    )
    run("audit", str(folder / "in"), "--case", str(folder / "case"), "--rules", "practice")
    return folder


def indicator_of(folder: Path) -> str:
    rows = json.loads(run("indicators", "--case", str(folder / "case"), "--json").out)
    return str(rows[0]["indicator_id"])


def test_a_second_audit_says_the_same_of_what_was_not_read(folder: Path) -> None:
    again = run("audit", str(folder / "in"), "--case", str(folder / "case"), "--rules", "practice")
    assert "2 of them known" in again.out
    assert "Not read: 1 (custodiet status --case" in again.out
    assert again.code == 3
    as_json = json.loads(
        run("audit", str(folder / "in"), "--case", str(folder / "case"), "--rules", "practice", "--json").out
    )
    assert (as_json["known"], as_json["unread"]) == (2, 1)


@pytest.mark.parametrize(
    "arguments",
    [
        ("status",),
        ("indicators",),
        ("request",),
        ("network", "hubs"),
    ],
)
@pytest.mark.parametrize("columns", [None, 60])
def test_lines_fit_the_terminal(folder: Path, arguments: tuple[str, ...], columns: int | None) -> None:
    done = run(*arguments, "--case", str(folder / "case"), columns=columns)
    assert done.code == 0
    assert done.out.strip()
    for line in done.out.splitlines():
        assert len(line) <= (columns or 80), line


def test_an_indicator_is_cited_by_its_file_once_and_then_by_its_rows(folder: Path) -> None:
    done = run("cite", indicator_of(folder), "--case", str(folder / "case"))
    lines = done.out.splitlines()
    assert lines[0] == "log.csv"
    assert re.fullmatch("SHA-256 [0-9a-f]{64}", lines[1])
    joined = " ".join(done.out.split())
    assert joined.count("How it came: Request R-17, to Records Office of the Town of Anytown") == 1
    assert joined.count("SHA-256") == 1
    rows = [line for line in lines if re.fullmatch(r"  \w+:\d+  row [\d,]+", line)]
    assert len(rows) > 1
    assert all(len(line) <= 80 for line in lines)


def test_a_file_without_a_receipt_says_so(tmp_path: Path) -> None:
    write(tmp_path / "log.csv", log_text(2))
    case = str(tmp_path / "case")
    run("add", str(tmp_path / "log.csv"), "--case", case)
    disclosure = json.loads(run("status", "--case", case, "--json").out)["disclosures"][0]
    done = run("cite", f"{disclosure['disclosure_id']}:1", "--case", case)
    assert "How it came: no receipt" in done.out
    assert f"  {disclosure['disclosure_id']}:1  row 2" in done.out


def test_a_continued_line_hangs_and_words_stay_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    digest = "0123456789abcdef" * 4
    assert wrapped(f"short\n  a line of several words that goes on and on\n- one {digest} two") == (
        f"short\n  a line of several words that goes on\n    and on\n- one\n  {digest}\n  two"
    )


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" "), max_size=300))
def test_wrapping_loses_no_word(text: str) -> None:
    assert wrapped(text).split() == text.split()
