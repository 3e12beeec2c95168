"""Who concentrates reach: the organisations that many let in, that let many in, or that lie between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from custodiet.model.errors import UsageError
from custodiet.network.betweenness import Betweenness, betweenness
from custodiet.network.graph import Graph, IntArray

if TYPE_CHECKING:
    from custodiet.network.network import Network


@dataclass(frozen=True, slots=True)
class Hub:
    """Describe one organisation that concentrates reach in the declared network.

    Attributes:
        name: Canonical name.
        state: Postal code, or None.
        level: Level of government.
        n_recipients: Organisations that can reach its data directly.
        n_sources: Organisations whose data it can reach directly.
        betweenness: Share of the ordered pairs of others with a shortest way through it.
        share_one_hop: Share of all sources whose data it can reach directly, 0 to 1.
        share_two_hops: The same with one organisation between, 0 to 1.
        rank_recipients: Place by recipients; equals share a place, and who has none has no place.
        rank_sources: Place by sources.
        rank_betweenness: Place by betweenness.
    """

    name: str
    state: str | None
    level: str
    n_recipients: int
    n_sources: int
    betweenness: float
    share_one_hop: float
    share_two_hops: float
    rank_recipients: int | None
    rank_sources: int | None
    rank_betweenness: int | None

    def to_json(self) -> dict[str, Any]:
        """Give the hub as plain values."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Hubs:
    """Answer who concentrates reach.

    Attributes:
        hubs: The first organisations by recipients, by sources and by betweenness,
            each once, in the order of their best place.
        as_of: Date of the lists, or None for the latest.
        n_sources: Organisations whose data somebody can reach; the denominator of the shares.
        n_starts: Organisations that the betweenness was walked from.
        n_possible: Organisations that it could have been walked from.
        caveats: What the numbers do not say.
    """

    hubs: tuple[Hub, ...]
    as_of: str | None
    n_sources: int
    n_starts: int
    n_possible: int
    caveats: tuple[str, ...]

    @property
    def exact(self) -> bool:
        """Tell whether the betweenness is exact."""
        return self.n_starts == self.n_possible

    def to_json(self) -> dict[str, Any]:
        """Give the answer as plain values."""
        return {
            "as_of": self.as_of,
            "n_sources": self.n_sources,
            "betweenness": {
                "exact": self.exact,
                "n_starts": self.n_starts,
                "n_possible": self.n_possible,
            },
            "hubs": [hub.to_json() for hub in self.hubs],
            "caveats": list(self.caveats),
        }


def find_hubs(network: Network, top: int) -> Hubs:
    """Rank the organisations of the declared network.

    Raises:
        UsageError: Fewer than one is asked for.
    """
    if top < 1:
        raise UsageError(f"{top} hubs were asked for.", where="--top", hint="Give 1 or more.")
    graph = network.declared.graph
    between = betweenness(graph)
    measures = (graph.n_recipients, graph.n_sources, between.values)
    ranks = [_ranks(values) for values in measures]
    touched = (graph.n_recipients > 0) | (graph.n_sources > 0)
    best = np.min(ranks, axis=0)
    wanted = np.flatnonzero(touched & (best <= top))
    wanted = wanted[np.lexsort((wanted, best[wanted]))]
    n_sources = int(np.count_nonzero(graph.n_recipients))
    hubs = tuple(_hub(network, between, ranks, n_sources, int(node)) for node in wanted)
    return Hubs(
        hubs,
        None if network.as_of is None else network.as_of.isoformat(),
        n_sources,
        between.n_starts,
        between.n_possible,
        _caveats(network, between),
    )


def _hub(network: Network, between: Betweenness, ranks: list[IntArray], n_sources: int, node: int) -> Hub:
    graph, organisations = network.declared.graph, network.organisations
    one, two = (_sources_within(graph, node, hops) / max(n_sources, 1) for hops in (1, 2))
    return Hub(
        organisations.names[node],
        organisations.states[node],
        organisations.levels[node],
        int(graph.n_recipients[node]),
        int(graph.n_sources[node]),
        float(between.values[node]),
        one,
        two,
        *(int(rank[node]) if rank[node] <= graph.n else None for rank in ranks),
    )


def _sources_within(graph: Graph, node: int, hops: int) -> int:
    walked = graph.hops(node, limit=hops, backward=True)
    return int(np.count_nonzero(walked > 0))


def _ranks(values: Any) -> IntArray:
    """Rank from the highest value; equals share the best place, and zeros come after the last."""
    ordered = np.sort(-values)
    ranks = np.searchsorted(ordered, -values, side="left") + 1
    return np.where(values > 0, ranks, len(values) + 1).astype(np.int64)


def _caveats(network: Network, between: Betweenness) -> tuple[str, ...]:
    said = [
        "Only organisations whose own list was disclosed can show recipients; a missing list is not an empty one.",
        "Reach over two hops and betweenness assume that recipients may pass data on.",
    ]
    if between.n_starts < between.n_possible:
        said.append(
            f"Betweenness is estimated from {between.n_starts:,} of {between.n_possible:,} starting"
            " organisations, drawn with a fixed seed."
        )
    return (*said, *network.caveats())
