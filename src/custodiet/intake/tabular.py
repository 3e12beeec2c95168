"""Load one raw table: find its header, stage its cells, mend its layout, type it, store it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from custodiet.case import Case
from custodiet.case.stage import Stage
from custodiet.intake.doubts import STATED
from custodiet.intake.formats import FormatMatch, clean_label, clean_labels
from custodiet.intake.kinds import Kind
from custodiet.intake.layout import (
    Header,
    find_header,
    is_blank_row,
    is_known_label,
    looks_like_summary,
    shape_problems,
)
from custodiet.intake.layout.header import MAX_ROWS
from custodiet.intake.letters import not_held
from custodiet.intake.mend import Mended, mend_layout, unread_periods
from custodiet.intake.origin import Origin, store_disclosure
from custodiet.intake.producers import Producer, agency_above
from custodiet.intake.raw import CsvFile, RawRow, RawTable
from custodiet.intake.second_tables import RowsOfOneTable, header_labels
from custodiet.intake.sharing_lists import CANONICAL_HEADER, ToldList, own_name, tell_list
from custodiet.intake.sharing_lists import MAX_ROWS as MAX_LIST_ROWS
from custodiet.intake.short_rows import mend_short_rows
from custodiet.intake.staged import Loaded, TableContext
from custodiet.intake.store import store_table
from custodiet.intake.timing import guess_times, tell_times
from custodiet.model.problems import PROBLEM_CODES, Problem

_SUMMARY_ROWS = 500


@dataclass(frozen=True, slots=True)
class _Opened:
    """Hold a table with its first rows looked at and all rows still to come."""

    first: list[RawRow]
    rows: Iterator[RawRow]


def load_tables(
    case: Case, origin: Origin, table: RawTable, ordinal: int, regular: CsvFile | None,
    *, page_producer: Producer | None = None,
) -> list[int]:  # fmt: skip
    """Store one table, and those that stand below it in the same sheet or file, each as a disclosure.

    Returns:
        For each, how many of its problems mean that something stayed unread.
    """
    if regular is not None:
        unread = load_table(case, origin, table, ordinal, regular, page_producer=page_producer)
        if unread is not None:
            return [unread]
    loaded: list[int] = []
    part: RawTable | None = table
    while part is not None:
        rows = RowsOfOneTable(part.rows)
        part.rows = rows
        unread = load_table(case, origin, part, ordinal + len(loaded), None, page_producer=page_producer)
        loaded.append(unread or 0)
        part = _below(table, rows)
    return loaded


def _below(table: RawTable, rows: RowsOfOneTable) -> RawTable | None:
    if rows.below is None:
        return None
    place, rest = rows.below
    # The reader goes on telling its problems to the list of the first table, which were stored with that.
    table.problems.clear()
    message = "Another table begins here, below the one above; it was read as a table of its own."
    table.problems.append(Problem("note", message, where=f"row {place:,}"))
    return replace(table, rows=rest, headings=(), problems=table.problems)


def load_table(
    case: Case, origin: Origin, table: RawTable, ordinal: int, regular: CsvFile | None,
    *, page_producer: Producer | None = None,
) -> int | None:  # fmt: skip
    """Store one table as a disclosure.

    Args:
        case: The open case.
        origin: The file.
        table: The table as read.
        ordinal: Its 0-based place in the file.
        regular: The file as the engine can read it by itself, or None.
        page_producer: Organisation of the page the table stands in.

    Returns:
        How many of its problems mean that something stayed unread; None where the file is not
        as regular as it was described, and nothing was stored: other tables stand below.
    """
    disclosure_id = origin.disclosure_id(ordinal)
    opened = _open(table, regular)
    cells = [row.cells for row in opened.first]
    header = find_header(cells) if cells else None
    row = origin.row(disclosure_id) | {"sheet": table.sheet, "kind": "unread", "format_id": None}
    opened, told = _tell_list(table, opened, header)
    if told is not None:
        regular, cells = None, [item.cells for item in opened.first]
        header = find_header(cells)
    if header is None or header.match is None:
        return _store_unread(case, row, table, opened, header, cells)
    row |= {
        "format_id": header.match.format.id,
        "header": list(header.labels),
        "header_raw": list(header.raw),
    }
    width = max(
        len(header.labels),
        max(len(c) for c in cells[header.first_data :]) if cells[header.first_data :] else 0,
    )
    stage = _stage(case, opened, regular, width, header)
    try:
        stage.first_row = header.first_data
        stage.set_blank_aside()
        if regular is not None and any(map(header_labels, stage.below_blanks())):
            return None
        stated = _stated(table, cells, header, origin)
        timing = tell_times(stage, header.match, stated, header.labels)
        mended = mend_layout(stage, header, timing).plus(mend_short_rows(stage, header))
        if stage.was_changed:
            timing = tell_times(stage, header.match, stated, header.labels)
        title = table.title or agency_above(cells[place] for place in header.titles)
        if told is not None:
            titles = list(dict.fromkeys(text for text in (table.title, *table.headings, *told.labels) if text))
            page_producer, title = page_producer or own_name(told, titles), " - ".join(titles) or None
        context = TableContext(case, stage, header.match, timing, origin, disclosure_id, title, page_producer,
                               frozenset(table.date_cells), header.labels)  # fmt: skip
        with case.transaction():
            loaded = store_table(context)
            _store_repairs(case, disclosure_id, mended)
            row |= loaded.row | _counts(stage, header, mended, loaded)
            if told is not None:
                row |= _told_counts(row, told)
                table.problems.extend(_told_problems(told))
            problems = [*table.problems, *_placed(header.problems, opened.first), *mended.problems, *loaded.problems,
                        *unread_periods(stage, timing), *(_shape(stage, loaded) if told is None else []),
                        *_short(stage, header, origin, mended), *_omitted(table, header.match)]  # fmt: skip
            return store_disclosure(case, row, problems)
    finally:
        stage.drop()


def _stated(table: RawTable, cells: Sequence[Sequence[str | None]], header: Header, origin: Origin) -> tuple[str, ...]:
    """Gather what stands above the data and what the file is called, for the period that it states."""
    above = [" ".join(cell for cell in cells[place] if cell) for place in header.titles]
    return tuple(text for text in (table.title, *table.headings, *above, table.sheet, *origin.names[:2]) if text)


def _tell_list(table: RawTable, opened: _Opened, header: Header | None) -> tuple[_Opened, ToldList | None]:
    """Try a table that no format reads, or only as a list of names, as a sharing list."""
    match = header.match if header else None
    if not opened.first or (match is not None and match.format.kind != "organisation-list"):
        return opened, None
    head = list(itertools.islice(opened.rows, MAX_LIST_ROWS + 1))
    titles = [text for text in (table.title, *table.headings, table.sheet) if text]
    told = tell_list(head, titles, table.full_cells)
    if told is None:
        return _Opened(opened.first, itertools.chain(head, opened.rows)), None
    first = [RawRow(0, CANONICAL_HEADER), *told.rows]
    return _Opened(first[:MAX_ROWS], iter(first)), told


def _told_counts(row: Mapping[str, object], told: ToldList) -> dict[str, object]:
    n_beside = told.n_layout + told.n_hot
    return {
        "n_layout": int(str(row["n_layout"])) + n_beside,
        "n_rows_read": int(str(row["n_rows_read"])) + n_beside,
        "header": list(clean_labels(told.labels)),
        "header_raw": told.labels,
    }


def _told_problems(told: ToldList) -> list[Problem]:
    labels = "; ".join(told.labels[:4])
    problems = [Problem("note", f"Who shares with whom was told by the words of the list itself: {labels[:300]}.")]
    if told.n_hot:
        message = f"{told.n_hot:,} entries share hot lists and no detections; they are no shares here."
        problems.append(Problem("note", message))
    return problems


def _placed(problems: Sequence[Problem], first: list[RawRow]) -> Iterator[Problem]:
    """Name the rows of header problems as a reader sees them: a sheet may begin at its fifth row."""
    for problem in problems:
        place = re.fullmatch(r"row (\d+)", problem.where)
        if place and int(place[1]) <= len(first):
            yield replace(problem, where=f"row {first[int(place[1]) - 1].source_row}")
        else:
            yield problem


def _open(table: RawTable, regular: CsvFile | None) -> _Opened:
    if regular is not None:
        first = [RawRow(number, cells) for number, cells in enumerate(regular.first_rows[:MAX_ROWS], 1)]
        return _Opened(first, iter(table.rows))
    rows = iter(table.rows)
    first = list(itertools.islice(rows, MAX_ROWS))
    return _Opened(first, itertools.chain(first, rows))


def _stage(case: Case, opened: _Opened, regular: CsvFile | None, width: int, header: Header) -> Stage:
    if regular is not None:
        first_data = regular.first_rows[header.first_data :]
        stage = Stage.from_csv(
            case,
            regular.path,
            regular.delimiter,
            len(regular.first_rows[0]),
            regular.n_rows,
            has_outer_blanks=regular.has_outer_blanks,
            instants=guess_times(header.match, first_data) if header.match else {},
        )
        if stage is not None:
            return stage
    rows = ((row.source_row, row.page, row.hidden, row.cells) for row in opened.rows)
    return Stage.from_rows(case, rows, width, keep_first=MAX_ROWS)


def _store_unread(
    case: Case, row: dict[str, object], table: RawTable, opened: _Opened, header: Header | None,
    cells: list[tuple[str | None, ...]],
) -> int:  # fmt: skip
    """Store the disclosure of a table that no format reads: every row is counted, none is kept."""
    head = list(itertools.islice(opened.rows, _SUMMARY_ROWS))
    n_head = sum(not is_blank_row(item.cells) for item in head)
    n_rows = n_head + sum(not is_blank_row(item.cells) for item in opened.rows)
    problems = list(table.problems)
    if n_rows == 0:
        if not any(PROBLEM_CODES[problem.code].unread for problem in problems):
            problems.append(Problem("empty", "The table holds no rows."))
    elif looks_like_summary([item.cells for item in head]):
        row |= {"n_rows_read": n_rows, "n_layout": n_rows}
        problems.append(Problem("note", f"A summary of {n_rows:,} rows beside the data; it was not read as rows."))
    else:
        labels = header.raw if header and header.raw else ()
        n_data = n_rows - (1 if labels else 0)
        # The first row may be data: only labels that a format file knows are kept.
        known = [label if is_known_label(label) else "" for label in labels]
        row |= {"n_rows_read": n_data, "n_rejected": n_data, "header_raw": known, "header": list(clean_labels(known))}
        problems.append(_unrecognised(labels, n_data, cells))
        if problems[-1].code == "no-table":
            problems.extend(not_held(cell for item in head for cell in item.cells if cell))
    with case.transaction():
        return store_disclosure(case, row, problems)


def _unrecognised(labels: Iterable[str], n_rows: int, cells: list[tuple[str | None, ...]]) -> Problem:
    filled = [label for label in labels if label.strip()]
    if not filled:
        if max((len(row) for row in cells), default=0) < 2:
            return Problem("no-table", f"The text has {n_rows:,} lines and no columns; nothing was loaded.")
        return Problem("unrecognised", f"No header row was found; the {n_rows:,} rows were not loaded.")
    # What stands in place of a header may be data or prose: only labels that a format file knows are repeated.
    known = [clean_label(label) for label in filled if is_known_label(label)][:12]
    seen = f"{len(known)} are known: {', '.join(known)}" if known else "none is known"
    return Problem(
        "unrecognised",
        f"No known table has these {len(filled):,} columns; of their labels {seen}. Expected at least a time with a "
        "reason, a count or an account, and a word that says that these are searches; a pair of organisations; or a "
        f"sharing list. The {n_rows:,} rows were not loaded.",
    )


def _store_repairs(case: Case, disclosure_id: str, mended: Mended) -> None:
    case.append_rows(
        "repairs",
        [{"disclosure_id": disclosure_id, "repair": r.description, "n_rows": r.n_rows, "first_row": r.first_row,
          "last_row": r.last_row, "evidence": r.evidence} for r in mended.repairs],
    )  # fmt: skip


def _counts(stage: Stage, header: Header, mended: Mended, loaded: Loaded) -> dict[str, int]:
    n_layout = mended.n_layout + len(header.titles) + loaded.n_layout
    counts = {
        "n_records": loaded.n_records,
        "n_events": loaded.n_events,
        "n_shares": loaded.n_shares,
        "n_portal_values": loaded.n_portal_values,
        "n_layout": n_layout,
        "n_rejected": loaded.n_rejected,
    }
    inside = sum(place >= header.first_data for place in header.header_rows)
    n_read = stage.count() - inside + len(header.titles) + loaded.n_extra_statements
    return counts | {"n_rows_read": n_read}


def _short(stage: Stage, header: Header, origin: Origin, mended: Mended) -> list[Problem]:
    """Say where no row of a text file fills the header: a column may be gone while its label stayed (quirk 17)."""
    told = any(problem.code == "phantom-header" for problem in mended.problems)
    if told or origin.source.kind is not Kind.CSV:
        return []
    most, n_labels = stage.widest(), len(header.raw)
    if not 1 < most < n_labels or not header.raw[-1].strip():
        return []
    message = (
        f"No row has more than {most:,} cells under {n_labels:,} labels: a column may have been taken out while its "
        "label stayed, or empty cells at the end were dropped."
    )
    if not any(problem.code == "column-shift" for problem in mended.problems):
        message += " The cells were read from the left, as they stand."
    return [Problem("phantom-header", message)]


def _omitted(table: RawTable, match: FormatMatch) -> list[Problem]:
    """Say of a log without any blank cell that columns may be absent because they are blank (quirk 49)."""
    absent = [name for name in STATED if match.position(name) is None]
    if not table.omits_blanks or match.format.kind not in ("search-log", "portal-log") or not absent:
        return []
    message = (
        "No row holds a blank cell: whoever wrote the file may have left out what was blank, and with it whole "
        f"columns. Of {', '.join(absent)}, blank and not exported cannot be told apart."
    )
    return [Problem("note", message)]


def _shape(stage: Stage, loaded: Loaded) -> list[Problem]:
    if stage.count() == 0:
        return [Problem("empty", "The table has a header and no rows.")]
    return shape_problems(loaded.n_records) if loaded.n_records else []
