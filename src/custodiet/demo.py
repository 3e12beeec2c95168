"""Write a small synthetic set of disclosures: invented agencies, seeded, the same bytes every time.

It stands in for what an oversight office receives: a search log of one agency, the
log of searches of its cameras by others, its transparency page on three dates, a
sharing list, a receipt for all of it, and one file that cannot be read.
"""

from __future__ import annotations

import base64
import csv
import io
import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from html import escape
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

AGENCY: Final = "Marlow Bay CA PD"
_SEED: Final = 20_261_122
_IN_STATE: Final = (*(f"{name} CA PD" for name in (
    "Alder Cove", "Brightwater", "Cinder Hills", "Dunmore Valley", "Eastfield Heights", "Fallowmere", "Granite Bend",
    "Harlan Point", "Ivory Creek", "Juniper Flats", "Kestrel Ridge", "Larkhaven")),
    "Solana Ridge County CA SO", "Tidewater County CA SD", "University of Marlow CA PD")  # fmt: skip
_OUT_OF_STATE: Final = (
    "Copperline NV PD", "Dry Fork AZ PD", "Mesa Larga County NM SO", "Pinewatch OR PD", "Stillwell County TX SO",
    "Quarry Lake GA PD")  # fmt: skip
_FEDERAL: Final = ("U.S. Postal Inspection Service [Federal]",)
_LATER: Final = ("Borderline County AZ SO", "Old Fort TX PD [Inactive]")
_PRIVATE: Final = ("Lakeside Galleria Mall Security",)
_REASONS: Final = (
    ("stolen vehicle", 18), ("10851", 10), ("459", 7), ("211", 6), ("robbery", 6), ("hit and run", 8),
    ("missing person", 6), ("warrant", 7), ("shoplifting", 6), ("assault", 5), ("narcotics", 5), ("homicide", 2),
    ("agency assist", 4), ("investigation", 12), ("inv", 5), ("suspicious vehicle", 5), ("", 8), (".", 4), ("x", 2),
    ("test", 1))  # fmt: skip
_OUTSIDE_REASONS: Final = (*_REASONS, ("immigration", 2), ("ICE assist", 2), ("HSI", 1), ("protest", 1))
_CLOCK: Final = ZoneInfo("America/Los_Angeles")
_HEADER: Final = (
    "ID", " Name", " Org Name", " Total Networks Searched", " Total Devices Searched", " Time Frame", " License Plate",
    " Reason", " Case #", " Filters", " Search Time", " Search Type", " Text Prompt", " Moderation")  # fmt: skip


@dataclass(frozen=True, slots=True)
class DemoFile:
    """Name one file that was written and what it stands for."""

    path: Path
    what: str


