"""Read JSON of a bundle in the one form in which it is written, and values in the one type that they have.

A file that two readers could understand in two ways (a name that stands twice, ``NaN``, a byte order mark) proves
nothing, whatever its checksum says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from custodiet.model.bundle import canonical_json
from custodiet.verify.result import Malformed

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_T = TypeVar("_T")
Written = Callable[[Any], bytes]


def indented_json(value: Any) -> bytes:
    """Write JSON as the claim sheet and the list of originals are written."""
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n").encode()


def read_json(path: Path, written: Written = canonical_json) -> dict[str, Any]:
    """Read a JSON object that stands in a file as it is written, byte for byte.

    Raises:
        Malformed: It is no JSON object, or it stands there in another form.
        OSError: The file cannot be read.
    """
    data = path.read_bytes()
    content = parse(data)
    if written(content) != data:
        raise Malformed("The file was edited: it is not in the form in which it is written.")
    return content


def parse(data: bytes) -> dict[str, Any]:
    """Read a JSON object in which every name stands once and every number is one.

    Raises:
        Malformed: It is none.
    """
    try:
        content = json.loads(data.decode(), object_pairs_hook=_once, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise Malformed("The file is no JSON, or holds a name twice or a number that is none.") from None
    if not isinstance(content, dict):
        raise Malformed("The file holds no JSON object.")
    return content


def text(row: Mapping[str, Any], name: str) -> str:
    """Give a text.

    Raises:
        Malformed: It is not there, or is something else.
    """
    return _typed(row, name, str)


def text_or_none(row: Mapping[str, Any], name: str) -> str | None:
    """Give a text or None; it must stand there."""
    return None if row.get(name, "") is None else text(row, name)


def number(row: Mapping[str, Any], name: str) -> int:
    """Give a whole number; a truth value is none."""
    return _typed(row, name, int)


def number_or_none(row: Mapping[str, Any], name: str) -> int | None:
    """Give a whole number or None; it must stand there."""
    return None if row.get(name, 0) is None else number(row, name)


def size(row: Mapping[str, Any], name: str) -> int:
    """Give a whole number that is not negative."""
    found = number(row, name)
    if found < 0:
        raise Malformed(f"The value of {name!r} is negative.")
    return found


def digest(row: Mapping[str, Any], name: str) -> str:
    """Give a SHA-256 in lower-case hexadecimal digits."""
    found = text(row, name)
    if not _DIGEST.fullmatch(found):
        raise Malformed(f"The value of {name!r} is no SHA-256.")
    return found


def rows(content: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """Give a list of objects."""
    found = _typed(content, name, list)
    if not all(isinstance(item, dict) for item in found):
        raise Malformed(f"The value of {name!r} is no list of objects.")
    return found


def texts(row: Mapping[str, Any], name: str) -> list[str]:
    """Give a list of texts."""
    found = _typed(row, name, list)
    if not all(isinstance(item, str) for item in found):
        raise Malformed(f"The value of {name!r} is no list of texts.")
    return found


def mapping(content: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Give an object."""
    return _typed(content, name, dict)


def _typed(row: Mapping[str, Any], name: str, kind: type[_T]) -> _T:
    found = row.get(name)
    if type(found) is not kind:
        raise Malformed(f"The value of {name!r} is not of its kind.")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _refuse(name: str) -> Any:
    raise ValueError(name)
