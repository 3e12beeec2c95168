"""Set up custodiet from nothing and run it: ``python3 start.py demo`` or ``python3 start.py test``.

Needs Python 3.11 or later and nothing else. Makes a virtual environment in .venv,
installs the locked dependencies into it, and then

* ``demo``: writes a small synthetic set of disclosures, audits it, and names the report;
* ``test``: runs the checks and tests that every change must pass (``test --slow``: only the long ones);
* ``shell``: only sets up, and says how to call custodiet.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
LOCKS = {"run": ROOT / "requirements.txt", "test": ROOT / "requirements-dev.txt"}


def main(arguments: list[str]) -> int:
    """Carry out one command and return its exit code."""
    command = arguments[0] if arguments else ""
    if command not in ("demo", "test", "shell"):
        print(__doc__)
        return 2
    if sys.version_info < (3, 11):  # noqa: UP036 - the one file that an older Python may be given
        print(f"custodiet needs Python 3.11 or later; this is {sys.version.split()[0]}. Nothing was installed.")
        return 2
    python = set_up("test" if command == "test" else "run")
    if command == "demo":
        return demo(python)
    if command == "test":
        return test(python, arguments[1:])
    print(f"Ready: {python} -m custodiet --help")
    print(f"To call it by its name: {_activation()}")
    return 0


def set_up(purpose: str) -> Path:
    """Make the environment, or bring it up to date with the lock file, and return its Python."""
    python = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        print("Making a virtual environment in .venv …", flush=True)
        venv.create(ENVIRONMENT, with_pip=True)
    lock = LOCKS[purpose]
    wanted = hashlib.sha256(lock.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    stamp = ENVIRONMENT / f"installed-{purpose}"
    if stamp.exists() and stamp.read_text() == wanted:
        return python
    print("Installing the locked dependencies (a minute or two the first time) …", flush=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "-r", str(lock)], check=True)
    subprocess.run([*pip, "--no-deps", "--editable", str(ROOT)], check=True)
    stamp.write_text(wanted)
    return python


def demo(python: Path) -> int:
    """Write synthetic disclosures, audit them, and name the report."""
    folder = ROOT / "demo"
    run = [str(python), "-m", "custodiet"]
    subprocess.run([*run, "demo", str(folder / "disclosures")], check=True)
    audit = [*run, "audit", str(folder / "disclosures")]
    audit += ["--case", str(folder / "case"), "--report", str(folder / "report")]
    code = subprocess.run(audit, check=False).returncode
    # 3 says that some inputs could not be read: the demo has such files on purpose.
    if code not in (0, 3):
        return code
    print("One of these files is damaged on purpose, and told as not read.")
    print(f"To call custodiet by its name: {_activation()}")
    return 0


def _activation() -> str:
    """Say how a shell is told of the environment."""
    return rf"{ENVIRONMENT.name}\Scripts\activate" if os.name == "nt" else f". {ENVIRONMENT.name}/bin/activate"


def test(python: Path, options: list[str]) -> int:
    """Run formatter, linter, type checker, import contract and tests; stop at the first that fails."""
    tests = ["-m", "pytest", "-n", "2"]
    checks = [
        ["-m", "ruff", "format", "--check", "--quiet", "."],
        ["-m", "ruff", "check", "--quiet", "."],
        ["-m", "mypy"],
        ["-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        tests,
    ]
    if "--slow" in options:
        checks = [[*tests, "-m", "slow"]]
    for check in checks:
        print("→", check[1].split("import ")[-1], *check[2:4], flush=True)
        code = subprocess.run([str(python), *check], cwd=ROOT, check=False).returncode
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
