"""Numbers of lists against network logs: days covered, searches without a listed share, recipients not seen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from custodiet.network import ReachChapter
from custodiet.network.use import NOT_SEEN
from custodiet.publish.figures.figure import Figure, asked
from custodiet.publish.figures.shares import logged

UNLISTED: Final = 8
_NO_DAYS: Final = (
    "Days are those of the producer’s wall clock, on which lists begin and end; published times are in UTC and cut to"
    " the hour, day or month, so that the number cannot be counted again from the published tables."
)
_BY_DAY: Final = (
    "Searches, each counted once in the logs of the producer, held against the lists in force on their day; days on"
    " which no list was in force are not evaluable."
)


def of_use(told: ReachChapter) -> Iterator[Figure]:
    """Give the numbers of one producer that disclosed a network log."""
    if told.use is None:
        return
    name, covered = told.producer, told.use.coverage[0]
    id_ = f"figure.use.{name}"
    yield _by_day(
        f"{id_}.days", covered.n_days_with_records, "days",
        f"The network log of {name} has rows of {covered.n_days_with_records:,} of {covered.n_days:,} days.",
        "Days from the first to the last row of the log.", covered.n_days,
    )  # fmt: skip
    rows: dict[str, Any] = {
        "table": "records", "count": "rows",
        "where": [
            {"column": "kind", "is": "network-audit"},
            {"column": "producer", "one_of": list(told.reach.organisation.released_names)},
        ],
    }  # fmt: skip
    yield asked(
        f"{id_}.rows", covered.n_records, "rows of search logs",
        f"{covered.n_records:,} rows of network logs were disclosed by {name}.", "Released rows.", None, logged(name),
        "SELECT coalesce(sum(n), 0)::BIGINT FROM share_logged", recounts=(rows,),
    )  # fmt: skip
    yield asked(
        f"{id_}.not-shown", covered.n_without_organisation, "rows of search logs",
        f"{covered.n_without_organisation:,} of {covered.n_records:,} rows of network logs of {name} do not show who"
        " searched.", "Released rows in which the searching organisation is left out.", covered.n_records,
        logged(name), "SELECT coalesce(sum(n), 0)::BIGINT FROM share_logged WHERE NOT shown",
    )  # fmt: skip
    not_seen = sum(item.answer == NOT_SEEN for item in told.use.unused)
    listed = len(told.reach.declared.direct.organisations)
    yield _by_day(
        f"{id_}.not-seen", not_seen, "organisations",
        f"{not_seen:,} of {listed:,} listed recipients of {name} do not appear in its network log.",
        "Recipients on the list in force on the last day; those listed on no day that the log covers cannot be told.",
        listed, len(told.use.unused) - not_seen,
    )  # fmt: skip
    for item in told.use.unlisted[:UNLISTED]:
        whole, other = item.n_unlisted + item.n_listed, item.organisation
        yield _by_day(
            f"{id_}.unlisted.{other}", item.n_unlisted, "searches",
            f"{item.n_unlisted:,} of {whole:,} searches by {other} in the network log of {name} are of days on which"
            " no list in force names it.", _BY_DAY, whole, item.n_not_evaluable,
        )  # fmt: skip
        yield _by_day(
            f"{id_}.listed.{other}", item.n_listed, "searches",
            f"{item.n_listed:,} of {whole:,} searches by {other} in the network log of {name} are of days on which a"
            " list in force names it.", _BY_DAY, whole, item.n_not_evaluable,
        )  # fmt: skip


def _by_day(
    id_: str, value: int, unit: str, statement: str, definition: str, whole: int, not_evaluable: int | None = None
) -> Figure:
    return Figure(id_, value, unit, statement, definition, whole, "", (), _NO_DAYS, not_evaluable=not_evaluable)
