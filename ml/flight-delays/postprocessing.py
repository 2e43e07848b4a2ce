"""Step 4 of the pipeline: the candidate's own answers, to the golden inputs and to the rows that it was made with.

An endpoint that is rolled out must give the golden answers. What it is asked later is compared with the training
sample: drift is the distance from it. All answers are computed as the endpoint computes them: from the archived model,
through the inference.py that travels inside it.

    golden-answers.jsonl   {"input", "contentType", "output"} a line
    training-sample.csv    a header; the columns of a request in their order, an unknown value empty; the model's answer
    training-sample.json   which column is the answer, and which columns are categories
"""

import argparse
import csv
import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from features import CATEGORICAL, FEATURES, MISSING
from model_archive import ServedModel

# The column of the answers; `score` is what inference.py calls it.
ANSWER = "score"
# So many rows place every quantile within a hundredth of the spread; more would only cost time.
SAMPLE_ROWS = 100_000
ROWS_A_REQUEST = 5_000

GOLDEN = Path(__file__).parent / "golden.jsonl"


def read_golden(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (body, content type) of each line. Raises ValueError that names the line."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            record = json.loads(line)
            yield record["body"], record["contentType"]
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise ValueError(
                f'{path.name}, line {number}: write {{"body": "<csv line>", "contentType": "text/csv"}}.'
            ) from error


def answer_golden(model: ServedModel, golden: Path) -> list[dict[str, Any]]:
    """One record for each golden input, in order."""
    return [
        {"input": body, "contentType": content_type, "output": model.answer(body, content_type)}
        for body, content_type in read_golden(golden)
    ]


def read_sample(files: Sequence[Path], most_rows: int) -> list[list[str]]:
    """Rows of a request, evenly from all files (format: dataset.py): without the label, unknown values empty."""
    rows = []
    for file in files:
        with file.open(newline="") as text:
            rows += [["" if value == MISSING else value for value in row[1:]] for row in csv.reader(text)]
    step = max(1, -(-len(rows) // most_rows))
    return rows[::step]


def answer_rows(model: ServedModel, rows: Sequence[Sequence[str]]) -> Iterator[float]:
    """The model's score of each row, in order."""
    for first in range(0, len(rows), ROWS_A_REQUEST):
        body = "\n".join(",".join(row) for row in rows[first : first + ROWS_A_REQUEST])
        yield from (prediction["score"] for prediction in model.answer(body, "text/csv")["predictions"])


def write_training_sample(model: ServedModel, rows: Sequence[Sequence[str]], output_dir: Path) -> None:
    """What the platform makes the version's baseline of. Raises ValueError when there are no rows."""
    if not rows:
        raise ValueError("The training data has no rows: check what the preprocessing step read.")
    with (output_dir / "training-sample.csv").open("w", newline="") as text:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([*FEATURES, ANSWER])
        writer.writerows([*row, score] for row, score in zip(rows, answer_rows(model, rows), strict=True))
    types = dict.fromkeys(CATEGORICAL, "categorical")
    description = json.dumps({"prediction": ANSWER, "types": types}, indent=2)
    (output_dir / "training-sample.json").write_text(description + "\n", encoding="utf-8")


def main(argv: Sequence[str] | None = None) -> None:
    """Run the step; the defaults are the paths of a SageMaker processing job."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model-dir", type=Path, default=Path("/opt/ml/processing/input/model"))
    parser.add_argument("--train-dir", type=Path, default=Path("/opt/ml/processing/input/train"))
    parser.add_argument("--holdout-dir", type=Path, default=Path("/opt/ml/processing/input/holdout"))
    parser.add_argument("--output-dir", type=Path, default=Path("/opt/ml/processing/output/postprocess"))
    parser.add_argument("--golden", type=Path, default=GOLDEN)
    args = parser.parse_args(argv)
    args.output_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        model = ServedModel(args.model_dir / "model.tar.gz", Path(work, "candidate"))
        records = answer_golden(model, args.golden)
        # Held-out days too: the weather of training days alone would differ from that of the whole quarter.
        files = [args.train_dir / "train.csv", args.holdout_dir / "holdout.csv"]
        rows = read_sample(files, SAMPLE_ROWS)
        write_training_sample(model, rows, args.output_dir)
    if not records:
        raise ValueError(f"{args.golden.name} has no line: write a few inputs that the endpoint must answer.")
    lines = [json.dumps(record, allow_nan=False, separators=(",", ":")) for record in records]
    (args.output_dir / "golden-answers.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(records)} golden inputs answered, {len(rows)} rows sampled for the baseline")


if __name__ == "__main__":
    main()
