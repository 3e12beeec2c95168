"""Type a staged list: sharing lists, edge lists, tables of transparency pages, directories of names."""

from __future__ import annotations

from custodiet.case.stage import Stage
from custodiet.case.store import Case
from custodiet.case.typed import cell, literal, name_expression, text_expression, time_expression
from custodiet.model.reading import PortalTyping, ShareTyping

_NUMBERS = ("retention_days", "cameras", "searches_30d", "hits_30d", "vehicles_30d")
_TEXTS = ("prohibited_uses", "acceptable_use", "access_policy", "hotlist_policy", "hotlists")
# "NA" and its kin in a table made by a script are its way to write nothing.
_NOTHING = "('na', 'n/a', 'nan', 'null', 'none', 'data unavailable', '-')"


def insert_shares(case: Case, stage: Stage, typing: ShareTyping) -> int:
    """Add one row of ``shares`` per stated direction and return how many there are."""
    at = typing.positions
    as_of = _date(typing)
    if "source" in at and "recipient" in at:
        names, relation = [], stage.source
        for side in ("source", "recipient"):
            name = name_expression(at[side])
            if stage.value("count(*)", f"contains({name}, ';')"):
                # Several names between semicolons: one share for each.
                parts = f"list_filter(string_split_regex({name}, '\\s*;\\s*'), lambda part: part <> '')"
                relation, name = f"(SELECT *, unnest({parts}) AS one_{side} FROM {relation})", f"one_{side}"
            names.append(name)
        source, recipient = names
        stated_by = literal(typing.producer) if typing.producer else source
        _insert_direction(
            case, stage, typing, source, recipient, stated_by, as_of, f"{source}||{recipient}", relation=relation
        )
    else:
        name, me = name_expression(at["organisation"]), literal(typing.producer)
        if "shared_with_me" in at:
            _insert_direction(case, stage, typing, name, me, me, as_of, _stated(typing, "shared_with_me"))
        if "i_am_sharing" in at:
            _insert_direction(case, stage, typing, me, name, me, as_of, _stated(typing, "i_am_sharing"))
    return int(case.value("SELECT count(*) FROM shares WHERE disclosure_id = ?", [typing.disclosure_id]))


def _insert_direction(
    case: Case,
    stage: Stage,
    typing: ShareTyping,
    source: str,
    recipient: str,
    stated_by: str,
    as_of: str,
    stated: str,
    *,
    relation: str = "",
) -> None:
    status = _status(typing, source, recipient, stated)
    case.execute(
        "INSERT INTO shares (source, recipient, stated_by, as_of, status, disclosure_id, source_row, source_page) "
        f"SELECT {source}, {recipient}, {stated_by}, {as_of}, {status}, {literal(typing.disclosure_id)}, "
        f"source_row, source_page FROM {relation or stage.source} WHERE ({stated}) IS NOT NULL ORDER BY row_no"
    )


def _stated(typing: ShareTyping, direction: str) -> str:
    """Return what a cell states of a direction; null where it is blank or says no."""
    text = text_expression(typing.positions[direction])
    if not typing.no_marks:
        return text
    marks = ", ".join(literal(mark) for mark in typing.no_marks)
    return f"CASE WHEN lower({text}) NOT IN ({marks}) THEN {text} END"


def _status(typing: ShareTyping, source: str, recipient: str, mark: str) -> str:
    names = f"lower({source} || ' ' || {recipient})"
    tagged = f"regexp_matches({names}, '\\b(inactive|deactivated|decommissioned|dnu|do not use)\\b')"
    # A list of networks is no status; a lone word in its place is.
    stated = f"CASE WHEN regexp_full_match(lower({mark}), '[a-z ]{{1,20}}') THEN lower({mark}) END"
    if "status" in typing.positions:
        stated = f"lower(coalesce({text_expression(typing.positions['status'])}, {stated}))"
    return (
        f"CASE WHEN {stated} LIKE '%pending%' THEN 'pending' WHEN {stated} LIKE '%inactive%' OR {tagged} "
        "THEN 'inactive' ELSE 'active' END"
    )


def _date(typing: ShareTyping) -> str:
    whole = f"DATE {literal(typing.as_of)}" if typing.as_of else "NULL::DATE"
    if typing.as_of_column is None:
        return whole
    return f"coalesce(CAST({time_expression(typing.as_of_column)} AS DATE), {whole})"


def count_unstated(stage: Stage, typing: ShareTyping) -> int:
    """Count the data rows that state no direction at all."""
    at = typing.positions
    names = [name for name in ("source", "recipient") if name in at]
    if len(names) == 2:
        test = f"{text_expression(at['source'])} IS NULL OR {text_expression(at['recipient'])} IS NULL"
    else:
        directions = [_stated(typing, name) for name in ("shared_with_me", "i_am_sharing") if name in at]
        test = " AND ".join(f"{expression} IS NULL" for expression in directions)
    return int(str(stage.value("count(*)", test)))


def insert_portals(case: Case, stage: Stage, typing: PortalTyping) -> int:
    """Add one row of ``portals`` per distinct table row and return how many there are."""
    at = typing.positions
    updated = time_expression(typing.last_updated) if typing.last_updated else "NULL::TIMESTAMPTZ"
    accessed = time_expression(typing.accessed) if typing.accessed else "NULL::TIMESTAMPTZ"
    whole = f"DATE {literal(typing.as_of)}" if typing.as_of else "NULL::DATE"
    selects = {
        "producer": name_expression(at["producer"]),
        "as_of": f"coalesce(CAST({updated} AS DATE), CAST({accessed} AS DATE), {whole})",
        "last_updated": updated,
        "disclosure_id": literal(typing.disclosure_id),
        "source_row": "source_row",
    }
    for name in _NUMBERS:
        if name in at:
            digits = f"regexp_extract({cell(at[name])}, '^\\D{{0,3}}([0-9][0-9,]*)', 1)"
            selects[name] = f"TRY_CAST(replace({digits}, ',', '') AS BIGINT)"
    for name in _TEXTS:
        if name in at:
            text = text_expression(at[name])
            selects[name] = f"CASE WHEN lower({text}) NOT IN {_NOTHING} THEN {text} END"
    pairs = ", ".join(f"{literal(label)}, {text_expression(position)}" for label, position in typing.other.items())
    selects["other"] = f"CAST(json_object({pairs}) AS VARCHAR)" if pairs else "'{}'"
    names = ", ".join(selects)
    cells = ", ".join(cell(place) for place in range(stage.width))
    case.execute(
        f"INSERT INTO portals ({names}) SELECT {', '.join(selects.values())} FROM {stage.source} "
        f"QUALIFY row_number() OVER (PARTITION BY {cells} ORDER BY row_no) = 1 ORDER BY row_no"
    )
    return int(case.value("SELECT count(*) FROM portals WHERE disclosure_id = ?", [typing.disclosure_id]))


def insert_listed_names(case: Case, stage: Stage, disclosure_id: str, name_at: int, note_at: int | None) -> int:
    """Add the names of a released directory of organisations and return how many there are."""
    note = "NULL" if note_at is None else text_expression(note_at)
    note = f"CASE WHEN lower({note}) NOT IN {_NOTHING} THEN {note} END"
    name = name_expression(name_at)
    case.execute(
        "INSERT INTO listed_names (disclosure_id, source_row, name, note) "
        f"SELECT {literal(disclosure_id)}, source_row, "
        f"{name}, {note} FROM {stage.source} WHERE {name} IS NOT NULL ORDER BY row_no"
    )
    return int(case.value("SELECT count(*) FROM listed_names WHERE disclosure_id = ?", [disclosure_id]))
