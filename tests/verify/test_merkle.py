"""The hash trees, against the vectors that Certificate Transparency publishes (RFC 6962 and 9162 hash alike)."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custodiet.publish.merkle import Tree, grow
from custodiet.verify.merkle import audit_path, includes, leaf_hash, node_hash, root_of

# Leaves and roots of the reference implementation of Certificate Transparency (merkletree tests).
LEAVES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]  # fmt: skip
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
# (position, size, path) of the same tests.
PATHS = (
    (0, 1, ()),
    (0, 8, ("96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4")),
    (5, 8, ("bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")),
    (2, 3, ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",)),
    (1, 5, ("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b")),
)  # fmt: skip


def _tree(leaves: list[bytes]) -> Tree:
    hashes = b"".join(leaf_hash(leaf) for leaf in leaves)
    return grow(np.frombuffer(hashes, np.uint8).reshape(-1, 32))


def _nodes(tree: Tree, positions: list[int]) -> dict[tuple[int, int], bytes]:
    return {
        (level, int(place)): digest.tobytes()
        for level, places, hashes in tree.completing(np.array(positions))
        for place, digest in zip(places, hashes, strict=True)
    }


def test_the_empty_tree() -> None:
    assert _tree([]).root.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("size", range(1, 9))
def test_published_roots(size: int) -> None:
    assert _tree(LEAVES[:size]).root.hex() == ROOTS[size - 1]


@pytest.mark.parametrize(("position", "size", "path"), PATHS)
def test_published_paths(position: int, size: int, path: tuple[str, ...]) -> None:
    tree = _tree(LEAVES[:size])
    hashes = {position: leaf_hash(LEAVES[position])}
    made = audit_path(size, position, hashes, _nodes(tree, [position]))
    assert made == [bytes.fromhex(text) for text in path]
    root = bytes.fromhex(ROOTS[size - 1])
    assert includes(hashes[position], position, size, made, root)
    assert not includes(hashes[position], position + 1, size, made, root)
    assert not includes(hashes[position], position, size, [*made, root], root)
    assert not includes(node_hash(root, root), position, size, made, root)


def _recursive(leaves: list[bytes]) -> bytes:
    """The definition of RFC 9162, 2.1.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return hashlib.sha256(b"\x01" + _recursive(leaves[:split]) + _recursive(leaves[split:])).digest()


@given(st.data())
def test_any_rows_of_any_tree_are_proven_together_and_alone(data: st.DataObject) -> None:
    leaves = data.draw(st.lists(st.binary(max_size=9), min_size=1, max_size=70))
    cited = sorted(data.draw(st.sets(st.integers(0, len(leaves) - 1), min_size=1)))
    tree = _tree(leaves)
    assert tree.root == _recursive(leaves)
    hashes, nodes = {at: leaf_hash(leaves[at]) for at in cited}, _nodes(tree, cited)
    assert root_of(len(leaves), hashes, nodes) == tree.root
    for at in cited:
        path = audit_path(len(leaves), at, hashes, nodes)
        assert path is not None
        assert includes(hashes[at], at, len(leaves), path, tree.root)


def test_a_node_too_few_or_too_many_proves_nothing() -> None:
    tree = _tree(LEAVES)
    hashes, nodes = {5: leaf_hash(LEAVES[5])}, _nodes(tree, [5])
    for place in nodes:
        assert root_of(8, hashes, {key: value for key, value in nodes.items() if key != place}) is None
    assert root_of(8, hashes, nodes | {(0, 7): leaf_hash(LEAVES[7])}) is None
    assert root_of(8, hashes, nodes | {(9, 0): tree.root}) is None
    assert root_of(5, hashes, nodes) is None
    assert root_of(8, {}, nodes) is None
