"""What is doubtful about a stored search log: times, columns of one text, counts that are none, a table made anew."""

from __future__ import annotations

import re
from collections.abc import Sequence

from custodiet.case.constant import CONSTANT_ROWS, is_constant
from custodiet.case.stage import Stage
from custodiet.case.typed import cell, text_expression
from custodiet.intake.formats import label_key
from custodiet.intake.staged import TableContext
from custodiet.intake.states import cell_state
from custodiet.model.problems import Problem
from custodiet.model.reading import RecordTyping
from custodiet.model.terms import CellState

STATED = ("reason", "case_number", "user", "plate")
"""Columns with a cell state."""

_MOST_COLUMNS = 500
_LABELS_OF_A_TABLE = 3
_FEWEST_COLUMNS = 4


def search_doubts(context: TableContext, typing: RecordTyping, n_records: int) -> list[Problem]:
    """Tell what is doubtful about a search log that was just stored, and carry out what its receipt withholds."""
    receipt = context.origin.receipt
    problems = _time_problems(context, "searched_at", "records")
    problems += _receipt_notes(context, receipt.withheld_columns if receipt else ())
    problems += _constants(context, typing) + _count_notes(context, n_records) + _remade(context) + _swallowed(context)
    return problems + _unplaced(context)


def event_doubts(context: TableContext) -> list[Problem]:
    """Tell what is doubtful about an event log that was just stored: its times, and whether its rows are justified."""
    return _time_problems(context, "event_at", "events") + _justifications(context)


def _time_problems(context: TableContext, name: str, table: str) -> list[Problem]:
    timing = context.timing
    problems = list(timing.problems)
    raw = timing.columns.get(name)
    if raw is None and table == "records":
        problems.append(Problem("note", "No column was read as the time of the search; no row has one."))
    if raw is not None:
        n_bad = context.case.value(
            f"SELECT count(*) FROM {table} WHERE disclosure_id = ? AND {name} IS NULL", [context.disclosure_id]
        )
        problems += _missing_times(context, raw.position, int(n_bad), table) if n_bad else []
    serial = any(item.kind == "serial" for column in timing.columns.values() for item in column.formats)
    if serial or context.date_cells & {column.position for column in timing.columns.values()}:
        problems.append(Problem("serial-date", "Times are date cells or serial numbers of a spreadsheet; converted."))
    return problems


def _missing_times(context: TableContext, place: int, n_missing: int, table: str) -> list[Problem]:
    what_of = {"records": "search times", "events": "times of events"}[table]
    n_blank = int(str(context.stage.value("count(*)", f"coalesce(trim({cell(place)}), '') = ''")))
    n_masked = _count_masked(context.stage, place)
    counts = {
        "bad-time": (n_missing - n_blank - n_masked, "could not be read"),
        "note": (n_masked, "are masked"),
        "note ": (n_blank, "are blank"),
    }
    return [
        Problem(code.strip(), f"{n:,} {what_of} {what}; those rows have no time.")
        for code, (n, what) in counts.items()
        if n > 0
    ]


def _count_masked(stage: Stage, place: int) -> int:
    masked = (CellState.MASKED, CellState.WITHHELD)
    return sum(
        n for text, n in stage.tally(f"CASE WHEN NOT regexp_matches({cell(place)}, '\\d:\\d') THEN {cell(place)} END",
                                     200)
        if text and cell_state(text) in masked
    )  # fmt: skip


def _constants(context: TableContext, typing: RecordTyping) -> list[Problem]:
    """Find columns that one text fills, or none: what looks like a value may have been put over the original."""
    columns = [column for column in STATED if column in typing.positions]
    tests = [
        f"count(*) FILTER ({column}_state = 'value') AS {column}_values, "
        f"count(*) FILTER ({column}_state = 'blank') AS {column}_blanks, "
        f"{is_constant(column)} AS {column}_constant"
        for column in columns
    ]
    found = context.case.query(
        f"SELECT count(*) AS n{''.join(', ' + test for test in tests)} FROM records WHERE disclosure_id = ?",
        [context.disclosure_id],
    ).to_pylist()[0]
    n = found["n"]
    if n < CONSTANT_ROWS:
        return []
    problems = []
    for column in columns:
        n_values = found[f"{column}_values"]
        # One person may well make all searches of a small agency: only what varies by its nature is told.
        if found[f"{column}_constant"] and column != "user":
            which = f"All {n:,} rows" if n_values == n else f"All {n_values:,} of {n:,} rows that show a value"
            message = (
                f"{which} hold the same text as {column}: it looks like a value and may have been put over the "
                "original before release."
            )
            problems.append(Problem("constant-column", message))
        elif found[f"{column}_blanks"] == n:
            message = (
                f"The column {column} is blank in all {n:,} rows: emptied before release, or never filled; the table "
                "does not say which."
            )
            problems.append(Problem("note", message))
    return problems


