"""Receipts: how a file came. They travel with the file into every citation.

A receipt stands in a file named with ``--receipt``, in ``receipts.yaml`` beside
the files, or in ``NAME.receipt.yaml`` beside one file.
"""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from custodiet.model.errors import InputError


class Receipt(BaseModel):
    """State how files came: one entry of a receipts file.

    ``files`` holds names or patterns (``*.pdf``) of the files it is for; in
    ``NAME.receipt.yaml`` it may be left out.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    files: tuple[str, ...] = ()
    request_number: str | None = None
    custodian: str | None = None
    producer: str | None = None
    time_zone: str | None = None
    asked_on: date | None = None
    received_on: date | None = None
    exemption_letter: str | None = None
    withheld_columns: tuple[str, ...] = Field(default=(), description="Canonical columns withheld by the letter.")
    sender: str | None = None
    address: str | None = None
    note: str | None = None

    def to_json(self) -> str:
        """Write the receipt as one JSON object without empty fields."""
        return json.dumps(self.model_dump(mode="json", exclude_defaults=True, exclude={"files"}), sort_keys=True)

    def sentence(self) -> str:
        """Say in one sentence how the file came."""
        parts = [
            f"request {self.request_number}" if self.request_number else "",
            f"to {self.custodian}" if self.custodian else "",
            f"asked {self.asked_on}" if self.asked_on else "",
            f"received {self.received_on}" if self.received_on else "",
            f"sent by {self.sender}" if self.sender else "",
            f"exemption letter {self.exemption_letter}" if self.exemption_letter else "",
            f"to be had at {self.address}" if self.address else "",
            self.note or "",
        ]
        text = ", ".join(part for part in parts if part)
        return text[:1].upper() + text[1:]


class Receipts:
    """Find the receipt of a file: beside it, in its folder, or in the file named by the user."""

    def __init__(self, stated: Path | None = None) -> None:
        self._stated = load_receipts(stated) if stated else ()

    def for_file(self, path: Path) -> Receipt | None:
        """Return the receipt of a file, or None.

        Raises:
            InputError: A receipts file beside it is faulty.
        """
        own = path.with_name(path.name + ".receipt.yaml")
        if own.is_file():
            entries = load_receipts(own)
            return entries[0] if entries else None
        found = _first_for(self._stated, path)
        folder = path.parent
        for _ in range(3):
            shared = folder / "receipts.yaml"
            if found is None and shared.is_file():
                found = _first_for(load_receipts(shared), path)
            folder = folder.parent
        return found


def _first_for(receipts: Sequence[Receipt], path: Path) -> Receipt | None:
    for receipt in receipts:
        if any(fnmatch.fnmatch(path.name, p) or fnmatch.fnmatch(path.as_posix(), f"*/{p}") for p in receipt.files):
            return receipt
    return None


@lru_cache(maxsize=64)
def load_receipts(path: Path) -> tuple[Receipt, ...]:
    """Read a receipts file: one receipt, a list of them, or ``receipts:`` with a list.

    Raises:
        InputError: The file is missing, is no YAML, or has unknown or faulty fields.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        raise InputError(
            "is no readable receipts file.", where=path.name, hint="It is YAML; see docs/receipts.md."
        ) from None
    if isinstance(data, dict) and set(data) == {"receipts"}:
        data = data["receipts"]
    entries = data if isinstance(data, list) else [data]
    try:
        return tuple(Receipt.model_validate(entry) for entry in entries)
    except ValidationError as error:
        fault = error.errors()[0]
        place = ".".join(str(part) for part in fault["loc"])
        raise InputError(
            f"has a faulty field {place}: {fault['msg']}.", where=path.name,
            hint=f"Fields are: {', '.join(Receipt.model_fields)}.",
        ) from None  # fmt: skip
