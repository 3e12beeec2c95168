"""``custodiet add``: read disclosures into a case, without rules or report."""

from __future__ import annotations

from pathlib import Path

import click

from custodiet.cli.options import case_option, json_option, print_json, steps
from custodiet.cli.text import say


@click.command("add")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@case_option
@click.option("--producer", metavar="NAME", help="Organisation whose disclosures these are.")
@click.option("--receipt", "receipts", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE",
              help="How the files came (YAML).")  # fmt: skip
@json_option
def command(paths: tuple[Path, ...], case_dir: Path, producer: str | None, receipts: Path | None, as_json: bool) -> int:
    """Read disclosures into a case.

    Example: custodiet add log.csv list.pdf --case case
    """
    from custodiet.pipeline import add

    with steps(quiet=as_json) as progress:
        added = add(paths, case_dir=case_dir, producer=producer, receipts=receipts, progress=progress)
    if as_json:
        print_json(
            {"files": added.n_files, "known": added.n_known, "disclosures": added.n_disclosures,
             "unread": added.n_unread,
             "problems": [{"code": p.code, "file": p.file_name, "where": p.where, "message": p.message}
                          for p in added.problems]}
        )  # fmt: skip
    else:
        say(f"Files: {added.n_files:,}. Disclosures added: {added.n_disclosures:,}.")
        for problem in added.problems:
            place = " ".join(part for part in (problem.file_name, problem.where) if part)
            say(f"{problem.code}: {place}: {problem.message}")
    return 3 if added.n_unread else 0
