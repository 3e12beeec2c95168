"""ZIP archives read with suspicion: what is in one, and its bytes within bounds.

Sizes that an archive states about itself are never believed; bytes are counted
while they are inflated. Names inside an archive are text to show and never a
path to write to.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import re
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

_CHUNK: Final = 1 << 20
_DIRECTORY_BYTES_PER_MEMBER: Final = 160
_UTF8_FLAG: Final = 0x800
_ENCRYPTED_FLAG: Final = 0x1
_UNIX: Final = 3
_READABLE_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
_DECEPTIVE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_DAMAGE: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, MemoryError)


@dataclass(frozen=True, slots=True)
class Limits:
    """Bound what one file may unpack to.

    Attributes:
        member_bytes: Largest member, in bytes after unpacking.
        total_bytes: All members of one file together, nested archives included.
        ratio: Largest ratio of unpacked to packed bytes, once ``ratio_floor`` bytes came out.
        ratio_floor: Unpacked bytes below which no ratio is held against a member.
        members: Members of one file, nested archives included.
        depth: Archives inside archives.
    """

    member_bytes: int = 8 << 30
    total_bytes: int = 64 << 30
    ratio: int = 200
    ratio_floor: int = 64 << 20
    members: int = 100_000
    depth: int = 5


class RefusedError(Exception):
    """Something inside a file was not read; ``code`` is a problem code, ``message`` its sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Budget:
    """Count what one file unpacks to, over all its members and nested archives."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.bytes_left = limits.total_bytes
        self.members_left = limits.members

    def member(self, packed: int) -> Callable[[int], None]:
        """Return a function to call with the size of each piece that one member gives.

        Raises (the function):
            RefusedError: A limit is passed: ``too-large`` or ``unsafe-archive``.
        """
        seen = 0

        def spend(n_bytes: int) -> None:
            nonlocal seen
            seen += n_bytes
            self.bytes_left -= n_bytes
            if seen > self.limits.member_bytes:
                raise RefusedError("too-large", f"The member unpacks to more than {self.limits.member_bytes:,} bytes.")
            if self.bytes_left < 0:
                raise RefusedError(
                    "too-large", f"The file unpacks to more than {self.limits.total_bytes:,} bytes in all."
                )
            if seen > self.limits.ratio_floor and seen > self.limits.ratio * max(packed, 1):
                raise RefusedError(
                    "unsafe-archive",
                    f"The member unpacks to more than {self.limits.ratio} times its packed size.",
                )

        return spend


@dataclass(frozen=True, slots=True)
class Member:
    """Describe one member: its entry, its name for a reader, and why it will not be read, if so."""

    info: zipfile.ZipInfo
    path: str
    refusal: tuple[str, str] | None = None


class _CautiousFile(io.BufferedReader):
    """Refuse to read a directory so long that it alone would fill the memory."""

    def __init__(self, path: Path, most: int) -> None:
        super().__init__(io.FileIO(path))
        self._most = most

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0:
            size = self._most
        if size > self._most:
            raise RefusedError("too-large", "The directory of the archive lists too many members.")
        return super().read(size)


@contextmanager
def open_zip(path: Path, limits: Limits | None = None) -> Iterator[zipfile.ZipFile]:
    """Open a ZIP whose directory is of bearable size.

    Raises:
        RefusedError: It is damaged (``corrupt``) or lists too many members (``too-large``).
    """
    most = max(_CHUNK, (limits or Limits()).members * _DIRECTORY_BYTES_PER_MEMBER)
    with _CautiousFile(path, most) as file:
        try:
            archive = zipfile.ZipFile(file)
        except (*_DAMAGE, NotImplementedError) as error:
            raise RefusedError(
                "corrupt", "The directory at the end of the ZIP archive is missing or damaged; not read."
            ) from error
        with archive:
            yield archive


def list_members(archive: zipfile.ZipFile) -> list[Member]:
    """List the files of an archive by name, each with its refusal if it must not be read.

    Two members of one name are told apart by ``#2``, ``#3`` in their order.
    """
    infos = [info for info in archive.infolist() if not _is_folder(info)]
    overlapping = _overlapping(infos)
    members = [
        Member(
            info,
            readable_name(decoded_name(info).replace("\\", "/")),
            _refusal(info, id(info) in overlapping),
        )
        for info in infos
    ]
    members.sort(key=lambda member: (member.path, member.info.header_offset))
    seen: Counter[str] = Counter()
    for place, member in enumerate(members):
        seen[member.path] += 1
        if seen[member.path] > 1:
            members[place] = replace(member, path=f"{member.path}#{seen[member.path]}")
    return members


def unpack(archive: zipfile.ZipFile, member: Member, target: Path, budget: Budget) -> tuple[str, int]:
    """Write one member to ``target`` and return its SHA-256 and size.

    Raises:
        RefusedError: It is damaged, encrypted, packed in an unknown way, or over a limit.
    """
    if member.refusal:
        raise RefusedError(*member.refusal)
    spend = budget.member(member.info.compress_size)
    try:
        with archive.open(member.info) as packed:
            return write_pieces(iter(lambda: packed.read(_CHUNK), b""), target, spend)
    except NotImplementedError as error:
        raise RefusedError("unsupported", "The member is packed in a way that is not read.") from error
    except _DAMAGE as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise RefusedError("too-large", "The disk of the case has no room for the member.") from error
        raise RefusedError("corrupt", "The member is damaged: its bytes fail their own checksum.") from error


def write_pieces(pieces: Iterator[bytes], target: Path, spend: Callable[[int], None]) -> tuple[str, int]:
    """Write pieces to a new owner-only file and return the SHA-256 and size of the whole."""
    digest, size = hashlib.sha256(), 0
    with open(target, "xb", opener=_owner_only) as file:
        for piece in pieces:
            spend(len(piece))
            digest.update(piece)
            size += len(piece)
            file.write(piece)
    return digest.hexdigest(), size


def decoded_name(info: zipfile.ZipInfo) -> str:
    """Return the name of a member, read as UTF-8 where it is that without saying so."""
    name = info.orig_filename
    if info.flag_bits & _UTF8_FLAG or name.isascii():
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def readable_name(name: str) -> str:
    """Write out characters that would hide or reverse part of a name (control, direction, half pairs)."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace") if _has_escapes(name) else name
    return _DECEPTIVE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _has_escapes(name: str) -> bool:
    return any("\udc80" <= letter <= "\udcff" for letter in name)


