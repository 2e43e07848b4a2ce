"""The statistics of CloudWatch over one period's points, among them percentiles and percentile ranks. Pure.

A sample is a value and how often it was seen. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
"""

import math
import re

Sample = tuple[float, float]

_PERCENTILE = re.compile(r"^[pP](\d{1,2}(?:\.\d+)?|100)$")
_RANGE = re.compile(r"^(PR|TC)\(([^:%]*):([^:%]*)\)$", re.IGNORECASE)


def is_extended(statistic: str) -> bool:
    """`p99.9`, `PR(0:100000)`, `TC(:300)`: what needs every value, so that a published statistic set has none of it."""
    return bool(_PERCENTILE.match(statistic) or _RANGE.match(statistic))


def extended_statistic(statistic: str, samples: list[Sample]) -> float | None:
    """The value of a statistic that `is_extended`; none without samples."""
    total = sum(count for _, count in samples)
    if total <= 0:
        return None
    percentile = _PERCENTILE.match(statistic)
    if percentile:
        return _percentile(samples, float(percentile[1]), total)
    kind, low, high = _RANGE.match(statistic).groups()
    # The lower bound is outside of the range, the upper one inside.
    lower = float(low) if low.strip() else -math.inf
    upper = float(high) if high.strip() else math.inf
    within = sum(count for value, count in samples if lower < value <= upper)
    return within if kind.upper() == "TC" else 100.0 * within / total


def period_start(timestamp: float, start: float | None, period: int) -> float:
    """Where the datapoint of a point begins: periods count from the start of the request, else from the epoch."""
    origin = 0.0 if start is None else start
    return origin + (timestamp - origin) // period * period


def request_start(start: float | None, period: int) -> float | None:
    """CloudWatch rounds a request's start down to the minute, for a period below a minute to a multiple of it."""
    return None if start is None else start // min(60, period) * min(60, period)


def _percentile(samples: list[Sample], percent: float, total: float) -> float:
    """Linear between the two nearest ranks, as if each value stood there as often as it was seen."""
    ordered = sorted(samples)
    rank = percent / 100.0 * (total - 1) if total > 1 else 0.0
    lower = math.floor(rank)
    low = _value_at(ordered, lower)
    return low + (rank - lower) * (_value_at(ordered, lower + 1) - low)


def _value_at(ordered: list[Sample], index: int) -> float:
    seen = 0.0
    for value, count in ordered:
        seen += count
        if index < seen:
            return value
    return ordered[-1][0]
