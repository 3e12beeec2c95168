# ruff: noqa: E501 - tables of words, sentences and SQL read better in one line
"""The verb ``findings``: list what a review kept, or carry findings forward from an earlier case."""

from __future__ import annotations

from pathlib import Path

import click

from custodiet.cli.options import case_option, json_option, print_json
from custodiet.cli.text import say
from custodiet.model.counts import counted

_PARTS = ("condition", "criteria", "cause", "effect", "recommendation", "response", "follow_up")


@click.command("findings")
@case_option
@click.option("--carry-forward", "earlier", type=click.Path(path_type=Path, file_okay=False, exists=True), metavar="DIR", help="First take the findings of an earlier case into this one.")  # fmt: skip
@json_option
def command(case_dir: Path, earlier: Path | None, as_json: bool) -> None:
    """List the indicators that a review kept: criteria, condition, cause, effect, recommendation, response, follow-up.

    Example: custodiet findings --case case
    """
    from custodiet.case import Case
    from custodiet.law.findings import carry_forward
    from custodiet.law.listing import findings

    with Case.open(case_dir) as case:
        carried = carry_forward(case, earlier) if earlier is not None else 0
        rows = findings(case)
    if as_json:
        print_json(rows)
        return
    if earlier is not None:
        say(f"{counted(carried, 'finding')} carried forward from {earlier.name}.")
    for row in rows:
        say(f"{row['indicator_id']}  [{row['severity']}]  {row['disposition']} by {row['decided_by']}")
        for part in _PARTS:
            say(f"    {part.replace('_', '-')}: {row[part]}")
    say(f"{counted(len(rows), 'finding')}.")
