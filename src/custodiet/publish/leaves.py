"""Commit to every row of every disclosure, and prove the cited ones.

The leaves are hashed in the engine, row for row in the form of ``model.bundle``. Texts and exact
times stand in a leaf as salted commitments. A salt is one half of SHA-256(key || row:pair), where the
key is that of the row's disclosure. It is derived from the case's key and the publication's name (HKDF,
RFC 5869; HMAC): the same publication has the same salts, and nobody without the case's key can make them.

A cited row is *opened* only as far as the published tables show the same: a text whose published
form is masked keeps its salt, so that nobody can try names until the commitment fits.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from numpy.typing import NDArray

from custodiet.case import Case
from custodiet.case.stored import Part, StoredRows, parts_of
from custodiet.case.types import arrow_schema
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
from custodiet.model.tables import ALL_TABLES
from custodiet.publish.merkle import EMPTY_ROOT, Hashes, Tree, grow

_HEX: Final = 2 * SALT_BYTES
_HASH: Final = pa.binary(32)
_SALT: Final = pa.binary(SALT_BYTES)
_NODES: Final = pa.schema(
    [
        ("table", pa.string()),
        ("disclosure_id", pa.string()),
        ("level", pa.int64()),
        ("place", pa.int64()),
        ("hash", _HASH),
    ]
)


@dataclass(frozen=True, slots=True)
class Proofs:
    """Hold the commitments to the disclosures of a case.

    Attributes:
        trees: One dictionary per disclosure and table: size, root, cited rows, opened rows.
        n_cited: How many rows are cited.
        nodes: One row per node that leads from cited rows to a root.
    """

    trees: list[dict[str, Any]]
    n_cited: int
    nodes: pa.Table


def salt_key(secret: bytes, publication: str) -> bytes:
    """Derive the key of the salts of one publication from the case's key."""
    info = b"custodiet leaf salts/1\x00" + publication.encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret)


def prove(
    case: Case, publication: str, evidence: pa.Table, outward: Mapping[str, pa.Table | StoredRows], folder: Path
) -> Proofs:
    """Build the trees of all disclosures, and write the cited rows with what opens them.

    Args:
        case: The case.
        publication: Name of the publication.
        evidence: One row per cited row: ``disclosure_id``, ``record_no``.
        outward: Table name to its rows as they are published.
        folder: Where the cited rows go, a Parquet file for each table that has some.
    """
    key = salt_key(case.key.secret, publication)
    trees: list[dict[str, Any]] = []
    nodes: list[pa.Table] = []
    with case.registered("published_evidence", evidence):
        case.execute(
            "CREATE OR REPLACE TEMP TABLE cited_evidence AS"
            " SELECT DISTINCT disclosure_id, record_no FROM published_evidence"
        )
    for table in LEAF_FORMS:
        growing = _Growing(table)
        with _Writer(folder / f"{table}.parquet") as writer, _leaf_keys(case, table, key):
            for leaves in _parts(case, table, outward[table]):
                writer.write(growing.add(leaves))
        for tree, needed in growing.finished():
            trees.append(tree)
            nodes += needed
    case.execute("DROP TABLE temp.cited_evidence")
    n_cited = sum(tree["n_cited"] for tree in trees)
    return Proofs(trees, n_cited, pa.concat_tables([_NODES.empty_table(), *nodes]))


class _Writer(AbstractContextManager["_Writer"]):
    """Write rows to a Parquet file that is there only if there are any."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: pq.ParquetWriter | None = None

    def write(self, rows: pa.Table) -> None:
        """Add rows."""
        if rows.num_rows:
            self._writer = self._writer or pq.ParquetWriter(self._path, rows.schema, compression="zstd")
            self._writer.write_table(rows)

    def __exit__(self, *_exc: object) -> None:
        if self._writer is not None:
            self._writer.close()


@dataclass(frozen=True, slots=True)
class Leaves:
    """Hold the leaves of some rows of a table, in their order.

    Attributes:
        spans: For each disclosure its id, and where its rows begin and end here.
        numbers: Id of each row within its disclosure.
        hashes: Shape (rows, 32).
        cited: The cited rows among them, opened as far as they are published.
    """

    spans: list[tuple[str, int, int]]
    numbers: NDArray[Any]
    hashes: Hashes
    cited: pa.Table


def leaf_hashes(case: Case, table: str, key: bytes) -> Iterator[tuple[str, NDArray[Any], Hashes]]:
    """Give the leaves of each disclosure: its id, the rows' ids in order, and their hashes (shape (n, 32))."""
    with _leaf_keys(case, table, key):
        found = case.query(_hashes_sql(table, "true"))
    order, spans = _in_order(found)
    numbers, hashes = found["row_id"].to_numpy()[order], _hashes_of(found)[order]
    for disclosure_id, start, end in spans:
        yield disclosure_id, numbers[start:end], hashes[start:end]


