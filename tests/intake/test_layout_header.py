"""Header finding: titles, blank rows, stacked and missing headers, columns without a label."""

from __future__ import annotations

import pytest

from custodiet.intake.layout import (
    find_header,
    is_error_line,
    is_repeated_header,
    is_total,
    looks_like_summary,
    shape_problems,
)

ID = "0f0e0d0c-0b0a-4908-8706-0504030201{:02d}"
MODERN = (
    "ID",
    " Name",
    " Org Name",
    " Total Networks Searched",
    " Total Devices Searched",
    " Time Frame",
    " License Plate",
    " Reason",
    " Case #",
    " Filters",
    " Search Time",
    " Search Type",
    " Text Prompt",
    " Moderation",
)
NAMES = (
    "search_id",
    "user",
    "org",
    "networks",
    "devices",
    "time_frame",
    "plate",
    "reason",
    "case_number",
    "filters",
    "searched_at",
    "search_type",
    "text_prompt",
    "moderation",
)


def record(number: int = 1, **changes: str | None) -> tuple[str | None, ...]:
    cells: dict[str, str | None] = {
        "search_id": ID.format(number),
        "user": "***",
        "org": "Exampleville XX PD",
        "networks": "5109",
        "devices": "71,204",
        "time_frame": "12/01/2025, 03:04:05 PM UTC\n12/31/2025, 03:04:05 PM UTC",
        "plate": "***",
        "reason": "stolen vehicle",
        "case_number": "25-000123",
        "filters": "",
        "searched_at": "12/31/2025, 03:04:05 PM UTC",
        "search_type": "search",
        "text_prompt": "",
        "moderation": "",
    }
    return tuple((cells | changes).values())


def test_plain_header():
    header = find_header([MODERN, record()])
    assert (header.header_rows, header.first_data, header.titles) == ((0,), 1, ())
    assert header.match.columns == NAMES
    assert header.labels[:2] == ("ID", "Name")
    assert header.raw[1] == " Name"
    assert header.problems == ()


def test_byte_order_mark():  # quirk 35
    header = find_header([("\ufeffID", *MODERN[1:]), record()])
    assert header.match.columns[0] == "search_id"
    assert header.labels[0] == "ID"


def test_title_and_blank_line_before_the_header():  # quirk 26
    rows = [("Audit of the Exampleville Police Department", "", ""), ("", "", ""), MODERN, record()]
    header = find_header(rows)
    assert (header.header_rows, header.first_data, header.titles) == ((2,), 3, (0,))


def test_header_of_an_unknown_table_is_the_first_row_with_three_labels():  # quirk 26
    header = find_header([("Fleet list",), (None,), ("Vehicle", "Colour", "Wheels"), ("a", "red", "4")])
    assert (header.header_rows, header.first_data, header.titles, header.match) == ((2,), 3, (0,), None)
    assert header.labels == ("Vehicle", "Colour", "Wheels")


def test_header_over_two_rows():
    upper = ("Org", "Total Networks", "Search", "", "Case")
    lower = ("Name", "Searched", "Time", "Reason", "#")
    header = find_header([upper, lower, ("Exampleville PD", "4", "1/2/2025, 3:04:05 PM", "theft", "1")])
    assert (header.header_rows, header.first_data) == ((0, 1), 2)
    assert header.match.columns == ("org", "networks", "searched_at", "reason", "case_number")
    assert [problem.code for problem in header.problems] == ["note"]


def test_banner_above_a_full_header_is_a_title():
    banner = ("Search details", *[""] * 13)
    header = find_header([banner, MODERN, record()])
    assert (header.header_rows, header.titles) == ((1,), (0,))
    assert header.match.columns == NAMES


def test_blank_labels_are_named_by_a_known_order():  # quirk 15
    labels = tuple("" if place in (6, 8, 9, 12, 13) else label for place, label in enumerate(MODERN))
    header = find_header([labels, record()])
    assert header.match.columns == NAMES
    assert header.labels[6] == "column 7"
    assert "columns 7, 9, 10, 13, 14 were named" in header.problems[0].message


def test_blank_label_over_masks_only():  # quirk 16
    labels = (MODERN[0], "", *MODERN[2:])
    header = find_header([labels, record(user="REDACTED"), record(2, user="REDACTED")])
    assert header.match.columns[1] == "user"


def test_blank_label_stays_unnamed_where_cells_contradict():
    labels = tuple("" if place == 8 else label for place, label in enumerate(MODERN))
    header = find_header([labels, record(case_number="allow")])
    assert header.match.columns[8] is None
    assert "columns 9 are kept unnamed" in header.problems[0].message


def test_blank_label_in_no_known_order_stays_unnamed():
    header = find_header([("Search Time", "", "Reason", "ID"), ("1/2/2025, 3:04:05 PM", "x", "y", "")])
    assert header.match.columns == ("searched_at", None, "reason", "search_id")


