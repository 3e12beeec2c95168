"""Betweenness: on how many shortest ways between two others does an organisation lie?

Brandes (2001), "A faster algorithm for betweenness centrality", for many start
nodes at once: each level of the walk is one product of a sparse matrix with a
dense block. Above a size, a seeded sample of start nodes stands for all
(Brandes and Pich, 2007), and the result says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy import sparse

from custodiet.network.graph import Graph, IntArray

FloatArray = npt.NDArray[np.float64]

EXACT_WORK: Final = 60_000_000
SAMPLED_WORK: Final = 64_000_000
SEED: Final = 20260401
_BLOCK: Final = 32


@dataclass(frozen=True, slots=True)
class Betweenness:
    """Hold the betweenness of every node.

    Attributes:
        values: Share of the ordered pairs of other nodes whose shortest ways run
            through the node, 0 to 1; ways that tie count in proportion.
        n_starts: Start nodes walked from.
        n_possible: Nodes that have any recipient, so could be a start.
    """

    values: FloatArray
    n_starts: int
    n_possible: int

    @property
    def exact(self) -> bool:
        """Tell whether all start nodes were walked from."""
        return self.n_starts == self.n_possible


def betweenness(graph: Graph, *, exact_work: int = EXACT_WORK, sampled_work: int = SAMPLED_WORK) -> Betweenness:
    """Compute betweenness, exactly where start nodes × edges is at most ``exact_work``.

    Args:
        graph: The graph.
        exact_work: Largest start nodes × edges for an exact answer.
        sampled_work: Work of a sampled answer, in the same unit.
    """
    starts = np.flatnonzero(graph.n_recipients > 0)
    touched = int(np.count_nonzero((graph.n_recipients > 0) | (graph.n_sources > 0)))
    n_possible = len(starts)
    if n_possible * graph.n_edges > exact_work:
        size = min(n_possible, max(_BLOCK, sampled_work // graph.n_edges))
        starts = np.sort(np.random.default_rng(SEED).choice(starts, size, replace=False))
    total = np.zeros(graph.n)
    if n_possible:
        ones = np.ones(graph.n_edges)
        shape = (graph.n, graph.n)
        onward = sparse.csr_matrix((ones, (graph.source, graph.recipient)), shape=shape)
        backward = onward.T.tocsr()
        for at in range(0, len(starts), _BLOCK):
            total += _dependencies(onward, backward, starts[at : at + _BLOCK])
        total *= n_possible / len(starts)
    pairs = max((touched - 1) * (touched - 2), 1)
    return Betweenness(total / pairs, len(starts), n_possible)


def _dependencies(onward: Any, backward: Any, starts: IntArray) -> FloatArray:
    """Sum over a block of start nodes how much every node lies between them and the rest."""
    columns = np.arange(len(starts))
    ways = np.zeros((onward.shape[0], len(starts)))
    ways[starts, columns] = 1.0
    seen = ways > 0
    frontier = ways.copy()
    levels = []
    while True:
        levels.append(frontier > 0)
        frontier = backward @ frontier
        frontier[seen] = 0.0
        fresh = frontier > 0
        if not fresh.any():
            break
        ways += frontier
        seen |= fresh
    dependency = np.zeros_like(ways)
    for depth in range(len(levels) - 1, 0, -1):
        share = np.where(levels[depth], (1.0 + dependency) / np.where(levels[depth], ways, 1.0), 0.0)
        dependency += np.where(levels[depth - 1], ways * (onward @ share), 0.0)
    dependency[starts, columns] = 0.0
    total: FloatArray = dependency.sum(axis=1)
    return total
