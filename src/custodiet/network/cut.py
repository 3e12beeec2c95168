"""The unplug plan: the fewest or cheapest shares that must end so that a target cannot reach the data.

An exact minimum cut: by the theorem of Ford and Fulkerson it weighs as much as
the greatest flow, which scipy computes by Dinic's algorithm. Where several
cuts weigh the same, the one nearest to the organisation whose data it is gets
named: it is unique, and the shares in it are the ones that organisation is most
likely to control.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import maximum_flow

from custodiet.model.counts import counted
from custodiet.model.errors import UsageError
from custodiet.network.cost import in_state_costs
from custodiet.network.edges import EdgeFacts
from custodiet.network.graph import UNREACHED, BoolArray, Graph, IntArray
from custodiet.network.organisations import LABELS, TARGET_LABELS

if TYPE_CHECKING:
    from custodiet.network.network import Network

UNREACHABLE: Final = "already out of reach"
NO_TARGET: Final = "cannot be told: no organisation of this kind is known"
A_ALONE: Final = "A alone can do it, and no cheaper plan exists"
A_ALONE_DEARER: Final = "A alone can do it, at a higher price than together with others"
WITH_OTHERS: Final = "A alone cannot do it"
IMPOSSIBLE: Final = "no plan: shares that cannot end lead all the way"
NO_LIST: Final = "cannot be told: no list is known on this day"

DEAREST: Final = 1_000_000
_GREATEST: Final = 2**31 - 2


@dataclass(frozen=True, slots=True)
class PlannedShare:
    """Name one share that must end.

    Attributes:
        source: Organisation that lets the recipient in.
        recipient: Organisation that is let in.
        label: The recipient, as seen from the organisation whose data it is.
        controlled_by: Who can end it: its source; where that is A, its name with ``alone``.
        price: Price of ending it; 1 where no weights were given.
        in_state_lost: Active public in-state organisations that could no longer
            reach A's data if only this share ended; None where the plan is too
            long to compute it for every share.
        facts: What stands behind the share.
    """

    source: str
    recipient: str
    label: str
    controlled_by: str
    price: int
    in_state_lost: int | None
    facts: EdgeFacts

    def to_json(self) -> dict[str, Any]:
        """Give the share as plain values."""
        return {
            "source": self.source,
            "recipient": self.recipient,
            "label": self.label,
            "controlled_by": self.controlled_by,
            "price": self.price,
            "in_state_lost": self.in_state_lost,
            **self.facts.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """Hold shares that together unplug the target.

    Attributes:
        shares: The shares, by names of source and recipient.
        price: Sum of their prices; the number of shares where no weights were given.
        in_state_lost: Active public in-state organisations that could reach A's
            data before and no longer after the whole plan.
    """

    shares: tuple[PlannedShare, ...]
    price: int
    in_state_lost: int

    def to_json(self) -> dict[str, Any]:
        """Give the plan as plain values."""
        return {
            "n_shares": len(self.shares),
            "price": self.price,
            "in_state_lost": self.in_state_lost,
            "shares": [share.to_json() for share in self.shares],
        }


@dataclass(frozen=True, slots=True)
class Unplugging:
    """Hold one reading of the unplug plan.

    Attributes:
        verdict: ``already out of reach``, that A alone can or cannot do it, that no plan exists,
            or that nobody of the label asked for is known.
        best: The cheapest plan, whoever must act; None where none exists.
        alone: What A must end if it acts alone; None where it cannot.
    """

    verdict: str
    best: Plan | None
    alone: Plan | None

    def to_json(self) -> dict[str, Any]:
        """Give the reading as plain values."""
        return {
            "verdict": self.verdict,
            "best": None if self.best is None else self.best.to_json(),
            "alone": None if self.alone is None else self.alone.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Cut:
    """Answer what must end so that the target cannot reach the data, in both readings.

    Attributes:
        source: Organisation whose data it is ("A").
        target: Organisation or label that must not reach it ("B").
        as_of: Date of the lists, or None for the latest.
        n_targets: Organisations behind the target.
        n_reaching: How many of them can reach the data now, with full onward sharing.
        n_in_state: Active public in-state organisations that can reach it now.
        direct: Without onward sharing: only A's own shares to the target count.
        onward: With full onward sharing.
        caveats: What the plan does not say.
        n_unknown: Organisations without a known level or state, which are no targets; 0 where one was named.
    """

    source: str
    target: str
    as_of: str | None
    n_targets: int
    n_reaching: int
    n_in_state: int
    direct: Unplugging
    onward: Unplugging
    caveats: tuple[str, ...]
    n_unknown: int = 0

    def to_json(self) -> dict[str, Any]:
        """Give the answer as plain values."""
        return {
            "source": self.source,
            "target": self.target,
            "as_of": self.as_of,
            "n_targets": self.n_targets,
            "n_reaching": self.n_reaching,
            "n_in_state": self.n_in_state,
            "no_onward_sharing": self.direct.to_json(),
            "full_onward_sharing": self.onward.to_json(),
            "caveats": list(self.caveats),
        }


def cut_plan(network: Network, source: str, target: str, weights: Mapping[tuple[str, str], int | None]) -> Cut:
    """Plan the cut between an organisation's data and a target.

    Raises:
        UsageError: A name is unknown, source and target are one, or a weight is no whole
            number from 1 to 1,000,000.
    """
    organisations, graph = network.organisations, network.declared.graph
    start = organisations.find(source)
    targets, shown = _targets(network, start, target)
    prices = _prices(network, weights)
    hops = graph.hops(start)
    labels = organisations.labels(start, network.inactive())
    unknown = NO_LIST if start in network.later_lists else None if len(targets) else NO_TARGET
    planner = _Planner(network, start, labels, prices, unknown=unknown)
    reaching = targets[hops[targets] != UNREACHED]
    own = np.sort(graph.edge_numbers(np.full(len(targets), start), targets))
    own = own[own >= 0]
    n_unknown = 0
    if target in TARGET_LABELS:
        n_unknown = int(np.count_nonzero(organisations.labels(start) == LABELS.index("unknown")))
    return Cut(
        organisations.names[start],
        shown,
        None if network.as_of is None else network.as_of.isoformat(),
        len(targets),
        len(reaching),
        int(np.count_nonzero(planner.in_state & (hops > 0))),
        planner.unplug(own, own, onward=False),
        planner.unplug(minimum_cut(graph, start, reaching, prices), leading_on(graph, start, reaching), onward=True),
        _caveats(network, start, target, n_unknown) + network.not_known(start),
        n_unknown,
    )


def told(verdict: str, source: str) -> str:
    """Write a verdict with the name of the organisation that it calls A."""
    return verdict.replace("A alone", f"{source} alone")


def minimum_cut(graph: Graph, start: int, targets: IntArray, prices: IntArray) -> IntArray | None:
    """Give the edges of the cheapest cut nearest to the start, or None where endless prices lead through.

    Args:
        graph: The graph.
        start: Node whose data it is.
        targets: Nodes that must not be reachable; the start must not be among them.
        prices: Price per edge; 0 stands for a share that cannot end.
    """
    if not len(targets):
        return np.zeros(0, dtype=np.int64)
    edges = np.flatnonzero(_useful(graph, start, targets))
    finite = int(prices[edges].sum())
    if finite >= _GREATEST:
        raise UsageError(f"the weights add up to {_GREATEST:,} or more.", hint="Give smaller weights.")
    endless = finite + 1
    # One mouth and one sink of endless capacity keep every sum within the integers of the library.
    mouth, sink = graph.n, graph.n + 1
    capacity = np.where(prices[edges] == 0, endless, prices[edges])
    extra = np.full(len(targets) + 1, endless)
    sources = np.concatenate([graph.source[edges], targets, [mouth]])
    recipients = np.concatenate([graph.recipient[edges], np.full(len(targets), sink), [start]])
    matrix = sparse.csr_matrix(
        (np.concatenate([capacity, extra]).astype(np.int32), (sources, recipients)),
        shape=(graph.n + 2, graph.n + 2),
    )
    result = maximum_flow(matrix, mouth, sink)
    if result.flow_value >= endless:
        return None
    near = _near_side(matrix, result.flow, start)
    cut: IntArray = edges[near[graph.source[edges]] & ~near[graph.recipient[edges]]]
    return cut


def leading_on(graph: Graph, start: int, targets: IntArray) -> IntArray:
    """Give the start's own edges from which a target can be reached without coming back to it."""
    if not len(targets):
        return np.zeros(0, dtype=np.int64)
    closed = np.zeros(graph.n_edges, dtype=np.bool_)
    own = np.arange(graph.starts[start], graph.starts[start + 1])
    closed[own] = True
    to_target = graph.hops(targets, backward=True, closed=closed)
    leading: IntArray = own[to_target[graph.recipient[own]] != UNREACHED]
    return leading


