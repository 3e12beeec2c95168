"""Store a staged table as what its format says it is: searches, events, shares, statements or names."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from custodiet.case import Case
from custodiet.case.lists import count_unstated, insert_listed_names, insert_portals, insert_shares
from custodiet.case.stage import Stage
from custodiet.case.typed import cell, insert_events, insert_records, name_expression, text_expression
from custodiet.intake.formats import FormatMatch
from custodiet.intake.origin import Origin
from custodiet.intake.producers import UNKNOWN, Producer, dates_in_name, tell_producer
from custodiet.intake.states import DOUBTFUL_PATTERN, cell_state
from custodiet.intake.timing import Timing
from custodiet.model.problems import Problem
from custodiet.model.reading import EventTyping, PortalTyping, RecordTyping, ShareTyping
from custodiet.model.terms import CellState, RecordKind

_STATED = ("reason", "case_number", "user", "plate")
# A column that one text fills is told from a short log of one kind only when there are this many rows.
_CONSTANT_ROWS = 20


@dataclass(frozen=True, slots=True)
class TableContext:
    """Bundle what is known of a staged table when it is stored."""

    case: Case
    stage: Stage
    match: FormatMatch
    timing: Timing
    origin: Origin
    disclosure_id: str
    title: str | None
    page_producer: Producer | None
    date_cells: frozenset[int]

    def at(self, column: str) -> int | None:
        """Find the position of a canonical column."""
        return self.match.position(column)

    def producer(self, told: Producer | None) -> Producer:
        """Tell the producer; ``told`` is what the cells say."""
        receipt = self.origin.receipt
        return tell_producer(
            stated=self.origin.stated_producer, receipt=receipt.producer if receipt else None,
            table=self.page_producer or told, title=self.title, names=self.origin.names,
        )  # fmt: skip

    def as_of(self) -> tuple[str | None, list[Problem]]:
        """Tell the day of a list from its title or file name."""
        for text, basis in ((self.title, "title"), *((name, "file name") for name in self.origin.names[:2])):
            if text and (dates := dates_in_name(text)):
                message = f"The list states no date; {dates[-1]} is taken from its {basis}, which can be wrong."
                return str(dates[-1]), [Problem("note", message)]
        return None, [Problem("note", "Neither the list nor its name states a date.")]


@dataclass(slots=True)
class Loaded:
    """Count what was stored of a table; ``row`` holds columns of its disclosure."""

    row: dict[str, object] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    n_records: int = 0
    n_events: int = 0
    n_shares: int = 0
    n_portal_values: int = 0
    n_layout: int = 0
    n_rejected: int = 0
    n_extra_statements: int = 0


def store_table(context: TableContext) -> Loaded:
    """Store the data rows of a staged table; call inside a transaction."""
    return _STORES[context.match.format.kind](context)


def _store_searches(context: TableContext) -> Loaded:
    case, stage = context.case, context.stage
    kind, told = _kind_and_producer(context)
    producer = context.producer(told)
    columns = context.origin.producer_row(producer)
    timing = context.timing
    withheld = context.origin.receipt.withheld_columns if context.origin.receipt else ()
    typing = RecordTyping(
        disclosure_id=context.disclosure_id,
        kind=kind.value,
        producer=producer.name,
        vendor=context.match.format.vendor,
        time_zone=str(columns["time_zone"]) if columns["time_zone"] else None,
        positions={name: place for place, name in context.match.mapping.items() if place < stage.width},
        times=timing.columns,
        states={name: _states(stage, context.at(name), name) for name in _STATED if context.at(name) is not None},
    )
    n_records = insert_records(case, stage, typing)
    problems = _time_problems(context, timing) + _constants(context, typing) + _receipt_notes(context, withheld)
    first, last = case.rows(
        "SELECT min(searched_at) AS first, max(searched_at) AS last FROM records WHERE disclosure_id = ?",
        [context.disclosure_id],
    )[0]
    row = columns | {"kind": kind.value, "first_searched_at": first, "last_searched_at": last}
    return Loaded(row, problems, n_records=n_records)


def _kind_and_producer(context: TableContext) -> tuple[RecordKind, Producer | None]:
    """Tell the kind of a log by its columns and by who is in the organisation column."""
    if context.match.format.kind == "portal-log" or context.page_producer:
        return RecordKind.PORTAL_AUDIT, None
    at = context.at("org")
    if at is None:
        own = context.at("user") is not None or context.match.format.vendor is not None
        return (RecordKind.ORGANISATION_AUDIT if own else RecordKind.OTHER), None
    names = [name for name, _ in context.stage.tally(name_expression(at), 3) if name]
    if len(names) == 1 and cell_state(names[0]) is CellState.VALUE:
        return RecordKind.ORGANISATION_AUDIT, Producer(names[0], "only organisation in the log")
    return RecordKind.NETWORK_AUDIT, None


def _states(stage: Stage, place: int | None, column: str) -> dict[str, str]:
    if place is None:
        return {}
    pattern = DOUBTFUL_PATTERN.replace("'", "''")
    texts = stage.distinct(cell(place), f"regexp_matches({cell(place)}, '{pattern}')")
    told = {text: cell_state(text, column) for text in texts}
    return {text: state.value for text, state in told.items() if state is not CellState.VALUE}


def _time_problems(context: TableContext, timing: Timing) -> list[Problem]:
    problems = list(timing.problems)
    raw = timing.columns.get("searched_at")
    if raw is not None:
        n_bad = context.case.value(
            "SELECT count(*) FROM records WHERE disclosure_id = ? AND searched_at IS NULL", [context.disclosure_id]
        )
        problems += _missing_times(context, raw.position, int(n_bad)) if n_bad else []
    serial = any(item.kind == "serial" for column in timing.columns.values() for item in column.formats)
    if serial or context.date_cells & {column.position for column in timing.columns.values()}:
        problems.append(Problem("serial-date", "Times are date cells or serial numbers of a spreadsheet; converted."))
    return problems


def _missing_times(context: TableContext, place: int, n_missing: int) -> list[Problem]:
    n_blank = int(str(context.stage.value("count(*)", f"coalesce(trim({cell(place)}), '') = ''")))
    n_masked = _count_masked(context.stage, place)
    counts = {
        "bad-time": (n_missing - n_blank - n_masked, "could not be read"),
        "note": (n_masked, "are masked"),
        "note ": (n_blank, "are blank"),
    }
    return [
        Problem(code.strip(), f"{n:,} search times {what}; those rows have no time.")
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
    """Find columns that one text fills: what looks like a value may have been put over the original."""
    columns = [column for column in ("reason", "case_number", "plate") if column in typing.positions]
    tests = [
        f"count(*) FILTER ({column}_state = 'value') = count(*) "
        f"AND min(lower({column})) = max(lower({column})) AS {column}"
        for column in columns
    ]
    found = context.case.query(
        f"SELECT count(*) AS n, count(devices) AS n_devices, count(*) FILTER (devices = 0) AS n_zero"
        f"{''.join(', ' + test for test in tests)} FROM records WHERE disclosure_id = ?",
        [context.disclosure_id],
    ).to_pylist()[0]
    n = found["n"]
    if n < _CONSTANT_ROWS:
        return []
    problems = [
        Problem("constant-column", f"All {n:,} rows hold the same text as {column}: it looks like a value and may have "
                "been put over the original before release.")
        for column in columns
        if found[column]
    ]  # fmt: skip
    if found["n_zero"] >= 0.9 * n:
        message = (
            f"{found['n_zero']:,} of {found['n_devices']:,} rows give 0 devices: not exported, not a search of none."
        )
        problems.append(Problem("note", message))
    return problems


def _receipt_notes(context: TableContext, withheld: Sequence[str]) -> list[Problem]:
    """Turn a column that a letter withholds from ``not-exported`` into ``withheld``."""
    notes = []
    for column in withheld:
        if column in _STATED and context.at(column) is None:
            context.case.execute(
                f"UPDATE records SET {column}_state = 'withheld' WHERE disclosure_id = ?",
                [context.disclosure_id],
            )
            notes.append(Problem("note", f"The column {column} was withheld by the letter named in the receipt."))
    return notes


def _store_events(context: TableContext) -> Loaded:
    stage = context.stage
    actor = context.at("actor")
    typing = EventTyping(
        disclosure_id=context.disclosure_id,
        positions={name: place for place, name in context.match.mapping.items() if place < stage.width},
        event_at=context.timing.columns.get("event_at"),
        actor_states=_states(stage, actor, "user"),
    )
    n_events = insert_events(context.case, stage, typing)
    first, last = context.case.rows(
        "SELECT min(event_at) AS first, max(event_at) AS last FROM events WHERE disclosure_id = ?",
        [context.disclosure_id],
    )[0]
    row = context.origin.producer_row(context.producer(None))
    row |= {"kind": "event-log", "first_searched_at": first, "last_searched_at": last}
    return Loaded(row, list(context.timing.problems), n_events=n_events)


def _store_edges(context: TableContext) -> Loaded:
    as_of, problems = _list_date(context)
    row = context.origin.producer_row(UNKNOWN if not context.origin.stated_producer else context.producer(None))
    typing = ShareTyping(
        context.disclosure_id, None, {"source": _need(context, "source"), "recipient": _need(context, "recipient")}
        | _optional(context, "status"), as_of, context.timing.columns.get("as_of"),
    )  # fmt: skip
    n_shares = insert_shares(context.case, context.stage, typing)
    unstated = count_unstated(context.stage, typing)
    return Loaded(row | {"kind": "sharing-list"}, problems + _unstated_problem(unstated), n_shares=n_shares,
                  n_rejected=unstated)  # fmt: skip


def _list_date(context: TableContext) -> tuple[str | None, list[Problem]]:
    if context.at("as_of") is not None:
        return None, []
    return context.as_of()


def _store_sharing_list(context: TableContext) -> Loaded:
    as_of, problems = context.as_of()
    if context.at("organisation") is None:
        return _store_parallel_lists(context, as_of, problems)
    mine = context.at("shared_by_me")
    producer = context.producer(_most_frequent(context.stage, mine))
    positions = {"organisation": _need(context, "organisation")}
    if context.at("shared_with_me") is not None:
        positions["shared_with_me"] = _need(context, "shared_with_me")
    if mine is not None:
        positions["i_am_sharing"] = mine
    typing = ShareTyping(context.disclosure_id, producer.name, positions, as_of)
    n_rows = int(str(context.stage.value("count(*)")))
    n_shares = insert_shares(context.case, context.stage, typing)
    unstated = count_unstated(context.stage, typing)
    problems.append(Problem("note", f"{n_rows:,} organisations state {n_shares:,} shares, one for each direction."))
    row = context.origin.producer_row(producer) | {"kind": "sharing-list"}
    # The unit that is counted is the statement: a row with both directions states two shares.
    return Loaded(row, problems + _unstated_problem(unstated), n_shares=n_shares, n_rejected=unstated,
                  n_extra_statements=n_shares + unstated - n_rows)  # fmt: skip


def _most_frequent(stage: Stage, place: int | None) -> Producer | None:
    """Tell whose list it is from the networks it shares: the name that stands there most."""
    if place is None:
        return None
    for name, _ in stage.tally(f"trim(split_part({cell(place)}, ',', 1))", 2):
        if name:
            return Producer(re.sub(r"\s+", " ", name), "the network that the list most often says it shares")
    return None


def _store_parallel_lists(context: TableContext, as_of: str | None, problems: list[Problem]) -> Loaded:
    """Store lists that stand beside each other, one organisation a cell, each column a direction."""
    producer = context.producer(None)
    n_shares = n_cells = 0
    for column, direction in (("detections_in", "shared_with_me"), ("detections_out", "i_am_sharing")):
        place = context.at(column)
        if place is not None:
            positions = {"organisation": place, direction: place}
            typing = ShareTyping(context.disclosure_id, producer.name, positions, as_of)
            n_shares = insert_shares(context.case, context.stage, typing)
            n_cells += 1
    n_hot = 0
    for column in ("hotlists_in", "hotlists_out"):
        place = context.at(column)
        if place is not None:
            n_hot += int(str(context.stage.value("count(*)", f"{text_expression(place)} IS NOT NULL")))
    if n_hot:
        problems.append(
            Problem("note", f"{n_hot:,} entries share hot lists and no detections; they are no shares here.")
        )
    n_rows = int(str(context.stage.value("count(*)")))
    row = context.origin.producer_row(producer) | {"kind": "sharing-list"}
    return Loaded(row, problems, n_shares=n_shares, n_layout=n_hot, n_extra_statements=n_shares + n_hot - n_rows)


def _unstated_problem(n: int) -> list[Problem]:
    if not n:
        return []
    return [Problem("note", f"{n:,} rows name an organisation and state no direction; they were not stored as shares.")]


def _store_portal_table(context: TableContext) -> Loaded:
    timing = context.timing
    known = {"producer", "retention_days", "cameras", "searches_30d", "hits_30d", "vehicles_30d", "prohibited_uses",
             "acceptable_use", "access_policy", "hotlist_policy", "hotlists"}  # fmt: skip
    mapping = {place: name for place, name in context.match.mapping.items() if place < context.stage.width}
    dates = {"as_of", "last_updated"}
    other = {name: place for place, name in mapping.items() if name not in known | dates}
    problems: list[Problem] = []
    as_of = None
    if not dates & set(timing.columns):
        as_of, problems = context.as_of()
    typing = PortalTyping(
        context.disclosure_id, {name: place for place, name in mapping.items() if name in known},
        timing.columns.get("last_updated"), timing.columns.get("as_of"), other, as_of,
    )  # fmt: skip
    n = insert_portals(context.case, context.stage, typing)
    row = context.origin.producer_row(UNKNOWN) | {"kind": "transparency-page"}
    return Loaded(row, problems + list(timing.problems), n_portal_values=n)


def _store_names(context: TableContext) -> Loaded:
    n_rows = int(str(context.stage.value("count(*)")))
    n = insert_listed_names(
        context.case, context.stage, context.disclosure_id, _need(context, "name"), context.at("note")
    )
    message = f"{n:,} names of organisations: a list that states no search and no share; kept to tell names apart."
    row = context.origin.producer_row(UNKNOWN) | {"kind": "organisation-list"}
    return Loaded(row, [Problem("note", message)], n_rejected=n_rows)


def _need(context: TableContext, column: str) -> int:
    place = context.at(column)
    if place is None:
        raise ValueError(f"format {context.match.format.id} matched without its column {column}")
    return place


def _optional(context: TableContext, column: str) -> dict[str, int]:
    place = context.at(column)
    return {} if place is None else {column: place}


_STORES: dict[str, Callable[[TableContext], Loaded]] = {
    "search-log": _store_searches,
    "portal-log": _store_searches,
    "event-log": _store_events,
    "sharing-list": _store_sharing_list,
    "sharing-edges": _store_edges,
    "portal-table": _store_portal_table,
    "organisation-list": _store_names,
}
