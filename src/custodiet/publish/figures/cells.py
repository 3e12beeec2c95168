"""Numbers of cells of search logs: which are shown, blank, masked, withheld or not exported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from custodiet.model.terms import CellState
from custodiet.publish.figures.figure import Count, Figure, literal

STATES: Final = ("reason", "case_number", "user", "plate")
FILLED: Final = ("search_id", "networks", "devices", "window_start", "offense_type")
HIDDEN: Final = ("masked", "withheld", "partial", "not-exported")
# Logs of which a table is shown, by producer and kind where there are more.
LOGS: Final = 25
_WORDS: Final = tuple(str(state) for state in CellState)
# By the few combinations that there are: a count under each of thirty conditions takes five times as long.
_COUNTS: Final = f"""
SELECT disclosure_id, producer, kind, {", ".join(f"{name}_state" for name in STATES)}, count(*),
       {", ".join(f"count({name})" for name in FILLED)}
FROM {{records}} GROUP BY ALL ORDER BY ALL
"""
_KEYS: Final = (
    *FILLED, *(f"{name}.{word}" for name in STATES for word in _WORDS), *(f"{name}.not told" for name in STATES),
)  # fmt: skip
Condition = Mapping[str, Any]


def of_cells(count: Count) -> Iterator[Figure]:
    """Count the cells of all logs and of each of the longest logs by their state."""
    rows = [(*row[:3], *_told(row[3:])) for row in count(_COUNTS)]
    if not rows:
        return
    yield from _of_all(rows)
    logs: dict[tuple[Any, ...], list[int]] = {}
    grouped = len({row[0] for row in rows}) > LOGS
    for disclosure, producer, kind, *counts in rows:
        key = (producer, kind) if grouped else (disclosure,)
        logs[key] = [a + b for a, b in zip(logs.get(key, [0] * len(counts)), counts, strict=True)]
    longest = sorted(logs, key=lambda key: (-logs[key][0], *map(str, key)))[: 2 * LOGS]
    for key in longest:
        yield from _of_log(key, logs[key])


def _told(row: tuple[Any, ...]) -> list[int]:
    """Give the rows of one combination, and how many of them count for each of the keys."""
    states, n, filled = row[: len(STATES)], int(row[len(STATES)]), row[len(STATES) + 1 :]
    by_state = [n * (state == word) for state in states for word in _WORDS]
    return [n, *map(int, filled), *by_state, *(n * (state is None) for state in states)]


def log_id(producer: str | None, kind: str | None) -> str:
    """Name the rows of all logs of a kind that one producer disclosed."""
    return f"figure.log.{producer or ''}.{kind or ''}"


def disclosed_id(disclosure: str) -> str:
    """Name the rows of one disclosure."""
    return f"figure.log.{disclosure}"


def _of_all(rows: list[tuple[Any, ...]]) -> Iterator[Figure]:
    added = [sum(column) for column in zip(*(row[3:] for row in rows), strict=True)]
    total, counts = added[0], dict(zip(_KEYS, added[1:], strict=True))
    for name in STATES:
        for word in (*_WORDS, "not told"):
            n, state = counts[f"{name}.{word}"], None if word == "not told" else word
            if n:
                yield Figure(
                    f"figure.cell.{name}.{word}", n, "rows of search logs",
                    f"The cell {name} is {word} in {n:,} of {total:,} rows of logs.",
                    "Released rows by the state of one cell.", total,
                    f"SELECT count(*) FROM {{records}} WHERE {name}_state IS NOT DISTINCT FROM {_literal(state)}",
                    ({"table": "records", "where": [{"column": f"{name}_state", "is": state}], "count": "rows"},),
                )  # fmt: skip
        hidden = sum(counts[f"{name}.{word}"] for word in HIDDEN)
        words = ", ".join(literal(word) for word in HIDDEN)
        yield Figure(
            f"figure.cell.{name}.hidden", hidden, "rows of search logs",
            f"The cell {name} is not shown in {hidden:,} of {total:,} rows of logs.",
            "Released rows whose cell is masked, withheld, hidden in part or not exported.", total,
            f"SELECT count(*) FROM {{records}} WHERE {name}_state IN ({words})",
            ({"table": "records", "where": [{"column": f"{name}_state", "one_of": list(HIDDEN)}], "count": "rows"},),
        )  # fmt: skip


def _of_log(key: tuple[Any, ...], counts: list[int]) -> Iterator[Figure]:
    name = log_id(*key) if len(key) > 1 else disclosed_id(*key)
    columns = ("producer", "kind") if len(key) > 1 else ("disclosure_id",)
    where: list[Condition] = [{"column": column, "is": value} for column, value in zip(columns, key, strict=True)]
    which = " AND ".join(
        f"{column} IS NOT DISTINCT FROM {_literal(value)}" for column, value in zip(columns, key, strict=True)
    )
    told, n = ", ".join(str(value) for value in key), counts[0]
    yield Figure(
        name, n, "rows of search logs", f"{n:,} rows of logs: {told}.",
        "Released rows of logs of one producer and kind.", None, f"SELECT count(*) FROM {{records}} WHERE {which}",
        ({"table": "records", "where": where, "count": "rows"},),
    )  # fmt: skip
    for cell, some in zip(_KEYS, counts[1:], strict=True):
        if not 0 < some < n:
            continue
        column, _, word = cell.partition(".")
        if word:
            state = None if word == "not told" else word
            is_so = f"{column}_state IS NOT DISTINCT FROM {_literal(state)}"
            more: tuple[Condition, ...] = ({"column": f"{column}_state", "is": state},)
        else:
            is_so, more = f"{column} IS NOT NULL", ()
        yield Figure(
            f"{name}.{cell}", some, "rows of search logs",
            f"The cell {column} is {word or 'shown'} in {some:,} of {n:,} rows of the log {told}.",
            "Released rows of logs of one producer and kind, by the state of one cell.", n,
            f"SELECT count(*) FROM {{records}} WHERE {which} AND {is_so}",
            ({"table": "records", "where": [*where, *more], "count": "rows"},) if more else (),
        )  # fmt: skip


def _literal(value: str | None) -> str:
    return "NULL" if value is None else literal(value)
