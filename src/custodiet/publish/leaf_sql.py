"""SQL that seals rows: salts, commitments and the hash of a leaf, row for row in the form of ``model.bundle``.

The rows of the case are ``r``, those as published ``outward_rows``; ``leaf_keys`` holds the key of each disclosure's
salts, ``cited_evidence`` the cited rows.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import Final

from custodiet.model.bundle import (
    ABSENT,
    HOUR_MICROSECONDS,
    LEAF_FORMAT,
    LEAF_FORMS,
    SALT_BYTES,
    TIMES,
    LeafForm,
    netstring,
)

_HEX: Final = 2 * SALT_BYTES


def hashes_sql(table: str, condition: str) -> str:
    """Return SQL of one row per row that meets a condition: disclosure_id, row_id, leaf_hash."""
    return f"SELECT disclosure_id, row_id, unhex(leaf) AS leaf_hash FROM ({_committed_sql(table, condition)})"


def opened_sql(table: str, condition: str) -> str:
    """Return SQL of the cited rows among the rows ``r`` of a table that meet a condition, with what opens them.

    A row is opened as far as the published row of the same place shows the same.
    """
    form = LEAF_FORMS[table]
    same = [f'o."{name}" IS NOT DISTINCT FROM c."{name}"' for name in form.clear]
    same += [
        f"{_hours(f'o.{_quoted(name)}')} IS NOT DISTINCT FROM {_hours(f'c.{_quoted(name)}')}" for name in form.hours
    ]
    columns = ["disclosure_id", "row_id", "same AS opened"]
    columns += [f'"{name}"' for name in form.clear]
    columns += [f'make_timestamptz({_hours(_quoted(name))} * {HOUR_MICROSECONDS}) AS "{name}"' for name in form.hours]
    for name in form.committed:
        columns.append(f"unhex(commitment_{name}) AS commitment_{name}")
        if name != TIMES:
            # A text is told only where its published form is the whole of it.
            columns += [f'"{name}"', f"unhex(salt_{name}) AS salt_{name}"]
            columns.append(f"same AND coalesce(equal_{name}, false) AS told_{name}")
    equal = "".join(f', o."{name}" = c."{name}" AS equal_{name}' for name in form.texts)
    compared = dict.fromkeys(("disclosure_id", form.number, *form.clear, *form.hours, *form.texts))
    return (
        f"WITH c AS ({_committed_sql(table, condition, only_cited=True)}),\n"
        f"o AS (SELECT {', '.join(map(_quoted, compared))}, {_row_id(form)} AS row_id"
        f" FROM outward_rows r WHERE {condition}),\n"
        f"beside AS (SELECT c.*, coalesce({' AND '.join(same)}, false) AS same{equal} FROM c"
        " LEFT JOIN o ON o.disclosure_id = c.disclosure_id AND o.row_id = c.row_id)\n"
        f"SELECT {', '.join(columns)} FROM beside"
    )


def _row_id(form: LeafForm) -> str:
    """Return SQL of the place of a row among those of its disclosure, from 1."""
    if form.order == (form.number,):
        return form.number
    order = ", ".join(f'"{name}" NULLS FIRST' for name in form.order)
    return f"row_number() OVER (PARTITION BY disclosure_id ORDER BY {order})"


def _net(expression: str) -> str:
    """Return SQL of the parts of a netstring, for ``concat``."""
    return f"strlen({expression}), ':', {expression}, ','"


def _committed_sql(table: str, condition: str, *, only_cited: bool = False) -> str:
    """Return SQL of the rows ``r`` of a table that meet a condition, with row_id, salts and commitments.

    All rows come with the hash of their leaf; cited ones, of which it is known then, without it.
    """
    form = LEAF_FORMS[table]
    kept = dict.fromkeys(("disclosure_id", form.number, *form.clear, *form.hours, *form.texts))
    told = {name: f'"{name}"' for name in form.texts}
    if form.hours:
        told[TIMES] = "exact_times"
    # One hash gives the salts of two commitments, a half each: halves of a hash tell nothing of each other.
    # Key and row fit into one block of SHA-256.
    pairs = list(enumerate(zip_longest(form.committed[::2], form.committed[1::2])))
    seeds = [
        f"CASE WHEN {' OR '.join(f'{told[name]} IS NOT NULL' for name in pair if name)} THEN"
        f" sha256(leaf_key || encode(concat(row_id, ':{number}'))) END AS seed_{number}"
        for number, pair in pairs
    ]
    salts = [
        f"CASE WHEN {told[name]} IS NOT NULL THEN {half}(seed_{number}, {_HEX}) END AS salt_{name}"
        for number, pair in pairs
        for half, name in zip(("left", "right"), pair, strict=True)
        if name
    ]
    commitments = [
        f"CASE WHEN {told[name]} IS NOT NULL THEN"
        f" sha256(unhex(salt_{name}) || encode(concat({_net(told[name])}))) END AS commitment_{name}"
        for name in form.committed
    ]
    # Microseconds since 1970, with commas between; nothing stands for a time that is not there.
    times = ", ',', ".join(f'epoch_us("{name}")' for name in form.hours)
    exact = f", concat({times}) AS exact_times" if times else ""
    cited = (
        " SEMI JOIN cited_evidence e ON e.disclosure_id = numbered.disclosure_id"
        f" AND e.record_no = numbered.{form.number}"
        if only_cited
        else ""
    )
    leaf = "" if only_cited else f", {_leaf_sql(form, table)} AS leaf"
    passing = ["leaf_key", *(["exact_times"] if times else []), *(f"seed_{number}" for number, _ in pairs)]
    return (
        f"WITH numbered AS (SELECT {', '.join(map(_quoted, kept))}, {_row_id(form)} AS row_id"
        f" FROM {table} r WHERE {condition}),\n"
        f"keyed AS (SELECT numbered.*, leaf_key{exact} FROM numbered{cited}"
        " JOIN leaf_keys k ON k.disclosure_id = numbered.disclosure_id),\n"
        f"seeded AS (SELECT *{''.join(', ' + seed for seed in seeds)} FROM keyed),\n"
        f"salted AS (SELECT *{''.join(', ' + salt for salt in salts)} FROM seeded),\n"
        f"sealed AS (SELECT *{''.join(', ' + item for item in commitments)} FROM salted)\n"
        f"SELECT * EXCLUDE ({', '.join(passing)}){leaf} FROM sealed"
    )


def _quoted(name: str) -> str:
    return f'"{name}"'


def _hours(expression: str) -> str:
    """Return SQL of the whole hours since 1970, also before it."""
    hour, instant = HOUR_MICROSECONDS, f"epoch_us({expression})"
    return f"(({instant} - (({instant} % {hour}) + {hour}) % {hour}) // {hour})"


def _leaf_sql(form: LeafForm, table: str) -> str:
    """Return SQL of the hash of a leaf, in hexadecimal; ``model.bundle.leaf_bytes`` says the same in Python."""
    values = [f'"{name}"::VARCHAR' for name in form.clear]
    values += [f"{_hours(_quoted(name))}::VARCHAR" for name in form.hours]
    values += [f"commitment_{name}" for name in form.committed]
    parts = [f"'{netstring(LEAF_FORMAT)}{netstring(table)}'", *map(_part, values)]
    return f"sha256('\\x00'::BLOB || encode(concat({', '.join(parts)})))"


def _part(value: str) -> str:
    """Return SQL of a value as a netstring, or of the sign that there is none."""
    return f"CASE WHEN {value} IS NULL THEN '{ABSENT}' ELSE concat({_net(value)}) END"
