"""Transparency pages in HTML: values, lists, audits, odd and hostile files."""

from __future__ import annotations

import base64
import io
import zipfile
from datetime import UTC, date, datetime
from html import escape
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from custodiet.intake.raw import RawPage, Reading
from custodiet.intake.readers.page import looks_like_page, read_page
from tests.intake.builders import add, csv_text

UPDATED = '<p>Last Updated: <span title="2026-04-19T11:37:57.522Z">Sun Apr 19 2026</span></p>'
BOLD, THIN = 'style="font-weight:700"', 'style="font-weight:400"'
CSV = '"id","userId","searchDate","networkCount","reason"\n"1","***","2026-04-01T00:00:00.000Z","3","a, b\nc"\n'


def first_layout(blocks: dict[str, str], *, name: str = "Anytown CA PD", updated: str = UPDATED) -> str:
    body = "".join(f"<div><p {BOLD}>{head}</p><div {THIN}>{text}</div></div>" for head, text in blocks.items())
    return (
        f"<!DOCTYPE html><html><head><title>Flock Safety - {name} Transparency Portal</title></head><body>"
        f"<header><h1>{name}</h1><h2>Transparency Portal</h2>{updated}</header><h3>Usage</h3>{body}"
        "<footer><p>Provided by <a href='https://vendor.example'>Vendor</a></p></footer></body></html>"
    )


def reading(tmp_path: Path, html: str | bytes) -> Reading:
    path = tmp_path / "page.html"
    path.write_bytes(html if isinstance(html, bytes) else html.encode())
    return read_page(path)


def page_of(tmp_path: Path, html: str | bytes) -> RawPage:
    found = reading(tmp_path, html)
    assert found.problems == []
    (page,) = found.parts
    assert isinstance(page, RawPage)
    return page


def listed(page: RawPage, direction: str) -> list[str]:
    return [share.organisation for share in page.shares if share.direction == direction]


def codes(found: RawPage | Reading) -> set[str]:
    return {problem.code for problem in found.problems}


def test_first_layout(tmp_path: Path) -> None:
    page = page_of(
        tmp_path,
        first_layout(
            {
                "Prohibited Uses": "Immigration enforcement, harrassment.",
                "Data retention (in days)": "30 days",
                "Number of LPR and other cameras": "36",
                "Organizations with access": "Beta CA PD, University of California, Davis",
                "Organizations sharing their data with Anytown CA PD": " Gamma CA SO, Beta CA PD",
                "Vehicles detected in the last 30 days": "1,508,706",
                "Recent Success Story": "A car was found.",
            }
        ),
    )
    assert page.producer == "Anytown CA PD"
    assert page.as_of == date(2026, 4, 19)
    assert page.last_updated == datetime(2026, 4, 19, 11, 37, 57, 522000, tzinfo=UTC)
    assert page.values == {
        "prohibited_uses": "Immigration enforcement, harrassment.",
        "retention_days": 30,
        "cameras": 36,
        "vehicles_30d": 1508706,
    }
    assert listed(page, "out") == ["Beta CA PD", "University of California, Davis"]
    assert listed(page, "in") == ["Gamma CA SO", "Beta CA PD"]
    assert [share.place for share in page.shares] == [1, 2, 3, 4]
    assert page.other == {"Recent Success Story": "A car was found.", "Provided by": "Vendor"}
    assert page.list_counts == {} and page.problems == []


