"""The worker stands beside the web process, and never outlives it."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from paceline.commands.work import worker_beside
from paceline.home import Home

PATIENCE = 60
"""Seconds after which a process that should have ended counts as one that never will."""


def _worker(home: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "paceline", "--home", str(home), "work", "--beside"]
    return subprocess.Popen(command, stdin=subprocess.PIPE)


def test_a_worker_ends_when_whoever_started_it_is_gone(tmp_path: Path) -> None:
    with _worker(tmp_path) as worker:
        assert worker.stdin is not None
        worker.stdin.close()
        assert worker.wait(PATIENCE) in {0, -signal.SIGTERM}


def test_a_worker_that_is_asked_to_stop_stops(tmp_path: Path) -> None:
    with _worker(tmp_path) as worker:
        worker.terminate()
        assert worker.wait(PATIENCE) in {0, -signal.SIGTERM}


def test_no_worker_is_started_where_none_is_wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: pytest.fail("a process was started"))
    with worker_beside(Home(tmp_path), wanted=False) as worker:
        assert worker is None


def test_a_worker_is_stopped_at_the_end_even_of_a_server_that_fell(tmp_path: Path) -> None:
    started: list[subprocess.Popen[bytes]] = []

    def fall() -> None:
        with worker_beside(Home(tmp_path), wanted=True) as worker:
            assert worker is not None
            started.append(worker)
            raise RuntimeError("the server fell")

    with pytest.raises(RuntimeError, match="the server fell"):
        fall()
    assert started[0].poll() is not None
