"""Draw static SVG: bars over time, shares, and matrices; each beside the table that says the same.

Colours come from the page's style sheet by class (told apart with any common kind of colour
blindness, by lightness too); every class has its word in the legend. All text is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final
from xml.sax.saxutils import escape

from custodiet.publish.report.document import Cell, Chart, Column, Prose, Table
from custodiet.publish.report.wording import number, share

WIDTH: Final = 640
ClaimOf = Callable[[Sequence[Cell], int], str]
SHARE: Final = "Share"
COLOURS: Final = ("c1", "c2", "c3", "c4", "c5")
_BESIDE: Final = 30
_PER_LETTER: Final = 6.9
_NO_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Break:
    """Mark a place on the time axis from which numbers are not comparable with those before.

    Attributes:
        at: Number of the first period after it.
        what: What changed.
    """

    at: int
    what: str


def over_time(
    title: str,
    summary: str,
    periods: Sequence[str],
    series: Sequence[tuple[str, Sequence[int]]],
    *,
    breaks: Sequence[Break] = (),
    period_word: str = "Month",
    colours: Sequence[str] = COLOURS,
    unknown: Collection[int] = (),
) -> Chart:
    """Draw counts per period as stacked bars, with breaks as dashed lines.

    Args:
        title: What is shown.
        summary: One sentence for readers who do not see it.
        periods: Labels of the periods, in order, without gaps.
        series: Name and counts of each class; at most five.
        breaks: Places at which the form of the records changed.
        period_word: Heading of the first column of the table.
        colours: Classes of the series' colours, in their order.
        unknown: Numbers of the periods of which nothing is known: a dash in the table, not a zero.
    """
    totals = [sum(counts[n] for _, counts in series) for n in range(len(periods))]
    top = _round_up(max([*totals, 1]))
    left, right, base, height = 62.0, 8.0, 226.0, 180.0
    step = (WIDTH - left - right) / max(len(periods), 1)
    shapes = [_axis(left, base, height, top)]
    for place, label in enumerate(periods):
        x, y = left + place * step, base
        for index, (name, counts) in enumerate(series):
            tall = height * counts[place] / top
            if tall <= 0:
                continue
            y -= tall
            shapes.append(
                _rect(x + step * 0.1, y, step * 0.8, tall, colours[index], f"{label}: {number(counts[place])} {name}")
            )
        if place % max(1, -(-len(periods) // 12)) == 0:
            shapes.append(_text(x + step / 2, base + 18, label, "middle", "quiet"))
    for n, item in enumerate(breaks):
        x = left + item.at * step
        shapes.append(f'<line x1="{x:.1f}" y1="34" x2="{x:.1f}" y2="{base:.1f}" class="break"/>')
        anchor = "end" if x > WIDTH * 0.7 else "start"
        shapes.append(_text(x + (-4 if anchor == "end" else 4), 44 + 13 * (n % 3), f"{n + 1}", anchor, "quiet"))
    shapes.append(_legend([name for name, _ in series], base + 44, colours))
    svg = _svg(int(base + 56), title, summary, shapes)
    at = {item.at: n + 1 for n, item in enumerate(breaks)}
    rows: list[tuple[Cell, ...]] = [
        (
            f"{label} (after break {at[place]})" if place in at else label,
            *(None if place in unknown else counts[place] for _, counts in series),
            *([None if place in unknown else totals[place]] if len(series) > 1 else []),
        )
        for place, label in enumerate(periods)
    ]
    columns = [Column(period_word), *(Column(name, numeric=True) for name, _ in series)]
    if len(series) > 1:
        columns.append(Column("All", numeric=True))
    note = " ".join(f"Break {n + 1}: {item.what}." for n, item in enumerate(breaks))
    return Chart(title, f"{summary} {note}".strip(), svg, Table(title, tuple(columns), tuple(rows), note=note))


def shares_of(
    title: str,
    summary: str,
    rows: Sequence[tuple[str, Sequence[int]]],
    classes: Sequence[str],
    *,
    row_word: str = "Group",
    colours: Sequence[str] = COLOURS,
) -> Chart:
    """Draw each row as one bar of full width, parted by class; counts stand in the table and n beside the bar.

    Long labels stand above their bar, short ones beside it.
    """
    above = max((len(label) for label, _ in rows), default=0) > _BESIDE
    left, right, pitch = (8.0, 84.0, 42.0) if above else (_width(rows), 84.0, 26.0)
    shapes: list[str] = []
    for place, (label, counts) in enumerate(rows):
        y, total, x = 8 + place * pitch, sum(counts), left
        if above:
            shapes.append(_text(left, y + 11, _short(label, 88), "start"))
            y += 17
        else:
            shapes.append(_text(left - 8, y + 13, label, "end"))
        for index, count in enumerate(counts):
            wide = (WIDTH - left - right) * count / total if total else 0.0
            if wide > 0:
                told = f"{label}: {classes[index]} {number(count)} of {number(total)} ({share(count, total)})"
                shapes.append(_rect(x, y, wide, 17, colours[index], told, framed=True))
            x += wide
        shapes.append(_text(WIDTH - right + 8, y + 13, f"n = {number(total)}", "start", "quiet"))
    bottom = 8 + len(rows) * pitch
    shapes.append(_legend(classes, bottom + 16, colours))
    table_rows: list[tuple[Cell, ...]] = [
        (label, sum(counts), *(cell for count in counts for cell in (count, share(count, sum(counts)))))
        for label, counts in rows
    ]
    columns = [Column(row_word), Column("n", numeric=True)]
    for name in classes:
        columns += [Column(name.capitalize(), numeric=True), Column(SHARE, numeric=True)]
    svg = _svg(int(bottom + 28), title, summary, shapes)
    return Chart(title, summary, svg, Table(title, tuple(columns), tuple(table_rows)))


def bars(
    title: str, summary: str, rows: Sequence[tuple[str, int]], whole: int | None, *, row_word: str, count_word: str
) -> Chart:
    """Draw one horizontal bar a row; with a whole, shares of it stand beside the counts."""
    left, right, pitch = _width(rows), 124.0, 24.0
    most = int((left - 8) / _PER_LETTER)
    top = max([count for _, count in rows] + [1])
    shapes: list[str] = []
    for place, (label, count) in enumerate(rows):
        y, wide = 8 + place * pitch, (WIDTH - left - right) * count / top
        shapes.append(_text(left - 8, y + 12, _short(label, most), "end"))
        shapes.append(_rect(left, y, max(wide, 0.8 if count else 0), 15, "c1", f"{label}: {number(count)}"))
        told = f"{number(count)} ({share(count, whole)})" if whole else number(count)
        shapes.append(_text(left + wide + 6, y + 12, told, "start", "quiet"))
    svg = _svg(int(12 + len(rows) * pitch), title, summary, shapes)
    columns = [Column(row_word), Column(count_word, numeric=True)]
    if whole:
        columns.append(Column(SHARE, numeric=True))
    table_rows: list[tuple[Cell, ...]] = [
        (label, count, share(count, whole)) if whole else (label, count) for label, count in rows
    ]
    return Chart(title, summary, svg, Table(title, tuple(columns), tuple(table_rows)))


def matrix(
    title: str,
    summary: str,
    rows: Sequence[tuple[str, Sequence[int | None]]],
    columns: Sequence[str],
    *,
    row_word: str,
) -> Chart:
    """Draw counts of rows by columns as tiles, darker for more; None is drawn as an empty frame."""
    left, pitch = _width(rows), 22.0
    most = int((left - 8) / _PER_LETTER)
    step = min((WIDTH - left) / max(len(columns), 1), 62.0)
    every = max(1, -(-58 // int(max(step, 1))))
    top = max([count or 0 for _, counts in rows for count in counts] + [1])
    shapes = [
        _text(left + place * step + 1, 14, columns[place], "start", "quiet") for place in range(0, len(columns), every)
    ]
    for line, (label, counts) in enumerate(rows):
        y = 22 + line * pitch
        shapes.append(_text(left - 8, y + 13, _short(label, most), "end"))
        for place, count in enumerate(counts):
            told = f"{label}, {columns[place]}: {'outside the log' if count is None else number(count)}"
            kind, depth = ("c1", 0.25 + 0.75 * (count / top) ** 0.5) if count else ("empty", 1.0)
            shapes.append(_rect(left + place * step + 1, y + 1, step - 2, pitch - 4, kind, told, opacity=depth))
    table_rows: list[tuple[Cell, ...]] = [(label, *counts) for label, counts in rows]
    heads = (Column(row_word), *(Column(name, numeric=True) for name in columns))
    svg = _svg(int(28 + len(rows) * pitch), title, summary, shapes)
    return Chart(title, summary, svg, Table(title, heads, tuple(table_rows)))


def with_claims(chart: Chart, figure: Callable[[str, Cell], Cell], claim_of: ClaimOf, summary: Prose = "") -> Chart:
    """Tie the numbers of a chart to the claim sheet, in the table that says the same; shares go with their count.

    Args:
        chart: The chart.
        figure: Gives a cell with its claim, where the sheet has the same number under that id.
        claim_of: Gives the id of the figure in a row and column of the table, or an empty text.
        summary: The same summary, with its numbers tied.
    """
    heads = chart.table.columns
    # A share follows its count; both are of one claim.
    counts = [place - 1 if column.label == SHARE else place for place, column in enumerate(heads)]
    rows = tuple(
        tuple(
            figure(claim, cell) if place and (claim := claim_of(row, counts[place])) else cell
            for place, cell in enumerate(row)
        )
        for row in chart.table.rows
    )
    return replace(chart, summary=summary or chart.summary, table=replace(chart.table, rows=rows))


def _width(rows: Sequence[tuple[str, object]]) -> float:
    """Return the room that labels beside bars take, bounded."""
    longest = max((len(label) for label, _ in rows), default=0)
    return min(max(90.0, 14 + _PER_LETTER * longest), 270.0)


def _axis(left: float, base: float, height: float, top: int) -> str:
    parts = []
    for part in (0, 0.5, 1):
        y = base - height * part
        parts.append(f'<line x1="{left:.1f}" y1="{y:.1f}" x2="{WIDTH - 8}" y2="{y:.1f}" class="axis"/>')
        parts.append(_text(left - 8, y + 4, number(round(top * part)), "end", "quiet"))
    return "".join(parts)


def _legend(names: Sequence[str], y: float, colours: Sequence[str] = COLOURS) -> str:
    if len(names) < 2:
        return ""
    x, parts = 8.0, []
    for index, name in enumerate(names):
        parts.append(_rect(x, y - 9, 10, 10, colours[index], ""))
        parts.append(_text(x + 15, y, name, "start"))
        x += 32 + 6.7 * len(name)
    return "".join(parts)


def _svg(height: int, title: str, summary: str, shapes: Sequence[str]) -> str:
    label = escape(_safe(f"{title}. {summary}"), {'"': "&quot;"})
    return f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{label}">{"".join(shapes)}</svg>'


def _rect(
    x: float, y: float, wide: float, tall: float, kind: str, title: str, *, framed: bool = False, opacity: float = 1.0
) -> str:
    kind = f"{kind} frame" if framed else kind
    faint = f' fill-opacity="{opacity:.2f}"' if opacity < 1 else ""
    shape = f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{tall:.1f}" class="{kind}"{faint}'
    return f"{shape}><title>{escape(_safe(title))}</title></rect>" if title else f"{shape}/>"


def _text(x: float, y: float, content: str, anchor: str, kind: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{named}>{escape(_safe(content))}</text>'


def _safe(content: str) -> str:
    return _NO_XML.sub("\ufffd", content)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _round_up(value: int) -> int:
    """Return the next round number that can be halved, such as 2, 4, 10, 12, 20 and 24."""
    size = 1
    while value > 100 * size:
        size *= 10
    return next(
        step * size for step in (2, 4, 6, 8, 10, 12, 16, 20, 24, 30, 40, 50, 60, 80, 100) if step * size >= value
    )
