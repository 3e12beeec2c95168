"""Read sharing lists that no format file can name: columns of names, titles and words that tell directions.

A list of agencies as an office prints it has no header that a format file could
hold. What its columns, titles or cells say about who shares with whom decides; a
list that does not say so is left alone. The result is a table in the one order
that ``generic-sharing-list`` describes, each row with its place in the original.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field

from custodiet.intake.producers import Producer, producer_in_name
from custodiet.intake.raw import RawRow
from custodiet.intake.readers.page.direction import direction_of, without_sharing_words
from custodiet.intake.readers.page.markup import Line
from custodiet.intake.readers.page.names import has_organisation_word, is_prose, split_list
from custodiet.intake.readers.page.tables import Entry, is_no_name, stated_entries
from custodiet.intake.readers.page.vocabulary import US_STATES, plain, word_set, words_of

CANONICAL_HEADER = ("Organization Name", "Networks Shared With Me", "Networks I'm Sharing", "Sharing Status")
"""Labels of the table that a told list becomes."""

MAX_ROWS = 50_000
_FIRST_ROWS = 8
_SAMPLE = 40
_ORGANISATIONS = 0.5  # share of names that must hold a word of organisations
_HOT = "hot"
_HOT_LIST = re.compile(r"\bhot[- ]?lists?\b", re.IGNORECASE)
_OPENS_UNIT = frozenset(
    ["police", "sheriff", "sheriff's", "sheriffs", "attorney", "attorney's", "public", "safety", "marshal"]
)
_RUNS_ON = re.compile(r"(?:,|&|/|-|\b(?:of|and|the|for|de))$", re.IGNORECASE)


@dataclass(slots=True)
class ToldList:
    """Hold a list whose directions are told.

    Attributes:
        rows: Header and one row for each organisation, in the order of CANONICAL_HEADER.
        labels: Titles and labels of the original that told the directions.
        n_layout: Rows of the original that hold no organisation: titles, labels, remarks.
        n_hot: Entries of lists that share hot lists and no detections.
    """

    rows: list[RawRow] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    n_layout: int = 0
    n_hot: int = 0


def tell_list(
    rows: Iterable[RawRow], titles: Sequence[str], full_cells: Set[tuple[int, int]] = frozenset()
) -> ToldList | None:
    """Read rows as a sharing list, or give None if nothing tells who shares with whom.

    Args:
        rows: All rows of a table.
        titles: What stands above or over the table: title, name of the sheet.
        full_cells: Cells that end where the next word had no room.
    """
    kept = list(itertools.islice((row for row in rows if any(_text(cell) for cell in row.cells)), MAX_ROWS + 1))
    if not kept or len(kept) > MAX_ROWS:
        return None
    told = _told_by_columns(kept) or _told_by_titles(_rejoined(kept, full_cells), titles)
    return told if told is not None and _is_plausible(told) else None


def own_name(told: ToldList, titles: Sequence[str]) -> Producer | None:
    """Find the list's own organisation in its titles and labels ("Agencies sharing data with Anytown PD")."""
    for text in (*titles, *told.labels):
        if name := producer_in_name(without_sharing_words(text)):
            return Producer(name, "title of the list")
    return None


def marks_for_no(marks: Iterable[str]) -> tuple[str, ...]:
    """Give the lower-case marks that say no among those of a table: a cross does beside ticks, not alone."""
    crosses = {"x", "\u00d7"} if word_set("yes_marks") & set(marks) else frozenset[str]()
    return tuple(sorted(word_set("no_marks") | crosses))


def _told_by_columns(rows: Sequence[RawRow]) -> ToldList | None:
    """Read a table with a column for each direction, a column that names it, or a list in each column."""
    for start in range(min(_FIRST_ROWS, len(rows) - 1)):
        sample = [[_text(cell, keep_lines=True) for cell in row.cells] for row in rows[start : start + _SAMPLE]]
        if not stated_entries(Line("", table=sample), None):
            continue
        cells = [[_text(cell, keep_lines=True) for cell in row.cells] for row in rows[start:]]
        entries = stated_entries(Line("", table=cells), None) or []
        told = ToldList(n_layout=start + 1, labels=[label for label in cells[0] if label])
        named: set[int] = set()
        for place, group in itertools.groupby(entries, key=lambda entry: entry.row):
            named.add(place)
            told.rows += _canonical(rows[start + place], list(group))
        told.n_layout += len(cells) - 1 - len(named)
        return told
    return None


def _canonical(row: RawRow, entries: Sequence[Entry]) -> Iterator[RawRow]:
    """Write the entries of one row, one row for each organisation."""
    for name in dict.fromkeys(entry.organisation for entry in entries):
        own = [entry for entry in entries if entry.organisation == name]
        sides = {entry.direction for entry in own}
        status = next((entry.status for entry in own if entry.status != "active"), None)
        yield _row(row, name, sides, status)


def _row(row: RawRow, name: str, sides: set[str | None], status: str | None = None) -> RawRow:
    cells = (name, "yes" if "in" in sides else None, "yes" if "out" in sides else None, status)
    return RawRow(row.source_row, cells, row.page, row.hidden)


