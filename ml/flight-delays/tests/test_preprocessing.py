from pathlib import Path

import numpy as np
import pytest
from conftest import write_flights

from dataset import read_dataset
from features import FEATURES, SOURCE_COLUMNS
from preprocessing import split


def run_split(folder: Path) -> tuple[int, int]:
    return split(folder, folder / "train", folder / "holdout")


def on_days(flight: dict[str, str], *days: int) -> list[dict[str, str]]:
    """The day also stands in `distance`, so that one sees where it went."""
    return [flight | {"day": str(day), "distance": str(day)} for day in days]


def test_whole_days_are_held_out(tmp_path: Path, flight: dict[str, str]) -> None:
    write_flights(tmp_path / "a.csv.gz", on_days(flight, 1, 3, 4, 4, 5, 8, 31))
    assert run_split(tmp_path) == (4, 3)
    distance = FEATURES.index("distance")
    assert read_dataset(tmp_path / "train" / "train.csv").rows[:, distance].tolist() == [1, 3, 5, 31]
    assert read_dataset(tmp_path / "holdout" / "holdout.csv").rows[:, distance].tolist() == [4, 4, 8]


def test_every_file_of_the_folder_is_read_in_order_of_names(tmp_path: Path, flight: dict[str, str]) -> None:
    write_flights(tmp_path / "2013-q2.csv.gz", on_days(flight, 5, 8))
    write_flights(tmp_path / "2013-q1.csv.gz", on_days(flight, 1, 4))
    assert run_split(tmp_path) == (2, 2)
    assert read_dataset(tmp_path / "train" / "train.csv").rows[:, FEATURES.index("distance")].tolist() == [1, 5]


def test_the_label_comes_first_and_unknown_values_are_nan(tmp_path: Path, flight: dict[str, str]) -> None:
    write_flights(tmp_path / "a.csv.gz", on_days(flight | {"late": "1", "temp": ""}, 1, 4))
    run_split(tmp_path)
    train = read_dataset(tmp_path / "train" / "train.csv")
    assert train.labels.tolist() == [1]
    assert np.isnan(train.rows[0, FEATURES.index("temp")])


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [("day", "32", "line 2: day"), ("late", "yes", "line 2: late"), ("origin", "", "line 2: origin")],
)
def test_a_bad_line_is_named(tmp_path: Path, flight: dict[str, str], column: str, value: str, says: str) -> None:
    write_flights(tmp_path / "a.csv.gz", [flight | {column: value}])
    with pytest.raises(ValueError, match=f"a.csv.gz, {says}"):
        run_split(tmp_path)


def test_a_file_without_a_column_is_refused(tmp_path: Path, flight: dict[str, str]) -> None:
    write_flights(tmp_path / "a.csv.gz", [flight], [name for name in SOURCE_COLUMNS if name != "carrier"])
    with pytest.raises(ValueError, match="lacks the columns carrier"):
        run_split(tmp_path)


def test_a_folder_without_data_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no \*\.csv\.gz file"):
        run_split(tmp_path)


def test_data_without_a_held_out_day_is_refused(tmp_path: Path, flight: dict[str, str]) -> None:
    write_flights(tmp_path / "a.csv.gz", on_days(flight, 1, 2))
    with pytest.raises(ValueError, match="2 training and 0 held-out rows"):
        run_split(tmp_path)
