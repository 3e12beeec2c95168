"""Numbers of what could be told: levels from names, labels from texts, and how often the program errs elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from custodiet.publish.figures.figure import Count, Figure
from custodiet.publish.measured import load_measured

_NO_TEXTS: Final = (
    "Texts are not published, nor what tells one from another; the number cannot be counted again from the published"
    " tables. The case gives it."
)
_ELSEWHERE: Final = (
    "Measured on a labelled or invented set that comes with the program, not on the records of this publication; the"
    " page {page} of the program says how."
)
_UNKNOWN: Final = "level = 'unknown' OR level IS NULL"


def of_names(count: Count) -> Iterator[Figure]:
    """Count the names of organisations whose level could not be told."""
    names, unknown = count(f"SELECT count(*), count(*) FILTER ({_UNKNOWN}) FROM {{organisations}}")[0]
    yield Figure(
        "figure.names.unknown", int(unknown), "names of organisations",
        f"The level of {unknown:,} of {names:,} names of organisations could not be told.",
        "Names as released, whose level of government or kind is not told from the name.", int(names),
        f"SELECT count(*) FROM {{organisations}} WHERE {_UNKNOWN}",
    )  # fmt: skip


def of_texts(count: Count) -> Iterator[Figure]:
    """Count the distinct texts for which the classifier abstained."""
    texts, placed = count(
        "SELECT count(*), count(*) FILTER (labels <> ['unknown']) FROM (SELECT key, field, list(label ORDER BY label)"
        " AS labels FROM {purposes} GROUP BY key, field)"
    )[0]
    yield Figure(
        "figure.texts.unplaced", int(texts - placed), "distinct texts",
        f"The classifier abstained for {texts - placed:,} of {texts:,} distinct texts.",
        "Distinct texts of reasons and offences; nothing was told of them but that they are not placed.", int(texts),
        "", (), _NO_TEXTS,
    )  # fmt: skip


def of_measurements() -> Iterator[Figure]:
    """Give the measured error of the program, which is the same for every case."""
    for place, item in enumerate(load_measured(), 1):
        yield Figure(
            f"figure.measured.{place}", item.part, "cases of a set of the program",
            f"{item.name}: {item.what}: {item.part:,} of {item.whole:,}.", f"{item.name}: {item.what}.", item.whole, "",
            (), _ELSEWHERE.format(page=item.page),
        )  # fmt: skip
