"""Tell a state from a place alone, only where one place of that name is meant beyond reasonable doubt."""

from __future__ import annotations

from typing import Final, NamedTuple

from custodiet.places.gazetteer import cities_named, counties_named

_LARGE: Final = 100_000
_FAR_LARGER: Final = 20
_FEW: Final = 2_000


class InferredState(NamedTuple):
    """A state, and how the place tells it."""

    state: str
    rule: str


def state_of_county(name: str) -> InferredState | None:
    """Tell the state of a county (name without the word county) that only one state has."""
    counties = counties_named(name)
    if len(counties) == 1:
        return InferredState(counties[0].state, "only county of this name")
    return None


def state_of_city(name: str) -> InferredState | None:
    """Tell the state of a city that is the only one of its name, or by far the largest.

    Source:
        Thresholds were set by hiding the state in released names and telling it
        again (docs/measured/organisations.md).
    """
    cities = cities_named(name)
    if not cities:
        return None
    largest = cities[0]
    if len(cities) == 1:
        if largest.population >= _FEW and not counties_named(name):
            return InferredState(largest.state, "only city of this name")
        return None
    if largest.population >= max(_LARGE, _FAR_LARGER * cities[1].population):
        return InferredState(largest.state, "by far the largest city of this name")
    return None
