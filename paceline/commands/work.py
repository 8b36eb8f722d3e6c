"""`paceline work`: the worker that scores whenever facts or model are newer than the newest snapshot."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from paceline.console import note, pairs, say, say_json
from paceline.home import Home
from paceline.workspace import open_engine
from service.jobs.due import Due, scoring_due
from service.jobs.worker import Ran, Worker

STDIN = 0
LAST_WORDS = 400
"""Characters of stderr that are kept of a run that failed."""
BEHIND = 5
"""How far the worker steps back behind whoever waits for a page."""
GRACE_SECONDS = 20
"""How long a worker that was asked to stop may take."""


def run(home: Home, *, every: float, once: bool, beside: bool, as_json: bool) -> None:
    """Look every `every` seconds what is due and do it.

    Args:
        home: Home folder.
        every: Seconds between two looks.
        once: Look once and end.
        beside: End when standard input ends: with the process that started this one, however that came to its end.
        as_json: Print the run, if there was one, as JSON.
    """
    engine, pause = open_engine(home), threading.Event()
    if not once:
        os.nice(BEHIND)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if beside:
        threading.Thread(target=_end_with_input, daemon=True).start()
    worker = Worker(
        home=home.root,
        due=lambda: scoring_due(engine, home.bundles),
        score=lambda due: score_apart(home, due),
        now=lambda: datetime.now(UTC).replace(microsecond=0),
    )
    while True:
        entry = worker.step()
        if once:
            _tell({"due": entry is not None, **({} if entry is None else vars(entry))}, as_json=as_json)
            return
        if entry is not None:
            note(f"scored {entry.dataset_version}" if not entry.failed else f"scoring failed: {entry.said}")
        pause.wait(every)


def _end_with_input() -> None:
    """Ask this process to end when nobody holds the other end of its standard input any more."""
    while os.read(STDIN, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _tell(told: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        say_json(told)
    else:
        say(pairs(told))


def score_apart(home: Home, due: Due) -> Ran:
    """Run `paceline score` in a process of its own; it ends with this one."""
    del due  # The command scores the newest facts with the served model: what was due, or what has come since.
    done = subprocess.run(  # noqa: S603 - our own command line, nothing from outside
        [sys.executable, "-m", "paceline", "--home", str(home.root), "score", "--json"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    return Ran(done.returncode, done.stderr.strip()[-LAST_WORDS:])


@contextmanager
def worker_beside(home: Home, *, wanted: bool) -> Iterator[subprocess.Popen[bytes] | None]:
    """Keep a worker running beside this process, and stop it at the end.

    Args:
        home: Home folder.
        wanted: False runs none.

    Yields:
        The worker's process, or None.
    """
    if not wanted:
        yield None
        return
    command = [sys.executable, "-m", "paceline", "--home", str(home.root), "work", "--beside"]
    # A server that is asked to stop ends without coming back here; then the closed pipe ends the worker.
    with subprocess.Popen(  # noqa: S603 - our own command line, nothing from outside
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    ) as worker:
        try:
            yield worker
        finally:
            _stop(worker)


def _stop(worker: subprocess.Popen[bytes]) -> None:
    worker.terminate()
    try:
        worker.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        worker.kill()
