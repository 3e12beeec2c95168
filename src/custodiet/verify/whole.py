"""Compare every row of the published tables with the tables that the originals give when they are read again.

Both are in the form in which they are published. What follows from the key of the case, from a person's decision or
from a receipt cannot be had from originals, and is left out by name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from custodiet.model.bundle import MANIFEST
from custodiet.model.counts import counted
from custodiet.verify.copies import citations_json
from custodiet.verify.result import Verdict

OWN: Final = ("disclosures", "records", "events", "shares", "portals")
_DECIDED: Final = ("disposition", "decided_by", "decided_at")
# By a receipt a publisher says whose log a file is, in which zone; the new reading is told so, which is a basis.
_TOLD: Final = ("receipt", "producer_basis", "zone_basis", "problems")
_LEFT_OUT: Final[Mapping[str, tuple[str, ...]]] = {
    "disclosures": _TOLD, "indicators": _DECIDED, "searches": ("search_key",), "sightings": ("search_key",),
}  # fmt: skip
# Rows of these rest on decisions, or on files and names that are not in the originals.
_NOT_HAD: Final = ("findings", "problems")
# Whether these are shown, and times how exactly, depends on the other originals.
_JOINED_BY: Final = ("search_id", "networks", "devices", "window_start", "window_end", "searched_at")
_PSEUDONYM: Final = r"\b(account|name)-[0-9a-f]{16}\b"
_ABSENT: Final = "\x00"
_BETWEEN: Final = "\x1f"


def compare_published(folder: Path, again: Mapping[str, pa.Table], verdict: Verdict, *, whole: bool) -> None:
    """Compare tables of a bundle with those that originals give.

    Args:
        folder: The bundle.
        again: Table name to its rows, made from the originals as they would be published, with another key.
        verdict: Where faults and facts go.
        whole: All originals are at hand, and everything that follows from them was derived; else only the rows of the
            disclosures in ``again`` are compared.
    """
    ids = again["disclosures"]["disclosure_id"]
    quotes = json.loads((folder / MANIFEST).read_bytes())["quotes"]
    n_rows, left_out = 0, {}
    for table in again if whole else OWN:
        if table in _NOT_HAD:
            continue
        with verdict.guard(f"tables/{table}.parquet"):
            told, found = pq.read_table(folder / f"tables/{table}.parquet"), again[table]
            if not whole:
                told = told.filter(pc.is_in(told["disclosure_id"], value_set=pc.unique(ids.combine_chunks())))
            left_out[table] = [*_LEFT_OUT.get(table, ()), *(_JOINED_BY if table == "records" and not whole else ())]
            told, found = (_comparable(table, rows, left_out[table], quotes) for rows in (told, found))
            n_rows += told.num_rows
            column = _differing(told, found)
            if column is not None:
                verdict.fault("original-differs", f"tables/{table}.parquet", f"The originals give another {column}.")
    if whole:
        with verdict.guard("tables/sightings.parquet"):
            _compare_searches(folder, again, verdict)
    verdict.originals.append(
        f"{counted(n_rows, 'row')} of {counted(len(left_out), 'table')} compared with the originals, cited or not."
    )
    verdict.not_checked.append(_said(left_out, whole=whole))


def _said(left_out: Mapping[str, list[str]], *, whole: bool) -> str:
    columns = ", ".join(f"{table}.{column}" for table, names in sorted(left_out.items()) for column in names)
    others = f" {', '.join(_NOT_HAD)}, results about accounts;" if whole else " all other tables;"
    return (
        f"With the originals:{others} {columns}; which pseudonym an account or a masked name has."
        " They follow from the key of the case,"
        " receipts or decisions" + ("." if whole else ", or from originals that were not given.")
    )


def _comparable(table: str, rows: pa.Table, left_out: list[str], quotes: list[dict[str, str]]) -> pa.Table:
    """Give rows as columns of text without what cannot be had again, in an order of their own."""
    if "level" in rows.column_names and table == "indicators":
        rows = rows.filter(pc.not_equal(rows["level"], "account"))
    columns = {}
    for name in rows.column_names:
        if name not in left_out:
            texts = _texts(rows[name])
            if pc.any(pc.match_substring_regex(pc.unique(texts), _PSEUDONYM)).as_py():
                texts = pc.replace_substring_regex(texts, _PSEUDONYM, r"\1")
            columns[name] = texts
    told = pa.table(columns)
    return _without_quotes(told, quotes) if table == "records" else told


def _texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_list(kind):
        if pa.types.is_struct(kind.value_type):
            column = pa.chunked_array([citations_json(column)])
        else:
            lengths = pc.list_value_length(column).cast(pa.string())
            column = pc.binary_join_element_wise(lengths, pc.binary_join(column, _BETWEEN), _BETWEEN)
    return pc.fill_null(column.cast(pa.string()), _ABSENT)


def _without_quotes(rows: pa.Table, quotes: list[dict[str, str]]) -> pa.Table:
    """Leave out the texts that somebody approved word by word."""
    for quote in quotes:
        disclosure_id, _, number = quote["record"].partition(":")
        here = pc.and_(pc.equal(rows["disclosure_id"], disclosure_id), pc.equal(rows["record_no"], number))
        place = rows.column_names.index(quote["field"])
        rows = rows.set_column(place, quote["field"], pc.if_else(here, _ABSENT, rows[quote["field"]]))
    return rows


def _differing(told: pa.Table, found: pa.Table) -> str | None:
    """Name the first column that differs; ``row`` where rows are more or less, or put together otherwise."""
    if told.column_names != found.column_names or told.num_rows != found.num_rows:
        return "number of rows"
    if all(told[name].equals(found[name]) for name in told.column_names):
        return None
    # The order can rest on what was left out.
    if _in_order(told).equals(_in_order(found)):
        return None
    differing = [name for name in told.column_names if not _sorted(told[name]).equals(_sorted(found[name]))]
    return str(differing[0]) if differing else "row"


def _in_order(rows: pa.Table) -> pa.Array:
    parts = [
        pc.binary_join_element_wise(pc.binary_length(rows[n]).cast(pa.string()), rows[n], ":")
        for n in rows.column_names
    ]
    return _sorted(pc.binary_join_element_wise(*parts, ","))


def _sorted(texts: pa.ChunkedArray) -> pa.Array:
    texts = texts.combine_chunks()
    texts = pa.concat_arrays(texts.chunks) if isinstance(texts, pa.ChunkedArray) else texts
    return texts.take(pc.sort_indices(texts))


def _compare_searches(folder: Path, again: Mapping[str, pa.Table], verdict: Verdict) -> None:
    """Compare which rows are of one search, and what is said of it: searches are named by their first row."""
    read = {name: pq.read_table(folder / f"tables/{name}.parquet") for name in ("searches", "sightings")}
    told, found = (_named(rows["searches"], rows["sightings"]) for rows in (read, again))
    if not told.equals(found):
        verdict.fault(
            "original-differs", "tables/sightings.parquet", "The originals put other rows together to searches."
        )


def _named(searches: pa.Table, sightings: pa.Table) -> pa.Array:
    """Write what is said of each search beside each of its rows."""
    said = _comparable("searches", searches, ["search_key"], [])
    parts: list[Any] = [said[name] for name in said.column_names]
    texts = pa.table({"search_key": searches["search_key"], "said": pc.binary_join_element_wise(*parts, _BETWEEN)})
    places = pa.table(
        {
            "search_key": sightings["search_key"],
            "place": pc.binary_join_element_wise(
                sightings["disclosure_id"], sightings["record_no"].cast(pa.string()), ":"
            ),
        }
    )
    first = places.group_by("search_key").aggregate([("place", "min")])
    joined = places.join(first, keys=["search_key"]).join(texts, keys=["search_key"])
    return _sorted(
        pc.binary_join_element_wise(
            joined["place"], joined["place_min"], pc.fill_null(joined["said"], _ABSENT), _BETWEEN
        )
    )
