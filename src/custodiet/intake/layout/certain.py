"""Which cells of a shifted row stand under their own label for certain, where no single way of moving them does.

A cell under a wrong label is worse than none: a plate under "Case #" would be kept as
it is, a blank reason would be held against somebody. What is not certain is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Final

from custodiet.intake.formats import ColumnKind
from custodiet.intake.layout.cells import CellType, is_odd
from custodiet.intake.layout.moves import Result
from custodiet.intake.layout.ways import Columns, Move, Signature, look_at

_ANCHORS: Final[dict[ColumnKind, CellType]] = {
    "uuid": CellType.UUID,
    "time": CellType.TIME,
    "time-range": CellType.TIME_RANGE,
    "verdict": CellType.VERDICT,
    "search-word": CellType.SEARCH_WORD,
}
# A row has one instant and one period of its own: where the header has one such column, they are its.
_ONLY: Final[dict[ColumnKind, CellType]] = {"time": CellType.TIME, "time-range": CellType.TIME_RANGE}
_FEW_ODD: Final = 1


def certain_cells(signature: Signature, columns: Columns, found: dict[Result, frozenset[Move]]) -> Move | None:
    """Give the way that puts only those cells under a label whose column is certain.

    Args:
        signature: The row.
        columns: The header.
        found: The ways that fit, two or more; or none.

    Returns:
        The way, or None where one odd cell among cells in their places is all that is wrong.
    """
    if found:
        sources = _agreed(columns, found)
    else:
        uncertain = _uncertain(signature, columns)
        if not uncertain:
            return None
        sources = {place: (place,) for place in range(len(columns.kinds)) if place not in uncertain}
        sources |= _only_ones(signature, columns, uncertain)
    left_out = [place for place in range(len(columns.kinds)) if place not in sources]
    where = ", ".join(str(place + 1) for place in left_out)
    return Move(
        tuple(sources.get(place, ()) for place in range(len(columns.kinds))),
        f"it cannot be told which cells belong in columns {where}: those columns were left without a cell",
    )


def _agreed(columns: Columns, found: dict[Result, frozenset[Move]]) -> dict[int, tuple[int, ...]]:
    """List the columns to which every way that fits brings the same cells."""
    moves = [min(group, key=lambda move: (move.description, move.sources)) for group in found.values()]
    agreed: dict[int, tuple[int, ...]] = {}
    for place in range(len(columns.kinds)):
        if len({result[place] for result in found}) == 1 and all(move.sources[place] for move in moves):
            agreed[place] = moves[0].sources[place]
    return agreed


def _uncertain(signature: Signature, columns: Columns) -> set[int]:
    """List the places between cells that are surely in place where more than one cell is not."""
    width = len(columns.kinds)
    kinds = columns.kinds
    anchors = [-1, *(place for place in range(width) if look_at(signature.looks, place) is _ANCHORS.get(kinds[place]))]
    ends = signature.length == width
    anchors += [width] if ends else []
    uncertain: set[int] = set()
    for before, after in pairwise(anchors):
        between = range(before + 1, after)
        if _count_odd(signature, columns, between) > _FEW_ODD:
            uncertain.update(between)
    rest = range(anchors[-1] + 1, width)
    beyond = len(signature.looks) > width
    if not ends and (beyond or _count_odd(signature, columns, rest)):
        uncertain.update(rest)
    return uncertain


def _count_odd(signature: Signature, columns: Columns, places: Iterable[int]) -> int:
    """Count odd cells; one whose own column stays without its like says by itself that cells moved."""
    n = 0
    for place in places:
        look = look_at(signature.looks, place)
        if columns.names[place] is not None and is_odd(look, columns.kinds[place]):
            homes = [home for home, kind in enumerate(columns.kinds) if _ANCHORS.get(kind) is look]
            moved = homes and not any(look_at(signature.looks, home) is look for home in homes)
            n += 1 + _FEW_ODD if moved else 1
    return n


def _only_ones(signature: Signature, columns: Columns, uncertain: set[int]) -> dict[int, tuple[int, ...]]:
    """Find the one instant and the one period of a row, wherever they stand."""
    found: dict[int, tuple[int, ...]] = {}
    for kind, wanted in _ONLY.items():
        homes = [place for place, known in enumerate(columns.kinds) if known == kind]
        places = [place for place, look in enumerate(signature.looks) if look is wanted]
        if len(homes) == len(places) == 1 and homes[0] in uncertain:
            found[homes[0]] = (places[0],)
    return found
