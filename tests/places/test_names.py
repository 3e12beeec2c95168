"""Places: what a released name tells of its state (QUIRKS 4.8, items 139-142)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custodiet.places.names import LONGEST_READ, read_name, split_state, word_key
from custodiet.places.states import state_code, state_names, state_phrases
from custodiet.places.words import place_words


@pytest.mark.parametrize(
    ("name", "core", "state"),
    [
        ("Okaloosa County FL SO", "Okaloosa County SO", "FL"),
        ("IN - Rensselaer PD", "Rensselaer PD", "IN"),
        ("Anderson PD IN", "Anderson PD", "IN"),
        ("University of Iowa (IA) PD", "University of Iowa PD", "IA"),
        ("Blaine CO OK SO", "Blaine CO SO", "OK"),
        ("Los Angeles County CA SD", "Los Angeles County SD", "CA"),
        ("San Diego County SD", "San Diego County SD", None),
        ("Noble CO SO", "Noble CO SO", None),
        ("Kansas City Police Department", "Kansas City Police Department", None),
        ("Kansas City Kansas Police Department", "Kansas City Police Department", "KS"),
        ("Pasadena, Texas", "Pasadena", "TX"),
        ("Ohio County SO WV", "Ohio County SO", "WV"),
        ("Washington County SO", "Washington County SO", None),
        ("Anywhere PD NOT IN USE", "Anywhere PD NOT IN USE", None),
        ("ADMINISTRATION OR RECORDS", "ADMINISTRATION OR RECORDS", None),
        ("Indiana University of Pennsylvania PD", "Indiana University of Pennsylvania PD", "PA"),
        ("George Washington University PD", "George Washington University PD", "DC"),
        ("Washington University Campus PD", "Washington University Campus PD", None),
        ("Winston-Salem NC PD", "Winston-Salem PD", "NC"),
        ("", "", None),
    ],
)
def test_the_state_is_parted_from_the_name(name: str, core: str, state: str | None) -> None:
    split = split_state(name)
    assert (split.core, split.state) == (core, state), split.basis
    assert split.basis


def test_two_codes_of_equal_standing_are_no_state() -> None:
    split = split_state("(TX) Border Unit (NM)")
    assert split.state is None
    assert split.basis == "two codes of equal standing: NM and TX"


def test_every_state_is_told_before_the_kind_of_agency() -> None:
    for code in state_names():
        if code not in ("AS", "MP", "VI"):
            assert split_state(f"Exampleton {code} PD").state == code, code


def test_full_names_are_found_longest_first() -> None:
    assert state_code("west virginia") == "WV"
    assert state_code(" ny ") == "NY"
    assert state_code("Atlantis") is None
    assert ("arkansas",) in [phrase for phrase, _ in state_phrases()["arkansas"]]
    assert split_state("West Virginia State Police").state == "WV"
    assert split_state("Arkansas State Police").state == "AR"


def test_only_the_beginning_of_a_long_name_is_read() -> None:
    read = read_name("Polk " * 200_000 + "FL PD")
    assert read.cut
    assert sum(len(word) for word in read.words) <= LONGEST_READ


def test_words_are_folded() -> None:
    assert [word_key(word) for word in ("Sheriff's", "N.R.A.", "Cañada", "A&T", "St.")] == [
        "sheriffs", "nra", "canada", "a&t", "st",
    ]  # fmt: skip


def test_the_words_are_read_whole() -> None:
    words = place_words()
    assert {"pd", "so", "911"} <= words.agency
    assert {"IN", "OR", "ME", "OK", "HI"} <= words.word_codes


@given(st.text(max_size=80))
def test_reading_never_fails_and_keeps_its_lists_in_step(name: str) -> None:
    read = read_name(name)
    assert len(read.words) == len(read.keys) == len(read.groups) == len(read.breaks)
    assert all(at < len(read.words) for at in read.state_words)
    assert read.state is None or read.state in state_names()
