import math

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from metrics import auc_with_deviation, classification_metrics, slice_metrics


def test_auc_is_that_of_scikit_learn_with_ties() -> None:
    chance = np.random.default_rng(1)
    labels = chance.integers(0, 2, 500).astype(float)
    scores = np.round(labels * 0.3 + chance.random(500), 1)
    assert auc_with_deviation(labels, scores)[0] == pytest.approx(roc_auc_score(labels, scores))


def test_the_deviation_is_the_spread_of_repeated_samples() -> None:
    chance = np.random.default_rng(2)
    labels = np.repeat([0.0, 1.0], [300, 100])
    samples = [auc_with_deviation(labels, labels + chance.normal(0, 1.2, 400)) for _ in range(400)]
    spread = np.std([auc for auc, _ in samples])
    assert np.mean([deviation for _, deviation in samples]) == pytest.approx(spread, rel=0.15)


def test_metrics_of_a_worked_example() -> None:
    labels, scores = np.array([1.0, 1, 0, 0]), np.array([0.9, 0.4, 0.6, 0.1])
    metrics = classification_metrics(labels, scores, scores >= 0.5)
    values = {name: metric["value"] for name, metric in metrics.items() if "value" in metric}
    assert values == {"auc": 0.75, "accuracy": 0.5, "precision": 0.5, "recall": 0.5, "f1": 0.5}
    assert metrics["accuracy"]["standard_deviation"] == 0.25
    assert metrics["confusion_matrix"] == {"0": {"0": 1, "1": 1}, "1": {"0": 1, "1": 1}}


def test_what_cannot_be_measured_is_the_text_nan() -> None:
    labels, scores = np.zeros(3), np.full(3, 0.1)
    metrics = classification_metrics(labels, scores, scores >= 0.5)
    assert metrics["auc"] == metrics["recall"] == {"value": "NaN", "standard_deviation": "NaN"}
    assert math.isnan(auc_with_deviation(labels, scores)[0])


def test_slices_count_their_own_rows_and_keep_empty_ones() -> None:
    codes = np.array([0.0, 0, 0, 1])
    slices = slice_metrics(("EWR", "JFK", "LGA"), codes, np.array([1.0, 0, 1, 1]), np.array([0.9, 0.5, 0.4, 0.1]))
    assert slices == {
        "EWR": {"rows": 3, "auc": 0.5},
        "JFK": {"rows": 1, "auc": "NaN"},
        "LGA": {"rows": 0, "auc": "NaN"},
    }
