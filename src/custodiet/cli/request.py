"""``custodiet request``: draft the letters that ask for what is missing."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from custodiet.cli.options import case_option, json_option, print_json
from custodiet.cli.text import say
from custodiet.model.counts import counted
from custodiet.model.errors import InputError


@click.command("request")
@case_option
@click.option("--producer", metavar="NAME", help="Only this organisation.")
@click.option("--to", "folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="Write one letter per organisation there instead of printing.")  # fmt: skip
@json_option
def command(case_dir: Path, producer: str | None, folder: Path | None, as_json: bool) -> int:
    """Draft the records request for what is missing.

    Example: custodiet request --case case --to letters
    """
    from custodiet.pipeline import request_letters

    letters = request_letters(case_dir, producer)
    if as_json:
        print_json(
            [
                {"producer": item.producer, "custodian": item.custodian, "gaps": [asdict(gap) for gap in item.gaps]}
                for item in letters
            ]
        )
        return 0
    if not letters:
        say("Nothing that can be told from these records is missing.")
    for item in letters:
        if folder is None:
            say(item.text)
            continue
        path = folder / f"{item.slug}.md"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                file.write(item.text)
        except FileExistsError:
            raise InputError("is there already.", where=str(path), hint="Move it away; it was not changed.") from None
        except OSError as error:
            raise InputError(f"cannot be written ({error.strerror}).", where=str(path)) from None
        say(f"{path}: {counted(len(item.gaps), 'thing')} asked for")
    return 0
