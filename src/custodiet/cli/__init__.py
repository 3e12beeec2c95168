"""The command line: one file a verb, arguments in, text out, no logic.

Verbs are imported only when they are called, so that ``--help`` is quick.
"""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from pathlib import Path
from typing import Final

import click

from custodiet import __version__
from custodiet.model.errors import CustodietError, PackError

# Apart from the exit codes of the contract: the program itself is at fault.
FAULT: Final = 70

VERBS: Final[dict[str, str]] = {
    "audit": "Read disclosures, apply the rules, and write a report.",
    "add": "Read disclosures into a case.",
    "status": "Show what a case holds: rows read, stored and not read.",
    "export": "Write a table of a case to Parquet, CSV or JSON lines.",
    "indicators": "List what the rules found.",
    "cite": "Show the rows of the originals behind an indicator or a record.",
    "review": "Record what a named person decided about an indicator.",
    "findings": "List the indicators that a review kept.",
    "classify": "Label stated reasons with purposes.",
    "rules": "List, show, test and document the rules.",
    "network": "Ask who can reach whose data, and what would unplug it.",
    "request": "Draft the records request for what is missing.",
    "quotes": "Ask for single texts to be published word by word, and approve them.",
    "publish": "Write a bundle that anyone can verify.",
    "verify": "Check a bundle against its manifest and the originals.",
    "keys": "Make a key to sign bundles with.",
    "demo": "Write a small synthetic set of disclosures.",
}


class _Verbs(click.Group):
    """A group whose commands are loaded when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - signature of click
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - the signature is that of click
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(f"custodiet.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - the signature is that of click
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="custodiet")
def application() -> None:
    """Audit how government shares and searches personal data.

    Start with: custodiet demo disclosures, then
    custodiet audit disclosures --report report
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and end the process with the exit code of the contract."""
    try:
        code = application.main(args=arguments, prog_name="custodiet", standalone_mode=False)
    except CustodietError as error:
        click.echo(f"custodiet: {error}", err=True)
        if isinstance(error, PackError):
            for fault in error.faults:
                click.echo(f"  {fault}", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        click.echo("custodiet: stopped; the case is as it was before or after the file at hand.", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        if os.environ.get("CUSTODIET_TRACEBACK"):
            raise
        # The message of a foreign error may repeat a cell: only its kind and place are told.
        place = traceback.extract_tb(error.__traceback__)[-1]
        click.echo(
            f"custodiet: a fault of the program: {type(error).__name__} in {Path(place.filename).name}:{place.lineno}. "
            "The step at hand was not stored. CUSTODIET_TRACEBACK=1 shows more, and may show cells of your files.",
            err=True,
        )
        sys.exit(FAULT)
    sys.exit(code if isinstance(code, int) else 0)
