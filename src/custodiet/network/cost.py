"""What ending a share costs: the in-state organisations that could no longer reach the data."""

from __future__ import annotations

from typing import Final

import numpy as np

from custodiet.network.graph import UNREACHED, BoolArray, Graph, IntArray

MOST_WALKS: Final = 64


def in_state_costs(
    graph: Graph, start: int, edges: IntArray, in_state: BoolArray, *, onward: bool
) -> tuple[tuple[int | None, ...], int]:
    """Count the in-state nodes lost by each edge alone, and by all of them together.

    Args:
        graph: The graph.
        start: Node whose data it is.
        edges: Edges that would end.
        in_state: True for every node to be counted.
        onward: Count over all hops; otherwise only direct recipients.

    Returns:
        One count per edge, None where more walks than :data:`MOST_WALKS` would be
        needed; and the count for all edges together.
    """
    limit = None if onward else 1
    before = graph.hops(start, limit=limit)
    counted = in_state & (before > 0)
    total = int(counted.sum())

    def lost(closed_edges: IntArray) -> int:
        closed = np.zeros(graph.n_edges, dtype=np.bool_)
        closed[closed_edges] = True
        after = graph.hops(start, limit=limit, closed=closed)
        return total - int(np.count_nonzero(counted & (after != UNREACHED)))

    parents = _parents(graph, before)
    walks = 0
    each: list[int | None] = []
    for edge in edges.tolist():
        if onward and _has_another_way(graph, before, parents, edge):
            each.append(0)
            continue
        walks += 1
        each.append(lost(np.array([edge])) if walks <= MOST_WALKS else None)
    return tuple(each), lost(edges) if len(edges) else 0


def _parents(graph: Graph, hops: IntArray) -> IntArray:
    """Give one source one hop nearer to the start for every reached node: a tree of shortest ways."""
    on_way = (hops[graph.source] != UNREACHED) & (hops[graph.recipient] == hops[graph.source] + 1)
    parents = np.full(graph.n, UNREACHED, dtype=np.int64)
    parents[graph.recipient[on_way]] = graph.source[on_way]
    return parents


def _has_another_way(graph: Graph, hops: IntArray, parents: IntArray, edge: int) -> bool:
    """Tell whether the recipient is surely reached without this edge.

    A second source whose way in the tree does not run through the recipient is
    reached without this edge, and so is the recipient. False is no proof.
    """
    recipient = int(graph.recipient[edge])
    others = graph.sources_of(recipient)
    others = others[(others != graph.source[edge]) & (hops[others] != UNREACHED)]
    while len(others) and (below := hops[others] > hops[recipient]).any():
        others = np.where(below, parents[others], others)
    return bool((others != recipient).any())
