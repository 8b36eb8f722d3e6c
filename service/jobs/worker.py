"""The worker: looks what is due, runs it in a process of its own, and writes down how it went."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from service.jobs.diary import Entry, read_diary, write_diary
from service.jobs.due import Due

RETRIED_CODES = 2
"""Exit codes below it (1: unexpected error; negative: killed) may pass by themselves; 2, 3 and 4 need a person."""
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True)
class Ran:
    """How a run ended.

    Attributes:
        exit_code: 0, or what the command line answered; negative: the signal that ended it.
        said: Last words on stderr.
    """

    exit_code: int
    said: str = ""


@dataclass(frozen=True)
class Worker:
    """Does what is due, one piece at a time.

    Attributes:
        home: Home folder; the diary lies there.
        due: Looks what is to be scored.
        score: Scores it in a process of its own, so that running out of memory ends that process alone.
        now: The clock, UTC.
    """

    home: Path
    due: Callable[[], Due | None]
    score: Callable[[Due], Ran]
    now: Callable[[], datetime] = field(repr=False)

    def step(self) -> Entry | None:
        """Do what is due, if anything is and it may be tried now; return what was written down."""
        due = self.due()
        if due is None:
            return None
        earlier = read_diary(self.home)
        tried = [entry for entry in earlier if Due(entry.dataset_version, entry.bundle) == due]
        if tried and tried[0].waits(self.now()):
            return None
        ran = self.score(due)
        entry = self._entry(due, ran, failures=sum(entry.failed for entry in tried))
        write_diary(self.home, [entry, *earlier])
        return entry

    def _entry(self, due: Due, ran: Ran, *, failures: int) -> Entry:
        ended = self.now()
        again = ran.exit_code != 0 and ran.exit_code < RETRIED_CODES
        return Entry(
            ended_at=ended.isoformat(),
            dataset_version=due.dataset_version,
            bundle=due.bundle,
            exit_code=ran.exit_code,
            said=ran.said if ran.exit_code else "",
            next_at=(ended + wait_after(failures)).isoformat() if again else None,
        )


def wait_after(failures: int) -> timedelta:
    """Return how long to wait after a failure that was preceded by `failures` others.

    Examples:
        >>> [str(wait_after(n)) for n in (0, 1, 5, 40)]
        ['0:01:00', '0:02:00', '0:32:00', '1:00:00']
    """
    doublings: int = 2 ** min(failures, 10)
    return min(FIRST_WAIT * doublings, LONGEST_WAIT)
