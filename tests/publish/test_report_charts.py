"""Charts: the table beside a picture says the same as the picture, and text stays text."""

from __future__ import annotations

import re

import lxml.etree as etree
from hypothesis import given, settings
from hypothesis import strategies as st

from custodiet.publish.report.charts import Break, bars, matrix, over_time, shares_of
from custodiet.publish.report.document import Chart, Document, Stated
from custodiet.publish.report.wording import number
from tests.publish.report_cases import charts_of, demo, document

__all__ = ["demo", "document"]  # fixtures

COUNTS = st.lists(st.integers(0, 10**7), min_size=1, max_size=40)


def titles(chart: Chart) -> list[str]:
    return [item.text or "" for item in etree.fromstring(chart.svg.encode()).iter("title")]


def test_bars_over_time_draw_what_the_table_says() -> None:
    chart = over_time(
        "T", "S.", ["2026-01", "2026-02"], [("one", [3, 0]), ("two", [1_200, 7])], breaks=[Break(1, "ids appear")]
    )
    assert titles(chart) == ["2026-01: 3 one", "2026-01: 1,200 two", "2026-02: 7 two"]
    assert chart.table.rows == (("2026-01", 3, 1200, 1203), ("2026-02 (after break 1)", 0, 7, 7))
    assert chart.table.note == "Break 1: ids appear."
    assert chart.svg.count('class="break"') == 1


def test_a_bar_is_as_tall_as_its_number() -> None:
    chart = over_time("T", "S.", ["a", "b", "c"], [("n", [50, 25, 100])])
    tall = [float(height) for height in re.findall(r'height="([\d.]+)" class="c1"', chart.svg)]
    assert tall == [90.0, 45.0, 180.0]


def test_shares_of_a_row_fill_its_width() -> None:
    chart = shares_of("T", "S.", [("x", [1, 3]), ("y", [0, 0])], ("yes", "no"))
    wide = [float(width) for width in re.findall(r'width="([\d.]+)" height="17.0"', chart.svg)]
    assert round(wide[1] / wide[0], 2) == 3.0
    assert chart.table.rows == (("x", 4, 1, "25.0 %", 3, "75.0 %"), ("y", 0, 0, "–", 0, "–"))


def test_a_matrix_tells_nothing_from_none() -> None:
    chart = matrix("T", "S.", [("log", [5, 0, None])], ["2026-01", "2026-02", "2026-03"], row_word="Log")
    assert titles(chart) == ["log, 2026-01: 5", "log, 2026-02: 0", "log, 2026-03: outside the log"]
    assert chart.table.rows == (("log", 5, 0, None),)


@settings(deadline=None)
@given(COUNTS)
def test_bars_hold_every_number_of_their_table(counts: list[int]) -> None:
    rows = [(f"row {place}", count) for place, count in enumerate(counts)]
    chart = bars("T", "S.", rows, None, row_word="Row", count_word="n")
    assert titles(chart) == [f"{label}: {number(count)}" for label, count in rows]
    assert chart.table.rows == tuple(rows)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_no_text_breaks_out_of_a_picture(text: str) -> None:
    for chart in (
        bars(text, text, [(text, 1)], 2, row_word="Row", count_word="n"),
        shares_of(text, text, [(text, [1, 2])], ("a", "b")),
        over_time(text, text, [text], [("n", [1])], breaks=[Break(0, text)]),
        matrix(text, text, [(text, [1])], [text], row_word="Row"),
    ):
        tree = etree.fromstring(chart.svg.encode())
        assert {item.tag for item in tree.iter()} <= {"svg", "rect", "text", "line", "title"}


def test_pictures_of_the_report_stand_beside_their_tables(document: Document) -> None:
    charts = charts_of(document)
    assert len(charts) >= 7
    for chart in (item for item in charts if not item.isolated):
        for title in titles(chart):
            said = re.search(r": (?:[a-z ]+ )?([\d,]+)(?: of [\d,]+ \(.*\)| [a-z ]+)?$", title)
            if said:
                found = [cell for row in chart.table.rows for cell in row]
                cells = {number(c.value if isinstance(c, Stated) else c) for c in found if isinstance(c, int | Stated)}
                assert said[1] in cells, title
