"""How a file came, as anyone may read it: who sent it and what was noted beside it stay in the case."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import pyarrow as pa

from custodiet.case import Case
from custodiet.intake.receipts import Receipt

# Sender and note can name a clerk.
PUBLIC_FIELDS: Final = (
    "request_number",
    "custodian",
    "asked_on",
    "received_on",
    "exemption_letter",
    "address",
    "withheld_columns",
)
_KEPT: Final = "A receipt is kept in the case"


def public_receipt(receipt: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a receipt that may be published."""
    return {name: receipt[name] for name in PUBLIC_FIELDS if name in receipt}


def with_public_receipts(case: Case, disclosures: pa.Table) -> pa.Table:
    """Return disclosures whose receipts name no sender and hold no remark."""
    sentences = {
        sha256: Receipt.model_validate(public_receipt(json.loads(text))).sentence() or _KEPT
        for sha256, text in case.rows("SELECT DISTINCT sha256, receipt FROM files WHERE receipt IS NOT NULL")
    }
    told = [sentences.get(sha256) for sha256 in disclosures["sha256"].to_pylist()]
    place = disclosures.column_names.index("receipt")
    return disclosures.set_column(place, "receipt", pa.array(told, pa.string()))
