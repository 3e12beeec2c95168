"""A directed graph over integer ids, held as sorted arrays; nothing here knows what a node is.

An edge ``u → v`` means: the data of ``u`` can be reached by ``v``. Edges are
kept sorted by (source, recipient), so that an edge has a number, a slice holds
the recipients of a node, and every walk is the same on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

UNREACHED = -1


@dataclass(frozen=True, slots=True)
class Graph:
    """Hold edges sorted by (source, recipient), each pair once, and the same edges by recipient.

    Attributes:
        n: Nodes; ids are 0 to ``n - 1``.
        source: Source of every edge.
        recipient: Recipient of every edge.
        starts: Edges of source ``u`` are ``starts[u]`` to ``starts[u + 1] - 1``.
        back_order: Edge numbers sorted by recipient.
        back_starts: As ``starts``, into ``back_order``.
    """

    n: int
    source: IntArray
    recipient: IntArray
    starts: IntArray
    back_order: IntArray
    back_starts: IntArray

    @classmethod
    def from_edges(cls, n: int, source: npt.NDArray[Any], recipient: npt.NDArray[Any]) -> Graph:
        """Make a graph from edges in any order; self edges must be gone, repeated pairs count once."""
        pairs = source.astype(np.int64) * n + recipient.astype(np.int64)
        if not (pairs[1:] > pairs[:-1]).all():
            pairs = np.unique(pairs)
        sources, recipients = np.divmod(pairs, max(n, 1))
        order = np.argsort(recipients, kind="stable").astype(np.int64)
        return cls(n, sources, recipients, _starts(n, sources), order, _starts(n, recipients[order]))

    @property
    def n_edges(self) -> int:
        """Count the edges."""
        return len(self.source)

    @property
    def n_recipients(self) -> IntArray:
        """Count the recipients of every node."""
        return np.diff(self.starts)

    @property
    def n_sources(self) -> IntArray:
        """Count the sources of every node."""
        return np.diff(self.back_starts)

    def recipients_of(self, node: int) -> IntArray:
        """Give the nodes that can reach the data of a node directly."""
        return self.recipient[self.starts[node] : self.starts[node + 1]]

    def sources_of(self, node: int) -> IntArray:
        """Give the nodes whose data a node can reach directly."""
        return self.source[self.back_order[self.back_starts[node] : self.back_starts[node + 1]]]

    def edge_numbers(self, source: npt.ArrayLike, recipient: npt.ArrayLike) -> IntArray:
        """Give the number of each edge asked for, or -1 where there is none."""
        wanted = np.asarray(source, dtype=np.int64) * self.n + np.asarray(recipient, dtype=np.int64)
        keys = self.source * self.n + self.recipient
        if not len(keys):
            return np.full(wanted.shape, -1, dtype=np.int64)
        found = np.searchsorted(keys, wanted)
        found = np.minimum(found, len(keys) - 1)
        return np.where(keys[found] == wanted, found, -1)

    def reciprocal(self) -> BoolArray:
        """Tell of every edge whether the opposite edge is there too."""
        # The edges by recipient, turned round, are in sorted order: looking them up is one pass.
        turned = self.back_order
        both = np.zeros(self.n_edges, dtype=np.bool_)
        both[turned] = self.edge_numbers(self.recipient[turned], self.source[turned]) >= 0
        return both

    def edges_out(self, nodes: IntArray) -> IntArray:
        """Give the numbers of all edges that leave the nodes."""
        return _slices(self.starts, nodes)

    def edges_in(self, nodes: IntArray) -> IntArray:
        """Give the numbers of all edges that enter the nodes."""
        return self.back_order[_slices(self.back_starts, nodes)]

    def hops(
        self,
        start: npt.ArrayLike,
        *,
        limit: int | None = None,
        backward: bool = False,
        closed: BoolArray | None = None,
    ) -> IntArray:
        """Count the hops from one or more start nodes to every node, breadth first.

        Args:
            start: Node or nodes at hop 0.
            limit: Hops to go at most; None goes on until nothing new is reached.
            backward: Walk edges against their direction.
            closed: True for each edge that must not be walked.

        Returns:
            Hops per node; :data:`UNREACHED` where there is no way.
        """
        hops = np.full(self.n, UNREACHED, dtype=np.int64)
        frontier = np.atleast_1d(np.asarray(start, dtype=np.int64))
        hops[frontier] = 0
        depth = 0
        while len(frontier) and (limit is None or depth < limit):
            edges = self.edges_in(frontier) if backward else self.edges_out(frontier)
            if closed is not None:
                edges = edges[~closed[edges]]
            ahead = self.source[edges] if backward else self.recipient[edges]
            depth += 1
            hops[ahead[hops[ahead] == UNREACHED]] = depth
            frontier = np.flatnonzero(hops == depth)
        return hops


def _starts(n: int, sorted_nodes: IntArray) -> IntArray:
    return np.searchsorted(sorted_nodes, np.arange(n + 1)).astype(np.int64)


def _slices(starts: IntArray, nodes: IntArray) -> IntArray:
    first = starts[nodes]
    counts = starts[nodes + 1] - first
    before = np.cumsum(counts) - counts
    return np.repeat(first - before, counts) + np.arange(int(counts.sum()), dtype=np.int64)
