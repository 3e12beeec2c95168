"""Who shares with whom: a heading must never turn a source into a recipient."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custodiet.intake.readers.page.direction import direction_of

OWN = "Elk Valley CA PD"  # invented

OUT = [
    "External organizations with access",
    "External Organizations with Access",
    "Organizations with Access",
    "Only Agencies With External Access",
    "External agencies who have access",
    "Police departments with access",
    "California law enforcement agencies with access",
    "Organizations granted access to Elk Valley CA PD data",
    "Organizations granted access to Elk Valley CA SO data",
    "ORGANIZATIONS GRANTED ACCESS TO ELK VALLEY CA PD DATA",
    "Agencies that have been granted access to Elk Valley PD data",
    "Organizations granted access by Elk Valley PD",
    "Agencies Elk Valley PD Shares With",
    "Agencies EVPD shares with",
    "External agencies who EVPD shares ALPR data with",
    "Agencies we share with",
    "Agencies with whom we share data",
    "Agencies the Department shares with",
    "Agencies to which we provide access",
    "Shared with",
    "Data shared with",
    "Sharing Network Data With",
    "Networks I'm sharing",
    "Data shared by us",
    "Agencies receiving our data",
    "Agencies receiving data from Elk Valley PD",
    "Agencies that can search our cameras",
    "Organizations with access to Elk Valley PD networks",
    "Who has access to our data?",
    "Recipients of our data",
    "Elk Valley PD shares data with",
    "Outbound",
    "Agencies authorized to access our data",
    "Agencies allowed to search our network",
    "Agencies given access to our system",
    "Partner agencies with access",
    "Access granted to other agencies",
    "Search access granted to",
    "Entities with whom data is shared",
    "Our data is shared with",
    "Agencies that may access EVPD's ALPR data",
    "Organizations granted access to Elk Valley CA PD data- NONE",
    "None: Elk Valley does not share with outside agencies",
    "External Organizations with Access. The City will not sell or share data, except to the State.",
]
IN = [
    "Organizations sharing their data with Elk Valley CA PD",
    "Organizations sharing with Elk Valley PD",
    "Organizations sharing with Elk Valley CA PD data.",
    "Agencies who share their data with EVPD",
    "Agencies sharing data with us",
    "Networks shared with me",
    "Data shared with us",
    "Shared with Elk Valley PD",
    "Receiving Network Data From",
    "Elk Valley PD receives data from",
    "Data received from other agencies",
    "Data we receive from other agencies",
    "Organizations Elk Valley PD has access to",
    "Agencies whose data we can access",
    "Agencies that have granted access to Elk Valley PD",
    "Organizations granting access to Elk Valley PD",
    "Organizations that granted us access",
    "Data shared by other agencies",
    "Inbound",
    "Access granted by other agencies",
    "Agencies contributing data to us",
    "Agencies providing data to us",
    "Agencies from which we receive data",
    "Data shared from other agencies",
    "Number of agencies sharing with us",
]
OPEN = [
    "Access to external organizations",
    "Agencies we do not share with",
    "Agencies never granted access",
    "Sharing partners",
    "Agency sharing list",
    "Shared Networks",
    "Network sharing",
    "Sharing to",
    "External access",
    "List of agencies sharing data",
    "Our sharing partners",
    "Data Sharing",
    "Organizations sharing with",
    "Agencies Otherton PD shares with",
    "Agencies that share with Otherton PD",
    "Agencies that share with us and we share with",
    "Mutual data sharing agencies",
    "Hotlists shared with other agencies",
    "Sharing Policy",
    "How data is shared with other agencies",
    "Recent success story",
]


@pytest.mark.parametrize("heading", OUT)
def test_headings_that_name_recipients(heading: str) -> None:
    assert direction_of(heading, OWN).direction == "out"


@pytest.mark.parametrize("heading", IN)
def test_headings_that_name_sources(heading: str) -> None:
    assert direction_of(heading, OWN).direction == "in"


@pytest.mark.parametrize("heading", OPEN)
def test_headings_that_allow_both_readings_stay_open(heading: str) -> None:
    assert direction_of(heading, OWN).direction is None


@pytest.mark.parametrize(
    ("producer", "heading", "direction"),
    [
        ("NCRIC", "Agencies NCRIC Shares With", "out"),
        ("NCRIC", "Approved NCRIC Share With", "out"),
        ("NCRIC", "Organizations sharing their data with NCRIC", "in"),
        ("Foothill-DeAnza CA PD", "Organizations granted access to Foothill-DeAnza CA PD data", "out"),
        ("City of Lemoore CA", "Organizations granted access to City of Lemoore CA data", "out"),
        ("San Diego CA PD", "Organizations sharing their data with San Diego County CA SD", None),
        (None, "Organizations sharing their data with Anytown PD", "in"),
    ],
)
def test_the_pages_own_name_decides(producer: str | None, heading: str, direction: str | None) -> None:
    assert direction_of(heading, producer).direction == direction


def test_a_stated_none_and_a_number_in_the_heading() -> None:
    assert direction_of("External organizations with access - None", OWN).stated_none
    assert direction_of("Organizations with access (1,384)", OWN).stated_count == 1384


names = st.from_regex(r"[A-Z][a-z]{3,9}( [A-Z][a-z]{3,9})? (CA|TX|OH) (PD|SO)", fullmatch=True).filter(
    lambda name: not {"share", "shares", "search"} & set(name.lower().split())
)


@given(names)
def test_both_directions_for_any_name(name: str) -> None:
    assert direction_of(f"Organizations granted access to {name} data", name).direction in {"out", None}
    assert direction_of(f"Organizations sharing their data with {name}", name).direction in {"in", None}


@given(st.text(max_size=300), st.none() | st.text(max_size=60))
def test_any_text_is_decided_without_failing(heading: str, producer: str | None) -> None:
    assert direction_of(heading, producer).direction in {"out", "in", None}
