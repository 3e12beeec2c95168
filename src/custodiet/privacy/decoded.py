"""Read back what would be published, as a stranger would: cells of tables, and running text.

A *cell* is a whole value (a table cell, a JSON string); *prose* is text in which values may stand.
What cannot be read back cannot be checked, so it is refused.
"""

from __future__ import annotations

import gzip
import html
import io
import json
import re
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from lxml import etree
from lxml import html as lxml_html

from custodiet.case.stored import StoredRows
from custodiet.privacy.formulas import rearm

_CELLS: Final = frozenset({"td", "th", "dd", "dt", "option"})
_PICTURES: Final = frozenset({".png", ".jpg", ".jpeg", ".woff", ".woff2", ".ico"})
_COMMENT: Final = re.compile(rb"<!--(.*?)-->|<\?(.*?)\?>", re.DOTALL)
_DEPTH: Final = 3
# Beyond so many distinct cells, those of one token are looked up by the engine and not one by one.
_MANY: Final = 5_000
# Ids of the tables themselves: nothing to look for but the whole.
OPAQUE: Final = r"(?:account-|[a-z])?[0-9a-f]{12,}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

_SHORTEST_ID: Final = 12
_UUID_LENGTH: Final = 36
_UUID_DASHES: Final = (8, 13, 18, 23)
_HEX: Final = b"0123456789abcdef"


@dataclass(frozen=True, slots=True)
class Decoded:
    """Hold the texts of one place of an output.

    Attributes:
        place: Output, and column or part of it; never a value.
        cells: Distinct whole values, but for ids.
        prose: Running texts.
        table: The rows, where the place is a table.
        ids: Distinct cells that are nothing but a long id, in which only the whole can be told.
        tokens: Distinct cells that are one run of ASCII letters and digits, where a column has very many.
    """

    place: str
    cells: tuple[str, ...] = ()
    prose: tuple[str, ...] = ()
    table: pa.Table | StoredRows | None = None
    ids: pa.Array | None = None
    tokens: pa.Array | None = None


class Undecodable(Exception):
    """An output cannot be read back."""


def decode(name: str, output: bytes | pa.Table | StoredRows, depth: int = 0) -> Iterator[Decoded]:
    """Give the texts of one output, file names included.

    Raises:
        Undecodable: It cannot be read back, so nothing can be said of it.
    """
    if isinstance(output, (pa.Table, StoredRows)):
        yield from _table(name, output)
        return
    yield Decoded(f"the name of {name}", prose=(PurePosixPath(name).name,))
    form = PurePosixPath(name).suffix.lower()
    try:
        yield from _file(name, form, output, depth)
    except (pa.ArrowException, ValueError, OSError, zipfile.BadZipFile, etree.LxmlError) as error:
        raise Undecodable(f"{name} cannot be read back ({type(error).__name__})") from None


def _file(name: str, form: str, data: bytes, depth: int) -> Iterator[Decoded]:
    if form == ".parquet":
        table = pq.read_table(pa.BufferReader(data))
        yield from _table(name, table)
        metadata = table.schema.metadata or {}
        yield Decoded(f"{name}, metadata", prose=tuple(value.decode() for value in metadata.values()))
    elif form == ".csv":
        yield from _csv(name, data)
    elif form in (".jsonl", ".ndjson"):
        yield _json(name, [json.loads(line) for line in data.decode().splitlines() if line])
    elif form in (".json", ".intoto"):
        yield _json(name, json.loads(data))
    elif form in (".html", ".htm", ".svg", ".xml"):
        yield _markup(name, data)
    elif form == ".pdf":
        yield Decoded(name, prose=tuple(_pdf_pages(data)))
    elif form == ".gz":
        yield from _inside(name, name.removesuffix(".gz"), gzip.decompress(data), depth)
    elif form == ".zip":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.namelist():
                yield from _inside(name, f"{name}/{member}", archive.read(member), depth)
    elif form not in _PICTURES:
        yield Decoded(name, prose=(data.decode("utf-8-sig"),))


def _inside(outer: str, name: str, data: bytes, depth: int) -> Iterator[Decoded]:
    if depth >= _DEPTH:
        raise Undecodable(f"{outer} is packed too deep to be read back")
    yield from decode(name, data, depth + 1)


def _table(name: str, table: pa.Table | StoredRows) -> Iterator[Decoded]:
    yield Decoded(name, cells=tuple(table.column_names), table=table)
    for column in table.column_names:
        place = f"{name}, column {column}"
        kind = table.schema.field(column).type
        if pa.types.is_string(kind):
            found = _parted(place, *_distinct(table, column))
        elif _holds_text(kind):
            found = Decoded(place, tuple(_texts_of(table.column(column))))
        else:
            continue
        if found.cells or found.ids is not None or found.tokens is not None:
            yield found


def _holds_text(kind: pa.DataType) -> bool:
    """Tell whether a column of a type can hold text in what it holds, or as bytes or keys."""
    tests = (pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary, pa.types.is_dictionary,
             pa.types.is_nested)  # fmt: skip
    return any(test(kind) for test in tests)


