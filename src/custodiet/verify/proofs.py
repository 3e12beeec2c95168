"""Check that every cited row belongs to its disclosure, and is the row that the tables show."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby, pairwise
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from custodiet.model.bundle import (
    ABSENT,
    HOUR_MICROSECONDS,
    LEAF_FORMAT,
    LEAF_FORMS,
    NODES,
    TIMES,
    TREES,
    netstring,
)
from custodiet.model.counts import counted
from custodiet.verify import strict
from custodiet.verify.merkle import leaf_hash, root_of
from custodiet.verify.result import Malformed, Verdict

_COUNTED: Final = {"records": "n_records", "events": "n_events", "shares": "n_shares"}
# Rows whose leaves are put together at once.
_AT_ONCE: Final = 50_000
_ABSENT: Final = "\x00absent"
Key = tuple[str, str]


def check_proofs(folder: Path, verdict: Verdict) -> None:
    """Work out the root of every tree from its cited rows, and compare those rows with the tables."""
    trees: dict[Key, dict[str, Any]] = {}
    nodes: dict[Key, dict[tuple[int, int], bytes]] = {}
    with verdict.guard(TREES):
        trees = _trees(folder)
        _check_sizes(folder, trees, verdict)
    with verdict.guard(NODES):
        nodes = _nodes(folder)
    n_proven, seen = 0, set[Key]()
    for table in LEAF_FORMS:
        if (folder / f"proofs/{table}.parquet").is_file():
            with verdict.guard(f"proofs/{table}.parquet"):
                n_proven += _check_table(folder, table, trees, nodes, seen, verdict)
    if nodes.keys() - seen:
        verdict.fault("proof-fails", NODES, "There are nodes of disclosures of which no row is cited.")
    with verdict.guard("tables/evidence.parquet"):
        _check_cited(folder, verdict)
    if verdict.verified:
        verdict.checked.append(
            f"{counted(n_proven, 'cited row')}: each belongs to one of"
            f" {counted(len({disclosure for _, disclosure in trees}), 'disclosure')} committed to."
        )


def _check_table(
    folder: Path,
    table: str,
    trees: Mapping[Key, Mapping[str, Any]],
    nodes: Mapping[Key, Mapping[tuple[int, int], bytes]],
    seen: set[Key],
    verdict: Verdict,
) -> int:
    """Check the cited rows of one table, and count those that lead to their root."""
    n_proven = 0
    rows = pq.read_table(folder / f"proofs/{table}.parquet")
    n_opened = Counter(rows.filter(rows["opened"])["disclosure_id"].to_pylist())
    for disclosure_id, leaves in _leaves(table, rows, verdict):
        key = (table, disclosure_id)
        if key in seen:
            verdict.fault("proof-fails", f"proofs/{table}.parquet", f"Rows of {disclosure_id} stand in two places.")
        seen.add(key)
        tree = trees.get(key)
        root = None if tree is None else root_of(tree["size"], leaves, nodes.get(key, {}))
        if tree is None or root is None or root.hex() != tree["root"]:
            verdict.fault(
                "proof-fails", f"proofs/{table}.parquet", f"The rows of {disclosure_id} do not lead to its root."
            )
        elif (tree["n_cited"], tree["n_opened"]) != (len(leaves), n_opened[disclosure_id]):
            verdict.fault("proof-fails", TREES, f"The tree of {disclosure_id} tells another number of cited rows.")
        else:
            n_proven += len(leaves)
    _check_shown(folder, table, rows, verdict)
    return n_proven


def _trees(folder: Path) -> dict[Key, dict[str, Any]]:
    """Read the trees, each of its own table and disclosure, and of a form that can be compared."""
    content = strict.read_json(folder / TREES)
    if content.get("format") != LEAF_FORMAT:
        raise Malformed(f"The trees have another format than {LEAF_FORMAT}.")
    listed = strict.rows(content, "trees")
    for tree in listed:
        for name in ("size", "n_cited", "n_opened"):
            strict.size(tree, name)
        strict.digest(tree, "root")
    trees = {(strict.text(tree, "table"), strict.text(tree, "disclosure_id")): tree for tree in listed}
    if len(trees) != len(listed) or not {table for table, _ in trees} <= LEAF_FORMS.keys():
        raise Malformed("A tree stands there twice, or is of a table that has none.")
    return trees


def _check_sizes(folder: Path, trees: Mapping[Key, Mapping[str, Any]], verdict: Verdict) -> None:
    columns = ["disclosure_id", *_COUNTED.values()]
    rows = pq.read_table(folder / "tables/disclosures.parquet", columns=columns).to_pylist()
    unknown = {disclosure_id for _, disclosure_id in trees} - {row["disclosure_id"] for row in rows}
    if unknown:
        verdict.fault("proof-fails", TREES, f"{counted(len(unknown), 'tree')} of disclosures that the tables lack.")
    for row in rows:
        for table, column in _COUNTED.items():
            size = trees.get((table, row["disclosure_id"]), {"size": 0})["size"]
            if size != (row[column] or 0):
                verdict.fault(
                    "proof-fails", TREES,
                    f"The tree of {table} of {row['disclosure_id']} has {size:,} leaves for {row[column]:,} rows.",
                )  # fmt: skip


def _nodes(folder: Path) -> dict[Key, dict[tuple[int, int], bytes]]:
    table = pq.read_table(folder / NODES)
    columns = [table[name].to_pylist() for name in ("table", "disclosure_id", "level", "place", "hash")]
    found: dict[Key, dict[tuple[int, int], bytes]] = {}
    for name, disclosure_id, level, place, digest in zip(*columns, strict=True):
        own = found.setdefault((name, disclosure_id), {})
        if (level, place) in own:
            raise Malformed("A node stands there twice.")
        own[level, place] = digest
    return found


def _leaves(table: str, rows: pa.Table, verdict: Verdict) -> Iterator[tuple[str, dict[int, bytes]]]:
    """Give the leaf hashes of each disclosure by position; rows stand in order of disclosure."""
    for disclosure_id, own in groupby(_placed_leaves(table, rows), key=itemgetter(0)):
        leaves: dict[int, bytes] = {}
        for _, position, digest in own:
            if position in leaves:
                verdict.fault("proof-fails", f"proofs/{table}.parquet", f"A row of {disclosure_id} stands twice.")
            leaves[position] = digest
        yield disclosure_id, leaves


def _placed_leaves(table: str, rows: pa.Table) -> Iterator[tuple[str, int, bytes]]:
    """Give disclosure, position and leaf hash of each row, some rows at a time: their leaves take much room."""
    for start in range(0, rows.num_rows, _AT_ONCE):
        part = rows.slice(start, _AT_ONCE)
        places = (part[name].to_pylist() for name in ("disclosure_id", "position"))
        yield from zip(*places, leaf_hashes(table, part), strict=True)


def leaf_hashes(table: str, rows: pa.Table) -> list[bytes]:
    """Return the leaf hash of each row: worked out where the row is opened, else as stated.

    The bytes of a leaf are those of ``model.bundle.leaf_bytes``, put together by the column.
    """
    form = LEAF_FORMS[table]
    parts = [as_text(rows[name]) for name in (*form.clear, *form.hours)]
    parts += [_commitments(name, rows) for name in form.committed]
    head = netstring(LEAF_FORMAT) + netstring(table)
    told = [pc.fill_null(_netstrings(part.combine_chunks()), ABSENT) for part in parts]
    leaves = pc.binary_join_element_wise(pa.scalar(head), *told, pa.scalar(""))
    stated, opened = rows["leaf_hash"].to_pylist(), rows["opened"].to_pylist()
    return [
        leaf_hash(leaf) if is_open else digest
        for leaf, is_open, digest in zip(_bytes_of(leaves), opened, stated, strict=True)
    ]


def _netstrings(texts: pa.StringArray) -> pa.StringArray:
    """Put the length in bytes before each text; null stays null."""
    return pc.binary_join_element_wise(
        pc.binary_length(texts).cast(pa.string()), pa.scalar(":"), texts, pa.scalar(","), pa.scalar("")
    )


def _bytes_of(texts: pa.StringArray) -> Iterator[bytes]:
    """Give the bytes of each text; none is null."""
    _, ends, data = texts.buffers()
    places = np.frombuffer(ends, np.int32)[texts.offset : texts.offset + len(texts) + 1].tolist()
    whole = data.to_pybytes() if data is not None else b""
    return (whole[start:end] for start, end in pairwise(places))


def _commitments(name: str, rows: pa.Table) -> pa.ChunkedArray:
    """Give the commitment of a text in hexadecimal: as stated, or worked out where text and salt are given."""
    stated = rows[f"commitment_{name}"].to_pylist()
    if name == TIMES or not (rows.num_rows - rows[f"salt_{name}"].null_count):
        told = [None if digest is None else digest.hex() for digest in stated]
    else:
        texts, salts = rows[name].to_pylist(), rows[f"salt_{name}"].to_pylist()
        told = [
            commitment(salt, text)
            if salt is not None and text is not None
            else digest.hex()
            if digest is not None
            else None
            for digest, text, salt in zip(stated, texts, salts, strict=True)
        ]
    return pa.chunked_array([pa.array(told, pa.string())])


def commitment(salt: bytes, text: str) -> str:
    """Return the commitment to a text: SHA-256 of the salt and the text with its length, in hexadecimal."""
    return hashlib.sha256(salt + netstring(text).encode()).hexdigest()


def _check_shown(folder: Path, table: str, rows: pa.Table, verdict: Verdict) -> None:
    """Compare the opened rows with the published table: each must stand there as it is."""
    form = LEAF_FORMS[table]
    path = folder / f"tables/{table}.parquet"
    there = pq.read_schema(path).names
    columns = [name for name in ("disclosure_id", *form.clear, *form.hours) if name in there]
    rows = rows.filter(rows["opened"])
    missing = 0
    for names in (columns, *(["disclosure_id", form.number, text] for text in form.texts)):
        told = rows if names is columns else rows.filter(pc.is_valid(rows[names[-1]]))
        if set(names) <= set(there) and told.num_rows:
            shown = pq.read_table(path, columns=list(dict.fromkeys(names)))
            missing += _plain(told, names).join(_plain(shown, names), keys=names, join_type="left anti").num_rows
    if missing:
        verdict.fault(
            "proof-fails", f"tables/{table}.parquet", f"{missing:,} cited rows are not as they were committed to."
        )


def _check_cited(folder: Path, verdict: Verdict) -> None:
    """Look for evidence without a proof; row 0 stands for a whole disclosure."""
    cited = pq.read_table(folder / "tables/evidence.parquet", columns=["disclosure_id", "record_no"])
    _check_lists(folder, verdict)
    cited = cited.filter(pc.greater(cited["record_no"], 0))
    for table, form in LEAF_FORMS.items():
        path = folder / f"proofs/{table}.parquet"
        if path.is_file():
            proven = pq.read_table(path, columns=list(dict.fromkeys(["disclosure_id", form.number])))
            proven = proven.rename_columns(["disclosure_id", "record_no"])
            cited = cited.join(proven, keys=["disclosure_id", "record_no"], join_type="left anti")
    if cited.num_rows:
        verdict.fault("proof-fails", "tables/evidence.parquet", f"{cited.num_rows:,} cited rows have no proof.")


def _check_lists(folder: Path, verdict: Verdict) -> None:
    """Compare the evidence that stands with each indicator with the table of evidence."""
    names = ["indicator_id", "disclosure_id", "record_no"]
    listed = pq.read_table(folder / "tables/indicators.parquet", columns=["indicator_id", "evidence"]).combine_chunks()
    table = pq.read_table(folder / "tables/evidence.parquet", columns=names)
    rows = pc.list_flatten(listed["evidence"]).combine_chunks()
    owners = listed["indicator_id"].take(pc.list_parent_indices(listed["evidence"]))
    exploded = pa.table(
        [owners, pc.struct_field(rows, "disclosure_id"), pc.struct_field(rows, "record_no")], names=names
    )
    if exploded.num_rows != table.num_rows or exploded.join(table, keys=names, join_type="left anti").num_rows:
        verdict.fault("proof-fails", "tables/evidence.parquet", "The evidence is not what stands with the indicators.")


def _plain(rows: pa.Table, names: list[str]) -> pa.Table:
    """Write all as text, with a word for what is absent: joins do not fit null to null."""
    return pa.table({name: pc.fill_null(as_text(rows[name]), _ABSENT) for name in names})


def as_text(column: Any) -> Any:
    """Write a column as it stands in a leaf: integers in decimal, days in ISO form, times as hours since 1970."""
    if pa.types.is_timestamp(column.type):
        hours = pc.floor_temporal(column.cast(pa.timestamp("us")), unit="hour").cast(pa.int64())
        return pc.divide(hours, HOUR_MICROSECONDS).cast(pa.string())
    return column.cast(pa.string())
