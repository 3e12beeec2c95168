"""Columns without a label: named by a known order of columns where the cells agree, else left unnamed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from custodiet.intake.formats import Format, FormatMatch, label_key, load_formats
from custodiet.intake.layout.cells import CellType, cell_type, is_misfit, is_odd

Cells = Sequence[str | None]
_DAY_ZERO: Final = re.compile(r"(?:1899-12-3[01]|1900-01-0[01]|12/3[01]/1899|0?1/0?[01]/1900)[ T]")
Order = tuple[str, ...]


def name_blank_columns(match: FormatMatch, labels: Cells, rows: Sequence[Cells]) -> FormatMatch:
    """Name columns whose label is blank, where one known order agrees with every label that is there.

    A column is named only if all known orders that agree say the same and no cell
    of ``rows`` contradicts it; other columns stay unnamed and keep their cells.
    """
    blank = [place for place, label in enumerate(labels) if not label_key(label)]
    if not blank:
        return match
    agreeing = [order for order in match.format.orders if _agrees(order, match.columns)]
    columns = list(match.columns)
    for place in blank:
        names = {order[place] for order in agreeing}
        if len(names) == 1:
            name = names.pop()
            kind = match.format.type_of(name)
            if name not in columns and not any(is_odd(cell_type(_at(row, place)), kind) for row in rows):
                columns[place] = name
    if tuple(columns) == match.columns:
        return match
    return match.model_copy(update={"columns": tuple(columns)})


def rejoin_instants(match: FormatMatch, rows: Sequence[Cells]) -> FormatMatch:
    """Read a "time" column that holds whole instants as such, though a "date" column stands beside it."""
    columns = list(match.columns)
    for split in match.format.split_times:
        if split.clock not in columns or split.date not in columns:
            continue
        place = columns.index(split.clock)
        if any(_DAY_ZERO.match((_at(row, place) or "").strip()) for row in rows):
            continue  # a time of day, as a database or a sheet writes one
        looks = {cell_type(_at(row, place)) for row in rows} & {CellType.TIME, CellType.CLOCK}
        if looks == {CellType.TIME}:
            columns[columns.index(split.date)] = None
            columns[place] = split.whole
    return match.model_copy(update={"columns": tuple(columns)})


def columns_by_cells(rows: Sequence[Cells]) -> FormatMatch | None:
    """Propose columns for a table that has no header, from what its cells look like.

    A known order of the same width is taken where every typed cell of every row
    fits it; where several fit, only what they agree on is named.

    Returns:
        A match without labels behind it (score 0), or None where not even the time
        of the search can be told.
    """
    as_released = max((len(row) for row in rows), default=0)
    fitting = _fitting_orders(as_released, rows)
    width = as_released
    if not fitting:
        width = max((_filled_width(row) for row in rows), default=0)
        fitting = _fitting_orders(width, rows)
    if not fitting:
        return None
    known = fitting[0][0]
    columns: list[str | None] = []
    for place in range(width):
        names = {order[place] for _, order in fitting}
        columns.append(names.pop() if len(names) == 1 else None)
    if "searched_at" not in columns:
        return None
    columns += [None] * (as_released - width)
    return FormatMatch(format=known, columns=tuple(columns), score=0.0)


def _fitting_orders(width: int, rows: Sequence[Cells]) -> list[tuple[Format, Order]]:
    return [
        (known, order)
        for known in load_formats()
        for order in known.orders
        if len(order) == width and _fits(known, order, rows)
    ]


def _fits(known: Format, order: Order, rows: Sequence[Cells]) -> bool:
    kinds = [known.type_of(name) for name in order]
    seen_time = False
    for row in rows:
        looks = [cell_type(_at(row, place)) for place in range(len(order))]
        if any(is_misfit(look, kind) or _unlikely(look, kind) for look, kind in zip(looks, kinds, strict=True)):
            return False
        seen_time = seen_time or looks[order.index("searched_at")] is CellType.TIME
    return seen_time


def _unlikely(look: CellType, kind: str) -> bool:
    """Keep instants and periods out of free-text columns when nothing but the cells tells the columns."""
    return look in (CellType.TIME, CellType.TIME_RANGE) and kind not in ("time", "time-range", "date")


def _agrees(order: Order, columns: Iterable[str | None]) -> bool:
    named = tuple(columns)
    return len(order) == len(named) and all(
        name is None or name == wanted for name, wanted in zip(named, order, strict=True)
    )


def _at(row: Cells, place: int) -> str | None:
    return row[place] if place < len(row) else None


def _filled_width(row: Cells) -> int:
    return max((place + 1 for place, cell in enumerate(row) if cell_type(cell) is not CellType.BLANK), default=0)
