# ruff: noqa: E501 - tables of words, sentences and SQL read better in one line
"""The verb ``review``: record what a named person decided about an indicator."""

from __future__ import annotations

from pathlib import Path

import click

from custodiet.cli.options import case_option, json_option, print_json
from custodiet.cli.text import say
from custodiet.model.terms import Disposition


@click.command("review")
@click.argument("indicator")
@case_option
@click.option(
    "--disposition", type=click.Choice([str(d) for d in Disposition]), required=True, help="What was decided."
)
@click.option("--by", required=True, metavar="WHO", help="Name and office of who decides.")
@click.option("--note", default="", metavar="TEXT", help="Why; not kept for 'referred'.")
@click.option("--condition", metavar="TEXT", help="What is, if not the indicator's sentence.")
@click.option("--criteria", metavar="TEXT", help="What should be, if not the cited provision.")
@click.option("--cause", metavar="TEXT", help="Why the condition came about.")
@click.option("--effect", metavar="TEXT", help="What follows from it.")
@click.option("--recommendation", metavar="TEXT", help="What to do.")
@click.option("--response", metavar="TEXT", help="What the agency says.")
@click.option("--follow-up", metavar="TEXT", help="What was done since.")
@json_option
def command(
    indicator: str, case_dir: Path, disposition: str, by: str, note: str, as_json: bool, **fields: str | None
) -> None:
    """Record a decision about an INDICATOR. Decisions are added, never changed.

    record-accurate and policy-unclear keep it as a finding; the others do not.

    Example: custodiet review i-0123456789abcdef --case case --disposition explained --by "A. Auditor" --note "…"
    """
    from custodiet.case import Case
    from custodiet.law.review import KEPT, review

    given = {name: text for name, text in fields.items() if text is not None}
    with Case.open(case_dir) as case:
        decision = review(case, indicator, disposition, by, note, given)
    if as_json:
        print_json({"decision_no": decision.decision_no, "indicator_id": decision.indicator_id, "disposition": decision.disposition})  # fmt: skip
        return
    kept = "kept as a finding" if decision.disposition in [str(word) for word in KEPT] else "not a finding"
    say(f"Decision {decision.decision_no}: {decision.indicator_id} is {decision.disposition}, {kept}.")
    if kept.startswith("kept") and "response" not in given:
        say("No response of the agency is recorded; ask for an explanation before anything is published.")
