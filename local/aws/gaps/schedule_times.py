"""When a schedule of EventBridge Scheduler is due: the nominal times of `rate(…)`, `cron(…)` and `at(…)`."""

from datetime import datetime, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ministack.services import eventbridge, scheduler


class InvalidSchedule(ValueError):
    """The expression or the time zone can't be read."""


def check(schedule: dict) -> None:
    """@raises InvalidSchedule"""
    expression = schedule.get("ScheduleExpression", "")
    _zone_of(schedule)
    if _at(expression) is None and eventbridge._parse_rate_seconds(expression) is None and not _cron(expression):
        raise InvalidSchedule(f"Invalid Schedule Expression {expression}.")


def latest_due(schedule: dict, after: float | None, now: float) -> float | None:
    """The last nominal time that has passed and lies after `after`; none if there is none. Times between the two are skipped.

    `rate` begins at the start date, else at once: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
    """
    expression = schedule["ScheduleExpression"]
    created = float(schedule["CreationDate"])
    begin = max(created, scheduler._to_epoch(schedule.get("StartDate")) or created)
    due = _at_time(expression, schedule)
    if due is None and now >= begin:
        interval = eventbridge._parse_rate_seconds(expression)
        due = begin + (now - begin) // interval * interval if interval else _cron_time(schedule, max(begin, after or begin), now)
    if due is None or due > now or (after is not None and due <= after):
        return None
    return due


def is_one_time(schedule: dict) -> bool:
    return _at(schedule["ScheduleExpression"]) is not None


def _at(expression: str) -> str | None:
    text = expression.strip()
    return text[3:-1].strip() if text.startswith("at(") and text.endswith(")") else None


def _at_time(expression: str, schedule: dict) -> float | None:
    text = _at(expression)
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=_zone_of(schedule)).timestamp()


def _cron(expression: str) -> object:
    return eventbridge._parse_cron_fields(expression) if expression.startswith("cron(") else None


def _cron_time(schedule: dict, after: float, now: float) -> float | None:
    """Walks in the clock of the schedule's own time zone, so that 08:00 stays 08:00 in summer."""
    fields, zone = _cron(schedule["ScheduleExpression"]), _zone_of(schedule)
    clock = datetime.fromtimestamp(after, tz=zone).replace(tzinfo=timezone.utc)
    due = None
    while True:
        clock = eventbridge._cron_next_fire(fields, clock)
        time = None if clock is None else clock.replace(tzinfo=zone).timestamp()
        if time is None or time > now:
            return due
        due = time


def _zone_of(schedule: dict) -> timezone | ZoneInfo:
    name = schedule.get("ScheduleExpressionTimezone") or "UTC"
    try:
        return timezone.utc if name == "UTC" else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InvalidSchedule(f"Invalid Time Zone {name}.") from error
