"""read_with_pandas.py BASELINE CAPTURES: orjson, pandas and numpy computing the engine's metrics, in pieces of 100,000 lines."""

import io
import json
import sys
from itertools import islice

import numpy as np
import orjson
import pandas as pd

from measured import Clock, report

LINES = 100_000
clock = Clock()
with open(sys.argv[1], "rb") as file:
    baseline = orjson.loads(file.read())
features = baseline["features"]
names = [feature["name"] for feature in features]
text = {feature["name"]: "string" for feature in features if feature["kind"] == "categorical"}


class Numbers:
    def __init__(self, feature):
        self.feature = feature
        self.edges = np.array(feature["edges"])
        bins = len(self.edges) + 1
        self.counts, self.sums = np.zeros(bins), np.zeros(bins)
        self.missing, self.out_of_range, self.squares = 0, 0, 0.0
        self.minimum, self.maximum = np.inf, -np.inf

    def add(self, column):
        values = column.to_numpy(dtype=float)
        values = values[~np.isnan(values)]
        self.missing += len(column) - len(values)
        bins = np.searchsorted(self.edges, values, side="right")
        self.counts += np.bincount(bins, minlength=len(self.counts))
        self.sums += np.bincount(bins, weights=values, minlength=len(self.sums))
        self.squares += float(values @ values)
        self.minimum, self.maximum = min(self.minimum, values.min()), max(self.maximum, values.max())
        low, high = self.feature["minimum"], self.feature["maximum"]
        self.out_of_range += int(((values < low) | (values > high)).sum())

    def metrics(self):
        base = np.array(self.feature["counts"], dtype=float)
        edges = np.concatenate((
            [min(self.minimum, self.feature["minimum"])],
            self.edges,
            [max(self.maximum, self.feature["maximum"])],
        ))
        areas = [
            edges[1:] * np.cumsum(counts) / counts.sum()
            - edges[:-1] * (np.cumsum(counts) - counts) / counts.sum()
            - sums / counts.sum()
            for counts, sums in ((base, np.array(self.feature["sums"])), (self.counts, self.sums))
        ]
        wasserstein = float(np.abs(areas[0] - areas[1]).sum() / self.feature["standardDeviation"])
        ks = float(np.abs(np.cumsum(base) / base.sum() - np.cumsum(self.counts) / self.counts.sum()).max())
        cuts = np.concatenate(([0], np.array(self.feature["deciles"], dtype=int) + 1))
        p, q = np.add.reduceat(base, cuts), np.add.reduceat(self.counts, cuts)
        return {"wasserstein": wasserstein, "ks": ks, **divergences(p, q)}


class Categories:
    def __init__(self, feature):
        self.base = {entry["value"]: entry["count"] for entry in feature["domain"]}
        self.counts, self.missing = pd.Series(dtype=float), 0

    def add(self, column):
        self.missing += int(column.isna().sum())
        self.counts = self.counts.add(column.value_counts(), fill_value=0)

    def metrics(self):
        base = pd.Series(self.base, dtype=float)
        found = self.counts.reindex(base.index, fill_value=0)
        p, q = base / base.sum(), found / self.counts.sum()
        moved = (p - q).abs()
        both = np.array([base, found])
        expected = np.outer(both.sum(axis=1), both.sum(axis=0)) / both.sum()
        chi_square = float(((both - expected) ** 2 / expected).sum())
        return {"lInfinity": float(moved.max()), "totalVariation": float(moved.sum() / 2), "chiSquare": chi_square}


def divergences(p, q):
    smooth = [(x + 0.5) / (x + 0.5).sum() for x in (p, q)]
    psi = float(((smooth[1] - smooth[0]) * np.log(smooth[1] / smooth[0])).sum())
    p, q = p / p.sum(), q / q.sum()
    middle = (p + q) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        halves = [np.nansum(x * np.log2(x / middle)) for x in (p, q)]
    return {"psi": psi, "jensenShannon": float(np.sqrt(max(0.0, sum(halves) / 2)))}


columns = [Numbers(feature) if feature["kind"] == "numeric" else Categories(feature) for feature in features]
prediction = Numbers(baseline["prediction"])
rows = 0
with open(sys.argv[2], "rb") as file:
    while lines := list(islice(file, LINES)):
        records = [orjson.loads(line)["captureData"] for line in lines]
        table = io.StringIO("".join(record["endpointInput"]["data"] for record in records))
        frame = pd.read_csv(table, header=None, names=names, dtype=text, keep_default_na=False, na_values=[""])
        for name, column in zip(names, columns):
            column.add(frame[name])
        prediction.add(pd.Series([float(record["endpointOutput"]["data"]) for record in records]))
        rows += len(frame)
metrics = [column.metrics() for column in (*columns, prediction)]
json.dumps(metrics)
report(rows, clock, firstColumn=metrics[0]["wasserstein"])
