"""Write one table of a case to a file: as it would be published, or the case's own view, marked so."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from custodiet.case import Case
from custodiet.model.errors import UsageError
from custodiet.model.tables import CONTRACT_TABLES
from custodiet.privacy.publication import Publication
from custodiet.privacy.tables import outward_table
from custodiet.publish.tables import write_table, writer_of

DEFAULT_PUBLICATION: Final = "export"
_MARK: Final = "internal"


@dataclass(frozen=True, slots=True)
class Exported:
    """Say what was written.

    Attributes:
        path: The file.
        n_rows: Rows in it.
        internal: It is the case's own view.
    """

    path: Path
    n_rows: int
    internal: bool


def export_table(
    case_dir: Path,
    table: str,
    to: Path,
    *,
    internal: bool = False,
    publication: str = DEFAULT_PUBLICATION,
) -> Exported:
    """Write a contract table of a case to Parquet, CSV or JSON lines.

    Args:
        case_dir: Folder of the case.
        table: Name of a contract table.
        to: The file; its ending says the form. CSV and JSON lines have no place for a mark, so
            the case's own view goes to ``NAME.internal.csv``.
        internal: Give the case's own view: accounts and text as disclosed, plates pseudonymous.
        publication: Name that the pseudonyms are bound to.

    Raises:
        UsageError: There is no such table, case or form, or the file cannot be written.
    """
    if table not in CONTRACT_TABLES:
        raise UsageError("is no table of a case.", where=table, hint=f"Tables: {', '.join(sorted(CONTRACT_TABLES))}.")
    writer_of(to)
    with Case.open(case_dir) as case:
        if internal:
            target, marked, rows = _marked_name(to), _MARK, case.read(table)
        else:
            target, marked = to, f"published {publication}"
            rows = outward_table(Publication(case, publication), table)
    write_table(rows, target, marked=marked)
    return Exported(target, rows.num_rows, internal)


def _marked_name(path: Path) -> Path:
    if path.suffix.lower() == ".parquet" or _MARK in path.stem.lower():
        return path
    return path.with_name(f"{path.stem}.{_MARK}{path.suffix}")
