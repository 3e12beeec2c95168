"""Drawn shapes of a page: ruling lines of tables, and filled boxes that may hide text."""

from __future__ import annotations

import ctypes
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium

from custodiet.intake.readers.pdf.document import PageHandle
from custodiet.intake.readers.pdf.glyphs import Frame
from custodiet.intake.readers.pdf.lines import Line

MAX_OBJECTS = 50_000
"""Drawn objects looked at on one page."""

MAX_SEGMENTS = 4_000
"""Points looked at in one path; a map or a logo has more and is no table."""

_MAX_DEPTH = 6
_THIN = 2.5  # points: a filled box no thicker than this is a line
_STRAIGHT = 0.5  # points a line may be off the axis
_OPAQUE = 200  # of 255
_DARK = 80  # of 255, the brightest channel

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Box:
    """Hold a filled box, upright coordinates in points; ``order`` is its turn in drawing."""

    x0: float
    top: float
    x1: float
    bottom: float
    order: int
    dark: bool


@dataclass(frozen=True, slots=True)
class Ruling:
    """Hold one straight line: at ``at`` from ``start`` to ``end``; horizontal ones run along x."""

    horizontal: bool
    at: float
    start: float
    end: float


@dataclass(slots=True)
class Shapes:
    """Hold what is drawn on a page beside text.

    Attributes:
        boxes: Filled opaque boxes, in drawing order.
        rulings: Straight lines.
        text_order: Address of a text object to its turn in drawing.
        n_images: Pictures on the page.
        cut_short: There were more objects than the limit.
    """

    boxes: list[Box] = field(default_factory=list)
    rulings: list[Ruling] = field(default_factory=list)
    text_order: dict[int, int] = field(default_factory=dict)
    n_images: int = 0
    cut_short: bool = False


def read_shapes(handle: PageHandle, frame: Frame) -> Shapes:
    """Read the ruling lines and filled boxes of a page, and when each text object is drawn."""
    shapes = Shapes()
    order = 0
    for item, matrix in _objects(handle.page):
        order += 1
        if order > MAX_OBJECTS:
            shapes.cut_short = True
            break
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            shapes.text_order[_address(item)] = order
        elif kind == pdfium.FPDF_PAGEOBJ_PATH:
            _add_path(shapes, item, matrix, frame, order)
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            shapes.n_images += 1
    _add_annotations(shapes, handle.page, frame, order + 1)
    return shapes


def rule_lines(lines: list[Line], shapes: Shapes) -> None:
    """Mark the lines of text above which a ruling runs over most of their width."""
    across = sorted((r for r in shapes.rulings if r.horizontal), key=lambda r: r.at)
    levels: list[list[Ruling]] = []
    for ruling in across:
        if levels and ruling.at - levels[-1][0].at <= _THIN:
            levels[-1].append(ruling)
        else:
            levels.append([ruling])
    at = [level[0].at for level in levels]
    for above, line in pairwise(lines):
        # A ruling belongs between the middles of two lines; letters stand above their baseline.
        begin = bisect_left(at, above.y - 0.3 * above.em)
        end = bisect_left(at, line.y - 0.3 * line.em)
        left = min(above.words[0].x0, line.words[0].x0)
        right = max(above.words[-1].x1, line.words[-1].x1)
        line.ruled = any(_covers(levels[i], left, right) for i in range(begin, end))


def _covers(level: list[Ruling], left: float, right: float) -> bool:
    covered, reach = 0.0, left
    for ruling in sorted(level, key=lambda r: r.start):
        begin, end = max(ruling.start, reach), min(ruling.end, right)
        if end > begin:
            covered += end - begin
            reach = end
    return covered >= 0.8 * (right - left)


def _address(item: Any) -> int:
    return ctypes.cast(item, ctypes.c_void_p).value or 0


def _objects(page: Any) -> Iterator[tuple[Any, Matrix]]:
    for index in range(max(0, pdfium.FPDFPage_CountObjects(page))):
        yield from _with_inner(pdfium.FPDFPage_GetObject(page, index), _IDENTITY, 0)


def _with_inner(item: Any, outer: Matrix, depth: int) -> Iterator[tuple[Any, Matrix]]:
    if not item:
        return
    if pdfium.FPDFPageObj_GetType(item) != pdfium.FPDF_PAGEOBJ_FORM:
        yield item, outer
        return
    if depth >= _MAX_DEPTH:
        return
    matrix = _multiply(_matrix(item), outer)
    for index in range(max(0, pdfium.FPDFFormObj_CountObjects(item))):
        yield from _with_inner(pdfium.FPDFFormObj_GetObject(item, index), matrix, depth + 1)


def _matrix(item: Any) -> Matrix:
    found = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(item, found):
        return _IDENTITY
    return (found.a, found.b, found.c, found.d, found.e, found.f)


