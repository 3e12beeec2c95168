"""Archives that a stranger could send, built in code: what each does wrong is in its name."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from pathlib import Path


def zip_of(members: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a plain archive with these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def with_symlink(name: str, target: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo(name)
        info.create_system = 3
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, target)
        archive.writestr("good.csv", "a,b\n")
    return buffer.getvalue()


def with_flag(name: str, data: bytes, flag: int) -> bytes:
    """Return an archive whose one member bears a flag (0x1: encrypted), in both headers."""
    raw = bytearray(zip_of({name: data}, method=zipfile.ZIP_STORED))
    local, central = raw.index(b"PK\x03\x04"), raw.index(b"PK\x01\x02")
    for at in (local + 6, central + 8):
        struct.pack_into("<H", raw, at, struct.unpack_from("<H", raw, at)[0] | flag)
    return bytes(raw)


def with_raw_name(name: bytes, data: bytes) -> bytes:
    """Return an archive whose one member has these bytes for a name, and no claim of their encoding."""
    placeholder = "x" * len(name)
    return zip_of({placeholder: data}, method=zipfile.ZIP_STORED).replace(placeholder.encode(), name)


def with_damaged_member(members: dict[str, bytes], broken: str) -> bytes:
    raw = bytearray(zip_of(members, method=zipfile.ZIP_STORED))
    at = raw.index(members[broken])
    raw[at] ^= 0xFF
    return bytes(raw)


def overlapping() -> bytes:
    """Return an archive whose two entries share the same packed bytes (as in a quine or Fifield's bomb)."""
    packed = zlib.compress(b"0" * 100_000)[2:-4]
    crc = zlib.crc32(b"0" * 100_000)
    body = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 0, crc, len(packed), 100_000, 1, 0) + b"a" + packed
    directory = b"".join(
        struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, crc, len(packed), 100_000, 1, 0, 0, 0, 0, 0, 0)
        + name
        for name in (b"a", b"b")
    )
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 2, 2, len(directory), len(body), 0)
    return body + directory + end


def nested(depth: int, leaf: bytes) -> bytes:
    """Return an archive in an archive …, ``depth`` archives in all, around ``leaf.csv``."""
    data, name = leaf, "leaf.csv"
    for level in range(depth):
        data, name = zip_of({name: data}), f"level{level}.zip"
    return data


def write(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def compound_document(streams: dict[str, bytes]) -> bytes:
    """Return an OLE compound document ([MS-CFB], version 3) with these streams, each of 4,096 bytes or more.

    Shorter streams are padded with zeros, so that no mini stream is needed.
    """
    end, free, fat_mark, size = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 512
    bodies = {name: data.ljust(4096, b"\0") for name, data in streams.items()}
    n_directory = -(-(len(bodies) + 1) // 4)
    counts = {name: -(-len(data) // size) for name, data in bodies.items()}
    total = n_directory + sum(counts.values())
    n_fat = -(-total // 127)
    fat = [fat_mark] * n_fat

    def chain(length: int) -> int:
        start = len(fat)
        fat.extend(range(start + 1, start + length))
        fat.append(end)
        return start

    directory_start = chain(n_directory)
    starts = {name: chain(count) for name, count in counts.items()}
    fat += [free] * (n_fat * 128 - len(fat))

    def entry(name: str, kind: int, child: int, right: int, start: int, length: int) -> bytes:
        label = (name + "\0").encode("utf-16-le")
        return struct.pack(
            "<64sHBBIII16sIQQIQ", label, len(label), kind, 1, free, right, child, b"", 0, 0, 0, start, length
        )

    entries = entry("Root Entry", 5, 1 if bodies else free, free, end, 0)
    for place, (name, data) in enumerate(bodies.items(), 1):
        entries += entry(name, 2, free, place + 1 if place < len(bodies) else free, starts[name], len(data))
    header = struct.pack(
        "<8s16s5H6s9I",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6, b"", 0,
        n_fat, directory_start, 0, 4096, end, 0, end, 0,
    )  # fmt: skip
    header += struct.pack("<109I", *range(n_fat), *[free] * (109 - n_fat))
    body = struct.pack(f"<{len(fat)}I", *fat) + entries.ljust(n_directory * size, b"\0")
    return header + body + b"".join(data.ljust(counts[name] * size, b"\0") for name, data in bodies.items())
