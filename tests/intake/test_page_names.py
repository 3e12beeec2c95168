"""Names in a list: commas inside names, prose beside them, tags."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custodiet.intake.readers.page.names import Unit, read_names, status_of


def names(text: str, *, is_item: bool = False) -> list[str]:
    return read_names([Unit(text, is_item)]).names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Alpha CA PD, Beta CA SO", ["Alpha CA PD", "Beta CA SO"]),
        (" Alpha State CA, Beta CA PD , Cal Fir ", ["Alpha State CA", "Beta CA PD", "Cal Fir"]),
        ("Union CA PD, University of California, Berkeley, Vale CA PD",
         ["Union CA PD", "University of California, Berkeley", "Vale CA PD"]),
        ("University of California, Vale CA PD", ["University of California", "Vale CA PD"]),
        ("CA - Golf Example Grove, LLC, Alpha CA PD", ["CA - Golf Example Grove, LLC", "Alpha CA PD"]),
        ("Acme Guards, Inc., Alpha CA PD", ["Acme Guards, Inc.", "Alpha CA PD"]),
        ("Springtown, OH, Alpha CA PD", ["Springtown, OH", "Alpha CA PD"]),
        ("Springtown, OH PD, Alpha CA PD", ["Springtown, OH PD", "Alpha CA PD"]),
        ("City of Foo, Police Department, Alpha CA PD", ["City of Foo, Police Department", "Alpha CA PD"]),
        ("Zeta Department of Justice, Bureau of Firearms, Alpha CA PD",
         ["Zeta Department of Justice, Bureau of Firearms", "Alpha CA PD"]),
        ("Alpha CA PD, Bureau of Alcohol, Tobacco, Firearms and Explosives, Vale CA PD",
         ["Alpha CA PD", "Bureau of Alcohol, Tobacco, Firearms and Explosives", "Vale CA PD"]),
        ("Example Campus (North, South), Alpha CA PD", ["Example Campus (North, South)", "Alpha CA PD"]),
        ("Alpha, Inc; Beta CA PD; Springtown, OH", ["Alpha, Inc", "Beta CA PD", "Springtown, OH"]),
        ("Alpha PD • Beta PD • Gamma PD", ["Alpha PD", "Beta PD", "Gamma PD"]),
        ("Alpha PD, Beta PD, and Gamma PD.", ["Alpha PD", "Beta PD", "Gamma PD"]),
        ("Parks and Recreation Alpha PD, Beta PD", ["Parks and Recreation Alpha PD", "Beta PD"]),
        ("Test Demo 1234, [DEACTIVATED] - demo, Grundy County IL 911",
         ["Test Demo 1234", "[DEACTIVATED] - demo", "Grundy County IL 911"]),
    ],
)  # fmt: skip
def test_commas_in_and_between_names(text: str, expected: list[str]) -> None:
    """University campuses, states, corporate endings and sub-units belong to the name (quirk 145)."""
    assert names(text) == expected


def test_an_item_set_apart_by_the_markup_keeps_its_comma() -> None:
    assert names("Springtown, Ohio Valley", is_item=True) == ["Springtown, Ohio Valley"]
    assert names("Alpha CA PD, Beta CA PD", is_item=True) == ["Alpha CA PD", "Beta CA PD"]


def test_prose_is_no_organisation() -> None:
    found = read_names(
        [
            Unit("Alpha PD shares data with the following agencies: Beta PD, Gamma PD"),
            Unit("Data is shared only with agencies in the state, upon request, and never sold."),
            Unit("https://example.test/list.pdf"),
            Unit("(TBD)"),
        ]
    )
    assert found.names == ["Beta PD", "Gamma PD"]
    assert len(found.prose) == 4


def test_a_lead_in_without_colon_keeps_the_first_name() -> None:
    found = read_names([Unit("Alpha PD shares with Beta PD, Gamma PD, Delta PD.")])
    assert found.names == ["Beta PD", "Gamma PD", "Delta PD"]


@pytest.mark.parametrize("text", ["988", "988 agencies", "Total: 988"])
def test_a_number_is_a_count(text: str) -> None:
    found = read_names([Unit(text)])
    assert (found.names, found.count) == ([], 988)


@pytest.mark.parametrize("text", ["None", "none.", "No agencies", "NONE"])
def test_a_stated_none(text: str) -> None:
    assert read_names([Unit(text)]).stated_none


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("Brook MN PD [Inactive]", "inactive"),
        ("Brook MN PD (inactive)", "inactive"),
        ("[DEACTIVATED] - demo", "inactive"),
        ("DNU - Example University (Raven)", "inactive"),
        ("Example PD - DNU (no longer a customer)", "inactive"),
        ("DNU", "inactive"),
        ("Example PD DO NOT USE", "active"),
        ("Inactive Creek PD", "inactive"),
        ("[Federal] Example Healthcare PD", "active"),
        ("Federal Way WA PD", "active"),
        ("Example PD - New", "active"),
        ("Example PD (pending)", "pending"),
    ],
)
def test_tags_give_the_status(name: str, status: str) -> None:
    """Tags stay in the name as released (quirk 136)."""
    assert status_of(name) == status


place = st.from_regex(r"[A-Z][a-z]{3,10}( [A-Z][a-z]{3,10})?", fullmatch=True)
organisation = st.builds(
    lambda place, ending: f"{place} {ending}",
    place,
    st.sampled_from(["CA PD", "County TX SO", "OH PD", "College PD", "(CA) PD", "PD [Inactive]"]),
)


@given(st.lists(organisation, min_size=3, max_size=30), st.sampled_from([", ", ",", "; ", " • "]))
def test_a_joined_list_comes_back(listed: list[str], separator: str) -> None:
    assert names(separator.join(listed)) == listed


@given(st.lists(organisation, min_size=1, max_size=30))
def test_items_come_back(listed: list[str]) -> None:
    assert read_names(Unit(name, is_item=True) for name in listed).names == listed


@given(st.text(max_size=400), st.booleans())
def test_no_text_fails_and_nothing_is_invented(text: str, is_item: bool) -> None:
    found = read_names([Unit(text, is_item)])
    squeezed = "".join(text.replace("’", "'").replace("‘", "'").split())
    for name in found.names:
        assert len(name) <= 200
        assert "".join(name.split())[:1] in squeezed or "ʼ" in text