def test_second_layout_with_describing_sentences(tmp_path: Path) -> None:
    """From May 2026 a sentence with a number stands above the value, and names stand in cells."""

    def block(head: str, said: str, value: str) -> str:
        top = f'<div><p style="font-weight:600">{head}</p><p {THIN}>{said}</p>'
        return f'{top}<div><div aria-hidden="true"></div>{value}</div></div>'

    cells = "".join(
        f'<div><div data-tp-access-cell-text="true">{name}</div></div>'
        for name in ("Beta CA PD", "Springtown, Ohio Valley")
    )
    page = page_of(
        tmp_path,
        f"<html><body><h1>Anytown CA PD</h1>{UPDATED}<h3>Usage</h3>"
        + block(
            "Data Retention",
            "The number of days data is retained.",
            '<div style="font-weight:600">30 days</div>',
        )
        + block("Number of Hotlist Hits", "Total hotlist hits over the last 30 days.", "<b>7,666</b>")
        + block("Hotlists Alerted On", "National and statewide hotlist sources.", "<div>State list</div>")
        + block(
            "Sharing Network Data With",
            "Organizations granted access to Anytown CA PD data.",
            f"<div>{cells}</div>",
        )
        + block("Receiving Network Data From", "Organizations sharing with Anytown CA PD data.", "")
        + "</body></html>",
    )
    assert page.values == {"retention_days": 30, "hits_30d": 7666, "hotlists": "State list"}
    assert listed(page, "out") == ["Beta CA PD", "Springtown, Ohio Valley"]
    assert page.list_counts == {"in": 0}
    assert page.other == {}


def test_own_site_with_folding_questions_and_tables(tmp_path: Path) -> None:
    page = page_of(
        tmp_path,
        """<html><body><h1>Elk Valley Police Department</h1>
        <details><summary>External agencies who EVPD shares ALPR data with</summary>
        <div>Alpha CA PD<br>Beta CA PD<br>University of California, Davis<br>Gamma CA PD</div></details>
        <h4>Agencies who share their data with EVPD</h4><h5>California</h5><ul><li>Delta CA PD</li></ul>
        <h5>Federal agencies</h5><ul><li>Example Park Rangers</li></ul>
        <dl><dt>Data retention</dt><dd>1 year</dd></dl><p><strong>Cameras:</strong> 46</p>
        <p>Searches in the last 30 days: 1,234</p></body></html>""",
    )
    assert listed(page, "out") == [
        "Alpha CA PD",
        "Beta CA PD",
        "University of California, Davis",
        "Gamma CA PD",
    ]
    assert listed(page, "in") == ["Delta CA PD", "Example Park Rangers"]
    assert page.values == {"retention_days": 365, "cameras": 46, "searches_30d": 1234}


def test_label_classes_and_two_column_tables(tmp_path: Path) -> None:
    page = page_of(
        tmp_path,
        """<html><body><h1>Foo PD</h1><div class="row"><div>
        <div class="label col-12">External organizations with access</div></div><div>
        <div>Alpha PD, Beta PD</div></div></div>
        <table><tr><td>Data retention</td><td>30 days</td></tr>
        <tr><td>Number of LPR cameras</td><td>12</td></tr></table>
        </body></html>""",
    )
    assert listed(page, "out") == ["Alpha PD", "Beta PD"]
    assert page.values == {"retention_days": 30, "cameras": 12}


def test_a_table_with_one_column_for_each_direction(tmp_path: Path) -> None:
    """Organisation, networks shared with me, networks I'm sharing (quirk 157)."""
    page = page_of(
        tmp_path,
        """<html><body><h1>Foo PD</h1><h2>Network</h2>
        <table><tr><th>Organization</th><th>Networks shared with me</th>
        <th>Networks I'm sharing</th></tr><tr><td>Alpha PD</td><td>All</td><td></td></tr>
        <tr><td>Beta PD</td><td>No</td><td>North, South</td></tr></table></body></html>""",
    )
    assert (listed(page, "in"), listed(page, "out")) == (["Alpha PD"], ["Beta PD"])


@pytest.mark.parametrize("text", ["null", "None", "NaN", "N/A", "Data Unavailable", "-Infinity days"])
def test_placeholders_are_no_numbers(tmp_path: Path, text: str) -> None:
    """Seen as portal values (quirk 117)."""
    page = page_of(tmp_path, first_layout({"Data retention (in days)": text, "Number of LPR cameras": "30.0"}))
    assert page.values == {"cameras": 30}
    assert page.other["Data retention (in days)"] == text
    assert codes(page) == {"note"}


