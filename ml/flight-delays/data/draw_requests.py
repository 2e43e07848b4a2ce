"""Draw flights at random and print them as rows of requests.

One a line, text/csv in the order of features.FEATURES, unknown values empty.

    python -m data.draw_requests data/later/flights-2013-07.csv.gz --rows 2000 --seed 1

For replaying real traffic against an endpoint, as the drift demo does.
"""

import argparse
import csv
import gzip
import random
from collections.abc import Sequence
from pathlib import Path

from features import MISSING, encode_flight


def draw_rows(file: Path, rows: int, seed: int) -> list[str]:
    """`rows` request rows of `file`, drawn without replacement. Raises ValueError when the file has fewer."""
    with gzip.open(file, "rt", encoding="utf-8", newline="") as text:
        flights = list(csv.DictReader(text))
    if len(flights) < rows:
        raise ValueError(f"{file.name} has {len(flights)} flights: ask for at most as many rows.")
    drawn = random.Random(seed).sample(flights, rows)  # noqa: S311 a sample, no secret
    return [",".join("" if value == MISSING else value for value in encode_flight(flight)) for flight in drawn]


def main(argv: Sequence[str] | None = None) -> None:
    """Print the rows."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(argv)
    print("\n".join(draw_rows(args.file, args.rows, args.seed)))


if __name__ == "__main__":
    main()
