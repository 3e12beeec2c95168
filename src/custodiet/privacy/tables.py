"""A contract table as it may be seen by anyone.

Every column leaves as ``model.tables`` says. Beyond the columns:

* rows that hide what another disclosure shows lose what they could be joined by (``copies``);
* rows of a public page keep the exact time when no other kind of log records the search;
* indicators and findings about an account stay in the case unless a reviewer added the rule with a
  reason, and then name the account by the pseudonym of the publication;
* receipts say neither who sent a file nor what was noted beside it;
* entries of lists that may be names of persons are pseudonyms, in every column (``named``);
* folders are cut from every place that could name one: they are named after staff at times.

Heavy steps run in the engine; texts and accounts are treated once per distinct value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from custodiet.case import Case
from custodiet.case.stored import parts_of
from custodiet.case.types import arrow_schema
from custodiet.model.errors import UsageError
from custodiet.model.tables import CONTRACT_TABLES, Column, Table
from custodiet.privacy.copies import PUBLIC_ROWS, exposed_rows
from custodiet.privacy.named import outward_names
from custodiet.privacy.publication import Publication, subject_pseudonym
from custodiet.privacy.receipts import with_public_receipts
from custodiet.privacy.text import outward_json, outward_texts

_SHOWN: Final = "('value', 'partial')"
_JOINED_BY: Final = frozenset({"search_id", "networks", "devices"})
_ABOUT_ACCOUNTS: Final = frozenset({"indicators", "findings"})
_ACCOUNT: Final = re.compile(r"\baccount ([0-9a-f]{10})\b")
_OWNER: Final = {"records": "t.org", "events": "d.producer"}
# Microseconds of an hour.
_HOUR: Final = 3_600_000_000
# Tables with a row or more for each search: millions of rows, so that they are given in parts.
LONG_TABLES: Final = ("records", "searches", "sightings")
_LOGS: Final = frozenset({"records"})
_PATHS: Final = re.compile(r"(?:[^/\\\n]*[/\\])+")


def outward_table(publication: Publication, table: str, *, without: Collection[str] = ()) -> pa.Table:
    """Return a contract table as it may be published, in its export order.

    Args:
        publication: What is published, and under which name.
        table: Name of a contract table.
        without: Columns to leave out, for speed: long lists of evidence, say.

    Returns:
        The rows of the table without the columns that stay in the case; names and types as in
        ``model.tables``.

    Raises:
        UsageError: There is no contract table of that name.
    """
    definition = CONTRACT_TABLES.get(table)
    if definition is None:
        raise UsageError(
            "is no table that can be published.", where=table, hint=f"Tables: {', '.join(sorted(CONTRACT_TABLES))}."
        )
    columns = [column for column in definition.columns if column.leaves != "never" and column.name not in without]
    with ExitStack() as stack:
        stack.enter_context(outward_names(publication))
        rows = publication.case.query(_View(publication, definition, stack, columns).sql())
    rows = rows.cast(_schema(definition, columns))
    if table in _ABOUT_ACCOUNTS:
        rows = _with_accounts_renamed(publication, rows)
    if "receipt" in rows.column_names and "sha256" in rows.column_names:
        rows = with_public_receipts(publication.case, rows)
    return _without_folders(publication.case, rows) if table == "problems" else rows


def outward_parts(publication: Publication, table: str) -> Iterator[pa.Table]:
    """Give the rows of :func:`outward_table` in the same order, so many at a time that a log of millions fits.

    Args:
        publication: What is published, and under which name.
        table: One of :data:`LONG_TABLES`.
    """
    definition = CONTRACT_TABLES[table]
    columns = [column for column in definition.columns if column.leaves != "never"]
    schema = _schema(definition, columns)
    case = publication.case
    with ExitStack() as stack:
        stack.enter_context(outward_names(publication))
        view = _View(publication, definition, stack, columns)
        if table in _LOGS:
            # Rows of a log stand in the case as they are published: no sorting of the whole.
            for part in parts_of(case, table):
                condition, parameters = part.where("t")
                yield _in_order(case.query(view.unordered_sql(condition), parameters).cast(schema), definition.order)
        else:
            for rows in case.batches(view.sql()):
                yield rows.cast(schema)


def _in_order(rows: pa.Table, keys: Sequence[str]) -> pa.Table:
    """Put rows in the order of their keys; rows of a log mostly stand so, and looking is cheaper than sorting."""
    if rows.num_rows < 2:
        return rows
    # From the last key to the first: a pair stands in order if a key rises, or stays and the later keys are in order.
    in_order = pa.scalar(True)
    for key in reversed(keys):
        column = rows.column(key).combine_chunks()
        one, next_one = column[:-1], column[1:]
        in_order = pc.or_(pc.less(one, next_one), pc.and_(pc.equal(one, next_one), in_order))
    if pc.fill_null(pc.all(in_order, skip_nulls=False), False).as_py():
        return rows
    return rows.sort_by([(key, "ascending") for key in keys])


def outward_schema(table: str) -> pa.Schema:
    """Return names and types of a contract table as it is published."""
    definition = CONTRACT_TABLES[table]
    return _schema(definition, [column for column in definition.columns if column.leaves != "never"])


def _schema(definition: Table, columns: Sequence[Column]) -> pa.Schema:
    whole = arrow_schema(definition)
    return pa.schema([whole.field(column.name) for column in columns])


class _View:
    """Put the SELECT of an outward table together: one expression a column, one join a mapping."""

    def __init__(
        self, publication: Publication, definition: Table, stack: ExitStack, columns: Sequence[Column]
    ) -> None:
        self._publication = publication
        self._case = publication.case
        self._table = definition
        self._stack = stack
        self._joins: list[str] = []
        self._where: list[str] = []
        name = definition.name
        if name == "events":
            self._joins.append("LEFT JOIN disclosures d ON d.disclosure_id = t.disclosure_id")
        if name in ("records", "sightings"):
            self._mark_exposed()
        if name in _ABOUT_ACCOUNTS:
            self._leave_accounts_out()
        self._selects = [f'{self._expression(column)} AS "{column.name}"' for column in columns]

    def sql(self) -> str:
        """Return the SELECT, in export order."""
        order = ", ".join(f't."{key}" NULLS FIRST' for key in self._table.order)
        return f"{self.unordered_sql()} ORDER BY {order}"

    def unordered_sql(self, *conditions: str) -> str:
        """Return the SELECT without an order, narrowed to the rows ``t`` that meet all conditions."""
        met = [*self._where, *conditions]
        where = f" WHERE {' AND '.join(met)}" if met else ""
        return f"SELECT {', '.join(self._selects)} FROM {self._table.name} t {' '.join(self._joins)}{where}"

    def _expression(self, column: Column) -> str:
        cell = f't."{column.name}"'
        if column.leaves == "words":
            return self._mapped(column.name, cell, outward_texts)
        if column.leaves == "words-json":
            return self._mapped(column.name, cell, outward_json)
        if column.leaves == "name":
            return self._mapped(column.name, cell, lambda paths: [last_part(path) for path in paths])
        if column.leaves == "pseudonym":
            return self._account(column.name, cell)
        if column.leaves == "hour":
            return self._time(cell)
        if self._table.name == "records" and column.name in _JOINED_BY:
            return f"CASE WHEN x.record_no IS NULL THEN {cell} END"
        return cell

    def _mapped(self, name: str, cell: str, change: Callable[[Sequence[str]], Sequence[str | None]]) -> str:
        distinct = self._case.query(
            f'SELECT DISTINCT "{name}" AS text FROM {self._table.name} WHERE "{name}" IS NOT NULL'
        )
        texts = distinct.column("text").to_pylist()
        self._register(f"outward_{name}", {"text": texts, "outward": change(texts)})
        self._joins.append(f"LEFT JOIN outward_{name} ON outward_{name}.text = {cell}")
        return f"outward_{name}.outward"

    def _account(self, name: str, cell: str) -> str:
        """Give shown accounts a pseudonym; masked and blank cells stay as they are, cut to allowed words."""
        owner = _OWNER[self._table.name]
        shown = f"t.{name}_state IN {_SHOWN}"
        source = f"{self._table.name} t " + (self._joins[0] if "d." in owner else "")
        pairs = self._case.query(
            f"SELECT DISTINCT coalesce({owner}, '') AS owner, {cell} AS account FROM {source}"
            f" WHERE {shown} AND {cell} IS NOT NULL"
        )
        owners, accounts = pairs.column("owner").to_pylist(), pairs.column("account").to_pylist()
        outward = self._publication.accounts(zip(owners, accounts, strict=True))
        if self._publication.accounts_named:
            outward = accounts
        self._register("outward_accounts", {"owner": owners, "account": accounts, "outward": outward})
        self._joins.append(
            f"LEFT JOIN outward_accounts ON {shown} AND outward_accounts.owner = coalesce({owner}, '')"
            f" AND outward_accounts.account = {cell}"
        )
        hidden = self._mapped(name, cell, outward_texts)
        return f"CASE WHEN {shown} THEN outward_accounts.outward ELSE {hidden} END"

    def _time(self, cell: str) -> str:
        if self._table.name != "records":
            return _hour(cell)
        if cell != 't."searched_at"':
            # The period asked for is a way to join, too.
            return f"CASE WHEN x.record_no IS NULL THEN {_hour(cell)} END"
        spans = " ".join(f"WHEN x.span = '{span}' THEN date_trunc('{span}', {cell})" for span in ("day", "month"))
        return (
            f"CASE WHEN x.record_no IS NULL AND p.record_no IS NOT NULL THEN {cell}"
            f" WHEN x.record_no IS NULL OR x.span = 'hour' THEN {_hour(cell)} {spans} END"
        )

    def _mark_exposed(self) -> None:
        same = "ON {0}.disclosure_id = t.disclosure_id AND {0}.record_no = t.record_no"
        self._registered("exposed_rows", exposed_rows(self._publication))
        if self._table.name == "sightings":
            self._joins.append("LEFT JOIN exposed_rows x " + same.format("x"))
            self._where.append("x.record_no IS NULL")
            return
        self._registered("public_rows", self._case.query(PUBLIC_ROWS))
        self._joins.append("LEFT JOIN exposed_rows x " + same.format("x"))
        self._joins.append("LEFT JOIN public_rows p " + same.format("p"))

    def _leave_accounts_out(self) -> None:
        added = sorted(self._publication.account_results)
        self._register("added_rules", {"rule_id": added})
        self._where.append("(t.level IS DISTINCT FROM 'account' OR t.rule_id IN (SELECT rule_id FROM added_rules))")

    def _register(self, name: str, columns: Mapping[str, Sequence[str | None]]) -> None:
        self._registered(name, pa.table({key: pa.array(values, pa.string()) for key, values in columns.items()}))

    def _registered(self, name: str, rows: pa.Table) -> None:
        self._stack.enter_context(self._case.registered(name, rows))


def _hour(cell: str) -> str:
    """Cut an instant to its hour in UTC; counting is several times as fast as asking the calendar of a zone."""
    return f"make_timestamptz(epoch_us({cell}) - ((epoch_us({cell}) % {_HOUR}) + {_HOUR}) % {_HOUR})"


def last_part(path: str) -> str | None:
    """Return the last part of a path, or None when it names a folder."""
    last = re.split(r"[/\\]", path)[-1].strip()
    return last or None


def _with_accounts_renamed(publication: Publication, rows: pa.Table) -> pa.Table:
    """Write the publication's pseudonym where a subject or a sentence names an account of the case."""
    told = "level" in rows.column_names
    about = rows.column("level").to_pylist() if told else ["account"] * rows.num_rows
    if "account" not in about:
        return rows

    def renamed(match: re.Match[str]) -> str:
        return f"account {subject_pseudonym(publication, match[1])}"

    for name in {"subject", "statement"}.intersection(rows.column_names):
        place = rows.column_names.index(name)
        texts = [
            _ACCOUNT.sub(renamed, text) if level == "account" and text else text
            for text, level in zip(rows.column(name).to_pylist(), about, strict=True)
        ]
        rows = rows.set_column(place, name, pa.array(texts, pa.string()))
    return rows


def _without_folders(case: Case, problems: pa.Table) -> pa.Table:
    """Cut folders of the case's own files and archives from the text columns of the problems."""
    paths = case.rows(
        "SELECT member_path FROM disclosures WHERE member_path IS NOT NULL UNION SELECT path FROM files"
        " UNION SELECT file_name FROM problems WHERE file_name IS NOT NULL"
    )
    folders = {match[0] for (path,) in paths if path and (match := _PATHS.match(path))}
    ordered = sorted(folders, key=len, reverse=True)
    for name in {"where", "message"}.intersection(problems.column_names):
        place = problems.column_names.index(name)
        texts = [_cut(text, ordered) if text else text for text in problems.column(name).to_pylist()]
        problems = problems.set_column(place, name, pa.array(texts, pa.string()))
    return problems


def _cut(text: str, folders: Sequence[str]) -> str:
    for folder in folders:
        text = text.replace(folder, "")
    return re.sub(r"(?<![\w/])(?:[^\s/\\]+[/\\])+(?=[^\s/\\]*\.\w{2,4}\b)", "", text)
