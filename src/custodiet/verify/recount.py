"""Recount published numbers from tables, by counts with filters that are data, not a query language.

A recount is a JSON object:

* ``table``: the table whose rows are counted,
* ``where``: conditions that all hold: ``{"column": …, "is": value}`` (null fits null),
  ``{"column": …, "one_of": [values]}``, ``{"column": …, "at_least": n}``, ``{"column": …, "below": n}``,
* ``join`` (optional): ``{"table": …, "on": [columns]}``; rows without a partner stay,
* ``count``: ``"rows"``, ``{"distinct": column}`` (nulls are not counted), ``{"sum": column}``, or
  ``{"json": column, "at": path}``: the number at a place of a JSON text that one row holds,
* ``of`` (optional): which number of the claim it gives: ``denominator``, ``not_evaluable``, ``low``, ``high`` or
  ``alternative-N``; else the number itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

Spec = Mapping[str, Any]
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")


class RecountError(Exception):
    """A recount asks for what the tables do not have."""


class Recounter:
    """Recount numbers from tables that are read once.

    Args:
        read: Gives a table by its name, with at least those of the named columns that it has; raises ``KeyError`` if
            there is none. A log of millions is never read whole for the count of one column.
    """

    def __init__(self, read: Callable[[str, Collection[str]], pa.Table]) -> None:
        self._read = read
        self._tables: dict[tuple[str, ...], pa.Table] = {}
        self._joined: dict[tuple[str, ...], pa.Table] = {}
        self._grouped: dict[tuple[str, ...], dict[Any, int]] = {}
        self._texts: dict[tuple[str, ...], dict[Any, str]] = {}

    def count(self, spec: Spec) -> int:
        """Return the number that a recount gives.

        Raises:
            RecountError: It is malformed, or names a table or column that is not there.
        """
        try:
            return self._count(spec)
        except Exception as error:
            # The recount is hostile input: which exceptions Arrow raises depends on what stands in it.
            raise RecountError(f"The recount does not fit the tables ({type(error).__name__}).") from None

    def _count(self, spec: Spec) -> int:
        rows, place = self._rows(spec)
        where = spec.get("where", [])
        if "json" in spec["count"]:
            return self._told(rows, place, where, spec["count"])
        if len(where) == 1 and set(where[0]) == {"column", "is"}:
            return self._by_group(rows, (*place, where[0]["column"]), spec["count"]).get(where[0]["is"], 0)
        for condition in where:
            rows = rows.filter(_holds(rows, condition))
        return _counted(rows, spec["count"])

    def _rows(self, spec: Spec) -> tuple[pa.Table, tuple[str, ...]]:
        name, asked = spec["table"], _columns(spec)
        if "join" not in spec:
            return self._table(name, asked), (name,)
        other, on = spec["join"]["table"], spec["join"]["on"]
        place = (name, other, *on)
        if (*place, "", *asked) not in self._joined:
            left, right = self._table(name, {*asked, *on}), self._table(other, {*asked, *on})
            columns = [column for column in right.column_names if column in on or column not in left.column_names]
            # The rows on the right of a join are held, those on the left pass by: sightings are many.
            joined = right.select(columns).join(left, keys=list(on), join_type="right outer")
            self._joined[*place, "", *asked] = joined
        return self._joined[*place, "", *asked], place

    def _table(self, name: str, columns: Collection[str]) -> pa.Table:
        if not _NAME.fullmatch(name):
            raise KeyError(name)
        key = (name, *sorted(columns))
        if key not in self._tables:
            read = self._read(name, columns)
            plain = [
                field.name for field in read.schema if field.name in columns and not pa.types.is_nested(field.type)
            ]
            self._tables[key] = read.select(plain)
        return self._tables[key]

    def _by_group(self, rows: pa.Table, place: tuple[str, ...], count: Any) -> dict[Any, int]:
        """Count all groups of a column at once: a sheet asks the same of many values."""
        key = (*place, str(count))
        if key not in self._grouped:
            column = place[-1]
            measure, options = _aggregate(count)
            grouped = rows.group_by(column).aggregate([(measure, *options)])
            values = grouped.column(next(i for i, n in enumerate(grouped.column_names) if n != column)).to_pylist()
            self._grouped[key] = {
                name: int(value or 0) for name, value in zip(grouped[column].to_pylist(), values, strict=True)
            }
        return self._grouped[key]

    def _told(self, rows: pa.Table, place: tuple[str, ...], where: Any, count: Any) -> int:
        """Give the number at a place of the JSON text in the one row that a column tells."""
        (condition,) = where
        column = condition["column"]
        key = (*place, column, count["json"])
        if key not in self._texts:
            names, texts = rows[column].to_pylist(), rows[count["json"]].to_pylist()
            if len(set(names)) != len(names):
                raise ValueError(column)
            self._texts[key] = dict(zip(names, texts, strict=True))
        found = json.loads(self._texts[key][condition["is"]])
        for step in count["at"]:
            found = found[step]
        return int(found)


def _columns(spec: Spec) -> list[str]:
    """Name the columns that a recount looks at, but for those of its join."""
    count = spec["count"]
    counted = [] if count == "rows" else [count["json"]] if "json" in count else list(count.values())
    return sorted({*(condition["column"] for condition in spec.get("where", [])), *counted})


def _aggregate(count: Any) -> tuple[Any, tuple[Any, ...]]:
    if count == "rows":
        return [], ("count_all",)
    ((what, column),) = count.items()
    if what == "distinct":
        return column, ("count_distinct", pc.CountOptions(mode="only_valid"))
    if what == "sum":
        return column, ("sum",)
    raise ValueError(what)


def _counted(rows: pa.Table, count: Any) -> int:
    if count == "rows":
        return int(rows.num_rows)
    ((what, column),) = count.items()
    if what == "distinct":
        return int(pc.count_distinct(rows[column], mode="only_valid").as_py())
    if what == "sum":
        return int(pc.sum(rows[column]).as_py() or 0)
    raise ValueError(what)


def _holds(rows: pa.Table, condition: Mapping[str, Any]) -> Any:
    column = rows[condition["column"]]
    ((operator, value),) = ((name, item) for name, item in condition.items() if name != "column")
    if operator == "is":
        return pc.is_null(column) if value is None else pc.fill_null(pc.equal(column, value), False)
    if operator == "one_of":
        return pc.is_in(column, value_set=pa.array(value, column.type))
    if operator == "at_least":
        return pc.fill_null(pc.greater_equal(column, value), False)
    if operator == "below":
        return pc.fill_null(pc.less(column, value), False)
    raise ValueError(operator)
