"""Numbers of the report's charts and tables as data: what is counted, and SQL that counts it on the published tables.

A figure is counted twice from one text of SQL: on the tables of the case, for the claim sheet and for the report, and
on the tables as they are published, to learn whether a reader can count it again. Both texts differ in nothing but
where the tables lie.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from custodiet.case import Case
from custodiet.model.counts import counted, singular

Count = Callable[[str], list[tuple[Any, ...]]]
TABLES: Final = ("searches", "organisations", "shares", "records", "disclosures")
# From, to (None is no end): how many networks or cameras a search was put to.
STEPS: Final[tuple[tuple[int, int | None], ...]] = (
    (1, 1), (2, 9), (10, 99), (100, 999), (1_000, 4_999), (5_000, None),
)  # fmt: skip

# One row per name or canonical name of an organisation.
ORGS: Final = """
SELECT name, arg_min(org, rank) AS org, arg_min(state, rank) AS state, arg_min(level, rank) AS level,
       arg_min(status, rank) AS status
FROM (
    SELECT name, coalesce(canonical, name) AS org, state, coalesce(level, 'unknown') AS level,
           coalesce(status, 'active') AS status, 0 AS rank FROM {organisations}
    UNION ALL
    SELECT canonical, canonical, arg_min(state, name), coalesce(arg_min(level, (level = 'unknown', name)), 'unknown'),
           coalesce(arg_min(status, name), 'active'), 1
    FROM {organisations} WHERE canonical IS NOT NULL GROUP BY canonical
) GROUP BY name
"""
# "Says nothing" is what the rule of practice on uninformative reasons counts; a bare name is not placed.
CLASS_OF: Final = """CASE WHEN len(labels) = 0 THEN 'not told'
    WHEN len(list_filter(labels, lambda l: l <> 'unknown' AND NOT starts_with(l, 'insufficient.'))) > 0 THEN 'stated'
    WHEN list_contains(labels, 'unknown') OR list_contains(labels, 'insufficient.name') THEN 'unknown'
    WHEN len(list_filter(labels, lambda l: l <> 'insufficient.redacted')) > 0 THEN 'uninformative'
    ELSE 'hidden' END"""
# The group of each label: the word before the dot; a bare name is not placed, a redacted reason says nothing at all.
GROUPS_OF: Final = """list_distinct(list_transform(
    list_filter(labels, lambda l: l <> 'insufficient.redacted'),
    lambda l: CASE WHEN l = 'insufficient.name' THEN 'unknown' ELSE split_part(l, '.', 1) END))"""
# What is done with a list of labels is done once for all searches that bear it: lists are dear, and few differ.
_LABELS: Final = "coalesce(list_distinct(purposes), []) AS labels"
# One row per searching organisation and set of labels: few thousand rows for millions of searches.
_SETS: Final = f"""
CREATE OR REPLACE TEMP TABLE figure_sets AS
SELECT org, {_LABELS}, n FROM (SELECT org, purposes, count(*) AS n FROM {{searches}} GROUP BY ALL)
"""
# One row per search, with what is told of the organisation that made it.
_SEARCHERS: Final = f"""
SELECT coalesce(o.level, 'unknown') AS level, o.state, s.purposes
FROM {{searches}} s LEFT JOIN ({ORGS}) o ON o.name = s.org
"""
# One row per producer, direction and organisation of its latest list; ``report_orgs`` is ORGS.
LATEST: Final = """
WITH latest AS (
    SELECT stated_by, source = stated_by AS outward, max(as_of) AS as_of FROM {shares}
    WHERE stated_by IN (source, recipient) GROUP BY ALL
), named AS (
    SELECT s.stated_by, l.outward, l.as_of, CASE WHEN l.outward THEN s.recipient ELSE s.source END AS other, s.status
    FROM {shares} s JOIN latest l ON l.stated_by = s.stated_by AND l.outward = (s.source = s.stated_by)
     AND l.as_of IS NOT DISTINCT FROM s.as_of
    WHERE s.status IS DISTINCT FROM 'pending'
)
SELECT coalesce(p.org, n.stated_by) AS producer, p.state AS home, n.outward, max(n.as_of) AS as_of,
       coalesce(o.org, n.other) AS other,
       any_value(o.state) AS state, coalesce(any_value(o.level), 'unknown') AS level,
       bool_or(n.status = 'inactive' OR o.status = 'inactive') AS inactive
