"""Read delimited text: CSV, TSV, semicolons, pipes, in any encoding that occurs in releases.

A regular file (every record as wide as the header, no blank lines, quotes closed)
is handed on as a :class:`CsvFile` for the engine's parallel reader, with a count
of its records made here by quote parity. Anything else is read record by record.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from custodiet.intake.raw import CsvFile, RawRow, RawTable, Reading
from custodiet.model.problems import Problem

MAX_LINE_CHARACTERS: Final = 32 * 1024 * 1024
MAX_COLUMNS: Final = 2_000
# Small enough for a processor's cache: the survey passes over each chunk several times.
_CHUNK: Final = 1024 * 1024
_BEFORE_ALL: Final = b"\n\n"
_HEAD_BYTES: Final = 512 * 1024
_DELIMITERS: Final = (",", "\t", ";", "|")
csv.field_size_limit(MAX_LINE_CHARACTERS)


@dataclass(frozen=True, slots=True)
class TextFile:
    """Describe a text file after its encoding was told.

    Attributes:
        path: UTF-8 text; the original where it is UTF-8 already, else a copy in the work folder.
        encoding: What the original is.
        problems: What was mended on the way.
    """

    path: Path
    encoding: str
    problems: tuple[Problem, ...]


def read_delimited(path: Path, work: Path) -> tuple[Reading, CsvFile | None]:
    """Read a delimited text file.

    Args:
        path: The file.
        work: Folder for a transcoded copy.

    Returns:
        A reading with one table, and the description for the engine's reader when the
        file is regular. The table is always there: it is what holds when the engine declines.
    """
    text = as_utf8(path, work)
    head = _head(text.path)
    delimiter = tell_delimiter(head)
    survey = survey_records(text.path)
    table = RawTable(rows=(), problems=list(text.problems))
    table.rows = _records(text.path, delimiter, table.problems, ends_open=survey.ends_open)
    regular = None
    if _is_plain_name(text.path) and not (
        survey.ends_open or survey.n_blank or survey.longest_line > MAX_LINE_CHARACTERS // 4 or survey.bare_cr
    ):
        first = tuple(tuple(record) for record in _first_records(head, delimiter, whole=survey.n_bytes <= len(head)))
        if first and 1 < len(first[0]) <= MAX_COLUMNS and len({len(record) for record in first}) == 1:
            regular = CsvFile(text.path, delimiter, survey.n_records, first, survey.has_outer_blanks)
    return Reading(parts=[table]), regular


def _is_plain_name(path: Path) -> bool:
    """Tell whether the engine takes a name as it is: wildcards match other files, odd bytes none."""
    name = str(path)
    return not any(sign in name for sign in "*?[") and name.isprintable()


def as_utf8(path: Path, work: Path) -> TextFile:
    """Tell the encoding of a file by its bytes and give UTF-8 text without NUL bytes.

    UTF-8 (with or without BOM), UTF-16 (with BOM, or told by its NUL bytes) and, for each
    byte that is not UTF-8, Windows-1252; bytes that it does not know become U+FFFD.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _transcode(path, work, "utf-16", ())
    zeros_even, zeros_odd = head[::2].count(0), head[1::2].count(0)
    if len(head) >= 4 and max(zeros_even, zeros_odd) > len(head) // 4 > min(zeros_even, zeros_odd) * 2:
        return _transcode(path, work, "utf-16-be" if zeros_even > zeros_odd else "utf-16-le", ())
    is_utf8, n_nul = _scan_utf8(path)
    if is_utf8 and not n_nul:
        return TextFile(path, "utf-8", ())
    problems = []
    if n_nul:
        problems.append(Problem("nul-bytes", f"{n_nul:,} NUL bytes were taken out; the cells around them may be cut."))
    if not is_utf8:
        problems.append(Problem("note", "Some bytes are not UTF-8; they were read as Windows-1252."))
    return _transcode(path, work, "utf-8-sig", tuple(problems))


