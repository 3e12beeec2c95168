"""Flows between states: a matrix of who lets in whom, and a map of equal tiles.

On the map every state is one tile of the same size, so that a small state is
seen as well as a large one; tiles follow the usual grid of news graphics.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Final

from custodiet.network.pictures import svg

if TYPE_CHECKING:
    from custodiet.network.network import Network

_TILES: Final = (
    "AK.........ME",
    ".........VTNH",
    "WAIDMTNDMNILWIMINYRIMA",
    "ORNVWYSDIAINOHPANJCT",
    "CAUTCONEMOKYWVVAMDDE",
    ".AZNMKSARTNNCSCDC",
    "...OKLAMSALGA",
    "HI..TX....FL",
)
_FEDERAL: Final = "federal"
_NOT_KNOWN: Final = "not known"
_CELL: Final = 15
_TILE: Final = 52


def _tile_places() -> dict[str, tuple[int, int]]:
    places = {}
    for row, line in enumerate(_TILES):
        column = at = 0
        while at < len(line):
            if line[at] == ".":
                at += 1
            else:
                places[line[at : at + 2]] = (row, column)
                at += 2
            column += 1
    return places


TILE_PLACES: Final = _tile_places()


def draw_matrix(network: Network) -> svg.Picture:
    """Draw how many declared shares go from the data of each state to each state or federal body."""
    flows = _flows(network)
    sources = sorted({source for source, _ in flows})
    recipients = sorted({recipient for _, recipient in flows})
    largest = max(flows.values(), default=1)
    left, top = 110, 120
    shapes = [
        svg.text(16, 28, "Shares between states", kind="head"),
        svg.text(
            16,
            48,
            "Row: whose data it is. Column: who can reach it. Darker: more shares. US: federal; ?: not known.",
            kind="quiet",
        ),
        *(
            svg.text(
                left + _CELL * place + 7,
                top - 8 - 11 * (place % 2),
                _short(name),
                anchor="middle",
                kind="small",
            )
            for place, name in enumerate(recipients)
        ),
    ]
    for row, source in enumerate(sources):
        y = top + _CELL * row
        shapes.append(svg.text(left - 6, y + 11, source, anchor="end", kind="small"))
        for column, recipient in enumerate(recipients):
            count = flows[source, recipient]
            if count:
                shade = 0.15 + 0.85 * math.log1p(count) / math.log1p(largest)
                title = f"{source} to {recipient}: {count:,}"
                x = left + _CELL * column
                shapes.append(svg.rect(x, y, _CELL - 1, _CELL - 1, kind="l-in-state", opacity=shade, title=title))
    width = max(480, left + _CELL * len(recipients) + 20)
    height = top + _CELL * len(sources) + 24
    description = f"{sum(flows.values()):,} declared shares between {len(sources)} and {len(recipients)} groups."
    rows = tuple((source, recipient, count) for (source, recipient), count in sorted(flows.items()))
    drawn = svg.document(width, height, "Shares between states", description, shapes)
    return svg.Picture(drawn, ("data of", "reached by", "shares"), rows)


def draw_map(network: Network, organisation: str | None = None) -> svg.Picture:
    """Draw how many organisations of each state can directly reach the data.

    Args:
        network: The network.
        organisation: Whose data; None counts the recipients of everybody's.

    Raises:
        UsageError: No organisation has the name.
    """
    counted = _recipients_by_state(network, organisation)
    whose = "anybody in this case" if organisation is None else organisation
    title = f"Who can reach the data of {whose}, by state"
    largest = max((count for state, count in counted.items() if state in TILE_PLACES), default=1)
    elsewhere = {state: count for state, count in counted.items() if state not in TILE_PLACES}
    shapes = [svg.text(16, 28, svg.shortened(title, 80), kind="head")]
    for state, (row, column) in TILE_PLACES.items():
        count = counted[state]
        x, y = 16 + _TILE * column, 48 + _TILE * row
        shapes.append(svg.rect(x, y, _TILE - 3, _TILE - 3, kind="tile none"))
        if count:
            shade = 0.1 + 0.5 * math.log1p(count) / math.log1p(largest)
            shapes.append(
                svg.rect(
                    x,
                    y,
                    _TILE - 3,
                    _TILE - 3,
                    kind="l-out-of-state",
                    opacity=shade,
                    title=f"{state}: {count:,}",
                )
            )
        shapes.append(svg.text(x + 24, y + 22, state, anchor="middle"))
        if count:
            shapes.append(svg.text(x + 24, y + 38, f"{count:,}", anchor="middle", kind="small"))
    beyond = "; ".join(f"{state}: {count:,}" for state, count in sorted(elsewhere.items()))
    bottom = 48 + _TILE * len(_TILES) + 22
    shapes.append(svg.text(16, bottom, svg.shortened(f"Not on the map: {beyond or 'nobody'}", 110), kind="quiet"))
    description = f"{sum(counted.values()):,} organisations; tiles have one size and no geography."
    rows = tuple(sorted(counted.items(), key=lambda item: (-item[1], item[0])))
    drawn = svg.document(720, bottom + 20, title, description, shapes)
    return svg.Picture(drawn, ("state", "organisations"), rows)


def _flows(network: Network) -> Counter[tuple[str, str]]:
    places = [_place(network, number) for number in range(len(network.organisations))]
    graph = network.declared.graph
    pairs = zip(graph.source.tolist(), graph.recipient.tolist(), strict=True)
    return Counter((places[source], places[recipient]) for source, recipient in pairs)


def _recipients_by_state(network: Network, organisation: str | None) -> Counter[str]:
    graph = network.declared.graph
    if organisation is None:
        recipients = sorted(set(graph.recipient.tolist()))
    else:
        recipients = graph.recipients_of(network.organisations.find(organisation)).tolist()
    return Counter(_place(network, number) for number in recipients)


def _place(network: Network, number: int) -> str:
    if network.organisations.levels[number] == _FEDERAL:
        return _FEDERAL
    return network.organisations.states[number] or _NOT_KNOWN


def _short(name: str) -> str:
    return {_FEDERAL: "US", _NOT_KNOWN: "?"}.get(name, name)
