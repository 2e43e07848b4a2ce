"""EventBridge Scheduler: the input knows its scheduled time, a failed start is tried again and ends in the dead-letter queue.

The emulator hands `<aws.scheduler.scheduled-time>` over as it stands, drops what its target refuses, forgets at a restart what it
has fired, and takes expressions that it will never fire. What was due while the emulator was stopped is fired once, for the
last time that was due.
"""

import copy
import json
import logging
import threading
import time
from datetime import datetime, timezone

from ministack.core.arn import parse_arn
from ministack.core.responses import AccountRegionScopedDict, new_uuid, request_scope
from ministack.services import eventbridge, lambda_svc, scheduler, sqs, stepfunctions

from gaps.patching import require
from gaps.schedule_times import InvalidSchedule, check, is_one_time, latest_due

_DEFAULT_ATTEMPTS = 185
_DEFAULT_AGE_SECONDS = 86_400
_LONGEST_PAUSE_SECONDS = 60
_MAY_SUCCEED_LATER = ("ExecutionLimitExceeded", "TooManyRequestsException", "ThrottlingException", "InternalFailure")

_logger = logging.getLogger("launcher.schedules")
# Per schedule, the nominal time that was fired last.
_fired = AccountRegionScopedDict()


class _Refused(Exception):
    """The target did not take it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def _tick() -> None:
    now = time.time()
    for (account, region, key), schedule in list(scheduler._schedules._data.items()):
        with request_scope(account, region):
            try:
                _consider(key, schedule, now)
            except Exception:
                _logger.exception("The schedule %s could not be considered.", key)


def _consider(key: str, schedule: dict, now: float) -> None:
    end = scheduler._to_epoch(schedule.get("EndDate"))
    if end is not None and now > end and not is_one_time(schedule):
        _complete(key, schedule)
        return
    last = _fired.get(key)
    # A schedule that was made anew under the same name has fired nothing yet.
    after = last if last is not None and last >= schedule["CreationDate"] else None
    due = latest_due(schedule, after, now)
    if due is None:
        return
    _fired[key] = due
    if schedule.get("State", "ENABLED") != "ENABLED":
        return
    _Firing(schedule, due).start()
    if is_one_time(schedule):
        _complete(key, schedule)


def _complete(key: str, schedule: dict) -> None:
    if schedule.get("ActionAfterCompletion") == "DELETE":
        scheduler._schedules.pop(key, None)
        _fired.pop(key, None)


class _Firing:
    """One time of one schedule, on its way to the target."""

    def __init__(self, schedule: dict, due: float) -> None:
        spec = parse_arn(schedule["Arn"])
        self.scope = (spec.account_id, spec.region)
        self.schedule = schedule
        self.target = schedule["Target"]
        self.due = due
        self.execution_id = new_uuid()
        self.attempt = 1

    def start(self) -> None:
        threading.Thread(target=self._deliver, daemon=True, name="launcher-schedule").start()

    def _deliver(self) -> None:
        policy = self.target.get("RetryPolicy") or {}
        retries = int(policy.get("MaximumRetryAttempts", _DEFAULT_ATTEMPTS))
        oldest = float(policy.get("MaximumEventAgeInSeconds", _DEFAULT_AGE_SECONDS))
        began = time.monotonic()
        with request_scope(*self.scope):
            while True:
                payload = self._payload()
                try:
                    _invoke(self.target, payload)
                    return
                except _Refused as refusal:
                    pause = min(2 ** (self.attempt - 1), _LONGEST_PAUSE_SECONDS)
                    tired = self.attempt > retries or time.monotonic() - began + pause > oldest
                    if tired or refusal.code not in _MAY_SUCCEED_LATER:
                        condition = "MaximumRetryAttempts" if self.attempt > retries else "MaximumEventAgeInSeconds" if tired else None
                        self._give_up(payload, refusal, condition)
                        return
                time.sleep(pause)
                self.attempt += 1

    def _payload(self) -> str:
        text = self.target.get("Input")
        if text is None:
            return json.dumps(self._event())
        attributes = {
            "schedule-arn": self.schedule["Arn"],
            "scheduled-time": _time_text(self.due),
            "execution-id": self.execution_id,
            "attempt-number": str(self.attempt),
        }
        for name, value in attributes.items():
            text = text.replace(f"<aws.scheduler.{name}>", value)
        return text

    def _event(self) -> dict:
        account, region = self.scope
        return {
            "version": "0",
            "id": self.execution_id,
            "detail-type": "Scheduled Event",
            "source": "aws.scheduler",
            "account": account,
            "time": _time_text(self.due),
            "region": region,
            "resources": [self.schedule["Arn"]],
            "detail": "{}",
        }

    def _give_up(self, payload: str, refusal: _Refused, condition: str | None) -> None:
        _logger.warning("The schedule %s gives up: %s: %s", self.schedule["Name"], refusal.code, refusal)
        dead_letters = (self.target.get("DeadLetterConfig") or {}).get("Arn")
        queue = sqs._queue_by_arn(dead_letters) if dead_letters else None
        if queue is None:
            return
        attributes = {
            "ERROR_CODE": refusal.code,
            "ERROR_MESSAGE": str(refusal),
            "EXECUTION_ID": self.execution_id,
            "RETRY_ATTEMPTS": str(self.attempt - 1),
            "SCHEDULED_TIME": _time_text(self.due),
            "SCHEDULE_ARN": self.schedule["Arn"],
            "TARGET_ARN": self.target["Arn"],
            **({"EXHAUSTED_RETRY_CONDITION": condition} if condition else {}),
        }
        message_attributes = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
        sqs._act_send_message({"QueueUrl": queue["url"], "MessageBody": payload, "MessageAttributes": message_attributes}, queue["url"])


def _invoke(target: dict, payload: str) -> None:
    """@raises _Refused"""
    arn = target["Arn"]
    spec = parse_arn(arn)
    if spec.service == "states":
        status, _, body = stepfunctions._start_execution({"stateMachineArn": arn, "input": payload})
        if status >= 400:
            answer = json.loads(body)
            raise _Refused(str(answer.get("__type", "")).rpartition("#")[2], str(answer.get("message") or answer.get("Message")))
    elif spec.service == "lambda":
        function, configuration, name = lambda_svc._get_func_record_for_ref(arn)
        if not function or not configuration:
            raise _Refused("ResourceNotFoundException", f"Function not found: {name}")
        eventbridge._dispatch_to_lambda(arn, payload)
    elif spec.service == "sqs":
        if sqs._queue_by_arn(arn) is None:
            raise _Refused("AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.")
        eventbridge._dispatch_to_sqs(spec, payload, target.get("SqsParameters") or {})
    else:
        eventbridge._invoke_target({**target, "Input": payload}, {"Detail": "{}"}, {})


def _time_text(epoch: float) -> str:
    return datetime.fromtimestamp(epoch, tz=timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _checked(write):
    """AWS refuses an expression that it can't read; the emulator would keep it and never fire."""

    def create_or_update(name: str, body: dict) -> tuple:
        try:
            check(body)
        except InvalidSchedule as error:
            return scheduler._error(400, "ValidationException", str(error))
        return write(name, body)

    return create_or_update


def close() -> None:
    require(
        scheduler,
        "_schedules",
        "_to_epoch",
        "_tick_schedules",
        "_create_schedule",
        "_update_schedule",
        "_error",
        "get_state",
        "load_persisted_state",
        "reset",
    )
    require(eventbridge, "_parse_rate_seconds", "_parse_cron_fields", "_cron_next_fire", "_dispatch_to_lambda", "_dispatch_to_sqs")
    require(stepfunctions, "_start_execution")
    require(lambda_svc, "_get_func_record_for_ref")
    require(sqs, "_queue_by_arn", "_act_send_message")
    get_state, load_state, reset = scheduler.get_state, scheduler.load_persisted_state, scheduler.reset

    def load(data: dict | None) -> None:
        load_state(data)
        _fired.update((data or {}).get("launcher_fired", {}))

    def forget() -> None:
        reset()
        _fired.clear()

    scheduler.get_state = lambda: {**get_state(), "launcher_fired": copy.deepcopy(_fired)}
    scheduler.load_persisted_state = load
    scheduler.reset = forget
    scheduler._tick_schedules = _tick
    scheduler._create_schedule = _checked(scheduler._create_schedule)
    scheduler._update_schedule = _checked(scheduler._update_schedule)
