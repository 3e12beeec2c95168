"""``custodiet demo``: a small synthetic set of disclosures to try things on."""

from __future__ import annotations

from pathlib import Path

import click

from custodiet.cli.options import json_option, print_json
from custodiet.cli.text import say
from custodiet.model.errors import InputError


@click.command("demo")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@json_option
def command(folder: Path, as_json: bool) -> int:
    """Write a small synthetic set of disclosures; every name and number in it is invented.

    Example: custodiet demo disclosures
    """
    from custodiet.demo import write_demo

    try:
        written = write_demo(folder)
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror}).", where=str(folder)) from None
    if as_json:
        print_json([{"path": str(item.path), "what": item.what} for item in written])
        return 0
    for item in written:
        say(f"{item.path}: {item.what}")
    say(f"Next: custodiet audit {folder} --report report")
    return 0
