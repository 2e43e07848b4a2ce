"""EventBridge: the local SageMaker may publish as `aws.sagemaker`, and schedules fire within a second, not within ten.

AWS refuses a `PutEvents` with an `aws.*` source from customers, and so does the emulator; its own services pass a flag. Here
the flag is on for everyone, since the local SageMaker is a service of this AWS.
"""

from ministack.services import eventbridge, scheduler

from gaps.patching import UnknownEmulator, require

_TICK_SECONDS = 1


def close() -> None:
    require(eventbridge, "_put_events", "_SCHEDULER_TICK_INTERVAL")
    require(scheduler, "_SCHEDULE_TICK_INTERVAL")
    if eventbridge._put_events.__defaults__ != (False,):
        raise UnknownEmulator("eventbridge._put_events has other defaults than (False,): the launcher fits ministack 1.5.33 only.")
    eventbridge._put_events.__defaults__ = (True,)
    eventbridge._SCHEDULER_TICK_INTERVAL = _TICK_SECONDS
    scheduler._SCHEDULE_TICK_INTERVAL = _TICK_SECONDS
