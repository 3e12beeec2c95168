"""Type a staged table: SQL that turns its text cells into rows of ``records`` and ``events``."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

import pyarrow as pa

from custodiet.case.stage import Stage
from custodiet.case.store import Case
from custodiet.model.reading import EventTyping, RecordTyping, TimeColumn, TimeFormat

# Records are searches of some system; a number beyond this is a fault of the export, not a count.
_LARGEST_COUNT = 10_000_000
_STATE_COLUMNS = {"reason": "reason", "case_number": "case_number", "user": "user", "plate": "plate"}
_TEXT_COLUMNS = ("search_id", "search_type", "offense_type", "text_prompt", "filters", "moderation")
# A number with the word for what it counts behind it.
COUNTED = "(?i)([0-9]+|[0-9]{1,3}(,[0-9]{3})+) (networks?|devices?|cameras?|agenc(y|ies)|organi[sz]ations?|readers?)"
# What date cells of a spreadsheet leave behind a day and before a time of day.
MIDNIGHT = "[ T]+(0{1,2}:00(:00([.]0+)?)?|12:00(:00)? ?[Aa][Mm])$"
DAY_ZERO = "^(1899-12-3[01]|1900-01-0[01]|12/3[01]/1899|0?1/0?[01]/1900)[ T]+"
# U+00A0, U+2009 and U+202F stand before AM and PM in some exports.
_TIDY = (
    "regexp_replace(trim(regexp_replace({cell}, '[\\x{{00A0}}\\x{{2009}}\\x{{202F}} \\t]+', ' ', 'g')), "
    "'([0-9] ?)([AaPp])(?:\\.[Mm]\\.?|[Mm]\\.|\\.)?( |,|$)', '\\1\\2M\\3')"
)


def cell(position: int) -> str:
    """Name the staged column at a position."""
    return f"c{position}"


def as_shape(expression: str) -> str:
    """Return a text with every digit written as 9."""
    return f"translate({expression}, '0123456789', '9999999999')"


def text_expression(position: int) -> str:
    """Return the cell with outer blanks cut and nothing left as null."""
    # Tabs, line ends and no-break spaces around a cell were cut when it was staged.
    return f"nullif(trim({cell(position)}), '')"


def name_expression(position: int) -> str:
    """Return the name of an organisation on one line: names that a print breaks over lines are joined."""
    text = text_expression(position)
    return f"CASE WHEN contains({text}, E'\\n') THEN regexp_replace({text}, '\\s+', ' ', 'g') ELSE {text} END"


def raw_time_expression(column: TimeColumn) -> str:
    """Return the text of a time: a cell, a part of a time frame, or date and clock together."""
    text = cell(column.position)
    clock = cell(column.clock_position) if column.clock_position is not None else None
    if clock and column.has_whole_halves:
        text = f"regexp_replace({text}, '{MIDNIGHT}', '')"
        clock = f"regexp_replace(regexp_replace({clock}, '{DAY_ZERO}', ''), '^([0-9]{{3}})$', '0\\1')"
    meridiem = cell(column.meridiem_position) if column.meridiem_position is not None else None
    if clock or meridiem:
        return f"concat_ws(' ', {', '.join(part for part in (text, clock, meridiem) if part)})"
    if column.part is None:
        return text
    if not column.separators:
        return text if column.part == 0 else "NULL::VARCHAR"
    parts = [
        (
            f"contains({text}, {literal(separator)})",
            f"split_part({text}, {literal(separator)}, {column.part + 1})",
        )
        for separator in column.separators
    ]
    if len(parts) == 1:
        return parts[0][1]
    return "CASE " + " ".join(f"WHEN {test} THEN {value}" for test, value in parts) + " END"


def tidy_time_expression(column: TimeColumn) -> str:
    """Return the text of a time; where the column needs it with no-break spaces made plain and blanks cut."""
    text = raw_time_expression(column)
    return _TIDY.format(cell=text) if column.needs_tidying else text


def time_expression(column: TimeColumn) -> str:
    """Return the instant of a time as a timestamp with time zone; null where it cannot be read."""
    text = tidy_time_expression(column)
    attempts = []
    for (kind, zone), formats in groupby(
        sorted(column.formats, key=lambda item: (item.kind, item.zone or "")),
        lambda item: (item.kind, item.zone),
    ):
        attempts.append(_attempt(text, kind, zone or column.default_zone, list(formats)))
    if not attempts:
        return "NULL::TIMESTAMPTZ"
    return attempts[0] if len(attempts) == 1 else f"coalesce({', '.join(attempts)})"


def instant_expression(stage: Stage, column: TimeColumn) -> str:
    """Return the instant of a time in a stage: the column parsed while the file was read, or the SQL that parses it."""
    return stage.instant(column) or time_expression(column)


def _attempt(text: str, kind: str, zone: str, formats: list[TimeFormat]) -> str:
    if kind == "serial":
        days = f"TRY_CAST({text} AS DOUBLE)"
        # Serial 60 is the 29 February 1900 that never was; whole seconds, as a sheet shows them.
        moment = f"TIMESTAMP '1899-12-30' + to_seconds(round({days} * 86400))"
        return f"CASE WHEN {days} BETWEEN 20000 AND 80000 THEN timezone('{zone}', {moment}) END"
    if kind in ("epoch-seconds", "epoch-milliseconds"):
        divisor = 1000.0 if kind == "epoch-milliseconds" else 1.0
        number = f"TRY_CAST({text} AS DOUBLE) / {divisor}"
        return f"CASE WHEN {number} BETWEEN 946684800 AND 4102444800 THEN to_timestamp({number}) END"
    patterns = ", ".join(literal(item.pattern) for item in formats)
    parsed = f"try_strptime({text}, [{patterns}])"
    if zone == "offset":
        return parsed
    # Looking UTC up in the table of zones costs as much as parsing; its offset is known.
    return f"make_timestamptz(epoch_us({parsed}))" if zone == "UTC" else f"timezone('{zone}', {parsed})"


def count_expression(stage: Stage, position: int) -> str:
    """Return a whole number: thousands separators (either sign) and a fraction of zeros are cut.

    Everything else is null, a number with a fraction too: a count has none, and to round
    one or to drop its decimal sign would make up another count.
    """
    text = f"trim({cell(position)})"
    if stage.has_plain_counts(position):
        return f"TRY_CAST({text} AS BIGINT)"
    whole = (
        f"CASE WHEN regexp_full_match({text}, '[0-9]+[.]0*') THEN split_part({text}, '.', 1) "
        f"WHEN regexp_full_match({text}, '[0-9]{{1,3}}(,[0-9]{{3}})+([.]0*)?') "
        f"THEN replace(split_part({text}, '.', 1), ',', '') "
        f"WHEN regexp_full_match({text}, '[0-9]{{1,3}}([.][0-9]{{3}})+(,0*)?') "
        f"THEN replace(split_part({text}, ',', 1), '.', '') "
        f"WHEN regexp_full_match({text}, '[0-9]+,0{{1,2}}') THEN split_part({text}, ',', 1) "
        f"WHEN regexp_full_match({text}, '{COUNTED}') THEN replace(split_part({text}, ' ', 1), ',', '') END"
    )
    # Most counts are digits alone: they are cast as they stand, and only what is left is looked at closely.
    digits, marked = f"TRY_CAST({text} AS BIGINT)", f"TRY_CAST({whole} AS BIGINT)"
    return (
        f"CASE WHEN {digits} BETWEEN 0 AND {_LARGEST_COUNT} AND NOT contains({text}, '.') THEN {digits} "
        f"WHEN {text} <> '' AND {marked} BETWEEN 0 AND {_LARGEST_COUNT} THEN {marked} END"
    )


def key_expression(position: int) -> str:
    """Return the key of a text: 16 hexadecimal digits of the MD5 of its normal form.

    The normal form is NFC, lower case, runs of white space as one space, outer
    blanks cut: texts that differ in nothing else share their purposes.
    """
    text = f"trim(lower(nfc_normalize(coalesce({cell(position)}, ''))))"
    spaced = f"regexp_matches({text}, '\\s\\s|[\\t\\r\\n]')"
    folded = f"CASE WHEN {spaced} THEN trim(regexp_replace({text}, '\\s+', ' ', 'g')) ELSE {text} END"
    return f"left(md5({folded}), 16)"


def insert_records(case: Case, stage: Stage, typing: RecordTyping) -> int:
    """Add the data rows of a stage to ``records`` and return how many there are.

    Plates are read from the stage, replaced by their pseudonyms, and nowhere written.
    """
    selects = {
        "disclosure_id": literal(typing.disclosure_id),
        "record_no": "row_number() OVER (ORDER BY row_no)" if stage.has_gaps else f"row_no + 1 - {stage.first_row}",
        "source_row": "source_row",
        "source_page": "source_page",
        "kind": literal(typing.kind),
        "producer": literal(typing.producer),
        "vendor": literal(typing.vendor),
        "layout_corrected": "layout_corrected",
    }
    selects |= _organisation(typing)
    for name in _TEXT_COLUMNS:
        if name in typing.positions:
            selects[name] = text_expression(typing.positions[name])
    for name in ("networks", "devices"):
        if name in typing.positions:
            selects[name] = count_expression(stage, typing.positions[name])
    source = _with_times(stage, selects, typing)
    joins = ""
    mappings: dict[str, pa.Table] = {}
    for column in _STATE_COLUMNS:
        joins += _state(selects, mappings, column, typing)
    joins += _plate(case, stage, selects, mappings, typing)
    for key, column in (
        ("reason_key", "reason"),
        ("offense_key", "offense_type"),
        ("prompt_key", "text_prompt"),
    ):
        if column in typing.positions:
            position = typing.positions[column]
            selects[key] = f"CASE WHEN NOT ({_is_absent(position)}) THEN {key_expression(position)} END"
    if "offense_key" in selects:
        selects["offense_key"] = f"CASE WHEN {selects['offense_type']} IS NOT NULL THEN {selects['offense_key']} END"
    if "prompt_key" in selects:
        selects["prompt_key"] = f"CASE WHEN {selects['text_prompt']} IS NOT NULL THEN {selects['prompt_key']} END"
    _insert(case, "records", selects, f"{source}{joins}", mappings)
    return int(case.value("SELECT count(*) FROM records WHERE disclosure_id = ?", [typing.disclosure_id]))


def _organisation(typing: RecordTyping) -> dict[str, str]:
    producer = literal(typing.producer)
    if "org" not in typing.positions:
        return {"org": producer, "org_basis": "'producer'" if typing.producer else "NULL"}
    return {"org": name_expression(typing.positions["org"]), "org_basis": "'released'"}


def _with_times(stage: Stage, selects: dict[str, str], typing: RecordTyping) -> str:
    """Parse every time once, in an inner query, so that local columns reuse the instant."""
    parsed = {name: instant_expression(stage, column) for name, column in typing.times.items()}
    for name in parsed:
        selects[name] = f"s.{name}"
        if typing.time_zone:
            local = {"searched_at": "searched_local"}.get(name, f"{name}_local")
            selects[local] = f"timezone({literal(typing.time_zone)}, s.{name})"
    inner = "".join(f", {expression} AS {name}" for name, expression in parsed.items())
    return f"(SELECT *{inner} FROM {stage.source}) AS s"


def _is_absent(position: int) -> str:
    """Return the test for a cell that a mended row does not have: a blank one that it has is an empty text."""
    return f"layout_corrected AND {cell(position)} IS NULL"


def _state(selects: dict[str, str], mappings: dict[str, pa.Table], column: str, typing: RecordTyping) -> str:
    if column not in typing.positions:
        selects[f"{column}_state"] = "'not-exported'"
        return ""
    position = typing.positions[column]
    blank = f"{text_expression(position)} IS NULL"
    if column != "plate":
        selects[column] = text_expression(position)
    blank = f"{_is_absent(position)} THEN 'not-exported' WHEN {blank}"
    states = typing.states.get(column, {})
    if not states:
        selects[f"{column}_state"] = f"CASE WHEN {blank} THEN 'blank' ELSE 'value' END"
        return ""
    name = f"states_of_{column}"
    mappings[name] = _mapping(states, "state")
    selects[f"{column}_state"] = f"CASE WHEN {blank} THEN 'blank' ELSE coalesce({name}.state, 'value') END"
    return f" LEFT JOIN {name} ON {name}.text = s.{cell(position)}"


def _plate(
    case: Case, stage: Stage, selects: dict[str, str], mappings: dict[str, pa.Table], typing: RecordTyping
) -> str:
    if "plate" not in typing.positions:
        return ""
    position = typing.positions["plate"]
    states = typing.states.get("plate", {})
    hidden = _mapping({text: state for text, state in states.items() if state != "value"}, "state")
    with case.registered("hidden_plates", hidden):
        shown = f"{cell(position)} NOT IN (SELECT text FROM hidden_plates)"
        mappings["pseudonyms"] = pa.concat_tables(
            [_plain_pseudonyms(case, stage, position, shown), _odd_pseudonyms(case, stage, position, shown)]
        )
    selects["plate"] = "pseudonyms.pseudonym"
    return f" LEFT JOIN pseudonyms ON pseudonyms.text = s.{cell(position)}"


# Letters and digits of ASCII, with what stands between them: most plates, and upper case and letters are the same
# for the engine and for Python.
_PLAIN_PLATE = "^[A-Za-z0-9 .-]*$"


def _plain_pseudonyms(case: Case, stage: Stage, position: int, where: str) -> pa.Table:
    """Make the pseudonyms of plain plates in the engine: HMAC-SHA256 (RFC 2104) of each distinct text."""
    inner, outer = case.key.hmac_pads()
    return case.query(
        "SELECT text, left(sha256(?::BLOB || unhex(sha256(?::BLOB || encode(plate)))), 16) AS pseudonym FROM ("
        f"SELECT DISTINCT {cell(position)} AS text, upper(regexp_replace({cell(position)}, '[ .-]', '', 'g')) AS plate "
        f"FROM {stage.source} WHERE regexp_matches({cell(position)}, '{_PLAIN_PLATE}') AND {where}) WHERE plate <> ''",
        [outer, inner],
    )


def _odd_pseudonyms(case: Case, stage: Stage, position: int, where: str) -> pa.Table:
    texts = stage.distinct(cell(position), f"NOT regexp_matches({cell(position)}, '{_PLAIN_PLATE}') AND {where}")
    kept = [(text, plate) for text in texts if (plate := normalise_plate(text))]
    pseudonyms = case.key.pseudonyms(plate for _, plate in kept)
    return pa.table(
        {"text": pa.array([text for text, _ in kept], pa.string()), "pseudonym": pa.array(pseudonyms, pa.string())}
    )


def normalise_plate(text: str) -> str:
    """Write a plate without blanks, dashes and case, so that one plate has one pseudonym."""
    upper = text.upper()
    if upper.isalnum():
        return upper
    return "".join(character for character in upper if character.isalnum() or character in "*?")


def insert_events(case: Case, stage: Stage, typing: EventTyping) -> int:
    """Add the data rows of a stage to ``events`` and return how many there are."""
    at = typing.positions
    selects = {
        "disclosure_id": literal(typing.disclosure_id),
        "record_no": "row_number() OVER (ORDER BY row_no)",
        "source_row": "source_row",
        "event_at": time_expression(typing.event_at) if typing.event_at else "NULL::TIMESTAMPTZ",
    }
    mappings: dict[str, pa.Table] = {}
    joins = ""
    for name in ("actor", "event_type", "entity_type", "entity"):
        selects[name] = text_expression(at[name]) if name in at else "NULL"
    if typing.beside:
        lines = [f"{literal(label + ': ')} || {text_expression(place)}" for label, place in typing.beside.items()]
        selects["entity"] = f"nullif(concat_ws(E'\\n', {selects['entity']}, {', '.join(lines)}), '')"
    if "actor" in at:
        mappings["states_of_actor"] = _mapping(typing.actor_states, "state")
        selects["actor_state"] = (
            f"CASE WHEN {selects['actor']} IS NULL THEN 'blank' ELSE coalesce(states_of_actor.state, 'value') END"
        )
        joins = f" LEFT JOIN states_of_actor ON states_of_actor.text = s.{cell(at['actor'])}"
    else:
        selects["actor_state"] = "'not-exported'"
    _insert(case, "events", selects, f"{stage.source} AS s {joins}", mappings)
    return int(case.value("SELECT count(*) FROM events WHERE disclosure_id = ?", [typing.disclosure_id]))


def _mapping(texts: Mapping[str, str], value: str) -> pa.Table:
    return pa.table({"text": pa.array(list(texts), pa.string()), value: pa.array(list(texts.values()), pa.string())})


def _insert(case: Case, table: str, selects: dict[str, str], source: str, mappings: dict[str, pa.Table]) -> None:
    names = ", ".join(f'"{name}"' for name in selects)
    values = ", ".join(selects.values())
    registered = list(mappings.items())

    def run(rest: list[tuple[str, pa.Table]]) -> None:
        if rest:
            with case.registered(*rest[0]):
                run(rest[1:])
        else:
            # Rows are numbered by their place in the original, so the engine may store them in any order.
            case.execute("SET preserve_insertion_order = false")
            try:
                case.execute(f"INSERT INTO {table} ({names}) SELECT {values} FROM {source}")
            finally:
                case.execute("SET preserve_insertion_order = true")

    run(registered)


def literal(text: str | None) -> str:
    """Write a text as a literal of the engine; None becomes NULL."""
    if text is None:
        return "NULL"
    escaped = text.replace("'", "''")
    if "\n" in escaped or "\r" in escaped:
        escaped = escaped.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
        return f"E'{escaped}'"
    return f"'{escaped}'"
