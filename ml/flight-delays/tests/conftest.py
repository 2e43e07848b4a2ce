"""A small made-up quarter: lateness follows the recent delays and the wind, so that a model has something to learn."""

import csv
import gzip
import random
import tarfile
from collections.abc import Iterable
from pathlib import Path

import pytest

import preprocessing
import train
from features import CARRIERS, ORIGINS, SOURCE_COLUMNS

FLIGHTS_A_DAY = 40


def made_up_flight(day: int, chance: random.Random) -> dict[str, str]:
    recent_delay, wind = chance.gauss(10, 15), chance.uniform(0, 30)
    late = recent_delay + wind + chance.gauss(0, 10) > 35
    return {
        "month": "1",
        "day": str(day),
        "dep_min": str(chance.randrange(300, 1439)),
        "distance": str(chance.randrange(100, 2600)),
        "block": str(chance.randrange(60, 400)),
        "temp": f"{chance.gauss(35, 8):.2f}",
        "dewp": f"{chance.gauss(20, 8):.2f}",
        "wind_speed": f"{wind:.2f}",
        "precip": "0",
        "visib": "10",
        "pressure": "" if chance.random() < 0.1 else f"{chance.gauss(1015, 5):.1f}",
        "recent_delay": "" if chance.random() < 0.1 else f"{recent_delay:.1f}",
        "carrier": chance.choice(CARRIERS),
        "origin": chance.choice(ORIGINS),
        "dow": str(day % 7),
        "late": str(int(late)),
    }


def write_flights(path: Path, flights: Iterable[dict[str, str]], columns: Iterable[str] = SOURCE_COLUMNS) -> None:
    with gzip.open(path, "wt", newline="") as text:
        writer = csv.DictWriter(text, list(columns), extrasaction="ignore")
        writer.writeheader()
        writer.writerows(flights)


def pack(model_dir: Path, archive: Path) -> None:
    """As SageMaker packs a model folder."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(model_dir, arcname=".")


@pytest.fixture
def flight() -> dict[str, str]:
    return made_up_flight(3, random.Random(1))


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which preprocessing and training have run: data, train, holdout, model, archive/model.tar.gz."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "data").mkdir()
    chance = random.Random(2013)
    flights = [made_up_flight(day, chance) for day in range(1, 29) for _ in range(FLIGHTS_A_DAY)]
    write_flights(folder / "data" / "flights.csv.gz", flights)
    preprocessing.main(
        [f"--data-dir={folder / 'data'}", f"--train-dir={folder / 'train'}", f"--holdout-dir={folder / 'holdout'}"]
    )
    train.main([f"--train={folder / 'train'}", f"--model_dir={folder / 'model'}", "--max_iter=20"])
    pack(folder / "model", folder / "archive" / "model.tar.gz")
    return folder