def write_demo(folder: Path) -> list[DemoFile]:
    """Write the synthetic disclosures into a folder and return what was written.

    Raises:
        OSError: The folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    source = random.Random(_SEED)  # noqa: S311 - reproducible content, nothing secret
    own = _own_searches(source)
    contents: list[tuple[str, bytes, str]] = [
        (f"3_1_2026-3_31_2026-{AGENCY.replace(' ', '_')}-Audit.csv", _log(own), "searches by the agency"),
        (f"3_1_2026-3_31_2026-{AGENCY.replace(' ', '_')}-Network-Audit.csv",
         _log(own[:400] + _outside_searches(source)), "searches of its cameras, by anyone"),
        ("SharedNetworks_2026_April_2.csv", _sharing_list(), "with whom it shares"),
        ("letter.pdf", b"%PDF-1.7\n% the scan of a letter that was cut off on its way\n", "a file that is damaged"),
        ("receipts.yaml", _receipt(), "how the files came"),
    ]  # fmt: skip
    for day, recipients in (
        (date(2026, 2, 2), _IN_STATE + _OUT_OF_STATE),
        (date(2026, 3, 2), _IN_STATE + _OUT_OF_STATE + _FEDERAL + _LATER),
        (date(2026, 4, 2), _IN_STATE + _OUT_OF_STATE[1:] + _FEDERAL + _LATER + _PRIVATE),
    ):
        page = _page(day, recipients, own if day.month == 4 else ())
        contents.append((f"marlow-bay-ca-pd-{day}.html", page, "its transparency page"))
    written = []
    for name, data, what in contents:
        (folder / name).write_bytes(data)
        written.append(DemoFile(folder / name, what))
    return written


def _stamp(moment: datetime) -> str:
    return moment.strftime("%m/%d/%Y, %I:%M:%S %p UTC")


def _window(moment: datetime, days: int) -> str:
    """Go back by the wall clock, as the system does: a clock change adds no hour to the days asked for."""
    start = (moment.astimezone(_CLOCK) - timedelta(days=days)).astimezone(UTC)
    return f"{_stamp(start)}\n{_stamp(moment)}"


def _pick(source: random.Random, choices: Sequence[tuple[str, int]]) -> str:
    return source.choices([text for text, _ in choices], [weight for _, weight in choices])[0]


def _search(source: random.Random, org: str, user: str, reasons: Sequence[tuple[str, int]]) -> list[str]:
    moment = datetime(2026, 3, 1, 8, tzinfo=UTC) + timedelta(seconds=source.randrange(30 * 86_400))
    days = source.choices((1, 7, 30, 45), (30, 30, 35, 5))[0]
    plate = f"0ZZZ{source.randrange(1000):03d}" if org == AGENCY else "***"
    case_number = f"26-{source.randrange(10_000):05d}" if source.random() < 0.55 else ""
    networks = source.choice((1, 3, 40, 350, 2600))
    return [
        str(uuid.UUID(int=source.getrandbits(128), version=4)), user, org, str(networks), str(networks * 14),
        _window(moment, days), plate, _pick(source, reasons), case_number, "",
        _stamp(moment), source.choices(("lookup", "search", "freeform"), (60, 37, 3))[0], "", "",
    ]  # fmt: skip


def _own_searches(source: random.Random) -> list[list[str]]:
    accounts = [f"Officer {number:02d}" for number in range(1, 23)]
    rows = [_search(source, AGENCY, source.choice(accounts), _REASONS) for _ in range(1_200)]
    for day in range(1, 29, 3):
        # One account returns to one plate on ten days without a case number.
        moment = datetime(2026, 3, day, 14, 5, tzinfo=UTC)
        row = _search(source, AGENCY, "Officer 07", (("investigation", 1),))
        row[5], row[6], row[8] = _window(moment, 30), "0ZZZ777", ""
        row[10] = _stamp(moment)
        rows.append(row)
    return sorted(rows, key=lambda row: datetime.strptime(row[10], "%m/%d/%Y, %I:%M:%S %p UTC"))


def _outside_searches(source: random.Random) -> list[list[str]]:
    searchers = _IN_STATE * 6 + _OUT_OF_STATE * 2 + _FEDERAL
    rows = []
    for _ in range(2_400):
        org = source.choice(searchers)
        # Purposes that a law of the state speaks of occur with a few of the searchers only.
        reasons = _OUTSIDE_REASONS if org in _OUT_OF_STATE or org == _IN_STATE[3] else _REASONS
        rows.append(_search(source, org, "***", reasons))
    return rows


def _log(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_HEADER)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def _sharing_list() -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("Organization Name", "Networks Shared With Me", "Networks I'm Sharing"))
    for number, name in enumerate(_IN_STATE + _OUT_OF_STATE[1:] + _FEDERAL + _LATER + _PRIVATE):
        writer.writerow((name, f"{name},{name} (Flex)" if number % 4 == 0 else name if number % 3 else "", AGENCY))
    return text.getvalue().encode()


def _receipt() -> bytes:
    return (
        b"receipts:\n"
        b"  - files: ['*']\n"
        b"    request_number: PRR-2026-0117\n"
        b"    custodian: City of Marlow Bay (invented)\n"
        b"    asked_on: 2026-03-15\n"
        b"    received_on: 2026-04-10\n"
        b"    sender: records desk\n"
        b"    note: every name and number in these files is invented\n"
    )


def _page(day: date, recipients: Sequence[str], audit: Sequence[Sequence[str]]) -> bytes:
    link = ""
    if audit:
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(("id", "userId", "searchDate", "networkCount", "reason"))
        for row in audit:
            moment = datetime.strptime(row[10], "%m/%d/%Y, %I:%M:%S %p UTC")
            writer.writerow((row[0], "***", f"{moment.isoformat(timespec='milliseconds')}Z", row[3], row[7]))
        data = base64.b64encode(text.getvalue().encode()).decode()
        link = f'<a download="search_audit.csv" href="data:text/csv;base64,{data}">Download CSV</a>'
    sections = (
        ("Prohibited Uses", "Immigration enforcement, traffic enforcement, harassment or intimidation, usage based "
                            "solely on a protected class, personal use."),
        ("Acceptable Use Policy", "Data is used for law enforcement purposes only and is never sold."),
        ("Access Policy", "All system access requires a valid reason and is stored indefinitely."),
        ("Data Retention", "30 days"),
        ("Number of Owned Cameras", "42"),
        ("External Organizations with Access", ", ".join(recipients)),
        ("Hotlists Alerted On", "NCMEC Amber Alert, California SVS"),
        ("Vehicles Detected in the Last 30 Days", "412,339"),
        ("Hotlist Hits in the Last 30 Days", "918"),
        ("Searches in the Last 30 Days", "1,326"),
    )  # fmt: skip
    body = "".join(f"<div><h4>{escape(head)}</h4><p>{escape(text)}</p></div>" for head, text in sections)
    return (
        f"<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>{AGENCY} Transparency Portal</title></head>"
        f"<body><h1>{AGENCY}</h1><h2>Transparency Portal</h2><p>Last Updated: "
        f'<span title="{day}T12:00:00.000Z">{day:%a %b %d %Y}</span></p>{body}'
        f"<div><h4>Public Search Audit</h4><p>{link or 'None'}</p></div></body></html>"
    ).encode()
