"""``custodiet quotes``: let single texts leave word by word, asked for by one person and approved by another."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from custodiet.cli.options import case_option, json_option, print_json
from custodiet.cli.text import say

if TYPE_CHECKING:
    from custodiet.privacy.quotes import Quote


@click.group("quotes")
def command() -> None:
    """Ask for single texts to be published word by word, and approve them.

    Texts are shown masked; read the words in the case with "custodiet cite". Who approves is somebody else
    than who asked, and both names stand in the manifest.

    Example: custodiet quotes ask 0a1b2c3d:17 reason --case case --by "A. Reporter" --why "the wording is the point"

    Example: custodiet quotes approve 0a1b2c3d:17:reason:5e6f708192 --case case --by "C. Editor"
    """


@command.command("ask")
@click.argument("record")
@click.argument("field")
@case_option
@click.option("--by", required=True, metavar="WHO", help="Name and office of who asks.")
@click.option("--why", required=True, metavar="TEXT", help="Why the words themselves are needed; printed.")
@json_option
def ask(record: str, field: str, case_dir: Path, by: str, why: str, as_json: bool) -> None:
    """Ask for the text in FIELD of RECORD (disclosure_id:record_no) to be published as it is.

    Example: custodiet quotes ask 0a1b2c3d:17 reason --case case --by "A. Reporter" --why "the wording is the point"
    """
    from custodiet.case import Case
    from custodiet.privacy.quotes import ask_quote

    with Case.open(case_dir) as case:
        _print([ask_quote(case, record, field, by=by, reason=why, at=datetime.now(UTC))], as_json=as_json)


@command.command("approve")
@click.argument("quote")
@case_option
@click.option("--by", required=True, metavar="WHO", help="Name and office of who approves; not who asked.")
@click.option("--decline", is_flag=True, help="Decline it instead, or take an approval back.")
@json_option
def approve(quote: str, case_dir: Path, by: str, decline: bool, as_json: bool) -> None:
    """Approve a QUOTE by name; a later decision replaces an earlier one.

    Example: custodiet quotes approve 0a1b2c3d:17:reason:5e6f708192 --case case --by "C. Editor"
    """
    from custodiet.case import Case
    from custodiet.privacy.quotes import decide_quote

    with Case.open(case_dir) as case:
        _print([decide_quote(case, quote, by=by, approve=not decline, at=datetime.now(UTC))], as_json=as_json)


@command.command("list")
@case_option
@json_option
def list_(case_dir: Path, as_json: bool) -> None:
    """List all quotes, masked, with what was decided.

    Example: custodiet quotes list --case case
    """
    from custodiet.case import Case
    from custodiet.privacy.quotes import quotes

    with Case.open(case_dir) as case:
        found = quotes(case)
    _print(found, as_json=as_json)
    if not found and not as_json:
        say("No quote was asked for.")


def _print(found: list[Quote], *, as_json: bool) -> None:
    if as_json:
        print_json([asdict(quote) for quote in found])
        return
    for quote in found:
        decided = f" by {quote.decided_by}" if quote.decided_by else ""
        say(f"{quote.quote_id}  {quote.decision}{decided}, asked by {quote.asked_by}: {quote.reason}")
        say(f"  {quote.masked}")
