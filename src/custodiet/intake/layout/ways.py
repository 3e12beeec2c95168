"""Ways of moving the cells of a row that faults of exports suggest: columns gone, blanks put in, commas, other orders.

A way is a pure list of positions. It never drops a filled cell, never makes one
up, and changes text in one case only: cells that an unquoted comma split are
joined by that comma again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Final

from custodiet.intake.formats import ColumnKind
from custodiet.intake.layout.cells import CellType

Looks = tuple[CellType, ...]
Order = tuple[str, ...]

MOST_COLUMNS: Final = 64


@dataclass(frozen=True, slots=True)
class Move:
    """Say for each column which source cells go there; two or more are joined by a comma.

    Attributes:
        sources: Source positions per column of the header.
        description: What is done, in words.
        order: Canonical columns the row is taken to have, where it lacks some of the header's.
        is_shift: It moves all cells from one column on, as a fault of an export does; joining
            cells that a comma split mends an accident of one row.
    """

    sources: tuple[tuple[int, ...], ...]
    description: str
    order: Order = ()
    is_shift: bool = False

    def apply(self, cells: Sequence[str | None]) -> tuple[str | None, ...]:
        """Move the cells of a row; filled cells without a column follow after the last column.

        A column that the row does not carry becomes None; one that it carries blank, an empty text.
        """
        moved = [self._cell(places, cells) for places in self.sources]
        used = {place for places in self.sources for place in places}
        extras = [cell for place, cell in enumerate(cells) if place not in used and (cell or "").strip()]
        return (*moved, *extras)

    @staticmethod
    def _cell(places: tuple[int, ...], cells: Sequence[str | None]) -> str | None:
        present = [cells[place] or "" for place in places if place < len(cells)]
        return ",".join(present) if present else None


@dataclass(frozen=True, slots=True)
class Signature:
    """Hold all that is needed to judge the ways of repairing a row; rows with the same one are judged once.

    Attributes:
        looks: Kind of each cell, blank cells at the end left out.
        length: Cells in the row as released.
        spaced: Positions of cells that begin with a space.
        same_as: For each position the first position that holds an equal cell.
    """

    looks: Looks
    length: int
    spaced: tuple[int, ...]
    same_as: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """Hold what the header says: canonical names, cell types and known orders."""

    names: tuple[str | None, ...]
    kinds: tuple[ColumnKind, ...]
    orders: tuple[Order, ...]


def look_at(looks: Looks, place: int) -> CellType:
    """Tell what the cell at a place looks like; blank beyond the last one."""
    return looks[place] if place < len(looks) else CellType.BLANK


def small_moves(signature: Signature, columns: Columns) -> Iterator[Move]:
    """Yield the ways that mend one fault and lose no filled cell."""
    width = len(columns.kinds)
    for move in (*_left_shifts(columns), *_right_shifts(signature, width), *_verdict_moves(columns)):
        if _keeps_all(move, signature):
            yield move
    surplus = min(3, max(signature.length, len(signature.looks)) - width)
    for parts in range(1, surplus + 1):
        for move in _joins(width, parts):
            if _keeps_all(move, signature) and _joins_at_spaces(move, signature, surplus):
                yield move


def _joins_at_spaces(move: Move, signature: Signature, surplus: int) -> bool:
    """Hold a join to the cells that begin with a space, as what follows a comma in a sentence does."""
    if not 0 < len(signature.spaced) <= surplus:
        return True
    return signature.spaced == tuple(place for places in move.sources for place in places[1:])


def _keeps_all(move: Move, signature: Signature) -> bool:
    used = {place for places in move.sources for place in places}
    return all(look is CellType.BLANK or place in used for place, look in enumerate(signature.looks))


@lru_cache(maxsize=64)
def _left_shifts(columns: Columns) -> tuple[Move, ...]:
    """The header lists one or two columns, side by side, that the row does not carry (quirk 21)."""
    width = len(columns.names)
    moves = []
    for missing in (1, 2):
        for start in range(width - missing + 1):
            sources = [(place,) for place in range(start)] + [()] * missing
            sources += [(place - missing,) for place in range(start + missing, width)]
            words = "a column" if missing == 1 else "two columns"
            carried = columns.names[:start] + columns.names[start + missing :]
            moves.append(
                Move(
                    tuple(sources),
                    f"the row lacks {words} that the header lists: cells from column {start + 1} on "
                    f"were moved {missing} to the right",
                    tuple(name or "" for name in carried),
                    is_shift=True,
                )
            )
    return tuple(moves)


def _right_shifts(signature: Signature, width: int) -> Iterator[Move]:
    """Blank cells stand where the header has no column: one or two, or as many as the row has over it (quirk 22)."""
    surplus = {1, 2, signature.length - width, len(signature.looks) - width}
    for extra in sorted(n for n in surplus if 0 < n <= MOST_COLUMNS):
        yield from (move for move in _shifts_by(width, extra) if _is_behind_blanks(move, extra, signature))


@lru_cache(maxsize=256)
def _shifts_by(width: int, extra: int) -> tuple[Move, ...]:
    cells = "a blank cell" if extra == 1 else "blank cells"
    return tuple(
        Move(
            tuple((place,) if place < start else (place + extra,) for place in range(width)),
            f"cells from column {start + 1} on stood {extra} too far right, behind {cells}: moved back",
            is_shift=True,
        )
        for start in range(width)
    )


def _is_behind_blanks(move: Move, extra: int, signature: Signature) -> bool:
    start = next(column for column, places in enumerate(move.sources) if places != (column,))
    return all(look_at(signature.looks, place) is CellType.BLANK for place in range(start, start + extra))


@lru_cache(maxsize=64)
def _verdict_moves(columns: Columns) -> tuple[Move, ...]:
    """A moderation verdict stands in the time of the search (quirk 23) or beyond the last column (24)."""
    width = len(columns.kinds)
    if "verdict" not in columns.kinds:
        return ()
    moves = []
    home = columns.kinds.index("verdict")
    for place, kind in enumerate(columns.kinds):
        if kind == "time":
            without_time: list[tuple[int, ...]] = [(here,) for here in range(width)]
            without_time[home], without_time[place] = (place,), ()
            moves.append(
                Move(
                    tuple(without_time),
                    f"a verdict stood under the time (column {place + 1}) and no time was given: moved to "
                    f"column {home + 1}, the time is left blank",
                )
            )
    sources: list[tuple[int, ...]] = [(here,) for here in range(width)]
    sources[home] = (width,)
    moves.append(Move(tuple(sources), f"a verdict stood beyond the last column: moved to column {home + 1}"))
    return tuple(moves)


@lru_cache(maxsize=256)
def _joins(width: int, surplus: int) -> tuple[Move, ...]:
    """Unquoted commas split cells: put them together again (quirk 25)."""
    if surplus not in (1, 2, 3):
        return ()
    runs: list[dict[int, int]] = [{start: surplus} for start in range(width)]
    if surplus == 2:
        runs += [{first: 1, second: 1} for first, second in combinations(range(width), 2)]
    moves = []
    for run in runs:
        sources: list[tuple[int, ...]] = []
        place = 0
        for column in range(width):
            length = 1 + run.get(column, 0)
            sources.append(tuple(range(place, place + length)))
            place += length
        where = " and ".join(str(column + 1) for column in run)
        moves.append(Move(tuple(sources), f"a comma had split column {where}: its parts were joined again"))
    return tuple(moves)


@lru_cache(maxsize=256)
def order_moves(columns: Columns, length: int) -> tuple[Move, ...]:
    """Rows of another export stand below: try the known orders, one column missing or one repeated (20)."""
    own = tuple(name or f"column {place}" for place, name in enumerate(columns.names))
    orders = _orders_of_length(length, (own, *columns.orders))
    return tuple(_from_order(order, columns.names) for order in orders if order != own)


def _orders_of_length(length: int, orders: tuple[Order, ...]) -> tuple[Order, ...]:
    found: dict[Order, None] = {}
    for order in orders:
        for shorter in (order, *(order[:place] + order[place + 1 :] for place in range(len(order)))):
            if len(shorter) == length:
                found[shorter] = None
            if len(shorter) + 1 == length and "org" in shorter:
                for place in range(len(shorter) + 1):
                    found[(*shorter[:place], "org", *shorter[place:])] = None
    return tuple(found)


def _from_order(order: Order, names: tuple[str | None, ...]) -> Move:
    places: dict[str, int] = {}
    for place, name in enumerate(order):
        places.setdefault(name, place)
    sources = tuple(
        (places[key],) if (key := name or f"column {column}") in places else () for column, name in enumerate(names)
    )
    listed = ", ".join(order)
    words = f"the rows follow another order of columns ({listed}): cells were put under the header's"
    return Move(sources, words, order)
