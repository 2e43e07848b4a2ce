"""Make golden.jsonl: inputs whose answers every endpoint must reproduce.

    python -m data.choose_golden

Held-out flights at equal distances over the quarter, so each airport, many carriers and unknown values occur.
"""

import json
from pathlib import Path

from data.prepare_data import FIRST_QUARTER
from preprocessing import held_out, read_flights

GOLDEN = Path(__file__).parent.parent / "golden.jsonl"
INPUTS = 20


def main() -> None:
    """Write the file."""
    rows = [row[1:] for day, row in read_flights(FIRST_QUARTER.parent) if held_out(day)]
    chosen = [rows[len(rows) * number // INPUTS] for number in range(INPUTS)]
    lines = [json.dumps({"body": as_request(row), "contentType": "text/csv"}) for row in chosen]
    GOLDEN.write_text("\n".join(lines) + "\n", encoding="utf-8")


def as_request(row: list[str]) -> str:
    """Clients leave unknown values empty."""
    return ",".join("" if value == "nan" else value for value in row)


if __name__ == "__main__":
    main()
