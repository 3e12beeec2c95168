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
        to: The file; its ending says the form. CSV and JSON lines have no place for a mark, so a
            note ``FILE.internal.txt`` is laid beside the case's own view.
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
            marked, rows = _MARK, case.read(table)
        else:
            marked = f"published {publication}"
            rows = outward_table(Publication(case, publication), table)
    write_table(rows, to, marked=marked)
    _mark_beside(to, table, internal=internal)
    return Exported(to, rows.num_rows, internal)


def _mark_beside(path: Path, table: str, *, internal: bool) -> None:
    """Lay a note beside the case's own view, and take away the one of an earlier export of that name."""
    note = path.with_name(f"{path.name}.{_MARK}.txt")
    if internal:
        note.write_text(f"{path.name} is the case's own view of {table}. It is internal: do not publish it.\n")
    else:
        note.unlink(missing_ok=True)
