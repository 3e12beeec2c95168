"""All that a report needs to tell a producer's reach: who, through whom, and what would unplug it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from custodiet.case import Case
from custodiet.network.cut import Cut
from custodiet.network.lists import StatedList, page_lists
from custodiet.network.network import Network, Oddities
from custodiet.network.pictures import Picture, draw_around, draw_map
from custodiet.network.reach import Reach
from custodiet.network.use import DeclaredAndObserved, compare_prepared

UNPLUGGED: Final = ("federal", "out-of-state")
SHARE_IS_NO_USE: Final = "A share is not a use: the list says who can reach the data, not who did."


@dataclass(frozen=True, slots=True)
class StatedBan:
    """Hold a page's own words that forbid immigration use, beside the federal names on its list.

    Attributes:
        as_of: Date of the page.
        citation: ``disclosure_id:row`` of the page.
        federal: Federal organisations that the producer's list lets in.
        caveat: What this does not say.
    """

    as_of: date | None
    citation: str
    federal: tuple[str, ...]
    caveat: str = SHARE_IS_NO_USE

    def to_json(self) -> dict[str, Any]:
        """Give the ban as plain values."""
        return {
            "as_of": None if self.as_of is None else self.as_of.isoformat(),
            "citation": self.citation,
            "federal": list(self.federal),
            "caveat": self.caveat,
        }


@dataclass(frozen=True, slots=True)
class ReachChapter:
    """Hold what the chapter "Reach" of one producer says.

    Attributes:
        producer: Canonical name.
        reach: Who can reach its data, in both readings, declared and observed.
        cuts: The unplug plans, for federal and for out-of-state reach.
        lists: What its pages state about their lists.
        use: Lists against network logs; None where it disclosed no network log.
        ban: Its own policy against immigration use beside federal names on its list, if both exist.
        around: Picture around the producer.
        map: Map of its direct recipients by state.
        oddities: What the statements of the whole network hold that is no plain share.
    """

    producer: str
    reach: Reach
    cuts: tuple[Cut, ...]
    lists: tuple[StatedList, ...]
    use: DeclaredAndObserved | None
    ban: StatedBan | None
    around: Picture
    map: Picture
    oddities: Oddities

    def to_json(self) -> dict[str, Any]:
        """Give the chapter as plain values, pictures as their tables."""
        return {
            "producer": self.producer,
            "reach": self.reach.to_json(),
            "cuts": [cut.to_json() for cut in self.cuts],
            "lists": [item.to_json() for item in self.lists],
            "use": None if self.use is None else self.use.to_json(),
            "ban": None if self.ban is None else self.ban.to_json(),
            "around": [list(row) for row in self.around.rows],
            "map": [list(row) for row in self.map.rows],
        }


def reach_chapter(case: Case, producer: str, *, as_of: date | None = None) -> ReachChapter:
    """Gather the chapter of one producer.

    Raises:
        UsageError: No organisation has the name.
    """
    return next(reach_chapters(case, (producer,), as_of=as_of))


def reach_chapters(
    case: Case, producers: Sequence[str] | None = None, *, as_of: date | None = None
) -> Iterator[ReachChapter]:
    """Gather the chapters of several producers, one after the other; the network is read once.

    Args:
        case: An open case.
        producers: Any of their names; None takes everybody who states a list or disclosed a network log.
        as_of: Date of the lists; None takes the latest.

    Raises:
        UsageError: No organisation has one of the names.
    """
    network = Network.from_case(case, as_of)
    use = compare_prepared(case, as_of)
    pages = page_lists(case)
    if producers is None:
        producers = [name for (name,) in case.rows(_PRODUCERS)]
    for producer in producers:
        yield _chapter(case, network, use, pages, producer)


_PRODUCERS: Final = """
SELECT shown FROM network_orgs WHERE id IN (SELECT stated_by FROM network_lists)
   OR id IN (SELECT id FROM network_names WHERE name IN (SELECT producer FROM network_days))
ORDER BY id
"""


def _chapter(
    case: Case,
    network: Network,
    use: DeclaredAndObserved,
    pages: Sequence[StatedList],
    producer: str,
) -> ReachChapter:
    reach = network.reach(producer)
    name = reach.organisation.name
    return ReachChapter(
        name,
        reach,
        tuple(network.cut(name, label) for label in UNPLUGGED),
        tuple(item for item in pages if item.producer in reach.organisation.released_names),
        use.of(name),
        _ban(case, reach),
        draw_around(reach),
        draw_map(network, name),
        network.oddities,
    )


def _ban(case: Case, reach: Reach) -> StatedBan | None:
    federal = tuple(item.name for item in reach.declared.direct.organisations if item.level == "federal")
    if not federal:
        return None
    until = reach.as_of or "9999-12-31"
    rows = case.rows(
        "SELECT as_of, disclosure_id, source_row FROM portals"
        " WHERE list_contains(?, producer) AND (as_of IS NULL OR as_of <= ?::DATE)"
        " AND prohibited_uses ILIKE '%immigration%'"
        " ORDER BY as_of DESC NULLS LAST, disclosure_id, source_row LIMIT 1",
        [list(reach.organisation.released_names), until],
    )
    if not rows:
        return None
    ((as_of, disclosure, row),) = rows
    return StatedBan(as_of, f"{disclosure}:{row}", federal)
