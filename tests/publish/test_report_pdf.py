"""The PDF: the same bytes every time, and the brief on it."""

from __future__ import annotations

from pathlib import Path

import pypdfium2 as pdfium

from custodiet.case import Case
from custodiet.publish.report import write_report
from custodiet.publish.report.document import Document
from custodiet.publish.report.pdf import render_pdf
from tests.publish.report_cases import demo, document

__all__ = ["demo", "document"]  # fixtures


def test_the_pdf_is_the_same_every_time_and_holds_the_brief(document: Document) -> None:
    made = render_pdf(document)
    assert render_pdf(document) == made
    pages = pdfium.PdfDocument(made)
    text = pages[0].get_textpage().get_text_bounded()
    assert "Audit of disclosed records: Marlow Bay CA PD" in text
    assert "What was read, and how it was obtained" in text
    every = " ".join(pages[n].get_textpage().get_text_bounded() for n in range(len(pages)))
    assert "not reviewed" in every
    assert "Method and measured error" in every
    assert pages.get_metadata_value("CreationDate").startswith("D:20260402")


def test_both_files_are_written_on_request(demo: Case, tmp_path: Path) -> None:
    assert write_report(demo, tmp_path, pdf=True) == tmp_path / "index.html"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["index.html", "report.pdf"]
