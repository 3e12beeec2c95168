"""The page: one file that opens offline, reads well without eyes or script, and says only what the tables say."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import lxml.html
import pytest

from custodiet.case import Case
from custodiet.privacy import Publication
from custodiet.publish.report import write_report
from custodiet.publish.report.brief import brief
from custodiet.publish.report.document import Document, Pairs
from custodiet.publish.report.source import Source
from custodiet.publish.report.wording import number
from tests.publish.report_cases import demo, document, page, read_demo, tree

__all__ = ["demo", "document", "page", "tree"]  # fixtures


def test_the_page_fetches_and_runs_nothing(page: str, tree: Any) -> None:
    assert tree.xpath("//script|//link|//iframe|//object|//embed|//form|//base|//video|//audio|//source") == []
    assert tree.xpath("//@*[starts-with(name(), 'on')]") == []
    assert {value.split(",")[0] for value in tree.xpath("//@src")} <= {"data:image/svg+xml;base64"}
    styles = " ".join(tree.xpath("//style/text()"))
    assert "url(" not in styles
    assert "@import" not in styles
    assert "default-src 'none'" in tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]


def test_addresses_outside_stand_only_in_citations_of_law(tree: Any) -> None:
    outside = {target for target in tree.xpath("//a/@href") if not target.startswith("#")}
    assert all(re.match(r"https?://", target) for target in outside)
    assert len(outside) >= 1
    assert set(tree.xpath("//a[not(starts-with(@href, '#'))]/ancestor::dl/@class")) == {"pairs"}


def test_every_place_that_is_pointed_to_is_there_once(tree: Any) -> None:
    ids = Counter(tree.xpath("//@id"))
    assert [name for name, n in ids.items() if n > 1] == []
    assert [target for target in tree.xpath("//a/@href") if target.startswith("#") and target[1:] not in ids] == []


def test_landmarks_and_headings_lead_through_the_page(tree: Any) -> None:
    assert [len(tree.xpath(f"//{tag}")) for tag in ("main", "h1", "footer", "nav")] == [1, 1, 1, 1]
    assert tree.get("lang") == "en"
    levels = [int(heading.tag[1]) for heading in tree.xpath("//h1|//h2|//h3|//h4")]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(section.get("aria-labelledby") for section in tree.xpath("//main/section"))
    assert tree.xpath("//main/section/@id")[0] == "brief"


def test_tables_say_what_they_are_and_which_cell_heads_which(tree: Any) -> None:
    tables = tree.xpath("//table")
    assert len(tables) > 15
    for table in tables:
        assert table.xpath("string(caption)").strip()
        heads = table.xpath("thead/tr/th[@scope='col']")
        assert len(heads) == len(table.xpath("thead/tr/th")) >= 2
        for row in table.xpath("tbody/tr[not(td/@colspan)]"):
            assert len(row.xpath("th[@scope='row']")) == 1
            assert len(row.xpath("th|td")) == len(heads)


def test_pictures_have_words_and_regions_that_scroll_take_the_keyboard(tree: Any) -> None:
    for figure in tree.xpath("//figure"):
        named = figure.xpath(".//*[local-name()='svg']/@aria-label|.//img/@alt")
        assert len(named) == 1
        assert named[0].strip()
        assert figure.xpath("details//table")
    assert all(
        region.get("tabindex") == "0" and region.get("aria-label")
        for region in tree.xpath("//*[contains(@class, 'scroll')]")
    )


def test_light_dark_and_paper_are_provided_for(page: str) -> None:
    assert "@media (prefers-color-scheme: dark)" in page
    assert "@media print" in page
    assert '<meta name="color-scheme" content="light dark">' in page


def test_every_number_of_the_brief_is_what_its_query_gives(demo: Case) -> None:
    source = Source(Publication(demo, "report"))
    source.prepare()
    chapter = brief(source)
    source.release()
    assert len(source.measures) >= 8
    for measure in source.measures.values():
        assert measure.value == demo.value(measure.sql), measure.name
    said = " ".join(
        str(text) for part in chapter.parts if isinstance(part, Pairs) for item in part.items for text in item
    )
    allowed = {number(item.value) for item in source.measures.values()}
    dates = set(re.findall(r"\d{4}-\d\d-\d\d", said))
    days = demo.rows(
        "SELECT as_of FROM shares UNION SELECT as_of FROM portals UNION SELECT searched_local::DATE FROM records"
    )
    assert {"2026-03-01", "2026-03-31"} <= dates <= {str(day) for (day,) in days}
    found = re.findall(r"\d+(?:,\d{3})*", re.sub(r"\d{4}-\d\d-\d\d", "", said))
    assert len(found) >= 8
    assert set(found) <= allowed


def test_the_brief_states_what_the_tables_hold(demo: Case, tree: Any) -> None:
    text = tree.xpath("string(//section[@id='brief'])")
    assert f"{demo.count('searches'):,}, each counted once, recorded in {demo.count('records'):,} rows of logs" in text
    assert "Request PRR-2026-0117" in text
    assert "letter.pdf" in text
    assert "states no finding" in text


def test_unreviewed_indicators_are_stamped_and_stand_apart(demo: Case, tree: Any) -> None:
    claims = tree.xpath("//article[contains(@class, 'claim')]")
    assert len(claims) >= 5
    assert {claim.xpath("string(.//span[@class='stamp'])") for claim in claims} == {"not reviewed"}
    assert {claim.get("class") for claim in claims} == {"claim unreviewed"}
    assert tree.xpath("//section[@id='findings']") == []


def test_numbers_of_an_indicator_are_those_of_its_row(demo: Case, tree: Any) -> None:
    rows = demo.rows("SELECT indicator_id, denominator, n_not_evaluable FROM indicators WHERE level <> 'account'")
    assert rows
    for indicator_id, denominator, unknown in rows:
        (claim,) = tree.xpath(f"//article[@id='{indicator_id}']")
        pairs = dict(
            zip(
                claim.xpath("dl[1]//dt/text()"),
                (item.xpath("string()") for item in claim.xpath("dl[1]//dd")),
                strict=True,
            )
        )
        assert (pairs["Evaluated"], pairs["Could not be evaluated"]) == (f"{denominator:,}", f"{unknown:,}")


def test_nothing_about_a_person_is_in_the_page(demo: Case, page: str) -> None:
    hidden = demo.rows(
        "SELECT DISTINCT \"user\" FROM records WHERE user_state = 'value' UNION SELECT DISTINCT plate FROM records"
        " WHERE plate IS NOT NULL UNION SELECT DISTINCT case_number FROM records WHERE case_number_state = 'value'"
    )
    assert len(hidden) > 500
    assert [text for (text,) in hidden if text in page] == []
    assert "DEMO777" not in page
    assert demo.value("SELECT count(*) FROM indicators WHERE level = 'account'") > 0
    accounts = [name for (name,) in demo.rows("SELECT indicator_id FROM indicators WHERE level = 'account'")]
    assert [name for name in accounts if name in page] == []
    assert "about single accounts stay" in page


def test_citations_lead_to_files_rows_and_digests(demo: Case, tree: Any) -> None:
    rows = tree.xpath("//table[starts-with(normalize-space(caption), 'Rows behind the number')]/tbody/tr")
    assert rows
    for row in rows:
        cells = [cell.xpath("string()") for cell in row.xpath("th|td")]
        disclosure_id, _, record_no = cells[-1].partition(":")
        ((file_name, digest),) = demo.rows(
            "SELECT file_name, member_sha256 FROM disclosures WHERE disclosure_id = ?", [disclosure_id]
        )
        assert (cells[0], cells[4]) == (file_name, digest[:12])
        assert int(record_no) >= 0
        assert row.xpath(".//a/@href")


@pytest.mark.slow
def test_the_same_files_give_the_same_bytes(page: str, tmp_path: Path) -> None:
    with Case.open(read_demo(tmp_path)) as case:
        written = write_report(case, tmp_path / "one")
        again = write_report(case, tmp_path / "two")
    assert written.read_bytes() == again.read_bytes()
    assert written.read_text(encoding="utf-8") == page
    assert [path.name for path in (tmp_path / "one").iterdir()] == ["index.html"]


def test_the_report_is_dated_by_the_records(document: Document, tree: Any) -> None:
    assert document.dated == "2026-04-02"
    assert tree.xpath("//header//time/@datetime") == ["2026-04-02"]


def test_a_case_without_anything_gives_a_page(tmp_path: Path) -> None:
    with Case.open(tmp_path / "case", create=True) as case:
        written = write_report(case, tmp_path / "report")
    tree = lxml.html.document_fromstring(written.read_text(encoding="utf-8"))
    assert "No rule was put to these records" in tree.xpath("string(//section[@id='brief'])")
    assert tree.xpath("//main/section/@id") == ["brief", "problems", "method", "glossary", "appendix"]


def test_a_folder_that_cannot_be_written_is_one_clear_line(demo: Case, tmp_path: Path) -> None:
    from custodiet.model.errors import UsageError

    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UsageError, match=r"cannot be written .*no report was written"):
        write_report(demo, tmp_path / "file")
