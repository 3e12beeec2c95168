"""``custodiet network``: who can reach whose data, through whom, and what would unplug it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from custodiet.case import Case
from custodiet.cli import network_text as words
from custodiet.cli.options import case_option, json_option, print_json
from custodiet.cli.text import say
from custodiet.model.counts import counted
from custodiet.model.errors import UsageError
from custodiet.network import Network, changes_between, declared_and_observed
from custodiet.network.exchange import export_network
from custodiet.network.pictures import Picture, draw_around, draw_map, draw_matrix
from custodiet.network.use import DeclaredAndObserved
from custodiet.privacy import Publication, outward_names
from custodiet.publish.export import DEFAULT_PUBLICATION

_F = TypeVar("_F", bound=Callable[..., Any])
_DAY: Final = click.DateTime(formats=["%Y-%m-%d"])
_FILE: Final = click.Path(path_type=Path, dir_okay=False)
_NEVER: Final = "never"


@click.group(name="network")
def command() -> None:
    """Ask who can reach whose data, and what would unplug it.

    Names are organisations, in any spelling that a disclosure uses.

    Example: custodiet network reach "Anytown CA PD" --case case
    """


def _common(function: _F) -> _F:
    dated = click.option(
        "--as-of", type=_DAY, metavar="DATE", help="Use the lists in force on this day (default: the latest)."
    )
    return case_option(json_option(dated(function)))


def _picture_options(*kinds: str) -> Callable[[_F], _F]:
    """Offer a picture, of the first kind where none is named."""

    def add(function: _F) -> _F:
        svg = click.option("--svg", type=_FILE, metavar="FILE", help="Write a picture too.")
        kind = click.option(
            "--picture", type=click.Choice(kinds), default=kinds[0], show_default=True, help="What --svg draws."
        )
        return kind(svg(function))

    return add


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()


@contextmanager
def _network(case_dir: Path, as_of: datetime | None, *, outward: bool = False) -> Iterator[Network]:
    """Give the network of a case; what goes to a file has pseudonyms for entries that may be names of persons."""
    with Case.open(case_dir) as case, _shown(case, outward=outward):
        yield Network.from_case(case, _day(as_of))


def _shown(case: Case, *, outward: bool) -> AbstractContextManager[None]:
    return outward_names(Publication(case, DEFAULT_PUBLICATION)) if outward else nullcontext()


def _write_picture(path: Path | None, draw: Callable[[], Picture]) -> None:
    if path is None:
        return
    try:
        path.write_text(draw().svg, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot be written ({error.strerror}).", where=str(path)) from None


@command.command()
@click.argument("organisation")
@click.option("--hops", type=int, help="Hops of the onward reading (default: to the end).")
@_picture_options("around", "map")
@_common
def reach(
    organisation: str,
    hops: int | None,
    picture: str,
    svg: Path | None,
    as_of: datetime | None,
    as_json: bool,
    case_dir: Path,
) -> None:
    """Show who can reach an ORGANISATION's data, without and with onward sharing."""
    with _network(case_dir, as_of, outward=svg is not None) as network:
        answer = network.reach(organisation, hops)
        name = answer.organisation.name
        _write_picture(svg, lambda: draw_around(answer) if picture == "around" else draw_map(network, name))
    if as_json:
        print_json(answer.to_json())
    else:
        say(words.reach(answer))


@command.command()
@click.argument("source")
@click.argument("recipient")
@click.option("--all", "all_ways", is_flag=True, help="Show every shortest way, up to --limit.")
@click.option("--limit", type=int, default=100, show_default=True, help="Most ways that --all shows.")
@_common
def path(
    source: str,
    recipient: str,
    all_ways: bool,
    limit: int,
    as_of: datetime | None,
    as_json: bool,
    case_dir: Path,
) -> None:
    """Show the shortest ways from SOURCE's data to RECIPIENT, declared and observed."""
    with _network(case_dir, as_of) as network:
        answer = network.paths(source, recipient, limit=limit if all_ways else 1)
    if as_json:
        print_json(answer.to_json())
    else:
        say(words.paths(answer))


