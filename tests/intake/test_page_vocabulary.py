"""The vocabulary files: they load, fit the tables and do not contradict the rule of direction."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from custodiet.intake.readers.page.direction import direction_of
from custodiet.intake.readers.page.vocabulary import PageFormat, meaning_of, vocabulary
from custodiet.model import tables


def test_every_column_is_one_of_the_portals_table() -> None:
    columns = {column.name for column in tables.PORTALS.columns}
    assert set(vocabulary().columns) <= columns
    assert set(vocabulary().capture.columns) <= columns
    assert vocabulary().sources


def test_every_alias_has_one_meaning() -> None:
    for column, entry in vocabulary().columns.items():
        for alias in entry.aliases:
            assert meaning_of(alias) == ("column", column)
        for alias in entry.bare:
            assert meaning_of(alias) == ("bare", column)


def test_sharing_aliases_agree_with_the_rule() -> None:
    for direction, headings in (("out", vocabulary().sharing.out), ("in", vocabulary().sharing.in_)):
        for heading in headings:
            assert meaning_of(heading) == ("share", direction)
            assert direction_of(heading, "Anytown CA PD").direction in {direction, None}


@pytest.mark.parametrize(
    ("heading", "meaning"),
    [
        ("DATA RETENTION (IN DAYS)", ("column", "retention_days")),
        ("Data Retention for Flock Devices", ("column", "retention_days")),
        ("Live Feed Data retention (in days)", None),
        ("Hotlists Alerted On (Not Pulling From NCIC)", ("column", "hotlists")),
        ("Distinct Vehicles (No Duplicates) detected in the last 30 days", ("column", "vehicles_30d")),
        ("Searches in the last 7 days", None),
        ("Searches (last 30 days)", ("column", "searches_30d")),
        ("Searches (last 7 days)", None),
        ("Searches", ("bare", "searches_30d")),
        ("Data retention (in months)", None),
        ("What’s Detected", None),
        ("", None),
        ("()", None),
    ],
)
def test_headings_as_they_drift(heading: str, meaning: tuple[str, str] | None) -> None:
    """Headings seen on real pages (quirk 160)."""
    assert meaning_of(heading) == meaning


def test_the_own_name_in_a_heading_is_left_out() -> None:
    own = frozenset({"anytown", "pd"})
    assert meaning_of("Anytown PD searches in the last 30 days", own) == ("column", "searches_30d")


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(ValidationError):
        PageFormat.model_validate({"colums": {}})