def _useful(graph: Graph, start: int, targets: IntArray) -> BoolArray:
    """Mark the edges that lie on a way from the start to a target."""
    ahead = graph.hops(start) != UNREACHED
    back = graph.hops(targets, backward=True) != UNREACHED
    useful: BoolArray = ahead[graph.source] & back[graph.recipient]
    return useful


def _near_side(matrix: Any, flow: Any, start: int) -> BoolArray:
    """Mark the nodes that the greatest flow leaves reachable from the start."""
    residual = (matrix.astype(np.int64) - flow.astype(np.int64)).tocoo()
    open_ = residual.data > 0
    rest = Graph.from_edges(matrix.shape[0], residual.row[open_], residual.col[open_])
    near: BoolArray = rest.hops(start) != UNREACHED
    return near


class _Planner:
    """Turn numbers of edges into plans with names, prices and what they cost."""

    def __init__(
        self, network: Network, start: int, labels: IntArray, prices: IntArray, *, unknown: str | None
    ) -> None:
        self._unknown = unknown
        self._network = network
        self._start = start
        self._labels = labels
        self._prices = prices
        self.in_state: BoolArray = labels == LABELS.index("in-state")

    def unplug(self, best: IntArray | None, own: IntArray, *, onward: bool) -> Unplugging:
        """Judge the cheapest plan and the one that the organisation can carry out alone."""
        if self._unknown is not None:
            return Unplugging(self._unknown, None, None)
        if best is not None and not len(best) and not len(own):
            return Unplugging(UNREACHABLE, Plan((), 0, 0), Plan((), 0, 0))
        can_alone = bool((self._prices[own] > 0).all())
        alone = self._plan(own, onward=onward) if can_alone else None
        if best is None or (not onward and not can_alone):
            return Unplugging(IMPOSSIBLE, None, None)
        plan = self._plan(best, onward=onward)
        if alone is None:
            return Unplugging(WITH_OTHERS, plan, None)
        return Unplugging(A_ALONE if alone.price == plan.price else A_ALONE_DEARER, plan, alone)

    def _plan(self, edges: IntArray, *, onward: bool) -> Plan:
        graph = self._network.declared.graph
        each, together = in_state_costs(graph, self._start, edges, self.in_state, onward=onward)
        shares = tuple(self._share(int(edge), lost) for edge, lost in zip(edges, each, strict=True))
        return Plan(shares, int(self._prices[edges].sum()), together)

    def _share(self, edge: int, lost: int | None) -> PlannedShare:
        graph, names = self._network.declared.graph, self._network.organisations.names
        source, recipient = int(graph.source[edge]), int(graph.recipient[edge])
        return PlannedShare(
            names[source],
            names[recipient],
            LABELS[self._labels[recipient]],
            f"{names[source]} alone" if source == self._start else names[source],
            int(self._prices[edge]),
            lost,
            self._network.declared.facts(edge),
        )


