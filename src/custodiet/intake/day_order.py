"""Tell in which order dates of numbers alone are written, where their own numbers do not tell.

``03/04/2025`` is the fourth of March or the third of April. A number over twelve
tells; where no date of a column has one, the other dates of the table, its title,
weekdays and the order of its rows are asked. Where nothing tells, the usual order
holds and one problem says what the other one would change.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from custodiet.case.stage import Stage
from custodiet.case.typed import cell, raw_time_expression, time_expression
from custodiet.intake.formats import Format
from custodiet.intake.producers import dates_in_name, months_in_name
from custodiet.intake.times import DayOrder, order_of, reordered, tell_format, tidy_shape
from custodiet.model.problems import Problem
from custodiet.model.reading import TimeColumn

_MONTHS: Final = 12
# A zone that a cell states can move an instant into the next day: a twelfth becomes a thirteenth, no more.
_SURELY_NO_MONTH: Final = 13
_FEWEST_CHANGES: Final = 5
_FEWEST_DAYS: Final = 4
_LOOKED_AT: Final = 1_000_000
_PARTS: Final = r"^\s*(?:[A-Za-z]+,?\s+)?(\d{1,2})[-/.](\d{1,2})[-/.](\d{2,4})"
_NUMERIC: Final = re.compile(r"(?<!\d)(\d{1,2})[-_./](\d{1,2})[-_./](\d{4}|\d{2})(?!\d)")
_WEEKDAY: Final = r"(?i)^\s*(mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?\s*$"
_WEEKDAY_BEFORE: Final = r"(?i)^\s*(mon|tue|wed|thu|fri|sat|sun)[a-z]*,? +\d"


@dataclass(frozen=True, slots=True)
class _Open:
    """Hold a column whose dates fit both orders, with the SQL of its instants under each."""

    name: str
    column: TimeColumn
    style: str

    def instant(self, order: DayOrder) -> str:
        return f"({time_expression(in_order(self.column, order))})::TIMESTAMP"

    @property
    def usual(self) -> DayOrder:
        return next(told for item in self.column.formats if (told := order_of(item.pattern)))


@dataclass(frozen=True, slots=True)
class Numbers:
    """Hold what the first and second numbers of the dates of a column are at most, and how many years they could be."""

    first: int
    second: int
    least_first: int
    n_first: int
    n_third: int

    @property
    def order(self) -> DayOrder | None:
        """Tell the order; None where both fit, or neither does."""
        if self.second <= _MONTHS < self.first:
            return DayOrder.DAY
        return DayOrder.MONTH if self.first <= _MONTHS < self.second else None

    @property
    def fits_both(self) -> bool:
        """Tell whether no number says which of the two is the month."""
        return 0 < self.first <= _MONTHS and self.second <= _MONTHS


def numbers_of(stage: Stage, expression: str) -> Numbers:
    """Find the numbers of the dates of a column."""
    parts = [f"TRY_CAST(regexp_extract({expression}, '{_PARTS}', {group}) AS INT)" for group in (1, 2, 3)]
    found = str(
        stage.value(
            f"concat_ws(' ', coalesce(max({parts[0]}), 0), coalesce(max({parts[1]}), 0), coalesce(min({parts[0]}), 0), "
            f"count(DISTINCT {parts[0]}), count(DISTINCT {parts[2]}))"
        )
    )
    return Numbers(*map(int, found.split()))


def own_order(stage: Stage, column: TimeColumn, expression: str) -> DayOrder | None:
    """Tell the order of a column by a number over twelve; of years of two digits, by which number varies least."""
    numbers = numbers_of(stage, expression)
    order = numbers.order
    if order is DayOrder.DAY and _has_short_years(column) and numbers.least_first > _MONTHS:
        return DayOrder.YEAR if numbers.n_first < numbers.n_third else order
    return order


def _has_short_years(column: TimeColumn) -> bool:
    return any("%y" in item.pattern and order_of(item.pattern) for item in column.formats)


def in_order(column: TimeColumn, order: DayOrder) -> TimeColumn:
    """Read the dates of a column in another order."""
    formats = tuple(replace(item, pattern=reordered(item.pattern, order)) for item in column.formats)
    return replace(column, formats=tuple(dict.fromkeys(formats)))


def settle_orders(
    stage: Stage, known: Format, columns: Mapping[str, TimeColumn], stated: Sequence[str]
) -> tuple[dict[str, TimeColumn], list[Problem]]:
    """Settle the order of day and month of all time columns of a table.

    Args:
        stage: The table.
        known: Its format; a time format that it declares is its word.
        columns: Time columns, by canonical name, as their own cells tell them.
        stated: Titles and names of the file, for the period that they state.

    Returns:
        The columns, and what is to be said: a note where something beside the column told
        its order, one ``ambiguous-date`` where nothing did.
    """
    settled = dict(columns)
    proven: dict[str, set[DayOrder]] = {}
    unsure: list[_Open] = []
    for name, column in columns.items():
        styles = {_style(item.pattern): order_of(item.pattern) for item in column.formats if order_of(item.pattern)}
        if not styles or DayOrder.YEAR in styles.values():
            continue
        if _fits_both(stage, column):
            unsure.append(_Open(name, column, "".join(sorted(styles))))
        else:
            for style, order in styles.items():
                proven.setdefault(style, set()).update({order} if order else ())
    notes: list[Problem] = []
    left: list[_Open] = []
    for style in sorted({item.style for item in unsure}):
        group = [item for item in unsure if item.style == style]
        order, why = _told(stage, known, group, proven.get(style, set()), columns, stated)
        if order is None:
            left += group
            continue
        settled |= {item.name: in_order(item.column, order) for item in group}
        if why:
            names = ", ".join(sorted(item.name for item in group))
            notes.append(Problem("note", f"The dates of {names} fit two orders; read {order}, as {why}."))
    return settled, notes + ([_ambiguous(stage, left)] if left else [])


def _style(pattern: str) -> str:
    found = re.search(r"%[md]([-/.])%[md]", pattern)
    return found[1] if found else ""


def _fits_both(stage: Stage, column: TimeColumn) -> bool:
    parsed = stage.instant(column) or time_expression(column)
    latest = stage.value(f"max(day({parsed}))")
    if latest is None or int(str(latest)) > _SURELY_NO_MONTH:
        return False
    return numbers_of(stage, raw_time_expression(column)).fits_both


def _told(
    stage: Stage, known: Format, group: Sequence[_Open], proven: set[DayOrder], columns: Mapping[str, TimeColumn],
    stated: Sequence[str],
) -> tuple[DayOrder | None, str]:  # fmt: skip
    """Ask all that can tell the order, the surest first; give the order and what told it."""
    order: DayOrder | None
    if len(proven) == 1:
        order = next(iter(proven))
        return order, "another column that is written alike shows" if order is not group[0].usual else ""
    if not proven and (order := _declared(known, group)):
        return order, ""
    main = group[0]
    if order := _by_weekdays(stage, main):
        return order, "the weekdays show"
    if order := _by_period(stage, main, stated):
        return order, "the period shows that its title or name states"
    beside = [column for name, column in columns.items() if name not in {item.name for item in group}]
    if order := _by_other_dates(stage, main, beside):
        return order, "the dates of other columns show"
    if order := next((told for item in group if (told := _by_rows(stage, item))), None):
        return order, "the order of its rows shows"
    return None, ""


def _declared(known: Format, group: Sequence[_Open]) -> DayOrder | None:
    """Take the order of a time format that the export is known to have."""
    declared = set()
    for text in known.time_formats:
        shape = re.sub("YYYY", "9999", text)
        shape = re.sub(r"(?<![A-Za-z])([MDHS])\1?(?![A-Za-z])", lambda m: "9" * len(m[0]), shape).replace("fff", "999")
        if told := tell_format(tidy_shape(shape)):
            declared.add(told.pattern)
    used = {item.pattern for one in group for item in one.column.formats if order_of(item.pattern)}
    orders = {order_of(pattern) for pattern in used}
    return orders.pop() if used <= declared and len(orders) == 1 else None


def _agreement(stage: Stage, main: _Open, test: str, where: str = "true") -> tuple[int, int, int]:
    """Count rows on which the orders differ, and those that pass a test (of ``{at}``) under each."""
    month, day = main.instant(DayOrder.MONTH), main.instant(DayOrder.DAY)
    differ = f"({month})::DATE <> ({day})::DATE AND ({where})"
    counts = [
        f"count(*) FILTER ({differ}{'' if at is None else ' AND ' + test.format(at=at)})" for at in (None, month, day)
    ]
    n, by_month, by_day = map(int, str(stage.value(f"concat_ws(' ', {', '.join(counts)})")).split())
    return n, by_month, by_day


def _decide(n: int, by_month: int, by_day: int) -> DayOrder | None:
    for order, most, least in ((DayOrder.MONTH, by_month, by_day), (DayOrder.DAY, by_day, by_month)):
        if n and most >= 0.95 * n and least <= 0.5 * n:
            return order
    return None


def _by_weekdays(stage: Stage, main: _Open) -> DayOrder | None:
    """Compare with weekdays in the cells themselves, or in a column of nothing else."""
    own = raw_time_expression(main.column)
    sources = [(own, _WEEKDAY_BEFORE)] if any("%a" in f.pattern.lower() for f in main.column.formats) else []
    for place in range(stage.width):
        names = [name for name, _ in stage.tally(f"left(trim({cell(place)}), 12)", 16) if name]
        if names and len(names) <= 14 and all(re.match(_WEEKDAY, name) for name in names):
            sources.append((cell(place), _WEEKDAY))
    for text, pattern in sources:
        word = f"lower(regexp_extract({text}, '{pattern}', 1))"
        told = _decide(*_agreement(stage, main, f"lower(left(dayname({{at}}), 3)) = {word}", f"{word} <> ''"))
        if told:
            return told
    return None


def _by_period(stage: Stage, main: _Open, stated: Sequence[str]) -> DayOrder | None:
    for text in stated:
        period = stated_period(text)
        if period is None:
            continue
        first, last = period[0] - timedelta(days=1), period[1] + timedelta(days=2)
        told = _decide(*_agreement(stage, main, f"{{at}} BETWEEN DATE '{first}' AND DATE '{last}'"))
        if told:
            return told
    return None


def stated_period(text: str) -> tuple[date, date] | None:
    """Read the period that a title or name states; None where its own dates could be read in two orders."""
    numeric = _NUMERIC.findall(text)
    if numeric:
        first, second = (max(int(found[at]) for found in numeric) for at in (0, 1))
        if (first > _MONTHS) == (second > _MONTHS):
            return None
        if first > _MONTHS:
            text = _NUMERIC.sub(r"\2-\1-\3", text)
    dates = dates_in_name(re.sub(r"(?<=\d)/(?=\d)", "-", text))
    if len(dates) >= 2:
        return min(dates), max(dates)
    months = [] if dates else months_in_name(text)
    if not months:
        return None
    return min(months), (max(months) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _by_other_dates(stage: Stage, main: _Open, others: Iterable[TimeColumn]) -> DayOrder | None:
    """Take the order in which the dates lie beside those of a column that is read in one way only."""
    for column in others:
        if not column.formats:
            continue
        near = f"abs(date_diff('day', {{at}}::DATE, ({time_expression(column)})::TIMESTAMP::DATE)) <= 2"
        n, by_month, by_day = _agreement(stage, main, near)
        for order, most, least in ((DayOrder.MONTH, by_month, by_day), (DayOrder.DAY, by_day, by_month)):
            if n >= _FEWEST_DAYS and 2 * most > n and 10 * least <= most:
                return order
    return None


def _by_rows(stage: Stage, item: _Open) -> DayOrder | None:
    """Take the order in which the rows follow one another in time, where the other one jumps about.

    Where the rows follow in both, every date has one number in common: a few days of one
    month, or the same day of as many months. Nobody's log is of the second kind.
    """
    month, day = (_steps(stage, item.instant(order)) for order in (DayOrder.MONTH, DayOrder.DAY))
    if month.is_told_against(day):
        return DayOrder.MONTH
    return DayOrder.DAY if day.is_told_against(month) else None


@dataclass(frozen=True, slots=True)
class _Steps:
    """Count changes of date from row to row, those against the common direction, months, dates, and days between."""

    changes: int
    breaks: int
    n_months: int
    n_dates: int
    span: int

    def is_told_against(self, other: _Steps) -> bool:
        if self.changes >= _FEWEST_CHANGES and 50 * self.breaks <= self.changes:
            jumps = other.breaks >= max(2, 0.1 * other.changes)
            return jumps or (self.breaks < other.breaks and 2 * self.span <= other.span) or self._is_denser(other)
        return self._is_denser(other)

    def _is_denser(self, other: _Steps) -> bool:
        in_order = not self.breaks and not other.breaks
        return in_order and self.n_months == 1 and self.n_dates >= _FEWEST_DAYS and other.n_months == self.n_dates


def _steps(stage: Stage, instant: str) -> _Steps:
    dated = f"SELECT row_no, ({instant})::DATE AS day_of FROM {stage.source} WHERE row_no < {_LOOKED_AT}"
    changes = f"SELECT day_of, lag(day_of) OVER (ORDER BY row_no) AS day_before FROM ({dated}) WHERE day_of IS NOT NULL"
    counts = (
        "count(*) FILTER (day_of > day_before), count(*) FILTER (day_of < day_before), "
        "count(DISTINCT date_trunc('month', day_of)), count(DISTINCT day_of), "
        "coalesce(date_diff('day', min(day_of), max(day_of)), 0)"
    )
    up, down, n_months, n_dates, span = stage.rows_of(f"SELECT {counts} FROM ({changes})")[0]
    return _Steps(int(up + down), int(min(up, down)), int(n_months), int(n_dates), int(span))


def _ambiguous(stage: Stage, left: Sequence[_Open]) -> Problem:
    names = ", ".join(sorted(item.name for item in left))
    main = left[0]
    read = main.usual
    other = DayOrder.DAY if read is DayOrder.MONTH else DayOrder.MONTH
    n, _, _ = _agreement(stage, main, "true")
    n_all = int(str(stage.value(f"count({main.instant(read)})")))
    spans = [
        str(stage.value(f"concat(min({at})::DATE, ' to ', max({at})::DATE)"))
        for at in (main.instant(read), main.instant(other))
    ]
    message = (
        f"No date of {names} has a day over 12, and nothing else tells day from month: {n_all:,} rows were read "
        f"{read} ({spans[0]}). Read {other}, {n:,} of them would have another date ({spans[1]})."
    )
    return Problem("ambiguous-date", message)
