"""Gzip files, inflated as far as they go."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from custodiet.intake.zips import readable_name

_CHUNK: Final = 1 << 20


class Gunzip:
    """Inflate a gzip file piece by piece, as far as it goes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.is_complete = False

    def pieces(self) -> Iterator[bytes]:
        """Yield the bytes of all members; at damage stop and leave ``is_complete`` False."""
        inflate = zlib.decompressobj(wbits=31)
        with self._path.open("rb") as file:
            waiting = file.read(_CHUNK)
            while waiting:
                try:
                    piece = inflate.decompress(waiting, _CHUNK)
                except zlib.error:
                    return
                if piece:
                    yield piece
                if inflate.eof:
                    rest = (inflate.unused_data or file.read(_CHUNK)).lstrip(b"\0")
                    self.is_complete = not rest
                    if not rest.startswith(b"\x1f"):
                        return
                    inflate, waiting = zlib.decompressobj(wbits=31), rest
                else:
                    waiting = inflate.unconsumed_tail or file.read(_CHUNK)


def gzip_name(path: Path) -> str:
    """Return the last part of the name in a gzip header (RFC 1952, FNAME), or an empty text."""
    with path.open("rb") as file:
        head = file.read(4096)
    if len(head) < 10 or not head[3] & 0x08:
        return ""
    start = 10 + (2 + int.from_bytes(head[10:12], "little") if head[3] & 0x04 else 0)
    name = head[start:].split(b"\0")[0].decode("latin-1").replace("\\", "/")
    return readable_name(PurePosixPath(name).name)