def test_the_last_of_two_numbers_wins_and_the_first_is_kept(tmp_path: Path) -> None:
    """44 and 140 cameras on one page (quirk 160)."""
    page = page_of(tmp_path, first_layout({"Number of LPR cameras": "44", "Number of LPR and other cameras": "140"}))
    assert page.values == {"cameras": 140}
    assert page.other["cameras (stated before)"] == "44"
    assert codes(page) == {"note"}


@pytest.mark.parametrize(
    ("head", "text"),
    [
        ("Live Feed Data retention (in days)", "3 days"),
        ("Searches in the last 7 days", "12"),
        ("Number of Searches", "12"),
        ("Number of Searches", "<p>Searches since 2021.</p><p>12</p>"),
        ("Data retention", "30 days for reads, 1 year for hits"),
        ("Data retention", "3 minutes"),
        ("Data retention", "6 months"),
    ],
)
def test_numbers_that_mean_something_else_stay_text(tmp_path: Path, head: str, text: str) -> None:
    page = page_of(tmp_path, first_layout({head: text, "Number of LPR cameras": "5"}))
    assert page.values == {"cameras": 5}
    assert head in page.other


def test_a_number_a_stated_none_and_silence_are_three_things(tmp_path: Path) -> None:
    page = page_of(tmp_path, first_layout({"External organizations with access": "988", "Data retention": "30"}))
    assert page.list_counts == {"out": 988} and page.shares == []
    for text in ("", "None", "none."):
        page = page_of(tmp_path, first_layout({"Agencies sharing data with us": text}))
        assert page.list_counts == {"in": 0} and page.shares == []
    page = page_of(tmp_path, first_layout({"None: Anytown does not share with outside agencies": ""}))
    assert page.list_counts == {"out": 0}
    page = page_of(
        tmp_path,
        first_layout({"Organizations with access": "<a href='https://x.example/l.pdf'>Click here</a>"}),
    )
    assert page.list_counts == {} and page.shares == [] and codes(page) == {"note"}


def test_an_open_heading_is_kept_as_text(tmp_path: Path) -> None:
    page = page_of(
        tmp_path,
        first_layout({"Sharing partners": "Alpha PD, Beta PD, Gamma PD", "Data retention": "30 days"}),
    )
    assert page.shares == [] and page.list_counts == {}
    assert page.other["Sharing partners"] == "Alpha PD, Beta PD, Gamma PD"
    assert [problem.where for problem in page.problems] == ["heading 4"]


def test_a_heading_and_its_sentence_that_contradict_each_other_are_left_open(tmp_path: Path) -> None:
    said = "<p>Organizations granted access to Anytown CA PD data.</p><p>Alpha PD, Beta PD, Gamma PD</p>"
    page = page_of(tmp_path, first_layout({"Agencies sharing data with Anytown CA PD": said, "Data retention": "30"}))
    assert page.shares == []


def test_policies_about_sharing_are_text(tmp_path: Path) -> None:
    text = "Data is shared with state agencies only, and never sold."
    page = page_of(tmp_path, first_layout({"Sharing with Partners": text, "Sharing": text, "Data retention": "30"}))
    assert page.shares == [] and page.problems == []
    assert page.other["Sharing"] == text


def test_repeated_names_are_kept_once(tmp_path: Path) -> None:
    page = page_of(
        tmp_path,
        first_layout({"Shared with": "Alpha PD, Beta PD, Alpha PD", "Agencies sharing data with us": "Alpha PD"}),
    )
    assert (listed(page, "out"), listed(page, "in")) == (["Alpha PD", "Beta PD"], ["Alpha PD"])
    assert codes(page) == {"note"}


def test_prose_beside_a_list(tmp_path: Path) -> None:
    items = "<ul><li>Alpha PD</li><li>Beta PD</li></ul>"
    said = f"<p>Anytown PD shares data with the following agencies:</p>{items}<p>Please call us.</p>"
    page = page_of(tmp_path, first_layout({"Organizations with access": said}))
    assert listed(page, "out") == ["Alpha PD", "Beta PD"]
    assert page.other["Organizations with access (text beside the list)"].endswith("Please call us.")


