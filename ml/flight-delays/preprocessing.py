"""Step 1 of the pipeline: split the flights by day and write them as numbers.

Reads every `*.csv.gz` of the data folder, so newer months can be put beside the first file.
Writes `train.csv` and `holdout.csv` (format: dataset.py).
"""

import argparse
import csv
import gzip
from collections.abc import Iterator, Sequence
from pathlib import Path

from features import LABEL, SOURCE_COLUMNS, encode_flight

HOLDOUT_EVERY = 4


def held_out(day_of_month: int) -> bool:
    """Whole days are held out: flights of one hour share their weather, and a random split would leak it."""
    return day_of_month % HOLDOUT_EVERY == 0


def read_flights(folder: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield (day of month, label and features as text) for each flight of the folder, files in order of their names."""
    files = sorted(folder.glob("*.csv.gz"))
    if not files:
        raise FileNotFoundError(f"{folder} has no *.csv.gz file: check the data location in mlops.yaml.")
    for file in files:
        yield from _read_file(file)


def split(folder: Path, train_dir: Path, holdout_dir: Path) -> tuple[int, int]:
    """Write both files and return how many rows each has. Raises ValueError if one of them would be empty."""
    train_dir.mkdir(parents=True, exist_ok=True)
    holdout_dir.mkdir(parents=True, exist_ok=True)
    rows = {False: 0, True: 0}
    with (
        (train_dir / "train.csv").open("w", newline="") as train,
        (holdout_dir / "holdout.csv").open("w", newline="") as holdout,
    ):
        writers = {
            False: csv.writer(train, lineterminator="\n"),
            True: csv.writer(holdout, lineterminator="\n"),
        }
        for day, row in read_flights(folder):
            writers[held_out(day)].writerow(row)
            rows[held_out(day)] += 1
    if not rows[False] or not rows[True]:
        raise ValueError(f"{folder} gives {rows[False]} training and {rows[True]} held-out rows: both need some.")
    return rows[False], rows[True]


def _read_file(file: Path) -> Iterator[tuple[int, list[str]]]:
    with gzip.open(file, "rt", encoding="utf-8", newline="") as text:
        reader = csv.DictReader(text)
        missing = [name for name in SOURCE_COLUMNS if name not in (reader.fieldnames or [])]
        if missing:
            raise ValueError(f"{file.name} lacks the columns {', '.join(missing)}: its first line must name them.")
        for flight in reader:
            try:
                yield _day(flight["day"]), [_label(flight[LABEL]), *encode_flight(flight)]
            except (TypeError, ValueError) as error:
                raise ValueError(f"{file.name}, line {reader.line_num}: {error}") from error


def _day(value: str) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= 31:
        raise ValueError(f"day is {value!r}: it must be a day of the month, 1 to 31.")
    return int(value)


def _label(value: str) -> str:
    if value not in ("0", "1"):
        raise ValueError(f"{LABEL} is {value!r}: it must be 1 (arrived more than 15 minutes late) or 0.")
    return value


def main(argv: Sequence[str] | None = None) -> None:
    """Run the step; the defaults are the paths of a SageMaker processing job."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, default=Path("/opt/ml/processing/input/data"))
    parser.add_argument("--train-dir", type=Path, default=Path("/opt/ml/processing/output/train"))
    parser.add_argument("--holdout-dir", type=Path, default=Path("/opt/ml/processing/output/holdout"))
    args = parser.parse_args(argv)
    train_rows, holdout_rows = split(args.data_dir, args.train_dir, args.holdout_dir)
    print(f"{train_rows} rows to train on, {holdout_rows} rows held out")


if __name__ == "__main__":
    main()
