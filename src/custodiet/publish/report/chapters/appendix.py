"""The way back: every file with its digest, every number of the brief with its query, the command, the versions."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator
from typing import Final

from custodiet import __version__
from custodiet.publish.figures.reading import file_id
from custodiet.publish.report.document import (
    Bullets,
    Cell,
    Chapter,
    Code,
    Column,
    Fixed,
    Folded,
    Heading,
    Pairs,
    Part,
    Stated,
    capped,
)
from custodiet.publish.report.source import Measure, Source
from custodiet.publish.report.wording import counted

FILES: Final = 1_500
# Claim of each number of the brief; totals of tables have their own.
_CLAIMS: Final = {
    "rules": "figure.rules",
    "rules_that_apply": "figure.rules.applied",
    "files": "figure.files",
    "unread": "figure.unread",
    "rows": "figure.rows",
    "other_rows": "figure.rows.others",
    "not_stored": "figure.rows.not-stored",
    "ambiguous": "figure.basis.ambiguous",
    "repeated_rows": "figure.basis.repeated-row",
    "shares": "figure.pairs",
    "pages": "figure.pages",
    "page_producers": "figure.page-producers",
}
_TOTALS: Final = ("disclosures", "records", "searches")
LIBRARIES: Final = ("duckdb", "ibis-framework", "pyarrow", "pypdfium2", "python-calamine", "lxml")


def chapters(source: Source) -> Iterator[Chapter]:
    """Give the appendix."""
    parts: list[Part] = [_files(source), *_measures(source), *_again(source)]
    yield Chapter("appendix", "Appendix: files, numbers, reproduction", tuple(parts))


def _files(source: Source) -> Part:
    files: dict[str, tuple[str, int, int, str | None]] = {}
    for row in source.disclosures:
        name, tables, rows, receipt = files.get(row["sha256"], (row["file_name"] or "", 0, 0, row["receipt"]))
        files[row["sha256"]] = (name, tables + 1, rows + (row["n_rows_read"] or 0), receipt)
    lines: list[tuple[Cell, ...]] = [
        (
            name,
            source.figure(file_id(digest, "tables"), tables),
            source.figure(file_id(digest, "rows"), rows),
            Fixed(digest, anchor=f"file-{digest[:12]}"),
            receipt or "no receipt",
        )
        for digest, (name, tables, rows, receipt) in sorted(files.items(), key=lambda item: (item[1][0], item[0]))
        if digest
    ]
    return capped(
        "Files that were read",
        (
            Column("File"),
            Column("Tables", numeric=True),
            Column("Rows and statements", numeric=True),
            Column("SHA-256"),
            Column("How it came"),
        ),
        lines,
        most=FILES,
        more="the manifest of the bundle, or custodiet status",
    )


def _measures(source: Source) -> list[Part]:
    lines: list[tuple[Cell, ...]] = [
        (item.meaning, _claimed(source, item), Fixed(item.sql)) for item in source.measures.values()
    ]
    table = capped(
        "Numbers of the brief and of the prose, and plain SQL that gives them again on the tables of the case",
        (Column("What is counted"), Column("Number", numeric=True), Column("Query")),
        lines,
        most=len(lines),
    )
    return [Heading("Numbers of the brief"), Folded(f"{counted(len(lines), 'number')} and their queries", (table,))]


def _claimed(source: Source, item: Measure) -> Cell:
    """Give a number of the brief with its claim: the total of a table, or a figure."""
    if item.name not in _TOTALS:
        return source.figure(_CLAIMS.get(item.name, item.name), item.value)
    total = source.total(item.name, item.value)
    return total if isinstance(total, Stated) else item.value


def _again(source: Source) -> list[Part]:
    rules = source.case.rows("SELECT DISTINCT rule_id, rule_version FROM outcomes ORDER BY 1, 2")
    versions = [("custodiet", __version__), *((name, importlib.metadata.version(name)) for name in LIBRARIES)]
    parts: list[Part] = [
        Heading("To make this report again"),
        Code(
            "custodiet audit FILES --case CASE --report REPORT",
            label="With the files listed above, and their receipts, in a folder FILES:",
        ),
        Pairs(tuple((name, Fixed(version)) for name, version in versions)),
    ]
    if rules:
        parts.append(
            Folded(
                f"Versions of {counted(len(rules), 'rule')}",
                (Bullets(tuple(f"{rule} {version}" for rule, version in rules)),),
            )
        )
    return parts
