"""What is known of a staged table when it is stored, and what was stored of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from custodiet.case import Case
from custodiet.case.stage import Stage
from custodiet.intake.formats import FormatMatch
from custodiet.intake.origin import Origin
from custodiet.intake.producers import Producer, dates_in_name, tell_producer
from custodiet.intake.timing import Timing
from custodiet.model.problems import Problem


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

    def at(self, column: str) -> int | None:
        """Find the position of a canonical column."""
        return self.match.position(column)

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