def test_no_header_at_all():  # quirk 18
    header = find_header([record(n) for n in range(20)])
    assert (header.header_rows, header.first_data) == ((), 0)
    assert [problem.code for problem in header.problems] == ["no-header"]
    assert header.match.columns == NAMES
    assert header.labels[0] == "column 1"
    padded = find_header([(*record(n, moderation="allow"), "", "") for n in range(20)])
    assert padded.match.columns == (*NAMES, None, None)
    old = find_header([record(n)[1:12] for n in range(20)])
    assert old.match.columns == NAMES[1:12]


def test_no_header_and_unknown_columns():
    rows = [("1/2/2025, 3:04:05 PM", "4", "a", "b")] * 3
    header = find_header(rows)
    assert (header.match, [problem.code for problem in header.problems]) == (None, ["no-header"])


def test_header_row_below_the_first_data_rows():  # quirks 18 and 19
    header = find_header([record(1), record(2), MODERN, record(3)])
    assert (header.header_rows, header.first_data) == ((2,), 0)
    assert header.match.columns == NAMES
    assert [problem.code for problem in header.problems] == ["no-header"]


def test_date_and_time_columns():  # quirk 69
    header = find_header([("Org Name", "Reason", "Date", "Time"), ("A PD", "x", "2025-01-02", "03:04:05")])
    assert header.match.columns == ("org", "reason", "search_date", "search_clock")


def test_time_column_with_whole_instants_beside_a_date_column():
    rows = [
        ("Org Name", "Reason", "Search Date", "Search Time"),
        ("A PD", "x", "1/2/2025", "1/2/2025, 3:04:05 PM"),
    ]
    assert find_header(rows).match.columns == ("org", "reason", None, "searched_at")


@pytest.mark.parametrize("rows", [[], [()], [("",)], [(None, None)], [("only a title",)]])
def test_nothing_to_find(rows):
    header = find_header(rows)
    assert (header.header_rows, header.match) == ((), None)


def test_ten_thousand_columns():
    header = find_header([tuple(f"c{n}" for n in range(10_000)), ("1",) * 10_000])
    assert header.match is None
    assert len(header.labels) == 10_000


def test_repeated_header():  # quirk 19
    assert is_repeated_header(MODERN, MODERN)
    assert is_repeated_header([label.upper() for label in MODERN], MODERN)
    assert is_repeated_header(MODERN[:12], MODERN)
    assert is_repeated_header(("Agency Name", "Transparency URL"), ("Agency Name", "Transparency URL"))  # quirk 100
    assert is_repeated_header(MODERN[1:12], ("column 1",) * 14)
    assert not is_repeated_header(record(), MODERN)
    assert not is_repeated_header(("", "", "", "", "", "", "", "Reason"), MODERN)
    assert not is_repeated_header([None] * 14, MODERN)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("Total", "", "7,273", ""), True),  # quirk 30
        (("Grand Total", "12"), True),
        (("", "Total searches: 12", "", ""), True),
        (("Total Wine theft", "4", "", ""), False),
        (("Total", "stolen car", "", ""), False),
        (("", "", ""), False),
        ((*record()[:7], "total", *record()[8:]), False),
    ],
)
def test_totals(cells, expected):
    assert is_total(cells) is expected


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("# ERROR: download incomplete",), True),  # quirk 50
        (("# ERROR: download incomplete", None, ""), True),
        (("#error - connection reset",), True),
        (("ERROR: download incomplete",), True),
        (("error in plate entry",), False),
        (("# ERROR: download incomplete", "x"), False),
        ((), False),
    ],
)
def test_error_line(cells, expected):
    assert is_error_line(cells) is expected


def test_pivot_and_summary_sheets():  # quirk 30
    assert looks_like_summary([("Row Labels", "Count of ID"), ("lookup", "4"), ("Grand Total", "4")])
    assert looks_like_summary([("Agency", "Searches"), ("A PD", "4"), ("B PD", "5"), ("Total", "9")])
    assert not looks_like_summary([MODERN, record(), ("Total", "1")])
    assert not looks_like_summary([("Agency", "URL"), ("A PD", "x"), ("B PD", "y")])
    assert not looks_like_summary([])


@pytest.mark.parametrize(
    ("n_rows", "codes"),
    [
        (1_048_575, ["truncated"]),  # quirk 46
        (20_000, ["truncated"]),  # quirk 47
        (55_000, ["truncated"]),
        (1_000_000, ["truncated"]),
        (0, []),
        (20_001, []),
        (1_048_574, []),
    ],
)
def test_shape(n_rows, codes):
    assert [problem.code for problem in shape_problems(n_rows)] == codes
