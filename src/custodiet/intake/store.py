"""Store a staged table as what its format says it is: searches, events, shares, statements or names."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from custodiet.case.lists import count_unstated, insert_listed_names, insert_portals, insert_shares
from custodiet.case.stage import Stage
from custodiet.case.typed import (
    cell,
    insert_events,
    insert_records,
    name_expression,
    text_expression,
)
from custodiet.intake.doubts import STATED, event_doubts, search_doubts
from custodiet.intake.producers import UNKNOWN, Producer
from custodiet.intake.readers.page.vocabulary import word_set
from custodiet.intake.sharing_lists import marks_for_no
from custodiet.intake.short_rows import PLATE
from custodiet.intake.staged import Loaded, TableContext
from custodiet.intake.states import cell_state, doubtful_pattern
from custodiet.model.problems import Problem
from custodiet.model.reading import EventTyping, PortalTyping, RecordTyping, ShareTyping
from custodiet.model.terms import CellState, RecordKind

_EVENT_COLUMNS = frozenset({"event_at", "event_date", "event_clock", "actor", "event_type", "entity_type", "entity"})


def store_table(context: TableContext) -> Loaded:
    """Store the data rows of a staged table; call inside a transaction."""
    return _STORES[context.match.format.kind](context)


def _store_searches(context: TableContext) -> Loaded:
    case, stage = context.case, context.stage
    context = _with_plates(context)
    kind, told = _kind_and_producer(context)
    producer = context.producer(told)
    columns = context.origin.producer_row(producer)
    timing = context.timing
    typing = RecordTyping(
        disclosure_id=context.disclosure_id,
        kind=kind.value,
        producer=producer.name,
        vendor=context.match.format.vendor,
        time_zone=str(columns["time_zone"]) if columns["time_zone"] else None,
        positions={name: place for place, name in context.match.mapping.items() if place < stage.width},
        times=timing.columns,
        states={name: _states(stage, context.at(name), name) for name in STATED if context.at(name) is not None},
    )
    n_records = insert_records(case, stage, typing)
    problems = search_doubts(context, typing, n_records)
    first, last = case.rows(
        "SELECT min(searched_at) AS first, max(searched_at) AS last FROM records WHERE disclosure_id = ?",
        [context.disclosure_id],
    )[0]
    row = columns | {"kind": kind.value, "first_searched_at": first, "last_searched_at": last}
    return Loaded(row, problems, n_records=n_records)


def _with_plates(context: TableContext) -> TableContext:
    """Read a column of search terms as plates where that is what it holds: no plate is stored as text."""
    if context.at("plate") is not None:
        return context
    for name in ("text_prompt", "filters"):
        place = context.at(name)
        if place is None or place >= context.stage.width:
            continue
        text = text_expression(place)
        plates = f"regexp_matches(upper({text}), '{PLATE}') AND regexp_matches({text}, '[0-9]')"
        n_plates = int(str(context.stage.value("count(*)", plates)))
        if n_plates and 10 * n_plates >= 8 * int(str(context.stage.value(f"count({text})"))):
            columns = tuple("plate" if at == place else column for at, column in enumerate(context.match.columns))
            return replace(context, match=context.match.model_copy(update={"columns": columns}))
    return context


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


# Of so few rows every distinct cell is looked at: the engine takes longer to read the long pattern.
_FEW_ROWS = 500


def _states(stage: Stage, place: int | None, column: str) -> dict[str, str]:
    if place is None:
        return {}
    if stage.count() <= _FEW_ROWS:
        texts = stage.distinct(cell(place))
    else:
        pattern = doubtful_pattern().replace("'", "''")
        texts = stage.distinct(cell(place), f"regexp_matches({cell(place)}, '{pattern}')")
    told = {text: cell_state(text, column) for text in texts}
    return {text: state.value for text, state in told.items() if state is not CellState.VALUE}


def _store_events(context: TableContext) -> Loaded:
    stage = context.stage
    actor = context.at("actor")
    typing = EventTyping(
        disclosure_id=context.disclosure_id,
        positions={name: place for place, name in context.match.mapping.items() if place < stage.width},
        event_at=context.timing.columns.get("event_at"),
        actor_states=_states(stage, actor, "user"),
        beside=context.beside(_EVENT_COLUMNS),
    )
    n_events = insert_events(context.case, stage, typing)
    first, last = context.case.rows(
        "SELECT min(event_at) AS first, max(event_at) AS last FROM events WHERE disclosure_id = ?",
        [context.disclosure_id],
    )[0]
    row = context.origin.producer_row(context.producer(None))
    row |= {"kind": "event-log", "first_searched_at": first, "last_searched_at": last}
    return Loaded(row, event_doubts(context), n_events=n_events)


def _store_edges(context: TableContext) -> Loaded:
    as_of, problems = _list_date(context)
    row = context.origin.producer_row(UNKNOWN if not context.origin.stated_producer else context.producer(None))
    typing = ShareTyping(
        context.disclosure_id, None, {"source": _need(context, "source"), "recipient": _need(context, "recipient")}
        | _optional(context, "status"), as_of, context.timing.columns.get("as_of"),
    )  # fmt: skip
    n_shares = insert_shares(context.case, context.stage, typing)
    unstated = count_unstated(context.stage, typing)
    problems = [*context.timing.problems, *problems, *_unstated_problem(unstated)]
    # A row that names several organisations states as many shares.
    n_beside = n_shares + unstated - int(str(context.stage.value("count(*)")))
    return Loaded(row | {"kind": "sharing-list"}, problems, n_shares=n_shares,
                  n_rejected=unstated, n_extra_statements=n_beside)  # fmt: skip


def _list_date(context: TableContext) -> tuple[str | None, list[Problem]]:
    if context.at("as_of") is not None:
        return None, []
    return context.as_of()


def _store_sharing_list(context: TableContext) -> Loaded:
    as_of, problems = context.as_of()
    if context.at("organisation") is None:
        return _store_parallel_lists(context, as_of, problems)
    mine = context.at("shared_by_me")
    marks = _marks(context)
    producer = context.producer(_most_frequent(context.stage, mine, marks))
    positions = {"organisation": _need(context, "organisation")}
    if context.at("shared_with_me") is not None:
        positions["shared_with_me"] = _need(context, "shared_with_me")
    if mine is not None:
        positions["i_am_sharing"] = mine
    positions |= _optional(context, "status")
    typing = ShareTyping(context.disclosure_id, producer.name, positions, as_of, no_marks=marks_for_no(marks))
    n_rows = int(str(context.stage.value("count(*)")))
    n_shares = insert_shares(context.case, context.stage, typing)
    unstated = count_unstated(context.stage, typing)
    problems.append(Problem("note", f"{n_rows:,} organisations state {n_shares:,} shares, one for each direction."))
    if producer.name is None and n_shares:
        message = (
            "The list does not say whose it is: its shares name one side only and lead nowhere. State the organisation "
            "with --producer or a receipt."
        )
        problems.append(Problem("note", message))
    row = context.origin.producer_row(producer) | {"kind": "sharing-list"}
    # The unit that is counted is the statement: a row with both directions states two shares.
    return Loaded(row, problems + _unstated_problem(unstated), n_shares=n_shares, n_rejected=unstated,
                  n_extra_statements=n_shares + unstated - n_rows)  # fmt: skip


def _marks(context: TableContext) -> tuple[str, ...]:
    """Give the short texts that stand in the columns of directions: marks for yes and no, if it is marks they hold."""
    found: set[str] = set()
    for name in ("shared_with_me", "shared_by_me"):
        place = context.at(name)
        if place is not None and place < context.stage.width:
            text = f"CASE WHEN length(trim({cell(place)})) <= 20 THEN lower(trim({cell(place)})) END"
            found |= {mark for mark, _ in context.stage.tally(text, 200) if mark}
    return tuple(sorted(found))


def _most_frequent(stage: Stage, place: int | None, marks: Sequence[str]) -> Producer | None:
    """Tell whose list it is from the networks it shares: the name that stands there most."""
    if place is None:
        return None
    known = word_set("yes_marks") | set(marks_for_no(marks)) | {"x", "all", "full", "pending", "inactive", "active"}
    for name, _ in stage.tally(f"trim(split_part({cell(place)}, ',', 1))", 12):
        if name and name.strip().lower() not in known and re.search(r"[^\W\d_]{2}", name):
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
    n_repeats = int(str(context.stage.value("count(*)"))) - n
    row = context.origin.producer_row(UNKNOWN) | {"kind": "transparency-page"}
    problems += [*timing.problems, *_repeated_pages(context, n_repeats)]
    return Loaded(row, problems, n_portal_values=n, n_rejected=n_repeats)


def _repeated_pages(context: TableContext, n_repeats: int) -> list[Problem]:
    """Say which rows repeat a page: word for word, or with other statements for the same day."""
    problems = []
    if n_repeats:
        problems.append(Problem("note", f"{n_repeats:,} rows repeat another row word for word; each was kept once."))
    n_differing = context.case.value(
        "SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM portals WHERE disclosure_id = ? "
        "AND producer IS NOT NULL GROUP BY producer, as_of HAVING count(*) > 1)",
        [context.disclosure_id],
    )
    if n_differing:
        message = (
            f"{int(n_differing):,} rows state other values for a page and day that another row has; all were kept."
        )
        problems.append(Problem("note", message))
    return problems


def _store_names(context: TableContext) -> Loaded:
    n_rows = int(str(context.stage.value("count(*)")))
    at = _need(context, "name")
    name = text_expression(at)
    n = insert_listed_names(context.case, context.stage, context.disclosure_id, at, context.at("note"))
    message = f"{n:,} names of organisations: a list that states no search and no share; kept to tell names apart."
    problems = [Problem("note", message)]
    if n_numbers := int(str(context.stage.value("count(*)", f"regexp_full_match({name}, '[0-9]+')"))):
        problems.append(
            Problem("note", f"{n_numbers:,} of the names are bare numbers and name nobody; kept as listed.")
        )
    row = context.origin.producer_row(UNKNOWN) | {"kind": "organisation-list"}
    return Loaded(row, problems, n_rejected=n_rows)


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
