"""``custodiet cite``: the rows of the originals behind an indicator or a record."""

from __future__ import annotations

from dataclasses import asdict
from itertools import groupby
from pathlib import Path

import click

from custodiet.cli.options import case_option, json_option, print_json
from custodiet.cli.text import say
from custodiet.model.citation import Citation
from custodiet.model.counts import counted


@click.command("cite")
@click.argument("target", metavar="INDICATOR_OR_RECORD")
@case_option
@click.option("--limit", default=50, show_default=True, help="Rows shown of an indicator; 0 for all.")
@json_option
def command(target: str, case_dir: Path, limit: int, as_json: bool) -> int:
    """Show the rows of the originals behind an indicator or a record.

    Example: custodiet cite d0123456789ab:17 --case case
    """
    from custodiet.pipeline import cite

    citations, n_all = cite(case_dir, target, limit or None)
    if as_json:
        print_json({"target": target, "n_rows": n_all, "citations": [asdict(citation) for citation in citations]})
        return 0
    for source, rows in groupby(citations, key=_source):
        say("\n".join(source))
        for row in rows:
            say(f"  {row.record}  {_place(row)}")
    if n_all > len(citations):
        say(f"… and {counted(n_all - len(citations), 'more row')} (--limit 0 shows all)")
    return 0


def _source(citation: Citation) -> tuple[str, ...]:
    """Name the original once for all of its rows: file, digest, and how it came."""
    name = ", ".join(
        part
        for part in (citation.file_name, citation.member, f"sheet {citation.sheet}" if citation.sheet else "")
        if part
    )
    return name, f"SHA-256 {citation.member_sha256}", f"How it came: {citation.receipt or 'no receipt'}"


def _place(citation: Citation) -> str:
    page = f"page {citation.page:,}" if citation.page else ""
    row = f"row {citation.row:,}" if citation.row else ""
    return ", ".join(part for part in (page, row) if part) or "the table as a whole"
