"""The verb ``export``: write a table of a case to a file."""

from __future__ import annotations

from pathlib import Path

import click

from custodiet.cli.options import case_option, json_option, print_json
from custodiet.cli.text import say
from custodiet.model.counts import counted


@click.command("export")
@click.argument("table")
@case_option
@click.option(
    "--to",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="File to write: .parquet, .csv or .jsonl.",
)
@click.option(
    "--internal",
    is_flag=True,
    help="The case's own view, marked so: accounts and text as disclosed, plates pseudonymous. Not for publication.",
)
@click.option(
    "--publication",
    default="export",
    show_default=True,
    metavar="NAME",
    help="Name that account pseudonyms are bound to.",
)
@json_option
def command(table: str, case_dir: Path, to: Path, internal: bool, publication: str, as_json: bool) -> None:
    """Write TABLE as it would be published: no plates, account pseudonyms, allow-listed words, times by the hour.

    Example: custodiet export records --case case --to records.parquet
    """
    from custodiet.publish.export import export_table

    done = export_table(case_dir, table, to, internal=internal, publication=publication)
    if internal:
        say(
            f"{done.path.name} is internal: it names accounts and holds text as disclosed. Do not publish it.", err=True
        )
    if as_json:
        print_json({"file": str(done.path), "table": table, "n_rows": done.n_rows, "internal": done.internal})
        return
    say(f"{counted(done.n_rows, 'row')} of {table} written to {done.path}.")
