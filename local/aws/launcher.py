"""Starts the local AWS (ministack) with the gaps closed that this product needs closed. See `gaps/`.

Environment, besides the emulator's own variables: LAUNCHER_SAGEMAKER_URL, LAUNCHER_SAVE_SECONDS, LAUNCHER_END_WITH_STDIN.
They are taken out of the environment at start, because every Lambda inherits what is left.
"""

import faulthandler
import signal
import sys

from ministack import app

from gaps import (
    alarms,
    condition_keys,
    distributed_map,
    events,
    lambda_errors,
    metrics,
    parent,
    persistence,
    queues,
    sagemaker,
    schedules,
    subscriptions,
    workflows,
)
from gaps.patching import UnknownEmulator

if __name__ == "__main__":
    # A crash, and kill -USR1, writes what every thread does into the log.
    faulthandler.enable(all_threads=True)
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    gaps = (
        condition_keys,
        lambda_errors,
        sagemaker,
        events,
        schedules,
        workflows,
        distributed_map,
        queues,
        metrics,
        alarms,
        subscriptions,
        persistence,
        parent,
    )
    try:
        for gap in gaps:
            gap.close()
    except UnknownEmulator as error:
        sys.exit(str(error))
    app.main()
