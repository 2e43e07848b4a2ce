"""CloudWatch metrics: a metric is its exact dimensions, periods begin where the request begins, and percentile ranks exist.

In the emulator a request without dimensions gets the points of all of them, periods always begin at multiples of the epoch
(a request for the last hour as one datapoint gets two), `PR(0:100000)` is answered with the average, and GetMetricData
answers the oldest first. It also goes through all points of all metrics at each request, to drop those of two weeks ago.
"""

import time

from ministack.services import cloudwatch

from gaps.metric_statistics import extended_statistic, is_extended, period_start, request_start
from gaps.patching import require, rewrite_function


_EVICTION_SECONDS = 60


def statistic_of(points: list[dict], statistic: str) -> float | None:
    """The value of one statistic over the points of one period; none if they have none."""
    return _stat_value(cloudwatch._calc_stats(points), statistic, points)


def _stat_value(stats: dict, statistic: str, points: list[dict] | None = None) -> float | None:
    if is_extended(statistic):
        samples = cloudwatch._percentile_samples(points or [])
        return extended_statistic(statistic, samples) if samples else None
    return stats.get(statistic)


def _now_and_then(evict):
    last = time.monotonic()

    def evict_when_due() -> None:
        nonlocal last
        if time.monotonic() - last < _EVICTION_SECONDS:
            return
        last = time.monotonic()
        evict()

    return evict_when_due


def close() -> None:
    require(cloudwatch, "_calc_stats", "_percentile_samples", "_stat_value", "_evict_old_metrics")
    cloudwatch._stat_value = _stat_value
    cloudwatch._evict_old_metrics = _now_and_then(cloudwatch._evict_old_metrics)
    exact = ("_dims_key(req_dims) if req_dims else None", "_dims_key(req_dims)")
    rewrite_function(
        cloudwatch,
        "_get_metric_statistics",
        [
            exact,
            ("    all_points = []\n", "    start_time = _launcher_request_start(start_time, period)\n    all_points = []\n"),
            ('int(pt["Timestamp"] // period) * period', '_launcher_period_start(pt["Timestamp"], start_time, period)'),
            ("if _is_percentile_stat(s) else None", "if _launcher_is_extended(s) else None"),
        ],
        _launcher_request_start=request_start,
        _launcher_period_start=period_start,
        _launcher_is_extended=is_extended,
    )
    rewrite_function(
        cloudwatch,
        "_get_metric_data",
        [
            exact,
            (
                "        all_pts = []\n",
                "        start = _launcher_request_start(start_time, period)\n        all_pts = []\n",
            ),
            (
                '        if start_time is not None:\n            all_pts = [p for p in all_pts if p["Timestamp"] >= start_time]\n',
                '        if start is not None:\n            all_pts = [p for p in all_pts if p["Timestamp"] >= start]\n',
            ),
            ('int(pt["Timestamp"] // period) * period', '_launcher_period_start(pt["Timestamp"], start, period)'),
            (
                "        if return_data:\n",
                '        if (cbor_data.get("ScanBy") or _p(params, "ScanBy")) != "TimestampAscending":\n'
                "            timestamps.reverse()\n"
                "            values.reverse()\n"
                "        if return_data:\n",
            ),
        ],
    )
