"""Tell how the time columns of a staged table are read, from the shapes of their cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from custodiet.case.stage import Stage
from custodiet.case.typed import (
    DAY_ZERO,
    MIDNIGHT,
    cell,
    instant_expression,
    literal,
    raw_time_expression,
    time_expression,
)
from custodiet.intake.day_order import in_order, own_order, settle_orders
from custodiet.intake.formats import FormatMatch
from custodiet.intake.times import (
    DayOrder,
    order_of,
    shape_of,
    split_pair,
    tell_format,
    tidy_shape,
    zone_in_label,
    zones_stated,
)
from custodiet.model.problems import Problem
from custodiet.model.reading import TimeColumn

_SAMPLE = 5_000
_ROUNDS = 3
_MERIDIEMS = frozenset({"AM", "PM", "A", "P", "A.M.", "P.M.", "A.M", "P.M"})


@dataclass(frozen=True, slots=True)
class Timing:
    """Hold the time columns of a table, by canonical name, and what is doubtful about them.

    ``unread`` holds the positions with cells that none of the formats reads.
    """

    columns: dict[str, TimeColumn]
    unread: frozenset[int]
    problems: tuple[Problem, ...]


def tell_times(stage: Stage, match: FormatMatch, stated: Sequence[str] = (), labels: Sequence[str] = ()) -> Timing:
    """Tell how every time column of a table is read.

    Args:
        stage: The table.
        match: How its labels are read.
        stated: Titles and names of the file; their dates can tell days from months.
        labels: The header, for the zones that it states.
    """
    columns: dict[str, TimeColumn] = {}
    unread: set[int] = set()
    for split in match.format.split_times:
        date_at, clock_at = match.position(split.date), match.position(split.clock)
        if date_at is not None and clock_at is not None:
            whole = TimeColumn(
                date_at, (), clock_position=clock_at, has_whole_halves=_whole_halves(stage, date_at, clock_at)
            )
            columns[split.whole] = _told(stage, whole, unread)
    for place, name in match.mapping.items():
        if place >= stage.width or name in columns:
            continue
        kind = match.format.type_of(name)
        if kind == "time-range":
            columns |= _frame(stage, place, unread)
        elif kind in ("time", "date") and name not in _halves(match):
            columns[name] = _told(stage, TimeColumn(place, ()), unread)
    columns, problems = _with_halves_of_day(stage, match, columns)
    columns, notes = settle_orders(stage, match.format, columns, stated)
    problems += notes
    columns = {name: _in_stated_zone(column, labels) for name, column in columns.items()}
    assumed = [
        name
        for name, column in columns.items()
        if column.formats and not (zones_stated(column.formats) or _label_zone(column, labels))
    ]
    if any(item.has_clock for name in assumed for item in columns[name].formats):
        problems.append(
            Problem("zone-assumed", f"The times of {', '.join(sorted(assumed))} state no zone; read as UTC.")
        )
    return Timing(columns, frozenset(unread), tuple(problems))


def guess_times(match: FormatMatch, rows: Sequence[Sequence[str]]) -> dict[TimeColumn, str]:
    """Guess from the first data rows how the times of a table are read.

    Returns:
        For each guess the SQL that reads it. A guess is checked against all rows by
        :func:`tell_times`; ``9/9/9999`` is guessed month first.
    """
    guesses: dict[TimeColumn, str] = {}
    for place, name in match.mapping.items():
        kind = match.format.type_of(name)
        texts = [shape_of(row[place]) for row in rows if place < len(row) and row[place].strip()]
        if kind == "time-range":
            pairs = [pair for text in texts if (pair := _time_pair(text))]
            separators = tuple(dict.fromkeys(pair[0] for pair in pairs))
            for part in (0, 1) if pairs else ():
                column = TimeColumn(place, (), part=part, separators=separators)
                guesses |= _guessed(_with_shapes(column, [pair[part + 1] for pair in pairs]))
        elif kind in ("time", "date") and name not in _halves(match):
            guesses |= _guessed(_with_shapes(TimeColumn(place, ()), texts))
    return guesses


def _guessed(column: TimeColumn) -> dict[TimeColumn, str]:
    return {column: time_expression(column)} if column.formats else {}


def _label_zone(column: TimeColumn, labels: Sequence[str]) -> str | None:
    places = (column.position, column.clock_position)
    stated = [zone_in_label(labels[at]) for at in places if at is not None and at < len(labels)]
    return next((zone for zone in stated if zone), None)


def _in_stated_zone(column: TimeColumn, labels: Sequence[str]) -> TimeColumn:
    zone = _label_zone(column, labels)
    return replace(column, default_zone=zone) if zone else column


def _whole_halves(stage: Stage, date_at: int, clock_at: int) -> bool:
    odd = (
        f"regexp_matches({cell(date_at)}, '{MIDNIGHT}') OR regexp_matches({cell(clock_at)}, '{DAY_ZERO}') "
        f"OR regexp_full_match({cell(clock_at)}, '[0-9]{{3}}')"
    )
    return bool(stage.value("count(*)", f"row_no < {stage.first_row + _SAMPLE} AND ({odd})"))


def _with_halves_of_day(
    stage: Stage, match: FormatMatch, columns: dict[str, TimeColumn]
) -> tuple[dict[str, TimeColumn], list[Problem]]:
    """Join AM and PM to their times where a column of its own holds them: 2:05 may be the afternoon."""
    joined, problems = dict(columns), []
    for place in range(stage.width):
        if place < len(match.columns) and match.columns[place] is not None:
            continue
        if not _holds_meridiems(stage, place):
            continue
        ends = {name: max(c.position, c.clock_position or 0) for name, c in joined.items() if c.part is None}
        before = {name: end for name, end in ends.items() if end < place}
        if not before:
            continue
        name = max(before, key=lambda known: before[known])
        bare = replace(joined[name], formats=(), needs_tidying=False, meridiem_position=place)
        trial: set[int] = set()
        told = _told(stage, bare, trial)
        if trial or any("%p" in item.pattern for item in joined[name].formats):
            message = f"Column {place + 1} holds AM and PM, and the times of {name} do not go with it; it was not used."
            problems.append(Problem("note", message))
            continue
        joined[name] = told
        problems.append(Problem("note", f"The times of {name} were read with the AM and PM of column {place + 1}."))
    return joined, problems


def _holds_meridiems(stage: Stage, place: int) -> bool:
    mark = f"upper(trim({cell(place)}))"
    odd = f"{mark} <> '' AND {mark} NOT IN ({', '.join(map(literal, sorted(_MERIDIEMS)))})"
    sample = f"row_no < {stage.first_row + _SAMPLE}"
    if stage.value("count(*)", f"{sample} AND ({odd})") or not stage.value("count(*)", f"{sample} AND {mark} <> ''"):
        return False
    return not stage.value("count(*)", odd)


def _halves(match: FormatMatch) -> set[str]:
    return {
        half
        for split in match.format.split_times
        for half in (split.date, split.clock)
        if match.position(split.date) is not None and match.position(split.clock) is not None
    }


def _frame(stage: Stage, place: int, unread: set[int]) -> dict[str, TimeColumn]:
    """Tell the two times of a time frame: first what separates them, then their formats."""
    separators: dict[str, None] = {}
    for _ in range(_ROUNDS):
        known = " OR ".join(f"contains({cell(place)}, {literal(separator)})" for separator in separators)
        where = f"NOT ({known})" if separators else f"row_no < {stage.first_row + _SAMPLE}"
        fresh = [pair[0] for shape, _ in stage.shapes(cell(place), where) if (pair := _time_pair(shape))]
        if separators and not fresh:
            break
        separators |= dict.fromkeys(fresh)
        if not separators:
            break
    told: dict[str, TimeColumn] = {}
    for part, name in enumerate(("window_start", "window_end")):
        # Both halves stand in one cell: one that is read must not hide that the other is not.
        unread_part: set[int] = set()
        told[name] = _told(stage, TimeColumn(place, (), part=part, separators=tuple(separators)), unread_part)
        unread |= unread_part
    return told


def _time_pair(shape: str) -> tuple[str, str, str] | None:
    pair = split_pair(shape)
    return pair if pair and tell_format(pair[1]) and tell_format(pair[2]) else None


def _told(stage: Stage, column: TimeColumn, unread_columns: set[int]) -> TimeColumn:
    """Fill in the formats that occur in a time column; note its position where cells stay unread.

    They are told from the first rows; then only the cells that these formats do not
    read are looked at, until nothing readable is left.
    """
    expression = raw_time_expression(column)
    guess = stage.guess(column)
    if guess and not stage.value(
        "count(*)", f"{instant_expression(stage, guess)} IS NULL AND trim({expression}) <> ''"
    ):
        unread_columns.discard(column.position)
        return guess
    sample = stage.shapes(expression, f"row_no < {stage.first_row + _SAMPLE}")
    # A bare number is a serial or an epoch only where most of the column is: elsewhere it is a misplaced count.
    serial = _mostly_numbers(sample)
    column = _with_shapes(column, [shape for shape, _ in sample], allow_serial=serial)
    for _ in range(_ROUNDS):
        unread_where = f"({instant_expression(stage, column)}) IS NULL"
        if not stage.value("count(*)", f"{unread_where} AND trim({expression}) <> ''"):
            unread_columns.discard(column.position)
            break
        unread_columns.add(column.position)
        unread = stage.shapes(expression, unread_where)
        wider = _with_shapes(column, [shape for shape, _ in unread], allow_serial=serial)
        if _is_of_numbers(wider) and (order := own_order(stage, wider, expression)):
            shapes = [shape for shape, _ in sample + unread]
            wider = in_order(_with_shapes(replace(wider, formats=()), shapes, order=order), order)
        if wider == column:
            break
        column = wider
    return column


def _mostly_numbers(sample: list[tuple[str, int]]) -> bool:
    numbers = sum(n for shape, n in sample if re.fullmatch(r"\s*9+(?:\.9+)?\s*", shape))
    return 2 * numbers > sum(n for _, n in sample)


def _with_shapes(
    column: TimeColumn, shapes: Sequence[str], *, order: DayOrder | None = None, allow_serial: bool = False
) -> TimeColumn:
    formats = dict.fromkeys(column.formats)
    needs_tidying = column.needs_tidying
    for shape in shapes:
        tidy = tidy_shape(shape)
        told = tell_format(tidy, order=order, allow_serial=allow_serial)
        if told:
            formats.setdefault(told)
            needs_tidying = needs_tidying or tidy != shape
    return replace(column, formats=tuple(formats), needs_tidying=needs_tidying)


def _is_of_numbers(column: TimeColumn) -> bool:
    return any(order_of(item.pattern) for item in column.formats)