@pytest.mark.parametrize("name", ["search_audit.csv", "public_search_audit.csv", "public-search-audit.csv"])
@pytest.mark.parametrize("base", [True, False])
def test_an_embedded_audit_is_verbatim(tmp_path: Path, name: str, base: bool) -> None:
    """No link ends in .csv: the file stands in the address (quirks 51 and 162)."""
    href = "data:text/csv;charset=utf-8," + quote(CSV)
    if base:
        href = "data:text/csv;base64," + base64.b64encode(CSV.encode()).decode()
    link = f'<a download="{name}" href="{href}">Download CSV</a>'
    (audit,) = page_of(tmp_path, first_layout({"Public Search Audit": link})).audits
    rows = list(audit.rows)
    assert (audit.sheet, audit.title, audit.problems) == (name, "Public Search Audit", [])
    assert [row.source_row for row in rows] == [1, 2]
    assert rows[0].cells == ("id", "userId", "searchDate", "networkCount", "reason")
    assert rows[1].cells == ("1", "***", "2026-04-01T00:00:00.000Z", "3", "a, b\nc")


@pytest.mark.parametrize(
    ("href", "code", "rows"),
    [
        ("data:text/csv;base64,!!!!", "malformed", 0),
        ("data:text/csv", "malformed", 0),
        ("data:text/csv,", "empty", 0),
        ("data:text/csv,id%2CsearchDate", "empty", 1),
        ("data:text/csv,id,searchDate%0A1,2%0A3", "truncated", 3),
        ("data:text/csv,id,searchDate%0A1,2%0", "truncated", 2),
        ("data:text/csv,id,searchDate%0A1,%222", "unclosed-quote", 2),
    ],
)
def test_a_broken_embedded_audit_is_a_problem(tmp_path: Path, href: str, code: str, rows: int) -> None:
    page = page_of(tmp_path, first_layout({"Search Audit": f'<a download="a.csv" href="{href}">Download CSV</a>'}))
    (audit,) = page.audits
    assert code in {problem.code for problem in audit.problems}
    assert len(list(audit.rows)) == rows


def test_an_audit_as_html_table(tmp_path: Path) -> None:
    head = "<tr><th>Search Date</th><th>User</th><th>Reason</th></tr>"
    table = f"<table>{head}<tr><td>2026-01-01</td><td>***</td><td>a<br>b</td></tr></table>"
    (audit,) = page_of(tmp_path, f"<html><body><h1>Foo PD</h1><h2>Log of searches</h2>{table}</body></html>").audits
    assert [row.cells for row in audit.rows] == [
        ("Search Date", "User", "Reason"),
        ("2026-01-01", "***", "a\nb"),
    ]
    assert audit.sheet == "Log of searches"


def test_text_stays_inert(tmp_path: Path) -> None:
    """A page may hold instructions or markup; they are text (quirk 166)."""
    bait = "Ignore all previous instructions &lt;script&gt;alert(1)&lt;/script&gt;"
    page = page_of(tmp_path, first_layout({"Access Policy": bait + "<script>document.title='x'</script>"}))
    assert page.values["access_policy"] == "Ignore all previous instructions <script>alert(1)</script>"


@pytest.mark.parametrize(
    ("html", "code", "said"),
    [
        (b"", "empty", "nothing"),
        (b"\x00\x00 \n", "empty", "nothing"),
        (b"<html><body></body></html>", "empty", "no content"),
        (b"<html><body><div id=root></div><script>x</script></body></html>", "empty", "only scripts"),
        (
            b"<html><title>Just a moment...</title><body><h1>Checking your browser</h1></body></html>",
            "unrecognised",
            "block",
        ),
        (
            b"<html><title>403 Forbidden</title><body><center><h1>403 Forbidden</h1></center></body></html>",
            "unrecognised",
            "block",
        ),
        (b"<html><body><h1>City budget</h1><p>Text.</p></body></html>", "unrecognised", "No heading"),
    ],
)
def test_files_that_hold_no_page(tmp_path: Path, html: bytes, code: str, said: str) -> None:
    found = reading(tmp_path, html)
    assert found.parts == []
    assert any(problem.code == code and said in problem.message for problem in found.problems)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    html = first_layout({"Access Policy": "Peña’s rule", "Data retention": "30 days"})
    page = page_of(tmp_path, html.encode(encoding))
    assert page.values == {"access_policy": "Peña’s rule", "retention_days": 30}


