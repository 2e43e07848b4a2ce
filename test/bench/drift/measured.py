"""What every contender prints about itself."""

import json
import resource
import sys
import time


class Clock:
    def __init__(self) -> None:
        self.began, self.cpu = time.perf_counter(), time.process_time()

    def seconds(self) -> float:
        return time.perf_counter() - self.began


def report(rows: int, clock: Clock, **more: object) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    measured = {
        "rows": rows,
        "seconds": clock.seconds(),
        "cpuSeconds": time.process_time() - clock.cpu,
        "peakMegabytes": peak / unit,
    }
    print(json.dumps({**measured, **more}))
