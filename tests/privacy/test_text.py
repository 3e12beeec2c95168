"""What passes of a free text, and what never does."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custodiet.privacy.text import MASK, outward_text, outward_texts
from custodiet.privacy.words import allowed


@pytest.mark.parametrize(
    "text",
    ["stolen vehicle", "10851 loc", "459 PC", "PC 459", "459pc susp", "187", "459/487 PC", "664/459", "b&e at house",
     "hit and run 20001 vc", "HS 11350", "893.13 FS", "ICE assist HSI", "5150", "M/P juvenile", "amber alert",
     "black lives matter march", "187 PC / 245(a)(1) PC", "susp. veh", "victim's vehicle", ""],
)  # fmt: skip
def test_words_and_sections_pass_as_they_are(text: str) -> None:
    assert outward_text(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("california9AAA999 stolen", f"{MASK} stolen"),  # quirk 131: a plate glued to its state
        ("plate 9AAA999", MASK),
        ("9 A A A 9 9 9", MASK),
        ("9-A-A-A-9-9-9 burglary", f"{MASK} burglary"),
        ("CAR 123 robbery", f"{MASK} robbery"),  # an ordinary word can be the letters of a plate
        ("8 ABC 123", MASK),
        ("ABC-1234 theft", f"{MASK} theft"),
        ("John.Doe@police.gov asked", f"{MASK} asked"),
        ("DOB 01/02/1990 male", f"{MASK} male"),
        ("dob:1990-02-01 male", f"{MASK} male"),
        ("missing person Jane Roe 555-123-4567", f"missing person {MASK}"),
        ("(555) 123 4567", MASK),
        ("123 Park Street burglary", f"{MASK} burglary"),
        ("unit 211", MASK),
        ("case 187", MASK),
        ("26-01040", MASK),
        ("10851-22", MASK),  # a case number that holds a section
        ("2603260", MASK),
        ("#459", MASK),
        ("RO: GARCIA, MARIA  D9999999", f"RO: {MASK}"),
        ("john_smith stolen", f"{MASK} stolen"),
        ("https://records.example/person/12", MASK),
        ("Lee", MASK),
    ],
)
def test_what_identifies_is_masked(text: str, shown: str) -> None:
    assert outward_text(text) == shown


@pytest.mark.parametrize(
    "text", ["ｐｌａｔｅ ９ＡＡＡ９９９", "9АAА999 stolen", "9\u200bAAA\u200b999 stolen", "Ｊohn Ｓmith stolen"]
)
def test_look_alikes_hide_nothing(text: str) -> None:
    assert outward_text(text).replace("stolen", "").strip() == MASK


def test_a_word_written_with_look_alikes_is_given_in_plain_letters() -> None:
    assert outward_text("vеhісlе") == "vehicle"


@pytest.mark.parametrize("text", ["***", "████", "REDACTED", "[REDACTED]", "# # #"])
def test_masks_of_the_agency_stay(text: str) -> None:
    assert outward_text(text) == text


def test_the_number_of_masked_words_is_not_told() -> None:
    assert outward_text("Jane Maria Roe stolen") == outward_text("Roe stolen") == f"{MASK} stolen"


def test_the_end_of_an_endless_text_is_masked() -> None:
    shown = outward_text("stolen " * 5000 + "9AAA999")
    assert shown.endswith(f"stolen {MASK}")
    assert len(shown) < 5000


_IN_PHRASES = {word for phrases in allowed().phrases.values() for phrase in phrases for word in phrase}


@given(st.text(st.characters(categories=["L", "Zs"]), max_size=60) | st.text(string.ascii_letters + " ", max_size=60))
def test_of_letters_only_listed_words_pass(text: str) -> None:
    for word in outward_text(text).replace(MASK, " ").lower().split():
        assert word == "a" or allowed().is_word(word) or word in _IN_PHRASES


@given(st.text(max_size=80))
def test_the_only_numbers_that_pass_stand_in_the_text_as_sections(text: str) -> None:
    for number in re.findall(r"\d+", outward_text(text)):
        assert number in text or not text.isascii()


@given(st.lists(st.text(max_size=30), max_size=5))
def test_texts_keep_their_order(texts: list[str]) -> None:
    assert outward_texts(texts) == [outward_text(text) for text in texts]


@given(st.from_regex(r"[0-9][A-Z]{3}[0-9]{3}|[A-Z]{3}-?[0-9]{4}|[A-Z]{2}[0-9]{5}", fullmatch=True), st.sampled_from(
    ["{} stolen", "veh {}", "stolen{}", "{}stolen", "lp:{}", "({})", "plate#{}", "{}/459", "susp-{}"]))  # fmt: skip
def test_no_plate_passes_whatever_stands_beside_it(plate: str, around: str) -> None:
    shown = outward_text(around.format(plate)).upper()
    assert plate not in shown
    assert plate.replace("-", "") not in "".join(character for character in shown if character.isalnum())
