"""Whether the past still stands, told from the files of the logs alone: those that were read never change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from features.domain.time import AsOf
from features.history.source import FactSource

LOGS = ("activities", "bookings", "deal_states", "quotas", "reps", "team_assignments")
"""Logs that the definitions read."""


def stamps(source: FactSource) -> dict[str, str]:
    """Return size and time of change of each file of the logs; nothing if a log is held in memory.

    Args:
        source: A dataset.
    """
    if any(source.arrow(log) is not None for log in LOGS):
        return {}
    return {path: _stamp(Path(path)) for log in LOGS for path in source.files(log)}


def past_stands(source: FactSource, read: Mapping[str, str], cutoff: AsOf) -> bool | None:
    """Say whether the facts known by a cutoff are those that were read for it.

    Args:
        source: The dataset as it is now.
        read: `stamps` of the dataset when it was read.
        cutoff: The cutoff for which it was read.

    Returns:
        True if all files that were read stand and no other file knows of something before; False if another file
        does; None if files cannot tell, since they were not known or do not stand any more.
    """
    now = stamps(source)
    if not read or not read.items() <= now.items():
        return None
    return not any(_knows_before(Path(path), cutoff) for path in now.keys() - read.keys())


def _stamp(path: Path) -> str:
    found = path.stat()
    return f"{found.st_size} {found.st_mtime_ns}"


def _knows_before(path: Path, cutoff: AsOf) -> bool:
    """Whether any fact of a file was known by the end of a day."""
    known = pq.read_table(path, columns=["known_at"], partitioning=None).column("known_at")
    earliest: datetime | None = pc.min(known).as_py()
    return earliest is not None and earliest.replace(tzinfo=UTC) < cutoff.instant