def _count_notes(context: TableContext, n_records: int) -> list[Problem]:
    """Say what the columns of counts hold beside counts: glyphs, words, and zeros that are no counts."""
    problems = []
    counted = context.case.rows(
        "SELECT count(networks), count(*) FILTER (networks = 0), count(devices), count(*) FILTER (devices = 0) "
        "FROM records WHERE disclosure_id = ?",
        [context.disclosure_id],
    )[0]
    for column, n_read, n_zero in (("networks", *counted[:2]), ("devices", *counted[2:])):
        place = context.at(column)
        if place is None:
            continue
        if n_unread := int(str(context.stage.value(f"count({text_expression(place)})"))) - n_read:
            problems.append(
                Problem(
                    "note", f"{n_unread:,} cells of {column} hold glyphs or words, no number; those rows have none."
                )
            )
        if n_records >= CONSTANT_ROWS and n_zero >= 0.9 * n_records:
            message = f"{n_zero:,} of {n_read:,} rows give 0 {column}: not exported, not a search of none."
            problems.append(Problem("note", message))
    return problems


def _remade(context: TableContext) -> list[Problem]:
    """Tell a table in which somebody replaced the plates by digests: it was made from an export and is none."""
    place = context.at("plate")
    if place is None:
        return []
    text = text_expression(place)
    is_digest = f"length({text}) >= 32 AND regexp_matches({text}, '(?i)^[0-9a-f]{{32,128}}$')"
    n_digests = int(str(context.stage.value("count(*)", is_digest)))
    if not n_digests or 10 * n_digests < 9 * int(str(context.stage.value(f"count({text})"))):
        return []
    message = (
        f"{n_digests:,} plates are digests of 32 or more hexadecimal digits: somebody made this table from an export; "
        "its texts may be changed too. Cite the original where it can be had."
    )
    return [Problem("note", message)]


def _swallowed(context: TableContext) -> list[Problem]:
    """Find cells that hold whole rows: a quotation mark that nobody closed took them in, up to the next one."""
    width = min(sum(1 for label in context.labels if label), _MOST_COLUMNS)
    if width < _FEWEST_COLUMNS:
        return []
    tests = []
    for place, name in context.match.mapping.items():
        if place < context.stage.width and context.match.format.type_of(name) in ("text", "account", "case-number"):
            text = cell(place)
            inside = f"regexp_matches({text}, '\\n([^\\n]*?[,;|\\t]){{{width - 1}}}[^\\n]*')"
            timed = f"regexp_matches({text}, '\\n[^\\n]*[0-9]:[0-9]{{2}}')"
            tests.append(f"(contains({text}, E'\\n') AND {inside} AND {timed})")
    n = int(str(context.stage.value("count(*)", " OR ".join(tests)))) if tests else 0
    if not n:
        return []
    message = (
        f"{n:,} cells hold what look like whole rows of the table: a quotation mark within a text took them in. Those "
        "searches are missing from the counts; set the mark right in a copy, or ask for the table as a workbook."
    )
    return [Problem("unclosed-quote", message)]


def _receipt_notes(context: TableContext, withheld: Sequence[str]) -> list[Problem]:
    """Turn a column that a letter withholds, absent or blank throughout, into ``withheld``."""
    notes = []
    for column in withheld:
        if column not in STATED:
            continue
        place = context.at(column)
        if place is not None and context.stage.value(f"count({text_expression(place)})"):
            continue
        context.case.execute(
            f"UPDATE records SET {column}_state = 'withheld' WHERE disclosure_id = ?",
            [context.disclosure_id],
        )
        notes.append(Problem("note", f"The column {column} was withheld by the letter named in the receipt."))
    return notes


def _justifications(context: TableContext) -> list[Problem]:
    """Say in how many rows of an administrative log a case number or a reason stands, where it has the columns."""
    problems = []
    n_rows = int(str(context.stage.value("count(*)")))
    for column, what in (("case_number", "a case or incident number"), ("reason", "a reason or note")):
        place = context.at(column)
        if place is None or place >= context.stage.width:
            continue
        n = int(str(context.stage.value(f"count({text_expression(place)})")))
        problems.append(Problem("note", f"{n:,} of {n_rows:,} rows state {what}; it stands with the entity."))
    return problems


def _unplaced(context: TableContext) -> list[Problem]:
    """Name the places of filled columns that the case has no column for."""
    if len(context.labels) > _MOST_COLUMNS:
        return []  # the reader has said that the table is wider than any log
    beside = context.beside(context.match.format.columns)
    # Columns without a label are told by the doctor of layouts.
    places = [place + 1 for label, place in beside.items() if not re.fullmatch(r"column \d+", label)]
    if not places:
        return []
    shown = ", ".join(str(place) for place in places[:12])
    taken = {label_key(context.labels[place]) for place in context.match.mapping if place < len(context.labels)}
    again = [place for place in places if label_key(context.labels[place - 1]) in taken]
    if len(again) >= _LABELS_OF_A_TABLE:
        message = (
            f"A second table stands beside the first, under {len(again):,} of its labels (columns counted from the "
            f"left: {shown}); its rows were not read. Put it below, or into a file of its own."
        )
        return [Problem("unsupported", message)]
    message = (
        f"{len(places):,} filled columns (counted from the left: {shown}) have no place in the case; their cells stand "
        "in the original only."
    )
    return [Problem("note", message)]
