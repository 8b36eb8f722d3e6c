"""Memory of a process counts what it starts, and shared pages once."""

from __future__ import annotations

import subprocess
import sys

import pytest

from benchmarks.process_tree import PROC, tree, tree_cost

pytestmark = pytest.mark.skipif(
    not (PROC / "self" / "smaps_rollup").exists(), reason="memory of process trees is read from /proc"
)

HOLD = "import time; held = bytearray({mb} << 20); held[::4096] = b'x' * len(held[::4096]); time.sleep({seconds})"


def test_a_process_is_charged_with_what_its_child_holds() -> None:
    # The child fills 120 MB while its parent only waits.
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {HOLD.format(mb=120, seconds=2)!r}])"
    cost = tree_cost(["-c", parent])
    assert 120 < cost.peak_mb < 200
    assert cost.wall > 2


def test_pages_that_parent_and_child_share_count_once() -> None:
    # After a fork both hold the same 120 MB.
    shared = HOLD.format(mb=120, seconds=0) + "; import os; pid = os.fork(); time.sleep(2); pid and os.waitpid(pid, 0)"
    assert tree_cost(["-c", shared]).peak_mb < 200


def test_what_was_printed_is_kept() -> None:
    assert tree_cost(["-c", "print('said')"]).output == "said\n"


def test_a_failure_is_not_passed_over() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        tree_cost(["-c", "raise SystemExit(3)"])


def test_a_process_that_has_ended_has_no_children() -> None:
    gone = subprocess.Popen([sys.executable, "-c", "pass"])
    gone.wait()
    assert list(tree(gone.pid)) == [gone.pid]
