"""Places: the clock of an organisation (49 CFR part 71)."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from custodiet.places.gazetteer import (
    _ask_package,
    _scan,
    capitalised_words,
    cities_named,
    counties_named,
    county_in,
    place_key,
)
from custodiet.places.inference import state_of_city, state_of_county
from custodiet.places.states import state_names
from custodiet.places.zones import state_zones, zone_of

# Independent of the data file: towns of known time, one or more on each side of every boundary.
KNOWN = [
    ("Okaloosa County FL SO", None, "America/Chicago", "county"),
    ("Pensacola FL PD", None, "America/Chicago", "city"),
    ("Pensacola", "FL", "America/Chicago", "city"),
    ("Pensacola", "Florida", "America/Chicago", "city"),
    ("Miami-Dade County FL SO", None, "America/New_York", "county"),
    ("Tallahassee FL PD", None, "America/New_York", "city"),
    ("Gulf County FL SO", None, "America/New_York", "state-majority"),
    ("Florida Highway Patrol", None, "America/New_York", "state-majority"),
    ("El Paso TX PD", None, "America/Denver", "city"),
    ("El Paso County TX SO", None, "America/Denver", "county"),
    ("Houston TX PD", None, "America/Chicago", "city"),
    ("Malheur County OR SO", None, "America/Boise", "county"),
    ("OR - Ontario PD", None, "America/Boise", "city"),
    ("Portland OR PD", None, "America/Los_Angeles", "city"),
    ("Coeur d'Alene ID PD", None, "America/Los_Angeles", "city"),
    ("Bonner County ID SO", None, "America/Los_Angeles", "county"),
    ("Boise ID PD", None, "America/Boise", "city"),
    ("Goodland KS PD", None, "America/Denver", "city"),
    ("KS - Hamilton County SO", None, "America/Denver", "county"),
    ("Wichita KS PD", None, "America/Chicago", "city"),
    ("Scottsbluff NE PD", None, "America/Denver", "city"),
    ("Omaha NE PD", None, "America/Chicago", "city"),
    ("Rapid City SD PD", None, "America/Denver", "city"),
    ("Sioux Falls SD PD", None, "America/Chicago", "city"),
    ("Dickinson ND PD", None, "America/Denver", "city"),
    ("Fargo ND PD", None, "America/Chicago", "city"),
    ("Knoxville TN PD", None, "America/New_York", "city"),
    ("Nashville TN PD", None, "America/Chicago", "city"),
    ("Hamilton County TN SO", None, "America/New_York", "county"),
    ("Bowling Green KY PD", None, "America/Chicago", "city"),
    ("Lexington KY PD", None, "America/New_York", "city"),
    ("Gary IN PD", None, "America/Chicago", "city"),
    ("Vanderburgh County IN SO", None, "America/Chicago", "county"),
    ("Fort Wayne IN PD", None, "America/Indiana/Indianapolis", "city"),
    ("Menominee County MI SO", None, "America/Menominee", "county"),
    ("Detroit MI PD", None, "America/Detroit", "city"),
    ("Phoenix AZ PD", None, "America/Phoenix", "state"),
    ("Navajo County AZ SO", None, "America/Phoenix", "state"),
    ("Navajo Nation PD", None, "America/Denver", "county"),
    ("Anchorage AK PD", None, "America/Anchorage", "city"),
    ("Honolulu HI PD", None, "Pacific/Honolulu", "state"),
    ("West Wendover NV PD", None, "America/Denver", "city"),
    ("Las Vegas NV PD", None, "America/Los_Angeles", "city"),
    ("Los Angeles County CA SD", None, "America/Los_Angeles", "state"),
    ("Okaloosa County SO", None, "America/Chicago", "county"),
]


@pytest.mark.parametrize(("name", "state", "zone", "basis"), KNOWN)
def test_the_clock_of_a_place(name: str, state: str | None, zone: str, basis: str) -> None:
    assert zone_of(name, state) == (zone, basis)


@pytest.mark.parametrize("name", ["Springfield PD", "Washington County SO", "FBI", "", "265", "x" * 1_000_000])
def test_no_state_no_clock(name: str) -> None:
    assert zone_of(name) is None


def test_an_unknown_state_is_not_replaced_by_a_guess() -> None:
    assert zone_of("Pensacola", "Atlantis") is None


def test_every_state_has_a_clock_and_every_county_named_exists() -> None:
    assert set(state_zones()) == set(state_names())
    for state, zones in state_zones().items():
        for zone in {zones.most, *zones.counties.values(), *zones.cities.values()}:
            assert ZoneInfo(zone).key == zone
        for key in [*zones.counties, *zones.cut]:
            assert county_in(key, state) is not None, (state, key)


def test_spellings_of_a_place_share_a_key() -> None:
    assert place_key("St. Mary's") == place_key("Saint Marys")
    assert place_key("La Salle") == place_key("LaSalle")
    assert place_key("La Cañada Flintridge") == place_key("La Canada Flintridge")
    assert place_key("Fort Collins") == place_key("Ft. Collins")
    assert cities_named("Federal Way")[0].state == "WA"
    assert [county.state for county in counties_named("Okaloosa")] == ["FL"]
    assert capitalised_words()["mckinney"] == "McKinney"


def test_only_a_single_place_tells_its_state() -> None:
    told = state_of_city("Fort Collins")
    assert told is not None and told.state == "CO"
    assert state_of_city("Dallas") is None
    assert state_of_city("Nowhere at all") is None
    assert state_of_county("Washington") is None
    county = state_of_county("Okaloosa")
    assert county is not None and county.state == "FL"


@pytest.mark.slow
def test_the_scan_finds_what_the_package_gives() -> None:
    assert sorted(_scan()) == sorted(_ask_package())
