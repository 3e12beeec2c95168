"""Columns of a table: rivers of white that run down all its lines, and the labels above them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from custodiet.intake.readers.pdf.lines import Line, Word

Span = tuple[float, float]

_CROSSING = 0.01  # share of lines that may cross a river (text that runs over into an empty cell)
_RIVER = 0.15  # em: white narrower than this is no river
_SELDOM = 0.2  # a column without a label that is filled less often than this is none
_TOUCH = 0.5  # points: extents that share no more than this only touch


@dataclass(frozen=True, slots=True)
class Columns:
    """Hold the x-extents of a table's columns, left to right, in points; they do not overlap."""

    spans: tuple[Span, ...]
    lefts: tuple[float, ...] = field(init=False)
    rights: tuple[float, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lefts", tuple(a for a, _ in self.spans))
        object.__setattr__(self, "rights", tuple(b for _, b in self.spans))

    def __len__(self) -> int:
        return len(self.spans)

    def touched(self, x0: float, x1: float) -> tuple[int, int]:
        """Give the first and last column that an extent overlaps; the nearest one twice if none."""
        first = bisect_right(self.rights, x0 + _TOUCH)
        last = bisect_left(self.lefts, x1 - _TOUCH) - 1
        if first <= last:
            return first, last
        nearest = self.nearest((x0 + x1) / 2)
        return nearest, nearest

    def nearest(self, x: float) -> int:
        """Give the column that holds ``x``, or the nearest one."""
        return min(range(len(self.spans)), key=lambda i: max(self.lefts[i] - x, x - self.rights[i], 0.0))


def extents(lines: list[Line]) -> NDArray[np.float64]:
    """Give the left and right edge of every piece of the lines, one row per piece."""
    flat = [(piece.x0, piece.x1) for line in lines for piece in line.pieces]
    return np.asarray(flat, dtype=np.float64).reshape(-1, 2)


def rivers(spans: NDArray[np.float64], n_lines: int, em: float) -> Columns:
    """Find the columns between the stretches of x that (nearly) no piece covers."""
    found = _covered(spans, int(_CROSSING * n_lines), em)
    # What only a few lines fill is a column too, if it touches no other.
    if not found or not int(_CROSSING * n_lines):
        return Columns(tuple(found))
    lefts, rights = np.asarray(found).T
    margin = _RIVER * em
    first = np.searchsorted(rights, spans[:, 0] - margin)
    apart = (first == len(found)) | (lefts[np.minimum(first, len(found) - 1)] > spans[:, 1] + margin)
    return Columns(tuple(sorted(found + _covered(spans[apart], 0, em))))


def _covered(spans: NDArray[np.float64], allowed: int, em: float) -> list[Span]:
    if not len(spans):
        return []
    edges = np.concatenate([spans[:, 0], spans[:, 1]])
    step = np.concatenate([np.ones(len(spans)), -np.ones(len(spans))])
    order = np.lexsort((-step, edges))
    edges, depth = edges[order], np.cumsum(step[order])
    inside = np.concatenate(([False], depth > allowed))
    turns = np.flatnonzero(np.diff(inside))
    found: list[list[float]] = []
    for begin, end in zip(edges[turns[::2]].tolist(), edges[turns[1::2]].tolist(), strict=True):
        if found and begin - found[-1][1] < _RIVER * em:
            found[-1][1] = end
        elif end > begin:
            found.append([begin, end])
    return [(a, b) for a, b in found]


def straddling(spans: NDArray[np.float64], columns: Columns) -> float:
    """Give the share of pieces that reach over several columns."""
    if len(columns) < 2 or not len(spans):
        return 0.0
    first = np.searchsorted(columns.rights, spans[:, 0] + _TOUCH, side="right")
    last = np.searchsorted(columns.lefts, spans[:, 1] - _TOUCH, side="left") - 1
    return float((first < last).mean())


def with_labels(columns: Columns, header: list[Line], body: NDArray[np.float64], em: float) -> Columns:
    """Refine body columns by the labels above them.

    A label over no column makes its own (a column without any value). Body columns
    without a label join a neighbour that has a label and no values (numbers set
    to the right below a label set to the left); one that is seldom filled is the end
    of long texts to its left. Two labels over one column part it
    where no value crosses.
    """
    labels = _label_spans(header, em)
    if len(labels) < 2:
        return columns
    spans = list(columns.spans)
    for left, right in pairwise(labels):
        spans = _part(spans, left, right, body)
    free_labels = [label for label in labels if not any(_overlap(label, span) for span in spans)]
    bare = [span for span in spans if not any(_overlap(label, span) for label in labels)]
    for label in free_labels:
        ordered = sorted([*spans, label, *[other for other in free_labels if other != label]])
        place = ordered.index(label)
        beside = [ordered[i] for i in (place + 1, place - 1) if 0 <= i < len(ordered)]
        mates = [span for span in beside if span in bare]
        if mates:
            mate = min(mates, key=lambda span: max(span[0] - label[1], label[0] - span[1]))
            spans.remove(mate)
            bare.remove(mate)
            spans.append((min(mate[0], label[0]), max(mate[1], label[1])))
        else:
            spans.append(label)
    for span in bare:
        spans = _absorb(sorted(spans), span, body)
    return Columns(tuple(sorted(spans)))


def _absorb(spans: list[Span], bare: Span, body: NDArray[np.float64]) -> list[Span]:
    place = spans.index(bare)
    if not place:
        return spans
    left = spans[place - 1]
    filled = [int(((body[:, 1] > a) & (body[:, 0] < b)).sum()) for a, b in spans]
    if filled[place] >= _SELDOM * max(filled):
        return spans
    return [*spans[: place - 1], (left[0], bare[1]), *spans[place + 1 :]]


def _label_spans(header: list[Line], em: float) -> list[Span]:
    found = rivers(extents(header), 0, em)
    return list(found.spans)


def _overlap(a: Span, b: Span) -> bool:
    return min(a[1], b[1]) - max(a[0], b[0]) > _TOUCH


def _part(spans: list[Span], left: Span, right: Span, body: NDArray[np.float64]) -> list[Span]:
    for i, (a, b) in enumerate(spans):
        if not (_overlap((a, b), left) and _overlap((a, b), right)):
            continue
        inside = body[(body[:, 0] >= a - 0.5) & (body[:, 1] <= b + 0.5)]
        for cut in (right[0] - 0.5, (left[1] + right[0]) / 2):
            crossing = int(((inside[:, 0] < cut) & (inside[:, 1] > cut + 0.5)).sum())
            if crossing <= _CROSSING * len(inside):
                return [*spans[:i], (a, max(a, cut - 0.5)), (cut, b), *spans[i + 1 :]]
    return spans


def place_words(line: Line, columns: Columns, *, split: bool = False) -> list[list[Word]]:
    """Give the words of a line by column.

    A piece that reaches over several columns is one text that runs over into empty
    cells, unless something else stands in them (or ``split`` says that it is a row
    of labels): then each word goes where its middle stands.
    """
    cells: list[list[Word]] = [[] for _ in columns.spans]
    homes = [columns.touched(piece.x0, piece.x1) for piece in line.pieces]
    for piece, (first, last) in zip(line.pieces, homes, strict=True):
        if first == last:
            cells[first].extend(piece.words)
            continue
        taken = sum(1 for a, b in homes if a <= last and b >= first) > 1
        if split or taken:
            for word in piece.words:
                cells[columns.nearest((word.x0 + word.x1) / 2)].append(word)
        else:
            start = max(0, bisect_right(columns.lefts, piece.x0 + 0.5) - 1)
            cells[min(max(start, first), last)].extend(piece.words)
    return cells
