"""Purposes of hostile and odd texts: spans stay exact, time stays linear, nothing crashes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custodiet.resolve.purposes import classify_texts
from custodiet.resolve.purposes.lexicon import load_lexicon
from custodiet.resolve.purposes.normalise import MAX_LENGTH, fold

WORDS = [
    "stolen",
    "VEHICLE",
    "459PC",
    "ICE hold",
    "burglray",
    "26-0123",
    "bol_o",
    "Ｒｏｂｂｅｒｙ",
    "h&r",
    "\u202e",
    "ﬁre",
    "İ",
    "ß",
]
ODD_TEXT = st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=8)), max_size=8).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(ODD_TEXT)
def test_spans_are_exact_and_labels_are_known(text: str) -> None:
    result = classify_texts([text])[0]
    assert result.text == text
    assert result.labels == tuple(sorted(set(result.labels)))
    assert {match.label for match in result.matches} == set(result.labels)
    assert set(result.labels) <= set(load_lexicon().taxonomy.labels)
    for match in result.matches:
        assert text[match.start : match.end] == match.span


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_folding_keeps_places(text: str) -> None:
    folded = fold(text)
    assert folded.text.isascii()
    for place in range(len(folded.text)):
        start, end = folded.original_span(place, place + 1)
        assert 0 <= start < end <= len(text)


@settings(max_examples=200, deadline=None)
@given(st.lists(ODD_TEXT, max_size=6), st.randoms())
def test_result_depends_on_the_text_alone(texts: list[str], chance: st.DataObject) -> None:
    together = dict(zip(texts, classify_texts(texts), strict=True))
    assert all(classify_texts([text])[0] == together[text] for text in texts)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("the STOLEN\tveh", "STOLEN\tveh"),
        ("ｓｔｏｌｅｎ", "ｓｔｏｌｅｎ"),  # full width
        ("st\u200bolen", "st\u200bolen"),  # zero width
        ("\u202estolen\u202c", "stolen"),  # right-to-left override
        ("ѕtоlеn", "ѕtоlеn"),  # Cyrillic look-alikes
        ("buŕglary", "buŕglary"),
        ("the burglray!", "burglray"),
        ("a welfar_e check", "welfar_e check"),
    ],
)
def test_span_leads_to_the_text_as_written(text: str, span: str) -> None:
    assert span in {match.span for match in classify_texts([text])[0].matches}


@pytest.mark.parametrize(
    "text",
    [
        "a" * 1_000_000,
        "ice " * 250_000,
        "1" * 1_000_000,
        "((((" * 250_000,
        "26-" * 300_000,
        "459/" * 250_000,
        "pc " * 300_000,
        "_" * 1_000_000,
        "\u202e\u200b" * 400_000,
        "ѕ" * 1_000_000,
        "stolen veh " * 90_000,
        "1.1.1.1" * 140_000,
        "\x00\x01\x7f" * 300_000,
        "\ud800" * 1000,
        "fail to " * 120_000,
    ],
    ids=lambda text: repr(text[:6]),
)
def test_a_million_characters_are_read_up_to_the_limit(text: str) -> None:
    classify_texts(["warm"])
    result = classify_texts([text])[0]
    assert result.cut == (len(text) > MAX_LENGTH)
    assert len(result.labels) >= 1


def test_what_lies_beyond_the_limit_is_not_read() -> None:
    result = classify_texts(["x" * MAX_LENGTH + " homicide"])[0]
    assert (result.cut, result.labels) == (True, ("insufficient.placeholder",))
