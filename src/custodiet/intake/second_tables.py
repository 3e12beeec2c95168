"""Tables that stand below one another in one sheet or file, parted by a blank row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from custodiet.intake.formats import label_key, match_format
from custodiet.intake.layout import is_blank_row, is_known_label
from custodiet.intake.layout.rows import has_record_cells
from custodiet.intake.raw import RawRow

_FEWEST_LABELS = 2
_SURELY_LABELS = 0.6


class RowsOfOneTable:
    """Yield the rows of a table, and stop where another one begins below it.

    A row is the header of another table if it follows a blank row, most of its cells are
    labels of one known format, and they are not those of the table above.
    """

    def __init__(self, rows: Iterable[RawRow]) -> None:
        self._rows = iter(rows)
        self._above: frozenset[str] = frozenset()
        self._n_data = 0
        self._next: RawRow | None = None

    def __iter__(self) -> Iterator[RawRow]:
        after_gap, last = True, 0
        for row in self._rows:
            after_gap = after_gap or row.source_row > last + 1
            if is_blank_row(row.cells):
                after_gap = True
            elif (after_gap or not self._above) and (labels := header_labels(row.cells)):
                if self._above and self._n_data and labels != self._above:
                    self._next = row
                    return
                self._above, after_gap = self._above or labels, False
            else:
                self._n_data += bool(self._above)
                after_gap = False
            last = row.source_row
            yield row

    @property
    def below(self) -> tuple[int, Iterator[RawRow]] | None:
        """Give the next table, once the rows of this one are used up: the row of its header, and its rows."""
        return (self._next.source_row, chain([self._next], self._rows)) if self._next else None


def header_labels(cells: Sequence[str | None]) -> frozenset[str]:
    """Give the labels of a row that is the header of a known format by itself; empty for any other row."""
    filled = [cell for cell in cells if cell and cell.strip()]
    if len(filled) < _FEWEST_LABELS or not is_known_label(filled[0]) or has_record_cells(cells):
        return frozenset()
    match = match_format(cells)
    if match is None or match.score < _SURELY_LABELS:
        return frozenset()
    return frozenset(label_key(cell) for cell in filled)
