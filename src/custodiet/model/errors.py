"""The exceptions of custodiet: one root, one leaf for each way a run can end.

    CustodietError
    ├── UsageError          exit 2: the request cannot be carried out as asked
    ├── InputError          exit 2: an input was refused as a whole
    ├── PackError           exit 2: a rule pack is faulty (all faults at once)
    ├── PublishingRefused   exit 4: publishing would expose somebody
    └── VerificationFailed  exit 4: a bundle is not what its manifest says

An odd *row* or *file* is no exception but a :class:`~custodiet.model.problems.Problem`.
No message ever holds a plate, an account name or the text of a reason.
"""

from __future__ import annotations


class CustodietError(Exception):
    """Tell what happened, where, and what to do; the root of all errors here.

    Attributes:
        slug: Stable word for tests and documentation.
        where: File, row or option; empty when the sentence says it.
        hint: What to do now; empty when there is nothing to do.
        exit_code: Exit code of the command line.
    """

    slug = "error"
    exit_code = 2

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        head = f"{self.where}: {self.message}" if self.where else self.message
        return f"{head} {self.hint}" if self.hint else head


class UsageError(CustodietError):
    """The request cannot be carried out as asked."""

    slug = "usage"


class InputError(CustodietError):
    """An input was refused as a whole."""

    slug = "input"


class PackError(CustodietError):
    """A rule pack is faulty; ``faults`` lists every fault found in the run."""

    slug = "pack"

    def __init__(self, message: str, *, where: str = "", hint: str = "", faults: tuple[str, ...] = ()) -> None:
        super().__init__(message, where=where, hint=hint)
        self.faults = faults


class PublishingRefused(CustodietError):
    """Publishing would expose somebody; nothing was written."""

    slug = "publishing-refused"
    exit_code = 4


class VerificationFailed(CustodietError):
    """A bundle is not what its manifest says."""

    slug = "verification-failed"
    exit_code = 4
