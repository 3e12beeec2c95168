# ruff: noqa: E501 - tables of words, sentences and SQL read better in one line
"""The verb ``indicators``: list what the rules found, or show one with its panel and query."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from custodiet.cli.options import case_option, json_option, print_json
from custodiet.cli.text import say
from custodiet.model.counts import counted
from custodiet.model.terms import Severity


@click.command("indicators")
@click.argument("indicator", required=False)
@case_option
@click.option("--rule", metavar="ID", help="Only this rule, or rules whose id begins so.")
@click.option("--severity", type=click.Choice([str(s) for s in Severity]), help="At least this severity.")
@click.option("--accounts", is_flag=True, help="Include results about single accounts: for the case's reviewers.")
@json_option
def command(
    indicator: str | None,
    case_dir: Path,
    rule: str | None,
    severity: str | None,
    accounts: bool,
    as_json: bool,
) -> None:
    """List what the rules found; with an INDICATOR id, show it in full.

    Example: custodiet indicators --case case --severity gap
    """
    from custodiet.case import Case
    from custodiet.law import listing

    with Case.open(case_dir) as case:
        if indicator is not None:
            shown = listing.one(case, indicator)
            print_json(shown) if as_json else _show(shown)
            return
        rows, hidden = listing.indicators(case, rule=rule, severity=severity, accounts=accounts)
    if as_json:
        print_json(rows)
        return
    for row in rows:
        state = f" ({row['disposition']})" if row["disposition"] else ""
        say(f"{row['indicator_id']}  [{row['severity']}]  {row['statement']}{state}")
    told = f" {hidden:,} about single accounts not shown (--accounts)." if hidden else ""
    order = " In the order of the report: one of each rule before the second of any." if len(rows) > 1 else ""
    say(f"{counted(len(rows), 'indicator')}.{order}{told}")


def _show(row: dict[str, Any]) -> None:
    say(f"{row['indicator_id']}  [{row['severity']}]  {row['citation']}\n\n{row['statement']}\n")
    say(
        f"Evaluated: {row['denominator']:,}. Not evaluable: {row['n_not_evaluable']:,}. Evidence rows: {row['n_evidence']:,}."
    )
    for caveat in row["caveats"]:
        say(f"- {caveat}")
    panel = json.loads(row["sensitivity"])
    say(f"\nUnder other definitions (headline: {panel['headline']['label']}, {panel['headline']['count']:,}):")
    for other in panel["alternatives"]:
        say(f"  {other['count']:>9,}  {other['label']}")
    for label in panel["flips"]:
        say(f"  Nothing is left to claim under: {label}.")
    for title, decisions in (("Decisions", row["decisions"]), ("Earlier decisions, on other evidence, not applied", row["earlier_decisions"])):  # fmt: skip
        if decisions:
            say(f"\n{title}:")
            for item in decisions:
                say(f"  {item['decided_at']:%Y-%m-%d} {item['disposition']} by {item['decided_by']}: {item['note']}")
    # Letter by letter, so that it can be copied and run.
    click.echo(f"\nQuery:\n{row['query']}")