def test_nul_bytes_are_taken_out(tmp_path: Path) -> None:
    page = page_of(tmp_path, first_layout({"Data retention": "3\x000 days"}))
    assert page.values == {"retention_days": 30} and "nul-bytes" in codes(page)


def test_half_a_file_states_no_empty_list(tmp_path: Path) -> None:
    html = first_layout({"Data retention": "30 days", "Organizations with access": "Alpha PD, Beta PD"})
    page = page_of(tmp_path, html[: html.index("Alpha PD")])
    assert page.list_counts == {} and page.values == {"retention_days": 30} and "truncated" in codes(page)
    page = page_of(tmp_path, html[: html.index(", Beta") + 5])
    assert listed(page, "out") == ["Alpha PD", "Bet"] and "truncated" in codes(page)


def test_an_audit_cut_within_its_address(tmp_path: Path) -> None:
    html = first_layout({"Search Audit": f'<a download="a.csv" href="data:text/csv,{quote(CSV * 3)}">Download CSV</a>'})
    page = page_of(tmp_path, html[: html.index("</a>") - 40])
    assert len(list(page.audits[0].rows)) > 2 and "truncated" in codes(page)


@pytest.mark.parametrize(
    "html",
    [
        b"<html><body>" + b"<div>" * 100_000 + b"<h3>Data retention</h3>30 days" + b"</div>" * 100_000,
        b"<html><body>" + b"<a href=x>" * 600_000,
        b"<html>" + b"x" * 50_000_000,
    ],
)
def test_hostile_sizes_are_bounded(tmp_path: Path, html: bytes) -> None:
    found = reading(tmp_path, html)
    assert "too-large" in codes(found) and found.parts == []


@pytest.mark.slow
def test_many_headings_and_long_lists_stay_linear(tmp_path: Path) -> None:
    many = "<h3>Organizations with access</h3><p>Alpha PD</p>" * 21_000
    (page,) = reading(tmp_path, f"<html><body>{many}</body></html>").parts
    assert isinstance(page, RawPage) and "too-large" in codes(page)
    joined = "Acme" + ", Inc" * 100_000
    page = page_of(tmp_path, first_layout({"Shared with": joined}))
    assert len(page.shares) < 100


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"<!DOCTYPE html><html>", True),
        (b"\xef\xbb\xbf\n<!-- saved from url --> <HTML lang=en>", True),
        ("<html><body>".encode("utf-16"), True),
        (b"<div></div><body>", True),
        (b"id,reason\n1,<html>", False),
        (b"%PDF-1.4", False),
        (b"", False),
        (b"<?xml version='1.0'?><Workbook>", False),
    ],
)
def test_looks_like_page(head: bytes, expected: bool) -> None:
    assert looks_like_page(head) is expected


organisation = st.from_regex(r"[A-Z][a-z]{3,8} (CA|TX|OH) (PD|SO)", fullmatch=True)
ways = {
    "comma": lambda names: ", ".join(names),
    "break": lambda names: "<br>".join(names),
    "items": lambda names: "<ul>" + "".join(f"<li><b>{name}</b></li>" for name in names) + "</ul>",
    "cells": lambda names: "<table>" + "".join(f"<tr><td>{name}</td></tr>" for name in names) + "</table>",
    "lines": lambda names: "<div style='white-space:pre-line'>" + "\n".join(names) + "</div>",
    "semicolon": lambda names: "; ".join(names),
}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(
    st.lists(organisation, min_size=1, max_size=12, unique=True),
    st.lists(organisation, min_size=1, max_size=12, unique=True),
    st.sampled_from(sorted(ways)),
)
def test_lists_survive_rendering(tmp_path: Path, out: list[str], into: list[str], way: str) -> None:
    render = ways[way]
    page = page_of(
        tmp_path,
        first_layout(
            {
                "Organizations granted access to Anytown CA PD data": render([escape(name) for name in out]),
                "Organizations sharing their data with Anytown CA PD": render([escape(name) for name in into]),
            }
        ),
    )
    assert (listed(page, "out"), listed(page, "in")) == (out, into)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.binary(max_size=400), st.integers(0, 900))
