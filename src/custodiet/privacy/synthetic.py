"""Make the labelled set that the door is measured on: invented identifiers among real purposes, seeded.

No row is anybody's: names are put together from syllables, plates follow the shape of a state's
current series, numbers are drawn.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Final

from custodiet.privacy.words import allowed

SEED: Final = 20_261_122
N_NAMES: Final = 2_000
# Current passenger series, A a letter and 9 a digit, as the states' own pages describe them.
STATE_PLATES: Final = {
    "AL": "9A99999",
    "AK": "AAA 999",
    "AZ": "AAA9999",
    "AR": "AAA 99A",
    "CA": "9AAA999",
    "CO": "AAA-A99",
    "CT": "AA 99999",
    "DE": "999999",
    "DC": "AA 9999",
    "FL": "AAA A99",
    "GA": "AAA9999",
    "HI": "AAA 999",
    "ID": "A 999999",
    "IL": "AA 99999",
    "IN": "999AAA",
    "IA": "AAA 999",
    "KS": "999 AAA",
    "KY": "A9A999",
    "LA": "999 AAA",
    "ME": "999 AAA",
    "MD": "9AA9999",
    "MA": "9AAA 99",
    "MI": "AAA 9999",
    "MN": "AAA-999",
    "MS": "AAA 9999",
    "MO": "AA9 A9A",
    "MT": "99-9999A",
    "NE": "AAA 999",
    "NV": "999-A99",
    "NH": "999 9999",
    "NJ": "A99-AAA",
    "NM": "AAAA99",
    "NY": "AAA-9999",
    "NC": "AAA-9999",
    "ND": "999 AAA",
    "OH": "AAA 9999",
    "OK": "AAA999",
    "OR": "999 AAA",
    "PA": "AAA-9999",
    "RI": "AA-999",
    "SC": "999 9AA",
    "SD": "9A9 999",
    "TN": "AA9 99A",
    "TX": "AAA-9999",
    "UT": "A99 9AA",
    "VT": "AAA 999",
    "VA": "AAA-9999",
    "WA": "AAA9999",
    "WV": "9A9 999",
    "WI": "AAA-9999",
    "WY": "99-99999",
}
_PURPOSES: Final = (
    "stolen vehicle",
    "10851",
    "459 PC",
    "burglary",
    "robbery",
    "211",
    "hit and run",
    "20001 VC",
    "missing person",
    "warrant",
    "shoplifting",
    "assault",
    "narcotics",
    "homicide",
    "187",
    "agency assist",
    "suspicious vehicle",
    "welfare check",
    "domestic violence",
    "amber alert",
    "kidnapping",
    "immigration",
    "protest",
    "traffic stop",
    "fraud",
    "carjacking",
    "grand theft",
    "vandalism",
    "trespass",
    "catalytic converter theft",
    "5150",
    "bolo",
    "probation search",
    "evading",
)
_AROUND: Final = (
    "{p} {s}",
    "{s} {p}",
    "{p}, {s}",
    "{p} - {s}",
    "{p} ({s})",
    "{s}; {p}",
    "{p}/{s}",
    "{p} for {s}",
    "{s} re {p}",
    "{p}: {s}",
)
_GLUED: Final = ("california{s} {p}", "{p} tx{s}", "plate{s} {p}", "{p} lp:{s}", "{p} lic#{s}", "suv{s}black {p}")
_ONSETS: Final = (
    "B",
    "Br",
    "Ch",
    "D",
    "Dr",
    "F",
    "Gr",
    "H",
    "J",
    "K",
    "Kr",
    "L",
    "M",
    "N",
    "P",
    "Qu",
    "R",
    "S",
    "Sh",
    "T",
    "Tr",
    "V",
    "W",
    "Z",
)
_MIDDLES: Final = ("a", "e", "i", "o", "u", "ai", "ei", "ou")
_ENDS: Final = (
    "ndel",
    "rvik",
    "lzen",
    "mbo",
    "sko",
    "ttl",
    "rquez",
    "nov",
    "ldo",
    "shi",
    "nguy",
    "rren",
    "zzo",
    "ckle",
    "ffin",
    "mson",
)


@dataclass(frozen=True, slots=True)
class Labelled:
    """One text of the set.

    Attributes:
        text: The text, as a reason could read.
        kind: What is hidden in it.
        secret: What must not be published, as it stands in the text.
        purpose: The words that should be published.
    """

    text: str
    kind: str
    secret: str
    purpose: str

    def as_row(self) -> dict[str, str]:
        """Give the text as one JSON object."""
        return asdict(self)


def labelled_set(seed: int = SEED) -> list[Labelled]:
    """Make the whole set; the same for the same seed."""
    source = random.Random(seed)  # noqa: S311 - reproducible content, nothing secret
    return [*_plates(source), *_names(source), *_others(source)]


def _plates(source: random.Random) -> Iterator[Labelled]:
    for shape in STATE_PLATES.values():
        for around in (*_AROUND, *_GLUED):
            plate = "".join(_drawn(source, character) for character in shape)
            written = source.choice((plate, plate.replace(" ", "").replace("-", ""), plate.lower(), " ".join(plate)))
            yield _placed(source, "plate", written, around)


def _drawn(source: random.Random, character: str) -> str:
    if character == "A":
        return source.choice("ABCDEFGHJKLMNPRSTUVWXYZ")
    return source.choice("0123456789") if character == "9" else character


def _names(source: random.Random) -> Iterator[Labelled]:
    made: set[str] = set()
    listed = allowed()
    while len(made) < N_NAMES:
        first, last = _syllables(source, 1), _syllables(source, 2)
        if listed.is_word(first.lower()) or listed.is_word(last.lower()) or f"{first} {last}" in made:
            continue
        made.add(f"{first} {last}")
        form = source.choice(("{f} {l}", "{l}, {f}", "{L} {F}", "{f}-{l}", "{i}. {l}", "{fl} {l}", "{f}_{l}"))
        name = form.format(f=first, l=last, F=first.upper(), L=last.upper(), i=first[0], fl=first.lower())
        yield _placed(source, "name", name, source.choice(_AROUND))


def _syllables(source: random.Random, n: int) -> str:
    pieces = "".join(source.choice(_ONSETS).lower() + source.choice(_MIDDLES) for _ in range(n))
    return (pieces + source.choice(_ENDS)).capitalize()


def _others(source: random.Random) -> Iterator[Labelled]:
    def number(low: int, high: int) -> str:
        return str(source.randint(low, high))

    def day() -> tuple[str, str, str]:
        return f"{source.randint(1, 12):02}", f"{source.randint(1, 28):02}", number(1940, 2010)

    def letter() -> str:
        return source.choice("ABCDEFGHJKLMNPRSTVWXYZ")

    def phone() -> str:
        form = source.choice(
            ("({a}) {b}-{c}", "{a}-{b}-{c}", "{a}.{b}.{c}", "{a}{b}{c}", "+1 {a} {b} {c}", "ph {a} {b}-{c}")
        )
        return form.format(a=number(201, 989), b=number(200, 999), c=f"{source.randint(0, 9999):04}")

    def birth() -> str:
        month, dom, year = day()
        form = source.choice(
            ("DOB {m}/{d}/{y}", "{m}-{d}-{y}", "dob:{y}-{m}-{d}", "born {m}/{d}/{s}", "{m}.{d}.{y}", "dob {m}{d}{y}")
        )
        return form.format(m=month, d=dom, y=year, s=year[2:])

    def mail() -> str:
        person = f"{_syllables(source, 1)}.{_syllables(source, 2)}{number(1, 99)}".lower()
        return f"{person}@{source.choice(('mail', 'police', 'school'))}.example"

    def address() -> str:
        street = source.choice(("St", "Ave", "Road", "Blvd", "Ln", "Way", "Court"))
        towards, flat = source.choice(("", "N ", "W. ")), source.choice(("", " #12", ", apt 4B"))
        return f"{number(1, 99999)} {towards}{_syllables(source, 1)} {street}{flat}"

    def licence() -> str:
        form = source.choice(("DL {a}{n}", "OLN {n}", "CDL {a}{n}", "{a}{n}", "D/L #{a}{n}", "SSN {x}-{y}-{z}"))
        return form.format(
            a=letter(), n=number(1_000_000, 9_999_999), x=number(100, 899), y=number(10, 99), z=number(1000, 9999)
        )

    def case() -> str:
        form = source.choice(("{y}-{n}", "case {y}{n}", "#{n}", "{y}-{a}-{n}", "rpt no. {n}", "20{y}{n}"))
        return form.format(y=number(15, 29), n=number(10_000, 999_999), a=letter())

    makers: dict[str, Callable[[], str]] = {
        "date of birth": birth, "phone": phone, "e-mail": mail, "address": address, "licence": licence,
        "case number": case,
    }  # fmt: skip
    for kind, make in makers.items():
        for around in _AROUND:
            for _ in range(30):
                yield _placed(source, kind, make(), around)


def _placed(source: random.Random, kind: str, secret: str, around: str) -> Labelled:
    purpose = source.choice(_PURPOSES)
    return Labelled(around.format(p=purpose, s=secret), kind, secret, purpose)
