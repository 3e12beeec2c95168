"""``custodiet keys``: make a key to sign bundles with, and show its public half."""

from __future__ import annotations

from pathlib import Path

import click

from custodiet.cli.options import json_option, print_json
from custodiet.cli.text import say


@click.group("keys")
def command() -> None:
    """Make a key to sign bundles with, and show its public half.

    Example: custodiet keys new signing.pem
    """


@command.command("new")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
@json_option
def new(path: Path, as_json: bool) -> None:
    """Make an Ed25519 key in a new file that only you can read, and print its public key.

    Example: custodiet keys new key.pem > key.pub.pem
    """
    from custodiet.publish.keys import make_key

    public = make_key(path)
    _print(path, public, as_json=as_json)
    say("Keep a copy of the key in a safe place: it cannot be made again.", err=True)


@command.command("show")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
@json_option
def show(path: Path, as_json: bool) -> None:
    """Print the public key of a key file."""
    from custodiet.publish.keys import load_key, public_pem

    _print(path, public_pem(load_key(path).public_key()).decode(), as_json=as_json)


def _print(path: Path, public: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"key": path, "public_key": public})
    else:
        click.echo(public, nl=False)
