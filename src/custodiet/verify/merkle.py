"""Check that rows belong to a tree, as RFC 9162 hashes them.

The hash of a leaf is SHA-256(0x00 || leaf), of a node SHA-256(0x01 || left || right);
an odd last node goes up as it is, which is the same as the recursive definition of
RFC 9162, 2.1.1. A bundle proves all cited rows of a tree at once: its leaves and
the least nodes that lead to the root. :func:`audit_path` takes the path of one row out of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

EMPTY_ROOT = hashlib.sha256(b"").digest()
Nodes = Mapping[tuple[int, int], bytes]


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node from those below it."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(size: int, leaves: Mapping[int, bytes], nodes: Nodes) -> bytes | None:
    """Work out the root from some leaves and the nodes that complete them.

    Args:
        size: Leaves of the tree.
        leaves: Position to hash of the leaves that are known.
        nodes: (level, position) to hash of the nodes given; leaves are level 0.

    Returns:
        The root, or None where a node is missing or one is given that nothing needs.
    """
    levels = _levels(size, leaves, nodes)
    return None if levels is None else levels[-1][0]


def audit_path(size: int, position: int, leaves: Mapping[int, bytes], nodes: Nodes) -> list[bytes] | None:
    """Return the inclusion proof of one leaf in the form of RFC 9162, 2.1.3; None if it cannot be made."""
    levels = _levels(size, leaves, nodes)
    if levels is None or position not in leaves:
        return None
    path, width = [], size
    for known in levels[:-1]:
        if position ^ 1 < width:
            path.append(known[position ^ 1])
        position, width = position >> 1, (width + 1) >> 1
    return path


def includes(leaf: bytes, position: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Check one inclusion proof by the algorithm of RFC 9162, 2.1.3.2."""
    if position >= size or position < 0:
        return False
    place, last, digest = position, size - 1, leaf
    for other in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            digest = node_hash(other, digest)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            digest = node_hash(digest, other)
        place, last = place >> 1, last >> 1
    return last == 0 and digest == root


def _levels(size: int, leaves: Mapping[int, bytes], nodes: Nodes) -> list[dict[int, bytes]] | None:
    if size < 1 or not leaves or any(not 0 <= position < size for position in leaves):
        return None
    by_level: dict[int, dict[int, bytes]] = {}
    for (level, place), digest in nodes.items():
        by_level.setdefault(level, {})[place] = digest
    known, width, used = dict(leaves), size, 0
    levels: list[dict[int, bytes]] = []
    while True:
        given = by_level.get(len(levels), {})
        if given.keys() & known.keys():
            return None
        used += len(given)
        known |= given
        levels.append(known)
        if width == 1:
            return levels if used == len(nodes) else None
        above = _above(known, width)
        if above is None:
            return None
        known, width = above, (width + 1) >> 1


def _above(known: Mapping[int, bytes], width: int) -> dict[int, bytes] | None:
    above: dict[int, bytes] = {}
    for place, digest in known.items():
        if place >= width:
            return None
        other = place ^ 1
        if other >= width:
            above[place >> 1] = digest
        elif other not in known:
            return None
        elif not place & 1:
            above[place >> 1] = node_hash(digest, known[other])
    return above
