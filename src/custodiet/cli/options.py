"""Options that several verbs share, and the two ways to print: for people and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import click

DEFAULT_CASE: Final = Path("custodiet-case")
_F = TypeVar("_F", bound=Callable[..., Any])


def case_option(function: _F) -> _F:
    """Add ``--case DIR``."""
    return click.option(
        "--case",
        "case_dir",
        type=click.Path(path_type=Path, file_okay=False),
        default=DEFAULT_CASE,
        show_default=True,
        metavar="DIR",
        help="Folder of the case.",
    )(function)


def json_option(function: _F) -> _F:
    """Add ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")(function)


def print_json(value: object) -> None:
    """Print one JSON document."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


@contextmanager
def steps(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Show on stderr what is being done, with the time it takes; nothing when quiet or not on a terminal."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda _step: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda step: bar.update(task, description=step)
