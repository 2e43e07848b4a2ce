"""Step 3 of the pipeline: score the candidate, and the champion if there is one, on the same held-out rows.

Both answer through the inference.py of their own archive, exactly as their endpoints do.
Writes `evaluation.json`, which the gates are judged on, and `predictions.csv` beside it.
"""

import argparse
import hashlib
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dataset import Dataset, read_dataset
from features import FEATURES, ORIGINS
from metrics import classification_metrics, slice_metrics
from model_archive import ServedModel

ARCHIVE = "model.tar.gz"


class HeldOut:
    """The held-out rows, as numbers and as the body of one request."""

    def __init__(self, path: Path) -> None:
        self.dataset: Dataset = read_dataset(path)
        content = path.read_bytes()
        self.identity = {"sha256": hashlib.sha256(content).hexdigest(), "rows": len(self.dataset.labels)}
        self.body = "\n".join(line.partition(",")[2] for line in content.decode().splitlines())


class Answers:
    """What a model answers to all held-out rows. `scores`: n probabilities; `flagged`: n times late or not."""

    def __init__(self, answer: Any, rows: int) -> None:
        predictions = answer["predictions"]
        if len(predictions) != rows:
            raise ValueError(f"it gave {len(predictions)} answers to {rows} rows")
        self.scores: NDArray[np.float64] = np.array([prediction["score"] for prediction in predictions], dtype=float)
        self.flagged: NDArray[np.bool_] = np.array([prediction["late"] for prediction in predictions], dtype=bool)
        if not np.isfinite(self.scores).all():
            raise ValueError("some of its scores are not finite numbers")


def score(archive: Path, held_out: HeldOut, work_dir: Path) -> Answers:
    """Let the archived model answer the held-out rows."""
    return Answers(ServedModel(archive, work_dir).answer(held_out.body, "text/csv"), held_out.identity["rows"])


def metrics_of(answers: Answers, held_out: HeldOut) -> dict[str, Any]:
    """The part of the report that candidate and champion have in common."""
    labels = held_out.dataset.labels
    origins = held_out.dataset.rows[:, FEATURES.index("origin")]
    return {
        "binary_classification_metrics": classification_metrics(labels, answers.scores, answers.flagged),
        "slices": {"origin": slice_metrics(ORIGINS, origins, labels, answers.scores)},
        "evaluationData": held_out.identity,
    }


def champion_metrics(archive: Path, held_out: HeldOut, work_dir: Path) -> dict[str, Any]:
    """The champion's metrics, or `error` with the reason why it can't score these rows.

    Its archive holds other code of another time, so whatever it raises is a finding of the evaluation and must not
    end it: gates that compare with the champion then have nothing to compare with and don't pass.
    """
    try:
        return metrics_of(score(archive, held_out, work_dir), held_out)
    except Exception as error:
        return {"error": f"The champion can't score the held-out rows: {error}"}


def write_predictions(path: Path, labels: NDArray[np.float64], scores: NDArray[np.float64]) -> None:
    """One line a held-out row, in its order."""
    table = np.column_stack([labels, scores])
    np.savetxt(path, table, fmt=("%d", "%.6f"), delimiter=",", header="late,score", comments="")


def evaluate(model_dir: Path, champion_dir: Path, holdout_dir: Path, output_dir: Path) -> dict[str, Any]:
    """Write both files and return the report. No `model.tar.gz` in `champion_dir` means that nothing is live yet."""
    held_out = HeldOut(holdout_dir / "holdout.csv")
    output_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        candidate = score(model_dir / ARCHIVE, held_out, Path(work, "candidate"))
        report = metrics_of(candidate, held_out)
        if (champion_dir / ARCHIVE).is_file():
            report["champion"] = champion_metrics(champion_dir / ARCHIVE, held_out, Path(work, "champion"))
    write_predictions(output_dir / "predictions.csv", held_out.dataset.labels, candidate.scores)
    (output_dir / "evaluation.json").write_text(json.dumps(report, indent=2, allow_nan=False) + "\n")
    return report


def main(argv: Sequence[str] | None = None) -> None:
    """Run the step; the defaults are the paths of a SageMaker processing job."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model-dir", type=Path, default=Path("/opt/ml/processing/input/model"))
    parser.add_argument("--champion-dir", type=Path, default=Path("/opt/ml/processing/input/champion"))
    parser.add_argument("--holdout-dir", type=Path, default=Path("/opt/ml/processing/input/holdout"))
    parser.add_argument("--output-dir", type=Path, default=Path("/opt/ml/processing/output/evaluation"))
    args = parser.parse_args(argv)
    report = evaluate(args.model_dir, args.champion_dir, args.holdout_dir, args.output_dir)
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
