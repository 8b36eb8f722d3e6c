"""Shared measuring: time and peak memory of a child process, and a line that compares a figure with its bar."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Cost:
    """What a child process cost.

    Attributes:
        wall: Seconds from start to end.
        cpu: Seconds of user and system time.
        peak_mb: Largest resident memory, MB.
        output: What it printed.
    """

    wall: float
    cpu: float
    peak_mb: float
    output: str


def child(arguments: Sequence[str]) -> Cost:
    """Run `python ARGUMENTS` and return its cost.

    Raises:
        CalledProcessError: It failed.
    """
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, arguments, output)
    return Cost(time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output)


def peak_mb() -> float:
    """Return the largest resident memory of this process so far, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def verdict(what: str, value: float, bar: float, *, unit: str = "", at_most: bool = True) -> str:
    """Return one line that says whether `value` meets `bar`.

    Examples:
        >>> verdict("scan ratio", 6.1, 8.0, unit="x")
        'scan ratio: 6.1x, bar at most 8x: met'
    """
    met = value <= bar if at_most else value >= bar
    side = "at most" if at_most else "at least"
    return f"{what}: {value:.3g}{unit}, bar {side} {bar:g}{unit}: {'met' if met else 'MISSED'}"