@command.command()
@click.option("--top", type=int, default=20, show_default=True, help="Places to show by each measure.")
@click.option("--since", type=_DAY, metavar="DATE", help="Show the change since this day; needs --as-of.")
@_picture_options("matrix", "map")
@_common
def hubs(
    top: int,
    since: datetime | None,
    picture: str,
    svg: Path | None,
    as_of: datetime | None,
    as_json: bool,
    case_dir: Path,
) -> None:
    """Show who concentrates reach: many recipients, many sources, or a place between."""
    if since is not None and as_of is None:
        raise UsageError("--since needs a later day to compare with.", hint="Add --as-of DATE.")
    with Case.open(case_dir) as case, _shown(case, outward=svg is not None):
        network = Network.from_case(case, _day(as_of))
        answer = network.hubs(top)
        changed = changes_between(case, since.date(), as_of.date()) if since and as_of else None
        _write_picture(svg, lambda: draw_matrix(network) if picture == "matrix" else draw_map(network))
    if as_json:
        print_json({**answer.to_json(), "change": None if changed is None else words.hub_change(answer, changed)})
    else:
        say(words.hubs(answer, changed))


@command.command()
@click.argument("source")
@click.argument("target")
@click.option(
    "--weights",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="CSV of source, recipient, weight: the price of ending a share; 'never' where it cannot end.",
)
@_common
def cut(source: str, target: str, weights: Path | None, as_of: datetime | None, as_json: bool, case_dir: Path) -> None:
    """Show the fewest shares that must end so that TARGET cannot reach SOURCE's data.

    TARGET is an organisation, or one of the words federal, out-of-state, private.
    """
    with _network(case_dir, as_of) as network:
        answer = network.cut(source, target, _read_weights(weights))
    if as_json:
        print_json(answer.to_json())
    else:
        say(words.cut(answer))


@command.command()
@click.option("--from", "first", type=_DAY, required=True, metavar="DATE", help="Earlier day.")
@click.option("--to", "second", type=_DAY, required=True, metavar="DATE", help="Later day.")
@json_option
@case_option
def changes(first: datetime, second: datetime, as_json: bool, case_dir: Path) -> None:
    """Show the shares that appeared or went between two days; renamings are listed apart."""
    with Case.open(case_dir) as case:
        answer = changes_between(case, first.date(), second.date())
    if as_json:
        print_json(answer.to_json())
    else:
        say(words.changes(answer))


@command.command(name="declared-vs-observed")
@click.option("--producer", help="Only this producer, by its canonical name.")
@_common
def declared_vs_observed(producer: str | None, as_of: datetime | None, as_json: bool, case_dir: Path) -> None:
    """Compare sharing lists with network logs, and say what the logs cover."""
    with Case.open(case_dir) as case:
        answer = declared_and_observed(case, _day(as_of))
    if producer is not None:
        answer = _of_producer(answer, producer)
    if as_json:
        print_json(answer.to_json())
    else:
        say(words.use(answer))


@command.command()
@click.option("--to", "to", type=_FILE, required=True, metavar="FILE", help="File ending in .graphml or .json.")
@_common
def export(to: Path, as_of: datetime | None, as_json: bool, case_dir: Path) -> None:
    """Write the network as GraphML or JSON node-link."""
    with _network(case_dir, as_of, outward=True) as network:
        n_edges = export_network(network, to)
        summary = network.to_json()
    if as_json:
        print_json({**summary, "file": str(to)})
    else:
        say(f"{to}: {counted(summary['n_organisations'], 'organisation')}, {counted(n_edges, 'edge')}")


def _of_producer(answer: DeclaredAndObserved, producer: str) -> DeclaredAndObserved:
    part = answer.of(producer)
    if part is None:
        known = "; ".join(item.producer for item in answer.coverage) or "nobody's"
        raise UsageError(f"no network log of {producer!r} is in this case.", hint=f"Network logs in it: {known}.")
    return part


def _read_weights(path: Path | None) -> dict[tuple[str, str], int | None]:
    """Read prices of shares; every row must be whole, so that no plan rests on a misread price."""
    if path is None:
        return {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error):
        raise UsageError("cannot be read as CSV in UTF-8.", where=str(path)) from None
    prices: dict[tuple[str, str], int | None] = {}
    for number, row in enumerate(rows, start=2):
        source, recipient, weight = (row.get(name) for name in ("source", "recipient", "weight"))
        if not source or not recipient or not weight:
            raise UsageError(
                "has no source, recipient and weight.",
                where=f"{path}, row {number}",
                hint="Give a header with these three columns. No plan was made.",
            )
        text = weight.strip()
        if text != _NEVER and not (text.isascii() and text.isdigit()):
            raise UsageError(
                "has a weight that is no whole number.",
                where=f"{path}, row {number}",
                hint=f"Give 1 to 1,000,000, or the word {_NEVER}. No plan was made.",
            )
        prices[source, recipient] = None if text == _NEVER else int(text)
    return prices
