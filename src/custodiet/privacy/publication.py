"""A publication: its name, its key, and what a reviewer added to it.

The key is derived from the case's key and the name with HKDF (RFC 5869): the same name gives the
same pseudonyms, and the pseudonyms of another name cannot be linked to them without the case's key.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from custodiet.case import Case
from custodiet.model.errors import UsageError

ACCOUNT_PREFIX: Final = "account-"
NAME_PREFIX: Final = "name-"
_DIGITS: Final = 16
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,99}")


@dataclass(frozen=True, slots=True)
class Publication:
    """Bind what leaves a case to a name.

    Attributes:
        case: The case that is published.
        name: Name of the publication; letters, digits, blank, dot, dash and underscore.
        account_results: Rules whose account-level results a reviewer adds: rule id to the reason.
        accounts_named: Why account names are published as disclosed; empty for pseudonyms.
        remembered: What was worked out for this publication, by name; the case does not change while it is made.

    Raises:
        UsageError: The name is unusable, or something was added without a reason.
    """

    case: Case
    name: str
    account_results: Mapping[str, str] = field(default_factory=dict)
    accounts_named: str = ""
    remembered: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise UsageError(
                "is no name for a publication.",
                where=repr(self.name[:100]),
                hint="Use letters, digits, blanks, dots, dashes and underscores, at most 100, a letter or digit first.",
            )
        if not all(reason.strip() for reason in self.account_results.values()):
            raise UsageError(
                "Results about accounts are added only with a reason.",
                hint="State the reason; nothing was published.",
            )

    @property
    def key(self) -> bytes:
        """Give the 32 bytes of this publication's key."""
        derivation = HKDF(
            algorithm=SHA256(), length=32, salt=None, info=b"custodiet publication\x00" + self.name.encode()
        )
        return derivation.derive(self.case.key.secret)

    def account(self, owner: str | None, account: str) -> str:
        """Return the pseudonym of an account of an organisation: ``account-`` and 16 hexadecimal digits."""
        return self.accounts([(owner, account)])[0]

    def accounts(self, named: Iterable[tuple[str | None, str]]) -> list[str]:
        """Return the pseudonyms of accounts given as (organisation, account), in their order.

        The organisation is part of what is hashed: two people of the same name in two
        agencies do not become one.
        """
        key, digest = self.key, hmac.digest
        return [
            ACCOUNT_PREFIX + digest(key, _plain(owner) + b"\x1f" + _plain(account), "sha256").hex()[:_DIGITS]
            for owner, account in named
        ]

    def names(self, names: Iterable[str]) -> list[str]:
        """Return the pseudonyms of entries of lists that may be names of persons: ``name-`` and 16 hexadecimal digits.

        Two spellings have two pseudonyms, as the tables are joined by the name as released.
        """
        key, digest = self.key, hmac.digest
        return [
            NAME_PREFIX + digest(key, b"name\x1f" + name.encode("utf-8", "surrogatepass"), "sha256").hex()[:_DIGITS]
            for name in names
        ]


def subject_pseudonym(publication: Publication, digits: str) -> str:
    """Return the pseudonym of an account that the case itself names by ten hexadecimal digits."""
    return ACCOUNT_PREFIX + hmac.digest(publication.key, b"subject\x1f" + digits.encode(), "sha256").hex()[:_DIGITS]


def _plain(text: str | None) -> bytes:
    return " ".join((text or "").split()).casefold().encode()
