"""Text for people: wrapped at the width of the terminal, safe to print.

A continued line hangs two places further in than its first. Words are never broken, so that a digest, a
path or an id can be copied; text that is a program or a file of its own (a query, a key, a page) is printed
letter by letter with ``click.echo``.
"""

from __future__ import annotations

import re
import shutil
import textwrap
from typing import Final

import click

USUAL: Final = 80
NARROWEST: Final = 40
_HANGING: Final = 2
_INDENT: Final = re.compile(r" *(?:(?:-|\d+\.) )?")


def width() -> int:
    """Return the columns of the terminal; 80 where it is not known."""
    return max(shutil.get_terminal_size((USUAL, 24)).columns, NARROWEST)


def wrapped(text: str) -> str:
    """Wrap every line of a text, keeping its indent; lines that fit stay as they are."""
    columns = width()
    return "\n".join(_wrap(line, columns) for line in text.split("\n"))


def say(text: str = "", *, err: bool = False) -> None:
    """Print text for people."""
    click.echo(wrapped(text), err=err)


def _wrap(line: str, columns: int) -> str:
    if len(line) <= columns:
        return line
    match = _INDENT.match(line)
    indent = match[0] if match else ""
    hanging = " " * (len(indent) if indent.strip() else len(indent) + _HANGING)
    made = textwrap.wrap(
        line[len(indent) :],
        columns,
        initial_indent=indent,
        subsequent_indent=hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(made)
