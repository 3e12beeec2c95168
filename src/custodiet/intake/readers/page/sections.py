"""Group the lines of a page under their headings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from custodiet.intake.readers.page.direction import direction_of
from custodiet.intake.readers.page.markup import BOLD_RANK, Line, Link
from custodiet.intake.readers.page.names import Unit, has_organisation_word, read_names
from custodiet.intake.readers.page.numbers import count_of, days_of, is_placeholder
from custodiet.intake.readers.page.vocabulary import (
    NUMBER_COLUMNS,
    STATE_NAMES,
    meaning_of,
    plain,
    word_set,
    words_of,
)

MAX_SECTIONS: Final = 20_000
MAX_BOLD_HEADING: Final = 400
MAX_LEAD_IN: Final = 160
_LABELLED = re.compile(r"^([^:\n]{3,90}):\s*(\S.*)?$")
_DASHED = re.compile(r"^(.{3,90}?)\s+[-\u2013\u2014=]\s+(\d\S*(?: \w+){0,2})$")
_UPDATED = re.compile(
    r"^(?:page |data )?(?:was )?(?:last |date )?(?:updated|modified|revised)(?: on)?\b|^(?:data )?as of\b",
    re.IGNORECASE,
)
_PROVIDED = re.compile(r"^(provided by|powered by)\s+(\S.*)$", re.IGNORECASE)


@dataclass(slots=True)
class Section:
    """Hold one heading and what stands below it, up to the next heading.

    Attributes:
        heading: Text of the heading; empty before the first one.
        rank: Standing of the heading; smaller is higher.
        lines: Lines below it, tables included.
        number: 1-based order of the heading on the page.
        is_cut: The file ends within this section.
    """

    heading: str
    rank: int
    number: int
    lines: list[Line] = field(default_factory=list)
    is_cut: bool = False

    @property
    def text(self) -> str:
        """Give all text below the heading, one line a line, tables as cells with bars."""
        return "\n".join(part for line in self.lines if (part := text_of(line)))

    @property
    def links(self) -> list[Link]:
        """Give all links below the heading."""
        return [link for line in self.lines for link in line.links]


@dataclass(slots=True)
class Outline:
    """Hold a page as sections.

    Attributes:
        titles: Texts of h1 headings, in order.
        sections: All other sections in page order.
        updated: The line that says when the page was updated, if any.
        too_many: Headings beyond the limit were left out.
    """

    titles: list[str] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    updated: Line | None = None
    too_many: bool = False

    def cut(self) -> None:
        """Mark the last section as cut: an empty list in it states nothing."""
        self.sections[-1].is_cut = True


def text_of(line: Line) -> str:
    """Give a line as text; a link whose address is not its text is followed by the address."""
    if line.table is not None:
        return "\n".join(" | ".join(cell.replace("\n", " ") for cell in row) for row in line.table)
    addresses = [
        link.href
        for link in line.links
        if link.href.lower().startswith(("http://", "https://")) and link.href not in line.text
    ]
    return " ".join([line.text, *(f"<{address}>" for address in addresses)]).strip()


def outline_of(lines: Iterable[Line]) -> Outline:
    """Group lines into sections.

    A heading is an h2-h6, a term or label, a line that is bold as a whole, or
    running text that is a known heading word for word ("Data retention: 30 days").
    """
    outline = Outline()
    current = Section("", 99, 0)
    outline.sections.append(current)
    for line, following in _with_next(_labels_first(list(lines))):
        opens = not _is_list(current.heading) and _opens_list(line, following)
        for heading, rank, rest in (
            [(line.text.rstrip(": "), BOLD_RANK, Line("", links=line.links))] if opens else _read(line)
        ):
            if heading is None:
                if _is_update(rest.text) and outline.updated is None:
                    outline.updated = rest
                elif current.heading or rest.text or rest.table or any(link.download for link in rest.links):
                    current.lines.append(rest)
                continue
            if rank == 1 and plain(heading):
                outline.titles.append(heading)
            if _is_update(heading) and outline.updated is None:
                outline.updated = rest if rest.text or rest.instant else line
                continue
            if rank > current.rank and _is_group(heading) and _is_list(current.heading):
                current.lines.extend([rest] if rest.text else [])
                continue
            if len(outline.sections) > MAX_SECTIONS:
                outline.too_many = True
                return outline
            current = Section(heading, rank, len(outline.sections))
            outline.sections.append(current)
            if rest.text or rest.links:
                current.lines.append(rest)
    return outline


def _labels_first(lines: list[Line]) -> list[Line]:
    """Put labels above their numbers where a page prints them below: "14 · Cameras · 201 · Searches …".

    In a run that takes turns, the side that the run begins with says which comes first;
    a run that begins and ends with a number is left as it stands, and so is a number
    whose label stands above it with a sentence between them.
    """
    turns = [_turn(line) for line in lines]
    at = 0
    while at < len(lines):
        end = at
        while end + 1 < len(lines) and turns[end] and turns[end + 1] and turns[end + 1] != turns[end]:
            end += 1
        before = next((turn for turn in reversed(turns[max(0, at - 3) : at]) if turn), "")
        if turns[at] == "value" and turns[end] == "label" and before != "label":
            for place in range(at, end, 2):
                lines[place], lines[place + 1] = lines[place + 1], lines[place]
        at = end + 1
    return lines


def _turn(line: Line) -> str:
    if line.table is not None or not line.text or len(line.text) > MAX_LEAD_IN:
        return ""
    if count_of(line.text) is not None or days_of(line.text) is not None:
        return "value"
    meaning = None if line.text.endswith(".") else meaning_of(line.text)
    return "label" if meaning is not None and meaning[1] in NUMBER_COLUMNS else ""


def _with_next(lines: Iterable[Line]) -> Iterator[tuple[Line, Line | None]]:
    before: Line | None = None
    for line in lines:
        if before is not None:
            yield before, line
        before = line
    if before is not None:
        yield before, None


def _opens_list(line: Line, following: Line | None) -> bool:
    """Tell running text that says who shares with whom, with names right below it, from any other text."""
    if following is None or line.table is not None or line.is_item or line.rank is not None or not line.text:
        return False
    if len(line.text) > MAX_LEAD_IN or line.text.endswith(".") or _is_update(line.text):
        return False
    if direction_of(line.text.rstrip(": "), None).direction is None:
        return False
    return following.table is not None or (following.rank is None and _names_several(following))


def _names_several(line: Line) -> bool:
    """Tell a line of names: an entry of a list, one short name, or several with commas between."""
    found = read_names([Unit(line.text, line.is_item)])
    return bool(found.names) and not found.prose and all(has_organisation_word(name) for name in found.names[:3])


def _is_update(text: str) -> bool:
    return bool(_UPDATED.match(text)) and len(text) < 120


def _is_list(heading: str) -> bool:
    """Tell whether names are expected below a heading."""
    return direction_of(heading, None).direction is not None or (meaning_of(heading) or ("",))[0] == "share"


def _is_group(heading: str) -> bool:
    """Tell a sub-heading inside a list ("California", "Federal agencies", "B") from a heading of its own."""
    lowered = plain(heading).lower().rstrip(":")
    if lowered in STATE_NAMES or (len(lowered) == 1 and lowered.isalpha()):
        return True
    words = words_of(lowered)
    return bool(words) and all(word in word_set("group_words") for word in words)


def _read(line: Line) -> Iterator[tuple[str | None, int, Line]]:
    """Split one line into headings with their rank and what remains of the line."""
    if line.table is not None:
        yield from _read_table(line)
        return
    if line.footer and (found := _PROVIDED.match(line.text)):
        yield found.group(1), BOLD_RANK, Line(found.group(2))
        return
    empty = Line("", links=line.links, instant=line.instant)
    if line.rank is not None and line.rank > 6 and plain(line.text).lower() in word_set("not_names"):
        yield None, 0, line
        return
    if line.rank is not None and line.rank > 1 and (found := _LABELLED.match(line.text) or _DASHED.match(line.text)):
        label, value = found.group(1), found.group(2) or ""
        if (meaning_of(label) or ("", ""))[1] in NUMBER_COLUMNS and _is_value(value):
            yield label, line.rank, Line(value, links=line.links, instant=line.instant)
            return
    if line.rank is not None and line.rank < BOLD_RANK:
        yield line.text.rstrip(": ") if line.rank > 1 else line.text, line.rank, empty
        return
    if line.rank == BOLD_RANK:
        if len(line.text) > MAX_BOLD_HEADING or _is_value(line.text):
            yield None, 0, line
            return
        yield line.text.rstrip(": "), BOLD_RANK, empty
        return
    if line.bold and not line.is_item:
        rest = line.text[len(line.bold) :].lstrip(" :-\u2013\u2014")
        if line.bold.endswith(":") or line.text[len(line.bold) :].lstrip().startswith(":") or meaning_of(line.bold):
            yield line.bold.rstrip(": "), BOLD_RANK, Line(rest, links=line.links, instant=line.instant)
            return
    if (found := _LABELLED.match(line.text)) and (
        _is_known(found.group(1)) or _labels_list(found.group(1), found.group(2) or "")
    ):
        yield found.group(1), BOLD_RANK, Line(found.group(2) or "", links=line.links, instant=line.instant)
        return
    if (dashed := _DASHED.match(line.text)) and _is_known(dashed.group(1)):
        yield dashed.group(1), BOLD_RANK, Line(dashed.group(2), links=line.links, instant=line.instant)
        return
    if not line.is_item and len(line.text) <= 120 and _is_known(line.text):
        yield line.text, BOLD_RANK, empty
        return
    yield None, 0, line


def _labels_list(label: str, rest: str) -> bool:
    if direction_of(label, None).direction is None:
        return False
    found = read_names([Unit(rest)])
    return (
        len(found.names) >= 2
        and not found.prose
        and sum(map(has_organisation_word, found.names)) * 2 > len(found.names)
    )


def _is_known(text: str) -> bool:
    meaning = None if text.endswith(".") else meaning_of(text)
    return meaning is not None and meaning[0] in {"column", "share", "audit"} and len(words_of(text)) > 1


def _is_value(text: str) -> bool:
    return count_of(text) is not None or days_of(text) is not None or is_placeholder(text)


def _read_table(line: Line) -> Iterator[tuple[str | None, int, Line]]:
    """Read a two-column table of known labels as headings with values; leave other tables whole."""
    rows = [row for row in line.table or [] if any(row)]
    pairs = [row for row in rows if len(row) == 2 and row[0]]
    known = sum(1 for row in pairs if meaning_of(row[0]))
    if not rows or known * 2 < len(rows) or known < 2:
        yield None, 0, line
        return
    for row in rows:
        if len(row) == 2 and row[0]:
            value = [Line(part) for part in row[1].split("\n")]
            yield row[0].rstrip(": "), BOLD_RANK, value[0]
            for extra in value[1:]:
                yield None, 0, extra
        else:
            yield None, 0, Line(" | ".join(row))
    if line.links:
        yield None, 0, Line("", links=line.links)
