"""Files, folders and archives → sources to read, one at a time, with their provenance.

Nothing is ever written outside the work folder of the case, and nothing in it
under a name that a stranger chose; an extracted member is gone as soon as the
next one is asked for. A special file (a pipe, a device) is never opened.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final
from uuid import uuid4

from custodiet.case.folder import is_case
from custodiet.intake.gzips import Gunzip, gzip_name
from custodiet.intake.kinds import Kind, extension_note, tell_kind
from custodiet.intake.zips import (
    Budget,
    Limits,
    Member,
    RefusedError,
    list_members,
    open_zip,
    readable_name,
    unpack,
    write_pieces,
)
from custodiet.model.problems import Problem

__all__ = ["Found", "Limits", "Source", "unpack_embedded", "walk"]

_BYSTANDERS: Final = frozenset({"thumbs.db", "desktop.ini", "__macosx"})
_RECEIPT: Final = re.compile(r"(?:receipts?|.+\.receipts?)\.ya?ml", re.IGNORECASE)
_NESTED: Final = "!/"


@dataclass(frozen=True, slots=True)
class Source:
    """Point at one file to read: a file given, or a member of an archive while it is unpacked.

    Attributes:
        path: Where the bytes are now; for a member, only until the next source is asked for.
        file_name: Last part of the name of the file that the user gave.
        container_path: That file as the user named it.
        member_path: Path inside the archive (``a.zip!/b.csv`` for an archive in an
            archive); None for the file itself. Text to show, never a path to open.
        sha256: Of the file that the user gave.
        member_sha256: Of the member; None for the file itself.
        size: Bytes at ``path``.
        name_hint: Last part of the member or file name, for dates and producers.
        kind: What the bytes are.
    """

    path: Path
    file_name: str
    container_path: str
    member_path: str | None
    sha256: str
    member_sha256: str | None
    size: int
    name_hint: str
    kind: Kind


@dataclass(slots=True)
class Found:
    """Hold one file that was given or found in a folder.

    Attributes:
        path: The file, as given or found; a folder if it only carries problems of the walk.
        file_name: Last part of its name.
        sha256: Of its bytes; empty where it could not be read.
        size: In bytes.
        sources: What there is to read in it, one at a time; members exist on disk only
            until the next is asked for.
        problems: What was odd; grows while ``sources`` is used up.
        is_receipt: It is a receipt, and no disclosure (``sources`` is empty).
    """

    path: Path
    file_name: str
    sha256: str = ""
    size: int = 0
    sources: Iterator[Source] = field(default_factory=lambda: iter(()))
    problems: list[Problem] = field(default_factory=list)
    is_receipt: bool = False

    def note(self, code: str, message: str, where: str = "") -> None:
        """Add a problem of this file."""
        self.problems.append(Problem(code, message, where, self.file_name))


def walk(paths: Sequence[Path], work: Path, limits: Limits | None = None) -> Iterator[Found]:
    """Yield one item per file given or found in a folder, in the order of their names.

    Args:
        paths: Files and folders; a folder is walked to its leaves, in sorted order.
        work: Private folder for extracted members; nothing is written elsewhere.
        limits: What one file may unpack to.

    Yields:
        One :class:`Found` per file. A folder with files passed over (lock files, hidden
        files, another case) ends with one that carries a single ``note``.
    """
    limits = limits or Limits()
    for given in paths:
        if given.is_dir():
            yield from _walk_folder(given, work, limits)
        else:
            yield _find(given, work, limits)


def unpack_embedded(found: Found, source: Source, name: str, data: bytes, work: Path) -> Iterator[Source]:
    """Yield what there is to read in a file that a page carries within itself, as for a member of an archive."""
    target = work / f"member-{uuid4().hex}"
    inside = (*((source.member_path,) if source.member_path else ()), readable_name(PurePosixPath(name).name or name))
    try:
        target.write_bytes(data)
        digest = hashlib.sha256(data).hexdigest()
        yield from _Unpacking(found, work, Limits()).read(target, inside[-1], inside, len(data), digest)
    finally:
        target.unlink(missing_ok=True)


def _walk_folder(folder: Path, work: Path, limits: Limits) -> Iterator[Found]:
    root, passed_over = folder.resolve(), 0
    pending = [folder]
    while pending:
        here = pending.pop()
        try:
            entries = sorted(here.iterdir(), key=lambda entry: os.fsencode(entry.name))
        except OSError as error:
            yield _unreadable(here, f"The folder cannot be listed ({error.strerror}); nothing in it was read.")
            continue
        folders = []
        for entry in entries:
            if _is_bystander(entry.name) or _is_same(entry, work):
                passed_over += 1
            elif entry.is_symlink():
                inside = entry.resolve().is_relative_to(root)
                passed_over += inside
                if not inside:
                    yield _unreadable(entry, "A link leads out of the folder; it was not followed.", "unsupported")
            elif entry.is_dir():
                if is_case(entry):
                    passed_over += 1
                else:
                    folders.append(entry)
            else:
                yield _find(entry, work, limits)
        pending.extend(reversed(folders))
    if passed_over:
        found = Found(folder, readable_name(folder.name or str(folder)))
        found.note("note", f"{passed_over:,} entries were passed over: lock or hidden files, links within, cases.")
        yield found


def _find(path: Path, work: Path, limits: Limits) -> Found:
    found = Found(path, readable_name(path.name))
    try:
        found.sha256, found.size = _digest(path)
    except RefusedError as refusal:
        found.note(refusal.code, refusal.message)
        return found
    except OSError as error:
        found.note("corrupt", f"The file cannot be read ({error.strerror}).")
        return found
    if _RECEIPT.fullmatch(path.name):
        found.is_receipt = True
    else:
        found.sources = _Unpacking(found, work, limits).sources()
    return found


def _digest(path: Path) -> tuple[str, int]:
    """Hash a regular file without ever waiting for a pipe.

    Raises:
        RefusedError: It is no regular file.
        OSError: It is not there or not ours to read.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise RefusedError("unsupported", "This is a pipe, socket or device and no file; it was not opened.")
    # Between the look and the opening the file may have been replaced by a pipe.
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise RefusedError("unsupported", "This is a pipe, socket or device and no file.")
        digest = hashlib.file_digest(file, "sha256")
        return digest.hexdigest(), file.tell()


