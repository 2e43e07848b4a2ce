"""Runs one command as SageMaker's container would: `/opt/ml` is the job's own folder, and nothing outlives the command.

Called with one JSON argument: {"optMl": folder, "mountOptMl": bool, "command": [...], "cwd": path, "passDescriptor": int | null,
"limits": {"memoryBytes": int, "cpus": int, "largestFileBytes": int} | null, "overMemory": path}.
A command whose processes together use more memory than they may is killed, and the file `overMemory` says so.
Standard input is a pipe that the server holds: when it closes, because the server asks or because it is gone, everything here
is killed. SIGTERM is passed on to the command.
"""

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import threading

from memory_in_use import memory_in_use

LOOK_EVERY_SECONDS = 0.1 if sys.platform == "linux" else 1.0
MS_BIND, MS_REC, MNT_DETACH = 4096, 16384, 2
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 1, 36, 47, 4
NOT_STARTED, KILLED = 125, 137
LINUX = sys.platform == "linux"
libc = ctypes.CDLL(None, use_errno=True)


def mount(source: str, target: str, kind: str | None, flags: int) -> None:
    if libc.mount(source.encode(), target.encode(), kind.encode() if kind else None, flags, None) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"mount on {target}: {os.strerror(number)}")


def bind_opt_ml(folder: str) -> None:
    """Needs a mount namespace of its own. /opt becomes a tmpfs with its old entries bound back, and `ml` among them."""
    before = f"{folder}-opt-before"
    os.mkdir(before, 0o700)
    mount("/opt", before, None, MS_BIND | MS_REC)
    mount("tmpfs", "/opt", "tmpfs", 0)
    for entry in os.scandir(before):
        target = f"/opt/{entry.name}"
        if entry.name == "ml":
            continue
        if entry.is_symlink():
            os.symlink(os.readlink(entry.path), target)
        elif entry.is_dir():
            os.mkdir(target)
            mount(entry.path, target, None, MS_BIND | MS_REC)
        else:
            open(target, "wb").close()
            mount(entry.path, target, None, MS_BIND)
    os.mkdir("/opt/ml")
    mount(folder, "/opt/ml", None, MS_BIND | MS_REC)
    libc.umount2(before.encode(), MNT_DETACH)
    os.rmdir(before)


def become_the_command(limits: dict | None) -> None:
    if LINUX:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    if limits is None:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits["largestFileBytes"], limits["largestFileBytes"]))
    if LINUX:
        cpus = sorted(os.sched_getaffinity(0))
        if limits["cpus"] < len(cpus):
            # Not the same ones for every job.
            first = os.getpid() % len(cpus)
            os.sched_setaffinity(0, (cpus * 2)[first : first + limits["cpus"]])


def watch_memory(child: subprocess.Popen, limit: int, over_memory: str, ended: threading.Event) -> None:
    while not ended.wait(LOOK_EVERY_SECONDS):
        used = memory_in_use(os.getpid(), limit)
        if used > limit:
            with open(over_memory, "w") as file:
                file.write(f"{used} of {limit} bytes")
            print(f"[sagemaker] killed: {used >> 20} MiB of memory in use, {limit >> 20} MiB allowed.", file=sys.stderr, flush=True)
            signal_group(child, signal.SIGKILL)
            return


def signal_group(child: subprocess.Popen, number: int) -> None:
    try:
        os.killpg(child.pid, number)
    except (ProcessLookupError, PermissionError):
        pass


def descendants() -> list[int]:
    """Children of this process, also those that were orphaned on the way: it is their subreaper. Linux only."""
    try:
        with open(f"/proc/{os.getpid()}/task/{os.getpid()}/children") as children:
            return [int(pid) for pid in children.read().split()]
    except OSError:
        return []


def kill_what_is_left(child: subprocess.Popen) -> None:
    signal_group(child, signal.SIGKILL)
    for _ in range(100):
        left = descendants()
        if not left:
            return
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
            except (ProcessLookupError, ChildProcessError):
                pass


def main() -> int:
    spec = json.loads(sys.argv[1])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if spec["mountOptMl"]:
        bind_opt_ml(spec["optMl"])
    if LINUX:
        libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    descriptor, limits = spec["passDescriptor"], spec["limits"]
    try:
        child = subprocess.Popen(
            spec["command"],
            cwd=spec["cwd"],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=() if descriptor is None else (descriptor,),
            preexec_fn=lambda: become_the_command(limits),
        )
    except OSError as error:
        print(f"The command can't be started: {error}", file=sys.stderr)
        return NOT_STARTED
    if descriptor is not None:
        os.close(descriptor)
    signal.signal(signal.SIGTERM, lambda *_: signal_group(child, signal.SIGTERM))

    let_go = threading.Event()

    def watch_the_server() -> None:
        while sys.stdin.buffer.read(1024):
            pass
        let_go.set()
        signal_group(child, signal.SIGKILL)

    threading.Thread(target=watch_the_server, daemon=True).start()
    ended = threading.Event()
    if limits is not None:
        watched = (child, limits["memoryBytes"], spec["overMemory"], ended)
        threading.Thread(target=watch_memory, args=watched, daemon=True).start()
    code = child.wait()
    ended.set()
    kill_what_is_left(child)
    if let_go.is_set():
        return KILLED
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.stdout.flush()
    os._exit(main())