def _read_as_windows(error: UnicodeError) -> tuple[str, int]:
    """Read the bytes that are no UTF-8 as Windows-1252; what is UTF-8 beside them stays UTF-8."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("custodiet-windows-1252", _read_as_windows)


def _scan_utf8(path: Path) -> tuple[bool, int]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    n_nul, is_utf8 = 0, True
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            n_nul += chunk.count(0) if b"\0" in chunk else 0
            # Within a sequence of bytes that the last chunk began, ASCII is no UTF-8 either: the decoder tells.
            if is_utf8 and not (chunk.isascii() and not decoder.getstate()[0]):
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    is_utf8 = False
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            is_utf8 = False
    return is_utf8, n_nul


def _transcode(path: Path, work: Path, encoding: str, problems: tuple[Problem, ...]) -> TextFile:
    target = work / "as-utf8.txt"
    replaced = 0
    errors = "custodiet-windows-1252" if encoding == "utf-8-sig" else "replace"
    decoder = codecs.getincrementaldecoder(encoding)(errors=errors)
    with path.open("rb") as source, target.open("w", encoding="utf-8", newline="") as copy:
        while chunk := source.read(_CHUNK):
            text = decoder.decode(chunk).replace("\x00", "")
            replaced += text.count("\ufffd")
            copy.write(text)
        copy.write(decoder.decode(b"", final=True))
    if replaced:
        problems += (Problem("malformed", f"{replaced:,} characters could not be decoded and read as U+FFFD."),)
    return TextFile(target, encoding, problems)


def _head(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(_HEAD_BYTES).decode("utf-8-sig", errors="ignore")


def _first_records(head: str, delimiter: str, *, whole: bool, limit: int = 200) -> list[list[str]]:
    records = []
    try:
        for record in csv.reader(io.StringIO(head.lstrip("\r\n"), newline=""), delimiter=delimiter):
            records.append(record)
            if len(records) > limit:
                break
    except csv.Error:
        return []
    # The last record may be cut by the end of the head.
    return records if whole else records[:-1]


def tell_delimiter(head: str) -> str:
    """Tell the delimiter: the one by which the first records are widest and of one width."""

    def fitness(delimiter: str) -> tuple[float, int]:
        widths = [len(record) for record in _first_records(head, delimiter, whole=True, limit=40) if record]
        if not widths:
            return 0.0, 0
        width, n = Counter(widths).most_common(1)[0]
        return (n / len(widths) if width > 1 else 0.0), width

    best = max(_DELIMITERS, key=lambda delimiter: (round(fitness(delimiter)[0], 1), fitness(delimiter)[1]))
    return best


@dataclass(frozen=True, slots=True)
class Survey:
    """Count what a delimited file holds, told by quote parity over its bytes.

    Attributes:
        n_bytes: Size of the file.
        n_records: Newlines outside quotes, and a last record without one.
        n_blank: Records with no byte in them.
        longest_line: Longest stretch of bytes without a newline.
        ends_open: A quote is still open at the end.
        has_outer_blanks: A tab, a no-break space, or a line end beside a quote stands somewhere:
            cells may begin or end with blanks other than spaces.
        bare_cr: Carriage returns stand without newlines (a single kind of line end is expected).
    """

    n_bytes: int
    n_records: int
    n_blank: int
    longest_line: int
    ends_open: bool
    has_outer_blanks: bool
    bare_cr: bool


def survey_records(path: Path) -> Survey:
    """Count the records of a delimited file without parsing it."""
    n_bytes = n_records = n_blank = longest = since_newline = 0
    n_cr = n_crlf = n_newlines = 0
    parity = blanks = ends_in_cell = False
    # Two bytes of what came before go along with each chunk: what is looked for may begin there.
    context = _BEFORE_ALL
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            text = context + chunk
            array = np.frombuffer(text, np.uint8)
            fresh = array[len(context) :]
            # Only quotes and newlines matter: parity is summed over their places, not over every byte.
            marks = np.flatnonzero((fresh == 34) | (fresh == 10)) + len(context)
            is_quote = array[marks] == 34
            inside = np.logical_xor.accumulate(is_quote) ^ parity if len(marks) else is_quote
            places, inner, records = marks[~is_quote], marks[~is_quote & inside], marks[~is_quote & ~inside]
            blanks = blanks or b"\t" in chunk or _has_no_break_space(text)
            blanks = blanks or (ends_in_cell and chunk[0] == 34) or _quote_beside(array, inner)
            ends_in_cell = len(inner) > 0 and int(inner[-1]) == len(array) - 1
            n_newlines += len(places)
            n_records += len(records)
            n_blank += _count_blank(array, records)
            if b"\r" in text:
                n_cr += chunk.count(b"\r")
                n_crlf += text[1:].count(b"\r\n")
            if len(places):
                gap = int(np.diff(places).max(initial=1)) - 1
                longest = max(longest, gap, since_newline + int(places[0]) - len(context))
                since_newline = len(array) - int(places[-1]) - 1
            else:
                since_newline += len(chunk)
            longest = max(longest, since_newline)
            parity = bool(inside[-1]) if len(marks) else parity
            context = text[-len(context) :]
            n_bytes += len(chunk)
    if n_bytes and (context[-1] != 10 or parity):
        n_records += 1
    return Survey(n_bytes, n_records, n_blank, longest, parity, blanks, n_cr > n_crlf and n_newlines == 0)


def _has_no_break_space(text: bytes) -> bool:
    return not text.isascii() and (b"\xc2\xa0" in text or b"\xe2\x80\xaf" in text)


def _quote_beside(array: np.ndarray, places: np.ndarray) -> bool:
    """Tell whether a line end inside a quoted cell is its first or last character, as far as the chunk shows."""
    after = array[places[places < len(array) - 1] + 1]
    return bool((array[places - 1] == 34).any() or (after == 34).any())


def _count_blank(array: np.ndarray, ends: np.ndarray) -> int:
    """Count the ends of records that follow another line end with nothing but a carriage return between."""
    before, further = array[ends - 1], array[ends - 2]
    return int(((before == 10) | ((before == 13) & (further == 10))).sum())


class _LineTooLong(Exception):
    """A line is over the limit; what follows was not read."""


def _lines(path: Path) -> Iterator[str]:
    with path.open("r", encoding="utf-8-sig", errors="replace", newline="") as file:
        while line := file.readline(MAX_LINE_CHARACTERS + 1):
            if len(line) > MAX_LINE_CHARACTERS:
                raise _LineTooLong
            yield line


def _records(path: Path, delimiter: str, problems: list[Problem], *, ends_open: bool) -> Iterator[RawRow]:
    number = n_wide = first_wide = 0
    reader = csv.reader(_lines(path), delimiter=delimiter)
    quote_lines = 0
    has_begun = False
    try:
        for record in reader:
            number += 1
            quote_lines = reader.line_num
            # Lines without a character before the first record are no rows; the record keeps its number.
            has_begun = has_begun or bool(record)
            if len(record) > MAX_COLUMNS:
                n_wide += 1
                first_wide = first_wide or number
                record = record[:MAX_COLUMNS]
            if has_begun:
                yield RawRow(number, tuple(record))
    except _LineTooLong:
        problems.append(
            Problem("too-large", f"A line is longer than {MAX_LINE_CHARACTERS:,} characters; reading stopped there.",
                    where=f"after row {number}")
        )  # fmt: skip
    except csv.Error:
        problems.append(
            Problem(
                "malformed",
                "A record could not be parsed; reading stopped there.",
                where=f"after row {number}",
            )
        )
    if n_wide:
        message = f"{n_wide:,} records have more than {MAX_COLUMNS:,} cells; the cells beyond were not read."
        problems.append(Problem("too-large", message, where=f"first row {first_wide:,}"))
    if ends_open:
        problems.append(
            Problem("unclosed-quote", f"A quotation mark opened in the last record is never closed; the record ends "
                    f"at line {quote_lines:,}.", where=f"row {number}")
        )  # fmt: skip
