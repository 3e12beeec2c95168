"""Tell the clock of an organisation from its name: city, county, state, or the state's most common zone.

The boundaries are data (data/places/zones.yaml, from 49 CFR part 71); the zone
of a city comes from the gazetteer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict

from custodiet.places.gazetteer import City, cities_named, counties_named, place_key
from custodiet.places.inference import state_of_city, state_of_county
from custodiet.places.names import ReadName, read_name
from custodiet.places.states import state_code
from custodiet.places.words import place_words

_COUNTY: Final = frozenset({"county", "parish", "co", "counties"})
_SHERIFF: Final = frozenset({"so", "sheriff", "sheriffs"})
_KIND_OF_TOWN: Final = frozenset({"city", "town", "village", "borough", "township", "twp"})
_FAR_LARGER: Final = 20


class _StateZones(BaseModel):
    model_config = ConfigDict(extra="forbid")
    most: str
    counties: dict[str, list[str]] = {}
    cities: dict[str, list[str]] = {}
    cut: list[str] = []


class _ZonesFile(BaseModel):
    model_config = ConfigDict(extra="forbid")
    source: str
    names: str
    states: dict[str, _StateZones]
    names_with_own_clock: dict[str, str]


@dataclass(frozen=True, slots=True)
class StateZones:
    """The clocks of one state: the most common one, and by folded name those of counties and cities.

    ``cut`` names the counties that a boundary cuts: they have no zone of their own.
    """

    most: str
    counties: dict[str, str]
    cities: dict[str, str]
    cut: frozenset[str]

    @property
    def several(self) -> bool:
        """Say whether the state has more than one clock."""
        return bool(self.counties or self.cities)


def zone_of(name: str, state: str | None = None) -> tuple[str, str] | None:
    """Tell the IANA time zone of a place or of an organisation as released.

    Args:
        name: ``Okaloosa County FL SO``, ``Pensacola``, or any released name.
        state: Postal code or full name, where it is known apart from the name.

    Returns:
        The zone and how it was told, or None when no state can be told:
        ``state`` (the state has one clock), ``county``, ``city``, or
        ``state-majority`` (the zone of most of the state is assumed).

    Source:
        49 CFR part 71; 15 U.S.C. 260a.

    Example:
        >>> zone_of("Okaloosa County FL SO")
        ('America/Chicago', 'county')
    """
    read = read_name(name)
    own_clock = _own_clock(read)
    if own_clock is not None:
        return own_clock, "county"
    code = state_code(state) if state is not None else read.state
    if state is not None and code is None:
        return None
    place, is_county = _place_words(read)
    if code is None:
        return _without_state(place, is_county)
    zones = state_zones().get(code)
    if zones is None:
        return None
    if not zones.several:
        return zones.most, "state"
    return _in_split_state(zones, code, place, is_county) or (zones.most, "state-majority")


def _in_split_state(zones: StateZones, code: str, place: str, is_county: bool) -> tuple[str, str] | None:
    """Tell the zone of a place in a state with several clocks."""
    key = place_key(place)
    if is_county:
        known = any(county.state == code for county in counties_named(place))
        return (zones.counties.get(key, zones.most), "county") if known and key not in zones.cut else None
    if key in zones.cities:
        return zones.cities[key], "city"
    found = [city for city in cities_named(place) if city.state == code]
    if found and (len({city.zone for city in found}) == 1 or _dominates(found)):
        return found[0].zone, "city"
    return None


def _without_state(place: str, is_county: bool) -> tuple[str, str] | None:
    """Tell the zone of a county or a city whose name occurs once."""
    if not place:
        return None
    inferred = state_of_county(place) if is_county else state_of_city(place)
    zones = state_zones().get(inferred.state) if inferred is not None else None
    if inferred is None or zones is None:
        return None
    if zones.several:
        return _in_split_state(zones, inferred.state, place, is_county)
    return zones.most, "county" if is_county else "city"


def _dominates(cities: Sequence[City]) -> bool:
    return len(cities) == 1 or cities[0].population >= _FAR_LARGER * max(cities[1].population, 1)


def _own_clock(read: ReadName) -> str | None:
    text = " ".join(read.keys)
    return next((zone for words, zone in _zones_file()[1].items() if text.startswith(words)), None)


def _place_words(read: ReadName) -> tuple[str, bool]:
    """Give the words of the place that begin the name, and whether they name a county."""
    agency = place_words().agency
    words: list[str] = []
    is_county = False
    for at, key in enumerate(read.keys):
        if at in read.state_words:
            continue
        if key in _COUNTY and words:
            is_county = True
            break
        if (key in agency or read.groups[at] or read.breaks[at]) and words:
            is_county = key in _SHERIFF
            break
        words.append(read.words[at])
    if len(words) > 2 and words[1].lower() == "of" and words[0].lower() in _KIND_OF_TOWN | _COUNTY:
        is_county = is_county or words[0].lower() in _COUNTY
        words = words[2:]
    return " ".join(words), is_county


@cache
def state_zones() -> dict[str, StateZones]:
    """Read the clocks of every state once."""
    return _zones_file()[0]


@cache
def _zones_file() -> tuple[dict[str, StateZones], dict[str, str]]:
    text = (files("custodiet") / "data" / "places" / "zones.yaml").read_text("utf-8")
    loaded = _ZonesFile.model_validate(yaml.safe_load(text))
    states = {
        code: StateZones(
            item.most,
            _by_key(item.counties),
            _by_key(item.cities),
            frozenset(place_key(county) for county in item.cut),
        )
        for code, item in loaded.states.items()
    }
    return states, loaded.names_with_own_clock


def _by_key(places: dict[str, list[str]]) -> dict[str, str]:
    return {place_key(place): zone for zone, names in places.items() for place in names}
