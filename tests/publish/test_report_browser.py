"""The page in a real browser: no sideways scrolling on a phone, and paper shows what is folded."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from custodiet.publish.report.document import Document
from custodiet.publish.report.html import render_html
from tests.publish.report_cases import demo, document, page

__all__ = ["demo", "document", "page"]  # fixtures

pytestmark = [pytest.mark.browser, pytest.mark.slow]
_MEASURE = (
    "<script>onload = () => { const e = document.getElementById('f').contentDocument.documentElement;"
    " document.title = e.scrollWidth + ' of ' + e.clientWidth }</script>"
)


@pytest.fixture(scope="module")
def browser() -> str:
    found = next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )
    if found is None:
        pytest.skip("no Chromium on this machine")
    return found


def run(browser: str, *arguments: str) -> str:
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


@pytest.mark.parametrize("width", [360, 390, 768, 1280])
def test_the_page_does_not_scroll_sideways(browser: str, page: str, tmp_path: Path, width: int) -> None:
    frame = tmp_path / "frame.html"
    frame.write_text(
        f'<iframe id=f width={width} height=900 style="border:0" srcdoc="{html.escape(page)}"></iframe>{_MEASURE}'
    )
    found = re.search(r"<title>(\d+) of (\d+)</title>", run(browser, "--dump-dom", frame.as_uri()))
    assert found is not None
    assert found[1] == found[2]


_CUT = (
    "<script>onload = () => { const found = []; const d = document.getElementById('f').contentDocument;"
    " for (const e of d.querySelectorAll('details')) e.open = true;"
    " for (const w of d.querySelectorAll('.wide')) {"
    " const s = w.querySelector('.scroll'), h = w.querySelector('.hint');"
    " if (s.clientWidth && s.scrollWidth > s.clientWidth + 1 && !h.getClientRects().length)"
    " found.push(s.getAttribute('aria-label')) }"
    " document.title = 'cut: ' + found.join('; ') + ' of ' + d.querySelectorAll('.wide').length }</script>"
)


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_no_table_is_cut_without_a_hint(browser: str, page: str, tmp_path: Path, width: int) -> None:
    frame = tmp_path / "frame.html"
    frame.write_text(
        f'<iframe id=f width={width} height=900 style="border:0" srcdoc="{html.escape(page)}"></iframe>{_CUT}'
    )
    found = re.search(r"<title>cut: (.*) of (\d+)</title>", run(browser, "--dump-dom", frame.as_uri()))
    assert found is not None
    assert found[1] == ""
    assert int(found[2]) > 15


def test_paper_shows_the_tables_behind_the_pictures(browser: str, document: Document, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(render_html(document), encoding="utf-8")
    target = tmp_path / "paper.pdf"
    run(browser, "--no-pdf-header-footer", f"--print-to-pdf={target}", (tmp_path / "index.html").as_uri())
    pages = pdfium.PdfDocument(target)
    text = " ".join(pages[n].get_textpage().get_text_bounded() for n in range(len(pages)))
    assert "The brief" in pages[0].get_textpage().get_text_bounded()
    assert "Searches by label of the published taxonomy" in text
    assert "SELECT count(DISTINCT counted)" not in text
