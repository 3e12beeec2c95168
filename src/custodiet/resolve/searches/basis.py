"""The words that say how the copies of a search were joined, from the firmest to the weakest."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Basis(StrEnum):
    """Say how the records of a search were told to be one. The weakest link of a search names it."""

    SINGLE = "single"
    REPEATED_ROW = "repeated-row"
    SEARCH_ID = "search-id"
    CLOCK_SHIFT = "search-id+clock-shift"
    WINDOW = "organisation+second+networks+window"
    TEXT = "organisation+second+networks+text"
    NO_NETWORKS = "organisation+second+window+text"
    NO_ORGANISATION = "second+networks+window+text"
    TEXT_ALONE = "organisation+second+text"
    WINDOW_ALONE = "organisation+second+window"
    NETWORKS_ALONE = "organisation+second+networks"
    ORDER = "organisation+second+networks+order"
    ID_CONFLICT = "id-conflict"
    AMBIGUOUS = "ambiguous"

    @property
    def rank(self) -> int:
        """Order the words; a search bears the highest rank of its records."""
        return tuple(Basis).index(self)


MEANING: Final[dict[Basis, str]] = {
    Basis.SINGLE: "one record, and no other like it",
    Basis.REPEATED_ROW: "one record of a log without ids that holds the very same row again; kept apart",
    Basis.SEARCH_ID: "the vendor's id, one organisation, times within two seconds",
    Basis.CLOCK_SHIFT: "the vendor's id, one organisation, times apart by whole quarters of an hour, once in each log",
    Basis.WINDOW: "organisation, second, networks and the period asked for",
    Basis.TEXT: "organisation, second and networks; reason, case number or plate agree; a copy lacks the period",
    Basis.NO_NETWORKS: "organisation, second, period and reason; networks differ or are not released",
    Basis.NO_ORGANISATION: "second, networks, period, and reason, case number or plate; a copy hides the organisation",
    Basis.TEXT_ALONE: "organisation, second and reason; a copy lacks networks and period",
    Basis.WINDOW_ALONE: "organisation, second and period; a copy lacks networks and reason",
    Basis.NETWORKS_ALONE: "organisation, second and networks; nothing else is released in both",
    Basis.ORDER: "several searches alike in every cell released in both logs, or rows written twice, paired one to one",
    Basis.ID_CONFLICT: "the vendor's id stands under two organisations or at two times; kept apart",
    Basis.AMBIGUOUS: "may be a copy of a search in another log, which of several cannot be told; kept apart",
}
