"""Anchors: the line (or lines) by which every record of a table can be counted."""

from __future__ import annotations

from dataclasses import dataclass

from custodiet.intake.readers.pdf.grid import Grid, GridLine
from custodiet.intake.readers.pdf.tokens import is_uuid, is_uuid_piece, kind_of, starts_uuid

_SAMPLE = 4_000
_NEARLY_ALL = 0.9
_PITCH = 3.4  # mean letter widths: lines farther apart than this are not one text
_RANK = {"uuid": 0, "time": 1, "number": 2, "mask": 3}


@dataclass(frozen=True, slots=True)
class Anchor:
    """Hold the first and last line of the cell that every record has exactly once."""

    first: int
    last: int


def find_anchors(lines: list[GridLine], grid: Grid) -> list[Anchor]:
    """Find one anchor for each record, in order.

    Best are ids, whole or broken over lines; then times, numbers and masks, each
    whole on one line; then the text column with most cells.
    """
    kinds = _column_kinds(lines)
    ids = _ids(lines, len(grid.rooms))
    if ids:
        return _with_values(lines, ids, kinds)
    return _by_values(lines, kinds) if kinds else _by_text(lines, grid)


def _column_kinds(lines: list[GridLine]) -> dict[int, str]:
    """Give the columns nearly all of whose lines are whole values, with their commonest kind."""
    counts: dict[int, dict[str | None, int]] = {}
    for line in lines[:_SAMPLE]:
        for column, cell in enumerate(line.cells):
            if cell is not None:
                kind = kind_of(cell.text)
                of_column = counts.setdefault(column, {})
                of_column[kind] = of_column.get(kind, 0) + 1
    found: dict[int, str] = {}
    for column, by_kind in counts.items():
        values = {kind: n for kind, n in by_kind.items() if kind is not None}
        if values and sum(values.values()) >= _NEARLY_ALL * sum(by_kind.values()):
            found[column] = max(values, key=lambda kind: values[kind])
    return found


def _by_values(lines: list[GridLine], kinds: dict[int, str]) -> list[Anchor]:
    filled = {c: sum(1 for line in lines if line.cells[c] is not None) for c in kinds}
    most = max(filled.values())
    key = min((c for c in kinds if filled[c] >= 0.5 * most), key=lambda c: (_RANK[kinds[c]], c))
    anchors = [Anchor(i, i) for i, line in enumerate(lines) if line.cells[key] is not None]
    return _with_values(lines, anchors, kinds)


def _with_values(lines: list[GridLine], anchors: list[Anchor], kinds: dict[int, str]) -> list[Anchor]:
    """Add the lines where the id is missing and most other values are not."""
    enough = max(2, (len(kinds) + 1) // 2)
    taken = {i for anchor in anchors for i in range(anchor.first, anchor.last + 1)}
    added = [
        Anchor(i, i)
        for i, line in enumerate(lines)
        if i not in taken and sum(line.cells[c] is not None for c in kinds) >= enough
    ]
    return sorted([*anchors, *added], key=lambda anchor: anchor.first) if added else anchors


def _ids(lines: list[GridLine], n_columns: int) -> list[Anchor]:
    """Find a column of UUIDs, whole or broken over lines."""
    for column in range(n_columns):
        texts = [(i, cell.text) for i, line in enumerate(lines) if (cell := line.cells[column]) is not None]
        pieces = sum(1 for _, text in texts[:_SAMPLE] if is_uuid_piece(text) or is_uuid(text))
        if not texts or pieces < _NEARLY_ALL * min(len(texts), _SAMPLE):
            continue
        anchors = _assemble(texts)
        within = {i for anchor in anchors for i in range(anchor.first, anchor.last + 1)}
        if sum(1 for i, _ in texts if i in within) >= _NEARLY_ALL * len(texts):
            return anchors
    return []


def _assemble(texts: list[tuple[int, str]]) -> list[Anchor]:
    anchors: list[Anchor] = []
    start, so_far = 0, ""
    for i, text in texts:
        if not so_far:
            if is_uuid(text):
                anchors.append(Anchor(i, i))
                continue
            if starts_uuid(text):
                start, so_far = i, text
            continue
        so_far += text
        if is_uuid(so_far):
            anchors.append(Anchor(start, i))
            so_far = ""
        elif len(so_far) > 40:
            so_far = ""
    return anchors


def _by_text(lines: list[GridLine], grid: Grid) -> list[Anchor]:
    return max((_text_cells(lines, grid, column) for column in range(len(grid.rooms))), key=len)


def with_loners(lines: list[GridLine], anchors: list[Anchor], grid: Grid) -> list[Anchor]:
    """Add lines that fill several columns and are part of no wrapped text: records without their id."""
    taken = {i for anchor in anchors for i in range(anchor.first, anchor.last + 1)}
    loners = [
        Anchor(i, i)
        for i, line in enumerate(lines)
        if i not in taken
        and sum(cell is not None for cell in line.cells) >= max(2, len(line.cells) // 2)
        and not _linked(lines, i, grid)
    ]
    return sorted([*anchors, *loners], key=lambda anchor: anchor.first) if loners else anchors


def _text_cells(lines: list[GridLine], grid: Grid, column: int) -> list[Anchor]:
    anchors: list[Anchor] = []
    for i, line in enumerate(lines):
        cell = line.cells[column]
        if cell is None:
            continue
        before = _line_before(lines, i, column)
        above = None if before is None else lines[before].cells[column]
        if before is None or above is None or grid.has_room(column, above, cell) or _parted(lines[before], line, grid):
            anchors.append(Anchor(i, i))
        else:
            anchors[-1] = Anchor(anchors[-1].first, i)
    return anchors


def _line_before(lines: list[GridLine], i: int, column: int) -> int | None:
    """Give the line directly above in a column; a line of other columns may stand between at half height."""
    if i and lines[i - 1].cells[column] is not None:
        return i - 1
    cell = lines[i].cells[column]
    if i < 2 or cell is None or lines[i - 2].cells[column] is None or lines[i].page != lines[i - 2].page:
        return None
    return i - 2 if lines[i].y - lines[i - 2].y < _PITCH * cell.letter else None


def _parted(upper: GridLine, lower: GridLine, grid: Grid) -> bool:
    """Tell whether some column holds two texts in these lines that are not one wrapped text."""
    pairs = enumerate(zip(upper.cells, lower.cells, strict=True))
    return any(a is not None and b is not None and grid.has_room(c, a, b) for c, (a, b) in pairs)


def _linked(lines: list[GridLine], i: int, grid: Grid) -> bool:
    """Tell whether a text of line ``i`` runs on from or into one of the lines beside it.

    Lines two away count too: cells set to the middle stand at half lines.
    """
    for k in (i - 2, i - 1, i + 1, i + 2):
        if not 0 <= k < len(lines):
            continue
        upper, lower = (lines[k], lines[i]) if k < i else (lines[i], lines[k])
        for column, (above, below) in enumerate(zip(upper.cells, lower.cells, strict=True)):
            if above is not None and below is not None and not grid.has_room(column, above, below):
                return True
    return False
