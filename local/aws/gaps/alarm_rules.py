"""When a CloudWatch alarm changes its state: M of N datapoints, and what missing ones count as. Pure.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html: more datapoints are looked at than
the alarm has evaluation periods (the evaluation range), so that single missing ones are made up by older real ones; only if
there are too few real ones do missing ones count, as `TreatMissingData` says.
"""

from dataclasses import dataclass
from datetime import datetime, timezone

# AWS's tables show 5 datapoints for 3 evaluation periods; the exact number it keeps to itself.
_BEYOND_EVALUATION_PERIODS = 2

_COMPARISONS = {
    "GreaterThanOrEqualToThreshold": (lambda value, threshold: value >= threshold, "greater than or equal to"),
    "GreaterThanThreshold": (lambda value, threshold: value > threshold, "greater than"),
    "LessThanThreshold": (lambda value, threshold: value < threshold, "less than"),
    "LessThanOrEqualToThreshold": (lambda value, threshold: value <= threshold, "less than or equal to"),
}


@dataclass(frozen=True)
class AlarmRule:
    period: int
    evaluation_periods: int
    datapoints_to_alarm: int
    comparison: str
    threshold: float
    treat_missing_data: str


@dataclass(frozen=True)
class Datapoint:
    """One period of the metric; `value` is none if nothing was published for it."""

    start: float
    value: float | None


@dataclass(frozen=True)
class Judgement:
    state: str
    reason: str
    evaluated: list[Datapoint]


def evaluation_starts(rule: AlarmRule, now: float, has_data_now: bool) -> list[float]:
    """Where the periods of the evaluation range begin, oldest first. The period that still runs counts once it has data."""
    running = now // rule.period * rule.period
    last = running if has_data_now else running - rule.period
    length = rule.evaluation_periods + _BEYOND_EVALUATION_PERIODS
    return [last - rule.period * back for back in range(length - 1, -1, -1)]


def judge(rule: AlarmRule, datapoints: list[Datapoint]) -> Judgement | None:
    """The state that the evaluation range, oldest first, leads to; none where the alarm keeps the one that it has."""
    real = [point for point in datapoints if point.value is not None][-rule.evaluation_periods :]
    if not real:
        return _without_data(rule, len(datapoints))
    exceeds, _ = _COMPARISONS[rule.comparison]
    breaching = [point for point in real if exceeds(point.value, rule.threshold)]
    missing = rule.evaluation_periods - len(real)
    if len(breaching) >= rule.datapoints_to_alarm:
        return Judgement("ALARM", _crossed(rule, real, breaching, "OK -> ALARM"), real)
    if missing and rule.treat_missing_data == "breaching" and len(breaching) + missing >= rule.datapoints_to_alarm:
        return Judgement("ALARM", _crossed(rule, real, breaching, "OK -> ALARM", missing), real)
    if missing and len(breaching) == len(real):
        # Nothing but breaches, too few of them: more may be on their way, until the oldest is old enough to stand for itself.
        if rule.treat_missing_data == "ignore":
            return None
        age = len(datapoints) - datapoints.index(breaching[0])
        if rule.treat_missing_data == "missing" and age >= rule.datapoints_to_alarm:
            return Judgement("ALARM", _crossed(rule, real, breaching, "OK -> ALARM"), real)
    calm = [point for point in real if point not in breaching]
    return Judgement("OK", _crossed(rule, real, calm, "ALARM -> OK", negated=True), real)


def _without_data(rule: AlarmRule, periods: int) -> Judgement | None:
    if rule.treat_missing_data == "ignore":
        return None
    count = rule.evaluation_periods
    if rule.treat_missing_data == "missing":
        unknown = "1 datapoint was unknown" if count == 1 else f"{count} datapoints were unknown"
        return Judgement("INSUFFICIENT_DATA", f"Insufficient Data: {unknown}.", [])
    breaching = rule.treat_missing_data == "breaching"
    treated = "1 missing datapoint was treated" if count == 1 else f"{count} missing datapoints were treated"
    reason = f"Threshold Crossed: no datapoints were received for {periods} periods and {treated} as [{'Breaching' if breaching else 'NonBreaching'}]."
    return Judgement("ALARM" if breaching else "OK", reason, [])


def _crossed(
    rule: AlarmRule, real: list[Datapoint], shown: list[Datapoint], transition: str, missing: int = 0, negated: bool = False
) -> str:
    _, words = _COMPARISONS[rule.comparison]
    values = ", ".join(f"{point.value} ({_clock(point.start)})" for point in reversed(shown))
    verb = ("was" if len(shown) == 1 else "were") + (" not" if negated else "")
    filled = f" and {missing} missing {'datapoint was' if missing == 1 else 'datapoints were'} treated as [Breaching]" if missing else ""
    plural = "" if rule.datapoints_to_alarm == 1 else "s"
    return (
        f"Threshold Crossed: {len(shown)} out of the last {len(real)} datapoints [{values}] {verb} {words} the threshold "
        f"({rule.threshold}){filled} (minimum {rule.datapoints_to_alarm} datapoint{plural} for {transition} transition)."
    )


def _clock(epoch: float) -> str:
    return datetime.fromtimestamp(epoch, tz=timezone.utc).strftime("%d/%m/%y %H:%M:%S")
