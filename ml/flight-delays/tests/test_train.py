from pathlib import Path

import pytest

import train
from dataset import read_dataset


def test_the_same_data_gives_the_same_model_file(run: Path, tmp_path: Path) -> None:
    train.main([f"--train={run / 'train'}", f"--model_dir={tmp_path}", "--max_iter=20"])
    assert (tmp_path / "model.joblib").read_bytes() == (run / "model" / "model.joblib").read_bytes()


def test_the_serving_code_travels_with_the_model(run: Path) -> None:
    assert (run / "model" / "code" / "inference.py").read_bytes() == train.INFERENCE.read_bytes()
    assert sorted(path.name for path in (run / "model").rglob("*") if path.is_file()) == [
        "inference.py",
        "model.joblib",
    ]


def test_labels_of_one_kind_are_refused(tmp_path: Path, run: Path) -> None:
    punctual = [line for line in (run / "train" / "train.csv").read_text().splitlines() if line.startswith("0")]
    (tmp_path / "train.csv").write_text("\n".join(punctual))
    with pytest.raises(ValueError, match="same label"):
        train.main([f"--train={tmp_path}", f"--model_dir={tmp_path}"])


def test_a_file_with_other_columns_is_refused(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text("1,2,3\n")
    with pytest.raises(ValueError, match="3 columns"):
        read_dataset(tmp_path / "train.csv")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text("")
    with pytest.raises(ValueError, match="no rows"):
        read_dataset(tmp_path / "train.csv")
