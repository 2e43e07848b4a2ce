"""CloudWatch alarms: each watches its own metric, datapoint by datapoint, also when nothing arrives any more.

The emulator throws the points of all dimensions and all periods together, knows no M of N and no missing data, and looks only
when something is published. Here every alarm is judged by `alarm_rules` after each publication and every few seconds, and a
change of state is told once: to the topics whose policy lets CloudWatch publish, and to the default event bus.
"""

import json
import logging
import threading
import time
from datetime import datetime, timezone

from ministack.core.responses import get_account_id, get_region, new_uuid, request_scope
from ministack.services import cloudwatch, eventbridge, sns

from gaps.alarm_rules import AlarmRule, Datapoint, Judgement, evaluation_starts, judge
from gaps.metrics import statistic_of
from gaps.patching import require

_TICK_SECONDS = 3
_ACTIONS = {"ALARM": "AlarmActions", "OK": "OKActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}

_logger = logging.getLogger("launcher.alarms")
# Requests and the timer evaluate on threads of their own.
_evaluating = threading.RLock()


def _rule_of(alarm: dict) -> AlarmRule:
    periods = int(alarm.get("EvaluationPeriods") or 1)
    return AlarmRule(
        period=int(alarm.get("Period") or 60),
        evaluation_periods=periods,
        datapoints_to_alarm=int(alarm.get("DatapointsToAlarm") or periods),
        comparison=alarm["ComparisonOperator"],
        threshold=float(alarm.get("Threshold") or 0),
        treat_missing_data=alarm.get("TreatMissingData") or "missing",
    )


def _datapoints(alarm: dict, rule: AlarmRule, now: float) -> list[Datapoint]:
    """The evaluation range, read anew each time: a point that arrives late counts for the period of its own time."""
    dimensions = cloudwatch._dims_from_list(alarm.get("Dimensions") or [])
    points = cloudwatch._metrics.get((alarm["Namespace"], alarm["MetricName"], cloudwatch._dims_key(dimensions))) or []
    if alarm.get("Unit"):
        points = [point for point in points if point["Unit"] == alarm["Unit"]]
    by_start: dict[float, list[dict]] = {}
    for point in points:
        by_start.setdefault(point["Timestamp"] // rule.period * rule.period, []).append(point)
    statistic = alarm.get("ExtendedStatistic") or alarm.get("Statistic") or "Average"
    starts = evaluation_starts(rule, now, now // rule.period * rule.period in by_start)
    return [Datapoint(start, statistic_of(by_start[start], statistic) if start in by_start else None) for start in starts]


def _evaluate(alarm: dict) -> None:
    if not alarm.get("Namespace") or not alarm.get("MetricName"):
        return
    with _evaluating:
        rule = _rule_of(alarm)
        now = time.time()
        judgement = judge(rule, _datapoints(alarm, rule, now))
        if judgement is not None and judgement.state != alarm["StateValue"]:
            _change_state(alarm, rule, judgement, now)


def _change_state(alarm: dict, rule: AlarmRule, judgement: Judgement, now: float) -> None:
    former = alarm["StateValue"]
    reason_data = _reason_data(alarm, rule, judgement, now)
    alarm.update(
        StateValue=judgement.state,
        StateReason=judgement.reason,
        StateReasonData=json.dumps(reason_data, separators=(",", ":")),
        StateUpdatedTimestamp=int(now),
        StateTransitionedTimestamp=int(now),
    )
    cloudwatch._record_history(alarm["AlarmName"], former, judgement.state, judgement.reason, "MetricAlarm", reason_data)
    _tell(alarm, former, judgement.state, judgement.reason)
    cloudwatch._evaluate_parent_alarms(alarm)


def _reason_data(alarm: dict, rule: AlarmRule, judgement: Judgement, now: float) -> dict:
    return {
        "version": "1.0",
        "queryDate": _time_text(now),
        **({"startDate": _time_text(judgement.evaluated[0].start)} if judgement.evaluated else {}),
        "statistic": alarm.get("ExtendedStatistic") or alarm.get("Statistic"),
        "period": rule.period,
        "recentDatapoints": [point.value for point in judgement.evaluated],
        "threshold": rule.threshold,
        "evaluatedDatapoints": [
            {"timestamp": _time_text(point.start), "value": point.value} for point in reversed(judgement.evaluated)
        ],
    }


def _tell(alarm: dict, former: str, state: str, reason: str) -> None:
    """Replaces `_dispatch_alarm_actions`, which is called once per change of state, of composite alarms too."""
    _send_event(alarm, former, state, reason)
    if not alarm.get("ActionsEnabled", True):
        return
    message = json.dumps(_notification(alarm, former, state, reason))
    subject = f'{state}: "{alarm["AlarmName"]}" in {get_region()}'[:100]
    for action in alarm.get(_ACTIONS[state]) or []:
        if not cloudwatch._is_sns_action_arn(action):
            continue
        if not sns.topic_policy_allows(action, "cloudwatch.amazonaws.com", alarm["AlarmArn"], get_account_id()):
            _logger.warning("%s may not publish to %s: the topic's policy does not let CloudWatch.", alarm["AlarmName"], action)
            continue
        sns._fanout(action, new_uuid(), message, subject)


def _notification(alarm: dict, former: str, state: str, reason: str) -> dict:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html"""
    common = {
        "AlarmName": alarm["AlarmName"],
        "AlarmDescription": alarm.get("AlarmDescription") or None,
        "AWSAccountId": get_account_id(),
        "NewStateValue": state,
        "NewStateReason": reason,
        "StateChangeTime": _time_text(time.time()),
        "Region": get_region(),
        "AlarmArn": alarm["AlarmArn"],
        "OldStateValue": former,
        **{field: alarm.get(field) or [] for field in ("OKActions", "AlarmActions", "InsufficientDataActions")},
    }
    if "MetricName" not in alarm:
        return {**common, "AlarmRule": alarm.get("AlarmRule", "")}
    extended = alarm.get("ExtendedStatistic")
    trigger = {
        "MetricName": alarm.get("MetricName"),
        "Namespace": alarm.get("Namespace"),
        **(
            {"StatisticType": "ExtendedStatistic", "ExtendedStatistic": extended}
            if extended
            else {"StatisticType": "Statistic", "Statistic": str(alarm.get("Statistic", "")).upper()}
        ),
        "Unit": alarm.get("Unit"),
        "Dimensions": [{"value": each["Value"], "name": each["Name"]} for each in alarm.get("Dimensions") or []],
        "Period": alarm.get("Period"),
        "EvaluationPeriods": alarm.get("EvaluationPeriods"),
        **({"DatapointsToAlarm": alarm["DatapointsToAlarm"]} if alarm.get("DatapointsToAlarm") else {}),
        "ComparisonOperator": alarm.get("ComparisonOperator"),
        "Threshold": alarm.get("Threshold"),
        "TreatMissingData": alarm.get("TreatMissingData") or "missing",
        "EvaluateLowSampleCountPercentile": "",
    }
    return {**common, "Trigger": trigger}


def _send_event(alarm: dict, former: str, state: str, reason: str) -> None:
    changed = {"value": state, "reason": reason, "timestamp": _time_text(time.time())}
    if alarm.get("StateReasonData"):
        changed["reasonData"] = alarm["StateReasonData"]
    configuration: dict = {"description": alarm.get("AlarmDescription") or ""}
    if alarm.get("MetricName"):
        metric = {
            "namespace": alarm["Namespace"],
            "name": alarm["MetricName"],
            "dimensions": cloudwatch._dims_from_list(alarm.get("Dimensions") or []),
        }
        statistic = {"metric": metric, "period": alarm.get("Period"), "stat": alarm.get("ExtendedStatistic") or alarm.get("Statistic")}
        configuration["metrics"] = [{"id": new_uuid(), "metricStat": statistic, "returnData": True}]
    detail = {
        "alarmName": alarm["AlarmName"],
        "state": changed,
        "previousState": {"value": former},
        "configuration": configuration,
    }
    entry = {
        "Source": "aws.cloudwatch",
        "DetailType": "CloudWatch Alarm State Change",
        "Resources": [alarm["AlarmArn"]],
        "Detail": json.dumps(detail),
    }
    eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)


def _time_text(epoch: float) -> str:
    return datetime.fromtimestamp(epoch, tz=timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000"


def _evaluate_all() -> None:
    """The alarms of the request's account and region; one that can't be evaluated doesn't stop the others."""
    for alarm in list(cloudwatch._alarms.values()):
        try:
            _evaluate(alarm)
        except Exception:
            _logger.exception("The alarm %s could not be evaluated.", alarm.get("AlarmName"))


def _tick() -> None:
    while True:
        time.sleep(_TICK_SECONDS)
        for account, region in {key[:2] for key in list(cloudwatch._alarms._data)}:
            with request_scope(account, region):
                _evaluate_all()


def close() -> None:
    require(
        cloudwatch,
        "_alarms",
        "_metrics",
        "_dims_key",
        "_dims_from_list",
        "_evaluate_alarm",
        "_evaluate_all_alarms",
        "_dispatch_alarm_actions",
        "_record_history",
        "_evaluate_parent_alarms",
        "_is_sns_action_arn",
    )
    require(sns, "_fanout", "topic_policy_allows")
    require(eventbridge, "_put_events")
    cloudwatch._evaluate_alarm = _evaluate
    cloudwatch._evaluate_all_alarms = _evaluate_all
    cloudwatch._dispatch_alarm_actions = _tell
    threading.Thread(target=_tick, daemon=True, name="launcher-alarms").start()
