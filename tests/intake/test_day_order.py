"""Dates of numbers alone: what tells day from month, and what is said where nothing does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from custodiet.intake.day_order import stated_period
from custodiet.intake.times import DayOrder, order_of, reordered, tell_format, tidy_shape
from tests.intake.builders import add, csv_text, log_text, write

HEADER = ["Search Time", "User", "Agency", "Plate", "Reason"]


def read(
    tmp_path: Path, times: Sequence[str], *, name: str = "log.csv", header: Sequence[str] = HEADER,
    more: Sequence[Sequence[str]] = (), above: Sequence[Sequence[str]] = (),
) -> tuple[list[datetime | None], list[dict[str, Any]]]:  # fmt: skip
    """Load a log with these search times; ``more`` holds the cells of further columns of each row."""
    rows = [[at, "jdoe", "Anytown OH PD", f"INV{n}", f"theft {n}", *(more[n] if more else ())]
            for n, at in enumerate(times)]  # fmt: skip
    _, case = add(tmp_path / "case", write(tmp_path / name, csv_text([*above, header, *rows])))
    with case:
        return case.read("records").column("searched_at").to_pylist(), case.read("problems").to_pylist()


def said(problems: Sequence[dict[str, Any]], code: str) -> list[str]:
    return [str(problem["message"]) for problem in problems if problem["code"] == code]


def test_dates_that_nothing_tells_are_read_as_usual_and_said_once(tmp_path: Path) -> None:
    """A log of a few days at the start of months: 04/05 is the fifth of April or the fourth of May."""
    header = [*HEADER, "Start Date"]
    times = ["04/05/2026 08:00", "07/02/2026 08:00", "03/09/2026 08:00", "05/05/2026 08:00"]
    moments, problems = read(tmp_path, times, header=header, more=[["01/02/2026"]] * 4)
    assert moments == [datetime(2026, m, d, 8, tzinfo=UTC) for m, d in ((4, 5), (7, 2), (3, 9), (5, 5))]
    (message,) = said(problems, "ambiguous-date")
    assert message.startswith("No date of searched_at, window_start has a day over 12")
    assert "4 rows were read month first (2026-03-09 to 2026-07-02)" in message
    assert "Read day first, 3 of them would have another date (2026-02-07 to 2026-09-03)" in message


@pytest.mark.parametrize("reverse", [False, True])
def test_the_order_of_the_rows_tells(tmp_path: Path, reverse: bool) -> None:
    days = sorted([(3, d) for d in range(6, 10)] + [(4, d) for d in (2, 3, 7, 11)], reverse=reverse)
    moments, problems = read(tmp_path, [f"{d:02d}/{m:02d}/2026 08:00" for m, d in days])
    assert [moment and (moment.month, moment.day) for moment in moments] == days
    assert said(problems, "ambiguous-date") == []
    assert said(problems, "note") == [
        "The dates of searched_at fit two orders; read day first, as the order of its rows shows."
    ]


def test_a_few_days_of_one_month_are_no_twelve_months(tmp_path: Path) -> None:
    """In order under both readings: the first twelve days of March, or the third of every month."""
    moments, problems = read(tmp_path, [f"{d:02d}/03/2026 {h:02d}:00" for d in range(1, 13) for h in (8, 15)])
    assert {moment.month for moment in moments if moment} == {3}
    assert said(problems, "ambiguous-date") == []


def test_month_first_is_kept_where_the_rows_show_it(tmp_path: Path) -> None:
    days = [(3, d) for d in range(6, 10)] + [(4, d) for d in (2, 3, 7, 11)]
    moments, problems = read(tmp_path, [f"{m:02d}/{d:02d}/2026 08:00" for m, d in days])
    assert [moment and (moment.month, moment.day) for moment in moments] == days
    assert said(problems, "ambiguous-date") == []


@pytest.mark.parametrize(
    ("name", "above"),
    [
        ("Anytown-PD-log-March-2026.csv", []),
        ("2026-03-01_to_2026-03-12_log.csv", []),
        ("log.csv", [["Period: 13/02/2026 - 12/03/2026"]]),
        ("log.csv", [["Searches of March 1, 2026 to March 12, 2026"]]),
    ],
)
def test_the_period_of_the_title_or_name_tells(tmp_path: Path, name: str, above: list[list[str]]) -> None:
    times = ["09/03/2026 08:00", "04/03/2026 08:00", "11/03/2026 08:00"]
    moments, problems = read(tmp_path, times, name=name, above=above)
    assert [moment and (moment.month, moment.day) for moment in moments] == [(3, 9), (3, 4), (3, 11)]
    assert said(problems, "ambiguous-date") == []
    assert any("the period shows" in text for text in said(problems, "note"))


def test_weekdays_tell(tmp_path: Path) -> None:
    # 9, 4 and 12 March 2026 are a Monday, a Wednesday and a Thursday.
    times = ["09/03/2026 08:00", "04/03/2026 08:00", "12/03/2026 08:00"]
    days = [["Monday"], ["Wednesday"], ["Thursday"]]
    moments, problems = read(tmp_path, times, header=[*HEADER, "Day of Week"], more=days)
    assert [moment and (moment.month, moment.day) for moment in moments] == [(3, 9), (3, 4), (3, 12)]
    assert any("the weekdays show" in text for text in said(problems, "note"))


def test_weekdays_in_the_cells_tell(tmp_path: Path) -> None:
    moments, _ = read(tmp_path, ["Mon 09/03/2026 08:00", "Wed 04/03/2026 08:00", "Thu 12/03/2026 08:00"])
    assert [moment and (moment.month, moment.day) for moment in moments] == [(3, 9), (3, 4), (3, 12)]


def test_dates_of_another_style_tell(tmp_path: Path) -> None:
    """The end of the period that was asked for lies near the search, and is written year first."""
    times = [f"{d:02d}/{m:02d}/2026 08:00" for d, m in ((9, 3), (4, 1), (11, 2), (5, 6))]
    ends = [["2026-03-09"], ["2026-01-04"], ["2026-02-11"], ["2026-06-05"]]
    moments, problems = read(tmp_path, times, header=[*HEADER, "End Date"], more=ends)
    assert [moment and (moment.month, moment.day) for moment in moments] == [(3, 9), (1, 4), (2, 11), (6, 5)]
    assert any("the dates of other columns show" in text for text in said(problems, "note"))


def test_an_export_that_declares_its_format_is_taken_at_its_word(tmp_path: Path) -> None:
    _, case = add(tmp_path / "case", write(tmp_path / "log.csv", log_text(5)))
    with case:
        codes = case.read("problems").column("code").to_pylist()
    assert "ambiguous-date" not in codes


@pytest.mark.parametrize(("sign", "order"), [("/", DayOrder.YEAR), ("-", DayOrder.YEAR)])
def test_years_of_two_digits_before_the_month(tmp_path: Path, sign: str, order: DayOrder) -> None:
    """26/03/01 was read as the 26th of March 2001."""
    moments, _ = read(tmp_path, [f"26{sign}03{sign}{d:02d} 08:00" for d in range(1, 29)])
    assert [moment and moment.date() for moment in moments] == [date(2026, 3, d) for d in range(1, 29)]
    assert order_of(reordered("%m/%d/%y", order)) is order


def test_days_before_months_with_years_of_two_digits_stay(tmp_path: Path) -> None:
    moments, _ = read(tmp_path, [f"{d:02d}/03/26 08:00" for d in range(13, 29)])
    assert [moment and moment.date() for moment in moments] == [date(2026, 3, d) for d in range(13, 29)]


def test_dots_may_stand_month_first_too(tmp_path: Path) -> None:
    moments, _ = read(tmp_path, ["03.13.2026 08:00", "03.02.2026 08:00"])
    assert [moment and moment.date() for moment in moments] == [date(2026, 3, 13), date(2026, 3, 2)]


def test_edges_say_it_too(tmp_path: Path) -> None:
    rows = [["Source Agency", "Receiving Agency", "As Of"], ["Anytown OH PD", "Sampleton OH PD", "03/04/2026"]]
    _, case = add(tmp_path / "case", write(tmp_path / "edges.csv", csv_text(rows)))
    with case:
        assert "ambiguous-date" in case.read("problems").column("code").to_pylist()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("3/13/26 2:05p", (14, 5)), ("3/13/26 11:15 a", (11, 15)), ("3/13/2026 2:05p.m.", (14, 5)),
        ("03/13/2026 1405", (14, 5)), ("03/13/2026 0005", (0, 5)), ("03/13/26 14:05 hrs", (14, 5)),
        ("13-Mar-26 14:05", (14, 5)), ("13MAR2026 1405", (14, 5)), ("20260313 14:05:00", (14, 5)),
        ("20260313140500", (14, 5)), ("Fri 03/13/2026 14:05", (14, 5)),
    ],
)  # fmt: skip
def test_other_ways_to_write_a_time(tmp_path: Path, text: str, moment: tuple[int, int]) -> None:
    """Clocks of dispatch centres (1405), of spreadsheets (2:05p), of report programs (13MAR2026)."""
    moments, problems = read(tmp_path, [text] * 3)
    assert moments == [datetime(2026, 3, 13, *moment, tzinfo=UTC)] * 3
    assert said(problems, "bad-time") == []


def test_tidying_is_done_once() -> None:
    for text in ("9/9/99 9:99p", "9/9/99 9:99 p.m.", "9/9/99 9:99 PM", "Sep 9, 9999 9:99 a.m. EST"):
        assert tidy_shape(tidy_shape(text)) == tidy_shape(text)
        assert tell_format(tidy_shape(text)) is not None


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("Period: 13/02/2026 - 12/03/2026", (date(2026, 2, 13), date(2026, 3, 12))),
        ("Period: 03/01/2026 - 12/03/2026", None),
        ("log March 2026", (date(2026, 3, 1), date(2026, 3, 31))),
        ("log 2026-03-01", None),
        ("log", None),
    ],
)
def test_periods_are_taken_from_titles_that_can_be_read_in_one_way(text: str, period: tuple[date, date] | None) -> None:
    assert stated_period(text) == period
