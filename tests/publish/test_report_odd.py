"""Reports of odd cases: hostile text, reviewed findings, results about accounts, and very much of everything."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import lxml.html
import pytest

from custodiet.case import Case
from custodiet.law import listing
from custodiet.law.review import review
from custodiet.privacy import Publication
from custodiet.publish.report import write_report
from custodiet.publish.report.html import href, render_html
from custodiet.publish.report.pdf import render_pdf
from custodiet.publish.report.source import Source
from custodiet.publish.report.write import make_document
from tests.publish.report_cases import disclosure, indicator, portal, record

ALIVE = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7 * 7 }}</style>#set text(red)\\'


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with Case.open(tmp_path / "case", create=True) as opened:
        yield opened


def tree_of(case: Case) -> Any:
    return lxml.html.document_fromstring(render_html(make_document(Publication(case, "report"))))


def fill_hostile(case: Case) -> None:
    case.append_rows("disclosures", [disclosure(producer=ALIVE, file_name=f"{ALIVE}.csv", sheet=ALIVE, receipt=ALIVE)])
    case.append_rows("records", [record(producer=ALIVE, org=ALIVE, reason=ALIVE, user=ALIVE)])
    case.append_rows(
        "shares",
        [
            {
                "source": ALIVE,
                "recipient": f"{ALIVE} b",
                "stated_by": ALIVE,
                "as_of": date(2026, 3, 3),
                "status": "active",
                "disclosure_id": "d",
                "source_row": 1,
            }
        ],
    )
    case.append_rows("portals", [portal(ALIVE, prohibited_uses=ALIVE, searches_30d=3)])
    case.append_rows(
        "organisations",
        [
            {"name": name, "canonical": name, "state": "CA", "level": "local", "status": "active"}
            for name in (ALIVE, f"{ALIVE} b")
        ],
    )
    case.append_rows("problems", [{"code": "note", "file_name": ALIVE, "where": ALIVE, "message": ALIVE}])
    case.append_rows(
        "indicators", [indicator(1, subject=ALIVE, statement=ALIVE, citation=ALIVE, caveats=[ALIVE], query=ALIVE)]
    )


def test_text_of_disclosures_does_not_come_alive(case: Case) -> None:
    fill_hostile(case)
    tree = tree_of(case)
    assert tree.xpath("//script") == []
    assert tree.xpath("//@onerror") == []
    assert {value.split(",")[0] for value in tree.xpath("//img/@src")} <= {"data:image/svg+xml;base64"}
    assert "{{ 7 * 7 }}" in tree.xpath("string(//main)")
    assert tree.xpath("string(//article//p[@class='statement'])") == ALIVE
    assert len(tree.xpath("//style")) == 1


def test_text_of_disclosures_is_no_command_of_the_typesetter(case: Case) -> None:
    fill_hostile(case)
    assert render_pdf(make_document(Publication(case, "report"))).startswith(b"%PDF-1.")


@pytest.mark.parametrize(
    "target", ["javascript:alert(1)", "data:text/html,x", "//elsewhere", "file:///etc/passwd", " https://x"]
)
def test_only_the_page_and_the_web_can_be_pointed_to(target: str) -> None:
    assert href(target) == "#"


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "\u202egnp.exe", "\ud800", "\ufffe"])
def test_characters_that_no_page_may_hold_are_replaced(case: Case, text: str) -> None:
    case.append_rows("problems", [{"code": "note", "file_name": "f", "message": text.replace("\ud800", "\ufffd")}])
    page = render_html(make_document(Publication(case, "report")))
    assert not {"\x00", "\x1b", "\u202e", "\ufffe"} & set(page)
    assert lxml.html.document_fromstring(page.encode()) is not None


def test_a_finding_stands_apart_from_what_nobody_reviewed(case: Case) -> None:
    case.append_rows("disclosures", [disclosure()])
    case.append_rows("records", [record()])
    case.append_rows("indicators", [indicator(1), indicator(2), indicator(3)])
    at = datetime(2026, 4, 1, tzinfo=UTC)
    review(case, "i-0000000000000001", "record-accurate", "A. Auditor", "Checked.", {"cause": "A template."}, at=at)
    review(case, "i-0000000000000002", "explained", "A. Auditor", "Paper file.", at=at)
    tree = tree_of(case)
    (finding,) = tree.xpath("//section[@id='findings']//article")
    assert (
        finding.xpath("string(.//span[@class='stamp'])")
        == "reviewed by A. Auditor on 2026-04-01: the record is accurate"
    )
    assert "A template." in finding.xpath("string()")
    unreviewed = tree.xpath("//section[@id='indicators']//article")
    assert [item.get("id") for item in unreviewed] == ["i-0000000000000003"]
    assert unreviewed[0].xpath("string(.//span[@class='stamp'])") == "not reviewed"
    assert "explained" in tree.xpath("string(//section[@id='reviewed'])")
    classes = [item.get("class") for item in tree.xpath("//section[@id='brief']//article")]
    assert classes == ["claim reviewed", "claim unreviewed"]
    assert "Checked." not in tree.xpath("string(//main)")


def test_results_about_accounts_are_counted_and_left_out_unless_added(case: Case) -> None:
    rule = "patterns.same-plate-many-days-without-case"
    case.append_rows("disclosures", [disclosure()])
    case.append_rows("records", [record()])
    case.append_rows(
        "indicators",
        [indicator(1), indicator(2, rule_id=rule, level="account", subject="Town PD, account 0123456789")],
    )
    text = tree_of(case).xpath("string(//main)")
    assert "1 result about single accounts stays inside the case" in text
    assert "i-0000000000000002" not in text
    assert "0123456789" not in text
    added = Publication(case, "report", {rule: "Asked for by the council."})
    shown = lxml.html.document_fromstring(render_html(make_document(added))).xpath("string(//main)")
    assert "account account-" in shown
    assert "0123456789" not in shown


def test_the_range_and_the_definition_that_empties_a_claim_are_printed(case: Case) -> None:
    case.append_rows("disclosures", [disclosure()])
    case.append_rows("indicators", [indicator(1)])
    text = tree_of(case).xpath("string(//article[@id='i-0000000000000001'])")
    assert "0 to 5 under other definitions" in text
    assert "The claim falls under: narrow." in text


def test_a_few_cases_do_not_lead_a_list_of_rates(case: Case) -> None:
    case.append_rows("disclosures", [disclosure()])
    panel = '{"headline": {"label": "x", "count": %d}, "alternatives": [], "range": [%d, %d], "flips": []}'
    rows = [
        indicator(1, subject="Few PD", n_searches=2, denominator=2, sensitivity=panel % (2, 2, 2)),
        indicator(2, subject="Many PD", n_searches=700, denominator=1000, sensitivity=panel % (700, 700, 700)),
        indicator(3, subject="Large PD", n_searches=900, denominator=90_000, sensitivity=panel % (900, 900, 900)),
    ]
    case.append_rows("indicators", rows)
    names = tree_of(case).xpath("//section[@id='indicators']//table[1]/tbody/tr/th//text()")
    assert names[:3] == ["Many PD", "Few PD", "Large PD"]


def test_months_without_records_are_named_and_asked_for(case: Case) -> None:
    case.append_rows("disclosures", [disclosure()])
    days = [datetime(2026, month, 5, 12, tzinfo=UTC) for month in (1, 4)]
    case.append_rows(
        "records",
        [record(n, searched_at=day, searched_local=day.replace(tzinfo=None)) for n, day in enumerate(days, 1)],
    )
    text = tree_of(case).xpath("string(//section[@id='brief'])")
    assert (
        "2 months between the first and the last record of a log hold no record (Town PD: 2026-02 and 2026-03)" in text
    )
    assert "The log of Town PD for 2026-02 and 2026-03, or a statement that nobody searched." in text


@pytest.mark.parametrize("second_zone", [-5, -8])
def test_a_search_counts_on_the_day_of_the_wall_clock(case: Case, second_zone: int) -> None:
    # Half past three in the morning, UTC, is the day before where the logs were kept; once before 1970.
    times = [datetime(1969, 3, 5, 3, 30, tzinfo=UTC), datetime(1969, 3, 6, 3, 30, tzinfo=UTC)]
    hours = (-5, second_zone)
    case.append_rows("disclosures", [disclosure()])
    case.append_rows(
        "records",
        [
            record(n, searched_at=at, searched_local=(at + timedelta(hours=zone)).replace(tzinfo=None))
            for n, (at, zone) in enumerate(zip(times, hours, strict=True), 1)
        ],
    )
    keys = ("s1", "s2", "s3")
    case.append_rows(
        "searches",
        [
            {"search_key": key, "org": "Town PD", "searched_at": at, "purposes": ["person.missing"]}
            for key, at in zip(keys, [*times, None], strict=True)
        ],
    )
    case.append_rows(
        "sightings", [{"search_key": key, "disclosure_id": "d", "record_no": n} for n, key in enumerate(keys[:2], 1)]
    )
    source = Source(Publication(case, "report"))
    source.prepare()
    days = case.rows("SELECT day, purpose_class, n, first_at FROM report_days ORDER BY day")
    source.release()
    assert days == [
        (date(1969, 3, 4), "stated", 1, datetime(1969, 3, 4, 22, 30)),
        (date(1969, 3, 5), "stated", 1, datetime(1969, 3, 6, 3, 30) + timedelta(hours=second_zone)),
        (None, "stated", 1, None),
    ]


def test_the_form_of_the_records_breaks_where_accounts_vanish(case: Case) -> None:
    # QUIRKS 4.11, era E3: the identity block was withdrawn from one month to the next.
    rows = []
    for number, month in enumerate((9, 10, 11, 12), start=1):
        day = datetime(2025, month, 5, 12, tzinfo=UTC)
        hidden = {"user": None, "user_state": "not-exported"} if month == 12 else {}
        rows.append(record(number, searched_at=day, searched_local=day.replace(tzinfo=None), **hidden))
    case.append_rows("disclosures", [disclosure()])
    case.append_rows("records", rows)
    text = tree_of(case).xpath("string(//section[@id='changes'])")
    assert "Break 1: from 2025-12-01, accounts are no longer shown in most rows." in text
    assert "no trend is given across it" in text


@pytest.mark.slow
def test_a_very_large_case_stays_small_enough_to_open(case: Case) -> None:
    case.append_rows("disclosures", [disclosure(f"d{n:05d}", producer=f"Town {n} PD") for n in range(2_000)])
    case.execute(
        "INSERT INTO records (disclosure_id, record_no, source_row, kind, producer, org, searched_at, searched_local,"
        " networks, reason_key, reason_state, user_state, case_number_state, plate_state) SELECT printf('d%05d', i %"
        " 2000), i, i, 'organisation-audit', 'Town ' || (i % 2000) || ' PD', 'Town ' || (i % 2000) || ' PD',"
        " TIMESTAMPTZ '2020-01-01 00:00:00+00' + INTERVAL 1 HOUR * (i % 50000), TIMESTAMP '2020-01-01' + INTERVAL 1"
        " HOUR * (i % 50000), i % 7000, 'k', 'value', 'masked', 'blank', 'masked' FROM range(200000) t(i)"
    )
    case.append_rows("purposes", [{"key": "k", "field": "reason", "label": "insufficient.generic"}])
    case.execute(
        "INSERT INTO shares SELECT 'Town ' || (i // 100) || ' PD', 'Far ' || (i % 3000) || ' PD', 'Town ' || (i //"
        " 100) || ' PD', DATE '2026-01-01', 'active', printf('d%05d', i // 100), i, NULL FROM range(200000) t(i)"
    )
    case.append_rows("portals", [portal(f"Town {n} PD", prohibited_uses="immigration") for n in range(2_000)])
    case.append_rows("indicators", [indicator(n, rule_id=f"practice.rule-{n % 9}") for n in range(3_000)])
    case.append_rows("problems", [{"code": "note", "file_name": "f", "message": "x" * 500} for _ in range(5_000)])
    page = write_report(case, case.folder / "report")
    assert page.stat().st_size < 5_000_000
    text = lxml.html.document_fromstring(page.read_text(encoding="utf-8")).xpath("string(//main)")
    assert "4,940 more: custodiet export problems" in text
    assert "3,000 indicators found by a program" in text


def test_a_rule_that_counts_the_same_rows_again_stands_behind_the_others(case: Case) -> None:
    case.append_rows("disclosures", [disclosure()])
    rules = ("practice.reason-left-blank", "policy.reason-left-blank", "practice.reason-not-informative")
    panel = '{"headline": {"label": "x", "count": %d}, "alternatives": [], "range": [%d, %d], "flips": []}'
    case.append_rows(
        "indicators",
        [
            indicator(n, rule_id=rule, subject="Town PD", sensitivity=panel % (count, count, count))
            for n, (rule, count) in enumerate(zip(rules, (5, 5, 9), strict=True), 1)
        ],
    )
    brief = tree_of(case).xpath("//section[@id='brief']//article/@id")
    assert brief == ["b-i-0000000000000003", "b-i-0000000000000001", "b-i-0000000000000002"]


def test_the_brief_shows_the_first_that_the_terminal_lists(case: Case) -> None:
    case.append_rows("disclosures", [disclosure()])
    case.append_rows(
        "indicators",
        [
            indicator(n, rule_id=rule, severity=severity, subject=subject, disposition=decided)
            for n, (rule, severity, subject, decided) in enumerate(
                [
                    ("practice.a", "quality", "East PD", None),
                    ("practice.a", "quality", "West PD", None),
                    ("law.b", "rule-not-met", "East PD", None),
                    ("law.b", "rule-not-met", "West PD", "explained"),
                    ("law.c", "gap", "North PD", None),
                    ("law.d", "gap", "South PD", None),
                    ("law.b", "rule-not-met", "North PD", None),
                    ("law.e", "gap", "Old PD", None),
                ],
                1,
            )
        ],
    )
    listed, _ = listing.indicators(case)
    shown = [row["indicator_id"] for row in listed if not row["disposition"]][:5]
    brief = tree_of(case).xpath("//section[@id='brief']//article/@id")
    assert brief == [f"b-{identity}" for identity in shown]
    assert brief[0] == "b-i-0000000000000003"