def _owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _is_folder(info: zipfile.ZipInfo) -> bool:
    return info.orig_filename.endswith(("/", "\\")) and info.file_size == 0


def _refusal(info: zipfile.ZipInfo, overlaps: bool) -> tuple[str, str] | None:
    name = decoded_name(info).replace("\\", "/")
    if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in name.split("/"):
        return "unsafe-archive", "The name of the member points outside the archive; it was not read."
    mode = info.external_attr >> 16 if info.create_system == _UNIX else 0
    if stat.S_ISLNK(mode):
        return "unsafe-archive", "The member is a symbolic link; it was not followed."
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return "unsupported", "The member is no regular file; it was not read."
    if overlaps:
        return "unsafe-archive", "The member shares its bytes with another; it was not read."
    if info.flag_bits & _ENCRYPTED_FLAG:
        return "encrypted", "The member asks for a password; it was not read."
    if info.compress_type not in _READABLE_METHODS:
        return "unsupported", f"The member is packed by method {info.compress_type}, which is not read."
    return None


def _overlapping(infos: list[zipfile.ZipInfo]) -> set[int]:
    """Tell the entries whose packed bytes reach into those of an earlier entry."""
    overlapping: set[int] = set()
    end = 0
    for info in sorted(infos, key=lambda item: item.header_offset):
        if info.header_offset < end:
            overlapping.add(id(info))
        end = max(end, info.header_offset + 30 + info.compress_size)
    return overlapping
