"""The worker's diary: its last runs in one small file of the home folder, for the status page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from models.bundle.durable import replace_durably

DIARY_NAME = "worker.json"
KEPT = 14
"""Runs that the diary keeps."""


@dataclass(frozen=True)
class Entry:
    """One run of the scoring job.

    Attributes:
        ended_at: When it ended, UTC, ISO.
        dataset_version: Dataset it was to score.
        bundle: Hash of the model's bundle.
        exit_code: 0, or what the command line answered; negative: the signal that ended it.
        said: Last words on stderr of a run that failed; empty otherwise.
        next_at: When it is tried again, UTC, ISO; None: not before the facts or the model change.
    """

    ended_at: str
    dataset_version: str
    bundle: str
    exit_code: int
    said: str = ""
    next_at: str | None = None

    @property
    def failed(self) -> bool:
        """Whether the run did not store a snapshot."""
        return self.exit_code != 0

    def waits(self, now: datetime) -> bool:
        """Whether the same work must not be tried at `now`."""
        return self.failed and (self.next_at is None or now < datetime.fromisoformat(self.next_at))


def read_diary(home: Path) -> list[Entry]:
    """Return the runs, newest first; none where no worker has run, or its file was damaged.

    A damaged diary is only news about the past, so it is begun anew.
    """
    try:
        return [Entry(**row) for row in json.loads((home / DIARY_NAME).read_bytes())]
    except (FileNotFoundError, ValueError, TypeError):
        return []


def write_diary(home: Path, entries: Sequence[Entry]) -> None:
    """Replace the diary; a reader sees the old or the new one, never a mixture.

    Args:
        home: Home folder.
        entries: Runs, newest first; what is beyond `KEPT` is dropped.
    """
    rows = [asdict(entry) for entry in entries[:KEPT]]
    replace_durably(home / DIARY_NAME, json.dumps(rows, ensure_ascii=False, indent=1).encode())
