"""Metrics of a binary classifier, in the shape that SageMaker's evaluation reports have."""

from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

Array = NDArray[np.float64]
Metric = dict[str, float | str]

NOT_A_NUMBER = "NaN"


def auc_with_deviation(labels: Array, scores: Array) -> tuple[float, float]:
    """Area under the ROC curve and its standard deviation; NaN where one of the classes is absent.

    DeLong, DeLong & Clarke-Pearson 1988, by ranks as in Sun & Xu 2014: needs no resampling, hence no seed.
    """
    late, punctual = scores[labels == 1], scores[labels == 0]
    if not late.size or not punctual.size:
        return float("nan"), float("nan")
    ranks = rankdata(np.concatenate([late, punctual]))
    late_wins = (ranks[: late.size] - rankdata(late)) / punctual.size
    punctual_wins = 1 - (ranks[late.size :] - rankdata(punctual)) / late.size
    if min(late.size, punctual.size) < 2:
        return float(late_wins.mean()), float("nan")
    variance = late_wins.var(ddof=1) / late.size + punctual_wins.var(ddof=1) / punctual.size
    return float(late_wins.mean()), sqrt(variance)


def classification_metrics(labels: Array, scores: Array, flagged: NDArray[np.bool_]) -> dict[str, Any]:
    """`scores` rank the flights, `flagged` are those answered as late. Deviations of shares are binomial."""
    late = labels == 1
    true_positives, false_positives = int((flagged & late).sum()), int((flagged & ~late).sum())
    false_negatives, true_negatives = int((~flagged & late).sum()), int((~flagged & ~late).sum())
    auc, deviation = auc_with_deviation(labels, scores)
    return {
        "auc": _metric(auc, deviation),
        "accuracy": _share(true_positives + true_negatives, labels.size),
        "precision": _share(true_positives, true_positives + false_positives),
        "recall": _share(true_positives, true_positives + false_negatives),
        "f1": _metric(_ratio(2 * true_positives, 2 * true_positives + false_positives + false_negatives), float("nan")),
        "confusion_matrix": {
            "0": {"0": true_negatives, "1": false_positives},
            "1": {"0": false_negatives, "1": true_positives},
        },
    }


def slice_metrics(names: tuple[str, ...], codes: Array, labels: Array, scores: Array) -> dict[str, dict[str, Any]]:
    """Rows and AUC of each slice; `codes` are positions in `names`."""
    slices: dict[str, dict[str, Any]] = {}
    for code, name in enumerate(names):
        chosen = codes == code
        auc, _ = auc_with_deviation(labels[chosen], scores[chosen])
        slices[name] = {"rows": int(chosen.sum()), "auc": _number(auc)}
    return slices


def _share(part: int, whole: int) -> Metric:
    value = _ratio(part, whole)
    return _metric(value, sqrt(value * (1 - value) / whole) if whole else value)


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")


def _metric(value: float, deviation: float) -> Metric:
    return {"value": _number(value), "standard_deviation": _number(deviation)}


def _number(value: float) -> float | str:
    """JSON has no NaN; SageMaker's reports write it as a string."""
    return NOT_A_NUMBER if np.isnan(value) else round(value, 6)
