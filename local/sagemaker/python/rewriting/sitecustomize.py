"""Where mount namespaces are forbidden: Python's own file calls find `/opt/ml` in the folder that OPT_ML_FOLDER names.

C code that opens files by itself, and programs other than Python, aren't reached; the log of each job says so.
"""

import builtins
import functools
import io
import os

ROOT = "/opt/ml"
FOLDER = os.environ.get("OPT_ML_FOLDER", "")

ONE_PATH = """access chdir chflags chmod chown getxattr lchown listdir listxattr lstat makedirs mkdir mkfifo open readlink remove
removedirs removexattr rmdir scandir setxattr stat statvfs truncate unlink utime walk""".split()
TWO_PATHS = "link rename renames replace symlink".split()


def moved(path):
    text = os.fspath(path) if isinstance(path, (str, os.PathLike)) else None
    if isinstance(text, str) and (text == ROOT or text.startswith(ROOT + "/")):
        return FOLDER + text[len(ROOT) :]
    return path


def moving(function, paths):
    @functools.wraps(function)
    def call(*args, **kwargs):
        return function(*(moved(a) if i < paths else a for i, a in enumerate(args)), **kwargs)

    return call


def replace(name: str, paths: int) -> None:
    original = getattr(os, name)
    changed = moving(original, paths)
    setattr(os, name, changed)
    # The standard library asks these sets what a function can do.
    for able in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks, os.supports_effective_ids):
        if original in able:
            able.add(changed)


def install() -> None:
    builtins.open = moving(builtins.open, 1)
    io.open = builtins.open
    for names, paths in ((ONE_PATH, 1), (TWO_PATHS, 2)):
        for name in names:
            if hasattr(os, name):
                replace(name, paths)


if FOLDER:
    install()
