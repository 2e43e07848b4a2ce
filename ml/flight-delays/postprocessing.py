"""Step 4 of the pipeline: the candidate's own answers to the golden inputs.

An endpoint that is rolled out must give these answers, so they are computed as the endpoint computes them: from the
archived model, through the inference.py that travels inside it.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from model_archive import ServedModel

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


def main(argv: Sequence[str] | None = None) -> None:
    """Run the step; the defaults are the paths of a SageMaker processing job."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model-dir", type=Path, default=Path("/opt/ml/processing/input/model"))
    parser.add_argument("--output-dir", type=Path, default=Path("/opt/ml/processing/output/postprocess"))
    parser.add_argument("--golden", type=Path, default=GOLDEN)
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as work:
        records = answer_golden(ServedModel(args.model_dir / "model.tar.gz", Path(work, "candidate")), args.golden)
    if not records:
        raise ValueError(f"{args.golden.name} has no line: write a few inputs that the endpoint must answer.")
    args.output_dir.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(record, allow_nan=False, separators=(",", ":")) for record in records]
    (args.output_dir / "golden-answers.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(records)} golden inputs answered")


if __name__ == "__main__":
    main()
