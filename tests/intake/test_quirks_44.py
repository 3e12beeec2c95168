"""Times (QUIRKS 4.4): one test a quirk, by the instants that a reader of the case relies on."""

from __future__ import annotations

import datetime as dt
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from tests.intake.builders import HEADER, csv_text
from tests.intake.pdf_drawing import draw
from tests.intake.quirks import (
    END,
    LABELS,
    ORGS,
    START,
    is_in_place,
    log,
    read,
    search,
    search_id,
    searched_at,
    without,
)
from tests.intake.test_pdf_tables import PORTAL, PORTAL_HEADER, portal_rows

EVENT = ["Timestamp", "User", "Event Type", "Entity Type", "Entity Details"]
AT = datetime(2025, 1, 3, 15, 4, 5, tzinfo=UTC)


def windows(tmp_path: Path, *frames: str, producer: str | None = None) -> list[tuple[datetime, datetime]]:
    """Read logs with these time frames; nothing may be called unreadable."""
    found = read(tmp_path, log(search(n, time_frame=frame) for n, frame in enumerate(frames, 1)), producer=producer)
    assert not {"bad-time", "column-shift"} & set(found.codes)
    assert not any(found.column("layout_corrected"))
    return list(zip(found.column("window_start"), found.column("window_end"), strict=True))


def test_quirk_066_comma_and_zone(tmp_path: Path) -> None:
    found = read(tmp_path, log([search(1), search(2, searched_at="12/31/2025, 12:00:00 AM UTC")]))
    assert found.column("searched_at") == [searched_at(1), datetime(2025, 12, 31, tzinfo=UTC)]
    assert found.codes == []


@pytest.mark.parametrize(
    ("clock", "assumed"),
    [("1/3/2025, 3:04:05 PM UTC", 0), ("1/3/2025, 3:04:05 PM", 1), ("01/03/2025, 03:04:05 PM", 1),
     ("1/3/2025 15:04:05", 1)],
)  # fmt: skip
def test_quirk_067_no_padding_no_zone(tmp_path: Path, clock: str, assumed: int) -> None:
    later = "12/31" + clock[clock.index("/2025") :]
    found = read(tmp_path, log([search(1, searched_at=clock), search(2, searched_at=later)]))
    assert found.column("searched_at") == [AT, AT.replace(month=12, day=31)]
    assert found.codes == ["zone-assumed"] * assumed


def test_quirk_068_time_frame_in_two_lines_or_one(tmp_path: Path) -> None:
    start, end = "01/02/2025, 03:04:05 PM UTC", "01/03/2025, 03:04:05 PM UTC"
    frames = [f"{start}\n{end}", f"{start}\r\n{end}", f"{start} to {end}", f"{start}\n\n{end}", f"{start} - {end}"]
    assert windows(tmp_path, *frames) == [(START, END)] * len(frames)


def test_quirk_068_time_frame_that_is_words(tmp_path: Path) -> None:
    found = read(tmp_path, log([search(1), search(2, time_frame="last 30 days"), search(3, time_frame="***")]))
    assert found.column("window_start") == [START, None, None]
    assert found.message("bad-time") == "1 time frames could not be read; those rows have no period."


def test_quirk_069_date_and_time_in_two_columns(tmp_path: Path) -> None:
    header = ["ID", "Org Name", "Total Networks Searched", "Search Date", "Search Time", "Reason"]
    rows = [[search_id(n), ORGS[n % 3], "12", "2025-01-03", f"0{n}:59:59", "theft"] for n in (1, 2)]
    found = read(tmp_path, csv_text([header, *rows]))
    assert found.column("searched_at") == [datetime(2025, 1, 3, n, 59, 59, tzinfo=UTC) for n in (1, 2)]
    assert found.codes == ["zone-assumed"]


def test_quirk_070_count_and_time_on_one_line_of_a_print(tmp_path: Path) -> None:
    rows = portal_rows(40)
    found = read(tmp_path, lambda path: draw(path, [(PORTAL_HEADER, rows)], PORTAL), "log.pdf")
    assert found.disclosure["n_records"] == 40
    place = {label: PORTAL_HEADER.index(label) for label in PORTAL_HEADER}
    counts = [int(row[place[next(label for label in place if "etwork" in label)]]) for row in rows]
    assert found.column("networks") == counts
    assert None not in found.column("searched_at")
    assert {record["source_page"] for record in found.records} == set(range(1, max(found.column("source_page")) + 1))


