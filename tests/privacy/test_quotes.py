"""Verbatim quotes: asked one by one, shown masked, approved by name, listed."""

from __future__ import annotations

import pytest

from custodiet.case import Case
from custodiet.model.errors import PublishingRefused, UsageError
from custodiet.privacy.quotes import approved_quotes, ask_quote, decide_quote, quotes
from tests.privacy.conftest import AT, add_records, record


def _asked(case: Case, text: str) -> str:
    add_records(case, record("d1", 1, reason=text))
    return ask_quote(case, "d1:1", "reason", by="A. Reporter", reason="the wording matters", at=AT).quote_id


def test_a_quote_is_listed_with_who_asked_and_who_approved(case: Case) -> None:
    quote_id = _asked(case, "looking for my ex Quillfeather")
    assert approved_quotes(case) == []
    assert [(q.masked, q.decision) for q in quotes(case)] == [("looking for my ex […]", "asked")]
    assert "Quillfeather" not in repr(quotes(case))
    decide_quote(case, quote_id, by="C. Editor", approve=True, at=AT)
    (quote,) = approved_quotes(case)
    assert (quote.text, quote.asked_by, quote.approved_by) == (
        "looking for my ex Quillfeather",
        "A. Reporter",
        "C. Editor",
    )
    decide_quote(case, quote_id, by="D. Lawyer", approve=False, at=AT)
    assert approved_quotes(case) == []


def test_asking_again_changes_nothing(case: Case) -> None:
    quote_id = _asked(case, "looking for my ex")
    decide_quote(case, quote_id, by="C. Editor", approve=True, at=AT)
    again = ask_quote(case, "d1:1", "reason", by="E. Else", reason="again", at=AT)
    assert (again.quote_id, again.decision, again.asked_by) == (quote_id, "approved", "A. Reporter")


@pytest.mark.parametrize(
    "text",
    ["ex wife 9AAA999", "dob 01/02/1990",
     "call 555-123-4567", "a@b.example", "12 Elm Street", "case 26-01040", "9 A A A 9 9 9"],
)  # fmt: skip
def test_a_text_that_identifies_by_its_shape_cannot_be_quoted(case: Case, text: str) -> None:
    with pytest.raises(PublishingRefused) as refused:
        _asked(case, text)
    assert text not in str(refused.value)
    assert quotes(case) == []


def test_a_plate_made_of_letters_cannot_be_quoted(case: Case) -> None:
    add_records(case, record("d2", 1, plate=case.key.pseudonym("BIGQUIL")))
    with pytest.raises(PublishingRefused, match="cannot be quoted"):
        _asked(case, "the car of bigquil")


def test_nobody_approves_what_they_asked_for(case: Case) -> None:
    quote_id = _asked(case, "looking for my ex")
    with pytest.raises(UsageError, match="somebody else"):
        decide_quote(case, quote_id, by="a. reporter ", approve=True, at=AT)


@pytest.mark.parametrize(
    ("record_id", "field"),
    [("d1:2", "reason"), ("d1", "reason"), ("", "reason"), ("d1:x", "reason"), ("d1:1", "plate"), ("d1:1", "user")],
)  # fmt: skip
def test_only_texts_of_records_can_be_quoted(case: Case, record_id: str, field: str) -> None:
    add_records(case, record("d1", 1))
    with pytest.raises(UsageError):
        ask_quote(case, record_id, field, by="A. Reporter", reason="x", at=AT)


@pytest.mark.parametrize(("by", "reason"), [(" ", "x"), ("A. Reporter", "")])
def test_who_and_why_are_needed(case: Case, by: str, reason: str) -> None:
    add_records(case, record("d1", 1))
    with pytest.raises(UsageError, match="A quote needs"):
        ask_quote(case, "d1:1", "reason", by=by, reason=reason, at=AT)


def test_a_quote_that_was_not_asked_for_cannot_be_approved(case: Case) -> None:
    with pytest.raises(UsageError, match="no such quote"):
        decide_quote(case, "d1:1:reason:0", by="C. Editor", approve=True, at=AT)
