"""How much memory the descendants of a process use together."""

import os
import subprocess
import sys

PAGE = os.sysconf("SC_PAGE_SIZE")


def memory_in_use(root: int, worth_counting: int) -> int:
    """In bytes. Pages that processes share are counted once if the sum without that is above `worth_counting`."""
    if sys.platform != "linux":
        return from_ps(root)
    pids = descendants_of(root)
    total = sum(resident(pid) for pid in pids)
    if total <= worth_counting or len(pids) < 2:
        return total
    return sum(proportional(pid) for pid in pids)


def descendants_of(root: int) -> list[int]:
    found, waiting = [], [root]
    while waiting:
        parent = waiting.pop()
        try:
            threads = os.listdir(f"/proc/{parent}/task")
        except OSError:
            continue
        for thread in threads:
            try:
                with open(f"/proc/{parent}/task/{thread}/children") as children:
                    pids = [int(pid) for pid in children.read().split()]
            except OSError:
                continue
            found += pids
            waiting += pids
    return found


def resident(pid: int) -> int:
    """Without the pages of files, which the kernel can drop."""
    try:
        with open(f"/proc/{pid}/statm") as numbers:
            _, pages, shared, *_ = (int(number) for number in numbers.read().split())
    except OSError:
        return 0
    return max(0, pages - shared) * PAGE


def proportional(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/smaps_rollup") as lines:
            sizes = dict(line.split(":", 1) for line in lines if line.startswith("Pss_Anon:"))
        return int(sizes["Pss_Anon"].split()[0]) * 1024
    except (OSError, KeyError):
        return resident(pid)


def from_ps(root: int) -> int:
    table = subprocess.run(["ps", "-axo", "pid=,ppid=,rss="], capture_output=True, text=True, check=False).stdout
    rows = [tuple(int(cell) for cell in line.split()) for line in table.splitlines() if len(line.split()) == 3]
    family, total = {root}, 0
    for pid, parent, kilobytes in sorted(rows):
        if parent in family:
            family.add(pid)
            total += kilobytes * 1024
    return total
