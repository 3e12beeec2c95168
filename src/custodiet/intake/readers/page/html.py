"""Read one HTML transparency page."""

from __future__ import annotations

import re
from pathlib import Path

from custodiet.intake.raw import RawPage, Reading
from custodiet.intake.readers.page import markup, numbers
from custodiet.intake.readers.page.assemble import PageBuilder
from custodiet.intake.readers.page.decoding import decode
from custodiet.intake.readers.page.sections import Outline, outline_of
from custodiet.intake.readers.page.vocabulary import plain, vocabulary
from custodiet.model.problems import Problem

_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
_LEADING = re.compile(rb"^(?:\xef\xbb\xbf|\s|<\?xml[^>]{0,200}\?>|<!--.{0,2000}?-->)*", re.DOTALL)
_TITLE_EDGE = re.compile(
    r"^flock safety\s*[-\u2013|:]\s*|\s*[-\u2013|:]?\s*(?:alpr )?transparency (?:portal|page)\s*$",
    re.IGNORECASE,
)
_NO_SCRIPT = re.compile(r"enable javascript", re.IGNORECASE)


def looks_like_page(head: bytes) -> bool:
    """Tell from its first bytes whether a file is HTML.

    Args:
        head: The first 1,024 bytes or more.

    Returns:
        True for HTML in UTF-8, UTF-16 or a one-byte encoding.
    """
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"} or head[:64].count(b"\x00") > 16:
        head = head.replace(b"\x00", b"").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    start = _LEADING.sub(b"", head[:8192], count=1)
    return bool(_HTML.match(start)) or (start[:1] == b"<" and bool(_HTML.search(start[:2048])))


def read_page(path: Path) -> Reading:
    """Read an HTML file as a transparency page.

    Args:
        path: File to read; over 32 MiB or 500,000 elements it is refused with ``too-large``.

    Returns:
        One :class:`RawPage`, or none with a problem that says why (``empty``,
        ``unrecognised``, ``too-large``). Nothing in the page is run or loaded.
    """
    with path.open("rb") as file:
        data = file.read(markup.MAX_BYTES + 1)
    if len(data) > markup.MAX_BYTES:
        return _refused("too-large", f"The page is over {markup.MAX_BYTES // 2**20} MiB; it was not read.")
    if not data.strip(b"\x00 \t\r\n"):
        return _refused("empty", "The saved page holds nothing.")
    if data.count(b"<") > markup.MAX_ELEMENTS:
        return _refused("too-large", f"The page has over {markup.MAX_ELEMENTS:,} tags; it was not read.")
    text, odd, nuls = decode(data)
    problems = _reading_problems(text, odd, nuls)
    root, too_deep, title = markup.body_of(_closed(text))
    if too_deep:
        problems.append(Problem("too-large", "The page is nested too deep; what lies beyond was not read."))
    if root is None:
        return _refused("empty", "The saved page has no content.")
    outline = outline_of(markup.lines_of(root))
    if too_deep or any(problem.code == "truncated" for problem in problems):
        outline.cut()
    return _read(outline, title, text, problems)


def _read(outline: Outline, title: str, source: str, problems: list[Problem]) -> Reading:
    page = RawPage(producer=_producer(outline, title), problems=problems)
    _date_page(page, outline)
    builder = PageBuilder(page)
    for section in outline.sections:
        builder.add(section)
    builder.finish()
    if outline.too_many:
        problems.append(Problem("too-large", "The page has too many headings; the rest was not read."))
    if builder.recognised:
        return Reading(parts=[page])
    if any(problem.code == "too-large" for problem in problems):
        return Reading(problems=problems)
    return Reading(problems=[*problems, _why_not(outline, title, source)])


def _why_not(outline: Outline, title: str, source: str) -> Problem:
    """Say why nothing was recognised: a block page, an empty shell, or another kind of page."""
    shown = " ".join([title, *outline.titles, *(f"{part.heading} {part.text[:400]}" for part in outline.sections[:12])])
    lowered = plain(shown).lower()
    if any(mark in lowered for mark in vocabulary().block_pages):
        return Problem(
            "unrecognised",
            "This is a block or error page of the web server, not the transparency page; nothing was read.",
        )
    if not any(part.heading or part.text for part in outline.sections):
        script_only = "<script" in source[:200_000].lower() or _NO_SCRIPT.search(source[:200_000])
        kind = "only scripts" if script_only else "no content"
        return Problem("empty", f"The saved page has {kind}; save it after it has loaded in full.")
    return Problem(
        "unrecognised",
        "No heading of a transparency page, sharing list or search audit was found; nothing was read.",
    )


def _producer(outline: Outline, title: str) -> str | None:
    generic = set(vocabulary().generic_titles)
    for text in [*outline.titles, *re.split(r"\s+[|\u2013\u2014]\s+", title)]:
        name = plain(_TITLE_EDGE.sub("", _TITLE_EDGE.sub("", plain(text))))
        if name and name.lower() not in generic:
            return name
    return None


def _date_page(page: RawPage, outline: Outline) -> None:
    line = outline.updated
    if line is None:
        return
    page.last_updated = numbers.instant_of(line.instant) if line.instant else None
    page.as_of = (
        page.last_updated.date() if page.last_updated else numbers.date_of(line.instant) or numbers.date_of(line.text)
    )
    if page.as_of is None:
        page.problems.append(Problem("bad-time", "The page's date of update could not be read."))


def _closed(text: str) -> str:
    """Close a tag that the end of a cut file leaves open, so that its content is still seen."""
    last = text.rfind("<")
    if last < 0 or text.find(">", last) >= 0:
        return text
    return text + ('">' if text.count('"', last) % 2 else ">")


def _reading_problems(text: str, odd: int, nuls: bool) -> list[Problem]:
    problems = []
    if nuls:
        problems.append(Problem("nul-bytes", "NUL bytes were taken out of the page."))
    if odd:
        problems.append(Problem("note", f"{odd} bytes were no UTF-8 and were read as cp1252."))
    if "<html" in text[:4096].lower() and "</html" not in text[-65536:].lower():
        problems.append(Problem("truncated", "The page ends before its closing tag; what is there was read."))
    return problems


def _refused(code: str, message: str) -> Reading:
    return Reading(problems=[Problem(code, message)])
