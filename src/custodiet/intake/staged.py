"""What is known of a staged table when it is stored, and what was stored of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from custodiet.case import Case
from custodiet.case.stage import Stage
from custodiet.case.typed import text_expression
from custodiet.intake.formats import FormatMatch
from custodiet.intake.origin import Origin
from custodiet.intake.producers import Producer, dates_in_name, tell_producer
from custodiet.intake.timing import Timing
from custodiet.model.problems import Problem

_MOST_BESIDE = 100


@dataclass(frozen=True, slots=True)
class TableContext:
    """Bundle what is known of a staged table when it is stored."""

    case: Case
    stage: Stage
    match: FormatMatch
    timing: Timing
    origin: Origin
    disclosure_id: str
    title: str | None
    page_producer: Producer | None
    date_cells: frozenset[int]
    labels: tuple[str, ...]

    def at(self, column: str) -> int | None:
        """Find the position of a canonical column."""
        return self.match.position(column)

    def beside(self, known: Collection[str]) -> dict[str, int]:
        """Give the columns with a cell that have no place of their own: label to position; the first of very many."""
        columns = self.match.columns
        places = [
            place
            for place in range(min(self.stage.width, len(self.labels)))
            if (columns[place] if place < len(columns) else None) not in known
        ][:_MOST_BESIDE]
        if not places:
            return {}
        tests = ", ".join(f"count({text_expression(place)}) > 0" for place in places)
        filled = str(self.stage.value(f"array_to_string([{tests}], ',')")).split(",")
        return {
            self.labels[place]: place for place, is_filled in zip(places, filled, strict=True) if is_filled == "true"
        }

    def producer(self, told: Producer | None) -> Producer:
        """Tell the producer; ``told`` is what the cells say."""
        receipt = self.origin.receipt
        return tell_producer(
            stated=self.origin.stated_producer, receipt=receipt.producer if receipt else None,
            table=self.page_producer or told, title=self.title, names=self.origin.names,
        )  # fmt: skip

    def as_of(self) -> tuple[str | None, list[Problem]]:
        """Tell the day of a list from its title or file name."""
        for text, basis in ((self.title, "title"), *((name, "file name") for name in self.origin.names[:2])):
            if text and (dates := dates_in_name(text)):
                message = f"The list states no date; {dates[-1]} is taken from its {basis}, which can be wrong."
                return str(dates[-1]), [Problem("note", message)]
        return None, [Problem("note", "Neither the list nor its name states a date.")]


@dataclass(slots=True)
class Loaded:
    """Count what was stored of a table; ``row`` holds columns of its disclosure."""

    row: dict[str, object] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    n_records: int = 0
    n_events: int = 0
    n_shares: int = 0
    n_portal_values: int = 0
    n_layout: int = 0
    n_rejected: int = 0
    n_extra_statements: int = 0
