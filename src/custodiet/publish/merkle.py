"""Build the hash trees of disclosures, as RFC 9162 hashes them, from the hashes of their leaves."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint8]
EMPTY_ROOT = hashlib.sha256(b"").digest()


@dataclass(frozen=True, slots=True)
class Tree:
    """Hold the hashes of a tree, level by level: ``levels[0]`` are the leaves, the last one is the root.

    Each level is an array of shape (nodes, 32).
    """

    levels: tuple[Hashes, ...]

    @property
    def size(self) -> int:
        """Count the leaves."""
        return len(self.levels[0])

    @property
    def root(self) -> bytes:
        """Give the root."""
        return self.levels[-1][0].tobytes() if self.size else EMPTY_ROOT

    def completing(self, positions: NDArray[Any]) -> list[tuple[int, NDArray[Any], Hashes]]:
        """Return the least nodes that lead from the leaves at ``positions`` to the root.

        Returns:
            For each level that has some: the level, their places on it, and their hashes.
        """
        known = np.unique(positions.astype(np.int64))
        found = []
        for level, hashes in enumerate(self.levels[:-1]):
            siblings = known ^ 1
            needed = np.setdiff1d(siblings[siblings < len(hashes)], known, assume_unique=True)
            if len(needed):
                found.append((level, needed, hashes[needed]))
            known = np.unique(known >> 1)
        return found


def grow(leaves: Hashes) -> Tree:
    """Build the tree over leaf hashes (shape (n, 32)); an odd last node goes up as it is."""
    levels = [leaves]
    while len(levels[-1]) > 1:
        levels.append(_above(levels[-1]))
    return Tree(tuple(levels))


def _above(level: Hashes) -> Hashes:
    data, sha256 = level.tobytes(), hashlib.sha256
    whole = len(data) - len(data) % 64
    pairs = b"".join([sha256(b"\x01" + data[at : at + 64]).digest() for at in range(0, whole, 64)])
    return np.frombuffer(pairs + data[whole:], np.uint8).reshape(-1, 32)
