"""Numbers of searches: how far they reached, and what their reasons say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from custodiet.model.counts import counted, singular
from custodiet.publish.figures.figure import Count, Figure, literal

# From, to (None is no end): how many networks or cameras a search was put to.
STEPS: Final[tuple[tuple[int, int | None], ...]] = (
    (1, 1), (2, 9), (10, 99), (100, 999), (1_000, 4_999), (5_000, None),
)  # fmt: skip

# "Says nothing" is what the rule of practice on uninformative reasons counts; a bare name is not placed, and a blank
# cell states no reason.
CLASS_OF: Final = """CASE WHEN len(labels) = 0 OR labels = ['insufficient.blank'] THEN 'not told'
    WHEN len(list_filter(labels, lambda l: l <> 'unknown' AND NOT starts_with(l, 'insufficient.'))) > 0 THEN 'stated'
    WHEN list_contains(labels, 'unknown') OR list_contains(labels, 'insufficient.name') THEN 'unknown'
    WHEN len(list_filter(labels, lambda l: l NOT IN ('insufficient.redacted', 'insufficient.blank'))) > 0
        THEN 'uninformative'
    ELSE 'hidden' END"""
# The group of each label: the word before the dot; a bare name is not placed, a redacted reason says nothing at all.
GROUPS_OF: Final = """list_distinct(list_transform(
    list_filter(labels, lambda l: l NOT IN ('insufficient.redacted', 'insufficient.blank')),
    lambda l: CASE WHEN l = 'insufficient.name' THEN 'unknown' ELSE split_part(l, '.', 1) END))"""
# What is done with a list of labels is done once for all searches that bear it: lists are dear, and few differ.
_LABELS: Final = "coalesce(list_distinct(purposes), []) AS labels"
# One row per searching organisation and set of labels: few thousand rows for millions of searches.
SETS: Final = f"""
CREATE OR REPLACE TEMP TABLE figure_sets AS
SELECT org, {_LABELS}, n FROM (SELECT org, purposes, count(*) AS n FROM {{searches}} GROUP BY ALL)
"""


def step_key(low: int, high: int | None) -> str:
    """Name a step of networks or cameras."""
    return f"{low}-{high}" if high else f"{low}-"


def of_searches(count: Count) -> Iterator[Figure]:
    """Count searches by their reach and by what their reasons say."""
    yield from _reach(count)
    yield from _purposes(count)


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
    yield from _told(sum(classes.values()), shown, classes.get("unknown", 0))
    for kind, words, title, again in (
        (
            "group", GROUPS_OF, "a label of the group",
            of_each_set("{searches}", f"list_contains({GROUPS_OF}, {{word}})"),
        ),
        (
            "label",
            "list_filter(labels, lambda l: l NOT IN ('insufficient.redacted', 'insufficient.blank'))", "the label",
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
                int(shown), again.replace("{word}", literal(word)),
            )  # fmt: skip


def _told(total: int, shown: int, unplaced: int) -> Iterator[Figure]:
    definition = "Searches, each counted once, by what the stated reason tells: a purpose, nothing, or not placed."
    yield Figure(
        "figure.reason.readable", shown, "searches",
        f"{shown:,} of {total:,} searches show a reason that could be read.", definition, total,
        of_each_set("{searches}", f"{CLASS_OF} NOT IN ('hidden', 'not told')"),
    )  # fmt: skip
    yield Figure(
        "figure.reason.unplaced", unplaced, "searches",
        f"{unplaced:,} of {shown:,} searches with a readable reason could not be placed.", definition, shown,
        of_each_set("{searches}", f"{CLASS_OF} = 'unknown'"),
    )  # fmt: skip


def of_each_set(searches: str, condition: str) -> str:
    """Return SQL that counts the searches whose labels fulfil a condition, which is tried once for each set of them."""
    return (
        f"SELECT coalesce(sum(n), 0)::BIGINT FROM (SELECT {_LABELS}, n"
        f" FROM (SELECT purposes, count(*) AS n FROM {searches} GROUP BY purposes)) WHERE {condition}"
    )
