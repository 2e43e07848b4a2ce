"""State is saved while the emulator runs, not only when it is asked to stop: a crash loses seconds.

A service is written only if it differs from what was written last. Services whose state is changing at this moment are
skipped and saved by the next round.
"""

import hashlib
import json
import logging
import os
import threading
import time

from ministack import app
from ministack.core import persistence

from gaps.patching import require

_logger = logging.getLogger("launcher.persistence")
_written: dict[str, str] = {}
_saving = threading.Lock()


def _save(service: str, data: dict) -> None:
    """Replaces `persistence.save_state`: the same file format, but unchanged state isn't written again."""
    document = {"__ministack_format__": persistence._state_format_version(service), "payload": data}
    text = json.dumps(document, default=persistence._json_default)
    digest = hashlib.sha256(text.encode()).hexdigest()
    if _written.get(service) == digest:
        return
    os.makedirs(persistence.STATE_DIR, exist_ok=True)
    path = os.path.join(persistence.STATE_DIR, f"{service}.json")
    with open(path + ".tmp", "w") as file:
        file.write(text)
    os.replace(path + ".tmp", path)
    _written[service] = digest


def _save_all(services: dict) -> None:
    with _saving:
        for name, get_state in services.items():
            try:
                state = get_state()
                if state is not None:
                    _save(name, state)
            except RuntimeError as error:  # "dictionary changed size during iteration"
                _logger.info("%s is busy and will be saved by the next round: %s", name, error)
            except Exception:
                _logger.exception("could not save the state of %s", name)


def _save_for_ever(interval_seconds: float) -> None:
    while True:
        time.sleep(interval_seconds)
        _save_all(app._build_persistence_save_dict())


def close() -> None:
    """Reads LAUNCHER_SAVE_SECONDS; does nothing unless PERSIST_STATE=1."""
    interval_seconds = float(os.environ.pop("LAUNCHER_SAVE_SECONDS", "3"))
    require(persistence, "_state_format_version", "_json_default", "STATE_DIR", "PERSIST_STATE")
    require(app, "_build_persistence_save_dict", "save_all")
    if not persistence.PERSIST_STATE:
        return
    app.save_all = _save_all
    threading.Thread(target=_save_for_ever, args=(interval_seconds,), daemon=True, name="launcher-save").start()
