"""The emulator ends with the program that started it: when stdin closes, it stops as on SIGTERM, and saves its state."""

import os
import signal
import threading


def _wait_for_the_end_of_stdin() -> None:
    # Not through sys.stdin: its buffer's lock would still be held when the interpreter ends.
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def close() -> None:
    if os.environ.pop("LAUNCHER_END_WITH_STDIN", "") == "1":
        threading.Thread(target=_wait_for_the_end_of_stdin, daemon=True, name="launcher-parent").start()
