"""Decode the bytes of a page or embedded file, whatever encoding it claims or has."""

from __future__ import annotations

import codecs
import re

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return bad.decode("cp1252", errors="replace"), error.end


codecs.register_error("custodiet-cp1252", _as_cp1252)


def decode(data: bytes) -> tuple[str, int, bool]:
    """Decode a page.

    Args:
        data: All bytes of the page.

    Returns:
        The text without NULs, the number of bytes that did not fit the
        encoding (read as cp1252), and whether NULs were taken out.
    """
    text, odd = _decoded(data)
    return text.replace("\x00", ""), odd, "\x00" in text


def _decoded(data: bytes) -> tuple[str, int]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace"), 0
    if b"<" in data[:8] and data[:400].count(b"\x00") * 3 > len(data[:400]):
        return data.decode("utf-16-le" if data[1:2] == b"\x00" else "utf-16-be", errors="replace"), 0
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode("utf-8"), 0
    except UnicodeDecodeError:
        pass
    declared = _CHARSET.search(data[:4096])
    name = declared.group(1).decode("ascii").lower() if declared else ""
    if name and name not in {"utf-8", "utf8", "iso-8859-1", "latin1", "windows-1252", "utf-16"}:
        try:
            return data.decode(name), 0
        except (LookupError, UnicodeDecodeError):
            pass
    if name in {"iso-8859-1", "latin1", "windows-1252"}:
        return data.decode("cp1252", errors="replace"), 0
    replaced = sum(1 for sign in data.decode("utf-8", errors="surrogateescape") if "\udc80" <= sign <= "\udcff")
    return data.decode("utf-8", errors="custodiet-cp1252"), replaced