FROM named n LEFT JOIN report_orgs p ON p.name = n.stated_by LEFT JOIN report_orgs o ON o.name = n.other
WHERE coalesce(o.org, n.other) <> coalesce(p.org, n.stated_by)
GROUP BY ALL
"""
GROUP_OF: Final = """CASE WHEN level = 'federal' THEN 'federal' WHEN level = 'private' THEN 'private'
    WHEN state IS NULL OR home IS NULL THEN 'not known' WHEN state = home THEN 'same state' ELSE 'other state' END"""
_LISTED: Final = f"SELECT producer, {GROUP_OF} AS grp FROM ({LATEST}) WHERE outward"
LONGEST: Final = 12
_MONTHS: Final = """
SELECT d.producer, d.kind, strftime(coalesce(r.searched_local, r.searched_at::TIMESTAMP), '%Y-%m') AS month
FROM {records} r JOIN {disclosures} d ON d.disclosure_id = r.disclosure_id WHERE r.searched_at IS NOT NULL
"""
_NO_LOCAL: Final = (
    "Months are those of the producer’s wall clock; published times are in UTC and cut to the hour, day or month, so"
    " that the number cannot be counted again from the published tables. The originals and the case give it."
)


@dataclass(frozen=True, slots=True)
class Figure:
    """Hold one number of a chart.

    Attributes:
        id: Stable name, beginning with ``figure.``.
        value: The number.
        unit: What is counted.
        statement: Plain sentence that holds the number.
        definition: What counts and what does not.
        denominator: Of how many.
        sql: SQL with ``{table}`` for each table; empty where the published tables do not hold what it needs.
        recounts: The same as data.
        note: Why there is no SQL.
    """

    id: str
    value: int
    unit: str
    statement: str
    definition: str
    denominator: int | None
    sql: str
    recounts: tuple[Mapping[str, Any], ...] = ()
    note: str = ""


def step_key(low: int, high: int | None) -> str:
    """Name a step of networks or cameras."""
    return f"{low}-{high}" if high else f"{low}-"


def figures(case: Case) -> list[Figure]:
    """Count the figures on the tables of the case."""
    return _on(case, {name: name for name in TABLES}, linked=bool(case.count("searches")), months=True)


def counted_again(case: Case, names: Mapping[str, str], found: Sequence[Figure]) -> set[str]:
    """Return the ids of the figures that other tables give the same number for.

    Args:
        case: The case, as the engine.
        names: Name of each table to the name under which SQL reads it as published.
        found: Figures as the case gives them.
    """
    again = {figure.id: figure.value for figure in _on(case, names, linked=True, months=False)}
    return {figure.id for figure in found if again.get(figure.id) == figure.value}


def sql_of(template: str, names: Mapping[str, str]) -> str:
    """Put the places of the tables into a text of SQL; other braces stay."""
    for name, place in names.items():
        template = template.replace("{" + name + "}", place)
    return " ".join(template.split())


def _on(case: Case, names: Mapping[str, str], *, linked: bool, months: bool) -> list[Figure]:
    case.execute(sql_of(_SETS, names))
    try:
        return [*_figures(lambda template: case.rows(sql_of(template, names)), linked=linked, months=months)]
    finally:
        case.execute("DROP TABLE figure_sets")


def _figures(count: Count, *, linked: bool, months: bool) -> Iterator[Figure]:
    if linked:
        yield from _reach(count)
        yield from _purposes(count)
        yield from _searchers(count)
    yield from _shares(count)
    if months:
        yield from _months(count)


def _reach(count: Count) -> Iterator[Figure]:
    for column, word in (("networks", "networks"), ("devices", "cameras")):
        conditions = [
            (step_key(low, high), f"{column} >= {low}" + (f" AND {column} <= {high}" if high else ""), low, high)
            for low, high in STEPS
        ]
        wanted = [f"{column} > 0", *(condition for _, condition, _, _ in conditions)]
        # By distinct number first: there are few beside the searches.
        told, *counts = count(
            f"SELECT {', '.join(f'coalesce(sum(n) FILTER ({condition}), 0)::BIGINT' for condition in wanted)}"
            f" FROM (SELECT {column}, count(*) AS n FROM {{searches}} GROUP BY {column})"
        )[0]
        for n, (key, condition, low, high) in zip(counts, conditions, strict=True):
            where = [{"column": column, "at_least": low}, *([{"column": column, "below": high + 1}] if high else [])]
            yield Figure(
                f"figure.{word}.{key}", int(n), "searches",
                f"{n:,} of {told:,} searches were put to {_steps(low, high, word)}.",
                f"Searches, each counted once, that state how many {word} they were put to; zero is read as not told.",
                int(told), f"SELECT count(*) FROM {{searches}} WHERE {condition}",
                ({"table": "searches", "where": where, "count": "rows"},),
            )  # fmt: skip


def _steps(low: int, high: int | None, word: str) -> str:
    if low == high:
        return counted(low, singular(word), word)
    return f"{low:,} to {high:,} {word}" if high else f"{low:,} {word} or more"


def _purposes(count: Count) -> Iterator[Figure]:
    classes: dict[str, int] = dict(count(f"SELECT {CLASS_OF} AS class, sum(n)::BIGINT FROM figure_sets GROUP BY 1"))
    shown = sum(n for word, n in classes.items() if word not in ("hidden", "not told"))
    for kind, words, title, again in (
        (
            "group", GROUPS_OF, "a label of the group",
            _of_each_set("{searches}", f"list_contains({GROUPS_OF}, {{word}})"),
        ),
        (
            "label", "list_filter(labels, lambda l: l <> 'insufficient.redacted')", "the label",
            "SELECT count(*) FROM {searches} WHERE list_contains(purposes, {word})",
        ),
    ):  # fmt: skip
        rows = count(
            f"SELECT word, sum(n)::BIGINT FROM (SELECT unnest({words}) AS word, n FROM figure_sets)"
            " GROUP BY 1 ORDER BY 1"
        )
        for word, n in rows:
            yield Figure(
                f"figure.{kind}.{word}", int(n), "searches",
                f"{n:,} of {shown:,} searches with a readable reason bear {title} {word}.",
                "Searches, each counted once, by what the stated reason says; one search can bear several labels.",
                int(shown), again.replace("{word}", _text(word)),
            )  # fmt: skip


def _of_each_set(searches: str, condition: str) -> str:
    """Return SQL that counts the searches whose labels fulfil a condition, which is tried once for each set of them."""
    return (
        f"SELECT coalesce(sum(n), 0)::BIGINT FROM (SELECT {_LABELS}, n"
        f" FROM (SELECT purposes, count(*) AS n FROM {searches} GROUP BY purposes)) WHERE {condition}"
    )


def _searchers(count: Count) -> Iterator[Figure]:
    for kind in ("level", "state"):
        rows = count(
            f"SELECT {kind}, class, sum(n)::BIGINT FROM (SELECT coalesce(o.level, 'unknown') AS level, o.state,"
            f" {CLASS_OF} AS class, s.n FROM figure_sets s LEFT JOIN ({ORGS}) o ON o.name = s.org)"
            " GROUP BY ALL ORDER BY ALL"
        )
        wholes: dict[str | None, int] = {}
        for key, _, n in rows:
            wholes[key] = wholes.get(key, 0) + int(n)
        total = sum(wholes.values())
        for key, whole in wholes.items():
            where = f"{kind} IS NOT DISTINCT FROM {_text(key) if key is not None else 'NULL'}"
            name = key or "not known"
            yield Figure(
                f"figure.{kind}.{name}", whole, "searches",
                f"{whole:,} of {total:,} searches were made by organisations whose {kind} is {name}.",
                f"Searches, each counted once, by the {kind} that is told from the name of the searching organisation.",
                total, f"SELECT count(*) FROM ({_SEARCHERS}) WHERE {where}",
            )  # fmt: skip
        for key, word, n in rows:
            where = f"{kind} IS NOT DISTINCT FROM {_text(key) if key is not None else 'NULL'}"
            name = key or "not known"
            yield Figure(
                f"figure.{kind}.{name}.{word.replace(' ', '-')}", int(n), "searches",
                f"{n:,} of {wholes[key]:,} searches by organisations whose {kind} is {name}: reason {word}.",
                "Searches, each counted once, by what the stated reason tells: a purpose, nothing, or not placed.",
                wholes[key], _of_each_set(f"({_SEARCHERS}) WHERE {where}", f"{CLASS_OF} = {_text(word)}"),
            )  # fmt: skip


def _shares(count: Count) -> Iterator[Figure]:
    """Count the recipients on the longest lists, by kind."""
    orgs = f"WITH report_orgs AS ({ORGS})"
    rows = count(f"{orgs} SELECT producer, grp, count(*) FROM ({_LISTED}) GROUP BY ALL ORDER BY ALL")
    wholes: dict[str, int] = {}
    for producer, _, n in rows:
        wholes[producer] = wholes.get(producer, 0) + int(n)
    longest = sorted(wholes, key=lambda producer: (-wholes[producer], producer))[:LONGEST]
    definition = (
        "Organisations on the producer’s latest list of whom it lets in, each counted once; pending ones left out."
    )
    for producer in longest:
        whole, where = wholes[producer], f"producer = {_text(producer)}"
        yield Figure(
            f"figure.shares.{producer}", whole, "organisations",
            f"The latest list of {producer} lets {whole:,} organisations in.", definition, None,
            f"{orgs} SELECT count(*) FROM ({_LISTED}) WHERE {where}",
        )  # fmt: skip
        for _, group, n in (row for row in rows if row[0] == producer):
            yield Figure(
                f"figure.shares.{producer}.{group.replace(' ', '-')}", int(n), "organisations",
                f"Of {whole:,} organisations that the latest list of {producer} lets in, {n:,} are: {group}.",
                definition, whole, f"{orgs} SELECT count(*) FROM ({_LISTED}) WHERE {where} AND grp = {_text(group)}",
            )  # fmt: skip


def _months(count: Count) -> Iterator[Figure]:
    rows = count(f"SELECT producer, kind, month, count(*) FROM ({_MONTHS}) GROUP BY ALL ORDER BY ALL")
    wholes: dict[tuple[str | None, str | None], int] = {}
    for producer, kind, _, n in rows:
        wholes[producer, kind] = wholes.get((producer, kind), 0) + int(n)
    for producer, kind, month, n in rows:
        log = f"{producer or 'a producer that is not told'}, {kind}"
        yield Figure(
            month_id(producer, kind, month), int(n), "rows of search logs",
            f"{n:,} of {wholes[producer, kind]:,} rows of the log of {log} are of {month}.",
            "Released rows with a readable time, by month.", wholes[producer, kind], "", (), _NO_LOCAL,
        )  # fmt: skip


def month_id(producer: str | None, kind: str | None, month: str) -> str:
    """Name the rows of one month of all logs of a kind that one producer disclosed."""
    return f"figure.month.{producer or ''}.{kind or ''}.{month}"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
