import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import pack
from sklearn.metrics import roc_auc_score

import evaluate
import postprocessing
import train
from dataset import read_dataset


def report_of(run: Path, champion_dir: Path, output_dir: Path) -> dict[str, Any]:
    evaluate.main(
        [
            f"--model-dir={run / 'archive'}",
            f"--champion-dir={champion_dir}",
            f"--holdout-dir={run / 'holdout'}",
            f"--output-dir={output_dir}",
        ]
    )
    return json.loads((output_dir / "evaluation.json").read_text())


def test_the_report_measures_the_held_out_rows(run: Path, tmp_path: Path) -> None:
    report = report_of(run, tmp_path / "nothing", tmp_path / "out")
    holdout = run / "holdout" / "holdout.csv"
    labels = read_dataset(holdout).labels
    predictions = np.loadtxt(tmp_path / "out" / "predictions.csv", delimiter=",", skiprows=1)
    auc = report["binary_classification_metrics"]["auc"]
    assert predictions[:, 0].tolist() == labels.tolist()
    assert auc["value"] == pytest.approx(roc_auc_score(labels, predictions[:, 1]), abs=1e-6)
    assert 0 < auc["standard_deviation"] < 0.1
    assert report["evaluationData"] == {
        "sha256": hashlib.sha256(holdout.read_bytes()).hexdigest(),
        "rows": len(labels),
    }
    assert set(report["slices"]["origin"]) == {"EWR", "JFK", "LGA"}
    assert sum(part["rows"] for part in report["slices"]["origin"].values()) == len(labels)
    assert {"accuracy", "precision", "recall", "f1"} < set(report["binary_classification_metrics"])


def test_without_a_live_version_there_is_no_champion(run: Path, tmp_path: Path) -> None:
    (tmp_path / "champion").mkdir()
    (tmp_path / "champion" / "none").touch()
    assert "champion" not in report_of(run, tmp_path / "champion", tmp_path / "out")


def test_the_champion_is_scored_on_the_same_rows(run: Path, tmp_path: Path) -> None:
    report = report_of(run, run / "archive", tmp_path / "out")
    champion = report.pop("champion")
    assert champion == report


def test_a_champion_with_fewer_columns_takes_the_same_rows(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train, "used_columns", lambda: [0, 1, 2])
    train.main([f"--train={run / 'train'}", f"--model_dir={tmp_path / 'model'}", "--max_iter=5"])
    pack(tmp_path / "model", tmp_path / "champion" / "model.tar.gz")
    champion = report_of(run, tmp_path / "champion", tmp_path / "out")["champion"]
    assert 0 < champion["binary_classification_metrics"]["auc"]["value"] < 1


def archive_with(path: Path, name: str, content: bytes, kind: bytes = tarfile.REGTYPE) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz") as tar:
        member = tarfile.TarInfo(name)
        member.type, member.linkname = kind, "/etc/passwd"
        member.size = len(content) if kind == tarfile.REGTYPE else 0
        tar.addfile(member, io.BytesIO(content))


WRONG_NUMBER_OF_ANSWERS = b"""
def model_fn(model_dir): return None
def input_fn(body, content_type): return body
def predict_fn(rows, model): return rows
def output_fn(predictions, accept): return '{"predictions": []}', accept
"""


@pytest.mark.parametrize(
    ("name", "content", "kind", "says"),
    [
        ("model.joblib", b"", tarfile.REGTYPE, "no code/inference.py"),
        ("../../outside.txt", b"x", tarfile.REGTYPE, "outside of it"),
        ("code/inference.py", b"", tarfile.SYMTYPE, "no regular file"),
        ("code/inference.py", b"import a_package_that_is_gone", tarfile.REGTYPE, "a_package_that_is_gone"),
        ("code/inference.py", WRONG_NUMBER_OF_ANSWERS, tarfile.REGTYPE, "0 answers"),
    ],
)
def test_a_champion_that_cannot_answer_is_reported(
    run: Path, tmp_path: Path, name: str, content: bytes, kind: bytes, says: str
) -> None:
    archive_with(tmp_path / "champion" / "model.tar.gz", name, content, kind)
    report = report_of(run, tmp_path / "champion", tmp_path / "out")
    assert says in report["champion"]["error"]
    assert set(report["champion"]) == {"error"}
    assert not list(tmp_path.parent.rglob("outside.txt"))


def test_a_damaged_champion_is_reported(run: Path, tmp_path: Path) -> None:
    (tmp_path / "champion").mkdir()
    whole = (run / "archive" / "model.tar.gz").read_bytes()
    (tmp_path / "champion" / "model.tar.gz").write_bytes(whole[: len(whole) // 2])
    assert "can't be unpacked" in report_of(run, tmp_path / "champion", tmp_path / "out")["champion"]["error"]


def test_golden_answers_are_those_of_the_archived_model(run: Path, tmp_path: Path) -> None:
    postprocessing.main(
        [
            f"--model-dir={run / 'archive'}",
            f"--train-dir={run / 'train'}",
            f"--holdout-dir={run / 'holdout'}",
            f"--output-dir={tmp_path}",
        ]
    )
    answers = [json.loads(line) for line in (tmp_path / "golden-answers.jsonl").read_text().splitlines()]
    golden = [json.loads(line) for line in postprocessing.GOLDEN.read_text().splitlines()]
    assert [answer["input"] for answer in answers] == [line["body"] for line in golden]
    assert len(golden) == 20
    for answer in answers:
        assert answer["contentType"] == "text/csv"
        (prediction,) = answer["output"]["predictions"]
        assert set(prediction) == {"score", "late"}


def test_a_bad_golden_line_is_named(run: Path, tmp_path: Path) -> None:
    (tmp_path / "golden.jsonl").write_text('{"body": "1,2", "contentType": "text/csv"}\n{"input": "1,2"}\n')
    with pytest.raises(ValueError, match=r"golden\.jsonl, line 2"):
        list(postprocessing.read_golden(tmp_path / "golden.jsonl"))
