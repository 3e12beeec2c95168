"""Compare the files of a bundle with its manifest: bytes, sizes, nothing missing, nothing more."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

from custodiet.model.bundle import BUNDLE_FORMAT, MANIFEST, MANIFEST_SUM, UNLISTED, canonical_json
from custodiet.model.counts import counted
from custodiet.verify import strict
from custodiet.verify.result import Malformed, Verdict

# A backslash is a separator on some systems, a colon names a drive or a stream there.
_NOT_IN_NAMES: Final = frozenset("\\:\x00")


@dataclass(frozen=True, slots=True)
class Manifest:
    """Hold a manifest: its bytes, what it says, its files by name, and how many numbers its report marks, if any."""

    data: bytes
    content: dict[str, Any]
    files: dict[str, tuple[int, str]]
    marked_numbers: int | None


def read_manifest(folder: Path, verdict: Verdict) -> Manifest | None:
    """Read the manifest of a bundle; faults are noted, and None is given if it cannot be read."""
    path = folder / MANIFEST
    try:
        if not path.is_file() or path.is_symlink():
            verdict.fault("not-a-bundle", MANIFEST, "The folder has no manifest.json, so there is nothing to check.")
            return None
        data = path.read_bytes()
    except OSError as error:
        verdict.fault("unreadable", MANIFEST, f"It cannot be read ({error.strerror}); nothing was verified.")
        return None
    with verdict.guard(MANIFEST_SUM):
        _check_sum(folder, data, verdict)
    try:
        content = strict.parse(data)
        known = strict.text(content, "format") == BUNDLE_FORMAT
    except Malformed as error:
        verdict.fault("not-a-bundle", MANIFEST, str(error))
        return None
    if not known:
        verdict.fault(
            "not-a-bundle", MANIFEST, f"The bundle has another format than {BUNDLE_FORMAT}; a newer verifier is needed."
        )
        return None
    return _manifest(data, content, verdict)


def _manifest(data: bytes, content: dict[str, Any], verdict: Verdict) -> Manifest | None:
    try:
        listed = strict.rows(content, "files")
        files = {
            strict.text(item, "path"): (strict.size(item, "size"), strict.digest(item, "sha256")) for item in listed
        }
        told = strict.mapping(content, "report") if content.get("report", "") is not None else None
        marked = None if told is None else strict.size(told, "numbers")
        whole = len(files) == len(listed) and canonical_json(content) == data
    except (Malformed, ValueError) as error:
        verdict.fault("not-a-bundle", MANIFEST, f"The manifest is not in the form of a bundle. {error}")
        return None
    if not whole:
        verdict.fault("manifest-changed", MANIFEST, "The manifest was edited: it is not in its canonical form.")
    if any(not is_plain(name) for name in files):
        verdict.fault("not-a-bundle", MANIFEST, "The manifest names files outside the bundle; none was opened.")
        return None
    return Manifest(data, content, files, marked)


def check_files(folder: Path, manifest: Manifest, verdict: Verdict) -> None:
    """Compare every file with its size and SHA-256, and look for missing, renamed and extra ones."""
    there, closed = _files_in(folder, verdict)
    digests = {}
    for name in sorted(there - set(UNLISTED)):
        with verdict.guard(name):
            digests[name] = _digest(folder / name)
    # What cannot be read is said to be so, and is not missing.
    unread = there - digests.keys()
    extra = [name for name in digests if name not in manifest.files]
    by_digest = {digests[name]: name for name in extra}
    renamed = set()
    for name, (size, sha256) in sorted(manifest.files.items()):
        if name in unread or any(place == "." or name.startswith(f"{place}/") for place in closed):
            continue
        if name not in digests:
            other = by_digest.get((size, sha256))
            if other is not None and other not in renamed:
                renamed.add(other)
                verdict.fault("renamed-file", other, f"The bytes are those of {name}.")
            else:
                verdict.fault("missing-file", name, "The manifest names the file, and it is not there.")
        elif digests[name] != (size, sha256):
            seen = digests[name]
            verdict.fault(
                "changed-file", name,
                f"Expected {size:,} bytes with SHA-256 {sha256[:16]}…, found {seen[0]:,} bytes with {seen[1][:16]}….",
            )  # fmt: skip
    for name in extra:
        if name not in renamed:
            verdict.fault("extra-file", name, "The manifest does not name the file; it is not part of the publication.")
    if verdict.verified:
        total = sum(size for size, _ in manifest.files.values())
        verdict.checked.append(
            f"{counted(len(manifest.files), 'file')}, {counted(total, 'byte')}: all as the manifest says, none more."
        )


def _check_sum(folder: Path, manifest: bytes, verdict: Verdict) -> None:
    path = folder / MANIFEST_SUM
    if not path.is_file() or path.is_symlink():
        verdict.fault("missing-file", MANIFEST_SUM, "The checksum of the manifest is not there.")
    elif path.read_bytes() != f"{hashlib.sha256(manifest).hexdigest()}  {MANIFEST}\n".encode():
        verdict.fault("manifest-changed", f"{MANIFEST}, {MANIFEST_SUM}", "The manifest does not fit its checksum.")


def is_plain(name: str) -> bool:
    """Tell whether a name is that of a file in the bundle on every system: no way out of it, no drive, no stream."""
    parts = PurePosixPath(name).parts
    return (
        bool(parts) and name == "/".join(parts) and not name.startswith("/")
        and not {"..", "."} & set(parts) and not _NOT_IN_NAMES & set(name) and name not in UNLISTED
    )  # fmt: skip


def _files_in(folder: Path, verdict: Verdict) -> tuple[set[str], set[str]]:
    """Give the plain files of a folder, and the folders in it that cannot be looked into."""
    found, closed = set(), set()

    def cannot(error: OSError) -> None:
        place = Path(error.filename).relative_to(folder).as_posix()
        closed.add(place)
        verdict.fault("unreadable", place, f"The folder cannot be read ({error.strerror}).")

    for place, folders, names in os.walk(folder, onerror=cannot):
        here = Path(place)
        for name in (*names, *(name for name in folders if (here / name).is_symlink())):
            path = here / name
            shown = path.relative_to(folder).as_posix()
            with verdict.guard(shown):
                if path.is_symlink() or not path.is_file():
                    verdict.fault("extra-file", shown, "This is no plain file; it was not opened.")
                else:
                    found.add(shown)
    return found, closed


def _digest(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()