def test_quirk_071_event_log_with_two_spellings_of_utc(tmp_path: Path) -> None:
    times = ["2025-01-03T15:04:05.678Z", "2025-01-03T15:04:05+00:00", "2025-01-03T15:04:05.000Z"]
    rows = [[text, " jdoe ", "updated", "Hot List", "Name: x\nNote: y"] for text in times]
    found = read(tmp_path, csv_text([EVENT, *rows]))
    moments = [row["event_at"] for row in found.events]
    assert moments == [AT.replace(microsecond=678000), AT, AT]
    assert (found.codes, found.disclosure["n_events"]) == ([], 3)


def test_quirk_071_event_log_of_date_cells_without_a_zone(tmp_path: Path) -> None:
    def save(path: Path) -> None:
        book = openpyxl.Workbook()
        book.active.append(EVENT)
        book.active.append([dt.datetime(2025, 1, 3, 15, 4, 5), "jdoe", "updated", "Hot List", "x"])
        book.active.append(["soon", "jdoe", "updated", "Hot List", "x"])
        book.save(path)

    found = read(tmp_path, save, "events.xlsx")
    assert [row["event_at"] for row in found.events] == [AT, None]
    assert found.codes == ["bad-time", "serial-date", "zone-assumed"]


def test_quirk_072_two_kinds_of_times_in_one_archive(tmp_path: Path) -> None:
    texts = ["2025-01-03T15:04:05.123Z", "2025-01-03 15:04:05"] * 30
    rows = [[search_id(n), "***", text, "12"] for n, text in enumerate(texts, 1)]
    found = read(tmp_path, csv_text([["id", "userId", "searchDate", "networkCount"], *rows]))
    assert found.column("searched_at") == [AT.replace(microsecond=123000), AT] * 30
    assert found.codes == ["zone-assumed"]


def test_quirk_073_camera_views_without_seconds(tmp_path: Path) -> None:
    labels = ["user", "user_organization", "object_type", "operation", "client", "object_name", "object_organization",
              "location_name", "timestamp", "updated_timestamp", "duration", "incident_id", "notes", "Latitude",
              "Longitude", "Unnamed: 15"]  # fmt: skip
    row = ["jdoe", ORGS[0], "camera", "view", "web", "Cam 1", ORGS[1], "Main St", "1/3/2025 9:04:00",
           "1/3/2025 9:05:00", "0:00:24", "", "", "1.0", "2.0", ""]  # fmt: skip
    found = read(tmp_path, csv_text([labels, row]))
    (event,) = found.events
    assert (event["event_at"], event["actor"]) == (datetime(2025, 1, 3, 9, 4, tzinfo=UTC), "jdoe")
    assert (event["event_type"], event["entity_type"]) == ("view", "camera")
    assert event["entity"].splitlines()[0] == "Cam 1"
    assert (found.disclosure["format_id"], set(found.codes)) == ("fusus-camera-views", {"note", "zone-assumed"})


def test_quirk_074_windows_that_end_after_the_search(tmp_path: Path) -> None:
    later = "01/02/2025, 03:04:05 PM UTC\n01/09/2025, 03:04:05 PM UTC"
    assert windows(tmp_path, later, later) == [(START, END.replace(day=9))] * 2


def test_quirk_075_windows_that_start_after_the_search_or_run_backwards(tmp_path: Path) -> None:
    after = "02/02/2025, 03:04:05 PM UTC\n02/03/2025, 03:04:05 PM UTC"
    backwards = "01/03/2025, 03:04:05 PM UTC\n01/02/2025, 03:04:05 PM UTC"
    assert windows(tmp_path, after, backwards) == [(START.replace(month=2), END.replace(month=2)), (END, START)]


def test_quirk_076_thirty_days_across_the_autumn_change(tmp_path: Path) -> None:
    """From midnight to midnight of the eastern wall clock: 721 elapsed hours, thirty days."""
    frame = "10/05/2024, 04:00:00 AM UTC\n11/04/2024, 05:00:00 AM UTC"
    found = read(tmp_path, log([search(1, time_frame=frame), search(2, time_frame=frame)]), producer="Anytown OH PD")
    first = found.records[0]
    assert (first["window_end"] - first["window_start"]).total_seconds() == 721 * 3600
    local = first["window_end_local"] - first["window_start_local"]
    assert (local, first["window_start_local"]) == (dt.timedelta(days=30), datetime(2024, 10, 5))


