"""Read JSON captures of transparency pages."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from custodiet.intake.raw import RawPage, Reading
from custodiet.intake.readers.page import audits, numbers
from custodiet.intake.readers.page.assemble import PageBuilder
from custodiet.intake.readers.page.decoding import decode
from custodiet.intake.readers.page.markup import MAX_BYTES, Line
from custodiet.intake.readers.page.sections import Section
from custodiet.intake.readers.page.vocabulary import meaning_of, plain, vocabulary
from custodiet.model.problems import Problem

_SHELL_NAME = re.compile(r"\.pdf\.[0-9a-f]{8}\.json$")
_OFFERED = re.compile(r"download", re.IGNORECASE)


def read_page_json(path: Path) -> Reading | None:
    """Read a JSON file of one capture, or of a list of captures.

    Args:
        path: File to read; over 32 MiB it is left to other readers.

    Returns:
        One :class:`RawPage` per capture; an empty shell gives the problem
        ``empty``. None when the JSON is no capture of a transparency page.
    """
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES or data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in {b"{", b"["}:
        return None
    try:
        document = json.loads(decode(data)[0])
    except (ValueError, RecursionError):
        return None
    captures = document if isinstance(document, list) else [document]
    objects = [item for item in captures if isinstance(item, Mapping)]
    if not any(objects) and len(objects) == len(captures) and _SHELL_NAME.search(path.name):
        return Reading(problems=[_shell()])
    if not objects or len(objects) < len(captures) or not all(_is_capture(item) for item in objects):
        return None
    reading = Reading()
    for item in objects:
        if _is_shell(item):
            reading.problems.append(_shell())
        else:
            reading.parts.append(_page(item))
    return reading


def _shell() -> Problem:
    return Problem("empty", "The capture is an empty shell: it has the keys of a page and no content.")


@lru_cache(maxsize=1)
def _all_keys() -> dict[str, tuple[str, str]]:
    keys = vocabulary().capture
    known = {key: ("column", column) for column, names in keys.columns.items() for key in names}
    roles = {
        "producer": keys.producer,
        "as_of": keys.as_of,
        "last_updated": keys.last_updated,
        "out": keys.out,
        "in": keys.in_,
        "audits": keys.audits,
        "audit_text": keys.audit_text,
        "ignored": keys.ignored,
    }
    for role, names in roles.items():
        known.update(dict.fromkeys(names, (role, "")))
    return known


def _role(key: str) -> tuple[str, str]:
    role = _all_keys().get(key) or _all_keys().get(key.lower())
    return role or meaning_of(key.replace("_", " ")) or ("", "")


def _is_capture(item: Mapping[str, object]) -> bool:
    roles = [_role(str(key))[0] for key in item]
    strong = sum(role in {"column", "bare", "out", "in", "share"} for role in roles)
    listed = any(isinstance(item[key], list) and _role(str(key))[0] == "audits" for key in item)
    return strong >= 2 or listed


def _is_shell(item: Mapping[str, object]) -> bool:
    content = [value for key, value in item.items() if _role(str(key))[0] not in {"producer", "as_of", "ignored"}]
    return not any(_has_content(value) for value in content)


def _has_content(value: object) -> bool:
    return value not in (None, "", 0, False) if not isinstance(value, list | dict) else bool(value)


def _page(item: Mapping[str, object]) -> RawPage:
    page = RawPage(producer=_first_text(item, "producer"))
    _date(page, item)
    builder = PageBuilder(page)
    offered, held = False, False
    for number, (key, value) in enumerate(item.items(), start=1):
        role, _ = _role(str(key))
        if role == "audits":
            held = True
            _take_audit(page, str(key), value)
        elif role == "audit_text" and _OFFERED.search(str(value)):
            offered = True
        elif role not in {"producer", "as_of", "last_updated", "ignored"}:
            _take(builder, str(key), value, number)
    if offered and not held:
        page.problems.append(Problem("note", "The page offered a search audit that this capture does not hold."))
    return builder.finish()


def _take(builder: PageBuilder, key: str, value: object, number: int) -> None:
    role, _ = _role(key)
    if value is None or value == "":
        return
    entries = value if isinstance(value, list) else [value]
    lines = [Line(plain(_text(entry)), is_item=isinstance(value, list)) for entry in entries]
    section = Section(_heading_for(key, role), 8, number, [line for line in lines if line.text])
    builder.add(section)


def _heading_for(key: str, role: str) -> str:
    """Give a heading that means the same as the key, so that pages and captures are read alike."""
    book = vocabulary()
    if role in {"out", "in"}:
        return (book.sharing.out if role == "out" else book.sharing.in_)[0]
    known = _all_keys().get(key) or _all_keys().get(key.lower())
    return book.columns[known[1]].aliases[0] if known and role == "column" else key.replace("_", " ")


def _take_audit(page: RawPage, key: str, value: object) -> None:
    if isinstance(value, list):
        page.audits.append(audits.table_of_objects(value, key))
    elif value:
        page.problems.append(
            Problem("malformed", "The capture's audit is no list of rows; it was not read.", where=key)
        )


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _first_text(item: Mapping[str, object], role: str) -> str | None:
    names: list[str] = getattr(vocabulary().capture, role)
    for name in names:
        value = item.get(name)
        if isinstance(value, str) and plain(value):
            return plain(value)
    return None


def _date(page: RawPage, item: Mapping[str, object]) -> None:
    stated = _first_text(item, "last_updated")
    if stated:
        page.last_updated = numbers.instant_of(stated)
        page.as_of = page.last_updated.date() if page.last_updated else numbers.date_of(stated)
    captured = _first_text(item, "as_of")
    if page.as_of is None and captured:
        page.as_of = numbers.date_of(captured)
