"""Which of the first rows is the header, and what its labels mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from custodiet.intake.formats import (
    FormatMatch,
    clean_label,
    clean_labels,
    has_telling_word,
    load_formats,
    match_format,
)
from custodiet.intake.layout.cells import CellType, cell_type
from custodiet.intake.layout.columns import columns_by_cells, name_blank_columns, rejoin_instants
from custodiet.intake.layout.rows import has_record_cells, is_blank_row
from custodiet.model.problems import Problem

Cells = Sequence[str | None]

MAX_ROWS: Final = 60
_LABELS_OF_A_HEADER: Final = 3
_LETTERS: Final = frozenset(
    {CellType.WORD, CellType.PROSE, CellType.ORG, CellType.TOKEN, CellType.TEXT, CellType.SEARCH_WORD}
)


@dataclass(frozen=True, slots=True)
class Header:
    """Say where the header stands and what it means.

    Attributes:
        header_rows: 0-based positions, among the rows looked at, of the rows that hold the
            labels; two where the header is stacked, none where there is no header.
        first_data: 0-based position of the first data row.
        titles: Positions of filled rows before the data that are no header: titles, remarks.
        raw: Labels as released; of a stacked header joined by a space.
        labels: Labels after cleaning, one of its own for each column.
        match: How the labels are read; None where no format is recognised.
        problems: What a reader should know about the header.
    """

    header_rows: tuple[int, ...]
    first_data: int
    titles: tuple[int, ...]
    raw: tuple[str, ...]
    labels: tuple[str, ...]
    match: FormatMatch | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Candidate:
    rows: tuple[int, ...]
    labels: tuple[str | None, ...]
    match: FormatMatch


def find_header(first_rows: Sequence[Cells]) -> Header:
    """Find the header among the first rows of a table.

    The header is the row, or the two stacked rows, that name most columns of one
    format. Without any, it is the first row with at least three cells of letters
    and no id, instant or period in it (``match`` is then None, and the caller says
    what was seen). A table that begins with data has none: its columns are told by
    their cells, with a ``no-header`` problem.

    Args:
        first_rows: The first rows as released, blank rows included; 60 are looked at.
    """
    rows = first_rows[:MAX_ROWS]
    best = _best_candidate(rows)
    data_before = _first_record(rows, best.rows[0] if best else len(rows))
    if best is None:
        return _without_format(rows, data_before)
    if data_before is not None:
        return _header_below_data(rows, best, data_before)
    first_data = best.rows[-1] + 1
    sample = [row for row in rows[first_data:] if has_record_cells(row)]
    match = rejoin_instants(name_blank_columns(best.match, best.labels, sample), sample)
    problems = [*_told_by_order(best, match)]
    if len(best.rows) == 2:
        problems.append(_note("The header stands over two rows; their labels were joined.", best.rows[0]))
    return _header(rows, best.rows, first_data, best.labels, match, problems)


def _best_candidate(rows: Sequence[Cells]) -> _Candidate | None:
    best: _Candidate | None = None
    for place, row in enumerate(rows):
        if is_blank_row(row) or has_record_cells(row):
            continue
        options = [_candidate((place,), tuple(row), rows)]
        below = rows[place + 1] if place + 1 < len(rows) else ()
        if below and not is_blank_row(below) and not has_record_cells(below):
            options.append(_candidate((place, place + 1), _stacked(row, below), rows))
        for option in options:
            if option and (best is None or len(option.match.mapping) > len(best.match.mapping)):
                best = option
    if best is not None and len(best.rows) == 2:
        return _single_if_equal(rows, best)
    return best


def _single_if_equal(rows: Sequence[Cells], stacked: _Candidate) -> _Candidate:
    """Prefer the lower row alone where joining it with a banner above names no more columns."""
    alone = _candidate((stacked.rows[1],), tuple(rows[stacked.rows[1]]), rows)
    if alone and len(alone.match.mapping) >= len(stacked.match.mapping):
        return alone
    return stacked


def _candidate(places: tuple[int, ...], labels: tuple[str | None, ...], rows: Sequence[Cells]) -> _Candidate | None:
    match = match_format(labels)
    if match and not _is_shown(match, labels, rows[places[-1] + 1 :]):
        others = [known for known in load_formats() if known.id != match.format.id]
        match = match_format(labels, others)
    return _Candidate(places, labels, match) if match else None


def _is_shown(match: FormatMatch, labels: Cells, rows: Sequence[Cells]) -> bool:
    """Tell whether the cells say what the table is, where its labels could head any list: ``id, name, notes``."""
    known = match.format
    if not known.shown_by or has_telling_word(known, labels, match.columns):
        return True
    for name in known.shown_by:
        place = match.position(name)
        looks = [cell_type(row[place]) for row in rows if place is not None and place < len(row)]
        filled = [look for look in looks if look is not CellType.BLANK]
        fitting = sum(1 for look in filled if look.value == known.type_of(name))
        if 2 * fitting <= len(filled):
            return False
    return True


def _stacked(upper: Cells, lower: Cells) -> tuple[str | None, ...]:
    width = max(len(upper), len(lower))
    pairs = [
        (
            clean_label(upper[place]) if place < len(upper) else "",
            clean_label(lower[place]) if place < len(lower) else "",
        )
        for place in range(width)
    ]
    return tuple(" ".join(part for part in pair if part) or None for pair in pairs)


def _first_record(rows: Sequence[Cells], before: int) -> int | None:
    """Find the first row that is certainly data: two cells that no title holds."""
    kinds = (CellType.UUID, CellType.TIME, CellType.TIME_RANGE)
    for place in range(before):
        looks = [cell_type(cell) for cell in rows[place]]
        filled = sum(1 for look in looks if look is not CellType.BLANK)
        if filled >= _LABELS_OF_A_HEADER and any(look in kinds for look in looks):
            return place
    return None


def _without_format(rows: Sequence[Cells], data: int | None) -> Header:
    for place, row in enumerate(rows[: data if data is not None else len(rows)]):
        letters = sum(1 for cell in row if cell_type(cell) in _LETTERS)
        if letters >= _LABELS_OF_A_HEADER and not has_record_cells(row):
            return _header(rows, (place,), place + 1, tuple(row), None, [])
    if data is None:
        return Header((), 0, (), (), (), None)
    body = [row for row in rows[data:] if not is_blank_row(row)]
    match = columns_by_cells(body)
    named = len(match.mapping) if match else 0
    width = max(len(row) for row in body)
    problem = Problem(
        "no-header",
        f"The table begins with data and has no header row. By the kinds of their cells {named} of {width} "
        "columns were named, as in a known order of columns; the others are kept unnamed.",
        where=f"row {data + 1}",
    )
    return _header(rows, (), data, (None,) * width, match, [problem])


def _header_below_data(rows: Sequence[Cells], best: _Candidate, data: int) -> Header:
    """Read labels that stand below the first data rows: the table began without its header."""
    problem = Problem(
        "no-header",
        "The table begins with data; a header row stands below and was used for the rows above it too.",
        where=f"row {best.rows[0] + 1}",
    )
    found = _header(rows, (), data, best.labels, best.match, [problem])
    return replace(found, header_rows=best.rows)


def _header(
    rows: Sequence[Cells],
    header_rows: tuple[int, ...],
    first_data: int,
    labels: tuple[str | None, ...],
    match: FormatMatch | None,
    problems: list[Problem],
) -> Header:
    titles = tuple(place for place in range(first_data) if place not in header_rows and not is_blank_row(rows[place]))
    return Header(
        header_rows=header_rows,
        first_data=first_data,
        titles=titles,
        raw=tuple(label or "" for label in labels),
        labels=clean_labels(labels),
        match=match,
        problems=tuple(problems),
    )


def _told_by_order(best: _Candidate, match: FormatMatch) -> list[Problem]:
    blank = [place for place, label in enumerate(best.labels) if not clean_label(label)]
    if not blank:
        return []
    named = [place + 1 for place in blank if match.columns[place] is not None]
    unnamed = [place + 1 for place in blank if match.columns[place] is None]
    told = f"columns {', '.join(map(str, named))} were named by a known order of columns" if named else ""
    kept = f"columns {', '.join(map(str, unnamed))} are kept unnamed" if unnamed else ""
    sentence = "; ".join(part for part in (told, kept) if part)
    return [_note(f"The header has no label over {len(blank)} columns: {sentence}.", best.rows[-1])]


def _note(message: str, place: int) -> Problem:
    return Problem("note", message, where=f"row {place + 1}")
