"""``custodiet verify``: check a bundle against its manifest, its signature, its proofs, and the originals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from custodiet.cli.options import json_option, print_json
from custodiet.cli.text import say
from custodiet.model.counts import counted

if TYPE_CHECKING:
    from custodiet.case import Case
    from custodiet.verify import Verdict


@click.command("verify")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--original", "originals", multiple=True, type=click.Path(path_type=Path, exists=True, dir_okay=False),
              metavar="FILE", help="An original to read again; may be repeated.")  # fmt: skip
@click.option("--key", type=click.Path(path_type=Path), metavar="PUBLIC", help="Public key of the publisher (PEM).")
@json_option
def command(folder: Path, originals: tuple[Path, ...], key: Path | None, as_json: bool) -> int:
    """Check a bundle. No case is needed. Exit code 4 when anything is not as it should be.

    Example: custodiet verify published --key publisher.pub.pem --original log.csv
    """
    from custodiet.case.foreign_sql import count_in
    from custodiet.verify import verify_bundle

    verdict = verify_bundle(folder, key=key, run_sql=lambda queries: count_in(folder, queries))
    if originals:
        with verdict.guard("originals.json"):
            _compare(folder, originals, verdict)
    if as_json:
        print_json(verdict.to_json())
    else:
        _print(verdict)
    return 0 if verdict.verified else 4


def _compare(folder: Path, originals: tuple[Path, ...], verdict: Verdict) -> None:
    from custodiet import __version__
    from custodiet.publish.originals import given_files, other_rules, packs_that_ran, reread_originals
    from custodiet.verify import GivenOriginal, compare_originals, compare_published, match_originals, obstacles

    if not verdict.verified:
        verdict.not_checked.append("The originals were not read, because the bundle itself is not what it should be.")
        return
    given = given_files(originals)
    found = match_originals(folder, [GivenOriginal(name, size, sha256) for _, name, size, sha256 in given], verdict)
    files = {sha256: path for path, _, _, sha256 in given if sha256 in found}
    if not files:
        return
    against = obstacles(folder, files, __version__)
    if not against and (others := other_rules(folder)):
        against = [f"rules were run that do not come with the program, or not as they are here ({len(others):,})"]
    if against:
        verdict.not_checked.append(f"Searches and indicators were not derived anew: {'; '.join(against)}.")
    derive = None if against else _derivation(packs_that_ran(folder))
    again = reread_originals(folder, files, derive)
    compare_originals(folder, again.tables, files, verdict)
    compare_published(folder, again.outward, verdict, whole=not against)


def _derivation(packs: list[str]) -> Callable[[Case], None]:
    from custodiet.pipeline import evaluate, interpret

    def derive(case: Case) -> None:
        interpret(case)
        evaluate(case, packs)

    return derive


def printable(text: str) -> str:
    """Write what does not print, or ends a line, as an escape: names in a bundle must not make lines of their own."""
    return "".join(sign if sign.isprintable() else _escaped(sign) for sign in text)


def _escaped(sign: str) -> str:
    return sign.encode("unicode_escape", "surrogatepass").decode()


def _print(verdict: Verdict) -> None:
    for sentence in (*verdict.checked, *verdict.originals):
        say(printable(sentence))
    for sentence in verdict.not_checked:
        say(printable(f"Not checked: {sentence}"))
    for fault in verdict.faults:
        say(printable(f"{fault.code}: {fault.where}: {fault.message}"))
    if not verdict.verified:
        say(f"NOT VERIFIED: {counted(len(verdict.faults), 'fault')}.")
    elif verdict.signed_by is None:
        say("Verified, but NOT SIGNED: whoever gave you this folder could have made all of it.")
    elif verdict.key_compared:
        say(f"Verified. Signed with the key you gave ({verdict.signed_by}).")
    else:
        say(f"Verified. Signed with key {verdict.signed_by}.")
        say("That key was NOT COMPARED with one you trust: give the publisher's with --key.")
