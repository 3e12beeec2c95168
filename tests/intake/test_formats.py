"""Formats: every example in the format files, label cleaning, choice between formats."""

from __future__ import annotations

import csv
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from custodiet.intake.formats import (
    clean_labels,
    label_key,
    load_formats,
    match_format,
    read_format,
)

FORMATS = load_formats()
EXAMPLES = [(fmt.id, example) for fmt in FORMATS for example in fmt.examples]


@pytest.mark.parametrize(("format_id", "example"), EXAMPLES, ids=[f"{i}: {e.name}" for i, e in EXAMPLES])
def test_examples_of_format_files(format_id, example):
    match = match_format(example.header)
    if example.expect is None:
        assert match is None
        return
    assert match is not None
    assert match.columns == example.expect
    assert match.format.id in {format_id, "flock-portal-audit", "flock-search-log"}


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.id)
def test_every_format_is_told_by_its_own_examples(fmt):
    own = [e for e in fmt.examples if e.expect is not None and match_format(e.header).format.id == fmt.id]
    assert own, "no example of the file is read as this format"
    assert fmt.sources


def test_formats_are_ordered_and_unique():
    ids = [fmt.id for fmt in FORMATS]
    assert ids == sorted(set(ids))
    assert {fmt.kind for fmt in FORMATS} == {
        "search-log",
        "portal-log",
        "event-log",
        "sharing-list",
        "sharing-edges",
        "portal-table",
        "organisation-list",
    }


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("\ufeffID", "id"),  # quirk 35
        (" Org Name", "orgname"),  # quirk 12
        ("Search\u00a0Time", "searchtime"),
        ("Reason_1", "reason"),  # quirk 13
        ("Reason.1", "reason"),
        ("Case #", "caseno"),
        ("CASE NO.", "caseno"),
        ("searchDate", "searchdate"),
        ("Search  Date/Time", "searchdatetime"),
        ("Unnamed: 15", "unnamed15"),
        ("searches_30d", "searches30d"),
        ("", ""),
        (None, ""),
    ],
)
def test_label_key(label, key):
    assert label_key(label) == key


def test_equal_labels_get_suffixes_and_internal_names_survive():  # quirk 14
    raw = ["Reason", " reason", "REASON ", "", "source_row", "overflow", "Reason_2", None]
    assert clean_labels(raw) == (
        "Reason",
        "reason_3",
        "REASON_4",
        "column 4",
        "source_row",
        "overflow",
        "Reason_2",
        "column 8",
    )


@given(st.lists(st.one_of(st.none(), st.text(max_size=6), st.sampled_from(["a", "A", "a_2", " a"])), max_size=30))
def test_clean_labels_never_lose_or_merge_a_column(labels):
    cleaned = clean_labels(labels)
    assert len(cleaned) == len(labels)
    assert len({text.casefold() for text in cleaned}) == len(labels)
    assert all(cleaned)


def test_second_column_of_the_same_name_is_left_unnamed():
    match = match_format(["ID", "Search Time", "Reason", "Reason_1"])
    assert match.columns == ("search_id", "searched_at", "reason", None)
    assert match.unmapped == (3,)
    assert match.score == 0.75


def test_all_seven_portal_layouts_are_portal_logs():  # quirk 9
    for extra in (
        [],
        ["reason"],
        ["offenseType"],
        ["caseNumber"],
        ["reason", "caseNumber"],
        ["caseNumber", "offenseType"],
        ["reason", "caseNumber", "offenseType"],
    ):
        match = match_format(["id", "userId", "searchDate", "networkCount", *extra])
        assert (match.format.id, match.score) == ("flock-portal-audit", 1.0)


@pytest.mark.parametrize(
    "labels",
    [
        [],
        [""],
        [None, None],
        ["Org, Reason, When?"],
        ["a", "b", "c"],
        ["Reason", "Reason", "Reason"],
        ["x" * 100_000],
    ],
)
def test_unrecognisable_headers_do_not_match(labels):
    assert match_format(labels) is None


@settings(max_examples=50)
@given(st.integers(0, 10_000))
def test_order_of_columns_does_not_change_their_meaning(seed):
    labels = list(next(f for f in FORMATS if f.id == "flock-search-log").examples[0].header)
    wanted = dict(zip(labels, match_format(labels).columns, strict=True))
    random.Random(seed).shuffle(labels)
    match = match_format(labels)
    assert match.format.id == "flock-search-log"
    assert dict(zip(labels, match.columns, strict=True)) == wanted


@pytest.mark.parametrize(
    "labels",
    [
        ["Search Date", "Reason", "User", "Case Number", "License Plate"],
        ["Timestamp", "User", "Action", "Details"],
        ["Date/Time", "User", "Activity", "Description"],
    ],
)
def test_common_words_name_no_vendor(labels):
    match = match_format(labels)
    assert match.format.vendor is None
    assert match.score == 1.0


def test_a_format_file_with_an_unknown_key_is_refused():
    with pytest.raises(ValidationError, match="colour"):
        read_format("id: a\ntitle: b\nkind: event-log\nvendor: null\nrank: 1\ncolour: red\n")


FAULTY = """
id: a
title: b
kind: event-log
vendor: null
rank: 1
columns:
  one: {meaning: x, aliases: [Same Label]}
  two: {meaning: y, aliases: [same_label]}
required: [[one]]
sources: [none]
examples: []
"""


def test_two_columns_may_not_share_an_alias():
    with pytest.raises(ValidationError, match="samelabel"):
        read_format(FAULTY)


def test_required_columns_must_be_described():
    with pytest.raises(ValidationError, match="three"):
        read_format(FAULTY.replace("[[one]]", "[[three]]"))


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("agency_access20240426.csv", "sharing-edges"),
        ("agency20240426.csv", "organisation-list"),
        ("latest_usage04262023.csv", "portal-table"),
        ("agency_policies.csv", "portal-table"),
    ],
)
def test_real_newspaper_tables(real_data, name, kind):
    with (real_data / "sharing-2024" / name).open(encoding="utf-8-sig", newline="") as handle:
        match = match_format(next(csv.reader(handle)))
    assert (match.format.kind, match.score) == (kind, 1.0)
