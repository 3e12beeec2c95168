"""How a staged table of text cells is to be typed: made by intake, carried out by the case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

FormatKind = Literal["pattern", "serial", "epoch-seconds", "epoch-milliseconds"]


@dataclass(frozen=True, slots=True)
class TimeFormat:
    """Tell how cells of one shape are read.

    Attributes:
        kind: ``pattern`` (strptime), ``serial`` (days since 1899-12-30) or an epoch.
        pattern: strptime format of the whole cell, zone label included.
        zone: IANA zone the cell states; ``offset`` if it holds a numeric offset; None if it says nothing.
        has_clock: The cell holds a time of day, not only a date.
    """

    kind: FormatKind
    pattern: str = ""
    zone: str | None = None
    has_clock: bool = True


@dataclass(frozen=True, slots=True)
class TimeColumn:
    """Tell where a time stands and how it is read.

    Attributes:
        position: 0-based column of the cell, or of the date when the clock stands apart.
        formats: Formats that occur, most frequent first.
        default_zone: IANA zone of cells that state none.
        clock_position: Column of a separate time of day, joined to the date with a space.
        meridiem_position: Column that holds AM or PM of that time, joined behind it.
        has_whole_halves: The date has a midnight behind it, the time of day a day zero before it, as date cells
            of spreadsheets do; or the time of day has lost the zero before its hour (905).
        part: None for a whole cell; 0 or 1 for the start or the end of a time frame.
        separators: What stands between start and end, as it occurs.
        needs_tidying: Cells hold no-break spaces, doubled or outer blanks.
    """

    position: int
    formats: tuple[TimeFormat, ...]
    default_zone: str = "UTC"
    clock_position: int | None = None
    meridiem_position: int | None = None
    has_whole_halves: bool = False
    part: int | None = None
    separators: tuple[str, ...] = ()
    needs_tidying: bool = False


@dataclass(frozen=True, slots=True)
class RecordTyping:
    """Tell how a staged search log becomes rows of ``records``.

    Attributes:
        disclosure_id: Id of the disclosure.
        kind: Record kind.
        producer: Organisation whose log it is, or None.
        vendor: Vendor of the system, or None.
        time_zone: IANA zone of the producer's wall clock, or None.
        positions: Canonical text and integer column to 0-based position.
        times: ``searched_at``, ``window_start``, ``window_end``.
        states: Column with a state to the states of its doubtful texts; a column that is
            absent here and in ``positions`` was not exported.
    """

    disclosure_id: str
    kind: str
    producer: str | None
    vendor: str | None
    time_zone: str | None
    positions: Mapping[str, int]
    times: Mapping[str, TimeColumn]
    states: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EventTyping:
    """Tell how a staged administrative log becomes rows of ``events``.

    Attributes:
        disclosure_id: Id of the disclosure.
        positions: Canonical column to 0-based position.
        event_at: How the time is read, or None.
        actor_states: States of doubtful accounts.
        beside: Label to position of the columns that ``events`` lacks; their cells follow the entity, one a line.
    """

    disclosure_id: str
    positions: Mapping[str, int]
    event_at: TimeColumn | None
    actor_states: Mapping[str, str] = field(default_factory=dict)
    beside: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ShareTyping:
    """Tell how a staged sharing list or edge list becomes rows of ``shares``.

    Attributes:
        disclosure_id: Id of the disclosure.
        producer: Organisation whose list it is; in an edge list None, the source states its own.
        positions: ``source`` and ``recipient`` of an edge list; or ``organisation`` with
            ``shared_with_me`` and ``i_am_sharing`` (blank: no sharing in that direction);
            ``status`` and ``as_of`` where there are such columns.
        as_of: Date of the list as a whole, ISO, or None.
        as_of_column: How a date column is read, or None.
        no_marks: Lower-case cells of a direction column that say "no" as a blank does.
    """

    disclosure_id: str
    producer: str | None
    positions: Mapping[str, int]
    as_of: str | None = None
    as_of_column: TimeColumn | None = None
    no_marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PortalTyping:
    """Tell how a staged table of transparency pages becomes rows of ``portals``.

    Attributes:
        disclosure_id: Id of the disclosure.
        positions: ``producer`` and columns of ``portals`` to 0-based position.
        last_updated: How the date of a page is read, or None.
        accessed: How the date of a visit is read, used where a page states no date.
        other: Label to position of the columns that ``portals`` lacks.
        as_of: Date of the table as a whole, ISO, where rows have none.
    """

    disclosure_id: str
    positions: Mapping[str, int]
    last_updated: TimeColumn | None
    accessed: TimeColumn | None
    other: Mapping[str, int]
    as_of: str | None = None
