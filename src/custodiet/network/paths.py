"""The shortest ways from one organisation's data to another organisation, every step cited."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any, Final

from custodiet.model.errors import UsageError
from custodiet.network.edges import EdgeFacts, Edges
from custodiet.network.graph import UNREACHED, IntArray
from custodiet.network.organisations import Organisations

if TYPE_CHECKING:
    from custodiet.network.network import Network

MOST_PATHS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Step:
    """Describe one step: the recipient can reach the source's data."""

    source: str
    recipient: str
    facts: EdgeFacts

    def to_json(self) -> dict[str, Any]:
        """Give the step as plain values."""
        return {"source": self.source, "recipient": self.recipient, **self.facts.to_json()}


@dataclass(frozen=True, slots=True)
class Ways:
    """Hold the shortest ways on one basis.

    Attributes:
        basis: ``declared`` or ``observed``.
        hops: Steps of a shortest way; None where there is no way.
        ways: The ways, each a tuple of steps, in the order of names.
        complete: False where more shortest ways exist than were asked for.
    """

    basis: str
    hops: int | None
    ways: tuple[tuple[Step, ...], ...]
    complete: bool

    def to_json(self) -> dict[str, Any]:
        """Give the ways as plain values."""
        return {
            "hops": self.hops,
            "complete": self.complete,
            "ways": [[step.to_json() for step in way] for way in self.ways],
        }


@dataclass(frozen=True, slots=True)
class Paths:
    """Answer how one organisation's data can come to another, declared and observed apart."""

    source: str
    recipient: str
    as_of: str | None
    declared: Ways
    observed: Ways
    caveats: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Give the answer as plain values."""
        return {
            "source": self.source,
            "recipient": self.recipient,
            "as_of": self.as_of,
            "declared": self.declared.to_json(),
            "observed": self.observed.to_json(),
            "caveats": list(self.caveats),
        }


def find_paths(network: Network, source: str, recipient: str, limit: int) -> Paths:
    """Find the shortest ways, at most ``limit`` of them on each basis.

    Raises:
        UsageError: A name is unknown, both are one organisation, or the bound is odd.
    """
    if not 1 <= limit <= MOST_PATHS:
        raise UsageError(f"{limit} ways were asked for.", where="--limit", hint=f"Give 1 to {MOST_PATHS:,}.")
    start, end = network.organisations.find(source), network.organisations.find(recipient)
    if start == end:
        raise UsageError("both names are the same organisation.", hint="Name two organisations.")
    declared, observed = (
        _ways(network.organisations, edges, start, end, limit) for edges in (network.declared, network.observed)
    )
    return Paths(
        network.organisations.names[start],
        network.organisations.names[end],
        None if network.as_of is None else network.as_of.isoformat(),
        declared,
        observed,
        (
            *network.not_known(start),
            "Every step beyond the first assumes that the recipient may pass data on.",
            *network.caveats(),
        ),
    )


def _ways(organisations: Organisations, edges: Edges, start: int, end: int, limit: int) -> Ways:
    left = edges.graph.hops(end, backward=True)
    if left[start] == UNREACHED:
        return Ways(edges.basis, None, (), True)
    found = list(islice(_walk(edges, left, start), limit + 1))
    ways = tuple(tuple(_step(organisations, edges, u, v) for u, v in pairwise(nodes)) for nodes in found[:limit])
    return Ways(edges.basis, int(left[start]), ways, len(found) <= limit)


def _walk(edges: Edges, left: IntArray, start: int) -> Iterator[tuple[int, ...]]:
    """Yield every shortest way in the order of names; ``left`` counts the hops that remain."""
    waiting: list[tuple[int, ...]] = [(start,)]
    while waiting:
        way = waiting.pop()
        remaining = left[way[-1]]
        if remaining == 0:
            yield way
            continue
        recipients = edges.graph.recipients_of(way[-1])
        nearer = recipients[left[recipients] == remaining - 1].tolist()
        waiting.extend((*way, node) for node in reversed(nearer))


def _step(organisations: Organisations, edges: Edges, source: int, recipient: int) -> Step:
    edge = int(edges.graph.edge_numbers(source, recipient))
    return Step(organisations.names[source], organisations.names[recipient], edges.facts(edge))
