"""``custodiet cite``: the rows of the originals behind an indicator or a record."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from custodiet.cli.options import case_option, json_option, print_json


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
    for citation in citations:
        click.echo(f"{citation.record}  {citation}")
    if n_all > len(citations):
        click.echo(f"… and {n_all - len(citations):,} more rows (--limit 0 shows all)")
    return 0
