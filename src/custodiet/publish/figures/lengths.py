"""Numbers of lists whose length changed from the first to the last date of a producer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from custodiet.publish.figures.figure import ORGS, Count, Figure, asked, literal
from custodiet.publish.figures.steps import Step

LISTED: Final = 30
_LENGTHS: Final = """
SELECT coalesce(o.org, s.stated_by) AS producer, s.as_of, count(DISTINCT coalesce(r.org, s.recipient)) AS n
FROM {shares} s LEFT JOIN claim_orgs o ON o.name = s.stated_by LEFT JOIN claim_orgs r ON r.name = s.recipient
WHERE s.stated_by = s.source AND s.as_of IS NOT NULL GROUP BY ALL
"""
_STEPS: Final = (
    Step("claim_orgs", " ".join(ORGS.split())),
    Step("claim_lengths", " ".join(_LENGTHS.split())),
    Step(
        "claim_changes",
        "SELECT producer, min(as_of) AS first, max(as_of) AS last, count(*) AS lists, arg_min(n, as_of) AS before,"
        " arg_max(n, as_of) AS after FROM claim_lengths GROUP BY producer HAVING count(*) > 1",
    ),
)
_DEFINITION: Final = "Organisations named on the producer’s list of that date, each counted once by its spellings."


class Lengths(NamedTuple):
    """Hold the lists of one producer: how many, and how many organisations the first and the last name."""

    producer: str
    first: Any
    last: Any
    lists: int
    before: int
    after: int


def lengths(count: Count) -> list[Lengths]:
    """Read the producers with lists of more than one date, in the order of the name."""
    steps = ", ".join(f"{step.name} AS ({step.sql})" for step in _STEPS)
    return [
        Lengths(*row)
        for row in count(
            f"WITH {steps} SELECT producer, first, last, lists, before, after FROM claim_changes ORDER BY 1"
        )
    ]


def of_lengths(rows: list[Lengths]) -> Iterator[Figure]:
    """Give the numbers of the table of lists whose length changed."""
    if not rows:
        return
    changed = [row for row in rows if row.before != row.after]
    yield asked(
        "figure.lengths.repeated", len(rows), "organisations",
        f"{len(rows):,} organisations stated a list on more than one date.",
        "Organisations with lists of their own recipients of at least two dates.", None, _STEPS,
        "SELECT count(*) FROM claim_changes",
    )  # fmt: skip
    yield asked(
        "figure.lengths.changed", len(changed), "organisations",
        f"The length of the list changed for {len(changed):,} of {len(rows):,} organisations.",
        "Organisations whose first and last list name a different number of organisations.", len(rows), _STEPS,
        "SELECT count(*) FROM claim_changes WHERE before <> after",
    )  # fmt: skip
    for row in changed[:LISTED]:
        yield from _of_one(row)


def _of_one(row: Lengths) -> Iterator[Figure]:
    name, where = row.producer, f"FROM claim_changes WHERE producer = {literal(row.producer)}"
    for word, n, unit, statement, column in (
        ("dates", row.lists, "dates", f"Lists of {row.lists:,} dates were stated by {name}.", "lists"),
        ("first", row.before, "organisations",
         f"The list of {name} of {row.first} names {row.before:,} organisations.", "before"),
        ("last", row.after, "organisations",
         f"The list of {name} of {row.last} names {row.after:,} organisations.", "after"),
    ):  # fmt: skip
        definition = _DEFINITION if word != "dates" else "Dates of which the producer states whom it lets in."
        yield asked(length_id(name, word), n, unit, statement, definition, None, _STEPS, f"SELECT {column} {where}")
    n = row.after - row.before
    yield asked(
        length_id(name, "change"), n, "organisations",
        f"The list of {name} of {row.last} names {abs(n):,} organisations {'more' if n > 0 else 'fewer'} than that of"
        f" {row.first}.", _DEFINITION, None, _STEPS, f"SELECT after - before {where}",
    )  # fmt: skip


def length_id(producer: str, word: str) -> str:
    """Name one number of the lists of a producer."""
    return f"figure.lengths.{producer}.{word}"
