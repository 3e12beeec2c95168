"""The verbs rules, indicators, review and findings."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from custodiet.case import Case
from custodiet.cli import main
from custodiet.law.evaluate import evaluate_case
from tests.law.builders import NOON, fill, search

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: str | Path) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(a) for a in arguments])
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return call


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Case.open(tmp_path / "case", create=True) as case:
        fill(
            case,
            [
                search(n, at=NOON + timedelta(days=n), reason_state="blank", case_number_state="blank")
                for n in range(1, 8)
            ],
        )
        evaluate_case(case, ["practice", "patterns"])
    return tmp_path / "case"


def test_rules_are_listed_and_shown(run: Run) -> None:
    code, text, _ = run("rules", "list", "practice", "--json")
    rows = json.loads(text)
    assert code == 0
    assert {row["pack"] for row in rows} == {"practice"}
    code, page, _ = run("rules", "show", "practice.reason-left-blank")
    assert page.startswith("# Stated reason is blank or a placeholder\n")
    assert all(f"## {part}" in page for part in ("What it finds", "The law", "Examples", "How to dispute it"))
    assert json.loads(run("rules", "show", "practice.reason-left-blank", "--json")[1])["severity"] == "gap"
    code, _, error = run("rules", "show", "practice.nothing")
    assert (code, error) == (2, "custodiet: there is no rule 'practice.nothing'. See: custodiet rules list.\n")


@pytest.mark.slow
def test_rules_are_tested(run: Run, tmp_path: Path) -> None:
    code, text, _ = run("rules", "test", "patterns")
    assert code == 0
    assert text.endswith("on two evaluators, 0 rules failed.\n")
    (tmp_path / "pack.yaml").write_text("schema: custodiet/pack/1\ntypo: 1\n")
    code, _, error = run("rules", "test", tmp_path)
    assert code == 2
    allowed = "schema, id, title, jurisdiction, version, maintainers, description"
    assert f"  {tmp_path}/pack.yaml:2: typo: this key is not known here; allowed: {allowed}." in error


def test_rule_pages_are_written(run: Run, tmp_path: Path) -> None:
    code, _, _ = run("rules", "docs", "--to", tmp_path / "docs", "--schema", tmp_path / "schema", "practice")
    assert code == 0
    assert (tmp_path / "docs" / "practice" / "practice.reason-left-blank.md").is_file()
    assert "practice.reason-left-blank" in (tmp_path / "docs" / "index.md").read_text()
    assert json.loads((tmp_path / "schema" / "rule.json").read_text())["additionalProperties"] is False


def test_indicators_are_listed_without_accounts(run: Run, folder: Path) -> None:
    code, text, _ = run("indicators", "--case", folder)
    assert code == 0
    assert (
        "7 of 7 searches in the log of Riverbend CA PD (100.0 %) state no reason: the cell is blank or holds a"
        in " ".join(text.split())
    )
    assert "1 about single accounts not shown (--accounts)." in text
    rows = json.loads(run("indicators", "--case", folder, "--severity", "gap", "--json")[1])
    assert {row["severity"] for row in rows} == {"gap"}


def test_a_review_makes_a_finding(run: Run, folder: Path) -> None:
    chosen = json.loads(run("indicators", "--case", folder, "--rule", "practice.reason-left-blank", "--json")[1])[0][
        "indicator_id"
    ]
    code, text, _ = run(
        "review", chosen, "--case", folder, "--disposition", "record-accurate", "--by", "R. Viewer", "--note", "why"
    )
    assert (code, "kept as a finding" in text) == (0, True)
    assert "No response of the agency is recorded" in text
    code, text, _ = run("findings", "--case", folder)
    assert "recommendation: Not established." in text
    shown = run("indicators", chosen, "--case", folder)[1]
    assert "record-accurate by R. Viewer: why" in shown
    assert "Query:\nWITH" in shown
    assert len(json.loads(run("findings", "--case", folder, "--json")[1])) == 1


def test_a_review_without_a_reason_is_refused(run: Run, folder: Path) -> None:
    code, _, error = run("review", "i-", "--case", folder, "--disposition", "explained", "--by", "R")
    assert (code, error) == (2, "custodiet: --note: a decision needs a reason.\n")


def test_local_inputs_are_listed_and_added(run: Run, folder: Path, tmp_path: Path) -> None:
    assert "roster.csv: whether an account was on duty when it searched" in run("rules", "inputs")[1]
    path = tmp_path / "case-numbers.csv"
    path.write_text("producer,case_number\nRiverbend CA PD,25-001\n")
    assert run("rules", "inputs", path, "--case", folder)[1].startswith("case-numbers.csv: 1 row stored.")


def test_a_policy_is_made_from_a_file_of_answers(run: Run, tmp_path: Path) -> None:
    answers = tmp_path / "answers.yaml"
    answers.write_text("agency: A PD\npolicy: Policy 1\nretention_days: 30\n")
    code, text, _ = run("rules", "new-policy", "--to", tmp_path / "pack", "--answers", answers)
    assert (code, text.startswith("1 rule written to")) == (0, True)
