"""Exit codes of the command line, and that a fault of the program repeats no cell."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.intake.builders import log_text, write


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "custodiet", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


def test_nothing_to_read_is_refused_before_a_case_is_made(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for given in ("missing", "empty"):
        done = run(tmp_path, "add", given, "--case", "case")
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "case").exists()


def test_a_missing_file_beside_a_good_one_is_a_problem(tmp_path: Path) -> None:
    write(tmp_path / "good.csv", log_text(2))
    assert run(tmp_path, "add", "missing.csv", "good.csv", "--case", "case").returncode == 3
    status = run(tmp_path, "status", "--case", "case")
    assert "Not read: missing.csv" in status.stdout
    assert "records 2" in status.stdout


def test_a_fault_of_the_program_has_a_code_of_its_own_and_repeats_nothing(tmp_path: Path) -> None:
    script = (
        "import custodiet.cli.status as status\n"
        "def fail(*_args, **_kw):\n    raise ValueError('QX77ZZT')\n"
        "status.command.callback = fail\n"
        "from custodiet.cli import main\nmain(['status'])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 70
    assert "ValueError" in done.stderr
    assert "QX77ZZT" not in done.stderr
