"""Letters among the files: an answer that no records are held is no empty log."""

from __future__ import annotations

import re
from collections.abc import Iterable

from custodiet.model.problems import Problem

MAX_TEXT = 20_000
_RECORDS = (
    r"(?:responsive |such |any |the |audit |search |alpr |lpr |flock )*(?:records?|logs?|documents?|data|audits?)"
)
_NOT_HELD = re.compile(
    rf"\bno {_RECORDS}\b(?:[^.]{{0,60}}\b(?:exist|held|found|located|retained|maintained|available))?"
    rf"|\b(?:does not|do not|did not|doesn't|don't|no longer|cannot|holds? no|has no|have no)\b"
    rf"[^.]{{0,60}}\b(?:hold|have|possess|maintain|retain|keep|access)\b[^.]{{0,60}}\b{_RECORDS}\b"
    rf"|\b(?:holds?|has|have|possess(?:es)?|maintains?|retains?) no {_RECORDS}\b",
    re.IGNORECASE,
)


def not_held(lines: Iterable[str]) -> list[Problem]:
    """Tell from the text of a letter whether it says that the records are not held."""
    text = " ".join(" ".join(lines)[:MAX_TEXT].split())
    if not _NOT_HELD.search(text):
        return []
    message = (
        "The text reads like an answer that no such records are held. Not held is not none: what was searched cannot "
        "be told from it; ask who holds the records since."
    )
    return [Problem("note", message)]
