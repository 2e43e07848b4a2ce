"""read_with_duckdb.py BASELINE CAPTURES THREADS: one query that counts bins, moments and categories (but no sums of bins)."""

import json
import sys

import duckdb

from measured import Clock, report

clock = Clock()
with open(sys.argv[1]) as file:
    baseline = json.load(file)


def numbers(name, feature):
    edges = ", ".join(repr(edge) for edge in feature["edges"])
    low, high = feature["minimum"], feature["maximum"]
    return (
        f"histogram({name}, [{edges}]::DOUBLE[]), count({name}), sum({name}), sum({name} * {name}), min({name}), max({name}),"
        f" count(*) FILTER ({name} < {low} OR {name} > {high})"
    )


columns, measures = ["TRY_CAST(record.endpointOutput.data AS DOUBLE) AS answer"], [numbers("answer", baseline["prediction"])]
for i, feature in enumerate(baseline["features"]):
    if feature["kind"] == "numeric":
        columns.append(f"TRY_CAST(cells[{i + 1}] AS DOUBLE) AS c{i}")
        measures.append(numbers(f"c{i}", feature))
    else:
        columns.append(f"NULLIF(cells[{i + 1}], '') AS c{i}")
        measures.append(f"histogram(c{i}), count(c{i})")

connection = duckdb.connect(config={"threads": int(sys.argv[3])})
side = "STRUCT(data VARCHAR)"
rows, *_ = connection.execute(
    f"""
    SELECT count(*), {", ".join(measures)}
    FROM (
      SELECT {", ".join(columns)}
      FROM (
        SELECT captureData AS record, string_split(rtrim(captureData.endpointInput.data, chr(10)), ',') AS cells
        FROM read_json('{sys.argv[2]}', format = 'newline_delimited',
          columns = {{captureData: 'STRUCT(endpointInput {side}, endpointOutput {side})'}})
      )
    )
    """
).fetchone()
report(rows, clock)
