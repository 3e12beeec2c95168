from __future__ import annotations

from datetime import date

import pytest

from custodiet.case import Case
from custodiet.model.errors import UsageError
from custodiet.network import changes_between
from tests.network.conftest import add_organisation, add_page, add_shares

MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)


def compare(case: Case, before: list[str], after: list[str]):
    add_shares(case, [("A", name) for name in before], as_of=MARCH, disclosure_id="march")
    add_shares(case, [("A", name) for name in after], as_of=APRIL, disclosure_id="april")
    return changes_between(case, MARCH, APRIL)


def test_shares_that_appear_and_go(case: Case) -> None:
    answer = compare(case, ["Birch PD", "Cedar PD"], ["Cedar PD", "Dogwood PD"])
    assert [(item.kind, item.recipient, item.citation) for item in answer.changes] == [
        ("went", "Birch PD", "march:2"),
        ("appeared", "Dogwood PD", "april:3"),
    ]
    assert answer.renamings == ()
    assert (answer.net_recipients()["A"], answer.net_sources()["Birch PD"]) == (0, -1)


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("Birch  PD", "birch pd", "respelled"),
        ("Birchwood MI PD", "Birchwood PD MI", "respelled"),  # quirk 139
        ("Birchwoood CA PD", "Birchwood CA PD", "respelled"),
        ("Birch CA PD", "Birch CA PD [Inactive]", "tag"),  # quirk 136
        ("Birch CA PD", "DNU - Birch CA PD", "tag"),
        ("Border Office", "Border Office (Federal)", "tag"),
    ],
)
def test_other_spelling_or_tag_is_no_change_of_access(case: Case, before: str, after: str, kind: str) -> None:
    answer = compare(case, [before], [after])
    assert answer.changes == ()
    assert [(item.kind, item.before, item.after) for item in answer.renamings] == [(kind, before, after)]


def test_renaming_known_by_its_canonical_name(case: Case) -> None:
    add_organisation(case, "Birch County SO", canonical="Birch County Sheriff")
    add_organisation(case, "Birch Sheriff", canonical="Birch County Sheriff")
    answer = compare(case, ["Birch County SO"], ["Birch Sheriff"])
    assert answer.changes == ()
    assert [item.kind for item in answer.renamings] == ["renamed"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Pasadena TX PD", "Pasadena CA PD"),  # quirk 142
        ("Kansas City PD", "Arkansas City PD"),
        ("Way WA PD", "Federal Way WA PD"),  # quirk 137
        ("York PA PD", "New York PA PD"),
        ("Inactive", "DNU"),  # quirk 147: placeholders, nothing is left without the tag
    ],
)
def test_false_friends_stay_changes(case: Case, before: str, after: str) -> None:
    answer = compare(case, [before], [after])
    assert sorted(item.kind for item in answer.changes) == ["appeared", "went"]
    assert answer.renamings == ()


def test_near_name_that_other_lists_still_hold_is_another_organisation(case: Case) -> None:
    add_shares(case, [("Z", "Weston PD")], as_of=MARCH, disclosure_id="other")
    answer = compare(case, ["Weston PD"], ["Westun PD"])
    assert sorted(item.kind for item in answer.changes) == ["appeared", "went"]


def test_only_lists_with_both_sides_are_compared(case: Case) -> None:
    add_shares(case, [("B", "X")], as_of=MARCH, disclosure_id="b")
    add_shares(case, [("C", "X")], as_of=APRIL, disclosure_id="c")
    add_shares(case, [("D", "X")], as_of=None, disclosure_id="d")
    answer = compare(case, ["X"], ["X", "Y"])
    assert [(item.source, item.recipient) for item in answer.changes] == [("A", "Y")]
    assert [item.stated_by for item in answer.compared] == ["A"]
    assert (answer.n_unmoved, answer.n_one_sided) == (1, 1)


def test_silent_page_is_not_went_and_empty_list_is(case: Case) -> None:
    add_shares(case, [("A", "X")], as_of=MARCH)
    add_page(case, "A", APRIL, '{"sharing list out: count": 988}', disclosure_id="p1")
    add_page(case, "A", APRIL, None, disclosure_id="p2")
    assert changes_between(case, MARCH, APRIL).changes == ()
    add_page(case, "A", MAY, '{"sharing list out: count": 0}', disclosure_id="p3")
    (went,) = changes_between(case, MARCH, MAY).changes
    assert (went.kind, went.recipient) == ("went", "X")


def test_dates_must_follow(case: Case) -> None:
    with pytest.raises(UsageError, match="not before"):
        changes_between(case, APRIL, APRIL)


def test_thousands_of_changes_are_paired_without_comparing_all(case: Case) -> None:
    before = [f"Town{n:04} CA PD" for n in range(3000)]
    after = [f"Village{n:04} CA SO" for n in range(3000)]
    answer = compare(case, before, after)
    assert len(answer.changes) == 6000
