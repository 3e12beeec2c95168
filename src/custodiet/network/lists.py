"""What a page says of its own sharing list: names, only a number, that it is empty, or nothing.

These are four different answers, and none of them may stand for another: a
list that is only a number names nobody, an empty list ends the one before, and
a page that says nothing neither ends nor proves a share.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from custodiet.case import Case

NAMES: Final = "names"
NUMBER_ONLY: Final = "number only"
EMPTY: Final = "empty"
NOTHING: Final = "nothing"

_DIRECTIONS: Final = ("out", "in")
_WHOLE_NUMBER: Final = re.compile(r"\d{1,9}")


_NAMED: Final = """
SELECT disclosure_id, stated_by, CASE WHEN stated_by = source THEN 'out' ELSE 'in' END AS direction, count(*)
FROM shares WHERE disclosure_id IN (SELECT disclosure_id FROM portals) GROUP BY ALL
"""


@dataclass(frozen=True, slots=True)
class StatedList:
    """Say what one page or file states about one sharing list.

    Attributes:
        producer: Organisation as released.
        direction: ``out``: who can reach its data; ``in``: whose data it can reach.
        as_of: Date of the page, if it has one.
        says: ``names``, ``number only``, ``empty`` or ``nothing``.
        n_named: Organisations named.
        n_stated: The number the page states, where it states one.
        citation: ``disclosure_id:row``.
    """

    producer: str
    direction: str
    as_of: date | None
    says: str
    n_named: int
    n_stated: int | None
    citation: str

    def to_json(self) -> dict[str, Any]:
        """Give the statement as plain values."""
        return {
            "producer": self.producer,
            "direction": self.direction,
            "as_of": None if self.as_of is None else self.as_of.isoformat(),
            "says": self.says,
            "n_named": self.n_named,
            "n_stated": self.n_stated,
            "citation": self.citation,
        }


def page_lists(case: Case) -> tuple[StatedList, ...]:
    """Tell of every transparency page what it states about its two lists.

    One entry per page and direction, in the order of producer, date and place.
    """
    named = {tuple(row[:3]): int(row[3]) for row in case.rows(_NAMED)}
    pages = case.rows(
        "SELECT producer, as_of, disclosure_id, source_row, other FROM portals"
        " WHERE producer IS NOT NULL ORDER BY producer, as_of, disclosure_id, source_row"
    )
    return tuple(
        _stated(
            producer,
            direction,
            as_of,
            f"{disclosure}:{row}",
            named.get((disclosure, producer, direction), 0),
            other,
        )
        for producer, as_of, disclosure, row, other in pages
        for direction in _DIRECTIONS
    )


def _stated(
    producer: str, direction: str, as_of: date | None, citation: str, n_named: int, other: str | None
) -> StatedList:
    number = _stated_number(other, direction)
    if n_named:
        says = NAMES
    elif number is None:
        says = NOTHING
    else:
        says = NUMBER_ONLY if number else EMPTY
    return StatedList(producer, direction, as_of, says, n_named, number, citation)


def _stated_number(other: str | None, direction: str) -> int | None:
    try:
        values = json.loads(other) if other else {}
    except ValueError:
        return None
    if not isinstance(values, dict):
        return None
    text = str(values.get(f"sharing list {direction}: count", "")).replace(",", "").strip()
    return int(text) if _WHOLE_NUMBER.fullmatch(text) else None
