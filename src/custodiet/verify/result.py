"""What a check of a bundle found: faults by name, and facts beside them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any, Final

FAULTS: Final[dict[str, str]] = {
    "not-a-bundle": "The folder holds no manifest that can be read.",
    "manifest-changed": "The manifest is not the one that was published.",
    "signature-invalid": "The signature does not fit the manifest.",
    "signature-missing": "A key was given, and the bundle is not signed.",
    "other-key": "The bundle is signed with another key than the one given.",
    "changed-file": "A file has other bytes than the manifest says.",
    "missing-file": "A file of the manifest is not there.",
    "renamed-file": "A file of the manifest stands under another name.",
    "extra-file": "A file is there that the manifest does not name.",
    "unreadable": "A file of the bundle does not have the form it should have.",
    "missing-part": "A part is not there that every bundle has.",
    "copy-differs": "A file that repeats the tables or the claim sheet says something else than they do.",
    "unknown-word": "A cell holds a word that its column does not know.",
    "proof-fails": "A cited row does not belong to the disclosure as it was committed to.",
    "number-differs": "A published number is not what the tables give.",
    "another-version": "An original has the name, but not the bytes of the one that was read.",
    "unknown-original": "A file is no original of this bundle.",
    "original-differs": "An original says something else than the bundle.",
}


class Malformed(Exception):
    """A file of a bundle has not the form of its kind; the message says what it lacks."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Name one thing that is not as it should be.

    Attributes:
        code: A key of :data:`FAULTS`.
        where: File, claim or row.
        message: Plain sentence.
    """

    code: str
    where: str
    message: str

    def __post_init__(self) -> None:
        if self.code not in FAULTS:
            raise ValueError(f"unknown fault {self.code!r}")


@dataclass(slots=True)
class Verdict:
    """Hold what was checked, what was found, and what could not be checked.

    Attributes:
        faults: What is wrong; empty means verified.
        checked: What was done, as sentences with counts.
        not_checked: What was left out, and why.
        signed_by: Fingerprint of the key that signed; None if the bundle is not signed.
        key_compared: Whether that key was compared with one the reader trusts.
        originals: For each original that was re-read: file name and what was compared.
    """

    faults: list[Fault] = field(default_factory=list)
    checked: list[str] = field(default_factory=list)
    not_checked: list[str] = field(default_factory=list)
    signed_by: str | None = None
    key_compared: bool = False
    originals: list[str] = field(default_factory=list)

    @property
    def verified(self) -> bool:
        """Tell whether nothing was found wrong."""
        return not self.faults

    def fault(self, code: str, where: str, message: str) -> None:
        """Add a fault."""
        self.faults.append(Fault(code, where, message))

    @contextmanager
    def guard(self, where: str) -> Iterator[None]:
        """Make whatever goes wrong in a check a fault of the file that is checked: a bundle can hold anything.

        Args:
            where: The file.
        """
        try:
            yield
        except OSError as error:
            self.fault("unreadable", where, f"It cannot be read ({error.strerror or type(error).__name__}).")
        except Malformed as error:
            self.fault("unreadable", where, str(error))
        # Whoever made the bundle chooses what is read here, and so which exceptions the readers of its forms raise.
        except Exception as error:
            self.fault("unreadable", where, f"It does not have the form of a bundle ({type(error).__name__}).")

    def to_json(self) -> dict[str, Any]:
        """Give everything as one JSON object."""
        return {"verified": self.verified} | asdict(self)
