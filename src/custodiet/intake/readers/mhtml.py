"""Take the page out of a web archive: MHTML, one file with a page, its pictures and its styles (RFC 2557)."""

from __future__ import annotations

import email
import email.policy
from email.message import Message
from pathlib import Path
from typing import Final

from custodiet.intake.raw import Reading
from custodiet.intake.readers.page import read_page
from custodiet.model.problems import Problem

MAX_BYTES: Final = 64 * 1024 * 1024


def read_mhtml(path: Path, work: Path) -> Reading:
    """Read the page of a web archive; its frames follow, pictures and styles are left out.

    Args:
        path: File to read; over 64 MiB it is refused with ``too-large``.
        work: Private folder for the page while it is read.
    """
    if path.stat().st_size > MAX_BYTES:
        return Reading(problems=[Problem("too-large", "The web archive is over 64 MiB; it was not read.")])
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.compat32)
    pages = [part for part in message.walk() if part.get_content_type() == "text/html"]
    if not pages:
        return Reading(problems=[Problem("no-table", "The web archive holds no page; nothing was read.")])
    reading = Reading()
    for number, part in enumerate(pages, 1):
        found = _read_part(part, work / f"page-of-archive-{number}")
        # Frames are mostly advertisements and fonts: what none of them holds is told for the page alone.
        reading.parts += found.parts
        reading.problems += found.problems if number == 1 or found.parts else []
    return reading


def _read_part(part: Message, target: Path) -> Reading:
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    charset = part.get_content_charset() or "utf-8"
    try:
        target.write_bytes(data.decode(charset).encode() if charset not in ("utf-8", "us-ascii") else data)
        return read_page(target)
    except (LookupError, UnicodeDecodeError):
        target.write_bytes(data)
        return read_page(target)
    finally:
        target.unlink(missing_ok=True)
