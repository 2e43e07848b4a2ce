"""read_with_evidently.py TRAINING CAPTURES: Evidently's drift preset, with the captures read by orjson and pandas."""

import io
import os
import sys
import warnings

os.environ["DO_NOT_TRACK"] = "1"
warnings.filterwarnings("ignore")

import orjson
import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset

from measured import Clock, report

clock = Clock()
reference = pd.read_csv(sys.argv[1])
names = [name for name in reference.columns if name != "score"]
with open(sys.argv[2], "rb") as file:
    records = [orjson.loads(line)["captureData"] for line in file]
table = io.StringIO("".join(record["endpointInput"]["data"] for record in records))
current = pd.read_csv(table, header=None, names=names)
current["score"] = [float(record["endpointOutput"]["data"]) for record in records]
del records, table
read = clock.seconds()

definition = DataDefinition(
    numerical_columns=[name for name in reference.columns if not name.startswith("category")],
    categorical_columns=[name for name in reference.columns if name.startswith("category")],
)
datasets = [Dataset.from_pandas(frame, data_definition=definition) for frame in (current, reference)]
Report([DataDriftPreset()]).run(*datasets).json()
report(len(current), clock, readSeconds=read)
