"""Add files to a case: each file wholly or not at all, each table of it a disclosure."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from custodiet.case import Case
from custodiet.case.journal import begin_file, finish_file, forget_incomplete
from custodiet.intake.containers import Found, Source, unpack_embedded, walk
from custodiet.intake.kinds import WORKBOOKS, Kind, unread_kind
from custodiet.intake.origin import Origin
from custodiet.intake.pages import load_page, producer_of
from custodiet.intake.producers import Producer
from custodiet.intake.raw import CsvFile, RawPage, RawTable, Reading
from custodiet.intake.readers.delimited import read_delimited
from custodiet.intake.receipts import Receipt, Receipts
from custodiet.intake.tabular import load_tables
from custodiet.model.problems import PROBLEM_CODES, Problem

Progress = Callable[[str], None]
# A full disk is a fault of the place where the case lies, not of the file being read: the run ends.
_OUT_OF_SPACE = {errno.ENOSPC, errno.EDQUOT}


@dataclass(slots=True)
class AddSummary:
    """Count what a run added; ``n_unread`` counts problems that mean that something stayed unread."""

    n_files: int = 0
    n_known: int = 0
    n_disclosures: int = 0
    n_unread: int = 0
    problems: list[Problem] = field(default_factory=list)


def add_paths(
    case: Case, paths: Sequence[Path], *, producer: str | None = None, receipts: Path | None = None,
    progress: Progress | None = None,
) -> AddSummary:  # fmt: skip
    """Read files, folders and archives into a case.

    Args:
        case: The open case.
        paths: Files and folders in any mix.
        producer: Organisation whose disclosures these are, where the files do not say.
        receipts: Receipts file; others are looked for beside the files.
        progress: Told the name of each file as it begins.

    Returns:
        Counts of this run. Files that could not be read are problems in the case;
        the others are done all the same.

    Raises:
        InputError: A receipts file is faulty.
    """
    summary = AddSummary()
    book = Receipts(receipts)
    for found in walk(paths, case.work):
        if found.is_receipt:
            continue
        if progress:
            progress(found.file_name)
        try:
            _add_file(case, found, book, producer, summary)
        except BaseException:
            forget_incomplete(case)
            raise
    return summary


def _add_file(case: Case, found: Found, book: Receipts, producer: str | None, summary: AddSummary) -> None:
    path = _path_text(found.path)
    summary.n_files += 1
    if not found.sha256:
        _store_file_problems(case, found, path, summary)
        return
    known = case.rows("SELECT path FROM files WHERE sha256 = ? ORDER BY path", [found.sha256])
    if (path,) in known:
        summary.n_known += 1
        return
    if known:
        _note_duplicate(case, found, path, known[0][0], summary)
        return
    if case.value("SELECT count(*) FROM files WHERE path = ?", [path]):
        found.note("note", "The file at this path was added before with other bytes; both versions are kept.")
    receipt = book.for_file(found.path)
    begin_file(case, path, found.file_name, found.sha256, found.size, receipt.to_json() if receipt else None)
    for source in found.sources:
        _add_source(case, found, source, receipt, producer, summary)
    with case.transaction():
        finish_file(case, path, found.sha256)
        _append_problems(case, found.problems, summary)


def _path_text(path: Path) -> str:
    """Write a path as text; bytes of a name that are no UTF-8 are kept in hexadecimal."""
    return os.fsencode(path.absolute()).decode("utf-8", "backslashreplace")


def _note_duplicate(case: Case, found: Found, path: str, first: str, summary: AddSummary) -> None:
    found.note("duplicate", f"The same bytes were added before as {Path(first).name}; they are counted once.")
    with case.transaction():
        case.append_rows(
            "files",
            [{"path": path, "file_name": found.file_name, "sha256": found.sha256, "size": found.size,
              "duplicate_of": first, "complete": True}],
        )  # fmt: skip
        _append_problems(case, found.problems, summary)


def _store_file_problems(case: Case, found: Found, path: str, summary: AddSummary) -> None:
    """Store the problems of a file that could not even be hashed, once however often it is given."""
    with case.transaction():
        case.execute('DELETE FROM problems WHERE disclosure_id IS NULL AND "where" = ?', [path])
        problems = [replace(problem, where=problem.where or found.file_name) for problem in found.problems]
        known = set(case.rows("SELECT code, file_name, message FROM problems WHERE disclosure_id IS NULL"))
        fresh = [p for p in problems if (p.code, p.file_name, p.message) not in known]
        _append_problems(case, fresh, summary)
        summary.n_unread += sum(PROBLEM_CODES[p.code].unread for p in problems if p not in fresh)


def _add_source(
    case: Case,
    found: Found,
    source: Source,
    receipt: Receipt | None,
    producer: str | None,
    summary: AddSummary,
    page_producer: Producer | None = None,
) -> None:
    where = source.member_path or ""
    digest = source.member_sha256 or source.sha256
    first = case.rows("SELECT file_name, member_path FROM disclosures WHERE member_sha256 = ? LIMIT 1", [digest])
    if first:
        name = first[0][1] or first[0][0]
        found.note(
            "duplicate",
            f"The same bytes were added before as {Path(name).name}; they are counted once.",
            where,
        )
        return
    folders = tuple(part for part in reversed(found.path.absolute().parent.parts[-2:]) if part != "/")
    names = tuple(dict.fromkeys((source.name_hint, found.file_name, *folders)))
    origin = Origin(source, receipt, producer, names, page_producer)
    try:
        _read_source(case, found, source, origin, summary)
    except OSError as error:
        if error.errno in _OUT_OF_SPACE:
            raise
        found.note("corrupt", f"The file cannot be read on ({error.strerror}); the rest of it was not read.", where)


def _read_source(case: Case, found: Found, source: Source, origin: Origin, summary: AddSummary) -> None:
    where = source.member_path or ""
    reading, regular = _read(source, case.work)
    found.problems.extend(replace(p, where=p.where or where, file_name=found.file_name) for p in reading.problems)
    ordinal = 0
    for part in reading.parts:
        for loaded in _load(case, origin, part, ordinal, regular):
            ordinal += 1
            summary.n_disclosures += 1
            summary.n_unread += loaded
        if isinstance(part, RawPage):
            _add_embedded(case, found, part, origin, summary)


def _add_embedded(case: Case, found: Found, page: RawPage, origin: Origin, summary: AddSummary) -> None:
    """Read the files that a page carries within itself; whose page it is, theirs they are."""
    for embedded in page.embedded:
        for member in unpack_embedded(found, origin.source, embedded.name, embedded.data, case.work):
            owner = producer_of(page, origin)
            _add_source(case, found, member, origin.receipt, origin.stated_producer, summary, owner)


def _load(case: Case, origin: Origin, part: RawTable | RawPage, ordinal: int, regular: CsvFile | None) -> list[int]:
    if isinstance(part, RawPage):
        return load_page(case, origin, part, ordinal)
    return load_tables(case, origin, part, ordinal, regular, page_producer=origin.page_producer)


def _read(source: Source, work: Path) -> tuple[Reading, CsvFile | None]:
    """Read a source with the reader of its kind; readers are imported when a file needs them."""
    if source.kind is Kind.CSV:
        return read_delimited(source.path, work)
    if source.kind in WORKBOOKS:
        from custodiet.intake.readers.workbook import read_workbook

        return read_workbook(source.path), None
    if source.kind is Kind.PDF:
        from custodiet.intake.readers.pdf import read_pdf

        return read_pdf(source.path), None
    if source.kind is Kind.HTML:
        from custodiet.intake.readers.page import read_page

        return read_page(source.path), None
    if source.kind is Kind.MHTML:
        from custodiet.intake.readers.mhtml import read_mhtml

        return read_mhtml(source.path, work), None
    if source.kind in (Kind.JSON, Kind.JSON_LINES):
        from custodiet.intake.readers.jsonlines import read_json_lines
        from custodiet.intake.readers.page import read_page_json

        return read_page_json(source.path) or read_json_lines(source.path), None
    problem = unread_kind(source.kind, source.file_name)
    return Reading(problems=[problem] if problem else []), None


def _append_problems(case: Case, problems: Sequence[Problem], summary: AddSummary) -> None:
    summary.problems.extend(problems)
    summary.n_unread += sum(PROBLEM_CODES[problem.code].unread for problem in problems)
    case.append_rows(
        "problems",
        [{"code": p.code, "disclosure_id": p.disclosure_id, "file_name": p.file_name, "where": p.where,
          "message": p.message} for p in problems],
    )  # fmt: skip
