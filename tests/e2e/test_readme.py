"""The commands of the README, run as they stand there, on the synthetic disclosures."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
COMMANDS = [line.split("#")[0].strip() for line in re.findall(r"^    (custodiet .+)$", README, re.MULTILINE)]


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    arguments = shlex.split(command)
    assert arguments[0] == "custodiet"
    return subprocess.run(
        [sys.executable, "-m", "custodiet", *arguments[1:]], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_the_commands_of_the_readme(tmp_path: Path) -> None:
    assert run("custodiet demo disclosures", tmp_path).returncode == 0
    indicator = ""
    for command in COMMANDS:
        filled = command.replace("FOLDER", "disclosures")
        filled = filled.replace("INDICATOR", indicator).replace("NAME", "A.Auditor").replace("TEXT", "checked")
        done = run(filled, tmp_path)
        # The synthetic set holds one damaged file on purpose: 3 says so.
        assert done.returncode in ((0, 3) if " audit " in f"{command} " else (0,)), (filled, done.stderr)
        assert "Traceback" not in done.stderr
        if command.startswith("custodiet audit"):
            listed = json.loads(run("custodiet indicators --case case --json", tmp_path).stdout)
            rows = listed["indicators"] if isinstance(listed, dict) else listed
            indicator = rows[0]["indicator_id"]
    assert len(COMMANDS) >= 8
    assert (tmp_path / "report" / "index.html").is_file()
    assert json.loads(run("custodiet findings --case case --json", tmp_path).stdout)


@pytest.mark.slow
def test_auditing_again_changes_nothing(tmp_path: Path) -> None:
    run("custodiet demo disclosures", tmp_path)
    run("custodiet audit disclosures --case case --report first", tmp_path)
    before = run("custodiet indicators --case case --json", tmp_path).stdout
    second = run("custodiet audit disclosures --case case --report second", tmp_path)
    assert second.returncode in (0, 3)
    assert run("custodiet indicators --case case --json", tmp_path).stdout == before
    pages = [(tmp_path / name / "index.html").read_bytes() for name in ("first", "second")]
    assert pages[0] == pages[1]


def test_setting_up_refuses_an_unknown_command() -> None:
    done = subprocess.run([sys.executable, str(REPOSITORY / "start.py")], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "start.py demo" in done.stdout
