"""Characters of a page with their places, turned so that the text reads left to right and downward.

Places come from the drawing instructions, never from the order in which the
file happens to store its text: edited files store it in any order.
"""

from __future__ import annotations

import ctypes
from collections import deque
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from custodiet.intake.readers.pdf.document import PageHandle

MAX_CHARACTERS = 400_000
"""Characters read of one page; a densely printed page has about 10,000."""

_FAR = 100_000.0
_HYPHENS = (0x2, 0xFFFE)  # pdfium's marks for a hyphen at the end of a line
_SLANTED_RUN = 4

Floats = NDArray[np.float64]


@dataclass(slots=True)
class Frame:
    """Hold how a page was turned: its box in points and the quarter turns of its text.

    Attributes:
        left, bottom: Lower left corner of the visible box, in points.
        width, height: Size of the visible box before turning, in points.
        quarter: Counter-clockwise quarter turns of the reading direction.
    """

    left: float
    bottom: float
    width: float
    height: float
    quarter: int

    def upright(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Turn points of the page so that x grows along the text and y downward."""
        u, v = x - self.left, y - self.bottom
        if self.quarter == 0:
            return u, self.height - v
        if self.quarter == 1:
            return v, u
        if self.quarter == 2:
            return self.width - u, v
        return self.height - v, self.width - u


@dataclass(slots=True)
class Glyphs:
    """Hold the characters of one page; arrays of equal length, in the order of the file.

    Attributes:
        index: Place of the character in pdfium's text page.
        code: Unicode code point.
        x0, x1: Left and right edge of the advance box, in points.
        top, bottom: Its upper and lower edge, y downward.
        base: Baseline.
        frame: How the page was turned.
        n_outside: Characters left out because they lie outside the visible page.
        n_slanted: Characters left out because they run askew (a watermark).
        n_unread: Characters of the page beyond the limit, not read.
    """

    index: NDArray[np.int64]
    code: NDArray[np.uint32]
    x0: Floats
    x1: Floats
    top: Floats
    bottom: Floats
    base: Floats
    frame: Frame
    n_outside: int = 0
    n_slanted: int = 0
    n_unread: int = 0

    def take(self, keep: NDArray[Any]) -> Glyphs:
        """Give the characters chosen by a mask or by indexes."""
        return Glyphs(
            self.index[keep],
            self.code[keep],
            self.x0[keep],
            self.x1[keep],
            self.top[keep],
            self.bottom[keep],
            self.base[keep],
            self.frame,
            self.n_outside,
            self.n_slanted,
            self.n_unread,
        )


def _by_address(function: Any, result: Any, *arguments: Any) -> Any:
    """Bind a pdfium function so that it takes plain addresses: a third of the time of typed pointers."""
    return ctypes.CFUNCTYPE(result, *arguments)(ctypes.cast(function, ctypes.c_void_p).value or 0)


_handle, _int, _address = ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p
_loose_box = _by_address(pdfium.FPDFText_GetLooseCharBox, _int, _handle, _int, _address)
_origin = _by_address(pdfium.FPDFText_GetCharOrigin, _int, _handle, _int, _address, _address)
_unicode = _by_address(pdfium.FPDFText_GetUnicode, ctypes.c_uint, _handle, _int)


def read_glyphs(handle: PageHandle) -> Glyphs:
    """Read every character of a page with its place, turned upright."""
    total = max(0, pdfium.FPDFText_CountChars(handle.text))
    n = min(total, MAX_CHARACTERS)
    boxes = np.zeros((n, 4), dtype=np.float32)  # left, top, right, bottom
    origins = np.zeros((n, 2), dtype=np.float64)
    text = ctypes.cast(handle.text, _handle)
    first, start = boxes.ctypes.data, origins.ctypes.data
    _exhaust(map(_loose_box, repeat(text), range(n), range(first, first + 16 * n, 16)))
    _exhaust(
        map(
            _origin,
            repeat(text),
            range(n),
            range(start, start + 16 * n, 16),
            range(start + 8, start + 8 + 16 * n, 16),
        )
    )
    code = _codes(handle, text, n)
    code[np.isin(code, _HYPHENS)] = ord("-")
    glyphs = _upright(handle, code, boxes.astype(np.float64), origins)
    glyphs.n_unread = total - n
    return glyphs


def _codes(handle: PageHandle, text: Any, n: int) -> NDArray[np.uint32]:
    units = np.zeros(n + 1, dtype=np.uint16)
    pointer = units.ctypes.data_as(ctypes.POINTER(ctypes.c_ushort))
    # One call for all, if it gives one unit for each character; else one call for each.
    whole = n and pdfium.FPDFText_GetText(handle.text, 0, n, pointer) == n + 1
    if whole and not ((units >= 0xD800) & (units <= 0xDFFF)).any():
        return units[:n].astype(np.uint32)
    return np.fromiter(map(_unicode, repeat(text), range(n)), dtype=np.uint32, count=n)


def _exhaust(calls: Any) -> None:
    deque(calls, maxlen=0)


def _upright(handle: PageHandle, code: NDArray[np.uint32], boxes: Floats, origins: Floats) -> Glyphs:
    frame = _frame(handle.page)
    drawn = (code != 13) & (code != 10) & (boxes[:, 0] != boxes[:, 2]) & (boxes[:, 1] != boxes[:, 3])
    drawn &= np.isfinite(boxes).all(axis=1) & np.isfinite(origins).all(axis=1)
    drawn &= (np.abs(boxes) < _FAR).all(axis=1) & (np.abs(origins) < _FAR).all(axis=1)
    kept = np.flatnonzero(drawn)
    code, boxes, origins = code[kept], boxes[kept], origins[kept]
    code[(code == 0) | (code > 0x10FFFF) | ((code >= 0xD800) & (code <= 0xDFFF))] = 0xFFFD
    frame.quarter, askew = _direction(origins, boxes, frame.quarter)
    xa, ya = frame.upright(boxes[:, 0], boxes[:, 1])
    xb, yb = frame.upright(boxes[:, 2], boxes[:, 3])
    _, base = frame.upright(origins[:, 0], origins[:, 1])
    glyphs = Glyphs(
        kept,
        code,
        np.minimum(xa, xb),
        np.maximum(xa, xb),
        np.minimum(ya, yb),
        np.maximum(ya, yb),
        base,
        frame,
    )
    centre_x, centre_y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    inside = (centre_x >= frame.left - 1) & (centre_x <= frame.left + frame.width + 1)
    inside &= (centre_y >= frame.bottom - 1) & (centre_y <= frame.bottom + frame.height + 1)
    n_outside = int((~inside & (code != 32)).sum())
    n_slanted = int((inside & askew & (code != 32)).sum())
    glyphs = glyphs.take(inside & ~askew)
    glyphs.n_outside, glyphs.n_slanted = n_outside, n_slanted
    return glyphs


def _frame(page: Any) -> Frame:
    box = pdfium.FS_RECTF()
    if not pdfium.FPDF_GetPageBoundingBox(page, box):
        return Frame(0.0, 0.0, 0.0, 0.0, 0)
    quarter = max(0, pdfium.FPDFPage_GetRotation(page)) % 4
    return Frame(box.left, box.bottom, box.right - box.left, box.top - box.bottom, quarter)


def _direction(origins: Floats, boxes: Floats, fallback: int) -> tuple[int, NDArray[np.bool_]]:
    """Tell the reading direction by most steps from one character to the next, and who runs askew."""
    askew = np.zeros(len(origins), dtype=bool)
    if len(origins) < 2:
        return fallback, askew
    step = np.diff(origins, axis=0)
    size = np.maximum(np.abs(boxes[:, 2] - boxes[:, 0]), np.abs(boxes[:, 1] - boxes[:, 3]))[:-1]
    length = np.hypot(step[:, 0], step[:, 1])
    near = (length > 1e-3) & (length < 2 * size)
    along_x, along_y = (
        np.abs(step[:, 0]) >= 5 * np.abs(step[:, 1]),
        np.abs(step[:, 1]) >= 5 * np.abs(step[:, 0]),
    )
    votes = [
        int((near & along_x & (step[:, 0] > 0)).sum()),
        int((near & along_y & (step[:, 1] > 0)).sum()),
        int((near & along_x & (step[:, 0] < 0)).sum()),
        int((near & along_y & (step[:, 1] < 0)).sum()),
    ]
    quarter = int(np.argmax(votes)) if max(votes) > 0 else fallback
    straight = along_x if quarter in (0, 2) else along_y
    off = near & ~straight
    edges = np.flatnonzero(np.diff(np.concatenate(([0], off.astype(np.int8), [0]))))
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        if end - begin >= _SLANTED_RUN:
            askew[begin : end + 1] = True
    return quarter, askew