def _targets(network: Network, start: int, target: str) -> tuple[IntArray, str]:
    organisations = network.organisations
    if target in TARGET_LABELS:
        found = organisations.with_label(start, target)
        return found[found != start], target
    number = organisations.find(target)
    if number == start:
        raise UsageError("source and target are the same organisation.", hint="Name two organisations.")
    return np.array([number], dtype=np.int64), organisations.names[number]


def _prices(network: Network, weights: Mapping[tuple[str, str], int | None]) -> IntArray:
    graph, organisations = network.declared.graph, network.organisations
    prices = np.ones(graph.n_edges, dtype=np.int64)
    for (source, recipient), price in weights.items():
        if price is not None and not 1 <= price <= DEAREST:
            raise UsageError(
                f"a weight is {price}.", where="--weights", hint=f"Give whole numbers from 1 to {DEAREST:,}."
            )
        edge = int(graph.edge_numbers(organisations.find(source), organisations.find(recipient)))
        if edge < 0:
            raise UsageError(
                f"no list in force shares data of {source!r} with {recipient!r}.",
                where="--weights",
                hint="Give weights only to shares that exist (custodiet network export).",
            )
        prices[edge] = 0 if price is None else price
    return prices


def _caveats(network: Network, start: int, target: str, unknown: int) -> tuple[str, ...]:
    said = [
        "The plan ends declared shares; reach that no disclosed list names is outside it.",
        "In-state reach is counted over active public organisations of the same state, by their label;"
        " whether each may have access is a question of law.",
    ]
    if target in TARGET_LABELS:
        said.append("Organisations tagged inactive are among the targets: a tag does not end access.")
        if target == "out-of-state" and network.organisations.states[start] is None:
            said.append("The state of the organisation is not known, so nobody counts as out-of-state.")
        if unknown:
            said.append(
                f"{counted(unknown, 'organisation')} {'has' if unknown == 1 else 'have'} no known level or state and"
                f" {'is no target' if unknown == 1 else 'are no targets'}."
            )
    return (*said, *network.caveats())
