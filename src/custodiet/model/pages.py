"""Write the reference pages that the model itself decides: tables, problems, exit codes.

python -m custodiet.model.pages docs
"""

from __future__ import annotations

import sys
from pathlib import Path

from custodiet.model.errors import CustodietError
from custodiet.model.problems import PROBLEM_CODES
from custodiet.model.tables import CONTRACT_TABLES

_LEAVES = {
    "keep": "as it is",
    "pseudonym": "pseudonym of the publication",
    "words": "allow-listed words only",
    "words-json": "allow-listed words only, in each text of the object",
    "name": "last part of the path",
    "hour": "coarsened to the hour",
    "never": "stays in the case",
}


def tables_page() -> str:
    """Describe every table of the contract: grain, columns, types, and how each column leaves the case."""
    lines = ["# Tables", "", "Made from `model/tables.py`. Times are UTC, microseconds. Counts are whole numbers.", ""]
    for table in CONTRACT_TABLES.values():
        lines += [f"## {table.name}", "", f"One row per {table.grain}; ordered by {', '.join(table.order)}.", ""]
        lines += ["| column | type | meaning | when published |", "|---|---|---|---|"]
        lines += [f"| {c.name} | {c.type} | {c.meaning} | {_LEAVES[c.leaves]} |" for c in table.columns]
        lines.append("")
    return "\n".join(lines)


def problems_page() -> str:
    """Describe every problem code: what it means, what to do, and whether something stayed unread."""
    lines = [
        "# Problems",
        "",
        "Made from `model/problems.py`. A problem is stored and counted, never silent. A run in which something stayed",
        "unread ends with exit code 3.",
        "",
        "| code | what it means | what to do | unread |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {item.code} | {item.meaning} | {item.mend} | {'yes' if item.unread else ''} |"
        for item in PROBLEM_CODES.values()
    ]
    return "\n".join([*lines, ""])


def errors_page() -> str:
    """Describe every error that ends a run, with its exit code."""
    lines = [
        "# Errors and exit codes",
        "",
        "Made from `model/errors.py`. 0 done · 1 indicators at or above the asked severity exist (only with",
        "`--fail-on`; 1 beats 3) · 3 done, but some inputs could not be read · 70 the program itself is at fault.",
        "The others:",
        "",
        "| error | exit code | what it means |",
        "|---|---|---|",
    ]
    for leaf in sorted(CustodietError.__subclasses__(), key=lambda item: item.slug):
        meaning = (leaf.__doc__ or "").strip().splitlines()[0]
        lines.append(f"| {leaf.slug} | {leaf.exit_code} | {meaning} |")
    return "\n".join([*lines, ""])


PAGES = {"tables.md": tables_page, "problems.md": problems_page, "errors.md": errors_page}


def main(folder: Path) -> None:
    """Write all pages into a folder."""
    for name, render in PAGES.items():
        (folder / name).write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
