"""Mend the layout of a staged table: find the few rows that do not fit, and let the layout doctor judge them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from custodiet.case.stage import Stage
from custodiet.case.typed import (
    as_shape,
    cell,
    count_expression,
    instant_expression,
    literal,
    raw_time_expression,
)
from custodiet.intake.formats import FormatMatch
from custodiet.intake.layout import (
    CellType,
    Header,
    Layout,
    Proposal,
    cell_type,
    is_blank_row,
    is_error_line,
    is_footer,
    is_lone_text,
    is_repeated_header,
    is_ruled_line,
    is_total,
    misfit_pattern,
    propose_repairs,
)
from custodiet.intake.timing import Timing
from custodiet.model.problems import Problem

# Columns with more distinct texts than this are ids and free text: a misfit there shows in another column too.
_DISTINCT_LIMIT = 20_000
# Rows looked at one by one are held in memory: so many at a time.
_ROW_LIMIT = 600_000
_SAYS_NOTHING = frozenset({CellType.BLANK, CellType.MASK, CellType.DASHES, CellType.PLACEHOLDER})
_Row = tuple[int, int, int | None, list[str | None]]


@dataclass(frozen=True, slots=True)
class MendedGroup:
    """Describe one group of repaired rows: what was done, to which rows, with kinds of cells as evidence."""

    description: str
    n_rows: int
    first_row: int
    last_row: int
    evidence: str


@dataclass(frozen=True, slots=True)
class Mended:
    """Hold what was set aside and what was repaired in one table."""

    n_layout: int
    repairs: tuple[MendedGroup, ...]
    problems: tuple[Problem, ...]

    def plus(self, more: Mended) -> Mended:
        """Add what was mended after."""
        return Mended(self.n_layout + more.n_layout, self.repairs + more.repairs, self.problems + more.problems)


def mend_layout(stage: Stage, header: Header, timing: Timing) -> Mended:
    """Set layout rows aside and repair the rows that have exactly one way to fit their header."""
    layout = Layout.of(header)
    if layout is None or header.match is None:
        return Mended(stage.n_blank, (), ())
    where, last = _doubtful(stage, header, timing), -1
    header_rows = {place for place in header.header_rows if place >= header.first_data}
    n_rows, n_aside = stage.count() - stage.n_blank, 0
    groups: list[MendedGroup] = []
    problems: list[Problem] = []
    has_times = any(name in ("searched_at", "search_date", "event_at") for name in header.match.mapping.values())
    remarks: list[int] = []
    while rows := stage.rows(f"row_no > {last} AND ({where})", _ROW_LIMIT):
        n_found, last = len(rows), rows[-1][0]
        lone = [row for row in rows if has_times and _is_remark(row[3], header)]
        stage.set_aside([row[0] for row in lone])
        remarks += [row[1] for row in lone]
        gone = {row[0] for row in lone}
        rows = [row for row in rows if row[0] not in gone]
        proposal = propose_repairs(
            layout, ((source_row, cells) for row_no, source_row, _, cells in rows if row_no not in header_rows),
            n_rows=n_rows,
        )  # fmt: skip
        aside = _layout_rows(rows, header, proposal)
        stage.set_aside(aside)
        n_aside += len(aside)
        groups += _apply(stage, rows, proposal)
        problems += proposal.problems
        if n_found < _ROW_LIMIT:
            break
    stage.set_aside(sorted(header_rows))
    if remarks:
        message = f"{len(remarks):,} rows hold words in one cell and no time: headings or remarks, no records."
        problems.append(Problem("note", message, where=f"first row {remarks[0]:,}"))
    return Mended(n_aside + len(remarks) + stage.n_blank, tuple(groups), tuple(problems))


def _is_remark(cells: list[str | None], header: Header) -> bool:
    """Tell a remark from what is layout by its words: a total, a footer, a broken download."""
    told = is_footer(cells) or is_error_line(cells) or is_total(cells)
    return not told and is_lone_text(cells, len([label for label in header.raw if label.strip()]))


def _apply(stage: Stage, rows: list[_Row], proposal: Proposal) -> list[MendedGroup]:
    numbers = {source_row: row_no for row_no, source_row, _, _ in rows}
    cells_of = {source_row: cells for _, source_row, _, cells in rows}
    groups = []
    for repair in (*proposal.repairs, *proposal.partial):
        stage.repair([(numbers[row], repair.apply(cells_of[row])) for row in repair.source_rows])
        groups.append(
            MendedGroup(repair.description, len(repair.source_rows), repair.source_rows[0], repair.source_rows[-1],
                        repair.evidence)
        )  # fmt: skip
    return groups


def _layout_rows(rows: list[_Row], header: Header, proposal: Proposal) -> list[int]:
    found = []
    for row_no, source_row, _, cells in rows:
        if source_row in proposal.layout_rows or (
            row_no not in header.header_rows
            and (
                is_blank_row(cells)
                or is_total(cells)
                or is_footer(cells)
                or is_ruled_line(cells)
                or is_error_line(cells)
                or is_repeated_header(cells, header.labels)
            )
        ):
            found.append(row_no)
    return found


def _doubtful(stage: Stage, header: Header, timing: Timing) -> str:
    """Write the condition under which a row is worth a look."""
    match = header.match
    if match is None:
        return "false"
    # Rows among the first ones make the stage wider than the header: what they have beyond it is overflow too.
    tests = ["overflow IS NOT NULL", *(f"trim({cell(i)}) <> ''" for i in range(len(header.labels), stage.width))]
    tests += _unnamed(stage, header)
    if stage.narrowest() < len(header.labels):
        tests += _verdicts(stage, match)
    required = [place for place, name in match.mapping.items() if name in ("searched_at", "search_date", "event_at")]
    if required:
        tests.append(f"coalesce(trim({cell(required[0])}), '') = ''")
        tests.append(f"regexp_full_match(trim({cell(required[0])}), '[-=+_]{{2,}}')")
    else:
        tests.append("(" + " AND ".join(f"coalesce(trim({cell(i)}), '') = ''" for i in range(stage.width)) + ")")
    labelled = sorted(match.mapping)
    if not required and labelled:
        tests.append(f"regexp_matches(coalesce({cell(labelled[0])}, ''), '(?i)total|^#')")
        # A list without times shows a header that comes again by its label alone.
        label = literal(header.labels[labelled[0]].strip().lower())
        tests.append(f"lower(trim({cell(labelled[0])})) = {label}")
    for column in timing.columns.values():
        if column.position not in timing.unread:
            continue
        text = raw_time_expression(column)
        unread = f"({instant_expression(stage, column)}) IS NULL AND trim({text}) <> ''"
        tests += _unfitting(
            stage, f"CASE WHEN {unread} THEN {as_shape(text)} END", "time-range" if column.part else "time"
        )
    for place, name in match.mapping.items():
        if place < stage.width:
            tests += _misfits(stage, place, match.format.type_of(name))
    return " OR ".join(tests)


def _unnamed(stage: Stage, header: Header) -> list[str]:
    """Find times under blank labels: the cells of such a row stand too far right."""
    named = header.match.mapping if header.match else {}
    blank = [place for place, label in enumerate(header.raw) if not label.strip() and place not in named]
    return [test for place in blank if place < stage.width for test in _unfitting(stage, as_shape(cell(place)), "uuid")]


def _verdicts(stage: Stage, match: FormatMatch) -> list[str]:
    """Find verdicts that stand to the left of their label, as they do in rows that lack a column."""
    home = match.position("moderation")
    texts = [place for place in match.mapping if match.format.type_of(match.columns[place]) in ("text", "search-word")]
    return [
        test
        for place in texts
        if home is not None and place < min(home, stage.width)
        for test in _unfitting(stage, f"CASE WHEN length({cell(place)}) < 9 THEN {cell(place)} END", "org")
    ]


def _misfits(stage: Stage, place: int, kind: str) -> list[str]:
    text = cell(place)
    if kind == "integer":
        if stage.has_plain_counts(place):
            return []
        counted = count_expression(stage, place)
        return _unfitting(stage, f"CASE WHEN {counted} IS NULL THEN {as_shape(text)} END", kind)
    if kind == "uuid":
        return _unfitting(stage, f"CASE WHEN length({text}) <> 36 THEN {text} END", kind)
    if kind == "time-range":
        # The two halves are looked at as times; here only what has no halves at all.
        return _unfitting(stage, f"CASE WHEN length({text}) < 30 THEN {as_shape(text)} END", kind)
    if kind in ("time", "date", "time-of-day"):
        return []
    return _unfitting(stage, text, kind)


def _unfitting(stage: Stage, expression: str, kind: str) -> list[str]:
    """Test the distinct texts of an expression; give the condition that finds those that misfit."""
    pattern = misfit_pattern(kind)  # type: ignore[arg-type]  # the formats' words are the doctor's
    if pattern is None:
        return []
    texts = [text for text, _ in stage.tally(expression, _DISTINCT_LIMIT) if text and text.strip()]
    test = re.compile(pattern.pattern)
    bad = [text for text in texts if bool(test.search(text)) == pattern.misfit_if_matched]
    if not bad:
        return []
    return [f"{expression} IN ({', '.join(literal(text) for text in bad)})"]


def unread_periods(stage: Stage, timing: Timing) -> list[Problem]:
    """Count the time frames of a mended table that say something and could not be read."""
    start = timing.columns.get("window_start")
    if start is None or start.part is None or start.position not in timing.unread:
        return []
    unread = f"CASE WHEN ({instant_expression(stage, start)}) IS NULL THEN {as_shape(cell(start.position))} END"
    n = sum(n for shape, n in stage.tally(unread, _DISTINCT_LIMIT) if shape and cell_type(shape) not in _SAYS_NOTHING)
    return [Problem("bad-time", f"{n:,} time frames could not be read; those rows have no period.")] if n else []