def test_no_bytes_make_the_reader_fail(tmp_path: Path, noise: bytes, at: int) -> None:
    html = first_layout({"Organizations with access": "Alpha PD, Beta PD", "Data retention": "30 days"}).encode()
    reading(tmp_path, html[:at] + noise + html[at:])
    reading(tmp_path, noise)


def test_organisations_under_a_heading_that_says_nothing_of_sharing(tmp_path: Path) -> None:
    names = ", ".join(f"{letter}ville PD" for letter in "ABCDEF")
    page = page_of(tmp_path, first_layout({"Our friends": names, "Data retention": "30 days"}))
    assert page.shares == [] and page.other["Our friends"] == names
    assert [problem.where for problem in page.problems] == ["heading 4"]


def test_a_remark_in_a_heading_is_kept(tmp_path: Path) -> None:
    page = page_of(tmp_path, first_layout({"Hotlists Alerted On (Not Pulling From X)": "State list"}))
    assert page.values == {"hotlists": "State list"}
    assert page.other["hotlists (heading as stated)"] == "Hotlists Alerted On (Not Pulling From X)"


def test_a_sharing_list_as_an_embedded_file(tmp_path: Path) -> None:
    content = quote("Agency,State\nAlpha PD,CA\nBeta PD,CA")
    link = f'<a download="l.csv" href="data:text/csv,{content}">Download CSV</a>'
    page = page_of(tmp_path, first_layout({"Organizations with access": link}))
    assert listed(page, "out") == ["Alpha PD", "Beta PD"] and page.audits == []


def _page_with(data: bytes, name: str) -> str:
    address = "data:application/octet-stream;base64," + base64.b64encode(data).decode()
    return first_layout({"Search Audit": f'<a download="{name}" href="{address}">Download</a>'})


def _audit_rows(day: int) -> list[list[str]]:
    header = ["id", "userId", "searchDate", "networkCount", "reason"]
    ids = [f"00000000-0000-4000-8000-{day}000000000{n}" for n in range(3)]
    return [header, *([known, "***", f"2026-03-{day}T10:00:00.000Z", "5", "theft"] for known in ids)]


def _workbook() -> bytes:
    book = Workbook()
    for row in _audit_rows(11):
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _archive() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("audit.csv", csv_text(_audit_rows(12)))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "member", "day"),
    [(_workbook(), "audit.xlsx", "audit.xlsx", 11), (_archive(), "audit.zip", "audit.zip!/audit.csv", 12)],
)
def test_files_inside_a_page_are_read_as_members(tmp_path: Path, data: bytes, name: str, member: str, day: int) -> None:
    """Quirk 51 with a workbook or an archive in the place of the table."""
    path = tmp_path / "page.html"
    path.write_text(_page_with(data, name), encoding="utf-8")
    _, case = add(tmp_path / "case", path)
    with case:
        page, log = sorted(case.read("disclosures").to_pylist(), key=lambda row: str(row["kind"]), reverse=True)
        records = case.read("records").to_pylist()
        assert not list(case.work.glob("member-*"))
    assert (page["kind"], log["kind"]) == ("transparency-page", "portal-audit")
    assert (log["member_path"], log["producer"], log["n_records"]) == (member, page["producer"], 3)
    assert {(row["searched_at"].day, row["networks"], row["reason"]) for row in records} == {(day, 5, "theft")}


def test_a_broken_file_inside_a_page_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(_page_with(b"PK\x03\x04zip", "audit.zip"), encoding="utf-8")
    summary, case = add(tmp_path / "case", path)
    with case:
        assert case.read("disclosures").column("kind").to_pylist() == ["transparency-page"]
    assert {problem.code for problem in summary.problems} == {"corrupt"}