@contextmanager
def _leaf_keys(case: Case, table: str, key: bytes) -> Iterator[None]:
    """Let SQL read the key of each disclosure's salts as ``leaf_keys``."""
    ids = [name for (name,) in case.rows(f"SELECT DISTINCT disclosure_id FROM {table}")]
    keys = [hmac.digest(key, f"{netstring(table)}{netstring(name)}".encode(), "sha256") for name in ids]
    with case.registered("leaf_keys", pa.table({"disclosure_id": pa.array(ids, pa.string()), "leaf_key": keys})):
        yield


def _parts(case: Case, table: str, outward: pa.Table | StoredRows) -> Iterator[Leaves]:
    """Give the leaves of a table: of a long one in the parts in which it is published."""
    parts: Sequence[Part | None] = (None,) if isinstance(outward, pa.Table) else parts_of(case, table)
    with case.registered("outward_rows", outward), ThreadPoolExecutor(1) as beside:
        # The engine works out the next part while this one is written and grown.
        asked = [beside.submit(_leaves, case, table, part) for part in parts[:1]]
        for place in range(len(parts)):
            found = asked.pop()
            leaves = found.result()
            asked += [beside.submit(_leaves, case, table, part) for part in parts[place + 1 : place + 2]]
            yield leaves


def _leaves(case: Case, table: str, part: Part | None) -> Leaves:
    condition, parameters = part.where("r") if part else ("true", [])
    found = case.query(_hashes_sql(table, condition), parameters)
    order, spans = _in_order(found)
    cited = _closed(table, case.query(_opened_sql(table, condition), [*parameters, *parameters]))
    ordered, _ = _in_order(cited)
    return Leaves(spans, found["row_id"].to_numpy()[order], _hashes_of(found)[order], cited.take(ordered))


def _hashes_sql(table: str, condition: str) -> str:
    return f"SELECT disclosure_id, row_id, unhex(leaf) AS leaf_hash FROM ({_committed_sql(table, condition)})"


def _in_order(rows: pa.Table) -> tuple[NDArray[Any], list[tuple[str, int, int]]]:
    """Return what orders rows by disclosure and id, and where the rows of each disclosure then begin and end."""
    ids = rows["disclosure_id"].combine_chunks().dictionary_encode()
    names = ids.dictionary.to_pylist()
    places = np.empty(len(names), np.int64)
    places[sorted(range(len(names)), key=names.__getitem__)] = np.arange(len(names))
    ranks = places[ids.indices.to_numpy(zero_copy_only=False)]
    counts = np.bincount(ranks, minlength=len(names))
    ends = np.cumsum(counts).tolist()
    spans = [(name, end - n, end) for name, n, end in zip(sorted(names), counts.tolist(), ends, strict=True)]
    return np.lexsort((rows["row_id"].to_numpy(), ranks)), spans


def _hashes_of(rows: pa.Table) -> Hashes:
    return np.frombuffer(b"".join(_bytes_of(chunk) for chunk in rows["leaf_hash"].chunks), np.uint8).reshape(-1, 32)


def _bytes_of(chunk: Any) -> bytes:
    data: bytes = chunk.cast(pa.binary(32)).buffers()[1].to_pybytes()
    start = 32 * chunk.cast(pa.binary(32)).offset
    return data[start : start + 32 * len(chunk)]


class _Growing:
    """Gather the leaves of each disclosure until its tree can be built, and place the cited rows in it."""

    def __init__(self, table: str) -> None:
        self._table = table
        self._hashes: dict[str, list[Hashes]] = {}
        self._positions: dict[str, list[NDArray[Any]]] = {}
        self._n_opened: dict[str, int] = {}

    def add(self, leaves: Leaves) -> pa.Table:
        """Take leaves in, and return the cited rows with their position in the place of their id."""
        cited = leaves.cited
        positions = np.zeros(cited.num_rows, np.int64)
        codes = cited["disclosure_id"].combine_chunks().dictionary_encode()
        of_id = {name: code for code, name in enumerate(codes.dictionary.to_pylist())}
        indices = codes.indices.to_numpy(zero_copy_only=False)
        for disclosure_id, start, end in leaves.spans:
            before = sum(map(len, self._hashes.get(disclosure_id, ())))
            self._hashes.setdefault(disclosure_id, []).append(leaves.hashes[start:end])
            # Cited rows stand in the order of the leaves: those of a disclosure are one stretch.
            code = of_id.get(disclosure_id)
            low, high = (0, 0) if code is None else np.searchsorted(indices, [code, code + 1]).tolist()
            wanted = cited["row_id"][low:high].to_numpy()
            positions[low:high] = before + np.searchsorted(leaves.numbers[start:end], wanted)
            self._positions.setdefault(disclosure_id, []).append(positions[low:high])
            n_opened = int(pc.sum(cited["opened"][low:high]).as_py() or 0)
            self._n_opened[disclosure_id] = self._n_opened.get(disclosure_id, 0) + n_opened
        return cited.set_column(cited.column_names.index("row_id"), "position", pa.array(positions, pa.int64()))

    def finished(self) -> Iterator[tuple[dict[str, Any], list[pa.Table]]]:
        """Give for each disclosure what is said of its tree, and the nodes that its proofs need."""
        for disclosure_id, hashes in self._hashes.items():
            tree = grow(np.concatenate(hashes))
            positions = np.concatenate(self._positions[disclosure_id])
            counts = len(positions), self._n_opened[disclosure_id]
            yield (
                _described(self._table, disclosure_id, tree, counts),
                _completing(self._table, disclosure_id, tree, positions),
            )


