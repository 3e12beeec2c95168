"""Who can reach an organisation's data, in two readings that are never mixed.

A sharing list says whom an organisation lets in. Whether a recipient may pass
data on is a rule or an agreement, not a fact of the list. So every answer has
two readings side by side: nobody passes data on (one hop), and everybody does.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from custodiet.model.errors import UsageError
from custodiet.network.edges import EdgeFacts, Edges
from custodiet.network.graph import UNREACHED, IntArray
from custodiet.network.organisations import LABELS, Organisation, Organisations, names_of

if TYPE_CHECKING:
    from custodiet.network.network import Network

ASSUMPTIONS: Final = (
    "No onward sharing: every recipient keeps what it reaches to itself.",
    "Full onward sharing: every recipient lets its own recipients reach it too. Whether it may is a matter"
    " of law and agreements; the lists do not say.",
    "A share is not a use: it says who can reach the data, not who did.",
)
_THROUGH: Final = 3


@dataclass(frozen=True, slots=True)
class ReachedOrganisation:
    """Describe one organisation that can reach the data.

    Attributes:
        name: Its canonical name.
        hop: 1 for a direct recipient.
        label: One of the labels, as seen from the organisation whose data it is.
        state: Postal code, or None.
        level: Level of government.
        released_names: Spellings in which it was released.
        through: The organisations one hop before it, the first few; empty at hop 1.
        n_through: How many there are.
        facts: What stands behind the share (or use) named last on the way.
    """

    name: str
    hop: int
    label: str
    state: str | None
    level: str
    released_names: tuple[str, ...]
    through: tuple[str, ...]
    n_through: int
    facts: EdgeFacts

    def to_json(self) -> dict[str, Any]:
        """Give the organisation as plain values."""
        return {
            "organisation": self.name,
            "hop": self.hop,
            "label": self.label,
            "state": self.state,
            "level": self.level,
            "released_names": list(self.released_names),
            "through": list(self.through),
            "n_through": self.n_through,
            **self.facts.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Reading:
    """Hold one reading of who can reach the data: without or with onward sharing.

    Attributes:
        hops: Hops walked at most; None where the walk went to the end.
        organisations: Who can reach the data, nearest first, then by name.
        through: Organisations that lead on to others, and to how many one hop
            further; most first. One that is reached through several counts for each.
    """

    hops: int | None
    organisations: tuple[ReachedOrganisation, ...]
    through: tuple[tuple[str, int], ...] = ()

    @property
    def by_label(self) -> dict[str, int]:
        """Count the organisations of every label, absent labels included."""
        counted = Counter(item.label for item in self.organisations)
        return {label: counted[label] for label in LABELS}

    def to_json(self) -> dict[str, Any]:
        """Give the reading as plain values."""
        return {
            "hops": self.hops,
            "n": len(self.organisations),
            "by_label": self.by_label,
            "through": [{"organisation": name, "n": count} for name, count in self.through],
            "organisations": [item.to_json() for item in self.organisations],
        }


@dataclass(frozen=True, slots=True)
class BothReadings:
    """Hold the two readings of one basis."""

    basis: str
    direct: Reading
    onward: Reading

    def to_json(self) -> dict[str, Any]:
        """Give both readings as plain values."""
        return {
            "no_onward_sharing": self.direct.to_json(),
            "full_onward_sharing": self.onward.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Reach:
    """Answer who can reach an organisation's data, declared and observed apart.

    Attributes:
        organisation: Whose data it is.
        as_of: Date of the lists, or None for the latest.
        declared: What sharing lists state.
        observed: What network logs record.
        caveats: What a reader must know.
        declared_from: Day of the first list, where that is later than ``as_of``: of the day asked for nothing
            is known, and the empty readings are no zero. None where the lists reach back to it.
        observed_from: The same for the network log.
    """

    organisation: Organisation
    as_of: str | None
    declared: BothReadings
    observed: BothReadings
    caveats: tuple[str, ...]
    declared_from: date | None = None
    observed_from: date | None = None

    def to_json(self) -> dict[str, Any]:
        """Give the answer as plain values."""
        return {
            "organisation": self.organisation.to_json(),
            "as_of": self.as_of,
            "declared": self.declared.to_json(),
            "declared_known_from": None if self.declared_from is None else self.declared_from.isoformat(),
            "observed": self.observed.to_json(),
            "observed_known_from": None if self.observed_from is None else self.observed_from.isoformat(),
            "assumptions": list(ASSUMPTIONS),
            "caveats": list(self.caveats),
        }


def find_reach(network: Network, name: str, hops: int | None) -> Reach:
    """Walk the declared and the observed graph from one organisation.

    Raises:
        UsageError: The name is unknown, or fewer than one hop is asked for.
    """
    if hops is not None and hops < 1:
        raise UsageError(f"{hops} hops were asked for.", where="--hops", hint="Give 1 or more.")
    start = network.organisations.find(name)
    labels = network.organisations.labels(start, network.inactive())
    declared, observed = (
        _both(network.organisations, edges, start, hops, labels) for edges in (network.declared, network.observed)
    )
    return Reach(
        network.organisations[start],
        None if network.as_of is None else network.as_of.isoformat(),
        declared,
        observed,
        network.not_known(start) + network.caveats() + _own_caveats(network, start, declared, observed),
        network.later_lists.get(start),
        network.later_logs.get(start),
    )


def _own_caveats(network: Network, start: int, declared: BothReadings, observed: BothReadings) -> tuple[str, ...]:
    said = []
    if not declared.direct.organisations and start not in network.later_lists:
        said.append(
            "No list in this case names a recipient of this organisation's data;"
            " that no list was disclosed does not mean that nobody can reach it."
        )
    if not observed.direct.organisations and start not in network.later_logs:
        said.append(
            "No network log in this case records a search of this organisation's cameras by others;"
            " without such a log that says nothing about use."
        )
    return tuple(said)


def _both(organisations: Organisations, edges: Edges, start: int, hops: int | None, labels: IntArray) -> BothReadings:
    walked = edges.graph.hops(start, limit=hops)
    graph = edges.graph
    on_way = np.flatnonzero((walked[graph.source] != UNREACHED) & (walked[graph.recipient] == walked[graph.source] + 1))
    onward = _reached(organisations, edges, walked, labels, on_way)
    direct = tuple(item for item in onward if item.hop == 1)
    through = _through(organisations, graph.source[on_way], start)
    return BothReadings(edges.basis, Reading(1, direct), Reading(hops, onward, through))


def _through(organisations: Organisations, sources: IntArray, start: int) -> tuple[tuple[str, int], ...]:
    nodes, counts = np.unique(sources[sources != start], return_counts=True)
    order = np.lexsort((nodes, -counts))
    return tuple(zip(names_of(organisations, nodes[order].tolist()), counts[order].tolist(), strict=True))


def _reached(
    organisations: Organisations, edges: Edges, hops: IntArray, labels: IntArray, on_way: IntArray
) -> tuple[ReachedOrganisation, ...]:
    graph = edges.graph
    reached = np.flatnonzero(hops > 0)
    reached = reached[np.lexsort((reached, hops[reached]))]
    on_way = on_way[np.argsort(graph.recipient[on_way], kind="stable")]
    recipients = graph.recipient[on_way]
    first, stop = np.searchsorted(recipients, reached), np.searchsorted(recipients, reached, side="right")
    rows = zip(
        reached.tolist(),
        hops[reached].tolist(),
        labels[reached].tolist(),
        first.tolist(),
        stop.tolist(),
        organisations.released_names_of(reached),
        edges.facts_of(on_way[first]),
        strict=True,
    )
    sources = graph.source[on_way].tolist()
    return tuple(
        ReachedOrganisation(
            organisations.names[node],
            hop,
            LABELS[label],
            organisations.states[node],
            organisations.levels[node],
            released,
            names_of(organisations, sources[begin : min(end, begin + _THROUGH)]) if hop > 1 else (),
            end - begin if hop > 1 else 0,
            facts,
        )
        for node, hop, label, begin, end, released, facts in rows
    )
