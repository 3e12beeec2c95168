"""Problems: things that could not be read, or were read with doubt.

A problem is a value, not an exception: it is stored, counted and shown, and the
other files go on. Messages give places and counts, never cell contents that
could name a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from custodiet.model.counts import agreed


@dataclass(frozen=True, slots=True)
class ProblemCode:
    """Describe one kind of problem: its word, meaning, mend, and whether something stayed unread."""

    code: str
    meaning: str
    mend: str
    unread: bool = False


_CODES: Final = (
    ProblemCode("encrypted", "The file asks for a password.", "Ask the custodian for an open copy.", True),
    ProblemCode(
        "unsafe-archive",
        "An archive member points outside the archive or unpacks without bound.",
        "Unpack it by hand in a safe place and add the members.",
        True,
    ),
    ProblemCode(
        "too-large",
        "A file, line or cell is over the limit that keeps memory bounded.",
        "Split the file, or ask for an export in parts.",
        True,
    ),
    ProblemCode("no-table", "No table was found in the file.", "Add the file that holds the log or the list.", True),
    ProblemCode(
        "no-header",
        "The table has no header row; columns were told by their cells.",
        "Compare with a file of the same producer that has a header.",
    ),
    ProblemCode("empty", "The file or table holds no rows.", "Ask whether the export was empty or failed.", True),
    ProblemCode("no-text", "The pages hold pictures and no text.", "Ask for the electronic original.", True),
    ProblemCode("truncated", "The end of the data is missing.", "Ask for the rest; counts are a floor."),
    ProblemCode("corrupt", "The file is damaged and could not be opened.", "Get the file again.", True),
    ProblemCode(
        "malformed",
        "Part of the file does not follow its own format.",
        "Compare the place with the original.",
    ),
    ProblemCode("unsupported", "The kind of file or table is known and not read.", "Export it as CSV or XLSX.", True),
    ProblemCode(
        "unrecognised",
        "The columns are of no kind that is known.",
        "Describe the columns in a format file (docs/formats.md).",
        True,
    ),
    ProblemCode("ragged", "Rows have more or fewer cells than the header.", "Compare the rows with the original."),
    ProblemCode("column-shift", "Cells stand under a wrong label.", "Check the repair; it keeps its evidence."),
    ProblemCode(
        "phantom-header",
        "A label stands in the header without a column of its own.",
        "Ask which column was removed.",
    ),
    ProblemCode(
        "repeated-header",
        "The header row occurs again among the rows.",
        "Nothing: it is not counted as a row.",
    ),
    ProblemCode(
        "unclosed-quote",
        "A quotation mark is never closed.",
        "The end of the file may be missing; get it again.",
    ),
    ProblemCode("bad-time", "A time could not be read.", "Compare the rows with the original."),
    ProblemCode(
        "ambiguous-date",
        "The dates fit month/day and day/month alike; the usual order was assumed.",
        "Ask the custodian in which order days and months stand, or for a file with days over 12.",
    ),
    ProblemCode(
        "serial-date",
        "Times are spreadsheet serial numbers or date cells.",
        "Nothing: they were converted; the original shows a number.",
    ),
    ProblemCode(
        "zone-assumed",
        "The time zone is not stated and was assumed.",
        "State it with --producer or a receipt.",
    ),
    ProblemCode("nul-bytes", "NUL bytes were taken out of the text.", "Get the file again if cells look cut."),
    ProblemCode("hidden-sheet", "A hidden sheet or hidden rows were read.", "Look at them: hidden is not deleted."),
    ProblemCode(
        "failed-redaction",
        "Text is still there beneath a redaction.",
        "Tell the custodian; do not publish the file.",
    ),
    ProblemCode("duplicate", "The same bytes were added before.", "Nothing: they are counted once."),
    ProblemCode(
        "constant-column",
        "One value fills a whole column that should vary.",
        "Ask whether the column was overwritten before release.",
    ),
    ProblemCode("note", "Something a reader should know.", "Nothing."),
)

PROBLEM_CODES: Final[dict[str, ProblemCode]] = {item.code: item for item in _CODES}


@dataclass(frozen=True, slots=True)
class Problem:
    """State one thing not read, or read with doubt.

    Attributes:
        code: A key of :data:`PROBLEM_CODES`.
        message: Plain sentence: what was seen, where, what was (not) done.
        where: Place in the file (``row 12``, ``page 3``), or empty.
        file_name: Name of the released file as a reader knows it.
        disclosure_id: The table concerned, once it has an id.
    """

    code: str
    message: str
    where: str = ""
    file_name: str = ""
    disclosure_id: str | None = None

    def __post_init__(self) -> None:
        if self.code not in PROBLEM_CODES:
            raise ValueError(f"unknown problem code {self.code!r}")
        object.__setattr__(self, "message", agreed(self.message))
