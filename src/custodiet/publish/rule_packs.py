"""The packs that come with the program, read once for the claim sheet and the report."""

from __future__ import annotations

from functools import lru_cache

from custodiet.model.errors import PackError
from custodiet.rules.load import bundled_folders, load_packs
from custodiet.rules.rule import Pack


@lru_cache(maxsize=8)
def bundled_packs(names: frozenset[str]) -> tuple[Pack, ...]:
    """Return the packs of the program of these names; a faulty one is left out, not its neighbours."""
    found: list[Pack] = []
    for folder in bundled_folders():
        if folder.name in names:
            try:
                found += load_packs([folder])
            except PackError:
                continue
    return tuple(found)
