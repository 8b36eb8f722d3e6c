"""Peak memory of a process with all that it starts, shared pages counted once; read from Linux' /proc."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.measure import Cost

PROC = Path("/proc")
EVERY = 0.2
"""Seconds between two looks."""
KB_PER_MB = 1024.0


def tree_cost(arguments: Sequence[str]) -> Cost:
    """Run `python ARGUMENTS` and return its cost, with the memory of all processes of its tree at one moment.

    Args:
        arguments: What follows `python`.

    Returns:
        Wall seconds, seconds of processor of the tree, and the largest sum of proportional memory that was seen; what
        the process writes to stdout.

    Raises:
        OSError: This system has no /proc with `smaps_rollup`.
        CalledProcessError: It failed.
    """
    if not (PROC / "self" / "smaps_rollup").exists():
        raise OSError(
            "memory of a process tree is read from /proc/PID/smaps_rollup, which is not here; run it on Linux"
        )
    started = time.perf_counter()
    with tempfile.TemporaryFile("w+") as told:
        process = subprocess.Popen([sys.executable, *arguments], stdout=told)
        peak, finished = 0.0, 0
        while not finished:
            peak = max(peak, sum(_proportional_mb(pid) for pid in tree(process.pid)))
            time.sleep(EVERY)
            finished, status, usage = os.wait4(process.pid, os.WNOHANG)
        wall = time.perf_counter() - started
        told.seek(0)
        output = told.read()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, arguments, output)
    return Cost(wall, usage.ru_utime + usage.ru_stime, peak, output)


def tree(pid: int) -> Iterator[int]:
    """Yield a process and all that it started, as far as they still run."""
    yield pid
    try:
        started = (PROC / str(pid) / "task" / str(pid) / "children").read_text(encoding="ascii").split()
    except OSError:
        return
    for child in started:
        yield from tree(int(child))


def _proportional_mb(pid: int) -> float:
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:  # it has ended since it was listed
        return 0.0
    return sum(float(line.split()[1]) for line in lines if line.startswith("Pss:")) / KB_PER_MB