class _Unpacking:
    """Unpack one file as its sources are asked for."""

    def __init__(self, found: Found, work: Path, limits: Limits) -> None:
        self._found = found
        self._work = work
        self._budget = Budget(limits)

    def sources(self) -> Iterator[Source]:
        found = self._found
        yield from self.read(found.path, found.file_name, (), found.size, None)

    def read(self, path: Path, name: str, inside: tuple[str, ...], size: int, sha256: str | None) -> Iterator[Source]:
        """Yield the sources of one file on disk: itself, or its members."""
        where = _NESTED.join(inside)
        try:
            kind = tell_kind(path, name)
        except OSError as error:
            self._found.note("corrupt", f"The file cannot be read ({error.strerror}).", where)
            return
        hint = PurePosixPath(name).name or name
        wrong = extension_note(kind, hint)
        if wrong:
            self._found.note(wrong.code, wrong.message, where)
        if kind is Kind.EMPTY:
            self._found.note("empty", "The file holds no bytes.", where)
        elif kind in (Kind.ZIP, Kind.GZIP):
            if len(inside) >= self._budget.limits.depth:
                self._found.note("unsafe-archive", "Archives are nested too deep; not read.", where)
            elif kind is Kind.ZIP:
                yield from self._read_zip(path, inside)
            else:
                yield from self._read_gzip(path, name, inside, size)
        else:
            yield Source(
                path=path,
                file_name=self._found.file_name,
                container_path=readable_name(str(self._found.path)),
                member_path=where or None,
                sha256=self._found.sha256,
                member_sha256=sha256,
                size=size,
                name_hint=hint,
                kind=kind,
            )

    def _read_zip(self, path: Path, inside: tuple[str, ...]) -> Iterator[Source]:
        where, passed_over = _NESTED.join(inside), 0
        try:
            with open_zip(path, self._budget.limits) as archive:
                members = list_members(archive)
                if not members:
                    self._found.note("empty", "The archive holds no files.", where)
                for place, member in enumerate(members):
                    if _is_bystander_path(member.path):
                        passed_over += 1
                        continue
                    if not self._budget.members_left:
                        left = len(members) - place
                        self._found.note("too-large", f"Too many members; {left:,} were not read.", where)
                        break
                    self._budget.members_left -= 1
                    target = self._new_file()
                    try:
                        sha256, size = unpack(archive, member, target, self._budget)
                        yield from self._read_member(target, member, inside, size, sha256)
                    except RefusedError as refusal:
                        self._found.note(refusal.code, refusal.message, _NESTED.join((*inside, member.path)))
                    finally:
                        target.unlink(missing_ok=True)
        except RefusedError as refusal:
            self._found.note(refusal.code, refusal.message, where)
        except OSError as error:
            self._found.note("corrupt", f"The archive cannot be read ({error.strerror}).", where)
        if passed_over:
            self._found.note("note", f"{passed_over:,} lock or hidden files were passed over.", where)

    def _read_member(
        self, target: Path, member: Member, inside: tuple[str, ...], size: int, sha256: str
    ) -> Iterator[Source]:
        if _RECEIPT.fullmatch(PurePosixPath(member.path).name):
            message = "A receipt inside an archive is not used; lay it beside the archive."
            self._found.note("note", message, _NESTED.join((*inside, member.path)))
            return
        yield from self.read(target, member.path, (*inside, member.path), size, sha256)

    def _read_gzip(self, path: Path, name: str, inside: tuple[str, ...], packed: int) -> Iterator[Source]:
        target, unpacker = self._new_file(), Gunzip(path)
        member = gzip_name(path) or PurePosixPath(name).name.removesuffix(".gz").removesuffix(".GZ")
        where = _NESTED.join((*inside, member))
        try:
            sha256, size = write_pieces(unpacker.pieces(), target, self._budget.member(packed))
            if not unpacker.is_complete:
                self._found.note("truncated", f"The gzip data breaks off; {size:,} bytes before that were read.", where)
            yield from self.read(target, member, (*inside, member), size, sha256)
        except RefusedError as refusal:
            self._found.note(refusal.code, refusal.message, where)
        except OSError as error:
            self._found.note("corrupt", f"The archive cannot be unpacked ({error.strerror}).", where)
        finally:
            target.unlink(missing_ok=True)

    def _new_file(self) -> Path:
        return self._work / f"member-{uuid4().hex}"


def _unreadable(path: Path, message: str, code: str = "corrupt") -> Found:
    found = Found(path, readable_name(path.name))
    found.note(code, message)
    return found


def _is_same(entry: Path, work: Path) -> bool:
    return entry.is_dir() and work.is_dir() and entry.samefile(work)


def _is_bystander(name: str) -> bool:
    return name.startswith((".", "~$")) or name.lower() in _BYSTANDERS


def _is_bystander_path(path: str) -> bool:
    parts = [part for part in path.split("/") if part not in ("", ".", "..")]
    return any(_is_bystander(part) for part in parts)
