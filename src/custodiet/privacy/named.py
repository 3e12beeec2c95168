"""While something is published, the case shows its lists without the names of persons among their entries.

A view of the same name stands before each table that holds such a name, so that figures, claims, report and network
count and join as before and see the pseudonym of the publication in the place of the name (``names`` says of which).
The tables themselves do not change: the hash trees are made of what was released. Names of producers are never
masked: who released records is not an entry of a list.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Final

import pyarrow as pa

from custodiet.case import Case
from custodiet.model.tables import ALL_TABLES, Column
from custodiet.privacy.names import personal_among, personal_of
from custodiet.privacy.publication import Publication
from custodiet.resolve.organisations import Organisation

_WORD: Final = re.compile(r"\w+")
_SHOWN: Final = "names shown"
_KNOWN: Final = "names of persons"
# Where a name stands in the tables of millions of rows; the other tables are looked through column by column.
_LONG: Final[dict[str, tuple[str, ...]]] = {
    "records": ("org", "producer"), "searches": ("org",), "sightings": (), "differences": (),
}  # fmt: skip
# What is said of files and accounts, and never of entries of lists.
_LEFT: Final = frozenset({"files", "repairs", "quotes", "decisions"})
_ENTRIES: Final = """
SELECT DISTINCT name FROM (
    SELECT org AS name FROM records UNION SELECT source FROM shares UNION SELECT recipient FROM shares
    UNION SELECT stated_by FROM shares UNION SELECT name FROM listed_names
) WHERE trim(name) <> '' ORDER BY 1
"""
_PRODUCERS: Final = """
SELECT producer FROM disclosures WHERE producer IS NOT NULL UNION SELECT producer FROM portals
"""
_CANONICAL: Final = """
SELECT o.canonical FROM organisations o LEFT JOIN personal_names p ON p.name = o.name
GROUP BY o.canonical HAVING bool_and(p.name IS NOT NULL)
"""


@dataclass(frozen=True, slots=True)
class PersonalNames:
    """Hold what is masked.

    Attributes:
        masked: Names, as released and canonical, to their pseudonym.
        kept: Names of organisations that hold one of them, and stay readable: "Bailey" in "Bailey County TX SO".
        starts: First word to the names that begin with it, also as SQL and JSON write them, longest first.
    """

    masked: dict[str, str]
    kept: frozenset[str]
    starts: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    def shown(self, text: str) -> str:
        """Return a cell, or a sentence, with pseudonyms in the place of names."""
        whole = self.masked.get(text)
        if whole is not None:
            return whole
        out, done = [], 0
        for word in _WORD.finditer(text):
            if word.start() < done or word[0] not in self.starts:
                continue
            for name, outward in self.starts[word[0]]:
                if _stands_at(name, text, word.start()):
                    out += [text[done : word.start()], outward]
                    done = word.start() + len(name)
                    break
        return "".join([*out, text[done:]]) if out else text


def _stands_at(name: str, text: str, start: int) -> bool:
    end = start + len(name)
    if not text.startswith(name, start):
        return False
    return end == len(text) or not (name[-1].isalnum() and (text[end].isalnum() or text[end] == "_"))


def personal_names(publication: Publication) -> PersonalNames:
    """Collect the names of persons among the entries of lists, once for a publication."""
    known = publication.remembered.get(_KNOWN)
    if known is None:
        known = publication.remembered[_KNOWN] = _collected(publication)
    found: PersonalNames = known
    return found


def _collected(publication: Publication) -> PersonalNames:
    case = publication.case
    producers = {name for (name,) in case.rows(_PRODUCERS)}
    entries = {name for (name,) in case.rows(_ENTRIES)}
    resolved = [Organisation(**row) for row in case.read("organisations").to_pylist()]
    unresolved = entries - {found.name for found in resolved}
    among = personal_of(found for found in resolved if found.name in entries) | personal_among(unresolved)
    personal = among - producers
    if not personal:
        return PersonalNames({}, frozenset())
    with case.registered("personal_names", pa.table({"name": pa.array(sorted(personal), pa.string())})):
        canonical = {name for (name,) in case.rows(_CANONICAL) if name} - producers
    names = sorted(personal | canonical)
    masked = dict(zip(names, publication.names(names), strict=True))
    others = (entries | producers | {name for (name,) in case.rows("SELECT canonical FROM organisations")}) - set(names)
    kept = frozenset(name for name in others if name and any(one in name for one in names))
    return PersonalNames(masked, kept, _starts(masked, kept))


def _starts(masked: Mapping[str, str], kept: Iterable[str]) -> dict[str, tuple[tuple[str, str], ...]]:
    forms = {form: outward for name, outward in masked.items() for form in _forms(name)}
    forms |= {form: form for name in kept for form in _forms(name)}
    starts: dict[str, list[tuple[str, str]]] = {}
    for form in sorted(forms, key=lambda form: (-len(form), form)):
        first = _WORD.search(form)
        if first is not None:
            # What stands before the first word says nothing of anybody.
            starts.setdefault(first[0], []).append((form[first.start() :], forms[form]))
    return {word: tuple(found) for word, found in starts.items()}


def _forms(name: str) -> tuple[str, ...]:
    """Give a name as it stands in running text, in a literal of SQL and in a text of JSON."""
    return tuple(dict.fromkeys((name, name.replace("'", "''"), json.dumps(name)[1:-1])))


@contextmanager
def outward_names(publication: Publication) -> Iterator[None]:
    """Let everything that reads the case in this block see pseudonyms in the place of names of persons.

    Blocks can stand in each other: the outermost makes the views and removes them. A second connection to the case
    (``Case.beside``) sees the case as it is.
    """
    case, shown = publication.case, f"{_SHOWN} {id(publication.case)}"
    if publication.remembered.get(shown):
        yield
        return
    names = personal_names(publication)
    with ExitStack() as stack:
        if names.masked:
            for table in ALL_TABLES:
                if table not in _LEFT:
                    _lay(case, table, names.shown, stack)
        publication.remembered[shown] = True
        try:
            yield
        finally:
            del publication.remembered[shown]


def _lay(case: Case, table: str, shown: Callable[[str], str], stack: ExitStack) -> None:
    """Put a view before a table in which something is masked."""
    changed: dict[str, str] = {}
    columns = []
    for column in _text_columns(table):
        differing = _differing(case, table, column, shown)
        if differing:
            columns.append(column)
            changed |= differing
    if not columns:
        return
    rows = pa.table({"text": pa.array(changed, pa.string()), "outward": pa.array(changed.values(), pa.string())})
    stack.enter_context(case.registered(f"outward_words_{table}", rows))
    stack.enter_context(case.shown_as(table, _select(table, columns)))


def _text_columns(table: str) -> Sequence[Column]:
    columns = [column for column in ALL_TABLES[table].columns if column.type in ("text", "text-list")]
    if table in _LONG:
        return [column for column in columns if column.name in _LONG[table]]
    return [column for column in columns if column.leaves in ("keep", "words-json")]


def _differing(case: Case, table: str, column: Column, shown: Callable[[str], str]) -> dict[str, str]:
    cell = f'"{column.name}"' if column.type == "text" else f'unnest("{column.name}")'
    texts: Iterable[str | None] = case.query(f"SELECT DISTINCT {cell} AS text FROM {table}")["text"].to_pylist()
    return {text: outward for text in texts if text and (outward := shown(text)) != text}


def _select(table: str, columns: Sequence[Column]) -> str:
    words = f"outward_words_{table}"
    joins, cells = [], []
    for number, column in enumerate(columns):
        cell = f'stored."{column.name}"'
        if column.type == "text":
            joins.append(f"LEFT JOIN {words} w{number} ON w{number}.text = {cell}")
            cells.append(f'coalesce(w{number}.outward, {cell}) AS "{column.name}"')
        else:
            joins.append(f"CROSS JOIN (SELECT map(list(text), list(outward)) AS told FROM {words}) w{number}")
            told = f"list_transform({cell}, lambda word: coalesce(w{number}.told[word], word))"
            cells.append(f'{told} AS "{column.name}"')
    return f"SELECT stored.* REPLACE ({', '.join(cells)}) FROM stored {' '.join(joins)}"
