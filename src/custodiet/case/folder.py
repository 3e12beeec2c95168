"""The folder of a case: private, with a place for what must not outlive a run.

custodiet-case/        0700
  case.duckdb          tables
  pseudonym.key        0600, outside the tables (see key.py)
  work/                spill files and extracted members; emptied at open and on exit
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from custodiet.model.errors import InputError, UsageError

DATABASE = "case.duckdb"
WORK = "work"


def create_folder(folder: Path) -> Path:
    """Make the case folder, owner-only, and return it.

    Raises:
        InputError: The path exists and is no case, or cannot be written.
    """
    try:
        if folder.exists() and not folder.is_dir():
            raise InputError("is a file, so no case can be made there.", where=str(folder))
        if folder.is_dir() and any(folder.iterdir()) and not is_case(folder):
            raise InputError(
                "is a folder with other files in it, and no case.",
                where=str(folder),
                hint="Name an empty or new folder with --case.",
            )
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise InputError(f"cannot be used as a case folder ({error.strerror}).", where=str(folder)) from None
    return folder


def is_case(folder: Path) -> bool:
    """Tell whether a folder holds a case."""
    return (folder / DATABASE).is_file()


def require_case(folder: Path) -> Path:
    """Return the folder if it holds a case.

    Raises:
        UsageError: It does not.
    """
    if not is_case(folder):
        raise UsageError("holds no case.", where=str(folder), hint="Make one with: custodiet audit PATH --case DIR")
    return folder


def fresh_work_folder(folder: Path) -> Path:
    """Empty the work folder of a case and return it."""
    work = folder / WORK
    remove_work_folder(folder)
    work.mkdir(mode=0o700)
    return work


def remove_work_folder(folder: Path) -> None:
    """Remove spill files and extracted members."""
    work = folder / WORK
    if work.is_symlink():
        work.unlink()
    elif work.exists():
        shutil.rmtree(work, onerror=_make_writable_and_retry)


def _make_writable_and_retry(_function: object, path: str, _info: object) -> None:
    Path(path).chmod(0o700)
    if Path(path).is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        os.unlink(path)  # noqa: PTH108 - the callback of rmtree gets plain strings