def _multiply(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def _add_path(shapes: Shapes, item: Any, outer: Matrix, frame: Frame, order: int) -> None:
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    if not pdfium.FPDFPath_GetDrawMode(item, mode, stroke):
        return
    filled, stroked = mode.value != pdfium.FPDF_FILLMODE_NONE, bool(stroke.value)
    if not filled and not stroked:
        return
    colour = _fill_colour(item) if filled else None
    for points in _subpaths(item, _multiply(_matrix(item), outer), frame):
        x0, top = points.min(axis=0)
        x1, bottom = points.max(axis=0)
        if filled and x1 - x0 > _THIN and bottom - top > _THIN:
            if colour is not None:
                shapes.boxes.append(Box(float(x0), float(top), float(x1), float(bottom), order, max(colour) < _DARK))
        elif filled:
            _add_line(shapes, float(x0), float(top), float(x1), float(bottom))
        if stroked:
            for start, end in pairwise(points):
                _add_line(
                    shapes,
                    float(min(start[0], end[0])),
                    float(min(start[1], end[1])),
                    float(max(start[0], end[0])),
                    float(max(start[1], end[1])),
                )


def _add_line(shapes: Shapes, x0: float, top: float, x1: float, bottom: float) -> None:
    if bottom - top <= max(_STRAIGHT, _THIN) and x1 - x0 > 4:
        shapes.rulings.append(Ruling(True, (top + bottom) / 2, x0, x1))
    elif x1 - x0 <= max(_STRAIGHT, _THIN) and bottom - top > 4:
        shapes.rulings.append(Ruling(False, (x0 + x1) / 2, top, bottom))


def _fill_colour(item: Any) -> tuple[int, int, int] | None:
    """Give the fill colour, or None if what lies beneath shines through."""
    channels = [ctypes.c_uint() for _ in range(4)]
    if pdfium.FPDFPageObj_HasTransparency(item) or not pdfium.FPDFPageObj_GetFillColor(item, *channels):
        return None
    red, green, blue, alpha = (channel.value for channel in channels)
    return (red, green, blue) if alpha >= _OPAQUE else None


def _subpaths(item: Any, matrix: Matrix, frame: Frame) -> Iterator[np.ndarray[Any, Any]]:
    a, b, c, d, e, f = matrix
    current: list[tuple[float, float]] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(min(MAX_SEGMENTS, max(0, pdfium.FPDFPath_CountSegments(item)))):
        segment = pdfium.FPDFPath_GetPathSegment(item, index)
        if not pdfium.FPDFPathSegment_GetPoint(segment, x, y):
            continue
        if pdfium.FPDFPathSegment_GetType(segment) == pdfium.FPDF_SEGMENT_MOVETO:
            yield from _turned(current, frame)
            current = []
        px, py = x.value, y.value
        current.append((a * px + c * py + e, b * px + d * py + f))
        if pdfium.FPDFPathSegment_GetClose(segment):
            current.append(current[0])
    yield from _turned(current, frame)


def _turned(points: list[tuple[float, float]], frame: Frame) -> Iterator[np.ndarray[Any, Any]]:
    if len(points) < 2:
        return
    flat = np.asarray(points, dtype=np.float64)
    if np.isfinite(flat).all() and np.abs(flat).max() < 1e6:
        yield np.column_stack(frame.upright(flat[:, 0], flat[:, 1]))


_COVERING_NOTES = (pdfium.FPDF_ANNOT_SQUARE, pdfium.FPDF_ANNOT_REDACT, pdfium.FPDF_ANNOT_HIGHLIGHT)


def _add_annotations(shapes: Shapes, page: Any, frame: Frame, order: int) -> None:
    """Add dark boxes laid over the page as comments: they hide nothing from a reader of the file."""
    for index in range(min(MAX_OBJECTS, max(0, pdfium.FPDFPage_GetAnnotCount(page)))):
        note = pdfium.FPDFPage_GetAnnot(page, index)
        if not note:
            continue
        try:
            kind = pdfium.FPDFAnnot_GetSubtype(note)
            rect = pdfium.FS_RECTF()
            if kind not in _COVERING_NOTES or not pdfium.FPDFAnnot_GetRect(note, rect):
                continue
            if kind == pdfium.FPDF_ANNOT_REDACT or _dark_note(note, kind):
                points = [(rect.left, rect.bottom), (rect.right, rect.top)]
                for turned in _turned(points, frame):
                    (x0, top), (x1, bottom) = turned.min(axis=0), turned.max(axis=0)
                    shapes.boxes.append(Box(float(x0), float(top), float(x1), float(bottom), order, True))
        finally:
            pdfium.FPDFPage_CloseAnnot(note)


def _dark_note(note: Any, kind: int) -> bool:
    which = (
        pdfium.FPDFANNOT_COLORTYPE_InteriorColor
        if kind == pdfium.FPDF_ANNOT_SQUARE
        else pdfium.FPDFANNOT_COLORTYPE_Color
    )
    channels = [ctypes.c_uint() for _ in range(4)]
    if not pdfium.FPDFAnnot_GetColor(note, which, *channels):
        return False
    red, green, blue, alpha = (channel.value for channel in channels)
    return max(red, green, blue) < _DARK and alpha >= _OPAQUE
