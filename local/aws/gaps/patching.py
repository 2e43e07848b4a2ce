"""Changes private functions of the emulator, and refuses to start if they aren't what we know.

The emulator's version is pinned, so a failed check here means that somebody raised the pin: read the function again.
"""

import inspect
import textwrap
from types import ModuleType


class UnknownEmulator(RuntimeError):
    """The emulator doesn't have what a gap relies on."""


def require(module: ModuleType, *names: str) -> None:
    """Checks that a module still has these private names."""
    missing = [name for name in names if not hasattr(module, name)]
    if missing:
        raise UnknownEmulator(
            f"{module.__name__} has no {', '.join(missing)}: the launcher fits ministack 1.5.33 only. "
            "Install the pinned version (delete .local/venv/aws and start again)."
        )


def replace_once(text: str, old: str, new: str, where: str) -> str:
    """Replaces the only occurrence of `old`."""
    found = text.count(old)
    if found != 1:
        raise UnknownEmulator(f"{where} has {found} occurrences of {old!r}, expected 1: the launcher fits ministack 1.5.33 only.")
    return text.replace(old, new)


def rewrite_function(module: ModuleType, name: str, replacements: list[tuple[str, str]], **names: object) -> None:
    """Compiles a module's function again with some lines replaced; `names` are added to the module for the new lines."""
    require(module, name)
    source = textwrap.dedent(inspect.getsource(getattr(module, name)))
    for old, new in replacements:
        source = replace_once(source, old, new, f"{module.__name__}.{name}")
    for key, value in names.items():
        setattr(module, key, value)
    exec(compile(source, f"<{module.__name__}.{name}, changed by the launcher>", "exec"), module.__dict__)
