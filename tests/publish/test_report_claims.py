"""Numbers of the report that the claim sheet holds too, and the figures that come from published pages."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import lxml.html
import pytest

from custodiet.case import Case
from custodiet.model.bundle import canonical_json
from custodiet.model.errors import UsageError
from custodiet.privacy import Publication
from custodiet.publish.bundle import Options, write_bundle
from custodiet.publish.measured import load_measured
from custodiet.publish.report.brief import brief
from custodiet.publish.report.chapters.linking import JOINED_BY
from custodiet.publish.report.claims import claim_id, not_evaluable, range_of, statement_of
from custodiet.publish.report.document import Pairs, Sentence, Stated
from custodiet.publish.report.html import render_html
from custodiet.publish.report.measure import read_measured
from custodiet.publish.report.source import Source
from custodiet.publish.report.write import make_document, write_report
from custodiet.resolve.searches.basis import MEANING
from custodiet.verify import verify_bundle
from custodiet.verify.report import check_report
from custodiet.verify.result import Verdict
from custodiet.verify.strict import indented_json
from tests.publish.report_cases import demo, disclosure, document, indicator, page, record, tree
from tests.verify.conftest import Made, made

__all__ = ["demo", "document", "made", "page", "tree"]  # fixtures
DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def bundle(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published") / "bundle"
    with Case.open(made.case) as case:
        write_bundle(case, folder, Options("spring"), report_writer=_page_alone)
    return folder


def _page_alone(case: Case, folder: Path, *, pdf: bool, publication: Publication) -> Path:
    """Write the page without the PDF, which is not compared with the sheet."""
    assert pdf
    return write_report(case, folder, publication=publication)


def _named(folder: Path) -> list[tuple[str, str]]:
    shown = lxml.html.parse(str(folder / "report" / "index.html")).getroot().xpath("//*[@data-claim]")
    return [(item.get("data-claim"), item.text_content()) for item in shown]


def test_verify_finds_the_report_to_say_what_the_sheet_says(bundle: Path) -> None:
    verdict = verify_bundle(bundle)
    assert verdict.faults == []
    n = len(_named(bundle))
    assert n > 15
    assert f"{n:,} numbers of the report: each as on the claim sheet." in verdict.checked


@pytest.mark.slow
def test_verify_finds_the_report_of_the_demo_to_say_what_the_sheet_says(demo: Case, tmp_path: Path) -> None:
    write_bundle(demo, tmp_path / "out", Options("spring"))
    verdict = verify_bundle(tmp_path / "out")
    assert verdict.faults == []
    names = {name for name, _ in _named(tmp_path / "out")}
    sheet = json.loads((tmp_path / "out" / "claims/claims.json").read_bytes())["claims"]
    told = {claim["id"] for claim in sheet if claim["id"].startswith("indicator.") and claim["unit"] != "rows"}
    assert len(told) > 5
    assert told <= names
    kinds = {name.split(".")[1] for name in names if name.startswith("figure.")}
    # Chapter by chapter: what was read, coverage, who searched, why, alerts, reach, sharing, policy, method, appendix.
    assert {"files", "rows", "basis", "problem"} <= kinds
    assert {"month", "log", "cell"} <= kinds
    assert {"level", "state", "searchers"} <= kinds
    assert {"group", "label", "reason"} <= kinds
    assert {"networks", "cameras"} <= kinds
    assert {"lists", "shares", "recipients"} <= kinds
    assert {"pages", "page", "rule", "rules"} <= kinds
    assert {"measured", "names", "texts"} <= kinds
    assert "file" in kinds


def test_brief_cards_and_chapters_name_their_claims(bundle: Path) -> None:
    names = {name for name, _ in _named(bundle)}
    sheet = {claim["id"] for claim in json.loads((bundle / "claims/claims.json").read_bytes())["claims"]}
    assert names <= sheet
    assert {"total.disclosures", "total.records", "total.searches", "total.indicators", "total.shares"} <= names
    assert any(re.fullmatch(r"figure\.log\.d.+\.reason\.value", name) for name in names)
    assert {f"indicator.i-000000000000000{n}" for n in (1, 2, 3)} <= names
    assert {
        f"outcome.practice.reason-not-informative.{word}" for word in ("indicator", "clear", "not_evaluable")
    } <= names


@pytest.mark.parametrize(
    "pattern",
    [r'(data-claim="total\.searches">)([\d,]+)', r'(data-claim="indicator\.[^"]+">)([\d,]+)',
     r'(data-claim="outcome\.[^"]+">)([\d,]+)',
     r'(data-claim="indicator\.[^"]+" data-part="denominator">)([\d,]+)',
     r'(data-claim="indicator\.[^"]+" data-part="high">)([\d,]+)',
     r'(data-claim="indicator\.[^"]+" data-part="not_evaluable">)([\d,]+)',
     r'(data-claim="figure\.level\.[^"]+">)([\d,]+)'],
)  # fmt: skip
def test_one_changed_number_is_found_although_the_hashes_fit(bundle: Path, tmp_path: Path, pattern: str) -> None:
    forged = tmp_path / "forged"
    shutil.copytree(bundle, forged)
    place = forged / "report" / "index.html"
    text = place.read_text(encoding="utf-8")
    changed = re.sub(pattern, lambda m: f"{m[1]}{int(m[2].replace(',', '')) + 1:,}", text, count=1)
    assert changed != text
    place.write_text(changed, encoding="utf-8")
    _refit(forged, "report/index.html")
    verdict = verify_bundle(forged)
    assert [(fault.code, fault.where) for fault in verdict.faults] == [("number-differs", "report/index.html")]
    claim = re.search(pattern, text)
    assert claim
    assert claim[1].split('"')[1] in verdict.faults[0].message


@pytest.mark.parametrize(
    ("pattern", "other"),
    [
        (r'(data-claim="figure\.level\.[^"]+" data-part="percent">)(\d+\.\d %)', "12.3 %"),
        (r'(data-claim="outcome\.[^"]+" data-part="percent" data-of="[^"]+">)(\d+\.\d %)', "12.3 %"),
        (r'(data-claim="indicator\.[^"]+" data-part="percent">)(\d+\.\d %)', "12.3 %"),
        (r'(data-claim="indicator\.[^"]+" data-part="interval">)([\d.–]+ %)', "1.2–3.4 %"),
        (r'(data-claim="indicator\.[^"]+" data-part="alternative-1">)([\d,]+)', "77"),
        (r'(data-claim="indicator\.[^"]+" data-part="alternative-1.percent">)(\d+\.\d %)', "12.3 %"),
        (r'(data-claim="figure\.shares\.[^"]+">)([\d,]+)', "77"),
        (r'(data-claim="figure\.rule\.[^"]+">)([\d,]+)', "777"),
        (r'(data-claim="figure\.cell\.[^"]+" data-part="percent">)(\d+\.\d %)', "12.3 %"),
        (r'(data-claim="figure\.measured\.1" data-part="percent">)(\d+\.\d %)', "12.3 %"),
        (r'(data-claim="figure\.file\.[^"]+\.rows">)([\d,]+)', "777"),
        (r'(data-part="statement">)([^\d]*)', "12 "),
    ],
)  # fmt: skip
def test_another_rate_or_number_is_found(bundle: Path, tmp_path: Path, pattern: str, other: str) -> None:
    text = (bundle / "report" / "index.html").read_text(encoding="utf-8")
    assert re.search(pattern, text)
    (tmp_path / "report").mkdir()
    claims = {claim["id"]: claim for claim in json.loads((bundle / "claims/claims.json").read_bytes())["claims"]}
    changed = re.sub(pattern, lambda m: f"{m[1]}{other}", text, count=1)
    for content, n in ((text, 0), (changed, 1)):
        (tmp_path / "report" / "index.html").write_text(content, encoding="utf-8")
        check_report(tmp_path, claims, verdict := Verdict())
        assert [fault.code for fault in verdict.faults] == ["number-differs"] * n


@pytest.mark.parametrize(
    ("attributes", "shown", "right"),
    [
        ('data-part="percent"', "25.0 %", True),
        ('data-part="percent"', "25.1 %", False),
        ('data-part="percent"', "250 %", False),
        ('data-part="percent" data-of="b"', "75.0 %", True),
        ('data-part="percent" data-of="b"', "25.0 %", False),
        ('data-part="low.percent"', "8.3 %", True),
        ('data-part="interval"', "8.9–53.2 %", True),
        ('data-part="interval"', "8.9–53.3 %", False),
        ('data-part="in-10000"', "2,500.0", True),
        ('data-part="alternative-2"', "7", True),
        ('data-part="alternative-1.percent"', "50.0 %", True),
        ('data-part="statement"', "Of 12 seen, 3 were cut.", True),
        ('data-part="statement"', "Of 12 seen, 4 were cut.", False),
    ],
)
def test_a_rate_is_worked_out_from_the_sheet(tmp_path: Path, attributes: str, shown: str, right: bool) -> None:
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "index.html").write_text(f'<td data-claim="a" {attributes}>{shown}</td>', encoding="utf-8")
    claims: dict[str, dict[str, Any]] = {
        "a": {
            "value": 3, "denominator": 12, "low": 1, "high": 7, "statement": "Of 12 seen, 3 were cut.",
            "alternatives": [{"count": 6}, {"count": 7}],
        },
        "b": {"value": 4},
    }  # fmt: skip
    check_report(tmp_path, claims, verdict := Verdict())
    assert verdict.verified is right


@pytest.mark.parametrize(
    "attributes",
    ['data-part="alternative-3"', 'data-part="alternative-0"', 'data-part="alternative-x"', 'data-part="x.percent"',
     'data-part="percent" data-of="none"', 'data-part="sources"'],
)  # fmt: skip
def test_a_part_that_the_sheet_does_not_have_is_a_fault(tmp_path: Path, attributes: str) -> None:
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "index.html").write_text(f'<td data-claim="a" {attributes}>3</td>', encoding="utf-8")
    claims = {"a": {"value": 3, "denominator": 3, "sources": [], "alternatives": [{"count": 3}]}}
    check_report(tmp_path, claims, verdict := Verdict())
    assert [fault.code for fault in verdict.faults] == ["number-differs"]


def _refit(folder: Path, name: str) -> None:
    """Make the manifest fit a changed file, as one who forges an unsigned bundle would."""
    content = json.loads((folder / "manifest.json").read_bytes())
    for item in content["files"]:
        if item["path"] == name:
            data = (folder / name).read_bytes()
            item |= {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    manifest = canonical_json(content)
    (folder / "manifest.json").write_bytes(manifest)
    (folder / "manifest.sha256").write_text(f"{hashlib.sha256(manifest).hexdigest()}  manifest.json\n")


@pytest.mark.parametrize("part", ["denominator", "not_evaluable"])
def test_a_denominator_is_compared_with_the_published_table(bundle: Path, tmp_path: Path, part: str) -> None:
    forged = tmp_path / "forged"
    shutil.copytree(bundle, forged)
    place = forged / "claims" / "claims.json"
    content = json.loads(place.read_bytes())
    claim = next(item for item in content["claims"] if item["id"] == "indicator.i-0000000000000001")
    claim[part] += 1
    place.write_bytes(indented_json(content))
    _refit(forged, "claims/claims.json")
    faults = {(fault.code, fault.where) for fault in verify_bundle(forged).faults}
    assert ("number-differs", "indicator.i-0000000000000001") in faults


def test_a_part_that_no_claim_has_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "index.html").write_text('<data data-claim="a" data-part="sql">1</data>', encoding="utf-8")
    check_report(tmp_path, {"a": {"value": 1, "sql": 1}}, verdict := Verdict())
    assert [fault.code for fault in verdict.faults] == ["number-differs"]


def test_numbers_of_charts_are_on_the_sheet_and_can_be_counted_again(bundle: Path) -> None:
    sheet = {claim["id"]: claim for claim in json.loads((bundle / "claims/claims.json").read_bytes())["claims"]}
    figures = {name: claim for name, claim in sheet.items() if name.startswith("figure.")}
    shown = {name for name, _ in _named(bundle)}
    kinds = {name.split(".")[1] for name in shown if name.startswith("figure.")}
    assert {"level", "state", "month", "shares"} <= kinds
    with duckdb.connect() as connection, contextlib.chdir(bundle):
        for claim in figures.values():
            assert bool(claim["sql"]) is not bool(claim["note"]), claim["id"]
            if claim["sql"]:
                assert connection.sql(claim["sql"]).fetchall() == [(claim["value"],)], claim["id"]
    assert all(claim["note"] for name, claim in figures.items() if name.startswith("figure.month."))
    assert any(claim["recounts"] for claim in figures.values())


def test_no_count_of_rows_stands_in_the_range_of_a_count_of_searches(bundle: Path) -> None:
    sheet = json.loads((bundle / "claims/claims.json").read_bytes())["claims"]
    panels = json.loads((bundle / "indicators.json").read_bytes())["indicators"]
    assert any('"duplicates"' in row["sensitivity"] for row in panels)
    assert not any("every record" in claim["range_basis"] for claim in sheet)


def test_a_finding_of_an_earlier_case_names_no_claim() -> None:
    row = indicator(1, n_shares=None, on_sheet=False)
    assert claim_id(row) == ""
    assert range_of(row).sheet == ""
    assert range_of(row).part("denominator") == 50
    assert not_evaluable(row) == 2


def test_a_card_bears_its_claim_only_where_the_sheet_counts_the_same() -> None:
    row = indicator(1, n_shares=None)
    assert claim_id(row) == "indicator.i-0000000000000001"
    assert claim_id(row | {"n_searches": 6}) == ""
    assert claim_id(row | {"n_shares": 6}) == ""
    assert claim_id(row | {"n_searches": None, "sensitivity": None}) == ""
    assert statement_of(row | {"n_searches": 6}) == Sentence((row["statement"],), "indicator.i-0000000000000001")


@pytest.mark.parametrize(
    ("statement", "marked"),
    [
        ("5 of 50 searches state no reason.", True),
        ("Of 3, 5 of 50 searches state no reason.", True),
        ("15 of 50 searches, 1,5 of 50, 2.5 of 50 and x5 of 50.", False),
        ("5 of 500 searches.", False),
        ("5 of 50,000 searches.", False),
        ("Five of 50 searches.", False),
    ],
)
def test_only_the_number_itself_is_marked_in_a_sentence(statement: str, marked: bool) -> None:
    said = statement_of(indicator(1, n_shares=None, statement=statement))
    assert str(said) == statement
    assert isinstance(said, Sentence)
    assert said.claim == "indicator.i-0000000000000001"
    assert (len(said.pieces) > 1) is marked
    if marked:
        assert Stated(5, "indicator.i-0000000000000001") in said.pieces
        assert Stated(50, "indicator.i-0000000000000001", "denominator") in said.pieces


def test_a_number_that_differs_from_the_table_bears_no_claim(tmp_path: Path) -> None:
    with Case.open(tmp_path / "case", create=True) as case:
        case.append_rows("disclosures", [disclosure(n_records=1, n_rows_read=1)])
        case.append_rows("records", [record()])
        source = Source(Publication(case, "report"))
        assert source.total("records", 1) == Stated(1, "total.records")
        assert source.total("records", 2) == "2"
        assert source.total("pages", 1) == "1"


def test_the_page_escapes_the_name_of_a_claim(tmp_path: Path) -> None:
    rule = 'x."><b>&'
    with Case.open(tmp_path / "case", create=True) as case:
        case.append_rows("disclosures", [disclosure()])
        case.append_rows("outcomes", [{"rule_id": rule, "rule_version": "1", "producer": "Town PD", "n_indicator": 3,
                                       "n_clear": 4, "n_not_evaluable": 5, "n_not_applicable": 0}])  # fmt: skip
        html = render_html(make_document(Publication(case, "report")))
    shown = lxml.html.document_fromstring(html).xpath("//@data-claim")
    assert f"outcome.{rule}.clear" in shown
    (folder := tmp_path / "b" / "report").mkdir(parents=True)
    (folder / "index.html").write_text(html, encoding="utf-8")
    sheet = {"total.disclosures": 1, "total.records": 1} | {
        f"outcome.{rule}.{word}": n for word, n in (("indicator", 3), ("clear", 4), ("not_evaluable", 6))
    }
    check_report(folder.parent, {name: {"value": n} for name, n in sheet.items()}, verdict := Verdict())
    assert {f"The report shows another number for outcome.{rule}.not_evaluable than the sheet."} <= {
        fault.message for fault in verdict.faults
    }


def test_names_of_a_directory_are_told_from_rows_that_were_not_stored(tmp_path: Path) -> None:
    with Case.open(tmp_path / "case", create=True) as case:
        case.append_rows("disclosures", [
            disclosure(n_rows_read=4, n_records=1, n_layout=1, n_rejected=2),
            disclosure("names", kind="organisation-list", n_rows_read=30, n_records=0, n_rejected=30),
        ])  # fmt: skip
        case.append_rows("records", [record()])
        source = Source(Publication(case, "report"))
        source.prepare()
        said = " ".join(str(item) for part in brief(source).parts for item in _said(getattr(part, "items", ())))
        text = lxml.html.document_fromstring(render_html(make_document(Publication(case, "report")))).text_content()
    assert "34 read; 31 of them are no search, event, share or statement; 2 could not be stored" in said
    assert (
        "34 rows and statements were read: 1 row of search logs, 1 title, total and repeated header, 30 names in"
        " lists of organisations, kept to tell names apart, 2 that could not be stored. The sum agrees."
    ) in text


def _said(items: tuple[Any, ...]) -> Iterator[str]:
    for item in items:
        yield from (str(piece) for piece in (item if isinstance(item, tuple) else (item,)))


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({}, "1 read; none was lost"),
        ({"n_rows_read": 2, "n_layout": 1}, "2 read; 1 of them is no search, event, share or statement; none was lost"),
        ({"n_rows_read": 2, "n_rejected": 1}, "2 read; 1 could not be stored"),
    ],
)
def test_the_brief_says_what_was_lost(tmp_path: Path, counts: dict[str, int], said: str) -> None:
    with Case.open(tmp_path / "case", create=True) as case:
        case.append_rows("disclosures", [disclosure(**counts)])
        case.append_rows("records", [record()])
        source = Source(Publication(case, "report"))
        source.prepare()
        pairs = dict(next(part for part in brief(source).parts if isinstance(part, Pairs)).items)
    assert str(pairs["Rows and statements"]) == said


def test_a_receipt_names_no_sender_and_no_remark(made: Made) -> None:
    with Case.open(made.case) as case:
        html = render_html(make_document(Publication(case, "report")))
        (told,) = {text for (text,) in case.rows("SELECT receipt FROM files WHERE receipt IS NOT NULL")}
    assert "Clerkson" in told
    assert "Request PRR-1" in html
    assert "Clerkson" not in html


def test_searches_that_may_be_copies_stand_beside_the_count(tmp_path: Path) -> None:
    with Case.open(tmp_path / "case", create=True) as case:
        case.append_rows("disclosures", [disclosure(n_records=3, n_rows_read=3)])
        case.append_rows("records", [record(n) for n in (1, 2, 3)])
        case.append_rows("searches", [
            {"search_key": f"s{n}", "basis": basis, "org": "Town PD", "n_sightings": 1, "n_producers": 1}
            for n, basis in enumerate(("ambiguous", "repeated-row", "single"))
        ])  # fmt: skip
        case.append_rows("differences", [{"search_key": "s0", "field": field, "kind": "masked/released", "n": 1}
                                         for field in ("plate", "reason")])  # fmt: skip
        root = lxml.html.document_fromstring(render_html(make_document(Publication(case, "report"))))
    unsure = (
        "of them 1 ambiguous, which may be copies of another search; 1 in a row that a log without ids holds more"
        " than once"
    )
    for chapter in ("brief", "reliability", "searchers"):
        assert unsure in root.xpath(f"string(//section[@id='{chapter}'])"), chapter
    rows = {
        row.xpath("string(th)"): row.xpath("td/text()")
        for row in root.xpath("//table[caption/span='In what the copies of one search differ']/tbody/tr")
    }
    assert rows == {
        "plate": ["hidden in one copy, shown in another", "under 11"],
        "reason": ["hidden in one copy, shown in another", "1"],
    }


def test_the_words_of_a_basis_mean_what_the_linking_says() -> None:
    assert list(JOINED_BY.items()) == [(str(basis), meaning) for basis, meaning in MEANING.items()]


def test_the_packaged_figures_are_those_of_the_published_pages() -> None:
    assert load_measured() == read_measured(DOCS), "run python -m custodiet.publish.report.measure docs"


def test_the_report_shows_each_measured_figure_with_its_interval(document: object, tree: object) -> None:
    (table,) = tree.xpath("//section[@id='method']//table[caption/span='Measured error']")  # type: ignore[attr-defined]  # stubs of lxml know fewer results
    rows = table.xpath("tbody/tr")
    assert len(rows) == len(load_measured()) >= 19
    assert {row.xpath("string(th)") for row in rows} == {
        "Sorts stated reasons", "Tells organisations", "Joins copies of a search", "Masks free text",
    }  # fmt: skip
    assert all(re.fullmatch(r"[\d.]+–[\d.]+ %", row.xpath("string(td[5])")) for row in rows)
    for name in {row.xpath("string(td[6])") for row in rows}:
        assert (DOCS / "measured" / name).is_file()


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("purposes", "were exactly right", "were right", "has no line of the form"),
        ("linking", "right/joined", "good/joined", "has no column 'right/joined'"),
        ("linking", "## Few logs with little in common", "## Few logs", "has no column 'right/joined' below 'Few logs"),
    ],
)
def test_a_page_of_another_form_is_refused(tmp_path: Path, name: str, old: str, new: str, message: str) -> None:
    shutil.copytree(DOCS / "measured", tmp_path / "measured")
    page = tmp_path / "measured" / f"{name}.md"
    page.write_text(page.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(UsageError, match=re.escape(message)):
        read_measured(tmp_path)
    page.unlink()
    with pytest.raises(UsageError, match="cannot be read"):
        read_measured(tmp_path)
