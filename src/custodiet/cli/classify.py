"""``custodiet classify``: label stated reasons with purposes and show the words behind each label."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from custodiet.cli.text import say
from custodiet.model.errors import InputError, UsageError

if TYPE_CHECKING:
    from custodiet.resolve.purposes import Purposes

_BLOCK = 50_000


@click.command("classify")
@click.argument("texts", nargs=-1, metavar="[TEXT ...]")
@click.option("--file", "file_name", metavar="FILE", help="Read one text a line; - reads standard input.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def command(texts: tuple[str, ...], file_name: str | None, as_json: bool) -> int:
    """Label stated reasons with purposes.

    Example: custodiet classify "stolen vehicle" "inv 26-01234"
    """
    from custodiet.resolve.purposes import classify_many

    if not texts and file_name is None:
        raise UsageError("There is no text to label.", hint="Give texts, or --file FILE with one text a line.")
    for block in _blocks(texts, file_name):
        for result in classify_many(block):
            if as_json:
                click.echo(json.dumps(_as_object(result), ensure_ascii=False))
            else:
                say(_as_text(result))
    return 0


def _blocks(texts: Iterable[str], file_name: str | None) -> Iterator[list[str]]:
    block = list(texts)
    if file_name is not None:
        for line in _lines(file_name):
            block.append(line)
            if len(block) == _BLOCK:
                yield block
                block = []
    if block:
        yield block


def _lines(file_name: str) -> Iterator[str]:
    if file_name == "-":
        yield from (line.decode("utf-8", "replace").rstrip("\r\n") for line in sys.stdin.buffer)
        return
    try:
        with Path(file_name).open(encoding="utf-8-sig", errors="replace", newline="\n") as lines:
            yield from (line.rstrip("\r\n") for line in lines)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}.", where=file_name, hint="Give a text file.") from None


def _as_object(result: Purposes) -> dict[str, object]:
    found: dict[str, object] = {
        "text": _printable(result.text),
        "labels": list(result.labels),
        "matches": [
            {
                "label": match.label,
                "span": _printable(match.span),
                "start": match.start,
                "end": match.end,
                "entry": match.entry,
                "confidence": match.confidence,
            }
            for match in result.matches
        ],
    }
    if result.cut:
        found["note"] = "Only the beginning of the text was read; the rest is over the limit of length."
    return found


def _as_text(result: Purposes) -> str:
    lines = [f"{_one_line(result.text)}: {', '.join(result.labels)}"]
    lines += [f"    {match.label}  {_one_line(match.span)!r}  {match.entry}" for match in result.matches]
    if result.cut:
        lines.append("    only the beginning of the text was read")
    return "\n".join(lines)


def _one_line(text: str) -> str:
    shown = "".join(character if character.isprintable() else " " for character in _printable(text))
    return shown if len(shown) <= 200 else shown[:200] + "…"


def _printable(text: str) -> str:
    """Put a sign in the place of half characters that no output can carry."""
    return text.encode("utf-8", "replace").decode("utf-8")
