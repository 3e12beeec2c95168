"""Which ways of moving the cells of a row make every typed cell stand under a label of its type."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from custodiet.intake.formats import ColumnKind
from custodiet.intake.layout.cells import CellType, is_misfit, is_odd
from custodiet.intake.layout.ways import (
    MOST_COLUMNS,
    Columns,
    Looks,
    Move,
    Signature,
    look_at,
    order_moves,
    small_moves,
)

Result = tuple[tuple[int, ...], ...]

_MOST_SURPLUS: Final = 8
_LEAST_EVIDENCE: Final = 2

_EVIDENCE: Final = frozenset({CellType.UUID, CellType.TIME, CellType.TIME_RANGE, CellType.VERDICT})
_KIND_OF_LOOK: Final[dict[CellType, ColumnKind]] = {
    CellType.UUID: "uuid",
    CellType.TIME: "time",
    CellType.TIME_RANGE: "time-range",
    CellType.VERDICT: "verdict",
}
_SPLIT_TIMES: Final[dict[ColumnKind, frozenset[Looks]]] = {
    "time": frozenset({(CellType.DATE, CellType.CLOCK)}),
    "time-range": frozenset({(CellType.DATE, CellType.TEXT), (CellType.DATE, CellType.TEXT, CellType.CLOCK)}),
}
_JOINABLE: Final[dict[ColumnKind, frozenset[CellType]]] = {
    "text": frozenset({CellType.WORD, CellType.PROSE, CellType.TEXT, CellType.TOKEN, CellType.ORG, CellType.INTEGER}),
    "list": frozenset({CellType.WORD, CellType.PROSE, CellType.TEXT, CellType.TOKEN}),
    "org": frozenset({CellType.ORG, CellType.WORD, CellType.PROSE}),
    "account": frozenset({CellType.WORD}),
    "case-number": frozenset({CellType.TOKEN, CellType.INTEGER}),
}


def fitting_moves(signature: Signature, columns: Columns) -> dict[Result, frozenset[Move]]:
    """List the ways that make every typed cell of a row stand under a label of its type.

    Where several small ways fit and one of them says that the row follows a known
    order of columns, only that one counts.

    Returns:
        The ways, grouped by what they give: ways that differ only in where blank
        (or equal) cells come from are one.
    """
    if len(columns.kinds) > MOST_COLUMNS or len(signature.looks) > MOST_COLUMNS + _MOST_SURPLUS:
        return {}
    allowed = _grouped(signature, columns, small_moves(signature, columns))
    fitting = _without_numbers(allowed, signature, columns)
    if len(fitting) > 1:
        known = {key: moves for key, moves in fitting.items() if _known_orders(moves, signature, columns)}
        return known if len(known) == 1 else fitting
    if not allowed and sum(1 for look in signature.looks if look in _EVIDENCE) >= _LEAST_EVIDENCE:
        lengths = sorted({signature.length, len(signature.looks), len(columns.kinds)})
        moves = (move for length in lengths for move in order_moves(columns, length))
        return _without_numbers(_grouped(signature, columns, moves), signature, columns)
    return fitting


def _without_numbers(
    found: dict[Result, frozenset[Move]], signature: Signature, columns: Columns
) -> dict[Result, frozenset[Move]]:
    """Leave out the ways that give an organisation a bare number for a name: one may have it, and it proves no way."""
    return {key: moves for key, moves in found.items() if not _names_by_number(next(iter(moves)), signature, columns)}


def _names_by_number(move: Move, signature: Signature, columns: Columns) -> bool:
    return any(
        kind == "org" and len(places) == 1 and look_at(signature.looks, places[0]) is CellType.INTEGER
        for places, kind in zip(move.sources, columns.kinds, strict=True)
    )


def _repeats_alike(move: Move, signature: Signature) -> bool:
    """Refuse an order with the organisation twice where the two cells differ: which of them searched is not told."""
    places = [place for place, name in enumerate(move.order) if name == "org"]
    return len({signature.same_as[place] if place < len(signature.same_as) else None for place in places}) < 2


def _known_orders(moves: frozenset[Move], signature: Signature, columns: Columns) -> bool:
    """Tell whether a row has just the cells of a known order that lacks several of the header's columns.

    One lacking column proves nothing: orders without devices are known, and a row
    without networks would look the same.
    """
    return any(
        len(known) == signature.length <= len(columns.kinds) - 2 and move.order[: len(known)] == known
        for move in moves
        for known in columns.orders
    )


def stays_as_overflow(signature: Signature, columns: Columns) -> bool:
    """Tell whether a row fits its header and only has filled cells beyond it."""
    width = len(columns.kinds)
    in_place = tuple((place,) for place in range(width))
    return _fits(in_place, signature, columns) and not time_is_elsewhere(signature.looks, columns.kinds)


def joined_at_spaces(
    signature: Signature, columns: Columns, found: dict[Result, frozenset[Move]]
) -> dict[Result, frozenset[Move]]:
    """Give the one way that joins cells where, and only where, a cell begins with a space, as behind a comma.

    Such a row may fit its header and have a cell too many all the same (quirks 25 and 145).
    """
    if not 0 < len(signature.spaced) == signature.length - len(columns.kinds):
        return {}
    joins = {key: moves for key, moves in found.items() if all(_joins_cells(move) for move in moves)}
    return joins if len(joins) == 1 else {}


def _joins_cells(move: Move) -> bool:
    return any(len(places) > 1 for places in move.sources)


def time_is_elsewhere(looks: Looks, kinds: Sequence[ColumnKind]) -> bool:
    """Tell whether nothing that could be a time stands under any label of one, and the row shows that cells moved.

    It does where a time stands in another place, or the word for the kind of search
    does while its own column is without one.
    """
    homes = [place for place, kind in enumerate(kinds) if kind == "time"]
    here = [look_at(looks, place) for place in homes]
    if not homes or any(look is not CellType.BLANK and not is_misfit(look, "time") for look in here):
        return False
    words = [place for place, look in enumerate(looks) if look is CellType.SEARCH_WORD]
    word_moved = words and "search-word" in kinds and kinds.index("search-word") not in words
    return CellType.TIME in looks or bool(word_moved)


def verdict_is_elsewhere(looks: Looks, kinds: Sequence[ColumnKind]) -> bool:
    """Tell whether a verdict stands behind the time of the search, and none under its own label."""
    if "verdict" not in kinds or "time" not in kinds:
        return False
    if look_at(looks, kinds.index("verdict")) is not CellType.BLANK:
        return False
    last_time = max(place for place, kind in enumerate(kinds) if kind == "time")
    return CellType.VERDICT in looks[last_time + 1 :]


def _grouped(signature: Signature, columns: Columns, moves: Iterator[Move]) -> dict[Result, frozenset[Move]]:
    found: dict[Result, set[Move]] = {}
    for move in moves:
        if _fits(move.sources, signature, columns) and _repeats_alike(move, signature):
            found.setdefault(_result(move, signature), set()).add(move)
    return {key: frozenset(group) for key, group in found.items()}


def _result(move: Move, signature: Signature) -> Result:
    filled = [place for place, look in enumerate(signature.looks) if look is not CellType.BLANK]
    used = {place for places in move.sources for place in places}
    cells = tuple(tuple(signature.same_as[place] for place in places if place in filled) for places in move.sources)
    return (*cells, tuple(signature.same_as[place] for place in filled if place not in used))


def _fits(sources: tuple[tuple[int, ...], ...], signature: Signature, columns: Columns) -> bool:
    looks = signature.looks
    for places, name, kind in zip(sources, columns.names, columns.kinds, strict=True):
        if len(places) > 1:
            if name is None or not _joinable(tuple(look_at(looks, place) for place in places), kind):
                return False
        elif places and name is not None and is_odd(look_at(looks, places[0]), kind):
            return False
    if CellType.UUID in looks and not _id_is_in_place(sources, signature, columns):
        return False
    used = {place for places in sources for place in places}
    return all(
        look not in _EVIDENCE or place in used or _repeats(place, used, signature) or not _has(columns, look)
        for place, look in enumerate(looks)
    )


def _joinable(parts: Looks, kind: ColumnKind) -> bool:
    if kind in _SPLIT_TIMES:
        return parts in _SPLIT_TIMES[kind]
    return all(part in _JOINABLE.get(kind, ()) for part in parts)


def _id_is_in_place(sources: tuple[tuple[int, ...], ...], signature: Signature, columns: Columns) -> bool:
    """Refuse an id under an account or a reason while the column of ids stays without one."""
    if "uuid" not in columns.kinds:
        return True
    places = sources[columns.kinds.index("uuid")]
    return any(look_at(signature.looks, place) is CellType.UUID for place in places)


def _repeats(place: int, used: set[int], signature: Signature) -> bool:
    """Tell whether an equal cell found its column, so that this one may stay beyond the header."""
    return any(
        other in used
        for other, first in enumerate(signature.same_as)
        if first == signature.same_as[place] and other != place
    )


def _has(columns: Columns, look: CellType) -> bool:
    return _KIND_OF_LOOK[look] in columns.kinds
