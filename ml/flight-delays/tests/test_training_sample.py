import csv
import json
from pathlib import Path

import pytest

import postprocessing
from dataset import read_dataset
from features import FEATURES
from model_archive import ServedModel


@pytest.fixture(scope="module")
def sample(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the postprocessing step leaves."""
    folder = tmp_path_factory.mktemp("postprocess")
    postprocessing.main(
        [
            f"--model-dir={run / 'archive'}",
            f"--train-dir={run / 'train'}",
            f"--holdout-dir={run / 'holdout'}",
            f"--output-dir={folder}",
        ]
    )
    return folder


def rows_of(sample: Path) -> list[dict[str, str]]:
    with (sample / "training-sample.csv").open(newline="") as text:
        return list(csv.DictReader(text))


def test_the_sample_has_the_columns_of_a_request_and_the_models_own_answer(sample: Path, run: Path) -> None:
    rows = rows_of(sample)
    assert list(rows[0]) == [*FEATURES, "score"]
    trained, held_out = (read_dataset(run / name / f"{name}.csv") for name in ("train", "holdout"))
    assert len(rows) == len(trained.labels) + len(held_out.labels)
    assert "late" not in rows[0]


def test_an_unknown_value_is_empty_as_in_a_request(sample: Path) -> None:
    values = {value for row in rows_of(sample) for value in row.values()}
    assert "" in values
    assert "nan" not in values


def test_the_answer_is_what_the_endpoint_would_give(sample: Path, run: Path, tmp_path: Path) -> None:
    model = ServedModel(run / "archive" / "model.tar.gz", tmp_path / "candidate")
    for row in rows_of(sample)[::97]:
        body = ",".join(row[name] for name in FEATURES)
        assert float(row["score"]) == model.answer(body, "text/csv")["predictions"][0]["score"]


def test_the_description_says_which_column_is_the_answer_and_which_are_categories(sample: Path) -> None:
    description = json.loads((sample / "training-sample.json").read_text())
    assert description["prediction"] == "score"
    assert description["types"] == {"carrier": "categorical", "origin": "categorical", "dow": "categorical"}


def test_a_large_sample_is_thinned_evenly(run: Path) -> None:
    files = [run / "train" / "train.csv", run / "holdout" / "holdout.csv"]
    every = postprocessing.read_sample(files, 10_000)
    assert postprocessing.read_sample(files, 100) == every[:: -(-len(every) // 100)]
