"""Make a seeded set of disclosures whose true searches are known, to measure the joining of copies against.

Everything is invented. What differs between copies follows what released logs
do: ids left out, organisations, reasons and plates masked, reasons cut at 43
characters, periods and network counts not exported, seconds cut off, another
spelling of the organisation, device counts off by one, rows written twice,
rows in another order, a release again with other masks, cut short or
overlapping, rolling snapshots of a page, and ids joined to a wrong organisation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

START: Final = 1_762_000_000
_PLACES: Final = re.findall(
    r"\w+",
    "Ashford Brackwater Calder Dunmore Eastlow Fenwick Garrow Hartsend Inverlake Jasperton Kelbrook Larkmere "
    "Millrace Norwend Oakhollow Pellbury Quarrow Redmarsh Stonecress Thornby",
)
_ENDINGS: Final = ("", " Falls", " Heights", " Grove", " Springs")
_STATES: Final = ("OH", "TX", "GA")
_WORDS: Final = re.findall(
    r"\w+",
    "stolen vehicle robbery burglary theft inv investigation suspicious follow up missing narcotics hit run shots "
    "warrant fraud assault bolo welfare check felony evading recovered county request agency outside",
)


@dataclass(frozen=True, slots=True)
class Log:
    """Describe one disclosure: whose it is, which searches it holds, and what its release does to them.

    Attributes:
        name: What the page calls it.
        own_of: Number of the organisation whose own searches these are; None for a network's log.
        hidden: Columns that are not exported.
        masked: Columns that are masked.
        cut: Reasons are cut at this length.
        minutes: Seconds are cut off.
        respelled: Organisations are spelled another way.
        part: First and last part of the period that it covers, 0 to 1.
        repeats: Share of rows written twice.
        wrong: Share of rows whose organisation is another one's.
        draw: Logs of the same draw hold the same searches; a re-release repeats the draw of its original.
    """

    name: str
    draw: int
    own_of: int | None = None
    hidden: frozenset[str] = frozenset()
    masked: frozenset[str] = frozenset()
    cut: int | None = None
    minutes: bool = False
    respelled: bool = False
    part: tuple[float, float] = (0.0, 1.0)
    repeats: float = 0.0
    wrong: float = 0.0
    portal: bool = False


@dataclass(slots=True)
class World:
    """Hold all searches that were made, one element per search in every array.

    Attributes:
        alike: Equal for searches that are alike in everything that any log can show.
    """

    n: int
    org: Numbers
    clock: Numbers
    networks: Numbers
    devices: Numbers
    window_start: Numbers
    window_end: Numbers
    reason: list[str | None]
    case_number: list[str | None]
    plate: list[str]
    search_type: list[str]
    alike: Numbers
    names: list[str] = field(default_factory=list)


def organisation_names() -> list[str]:
    """Name 300 invented agencies."""
    return [f"{place}{ending} {state} PD" for state in _STATES for ending in _ENDINGS for place in _PLACES]


def make_world(n: int, seconds: int, rng: np.random.Generator) -> World:
    """Make searches: a few busy organisations, rushes in the same second, some entered twice over."""
    names = organisation_names()
    org = (len(names) * rng.random(n) ** 1.5).astype(np.int64)
    clock = START + (seconds * rng.random(n)).astype(np.int64)
    usual = (20 + 900 * rng.random(60)).astype(np.int64)
    networks = np.where(rng.random(n) < 0.85, usual[org % 60], 1 + (12 * rng.random(n)).astype(np.int64))
    back = np.array([1, 7, 30])[(3 * rng.random(n)).astype(np.int64)] * 86_400
    custom = rng.random(n) < 0.3
    window_end = np.where(custom, clock - clock % 3600, clock)
    # Some type the next search of the same form again: all alike but for the plate, or alike in everything.
    like = rng.random(n)
    source = np.where(like < 0.004, np.maximum(np.arange(n) - 1, 0), np.arange(n))
    again = like < 0.0015
    pick = rng.random((n, 5))
    reason = [_reason(row) for row in pick]
    case_number = [f"25-{int(90_000 * row[3]) + 10_000}" if row[4] < 0.5 else None for row in pick]
    plates = [f"p{int(4e8 * value):09d}" for value in rng.random(n)]
    kinds = [("search", "search", "search", "lookup", "convoy", "visual")[int(6 * value)] for value in rng.random(n)]
    alike = np.where(again, source, np.arange(n))
    order = source.tolist()
    return World(
        n, org[source], clock[source], networks[source], (networks * 8 + 3)[source], (window_end - back)[source],
        window_end[source], [reason[i] for i in order], [case_number[i] for i in order],
        [plates[i] for i in alike.tolist()], [kinds[i] for i in order], alike, names,
    )  # fmt: skip


def _reason(row: npt.NDArray[np.float64]) -> str | None:
    if row[0] < 0.1:
        return None
    n_words = 1 if row[0] < 0.5 else 3 if row[0] < 0.8 else 10
    first = int(len(_WORDS) * row[1] ** 2)
    step = 1 + int(7 * row[2])
    words = [_WORDS[(first + step * place) % len(_WORDS)] for place in range(n_words)]
    return " ".join(words) if n_words < 10 else f"{' '.join(words)} {int(1e6 * row[3])}"


def network_logs() -> list[Log]:
    """Describe logs of networks that were searched, and their re-releases."""
    no_id = frozenset({"search_id"})
    faces = frozenset({"plate", "user"})
    return [
        Log("network, ids", 1, masked=faces),
        Log("network, ids, reasons cut at 43", 2, masked=faces, cut=43, repeats=0.03),
        Log("network, ids, some under a wrong organisation", 3, masked=faces, wrong=0.002),
        Log("network, no ids", 4, hidden=no_id, masked=faces),
        Log("network, no ids, another order and spelling", 4, hidden=no_id, masked=faces, respelled=True),
        Log("network, no ids, reasons and case numbers masked again", 4, hidden=no_id,
            masked=faces | {"reason", "case_number"}),
        Log("network, no ids, cut short", 4, hidden=no_id, masked=faces, part=(0.0, 0.6)),
        Log("network, no ids, reasons masked", 5, hidden=no_id, masked=faces | {"reason", "case_number"}),
        Log("network, no ids, no period", 6, hidden=no_id | {"window"}, masked=faces),
        Log("network, no ids, no period, reasons masked", 7, hidden=no_id | {"window"},
            masked=faces | {"reason", "case_number"}),
        Log("network, no ids, organisations masked", 8, hidden=no_id, masked=faces | {"org"}),
        Log("network, no ids, no networks", 9, hidden=no_id | {"networks", "devices"}, masked=faces),
        Log("network, no ids, no networks, no period", 10, hidden=no_id | {"networks", "devices", "window"},
            masked=faces),
        Log("network, no ids, no networks, no reason", 11,
            hidden=no_id | {"networks", "devices", "reason", "case_number"}, masked=faces),
        Log("network, no ids, seconds cut off", 12, hidden=no_id, masked=faces, minutes=True),
        Log("network, no ids, seconds cut off, other masks", 13, hidden=no_id, masked=faces | {"reason"},
            minutes=True),
        Log("network, no ids, plates released", 16, hidden=no_id),
        Log("network, no ids, rows written twice", 14, hidden=no_id, masked=faces, repeats=0.05),
        Log("network, no ids, first weeks", 15, hidden=no_id, masked=faces, part=(0.0, 0.55)),
        Log("network, no ids, last weeks, overlapping", 15, hidden=no_id, masked=faces, part=(0.45, 1.0)),
    ]  # fmt: skip


def own_logs() -> list[Log]:
    """Describe logs of the searchers themselves and snapshots of their pages."""
    no_id = frozenset({"search_id"})
    page = frozenset({"window", "devices", "search_type", "plate", "case_number"})
    logs = [Log("own log, ids", 100 + org, own_of=org) for org in range(0, 30, 3)]
    logs += [Log("own log, no ids", 100 + org, own_of=org, hidden=no_id) for org in range(1, 30, 3)]
    for org in range(2, 30, 3):
        logs += [
            Log("portal, three snapshots", 100 + org, own_of=org, hidden=page, part=(start, start + 0.5), portal=True)
            for start in (0.0, 0.25, 0.5)
        ]
    logs += [Log("portal, no ids", 100 + org, own_of=org, hidden=page | no_id, portal=True) for org in range(0, 6)]
    return logs


def release(world: World, log: Log, number: int, seed: int, share: float) -> tuple[pa.Table, Numbers]:
    """Give a log's rows as records, and the search that each of them truly is.

    Args:
        world: All searches.
        log: What to release of them.
        number: Number of the disclosure.
        seed: Seed of the set.
        share: Share of the searches of many networks that touches any one network.
    """
    drawn = np.random.default_rng([seed, log.draw])
    made = np.random.default_rng([seed, 1000 + number])
    touched = np.where(world.networks > 12, drawn.random(world.n) < share, drawn.random(world.n) < 0.1)
    held = touched if log.own_of is None else world.org == log.own_of
    span = int(world.clock.max()) + 1 - START
    place = (world.clock - START) / span
    at = np.flatnonzero(held & (place >= log.part[0]) & (place < log.part[1]))
    at = np.concatenate([at, at[made.random(len(at)) < log.repeats]])
    # Rows written twice are the very same ones, so nothing is drawn per row that a repeat would change.
    jitter = np.random.default_rng([seed, 2000 + number]).random(world.n)
    if log.respelled:
        at = at[np.argsort(made.random(len(at)), kind="stable")]
    else:
        at = at[np.argsort(world.clock[at], kind="stable")]
    return _records(world, log, number, at, jitter), at


def _records(world: World, log: Log, number: int, at: Numbers, jitter: npt.NDArray[np.float64]) -> pa.Table:
    rows = at.tolist()
    n = len(rows)
    names = [_spelled(name) for name in world.names] if log.respelled else world.names
    wrong = (jitter[at] < log.wrong).tolist()
    orgs = world.org[at].tolist()
    clock = world.clock[at]
    devices = world.devices[at] + (jitter[at] > 0.97).astype(np.int64)
    reasons = [world.reason[i] for i in rows]
    if log.cut:
        reasons = [text[: log.cut] if text else text for text in reasons]
    producer = world.names[log.own_of] if log.own_of is not None else f"Network {log.draw} OH PD"
    columns: dict[str, pa.Array] = {
        "disclosure_id": pa.array([f"log{number:03d}"] * n, pa.string()),
        "record_no": pa.array(np.arange(1, n + 1)),
        "source_row": pa.array(np.arange(2, n + 2)),
        "kind": pa.array([_kind(log)] * n, pa.string()),
        "producer": pa.array([producer] * n, pa.string()),
        "org": pa.array([names[(org + 7) % len(names) if bad else org] for org, bad in zip(orgs, wrong, strict=True)]),
        "org_basis": pa.array(["producer" if log.own_of is not None else "released"] * n, pa.string()),
        "search_id": pa.array([f"{i:08x}-5a17-4c0d-8e55-{i * 2654435761 % 2**48:012x}" for i in rows]),
        "searched_at": _times(clock - clock % 60 if log.minutes else clock),
        "networks": pa.array(world.networks[at]),
        "devices": pa.array(devices),
        "search_type": pa.array([world.search_type[i] for i in rows], pa.string()),
        "plate": pa.array([world.plate[i] for i in rows], pa.string()),
    }
    if "window" not in log.hidden:
        columns["window_start"] = _times(world.window_start[at])
        columns["window_end"] = _times(world.window_end[at])
    columns |= _text("reason", reasons, log)
    columns |= _text("case_number", [world.case_number[i] for i in rows], log)
    columns["reason_key"] = pa.array(
        [text.lower() if text else None for text in columns["reason"].to_pylist()], pa.string()
    )
    for name in log.masked & {"plate"}:
        columns[name] = pa.nulls(n, pa.string())
    if "org" in log.masked:
        columns["org"] = pa.array(["***"] * n, pa.string())
    for name in log.hidden & set(columns):
        del columns[name]
    return pa.table(columns)


def _kind(log: Log) -> str:
    if log.own_of is None:
        return "network-audit"
    return "portal-audit" if log.portal else "organisation-audit"


def _text(name: str, texts: list[str | None], log: Log) -> dict[str, pa.Array]:
    if name in log.hidden:
        states = ["not-exported"] * len(texts)
        texts = [None] * len(texts)
    elif name in log.masked:
        states = ["masked"] * len(texts)
        texts = ["***"] * len(texts)
    else:
        states = ["value" if text else "blank" for text in texts]
    return {name: pa.array(texts, pa.string()), f"{name}_state": pa.array(states, pa.string())}


def _times(seconds: Numbers) -> pa.Array:
    return pa.array(seconds * 1_000_000).cast(pa.timestamp("us", tz="UTC"))


def _spelled(name: str) -> str:
    *place, state, kind = name.split()
    return f"{' '.join(place)} ({state}) {kind}"
