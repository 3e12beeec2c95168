"""Verbatim quotes: the one way for a text to leave word by word. Asked one by one, seen masked, approved by name.

The person who approves reads the text in the case (``custodiet cite``); here it is shown masked. A text
that holds a span shaped like a plate, date of birth, number of a document, phone, e-mail or address cannot be
quoted at all. What was approved stands in the manifest with the names of those who asked and approved.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from custodiet.case import Case
from custodiet.model.errors import PublishingRefused, UsageError
from custodiet.privacy.residue import plates_in, secrets_of
from custodiet.privacy.text import identifies, outward_text

FIELDS: Final = ("reason", "offense_type", "text_prompt", "filters", "moderation")
_ID_DIGITS: Final = 10


@dataclass(frozen=True, slots=True)
class Quote:
    """Hold one quote as it may be shown before it is approved.

    Attributes:
        quote_id: How to name it.
        record: The record, as ``disclosure_id:record_no``.
        field: Column of the record.
        masked: The text with only allow-listed words.
        asked_by: Who asked.
        reason: Why the words themselves are needed.
        decision: ``asked``, ``approved`` or ``declined``.
        decided_by: Who decided, or None.
    """

    quote_id: str
    record: str
    field: str
    masked: str
    asked_by: str
    reason: str
    decision: str
    decided_by: str | None


@dataclass(frozen=True, slots=True)
class ApprovedQuote:
    """Hold a quote that may be published, with who answers for it."""

    quote_id: str
    record: str
    field: str
    text: str
    reason: str
    asked_by: str
    approved_by: str


def ask_quote(case: Case, record: str, field: str, *, by: str, reason: str, at: datetime) -> Quote:
    """Ask for the text of one cell to be published verbatim, and show it masked.

    Args:
        case: The case.
        record: The record, as ``disclosure_id:record_no``.
        field: One of the columns of free text.
        by: Who asks.
        reason: Why the words themselves are needed.
        at: When.

    Raises:
        UsageError: There is no such text, or who or why is missing.
        PublishingRefused: The text holds what identifies somebody by its shape, or a plate of the case.
    """
    _require(by, "who asks", "--by")
    _require(reason, "why the words themselves are needed", "--reason")
    disclosure_id, text = _text(case, record, field)
    if identifies(text) or plates_in(secrets_of(case, with_accounts=False), text):
        raise PublishingRefused(
            "holds a span that identifies somebody and cannot be quoted.", where=f"{record}, {field}",
            hint="Quote another record, or publish the masked form. Nothing was stored.",
        )  # fmt: skip
    digest = hashlib.sha256(f"{record}\x1f{field}\x1f{text}".encode()).hexdigest()[:_ID_DIGITS]
    quote_id = f"{record}:{field}:{digest}"
    if not case.value("SELECT count(*) FROM quotes WHERE quote_id = ?", [quote_id]):
        case.append_rows(
            "quotes",
            [
                {
                    "quote_id": quote_id, "disclosure_id": disclosure_id, "record_no": int(record.rpartition(":")[2]),
                    "field": field, "verbatim": text, "masked": outward_text(text), "asked_by": by.strip(),
                    "reason": reason.strip(), "asked_at": at, "decision": "asked",
                }
            ],
        )  # fmt: skip
    return _quote(case, quote_id)


def decide_quote(case: Case, quote_id: str, *, by: str, approve: bool, at: datetime) -> Quote:
    """Approve or decline a quote; a later decision replaces an earlier one.

    Raises:
        UsageError: There is no such quote, or who decides is missing or is who asked.
    """
    _require(by, "who decides", "--by")
    quote = _quote(case, quote_id)
    if approve and by.strip().casefold() == quote.asked_by.casefold():
        raise UsageError("is approved by somebody else than who asked.", where=quote_id, hint="Nothing was changed.")
    case.execute(
        "UPDATE quotes SET decision = ?, decided_by = ?, decided_at = ? WHERE quote_id = ?",
        ["approved" if approve else "declined", by.strip(), at, quote_id],
    )
    return _quote(case, quote_id)


def quotes(case: Case) -> list[Quote]:
    """List all quotes, masked, in the order of their ids."""
    return [_quote(case, quote_id) for (quote_id,) in case.rows("SELECT quote_id FROM quotes ORDER BY quote_id")]


def approved_quotes(case: Case) -> list[ApprovedQuote]:
    """List the quotes that may be published, for the report and its manifest."""
    rows = case.rows(
        "SELECT quote_id, disclosure_id || ':' || record_no, field, verbatim, reason, asked_by, decided_by"
        " FROM quotes WHERE decision = 'approved' ORDER BY quote_id"
    )
    return [ApprovedQuote(*row) for row in rows]


def approved_texts(case: Case) -> list[str]:
    """List the texts that may stand verbatim in a publication, longest first."""
    return sorted({quote.text for quote in approved_quotes(case)}, key=lambda text: (-len(text), text))


def _require(text: str, what: str, option: str) -> None:
    if not text.strip():
        raise UsageError(f"A quote needs {what}.", where=option, hint="Nothing was stored.")


def _text(case: Case, record: str, field: str) -> tuple[str, str]:
    if field not in FIELDS:
        raise UsageError("is no text of a record.", where=field, hint=f"Texts: {', '.join(FIELDS)}.")
    disclosure_id, _, number = record.rpartition(":")
    text = None
    if disclosure_id and number.isdecimal():
        text = case.value(
            f"SELECT {field} FROM records WHERE disclosure_id = ? AND record_no = ?", [disclosure_id, int(number)]
        )
    if text is None:
        raise UsageError(f"has no {field}.", where=record, hint="Name a record as disclosure_id:record_no.")
    return disclosure_id, str(text)


def _quote(case: Case, quote_id: str) -> Quote:
    rows = case.rows(
        "SELECT quote_id, disclosure_id || ':' || record_no, field, masked, asked_by, reason, decision, decided_by"
        " FROM quotes WHERE quote_id = ?",
        [quote_id],
    )
    if not rows:
        raise UsageError("There is no such quote.", where=quote_id, hint="Ask for it first.")
    return Quote(*rows[0])