def test_quirk_077_thirty_local_days_are_up_to_an_hour_more(tmp_path: Path) -> None:
    frame = "10/05/2024, 04:00:00 AM UTC\n11/04/2024, 04:59:59 AM UTC"
    found = read(tmp_path, log([search(1, time_frame=frame), search(2, time_frame=frame)]), producer="Anytown FL PD")
    first = found.records[0]
    over = first["window_end"] - first["window_start"] - dt.timedelta(days=30)
    assert dt.timedelta(0) < over <= dt.timedelta(hours=1)
    assert first["window_end_local"] - first["window_start_local"] < dt.timedelta(days=30)


@pytest.mark.parametrize("gone", [["Time Frame"], ["Time Frame", "Org Name"], ["Time Frame", "Total Devices Searched"]])
def test_quirk_078_no_time_frame(tmp_path: Path, gone: list[str]) -> None:
    found = read(tmp_path, csv_text(without([HEADER, search(1), search(2)], *gone)), producer="Anytown OH PD")
    nothing = ("window_start", "window_end", "window_start_local", "window_end_local")
    assert {record[name] for record in found.records for name in nothing} == {None}
    assert found.column("searched_at") == [searched_at(1), searched_at(2)]


@pytest.mark.parametrize("mask", ["***", "REDACTED", "[REDACTED]", "██", "* * *", "\u2014\u2014", "7923.600 GC"])
def test_quirk_079_times_of_rows_that_are_masked_whole(tmp_path: Path, mask: str) -> None:
    rows = [search(n) for n in range(1, 41)]
    rows[7:10] = [[mask] * 14 for _ in range(3)]
    found = read(tmp_path, log(rows))
    masked = found.records[7:10]
    assert {record["searched_at"] for record in masked} == {record["window_start"] for record in masked} == {None}
    state = "withheld" if "GC" in mask else "masked"
    assert {record[f"{name}_state"] for record in masked for name in ("reason", "user", "plate")} == {state}
    assert not {"bad-time", "column-shift"} & set(found.codes)
    assert "3 search times are masked; those rows have no time." in [row["message"] for row in found.problems]
    is_in_place(found.records[10], 11)


def test_quirk_080_local_midnight_is_not_that_of_utc(tmp_path: Path) -> None:
    rows = [search(1, searched_at="12/09/2025, 05:48:49 AM UTC"), search(2, searched_at="12/01/2025, 06:00:00 AM UTC")]
    found = read(tmp_path, log(rows), "1_12_8_2025.csv", producer="Anytown AL PD")
    assert found.column("searched_local") == [datetime(2025, 12, 8, 23, 48, 49), datetime(2025, 12, 1)]
    assert found.disclosure["last_searched_at"] == datetime(2025, 12, 9, 5, 48, 49, tzinfo=UTC)


def test_days_first_in_one_column_hold_for_the_others(tmp_path: Path) -> None:
    """A frame within the first twelve days tells nothing by itself; the times of the searches do."""
    frame = "03/01/2025 10:00:00\n04/01/2025 10:00:00"
    rows = [search(n, searched_at=f"{day}/01/2025 10:00:00", time_frame=frame) for n, day in ((1, "25"), (2, "05"))]
    found = read(tmp_path, log(rows))
    assert found.column("searched_at") == [datetime(2025, 1, day, 10, tzinfo=UTC) for day in (25, 5)]
    assert set(found.column("window_start")) == {datetime(2025, 1, 3, 10, tzinfo=UTC)}
    assert set(found.column("window_end")) == {datetime(2025, 1, 4, 10, tzinfo=UTC)}


def test_columns_that_contradict_each_other_are_read_each_for_itself(tmp_path: Path) -> None:
    frame = "01/13/2025 10:00:00\n01/14/2025 10:00:00"
    found = read(tmp_path, log(search(n, searched_at="25/01/2025 10:00:00", time_frame=frame) for n in (1, 2)))
    assert set(found.column("searched_at")) == {datetime(2025, 1, 25, 10, tzinfo=UTC)}
    assert set(found.column("window_end")) == {datetime(2025, 1, 14, 10, tzinfo=UTC)}
    assert LABELS[10] == "Search Time"