def _rejoined(rows: Sequence[RawRow], full_cells: Set[tuple[int, int]]) -> list[RawRow]:
    """Join names that a column broke: the line was full, and no word ends the name there."""
    if not any(row.page for row in rows):
        return list(rows)
    cells = [list(row.cells) for row in rows]
    for at in range(len(rows) - 1, 0, -1):
        above, here = cells[at - 1], cells[at]
        for place, text in enumerate(here):
            upper = above[place] if place < len(above) else None
            is_full = (rows[at - 1].source_row, place) in full_cells
            if not text or not upper or rows[at].page != rows[at - 1].page:
                continue
            if _continues(upper, text) or (is_full and not _ends_name(upper)):
                above[place], here[place] = f"{upper} {text}", None
    return [
        RawRow(row.source_row, tuple(own), row.page, row.hidden)
        for row, own in zip(rows, cells, strict=True)
        if any(own)
    ]


def _ends_name(text: str) -> bool:
    last = plain(text).split()[-1].strip(".,")
    return last in US_STATES or last.endswith((")", "]")) or last.lower() in word_set("organisation_words")


def _told_by_titles(rows: Sequence[RawRow], titles: Sequence[str]) -> ToldList | None:
    """Read columns of names below titles that say the direction."""
    told = ToldList()
    side = next((found for title in titles if (found := _side_of(title))), None)
    told.labels += dict.fromkeys(title for title in titles if _side_of(title))
    sides: dict[int, str] = {}
    above: list[str] = []
    repeated = {plain(title) for title in titles}  # a head that comes again on every page
    is_single = sum(sum(map(bool, row.cells)) == 1 for row in rows) >= 0.5 * len(rows)
    for row in rows:
        cells = [_text(cell, keep_lines=True) for cell in row.cells]
        if is_single:
            # A comma within a name that nobody quoted parts it in two.
            cells = [", ".join(cell for cell in cells if cell)]
        cells = ["\n".join(line for line in cell.split("\n") if plain(line) not in repeated) for cell in cells]
        filled = [cell for cell in cells if cell]
        if not filled:
            told.n_layout += 1
        elif (label := _heading(filled)) is not None:
            side, sides = label, {}
            told.labels.append(plain(" ".join(filled)))
            told.n_layout += 1
        elif columns := _column_sides(cells):
            sides = columns
            told.labels += filled
            told.n_layout += 1
        elif all(plain(cell).lower() in word_set("list_labels") or is_no_name(plain(cell)) for cell in filled):
            told.n_layout += 1
        else:
            n = _read_names(told, row, cells, side, sides)
            if n is None and (told.rows or len(filled) > 1 or len(above) >= _FIRST_ROWS):
                return None
            if n is None:
                # Lines above the first that tells a direction: a title, a date.
                above.append(filled[0])
            told.n_layout += not n
    told.labels[:0] = above
    return told


def _read_names(
    told: ToldList, row: RawRow, cells: Sequence[str], side: str | None, sides: dict[int, str]
) -> int | None:
    """Add the names of one row; give their number, or None if nothing tells their direction."""
    n = 0
    for place, cell in enumerate(cells):
        names = [name for name in _names(cell) if not is_no_name(name) and not is_prose(name)]
        if not names:
            continue
        at = sides.get(place) if sides else side
        if at is None:
            if sides and place not in sides:
                continue
            return None
        for name in names:
            n += 1
            if at == _HOT:
                told.n_hot += 1
            else:
                told.rows.append(_row(row, name, {at}))
    return n


def _heading(filled: Sequence[str]) -> str | None:
    """Read a row that is one line of text as the heading of what follows."""
    if len(filled) != 1:
        return None
    return _side_of(plain(filled[0]))


def _column_sides(cells: Sequence[str]) -> dict[int, str]:
    sides = {place: side for place, cell in enumerate(cells) if cell and (side := _side_of(plain(cell)))}
    others = [cell for place, cell in enumerate(cells) if cell and place not in sides]
    return sides if sides and all(plain(cell).lower() in word_set("list_labels") for cell in others) else {}


def _side_of(text: str) -> str | None:
    if len(text) > 300:
        return None
    if _HOT_LIST.search(text) and set(words_of(text)) & word_set("sharing_words"):
        return _HOT
    return direction_of(text.rstrip(": "), None).direction


def _names(cell: str) -> list[str]:
    """Read the names of a cell, one a line; a name that the column broke is joined again."""
    lines: list[str] = []
    for line in cell.split("\n"):
        if lines and _continues(lines[-1], line):
            lines[-1] = f"{lines[-1]} {line}"
        elif line:
            lines.append(line)
    return [plain(name) for line in lines for name in split_list(line, is_item=True) if plain(name)]


def _continues(above: str, line: str) -> bool:
    """Tell whether a line is the rest of the name above it, by the words at their seam."""
    if _RUNS_ON.search(above) or line[:1].islower() or line.startswith("("):
        return True
    words = words_of(line)
    if not words or not all(word in word_set("sub_units") for word in words):
        return False
    return not _ends_name(above) or words_of(above)[-1] in _OPENS_UNIT


def _is_plausible(told: ToldList) -> bool:
    names = [row.cells[0] or "" for row in told.rows]
    if not names:
        return told.n_hot > 0
    return sum(map(has_organisation_word, names)) >= _ORGANISATIONS * len(names)


def _text(cell: str | None, *, keep_lines: bool = False) -> str:
    if not cell:
        return ""
    if keep_lines and "\n" in cell:
        return "\n".join(part for part in (plain(line) for line in cell.split("\n")) if part)
    return plain(cell)
