"""Draw synthetic PDF tables line by line, the way office programs print them. Invented content only."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

FONT = "Helvetica"

Row = Sequence[str]


@dataclass(frozen=True)
class Layout:
    """How a table is printed; lengths in points."""

    lefts: tuple[float, ...]
    widths: tuple[float, ...]
    size: float = 8
    pitch: float = 10
    pad: float = 0
    valign: str = "bottom"
    right_aligned: frozenset[int] = frozenset()
    header_on: str = "first"  # first, each, none
    keep_together: bool = False
    ruled: bool = False
    grid: bool = False
    quarter: int = 0
    shuffle: int | None = None
    footer: str | None = None
    running_head: str | None = None
    title: str | None = None
    metadata_title: str | None = None
    word_by_word: bool = False
    page: tuple[float, float] = (792, 612)


def wrap(text: str, width: float, size: float) -> list[str]:
    """Wrap words; a word wider than the column is broken wherever it is full."""
    lines: list[str] = []
    for word in text.split(" ") if text else []:
        trial = f"{lines[-1]} {word}" if lines else word
        if lines and stringWidth(trial, FONT, size) <= width:
            lines[-1] = trial
            continue
        while stringWidth(word, FONT, size) > width:
            n = next(n for n in range(len(word), 0, -1) if stringWidth(word[:n], FONT, size) <= width)
            lines.append(word[:n])
            word = word[n:]
        lines.append(word)
    return lines


def draw(path: Path, tables: Sequence[tuple[Row, Sequence[Row]]], layout: Layout) -> Path:
    """Draw tables one after another and save the file."""
    drawing = _Drawing(path, layout)
    for header, rows in tables:
        drawing.table(header, rows)
    drawing.save()
    return path


class _Drawing:
    def __init__(self, path: Path, layout: Layout) -> None:
        self.layout = layout
        width, height = layout.page
        self.sheet = (width, height)  # the canvas swaps it by itself for quarter turns
        self.canvas = Canvas(str(path), pagesize=self.sheet, invariant=1)
        if layout.metadata_title:
            self.canvas.setTitle(layout.metadata_title)
        self.number = 0
        self.waiting: list[tuple[float, float, str]] = []
        self.fresh = True
        self.y = 0.0

    def _open(self, header: Row | None) -> None:
        self.number += 1
        self.fresh = False
        self.y = 60.0
        if self.layout.running_head:
            self._put(self.layout.lefts[0], 30, self.layout.running_head)
        if self.layout.title and self.number == 1:
            self._put(self.layout.lefts[0], self.y - 20, self.layout.title)
        if header is not None:
            self._row(header, header=True)

    def _put(self, x: float, y: float, text: str) -> None:
        self.waiting.append((x, y, text))

    def table(self, header: Row, rows: Sequence[Row]) -> None:
        each = header if self.layout.header_on == "each" else None
        self._open(header if self.layout.header_on != "none" else None)
        for row in rows:
            self._row(row, again=each)
        self._close()

    def _room(self) -> float:
        return self.layout.page[1] - 60 - self.y

    def _row(self, row: Row, *, header: bool = False, again: Row | None = None) -> None:
        lay = self.layout
        cells = [wrap(text, width, lay.size) for text, width in zip(row, lay.widths, strict=True)]
        n = max(1, *(len(cell) for cell in cells))
        if lay.keep_together and not header and self._room() < n * lay.pitch + 2 * lay.pad:
            self._close()
            self._open(again)
        offsets = {"top": lambda m: 0.0, "bottom": lambda m: n - m, "middle": lambda m: (n - m) / 2}
        place = offsets[lay.valign]
        items = sorted(
            (place(len(cell)) + k, column, text) for column, cell in enumerate(cells) for k, text in enumerate(cell)
        )
        self.y += lay.pad
        top = self.y - lay.pad
        done = 0.0
        for offset, column, text in items:
            if not header and not lay.keep_together and self.y + (offset - done) * lay.pitch > lay.page[1] - 60:
                self._close()
                self._open(again)
                self.y -= (offset - done) * lay.pitch
            x = lay.lefts[column]
            if column in lay.right_aligned and not header:
                x += lay.widths[column] - stringWidth(text, FONT, lay.size)
            self._put(x, self.y + (offset - done) * lay.pitch + lay.size, text)
        self.y += (n - done) * lay.pitch + lay.pad
        if lay.ruled or lay.grid:
            self._rule(top)

    def _rule(self, top: float) -> None:
        lay = self.layout
        left, right = lay.lefts[0] - 3, lay.lefts[-1] + lay.widths[-1] + 3
        self._turn()
        for y in (top + 0.5, self.y + 0.5):
            self.canvas.line(left, lay.page[1] - y - 1, right, lay.page[1] - y - 1)
        if lay.grid:
            for x in [*(x - 3 for x in lay.lefts), right]:
                self.canvas.line(x, lay.page[1] - top - 1.5, x, lay.page[1] - self.y - 1.5)
        self.canvas.restoreState()

    def _turn(self) -> None:
        self.canvas.saveState()
        width, height = self.layout.page
        if self.layout.quarter == 1:
            self.canvas.translate(height, 0)
            self.canvas.rotate(90)
        elif self.layout.quarter == 2:
            self.canvas.translate(width, height)
            self.canvas.rotate(180)
        elif self.layout.quarter == 3:
            self.canvas.translate(0, width)
            self.canvas.rotate(270)

    def _close(self) -> None:
        lay = self.layout
        if lay.footer:
            self._put(300, lay.page[1] - 25, lay.footer.format(page=self.number))
        items = self.waiting
        if lay.shuffle is not None:
            random.Random(lay.shuffle + self.number).shuffle(items)
        self._turn()
        self.canvas.setFont(FONT, lay.size)
        for x, y, text in items:
            if lay.word_by_word:
                for word in text.split(" "):
                    self.canvas.drawString(x, lay.page[1] - y, word)
                    x += stringWidth(word + " ", FONT, lay.size)
            else:
                self.canvas.drawString(x, lay.page[1] - y, text)
        self.canvas.restoreState()
        if lay.quarter:
            self.canvas.setPageRotation({1: 90, 2: 180, 3: 270}[lay.quarter])
        self.waiting = []
        self.canvas.showPage()

    def save(self) -> None:
        self.canvas.save()
