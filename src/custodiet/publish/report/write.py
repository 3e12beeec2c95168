"""Put the chapters together and write the files."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from custodiet.case import Case
from custodiet.model.errors import UsageError
from custodiet.privacy import Publication, outward_names
from custodiet.publish.report.brief import brief
from custodiet.publish.report.chapters import CHAPTERS
from custodiet.publish.report.document import Document
from custodiet.publish.report.html import render_html
from custodiet.publish.report.source import Source
from custodiet.publish.report.wording import counted, listed

REPORT: Final = "report"


def write_report(
    case: Case,
    report_dir: Path,
    *,
    pdf: bool = False,
    publication_name: str = REPORT,
    publication: Publication | None = None,
) -> Path:
    """Write the report of a case: ``index.html``, and ``report.pdf`` on request.

    The same case and publication give the same bytes; nothing in them comes from a clock.

    Args:
        case: An open case; tables that are still empty are said to be so.
        report_dir: Folder to write to; made when it is not there.
        pdf: Write the brief, findings and method as a PDF too.
        publication_name: Name under which the case is published.
        publication: The same with what a reviewer added; takes the place of the name.

    Returns:
        The HTML file.

    Raises:
        UsageError: The folder cannot be written.
    """
    document = make_document(publication or Publication(case, publication_name))
    try:
        report_dir.mkdir(parents=True, exist_ok=True)
        page = report_dir / "index.html"
        _write(page, render_html(document).encode())
        if pdf:
            from custodiet.publish.report.pdf import render_pdf

            _write(report_dir / "report.pdf", render_pdf(document))
    except OSError as error:
        raise UsageError(
            f"cannot be written ({error.strerror}).",
            where=str(report_dir),
            hint="Name a folder that can; no report was written.",
        ) from None
    return page


def make_document(publication: Publication) -> Document:
    """Gather everything that the report says."""
    source = Source(publication)
    with outward_names(publication):
        return _document(source)


def _document(source: Source) -> Document:
    source.prepare()
    try:
        first = brief(source)
        chapters = tuple(chapter for make in CHAPTERS for chapter in make(source))
        return Document(*_titles(source), source.latest.isoformat() if source.latest else "", first, chapters)
    finally:
        source.release()


def _titles(source: Source) -> tuple[str, str]:
    producers = sorted({row["producer"] for row in source.disclosures if row["producer"]})
    logs = sorted({row["producer"] for row in source.disclosures if row["producer"] and row["n_records"]})
    about = logs if 0 < len(logs) <= 3 else producers
    n = len(producers)
    title = f"Audit of disclosed records: {listed(about)}" if 0 < len(about) <= 3 else "Audit of disclosed records"
    kinds = {row["kind"] for row in source.disclosures if row["kind"]}
    what = [
        word
        for word, wanted in (
            ("search logs", {"organisation-audit", "network-audit", "portal-audit", "other"}),
            ("sharing lists", {"sharing-list"}),
            ("transparency pages", {"transparency-page"}),
            ("event logs", {"event-log"}),
        )
        if kinds & wanted
    ]
    subtitle = f"{counted(len(source.disclosures), 'disclosure')} of {counted(n, 'organisation')}"
    return title, f"{subtitle}: {listed(what)}." if what else f"{subtitle}."


def _write(path: Path, content: bytes) -> None:
    """Write beside the place and move, so that no half report is left."""
    half = path.with_name(f"{path.name}.part")
    half.write_bytes(content)
    half.replace(path)
