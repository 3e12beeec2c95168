"""Read organisations out of tables: one column of names, one column for each direction, or a word that says which."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from custodiet.intake.readers.page.direction import direction_of
from custodiet.intake.readers.page.markup import Line
from custodiet.intake.readers.page.names import Unit, has_organisation_word, read_names, status_of
from custodiet.intake.readers.page.vocabulary import STATE_NAMES, US_STATES, plain, vocabulary, word_set, words_of

_NO_NAME: Final = re.compile(r"[\d/.,:#-]*|\d{1,2}:\d\d(?: ?[ap]m)?|[a-z]{3,9}\.? \d{1,2},? \d{4}", re.IGNORECASE)
_PERSONS: Final = {"our", "us", "we", "my", "me", "i", "their"}
_NAMES: Final = 0.5  # share of cells with a word of organisations that makes a column one of names


@dataclass(frozen=True, slots=True)
class Entry:
    """Hold one organisation of a table.

    Attributes:
        organisation: Name as released.
        direction: ``in`` or ``out`` where the table says it.
        status: ``active``, ``inactive`` or ``pending``.
        row: 0-based row of the table, the header as row 0.
    """

    organisation: str
    direction: str | None = None
    status: str = "active"
    row: int = 0


def names_in_table(line: Line) -> list[Entry]:
    """Read the organisations of a table whose direction its heading states.

    The names stand in the column that is labelled so, else in the columns that hold
    words of organisations; a column labelled "Status" gives the status.
    """
    rows = [row for row in line.table or [] if any(row)]
    if not rows:
        return []
    header = [plain(cell) for cell in rows[0]]
    at = _name_column(header)
    if at is None:
        body = rows[1:] if line.header_cells and not any(has_organisation_word(cell) for cell in header) else rows
        return [Entry(name) for row in body for place in _name_places(body) for name in _cell_names(row, place)]
    status_at = next((place for place, label in enumerate(header) if "status" in words_of(label)), None)
    return [
        Entry(name, None, _status(row, status_at)) for row in rows[1:] for name in _cell_names(row, at)
    ]  # fmt: skip


def stated_entries(line: Line, producer: str | None) -> list[Entry] | None:
    """Read a table that says the direction of each organisation itself; None if it does not."""
    rows = [row for row in line.table or [] if any(row)]
    if len(rows) < 2 or len(rows[0]) < 2:
        return None
    header = [plain(cell) for cell in rows[0]]
    flags = _flag_columns(header, producer)
    at = _name_column(header, leaving=flags)
    if at is not None and flags:
        return _read_flags(rows[1:], at, flags)
    if at is not None and (place := _direction_column(header, rows[1:], at)) is not None:
        return [
            Entry(name, direction, row=number)
            for number, row in enumerate(rows[1:], 1)
            for direction in (_cell_directions(row[place]) if place < len(row) else ())
            for name in _row_names(row, at)
        ]
    if at is None and len(flags) == sum(bool(label) for label in header):
        return [
            Entry(name, side, row=number)
            for number, row in enumerate(rows[1:], 1)
            for place, side in flags.items()
            for name in _cell_names(row, place)
        ]
    return None


def _name_column(header: list[str], leaving: dict[int, str] | None = None) -> int | None:
    labels = [(place, label.lower()) for place, label in enumerate(header) if place not in (leaving or {})]
    exact = next((place for place, label in labels if label in word_set("name_columns")), None)
    if exact is not None:
        return exact
    words = word_set("name_column_words")
    return next(
        (place for place, label in labels if words & set(words_of(label)) and len(words_of(label)) <= 5
         and not has_organisation_word(label.replace("agency", "").replace("department", ""))), None,
    )  # fmt: skip


def _flag_columns(header: list[str], producer: str | None) -> dict[int, str]:
    """Find the columns whose label tells a direction; what it leaves out ("Can access our data") is the row's own."""
    found: dict[int, str] = {}
    for place, label in enumerate(header):
        if label.lower() in word_set("name_columns"):
            continue
        whole = direction_of(label, producer).direction
        side = whole
        if side is None and _PERSONS & set(words_of(label)):
            side = direction_of(f"Agencies that {label[:1].lower()}{label[1:]}", producer).direction
        if side:
            found[place] = side
    return found


def _read_flags(rows: list[list[str]], at: int, flags: dict[int, str]) -> list[Entry]:
    marks = {plain(row[place]).lower() for row in rows for place in flags if place < len(row)}
    # A cross beside ticks says no; where a cross is the only mark, it says yes.
    no = word_set("no_marks") | ({"x", "\u00d7"} if marks & word_set("yes_marks") else frozenset())
    found = []
    for number, row in enumerate(rows, 1):
        for place, side in flags.items():
            mark = plain(row[place]).lower() if place < len(row) else ""
            if mark and mark not in no:
                status = mark if mark in vocabulary().status else "active"
                found += [Entry(name, side, status, number) for name in _row_names(row, at)]
    return found


def _direction_column(header: list[str], rows: list[list[str]], at: int) -> int | None:
    """Find the column that says the direction by a word; nearly all of its cells must be such words."""
    for place in range(len(header)):
        cells = [plain(row[place]) for row in rows if place < len(row) and plain(row[place])]
        if place != at and cells and sum(bool(_cell_directions(cell)) for cell in cells) >= 0.9 * len(cells):
            return place
    return None


def _cell_directions(cell: str) -> tuple[str, ...]:
    word = plain(cell).lower().rstrip(".")
    both, out, into = (word_set(f"direction_{name}") for name in ("both", "out", "in"))
    if word in both:
        return ("out", "in")
    return ("out",) if word in out else ("in",) if word in into else ()


def _name_places(rows: list[list[str]]) -> list[int]:
    """Choose the columns of names where no label says which they are."""
    width = max(len(row) for row in rows)
    columns = [[plain(row[place]) for row in rows if place < len(row) and plain(row[place])] for place in range(width)]
    shares = [sum(map(has_organisation_word, column)) / len(column) if column else 0.0 for column in columns]
    named = [place for place, share in enumerate(shares) if share >= _NAMES]
    return named or [
        place for place, column in enumerate(columns) if not all(is_no_name(cell) for cell in column)
    ]  # fmt: skip


def is_no_name(cell: str) -> bool:
    """Tell a number, date, time or state, which stand beside names, from a name."""
    return bool(_NO_NAME.fullmatch(cell)) or cell.upper() in US_STATES or cell.lower() in STATE_NAMES


def _cell_names(row: list[str], place: int) -> list[str]:
    if place >= len(row):
        return []
    return read_names(Unit(text, is_item=True) for text in row[place].split("\n")).names


def _row_names(row: list[str], place: int) -> list[str]:
    """Give the name of a row that stands for one organisation, whatever lines its cell is broken into."""
    return read_names([Unit(plain(row[place]), is_item=True)]).names if place < len(row) else []


def _status(row: list[str], at: int | None) -> str:
    if at is None or at >= len(row):
        return "active"
    word = plain(row[at]).lower()
    return status_of(f"x [{word}]") if word else "active"
