"""Text beneath boxes: what the custodian meant to hide is masked here and never handed on.

A box that is drawn over text hides it from the eye and not from the file. The
text is replaced by :data:`masks.MASK`, and only its amount is reported. A dark box
with nothing beneath is a redaction done well; it gives the same mask, so that a
masked cell never looks blank.
"""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from custodiet.intake.readers.pdf.document import PageHandle
from custodiet.intake.readers.pdf.glyphs import Glyphs
from custodiet.intake.readers.pdf.masks import MASK_CODE
from custodiet.intake.readers.pdf.shapes import Box, Shapes

_MAX_BOXES = 5_000
_DARK = 80


def mask_hidden(handle: PageHandle, glyphs: Glyphs, shapes: Shapes) -> tuple[Glyphs, int]:
    """Replace what lies beneath boxes by a mask glyph.

    Returns:
        The glyphs with one mask glyph for each covered stretch (and for each
        empty dark box of the height of text), and the number of covered characters.
    """
    boxes = _candidates(glyphs, shapes.boxes)
    if not boxes:
        return glyphs, 0
    hidden = np.zeros(len(glyphs.code), dtype=bool)
    masks: list[tuple[float, float, float, float, float]] = []
    size = float(np.median(glyphs.bottom - glyphs.top)) if len(glyphs.code) else 10.0
    centre_x, centre_y = (glyphs.x0 + glyphs.x1) / 2, (glyphs.top + glyphs.bottom) / 2
    for box in boxes:
        inside = (centre_x > box.x0) & (centre_x < box.x1) & (centre_y > box.top) & (centre_y < box.bottom)
        places = np.flatnonzero(inside)
        fresh = [int(i) for i in places if not hidden[i]]
        covered = [i for i in fresh if _is_hidden(handle, int(glyphs.index[i]), box, shapes)]
        hidden[covered] = True
        words = [i for i in covered if glyphs.code[i] != 32]
        if words:
            masks.extend(_stretches(glyphs, words))
        elif not len(places) and box.dark and _as_high_as_text(box, size):
            base = (box.top + box.bottom) / 2 + 0.3 * size
            masks.append((box.x0, box.x1, base - 0.8 * size, base + 0.2 * size, base))
    n_hidden = int((hidden & (glyphs.code != 32)).sum())
    return (_with_masks(glyphs, hidden, masks) if masks else glyphs), n_hidden


def _candidates(glyphs: Glyphs, boxes: list[Box]) -> list[Box]:
    page = glyphs.frame.width * glyphs.frame.height
    fit = [b for b in boxes if (b.x1 - b.x0) * (b.bottom - b.top) < 0.5 * page]
    # A background is drawn before the text and light; only dark ones and late ones can hide anything.
    return fit[-_MAX_BOXES:]


def _as_high_as_text(box: Box, size: float) -> bool:
    return 0.5 * size <= box.bottom - box.top <= 4 * size and box.x1 - box.x0 >= 0.5 * size


def _is_hidden(handle: PageHandle, index: int, box: Box, shapes: Shapes) -> bool:
    item = pdfium.FPDFText_GetTextObject(handle.text, index)
    turn = shapes.text_order.get(ctypes.cast(item, ctypes.c_void_p).value or 0) if item else None
    if turn is not None and turn < box.order:
        return True
    return box.dark and _is_dark_text(handle, index)


def _is_dark_text(handle: PageHandle, index: int) -> bool:
    channels = [ctypes.c_uint() for _ in range(4)]
    if not pdfium.FPDFText_GetFillColor(handle.text, index, *channels):
        return False
    return max(channel.value for channel in channels[:3]) < _DARK


def _stretches(glyphs: Glyphs, covered: list[int]) -> list[tuple[float, float, float, float, float]]:
    """Give the extent of every covered line of text: left, right, top, bottom, baseline."""
    found: list[list[float]] = []
    for i in sorted(covered, key=lambda i: (round(float(glyphs.base[i]), 1), glyphs.x0[i])):
        place = [float(v) for v in (glyphs.x0[i], glyphs.x1[i], glyphs.top[i], glyphs.bottom[i], glyphs.base[i])]
        if found and abs(found[-1][4] - place[4]) < 0.3 * (place[3] - place[2]):
            found[-1][1] = max(found[-1][1], place[1])
        else:
            found.append(place)
    return [(a, b, c, d, e) for a, b, c, d, e in found]


def _with_masks(glyphs: Glyphs, hidden: NDArray[Any], masks: list[tuple[float, float, float, float, float]]) -> Glyphs:
    kept = glyphs.take(~hidden)
    added = np.asarray(masks, dtype=np.float64)
    n = len(masks)
    kept.index = np.concatenate([kept.index, np.full(n, -1, dtype=np.int64)])
    kept.code = np.concatenate([kept.code, np.full(n, MASK_CODE, dtype=np.uint32)])
    kept.x0 = np.concatenate([kept.x0, added[:, 0]])
    kept.x1 = np.concatenate([kept.x1, added[:, 1]])
    kept.top = np.concatenate([kept.top, added[:, 2]])
    kept.bottom = np.concatenate([kept.bottom, added[:, 3]])
    kept.base = np.concatenate([kept.base, added[:, 4]])
    return kept