def _distinct(table: pa.Table | StoredRows, column: str) -> tuple[pa.Array, pa.Array]:
    """Return the distinct cells of a text column: long ids and the rest; of stored rows an id may be given twice."""
    if isinstance(table, pa.Table):
        return _without_ids(pc.unique(table.column(column)))
    with ThreadPoolExecutor() as threads:
        parts = list(threads.map(lambda read: _without_ids(read()), table.part_texts(column)))
    empty = pa.array([], pa.string())
    ids = pa.concat_arrays([empty, *(part[0] for part in parts)])
    return ids, pc.unique(pa.concat_arrays([empty, *(part[1] for part in parts)]))


def _without_ids(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    texts = pc.drop_null(texts)
    if are_ids(texts):
        return texts, texts[:0]
    distinct = pc.unique(texts)
    opaque = pc.match_substring_regex(distinct, f"^(?:{OPAQUE})$")
    return distinct.filter(opaque), distinct.filter(pc.invert(opaque))


def are_ids(texts: pa.Array) -> bool:
    """Tell quickly that texts are all hexadecimal ids of one length; a no is no answer.

    A regular expression takes a hundred times as long, and logs have an id in every row.
    """
    if not len(texts):
        return False
    ends = np.frombuffer(texts.buffers()[1], np.int32)[texts.offset : texts.offset + len(texts) + 1]
    length = int(ends[1] - ends[0])
    if length < _SHORTEST_ID or not (np.diff(ends) == length).all():
        return False
    data = texts.buffers()[2][int(ends[0]) : int(ends[-1])].to_pybytes()
    n_others = len(data.translate(None, _HEX))
    if length != _UUID_LENGTH:
        return n_others == 0
    dashes = np.frombuffer(data, np.uint8).reshape(-1, length)[:, _UUID_DASHES] == ord("-")
    return n_others == dashes.size and bool(dashes.all())


def _parted(place: str, ids: pa.Array, rest: pa.Array) -> Decoded:
    """Part the cells that are no ids into those to read and, where there are very many, tokens."""
    tokens = None
    if len(rest) > _MANY:
        whole = pc.match_substring_regex(rest, "^[A-Za-z0-9]+$")
        tokens, rest = rest.filter(whole), rest.filter(pc.invert(whole))
    cells = tuple(text for text in rest.to_pylist() if text)
    return Decoded(place, cells, ids=ids if len(ids) else None, tokens=tokens)


def _texts_of(column: pa.ChunkedArray) -> list[str]:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _texts_of(column.cast(kind.value_type))
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return [text for text in pc.unique(column).to_pylist() if text]
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _texts_of(pc.list_flatten(column))
    if pa.types.is_struct(kind):
        fields = (pc.struct_field(column, index) for index in range(kind.num_fields))
        return [text for field in fields for text in _texts_of(field)]
    if pa.types.is_map(kind) or pa.types.is_binary(kind):
        return list(_strings(column.to_pylist()))
    return []


def _csv(name: str, data: bytes) -> Iterator[Decoded]:
    header = pa_csv.open_csv(pa.BufferReader(data)).schema.names
    table = pa_csv.read_csv(
        pa.BufferReader(data),
        parse_options=pa_csv.ParseOptions(newlines_in_values=True),
        convert_options=pa_csv.ConvertOptions(
            column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=True, quoted_strings_can_be_null=False
        ),
    )
    yield Decoded(name, cells=tuple(table.column_names), table=table)
    for column in table.column_names:
        texts = tuple(rearm(text) for text in _texts_of(table.column(column)))
        if not all(_NUMBER.fullmatch(text) for text in texts):
            yield Decoded(f"{name}, column {column}", cells=texts)


_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?|\d{4}-\d\d-\d\d(?:T[\d:.]+Z?)?")


def _json(name: str, value: Any) -> Decoded:
    texts = dict.fromkeys(_strings(value))
    return Decoded(name, cells=tuple(texts))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, bytes):
        yield value.decode("utf-8", "replace")
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _strings(key)
            yield from _strings(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _strings(inner)


def _markup(name: str, data: bytes) -> Decoded:
    tree = lxml_html.fromstring(data, parser=lxml_html.HTMLParser(encoding="utf-8", huge_tree=True))
    cells: list[str] = []
    prose = [comment.decode("utf-8", "replace") for found in _COMMENT.findall(data) for comment in found]
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        prose += [value for value in element.attrib.values() if not value.startswith("data:")]
        (cells if element.tag in _CELLS else prose).append(html.unescape(element.text or ""))
        prose.append(element.tail or "")
    # Words that mark-up tears apart stand together again in the text of the whole.
    prose.append(" ".join(tree.text_content().split()))
    return Decoded(name, cells=tuple(dict.fromkeys(cells)), prose=tuple(dict.fromkeys(prose)))


def _pdf_pages(data: bytes) -> Iterator[str]:
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    try:
        yield " ".join(str(value) for value in document.get_metadata_dict().values())
        for index in range(len(document)):
            page = document[index]
            text = page.get_textpage()
            yield text.get_text_bounded()
            text.close()
            page.close()
    finally:
        document.close()
