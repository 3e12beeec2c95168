"""What a reader of the report could stumble over: windows, zeros that are none, counts that seem to differ, alerts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import lxml.html
import pytest

from custodiet.case import Case
from custodiet.privacy import Publication
from custodiet.publish.report.document import Column, Document, Stated, Table, Text
from custodiet.publish.report.html import render_html, room_needed
from custodiet.publish.report.write import make_document
from tests.publish.report_cases import all_parts, charts_of, disclosure, portal, record

PAGE = date(2026, 3, 31)


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with Case.open(tmp_path / "case", create=True) as opened:
        yield opened


def made(case: Case) -> Document:
    return make_document(Publication(case, "report"))


def chapter(case: Case, anchor: str) -> str:
    tree = lxml.html.document_fromstring(render_html(made(case)))
    (found,) = tree.xpath(f"//section[@id='{anchor}']")
    return " ".join(found.text_content().split())


def audit(case: Case, days: list[int], *, stated: int, number: int = 1) -> None:
    """Add a page of the last of March with its own audit: one search so many days before the page."""
    page, log, digest = f"page{number}", f"log{number}", f"{number}" * 64
    case.append_rows(
        "disclosures",
        [
            disclosure(page, kind="transparency-page", sha256=digest, member_sha256=digest, n_records=0),
            disclosure(log, kind="portal-audit", sha256=digest, member_sha256=digest, n_records=len(days)),
        ],
    )
    moments = [datetime(2026, 3, 31, 12, tzinfo=UTC) - timedelta(days=back) for back in days]
    case.append_rows(
        "records",
        [
            record(
                n,
                log,
                kind="portal-audit",
                search_id=f"{log}-{n}",
                searched_at=at,
                searched_local=at.replace(tzinfo=None),
            )
            for n, at in enumerate(moments, 1)
        ],
    )
    case.append_rows("portals", [portal("Town PD", as_of=PAGE, disclosure_id=page, source_row=1, searches_30d=stated)])


def test_an_audit_is_counted_within_the_pages_own_thirty_days(case: Case) -> None:
    # Four rows within the window, on its first day too; two before it.
    audit(case, [0, 5, 20, 29, 30, 45], stated=4)
    text = chapter(case, "reliability")
    assert (
        "carry an audit of those days: 1. The rows of those 30 days agree with the number within 5 % on 1 of 1" in text
    )
    assert "more audit" not in text


def test_an_audit_that_does_not_reach_back_is_not_compared(case: Case) -> None:
    audit(case, [0, 29], stated=2)
    audit(case, [0, 5], stated=9, number=2)
    text = chapter(case, "reliability")
    assert "within 5 % on 1 of 1" in text
    assert "1 more audit beside a stated number begins later than those 30 days or ends before them" in text.replace(
        "end before", "ends before"
    )


def organisations(case: Case, *rows: tuple[str, str, str | None, str]) -> None:
    case.append_rows(
        "organisations",
        [
            {"name": name, "canonical": canonical, "state": state, "level": level, "status": "active"}
            for name, canonical, state, level in rows
        ],
    )


def share(source: str, recipient: str, row: int) -> dict[str, Any]:
    return {
        "source": source,
        "recipient": recipient,
        "stated_by": source,
        "as_of": PAGE,
        "status": "active",
        "disclosure_id": "list",
        "source_row": row,
    }


def test_one_sentence_says_how_the_counts_of_federal_reach_differ(case: Case) -> None:
    organisations(
        case,
        ("Ash PD", "Ash PD", "CA", "local"),
        ("Bell PD", "Bell PD", "CA", "local"),
        ("Reno PD", "Reno PD", "NV", "local"),
        ("FBI", "FBI", None, "federal"),
        ("F.B.I.", "FBI", None, "federal"),
        ("Border Office", "Border Office", None, "federal"),
    )
    case.append_rows("disclosures", [disclosure("list", kind="sharing-list", n_records=0), disclosure("log")])
    case.append_rows(
        "shares",
        [
            share("Ash PD", "FBI", 1),
            share("Ash PD", "Reno PD", 2),
            share("Bell PD", "F.B.I.", 3),
            share("Bell PD", "Ash PD", 4),
        ],
    )
    case.append_rows(
        "records",
        [
            record(n, "log", kind="network-audit", producer="Ash PD", org=org, org_basis="released")
            for n, org in enumerate(("FBI", "FBI", "Reno PD", "Bell PD", "Border Office"), 1)
        ],
    )
    text = chapter(case, "reach")
    assert (
        "Federal: 3 names in the records, which are 2 organisations; the latest lists of 2 producers let 1 organisation"
        " in, which makes 2 pairs; they made 3 of 5 (60.0 %) searches that network logs record."
    ) in text
    assert (
        "Other states: the latest lists of 1 producer let 1 organisation in, which makes 1 pair; they made 1 of 5"
        " (20.0 %) searches that network logs record."
    ) in text


def test_no_network_log_is_a_dash_and_not_a_zero(case: Case) -> None:
    organisations(case, ("Ash PD", "Ash PD", "CA", "local"), ("Reno PD", "Reno PD", "NV", "local"))
    case.append_rows("disclosures", [disclosure("list", kind="sharing-list", n_records=0)])
    case.append_rows("shares", [share("Ash PD", "Reno PD", 1)])
    (table,) = [
        part for part in all_parts(made(case)) if isinstance(part, Table) and part.caption.startswith("Who can reach")
    ]
    assert [row[-1] for row in table.rows] == [None] * len(table.rows)
    assert {row[0]: row[1] for row in table.rows}["out-of-state"] == Stated(1, "figure.reach.Ash PD.in.out-of-state")


def test_a_plan_names_the_organisation_and_ends_nothing_where_nothing_leads(case: Case) -> None:
    organisations(
        case,
        ("Ash PD", "Ash PD", "CA", "local"),
        ("Reno PD", "Reno PD", "NV", "local"),
        ("FBI", "FBI", None, "federal"),
    )
    case.append_rows("disclosures", [disclosure("list", kind="sharing-list", n_records=0)])
    case.append_rows("shares", [share("Ash PD", "Reno PD", 1)])
    text = chapter(case, "reach-1")
    assert "A alone" not in text
    assert "Ash PD alone" in text
    assert "If nobody passes data on: already out of reach; no share would have to end." in text


def test_a_month_that_no_log_covers_is_a_dash(case: Case) -> None:
    case.append_rows("disclosures", [disclosure("a"), disclosure("b")])
    for log, months in (("a", (1, 1)), ("b", (4, 6))):
        case.append_rows(
            "records",
            [
                record(
                    n, log, searched_at=datetime(2026, month, 5, tzinfo=UTC), searched_local=datetime(2026, month, 5)
                )
                for n, month in enumerate(months, 1)
            ],
        )
    (chart,) = [part for part in charts_of(made(case)) if part.title == "Searches by month"]
    assert "No log in the case covers 2026-02 and 2026-03: nothing is known of that time" in chart.summary
    assert {row[0]: row[-1] and str(row[-1]) for row in chart.table.rows} == {
        "2026-01": "2",
        "2026-02": None,
        "2026-03": None,
        "2026-04": "1",
        "2026-05": "0",
        "2026-06": "1",
    }


def test_alerts_are_the_last_page_of_each_month_and_say_what_they_are_not(case: Case) -> None:
    case.append_rows("disclosures", [disclosure("p", kind="transparency-page", n_records=0)])
    case.append_rows(
        "portals",
        [
            portal("Ash PD", as_of=date(2026, 3, 1), source_row=1, hits_30d=900, vehicles_30d=1_000),
            portal("Ash PD", as_of=date(2026, 3, 31), source_row=2, hits_30d=10, vehicles_30d=1_000),
            portal("Bell PD", as_of=date(2026, 3, 9), source_row=3, hits_30d=30),
            portal("Bell PD", as_of=date(2026, 4, 9), source_row=4, hits_30d=None),
        ],
    )
    (table,) = [part for part in all_parts(made(case)) if isinstance(part, Table) and "Hot-list hits" in part.caption]
    (row,) = table.rows
    assert [str(cell) for cell in row] == ["2026-03", "2", "40", "10", "1,000", "100.0"]
    assert all(isinstance(cell, Stated) for cell in row[1:])
    assert "It does not say that the reading was right" in chapter(case, "alerts")


def test_alerts_of_event_logs_are_counted_by_month(case: Case) -> None:
    case.append_rows("disclosures", [disclosure("e", kind="event-log", n_records=0, n_events=4)])
    case.append_rows(
        "events",
        [
            {
                "disclosure_id": "e",
                "record_no": n,
                "source_row": n,
                "event_at": datetime(2026, month, 5, tzinfo=UTC),
                "event_type": kind,
            }
            for n, (month, kind) in enumerate(
                [(1, "Hot list hit"), (3, "ALERT"), (3, "Hotlist match"), (3, "white paper")], 1
            )
        ],
    )
    (chart,) = [part for part in charts_of(made(case)) if part.title.startswith("Alerts")]
    assert str(chart.summary).startswith("3 rows of 4 in logs of events are named an alert or a hit")
    assert [(row[0], str(row[1])) for row in chart.table.rows] == [("2026-01", "1"), ("2026-02", "0"), ("2026-03", "2")]
    assert all(isinstance(row[1], Stated) for row in chart.table.rows)


def test_a_case_without_hits_has_no_chapter_of_alerts(case: Case) -> None:
    case.append_rows("disclosures", [disclosure("p", kind="transparency-page", n_records=0)])
    case.append_rows("portals", [portal("Ash PD", searches_30d=3)])
    assert "alerts" not in [part.anchor for part in made(case).chapters]


def test_every_table_stands_in_a_region_with_a_hint(case: Case) -> None:
    case.append_rows("disclosures", [disclosure("a")])
    case.append_rows("records", [record(1, "a")])
    tree = lxml.html.document_fromstring(render_html(made(case)))
    for table in tree.xpath("//table"):
        region = table.getparent()
        assert region.get("class") == "scroll"
        assert region.get("tabindex") == "0"
        (hint,) = region.getparent().xpath("p[@class='hint']")
        assert hint.text.startswith(f"{len(table.xpath('thead/tr/th'))} columns. Scroll sideways")


def test_a_picture_that_a_phone_cuts_says_so(case: Case) -> None:
    case.append_rows("disclosures", [disclosure("a")])
    case.append_rows("records", [record(1, "a")])
    tree = lxml.html.document_fromstring(render_html(made(case)))
    frames = tree.xpath("//figure/div[@class='frame need-34']")
    assert len(frames) == len(tree.xpath("//figure")) > 1
    assert {frame.xpath("string(p[@class='hint'])") for frame in frames} == {
        "Scroll sideways to see the whole picture."
    }


def test_a_wider_table_needs_more_room() -> None:
    def table(n: int, cell: str) -> Table:
        return Table("t", tuple(Column(f"c{k}") for k in range(n)), (tuple(cell for _ in range(n)),))

    assert room_needed(table(2, "x")) == 20
    assert room_needed(table(3, "x" * 40)) > room_needed(table(3, "x"))
    assert room_needed(table(30, "x")) == 68


def test_the_brief_says_what_the_numbers_in_brackets_are(case: Case) -> None:
    case.append_rows("disclosures", [disclosure("a")])
    case.append_rows("records", [record(1, "a")])
    case.append_rows(
        "outcomes",
        [
            {
                "rule_id": "practice.reason-left-blank",
                "rule_version": "1.0.0",
                "producer": "Town PD",
                "n_indicator": 0,
                "n_clear": 1,
                "n_not_evaluable": 0,
                "n_not_applicable": 0,
            }
        ],
    )
    asked = next(part for part in made(case).brief.parts if isinstance(part, Text))
    assert "Put to the records: 1 rule, of which 1 applies to at least one of them." in str(asked.text)
    assert "By source: Audit practice (1 rule)." in str(asked.text)
