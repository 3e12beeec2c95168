"""``custodiet publish``: write a bundle that anyone can verify."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from custodiet.cli.options import case_option, json_option, print_json, steps
from custodiet.cli.text import say
from custodiet.model.bundle import UNLISTED
from custodiet.model.counts import counted

if TYPE_CHECKING:
    from custodiet.publish.bundle import Published


@click.command("publish")
@case_option
@click.option("--to", required=True, type=click.Path(path_type=Path), metavar="DIR", help="A new or empty folder.")
@click.option("--name", required=True, metavar="NAME", help="Name of the publication; keys its pseudonyms.")
@click.option("--sign", type=click.Path(path_type=Path), metavar="KEY", help="Key file made by: custodiet keys new.")
@click.option("--name-accounts", metavar="REASON", help="Show account names as disclosed; the reason is printed.")
@click.option("--add-account-results", "added", multiple=True, metavar="RULE=REASON",
              help="Add results about single accounts of one rule; may be repeated.")  # fmt: skip
@click.option("--rules", "packs", multiple=True, metavar="PACK", help="Folder of a rule pack whose texts are added.")
@json_option
def command(
    case_dir: Path, to: Path, name: str, sign: Path | None, name_accounts: str | None, added: tuple[str, ...],
    packs: tuple[str, ...], as_json: bool,
) -> int:  # fmt: skip
    """Write a bundle: report, tables, claim sheet, proofs and manifest, all of it or nothing.

    Example: custodiet publish --case case --to published --name "First release" --sign key.pem
    """
    from custodiet.case import Case
    from custodiet.publish.bundle import Options, write_bundle

    results = dict(_rule_and_reason(text) for text in added)
    options = Options(name, sign, name_accounts, results, packs)
    with Case.open(case_dir) as case, steps(quiet=as_json) as progress:
        published = write_bundle(case, to, options, progress=progress)
    if as_json:
        print_json(asdict(published))
        return 0
    say(
        f"Published as “{published.name}” in {published.folder}: {_files(published)};"
        f" {counted(published.n_claims, 'number')} on the claim sheet,"
        f" {counted(published.n_cited, 'cited row')} with proof."
    )
    if published.signed_by:
        say(f"Signed with key {published.signed_by}. Tell readers this key elsewhere than in the bundle.")
    else:
        say("Not signed: readers can tell accidents, but not who published it (--sign KEY).")
    if not published.has_report:
        say("The bundle holds no report.")
    return 0


def _files(published: Published) -> str:
    """Write how many files a bundle has, and which lie beside those that the manifest names."""
    beside = [name for name in UNLISTED if (published.folder / name).is_file()]
    return f"{counted(published.n_files, 'file')} named in the manifest, and beside them {', '.join(beside)}"


def _rule_and_reason(text: str) -> tuple[str, str]:
    rule, sign, reason = text.partition("=")
    if not sign or not reason.strip():
        raise click.BadParameter(f"'{rule}' needs a reason: RULE=REASON.", param_hint="--add-account-results")
    return rule.strip(), reason.strip()
