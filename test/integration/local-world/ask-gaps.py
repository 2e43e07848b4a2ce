"""Asks the rules of the local AWS, case by case: a JSON list from stdin, the answers to stdout. See ask-gaps.ts."""

import json
import sys

from gaps.alarm_rules import AlarmRule, Datapoint, evaluation_starts, judge
from gaps.metric_statistics import extended_statistic, period_start, request_start
from gaps.schedule_times import latest_due


def judged(case: dict) -> str:
    rule = AlarmRule(60, case["periods"], case["toAlarm"], "GreaterThanOrEqualToThreshold", 1.0, case["missing"])
    values = {"X": 1.0, "0": 0.0, "-": None}
    points = [Datapoint(60.0 * index, values[mark]) for index, mark in enumerate(case["points"].split())]
    judgement = judge(rule, points)
    return "retained" if judgement is None else judgement.state


def starts(case: dict) -> list[float]:
    rule = AlarmRule(case["period"], case["periods"], 1, "GreaterThanThreshold", 0.0, "missing")
    return evaluation_starts(rule, case["now"], case["hasDataNow"])


def statistic(case: dict) -> float | None:
    return extended_statistic(case["statistic"], [tuple(sample) for sample in case["samples"]])


def first_period(case: dict) -> float:
    return period_start(case["timestamp"], request_start(case["start"], case["period"]), case["period"])


def due(case: dict) -> float | None:
    return latest_due(case["schedule"], case.get("after"), case["now"])


answers = {"judge": judged, "starts": starts, "statistic": statistic, "period": first_period, "due": due}
json.dump([answers[case["ask"]](case) for case in json.load(sys.stdin)], sys.stdout)
