"""Tell how the time columns of a staged table are read, from the shapes of their cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from custodiet.case.stage import Stage
from custodiet.case.typed import cell, raw_time_expression
from custodiet.intake.formats import FormatMatch
from custodiet.intake.times import reads_day_first, split_pair, tell_format, tidy_shape, zones_stated
from custodiet.model.problems import Problem
from custodiet.model.reading import TimeColumn, TimeFormat


@dataclass(frozen=True, slots=True)
class Timing:
    """Hold the time columns of a table, by canonical name, and what is doubtful about them."""

    columns: dict[str, TimeColumn]
    problems: tuple[Problem, ...]


def tell_times(stage: Stage, match: FormatMatch) -> Timing:
    """Tell how every time column of a table is read."""
    columns: dict[str, TimeColumn] = {}
    for split in match.format.split_times:
        date_at, clock_at = match.position(split.date), match.position(split.clock)
        if date_at is not None and clock_at is not None:
            columns[split.whole] = _told(stage, TimeColumn(date_at, (), clock_position=clock_at))
    for place, name in match.mapping.items():
        if place >= stage.width or name in columns:
            continue
        kind = match.format.type_of(name)
        if kind == "time-range":
            columns |= _frame(stage, place)
        elif kind in ("time", "date") and name not in _halves(match):
            columns[name] = _told(stage, TimeColumn(place, ()))
    problems = []
    assumed = [name for name, column in columns.items() if column.formats and not zones_stated(column.formats)]
    if any(item.has_clock for name in assumed for item in columns[name].formats):
        problems.append(Problem("zone-assumed", f"The times of {', '.join(sorted(assumed))} state no zone; read as UTC."))
    return Timing(columns, tuple(problems))


def _halves(match: FormatMatch) -> set[str]:
    return {
        half
        for split in match.format.split_times
        for half in (split.date, split.clock)
        if match.position(split.date) is not None and match.position(split.clock) is not None
    }


def _frame(stage: Stage, place: int) -> dict[str, TimeColumn]:
    separators: dict[str, None] = {}
    for shape, _ in stage.shapes(cell(place)):
        pair = split_pair(shape)
        # A separator with digits in it would not be found in the cells themselves; none has.
        if pair and tell_format(pair[1]) and tell_format(pair[2]):
            separators.setdefault(pair[0])
    return {
        name: _told(stage, TimeColumn(place, (), part=part, separators=tuple(separators)))
        for part, name in enumerate(("window_start", "window_end"))
    }


def _told(stage: Stage, column: TimeColumn) -> TimeColumn:
    """Fill in the formats that occur in a time column."""
    expression = raw_time_expression(column)
    shapes = [tidy_shape(shape) for shape, _ in stage.shapes(expression)]
    formats = _formats(shapes, day_first=False)
    if any("%m/%d" in item.pattern or "%m-%d-%Y" in item.pattern for item in formats) and _day_first(stage, expression):
        formats = _formats(shapes, day_first=True)
    return TimeColumn(
        column.position, formats, column.default_zone, column.clock_position, column.part, column.separators
    )


def _formats(shapes: Sequence[str], *, day_first: bool) -> tuple[TimeFormat, ...]:
    found: dict[TimeFormat, None] = {}
    for shape in shapes:
        told = tell_format(shape, day_first=day_first)
        if told:
            found.setdefault(told)
    return tuple(found)


def _day_first(stage: Stage, expression: str) -> bool:
    numbers = [
        stage.value(f"max(TRY_CAST(regexp_extract({expression}, '^\\s*(\\d{{1,2}})[/-](\\d{{1,2}})[/-]', {group}) AS INT))")
        for group in (1, 2)
    ]
    first, second = (None if number is None else int(str(number)) for number in numbers)
    return reads_day_first(first, second)
