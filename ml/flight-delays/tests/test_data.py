import csv
import gzip
import hashlib
import io
from pathlib import Path

import pytest

from data import prepare_data
from data.draw_requests import draw_rows
from data.prepare_data import FIRST_QUARTER, JULY, RecentDelays, choose_evenly, clock_minutes, prepare_flight
from features import SOURCE_COLUMNS

# As `python -m data.prepare_data` prints them; data/PROVENANCE.md has them too.
DIGESTS = {
    FIRST_QUARTER: "672f774fe4f6285c2b12cae6b6a4132287d3b357e8fe9fc26688b3b39f2a5a5f",
    JULY: "5abf0a4df50e3a2ea96a4535f76073c7010fef85e9870103771262b85a92767c",
}
ROWS = {FIRST_QUARTER: 77_911, JULY: 8_000}

DEPARTURE = {"year": "2013", "month": "1", "day": "2", "origin": "JFK", "sched_dep_time": "1200"}


@pytest.mark.parametrize("path", [FIRST_QUARTER, JULY])
def test_the_committed_data_is_what_the_script_made(path: Path) -> None:
    content = gzip.decompress(path.read_bytes())
    assert hashlib.sha256(content).hexdigest() == DIGESTS[path]
    assert DIGESTS[path] in (prepare_data.HERE / "PROVENANCE.md").read_text()
    header, *rows = content.decode().splitlines()
    assert tuple(header.split(",")) == SOURCE_COLUMNS
    assert len(rows) == ROWS[path]


def flight_at(clock: str, delay: str, origin: str = "JFK") -> dict[str, str]:
    return DEPARTURE | {"sched_dep_time": clock, "dep_delay": delay, "origin": origin}


def test_recent_delay_is_the_mean_of_those_that_left_three_hours_to_one_hour_before() -> None:
    flights = [
        flight_at("0859", "1000"),  # left hours later
        flight_at("0900", "0"),  # exactly 180 minutes before
        flight_at("0930", "30"),
        flight_at("1030", "20"),  # left at 10:50
        flight_at("1030", "30"),  # left at 11:00, exactly 60 minutes before: not known yet
        flight_at("1000", "500", "LGA"),
        flight_at("1000", "NA"),
    ]
    noon = prepare_data.scheduled_minute(DEPARTURE)
    assert RecentDelays(flights).mean_before("JFK", noon) == "16.7"


def test_recent_delay_is_unknown_with_fewer_than_three_flights() -> None:
    noon = prepare_data.scheduled_minute(DEPARTURE)
    assert RecentDelays([flight_at("1000", "5"), flight_at("1001", "5")]).mean_before("JFK", noon) == ""


def test_a_flight_is_late_from_its_sixteenth_minute() -> None:
    flight = DEPARTURE | {"sched_arr_time": "130", "distance": "2475", "carrier": "B6"}
    recent = RecentDelays([])
    lines = [prepare_flight(flight | {"arr_delay": delay}, {"temp": "NA"}, recent) for delay in ("15", "16")]
    assert [line["late"] for line in lines] == ["0", "1"]
    assert lines[0]["block"] == str(13 * 60 + 30)
    assert lines[0]["temp"] == lines[0]["recent_delay"] == ""
    assert lines[0]["dow"] == "2"


def test_the_clock_is_read_in_minutes() -> None:
    assert [clock_minutes(clock) for clock in ("5", "517", "2359")] == [5, 317, 1439]


def test_a_sample_keeps_the_order_and_is_the_same_each_time() -> None:
    rows = [{"day": str(day)} for day in range(100)]
    chosen = choose_evenly(rows, 10)
    assert chosen == choose_evenly(rows, 10)
    assert chosen == [row for row in rows if row in chosen]
    assert len(chosen) == 10


def test_the_written_file_carries_no_time(tmp_path: Path, flight: dict[str, str]) -> None:
    prepare_data.write_rows(tmp_path / "a.csv.gz", [flight])
    packed = (tmp_path / "a.csv.gz").read_bytes()
    assert packed[4:8] == bytes(4)
    assert list(csv.DictReader(io.StringIO(gzip.decompress(packed).decode()))) == [flight]


def test_drawn_requests_are_rows_of_the_file_as_a_client_sends_them() -> None:
    rows = draw_rows(JULY, 50, seed=7)
    assert rows == draw_rows(JULY, 50, seed=7)
    assert rows != draw_rows(JULY, 50, seed=8)
    assert {len(row.split(",")) for row in rows} == {len(SOURCE_COLUMNS) - 3}
    assert not any("nan" in row for row in rows)


def test_more_requests_than_the_file_has_flights_are_refused() -> None:
    with pytest.raises(ValueError, match="ask for at most as many rows"):
        draw_rows(JULY, 8_001, seed=0)
