"""Numbers of who searched: by level, by state and by organisation, with what the stated reasons tell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from custodiet.model.rates import wilson_interval
from custodiet.publish.figures.figure import ORGS, Count, Figure, literal
from custodiet.publish.figures.searches import CLASS_OF, of_each_set

CLASSES: Final = ("stated", "unknown", "uninformative", "hidden", "not told")
READABLE: Final = ("stated", "unknown", "uninformative")
# A rate of fewer is not shown; of more organisations only the first stand in the table.
ENOUGH: Final = 30
LISTED: Final = 25
# One row per organisation, as far as it is told, and class of reason.
SEARCHERS: Final = f"""
CREATE OR REPLACE TEMP TABLE figure_searchers AS
SELECT coalesce(o.org, s.org) AS org, coalesce(o.level, 'unknown') AS level, o.state, {CLASS_OF} AS class, s.n
FROM figure_sets s LEFT JOIN ({ORGS}) o ON o.name = s.org
"""
# One row per search, with what is told of the organisation that made it.
_EACH: Final = f"""
SELECT coalesce(o.org, s.org) AS org, coalesce(o.level, 'unknown') AS level, o.state, s.purposes
FROM {{searches}} s LEFT JOIN ({ORGS}) o ON o.name = s.org
"""
_NAMED: Final = {"level": "whose level is", "state": "whose state is", "org": "that is"}
_BY_CLASS: Final = "Searches, each counted once, by what the stated reason tells: a purpose, nothing, or not placed."
_IS_READABLE: Final = f"{CLASS_OF} IN ({', '.join(literal(word) for word in READABLE)})"


def of_searchers(count: Count) -> Iterator[Figure]:
    """Count searches by level and state of who made them, and those of organisations with many."""
    for kind in ("level", "state"):
        groups = _groups(count, kind)
        total = sum(sum(classes.values()) for classes in groups.values())
        for key, classes in groups.items():
            yield from _of_group(kind, key, classes, total)
        orgs = count(f"SELECT {kind}, count(DISTINCT org) FROM figure_searchers GROUP BY 1 ORDER BY 1")
        for key, n in orgs:
            yield Figure(
                f"figure.{kind}.{key or 'not known'}.organisations", int(n), "organisations",
                f"{n:,} organisations {_NAMED[kind]} {key or 'not known'} made searches.",
                "Organisations that a search names as the one that made it, each counted once.", None,
                f"SELECT count(DISTINCT org) FROM ({_EACH}) WHERE {_where(kind, key)}",
            )  # fmt: skip
    yield from _organisations(count)


def order(groups: dict[str, dict[str, int]]) -> list[str]:
    """Return the organisations of which rates are shown, highest lower end of the interval first."""
    enough = [(org, _readable(classes), classes.get("uninformative", 0)) for org, classes in groups.items()]
    ranked = [(-wilson_interval(part, whole)[0], org) for org, whole, part in enough if whole >= ENOUGH]
    return [org for _, org in sorted(ranked)]


def _organisations(count: Count) -> Iterator[Figure]:
    groups = _groups(count, "org")
    total = sum(sum(classes.values()) for classes in groups.values())
    named = {org: classes for org, classes in groups.items() if org is not None}
    n, unnamed = len(named), sum(groups.get(None, {}).values())
    yield Figure(
        "figure.searchers", n, "organisations", f"{n:,} organisations made searches.",
        "Organisations that a search names as the one that made it, each counted once.", None,
        f"SELECT count(DISTINCT org) FROM ({_EACH})",
    )  # fmt: skip
    yield Figure(
        "figure.searchers.unnamed", unnamed, "searches", f"{unnamed:,} of {total:,} searches do not show who searched.",
        "Searches, each counted once, without the name of an organisation.", total,
        "SELECT count(*) FROM {searches} WHERE org IS NULL",
        ({"table": "searches", "where": [{"column": "org", "is": None}], "count": "rows"},),
    )  # fmt: skip
    shown = order(named)
    few = n - len(shown)
    yield Figure(
        "figure.searchers.few", few, "organisations",
        f"{few:,} of {n:,} organisations made fewer than {ENOUGH} searches with a readable reason.",
        "Organisations, each counted once; no rate is given of them.", n,
        "SELECT count(*) FROM (SELECT org, sum(n) FILTER (" + _IS_READABLE + ") AS n FROM (SELECT org,"
        " coalesce(list_distinct(purposes), []) AS labels, n FROM (SELECT org, purposes, count(*) AS n FROM ("
        + _EACH + f") WHERE org IS NOT NULL GROUP BY ALL)) GROUP BY org) WHERE coalesce(n, 0) < {ENOUGH}",
    )  # fmt: skip
    for org in shown[:LISTED]:
        for figure in _of_group("org", org, named[org], total):
            if figure.id.endswith(("uninformative", "readable")) or figure.id == f"figure.org.{org}":
                yield figure


def _groups(count: Count, kind: str) -> dict[str | None, dict[str, int]]:
    groups: dict[str | None, dict[str, int]] = {}
    for key, word, n in count(f"SELECT {kind}, class, sum(n)::BIGINT FROM figure_searchers GROUP BY ALL ORDER BY ALL"):
        groups.setdefault(key, {})[word] = int(n)
    return groups


def _of_group(kind: str, key: str | None, classes: dict[str, int], total: int) -> Iterator[Figure]:
    whole, where, told = sum(classes.values()), _where(kind, key), f"{_NAMED[kind]} {key or 'not known'}"
    name = f"figure.{kind}.{key or 'not known'}"
    yield Figure(
        name, whole, "searches", f"{whole:,} of {total:,} searches were made by organisations {told}.",
        f"Searches, each counted once, by the {kind} that is told from the name of the searching organisation."
        if kind != "org"
        else "Searches, each counted once, by the searching organisation under its one name.",
        total, f"SELECT count(*) FROM ({_EACH}) WHERE {where}",
    )  # fmt: skip
    readable = _readable(classes)
    yield Figure(
        f"{name}.readable", readable, "searches",
        f"{readable:,} of {whole:,} searches by organisations {told} show a readable reason.", _BY_CLASS, whole,
        of_each_set(f"({_EACH}) WHERE {where}", _IS_READABLE),
    )  # fmt: skip
    for word in CLASSES:
        n = classes.get(word, 0)
        yield Figure(
            f"{name}.{word.replace(' ', '-')}", n, "searches",
            f"{n:,} of {whole:,} searches by organisations {told}: reason {word}.", _BY_CLASS, whole,
            of_each_set(f"({_EACH}) WHERE {where}", f"{CLASS_OF} = {literal(word)}"),
        )  # fmt: skip


def _readable(classes: dict[str, int]) -> int:
    return sum(classes.get(word, 0) for word in READABLE)


def _where(kind: str, key: str | None) -> str:
    return f"{kind} IS NOT DISTINCT FROM {literal(key) if key is not None else 'NULL'}"
