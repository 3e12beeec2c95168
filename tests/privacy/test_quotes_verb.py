"""The verb ``quotes``: asked, shown masked, approved by somebody else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from custodiet.case import Case
from custodiet.cli import main
from custodiet.privacy.quotes import approved_texts
from tests.privacy.conftest import add_records, record

TEXT = "for B. Quillfeather personally"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Case.open(tmp_path / "case", create=True) as case:
        add_records(case, record("d1", 1, reason=TEXT), record("d1", 2, reason="call 555-867-5309"))
    return tmp_path / "case"


def _run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return int(ended.value.code or 0)


def test_a_quote_is_asked_for_shown_masked_approved_and_taken_back(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("--case", folder, "--by", "A. Reporter", "--why", "the wording is the point")
    assert _run("quotes", "ask", "d1:1", "reason", *asked, "--json") == 0
    (quote,) = json.loads(capsys.readouterr().out)
    assert (quote["masked"], quote["decision"], quote["decided_by"]) == ("for […] personally", "asked", None)
    assert _run("quotes", "approve", quote["quote_id"], "--case", folder, "--by", "C. Editor") == 0
    assert capsys.readouterr().out == (
        f"{quote['quote_id']}  approved by C. Editor, asked by A. Reporter: the wording\n"
        "  is the point\n"
        "  for […] personally\n"
    )
    with Case.open(folder) as case:
        assert approved_texts(case) == [TEXT]
    assert _run("quotes", "approve", quote["quote_id"], "--case", folder, "--by", "C. Editor", "--decline") == 0
    assert _run("quotes", "list", "--case", folder) == 0
    told = capsys.readouterr().out
    assert "declined by C. Editor" in told
    assert "Quillfeather" not in told
    with Case.open(folder) as case:
        assert approved_texts(case) == []


def test_refusals_have_their_exit_code_and_tell_no_text(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("--case", folder, "--by", "A. Reporter", "--why", "w")
    assert _run("quotes", "ask", "d1:2", "reason", *asked) == 4
    assert _run("quotes", "ask", "d1:9", "reason", *asked) == 2
    assert _run("quotes", "ask", "d1:1", "plate", *asked) == 2
    assert _run("quotes", "ask", "d1:1", "reason", *asked, "--json") == 0
    captured = capsys.readouterr()
    (quote,) = json.loads(captured.out)
    assert "867" not in captured.err
    assert _run("quotes", "approve", quote["quote_id"], "--case", folder, "--by", "a. reporter") == 2
    assert "somebody else" in capsys.readouterr().err


def test_a_case_without_quotes_says_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("quotes", "list", "--case", folder) == 0
    assert capsys.readouterr().out == "No quote was asked for.\n"
