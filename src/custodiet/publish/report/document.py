"""The parts that a report is made of: plain values that every renderer takes.

Chapters make these parts; ``html`` and ``pdf`` draw them. All text in them is
data: renderers escape it, and no part carries markup of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from custodiet.model.rates import RATES

Tone = Literal["plain", "good", "caution", "quiet"]


@dataclass(frozen=True, slots=True)
class Link:
    """Point to another place of the report (``#…``) or cite an address outside (``https://…``)."""

    text: str
    target: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Show a word as a small label; the tone never carries meaning that the word does not."""

    text: str | Phrase
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Fixed:
    """Show text letter by letter: a digest, an id, a name of a column; ``anchor`` makes it a place to point to."""

    text: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Stated:
    """Show a number that the claim sheet of a publication holds too.

    Attributes:
        value: The number.
        claim: Id on the claim sheet; ``custodiet verify`` compares the two.
        part: Which number of the claim it is: empty for its value, or ``denominator``, ``not_evaluable``, ``low``,
            ``high`` or ``alternative-N``; with a rate (``percent``, ``interval``, ``in-10000``) alone or behind a dot,
            that number beside its whole.
        whole: Of how many, for a rate.
        of: Id of the claim whose value is the whole; empty where it is the claim's own denominator.
    """

    value: int
    claim: str
    part: str = ""
    whole: int = 0
    of: str = ""

    def __str__(self) -> str:
        """Write the number, or the rate."""
        rate = RATES.get(self.part.rpartition(".")[2])
        return rate(self.value, self.whole) if rate else f"{self.value:,}"


@dataclass(frozen=True, slots=True)
class Sentence:
    """Hold a sentence that is the statement of a claim, with numbers of the claim in it."""

    pieces: tuple[str | Stated, ...]
    claim: str

    def __str__(self) -> str:
        """Give the prose alone."""
        return "".join(str(piece) for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Hold prose with numbers of the claim sheet in it."""

    pieces: tuple[str | Stated, ...]

    def __str__(self) -> str:
        """Give the prose alone."""
        return "".join(str(piece) for piece in self.pieces)


Prose = str | Phrase | Sentence
Cell = str | int | float | None | Link | Mark | Fixed | Stated | Phrase | Sentence


@dataclass(frozen=True, slots=True)
class Column:
    """Name one column of a table."""

    label: str
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Hold one table.

    Attributes:
        caption: What the rows are; read first by screen readers.
        columns: Headings, left to right; the first one heads the rows.
        rows: Cells, as many as columns.
        n_more: Rows that are not shown.
        more: Where the other rows are to be found.
        note: Remark below the table.
    """

    caption: Prose
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    n_more: int = 0
    more: str = ""
    note: Prose = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """Hold a picture and the table that says the same.

    Attributes:
        title: What is shown.
        summary: What a reader who cannot see it is told first.
        svg: A whole SVG element, without outside references.
        table: The same values.
        isolated: The SVG has a style sheet of its own and is embedded as an image.
    """

    title: str
    summary: Prose
    svg: str
    table: Table
    isolated: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """Hold a paragraph; ``lead`` stands before it in bold."""

    text: Prose
    lead: Prose = ""
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Bullets:
    """Hold a list of sentences."""

    items: tuple[Prose | Text, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Pairs:
    """Hold terms and what is said of them."""

    items: tuple[tuple[str, Cell], ...]


@dataclass(frozen=True, slots=True)
class Note:
    """Hold a remark that must not be missed."""

    text: Prose
    lead: str = ""
    tone: Tone = "caution"


@dataclass(frozen=True, slots=True)
class Code:
    """Hold a query or a command, letter by letter."""

    text: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Folded:
    """Hold parts that open on demand; print opens them unless ``screen_only``."""

    summary: Prose
    parts: tuple[Part, ...]
    screen_only: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """Open a part of a chapter, third level."""

    text: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Range:
    """Show where a headline number stands between the lowest and the highest definition.

    Attributes:
        low: Lowest count.
        headline: The number.
        high: Highest count.
        denominator: Of how many; None where the number is a whole.
        claim: Id of the headline on the claim sheet, or an empty text where the sheet counts something else.
        sheet: Id of the claim that holds denominator and range, or an empty text where there is none.
    """

    low: int
    headline: int
    high: int
    denominator: int | None
    claim: str = ""
    sheet: str = ""

    def part(self, name: str) -> Stated | int:
        """Give the denominator, or the lower or upper end of the range, with its claim where there is one."""
        value = int(getattr(self, name))
        return Stated(value, self.sheet, name) if self.sheet else value


@dataclass(frozen=True, slots=True)
class Claim:
    """Show one indicator or finding.

    Attributes:
        anchor: Id in the page.
        stamp: ``not reviewed``, or who decided what and when.
        reviewed: Whether a named person decided.
        statement: The sentence.
        marks: Severity and the like.
        number: Headline, range and denominator; None where nothing is counted.
        parts: What belongs to it.
    """

    anchor: str
    stamp: str
    reviewed: bool
    statement: Prose
    marks: tuple[Mark, ...] = ()
    number: Range | None = None
    parts: tuple[Part, ...] = ()


Part = Text | Bullets | Pairs | Note | Code | Folded | Heading | Table | Chart | Claim


@dataclass(frozen=True, slots=True)
class Chapter:
    """Hold one chapter: a heading of the second level and its parts."""

    anchor: str
    title: str
    parts: tuple[Part, ...]
    lead: Prose = ""


@dataclass(frozen=True, slots=True)
class Document:
    """Hold a whole report.

    Attributes:
        title: Heading of the first level.
        subtitle: What it is about, in one line.
        dated: Latest date in the case, ISO form, or an empty text.
        brief: The first page.
        chapters: The rest.
    """

    title: str
    subtitle: Prose
    dated: str
    brief: Chapter
    chapters: tuple[Chapter, ...] = field(default_factory=tuple)


def capped(
    caption: Prose,
    columns: Sequence[Column],
    rows: Sequence[tuple[Cell, ...]],
    *,
    most: int,
    more: str = "",
    note: Prose = "",
) -> Table:
    """Make a table of at most so many rows that says how many are left out and where they are."""
    return Table(caption, tuple(columns), tuple(rows[:most]), max(0, len(rows) - most), more, note)
