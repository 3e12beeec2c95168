"""Words and visual lines of a page, by coordinates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from custodiet.intake.readers.pdf.glyphs import Glyphs
from custodiet.intake.readers.pdf.masks import MASK

_LINE = 0.3  # em: baselines closer than this are one line
_WORD = 0.17  # em: a gap wider than this parts two words
_APART = 1.1  # em: a gap wider than this parts two pieces of text
_APART_UNSPACED = 0.6  # the same where spaces are not written and never wider than they must be
_SAME = 0.06  # em: the same character drawn twice this close is one (bold by overprinting)


@dataclass(slots=True)
class Word:
    """Hold one word.

    Attributes:
        text: Its characters.
        x0, x1: Left and right edge, in points.
        blank: White before it on its line, in em; infinite for the first word.
        jump: Largest part of that white that no space character covers, in em.
        spaces: Space characters before it.
    """

    text: str
    x0: float
    x1: float
    blank: float
    jump: float
    spaces: int


@dataclass(slots=True)
class Line:
    """Hold one visual line: ``page`` is 1-based, ``y`` its baseline, ``em`` its letter size, in points."""

    page: int
    y: float
    em: float
    words: list[Word] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    ruled: bool = False
    """A ruling runs between the line above and this one."""

    @property
    def text(self) -> str:
        """The whole line."""
        return text_of(self.words)


def build_lines(page: int, glyphs: Glyphs) -> list[Line]:
    """Group the characters of a page into words and lines, top to bottom."""
    if not (glyphs.code != 32).any():
        return []
    letters = glyphs.code != 32
    height = float(np.median((glyphs.bottom - glyphs.top)[letters]))
    em = max(0.5, min(2 * float(np.median((glyphs.x1 - glyphs.x0)[letters])), 1.3 * height))
    glyphs = glyphs.take(np.argsort(glyphs.base, kind="stable"))
    starts = np.flatnonzero(np.diff(glyphs.base, prepend=-np.inf) > _LINE * em)
    row = np.zeros(len(glyphs.code), dtype=np.int64)
    row[starts[starts > 0]] = 1
    row = np.cumsum(row)
    glyphs = glyphs.take(np.lexsort((glyphs.x0, row)))
    return _words(page, glyphs, row, em / max(height, 1e-6))


def _words(page: int, glyphs: Glyphs, row: NDArray[Any], em_per_height: float) -> list[Line]:
    order = _without_doubles(glyphs, row, em_per_height)
    glyphs, row = glyphs.take(order), row[order]
    letter = np.flatnonzero(glyphs.code != 32)
    text = glyphs.code[letter].astype("<u4").tobytes().decode("utf-32-le")
    line_of = row[letter]
    em = np.maximum((glyphs.bottom - glyphs.top)[letter] * em_per_height, 0.5)
    x0, x1 = glyphs.x0[letter], glyphs.x1[letter]
    new_line = np.diff(line_of, prepend=-1) != 0
    blank = (x0 - np.concatenate(([0.0], x1[:-1]))) / em
    spaces = np.diff(letter, prepend=-1) - 1
    jump = _jumps(glyphs, letter) / em
    begins = np.flatnonzero(new_line | (blank > _WORD) | (spaces > 0))
    ends = np.append(begins[1:], len(letter))
    lines: list[Line] = []
    columns = (
        begins.tolist(),
        ends.tolist(),
        x0[begins].tolist(),
        np.maximum.reduceat(x1, begins).tolist(),
        blank[begins].tolist(),
        jump[begins].tolist(),
        spaces[begins].tolist(),
        new_line[begins].tolist(),
    )
    base, sizes = glyphs.base[letter], em
    for begin, end, left, right, white, uncovered, n_spaces, first in zip(*columns, strict=True):
        if first:
            lines.append(Line(page, float(base[begin]), float(sizes[begin])))
            white = uncovered = float("inf")
            n_spaces = 0
        lines[-1].words.append(Word(text[begin:end].replace("█", MASK), left, right, white, uncovered, n_spaces))
    return lines


def _jumps(glyphs: Glyphs, letter: NDArray[Any]) -> NDArray[np.float64]:
    """Give for each letter the largest uncovered gap since the letter before it, in points."""
    uncovered = glyphs.x0 - np.concatenate(([np.inf], glyphs.x1[:-1]))
    if not len(letter):
        return np.zeros(0)
    since = np.concatenate(([0], letter[:-1] + 1))
    return np.maximum.reduceat(np.append(uncovered, -np.inf), since)[: len(letter)]


def _without_doubles(glyphs: Glyphs, row: NDArray[Any], em_per_height: float) -> NDArray[Any]:
    near = np.abs(np.diff(glyphs.x0)) < _SAME * (glyphs.bottom - glyphs.top)[1:] * em_per_height
    double = near & (np.diff(glyphs.code.astype(np.int64)) == 0) & (np.diff(row) == 0)
    return np.flatnonzero(np.concatenate(([True], ~double)))


@dataclass(slots=True)
class Piece:
    """Hold words of one line with only word spaces between them."""

    words: list[Word]

    @property
    def x0(self) -> float:
        """Left edge, in points."""
        return self.words[0].x0

    @property
    def x1(self) -> float:
        """Right edge, in points."""
        return self.words[-1].x1

    @property
    def text(self) -> str:
        """The words with the spaces that the file writes between them, at least one."""
        return text_of(self.words)


def text_of(words: list[Word]) -> str:
    """Join words of one line; several written spaces stay several."""
    parts = [words[0].text]
    for word in words[1:]:
        parts.append(" " * max(1, word.spaces) if word.spaces < 4 else " ")
        parts.append(word.text)
    return "".join(parts)


def cut_pieces(line: Line, *, spaced: bool) -> None:
    """Split a line where its white is wider than between words.

    Args:
        line: The line; its ``pieces`` are set.
        spaced: The document writes its spaces as characters, so that any white that
            none of them covers parts two pieces of text.
    """
    wide = _APART if spaced else _APART_UNSPACED
    line.pieces = []
    start = 0
    for i, word in enumerate(line.words):
        if i and (word.blank > wide or (spaced and word.jump > 0.15 and word.blank > 0.2)):
            line.pieces.append(Piece(line.words[start:i]))
            start = i
    line.pieces.append(Piece(line.words[start:]))


def is_spaced(lines: list[Line]) -> bool:
    """Tell whether the document writes the spaces between words as characters."""
    between = [w for line in lines for w in line.words[1:] if w.blank < 0.6]
    written = sum(1 for w in between if w.spaces)
    # A program that writes none leaves only white; narrow gaps between columns are white in any case.
    return written > 0.05 * len(between)
