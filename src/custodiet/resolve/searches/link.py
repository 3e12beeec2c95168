"""Fill ``searches`` and ``sightings``: every record belongs to exactly one search."""

from __future__ import annotations

from custodiet.case import Case
from custodiet.resolve.searches.identified import join_by_id
from custodiet.resolve.searches.prepare import prepare
from custodiet.resolve.searches.store import store


def update_searches(case: Case) -> None:
    """Join the copies of every search and replace ``searches`` and ``sightings``, together or not at all.

    The same records give the same tables, whatever order the files came in.
    """
    with case.transaction():
        prepare(case)
        join_by_id(case)
        store(case)
