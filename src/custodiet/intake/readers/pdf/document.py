"""Open a PDF and walk its pages; pdfium's handles never leave this module and ``glyphs``/``shapes``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from custodiet.model.problems import Problem

MAX_PAGES = 20_000
"""Pages read of one file; a claimed count far beyond what any release has had is a trap."""

MAX_BAD_PAGES = 50
"""Unreadable pages in a row after which the rest is given up."""

_PASSWORD = 4
_SECURITY = 5


class Unreadable(Exception):
    """Carry the problem that keeps a whole file from being read."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class PageHandle:
    """Hold one open page: ``number`` is 1-based; ``page`` and ``text`` are pdfium's own handles."""

    number: int
    page: Any
    text: Any


@contextmanager
def open_pdf(path: Path) -> Iterator[pypdfium2.PdfDocument]:
    """Open a PDF for reading.

    Raises:
        Unreadable: The file asks for a password, or is damaged.
    """
    try:
        document = pypdfium2.PdfDocument(path)
    except (pypdfium2.PdfiumError, OSError, ValueError) as error:
        raise Unreadable(_why(error)) from error
    try:
        yield document
    finally:
        document.close()


def _why(error: Exception) -> Problem:
    code = getattr(error, "err_code", None)
    if code in (_PASSWORD, _SECURITY) or "password" in str(error).lower():
        return Problem("encrypted", "The PDF asks for a password; nothing of it was read.")
    return Problem("corrupt", "The file could not be opened as a PDF; nothing of it was read.")


def open_pages(document: pypdfium2.PdfDocument, problems: list[Problem]) -> Iterator[PageHandle]:
    """Give the pages in order, one open at a time; what cannot be opened is added to ``problems``."""
    claimed = len(document)
    bad: list[int] = []
    in_a_row = 0
    stopped_at = None
    for index in range(min(claimed, MAX_PAGES)):
        page = pdfium.FPDF_LoadPage(document.raw, index)
        text = pdfium.FPDFText_LoadPage(page) if page else None
        if not page or not text:
            if page:
                pdfium.FPDF_ClosePage(page)
            bad.append(index + 1)
            in_a_row += 1
            if in_a_row >= MAX_BAD_PAGES:
                stopped_at = index + 1
                break
            continue
        in_a_row = 0
        try:
            yield PageHandle(index + 1, page, text)
        finally:
            pdfium.FPDFText_ClosePage(text)
            pdfium.FPDF_ClosePage(page)
    if bad:
        rest = f" and all after page {stopped_at}" if stopped_at and stopped_at < claimed else ""
        problems.append(
            Problem("corrupt", f"{len(bad)} page(s) could not be opened{rest} and were not read.", pages_text(bad))
        )
    if claimed > MAX_PAGES and stopped_at is None:
        problems.append(
            Problem(
                "too-large",
                f"The file says it has {claimed} pages; pages after {MAX_PAGES} were not read.",
                f"page {MAX_PAGES + 1}",
            )
        )


def title_of(document: pypdfium2.PdfDocument) -> str | None:
    """Give the title that the file states for itself, or None."""
    title: str = document.get_metadata_dict(skip_empty=True).get("Title", "")
    title = title.strip("\x00 \t\r\n")
    return title if title and title.lower() != "untitled" else None


def pages_text(pages: list[int]) -> str:
    """Write page numbers the short way: ``pages 1-3, 7``."""
    spans: list[list[int]] = []
    for page in sorted(set(pages)):
        if spans and page == spans[-1][1] + 1:
            spans[-1][1] = page
        else:
            spans.append([page, page])
    parts = [str(a) if a == b else f"{a}-{b}" for a, b in spans]
    shown = ", ".join(parts[:20]) + (f" and {len(parts) - 20} more ranges" if len(parts) > 20 else "")
    return f"page {shown}" if len(spans) == 1 and spans[0][0] == spans[0][1] else f"pages {shown}"