def _described(table: str, disclosure_id: str, tree: Tree, counts: tuple[int, int]) -> dict[str, Any]:
    return {
        "table": table,
        "disclosure_id": disclosure_id,
        "size": tree.size,
        "root": (tree.root if tree.size else EMPTY_ROOT).hex(),
        "n_cited": counts[0],
        "n_opened": counts[1],
    }


def _completing(table: str, disclosure_id: str, tree: Tree, positions: NDArray[Any]) -> list[pa.Table]:
    if not len(positions):
        return []
    found = []
    for level, places, hashes in tree.completing(positions):
        n = len(places)
        columns = {
            "table": pa.repeat(pa.scalar(table), n),
            "disclosure_id": pa.repeat(pa.scalar(disclosure_id), n),
            "level": pa.repeat(pa.scalar(level, pa.int64()), n),
            "place": pa.array(places, pa.int64()),
            "hash": pa.Array.from_buffers(_HASH, n, [None, pa.py_buffer(hashes.tobytes())]),
        }
        found.append(pa.table(columns, schema=_NODES))
    return found


def _opened_sql(table: str, condition: str) -> str:
    """Return SQL of the cited rows among the rows ``r`` of a table that meet a condition, with what opens them.

    A row is opened as far as the published row of the same place shows the same.
    """
    form = LEAF_FORMS[table]
    same = [f'o."{name}" IS NOT DISTINCT FROM c."{name}"' for name in form.clear]
    same += [
        f"{_hours(f'o.{_quoted(name)}')} IS NOT DISTINCT FROM {_hours(f'c.{_quoted(name)}')}" for name in form.hours
    ]
    columns = ["disclosure_id", "row_id", "same AS opened", "unhex(leaf) AS leaf_hash"]
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


def _closed(table: str, rows: pa.Table) -> pa.Table:
    """Take out what is not opened: all of a closed row but its hash, the salt of a text that is masked."""
    form = LEAF_FORMS[table]
    opened = rows["opened"]
    types = {field.name: field.type for field in arrow_schema(ALL_TABLES[table])}
    columns: dict[str, Any] = {
        "disclosure_id": rows["disclosure_id"],
        "row_id": rows["row_id"].cast(pa.int64()),
        "opened": opened,
        "leaf_hash": _kept(rows["leaf_hash"].cast(_HASH), pc.invert(opened)),
    }
    for name in (*form.clear, *form.hours):
        # The number stays, so that every cited row can be found here.
        columns[name] = (
            rows[name].cast(types[name]) if name == form.number else _kept(rows[name].cast(types[name]), opened)
        )
    for name in form.committed:
        told = pc.and_(opened, rows[f"told_{name}"]) if name != TIMES else pc.and_(opened, False)
        columns[f"commitment_{name}"] = _kept(rows[f"commitment_{name}"].cast(_HASH), pc.and_not(opened, told))
        if name != TIMES:
            columns[name] = _kept(rows[name], told)
            columns[f"salt_{name}"] = _kept(rows[f"salt_{name}"].cast(_SALT), told)
    return pa.table(columns)


def _kept(column: Any, where: Any) -> Any:
    return pc.if_else(where, column, pa.scalar(None, column.type))


def _net(expression: str) -> str:
    """Return SQL of the parts of a netstring, for ``concat``."""
    return f"strlen({expression}), ':', {expression}, ','"


def _committed_sql(table: str, condition: str, *, only_cited: bool = False) -> str:
    """Return SQL of the rows ``r`` of a table that meet a condition, with row_id, salts, commitments and leaf."""
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
    passing = ["leaf_key", *(["exact_times"] if times else []), *(f"seed_{number}" for number, _ in pairs)]
    return (
        f"WITH numbered AS (SELECT {', '.join(map(_quoted, kept))}, {_row_id(form)} AS row_id"
        f" FROM {table} r WHERE {condition}),\n"
        f"keyed AS (SELECT numbered.*, leaf_key{exact} FROM numbered{cited}"
        " JOIN leaf_keys k ON k.disclosure_id = numbered.disclosure_id),\n"
        f"seeded AS (SELECT *{''.join(', ' + seed for seed in seeds)} FROM keyed),\n"
        f"salted AS (SELECT *{''.join(', ' + salt for salt in salts)} FROM seeded),\n"
        f"sealed AS (SELECT *{''.join(', ' + item for item in commitments)} FROM salted)\n"
        f"SELECT * EXCLUDE ({', '.join(passing)}), {_leaf_sql(form, table)} AS leaf FROM sealed"
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
