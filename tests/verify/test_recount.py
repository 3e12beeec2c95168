"""Recounting: the operations, which columns are read for them, and what does not fit."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pyarrow as pa
import pytest

from custodiet.verify.recount import Recounter, RecountError, Spec

TABLES = {
    "evidence": pa.table(
        {
            "indicator_id": ["a", "a", "a", "b", "b"],
            "disclosure_id": ["d", "d", "e", "d", None],
            "record_no": [1, 2, 1, 2, 3],
            "counted": ["x > y", "x > y", None, "x > z", "x > z"],
        }
    ),
    # Two sightings of one record, one of a record without evidence, and one without a place.
    "sightings": pa.table(
        {
            "search_key": ["s1", "s2", "s2", "s3", "s4"],
            "disclosure_id": ["d", "d", "d", "e", None],
            "record_no": [1, 2, 2, 9, 3],
            "reason": ["r"] * 5,
        }
    ),
    "searches": pa.table({"networks": [1, 5, None, 9, 0], "devices": [None] * 5, "purposes": [["x"]] * 5}),
}
JOIN = {"table": "sightings", "on": ["disclosure_id", "record_no"]}


class Read:
    """Give tables as a bundle does, and remember what was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    def __call__(self, name: str, columns: Collection[str]) -> pa.Table:
        table = TABLES[name]
        self.asked.append((name, tuple(sorted(columns))))
        return table.select([column for column in table.column_names if column in columns])


@pytest.mark.parametrize(
    ("spec", "number"),
    [
        ({"table": "searches", "count": "rows"}, 5),
        ({"table": "searches", "where": [], "count": {"sum": "networks"}}, 15),
        ({"table": "searches", "where": [{"column": "networks", "at_least": 1}], "count": "rows"}, 3),
        (
            {
                "table": "searches",
                "where": [{"column": "networks", "at_least": 1}, {"column": "networks", "below": 9}],
                "count": "rows",
            },
            2,
        ),
        ({"table": "searches", "where": [{"column": "networks", "is": None}], "count": "rows"}, 1),
        ({"table": "evidence", "where": [{"column": "indicator_id", "is": "a"}], "count": {"distinct": "counted"}}, 1),
        ({"table": "evidence", "where": [{"column": "indicator_id", "is": "none"}], "count": "rows"}, 0),
        ({"table": "evidence", "where": [{"column": "disclosure_id", "one_of": ["d", "f"]}], "count": "rows"}, 3),
        # Rows without a partner stay; a row with two partners is there twice, its search once; null fits no null.
        ({"table": "evidence", "join": JOIN, "count": "rows"}, 7),
        ({"table": "evidence", "join": JOIN, "count": {"distinct": "search_key"}}, 2),
        (
            {
                "table": "evidence",
                "join": JOIN,
                "where": [{"column": "indicator_id", "is": "b"}],
                "count": {"distinct": "search_key"},
            },
            1,
        ),
        (
            {
                "table": "evidence",
                "join": JOIN,
                "where": [{"column": "search_key", "is": None}, {"column": "indicator_id", "is": "a"}],
                "count": "rows",
            },
            1,
        ),
    ],
)
def test_a_recount_gives_the_number(spec: Spec, number: int) -> None:
    assert Recounter(Read()).count(spec) == number


def test_only_the_columns_that_a_recount_looks_at_are_read_and_those_once() -> None:
    recounter = Recounter(read := Read())
    for indicator in ("a", "b"):
        where = [{"column": "indicator_id", "is": indicator}]
        recounter.count({"table": "evidence", "join": JOIN, "where": where, "count": {"distinct": "search_key"}})
    recounter.count({"table": "searches", "where": [], "count": "rows"})
    joined = ("disclosure_id", "indicator_id", "record_no", "search_key")
    assert read.asked == [("evidence", joined), ("sightings", joined), ("searches", ())]


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"table": "searches"},
        {"table": "searches", "count": "all"},
        {"table": "searches", "count": {"most": "networks"}},
        {"table": "searches", "count": {"sum": "absent"}},
        {"table": "searches", "count": {"distinct": "purposes"}},
        {"table": "searches", "count": {"distinct": ["networks"]}},
        {"table": "searches", "count": {"distinct": None}},
        {"table": "searches", "where": [{"column": "absent", "is": 1}], "count": "rows"},
        {"table": "searches", "where": [{"column": "networks", "like": 1}], "count": "rows"},
        {"table": "searches", "where": [{"is": 1}], "count": "rows"},
        {"table": "searches", "where": ["networks"], "count": "rows"},
        {"table": "searches", "where": 7, "count": "rows"},
        {"table": "../searches", "count": "rows"},
        {"table": "absent", "count": "rows"},
        {"table": "evidence", "join": {"table": "absent", "on": ["record_no"]}, "count": "rows"},
        {"table": "evidence", "join": {"table": "sightings", "on": ["absent"]}, "count": "rows"},
        {"table": "evidence", "join": {"table": "sightings", "on": 3}, "count": "rows"},
        {"table": "evidence", "join": "sightings", "count": "rows"},
    ],
)
def test_what_does_not_fit_the_tables_is_told_in_one_way(spec: dict[str, Any]) -> None:
    with pytest.raises(RecountError, match=r"^The recount does not fit the tables \([A-Za-z]+\)\.$"):
        Recounter(Read()).count(spec)
