"""What `paceline monitor` last found, in one small file of the home folder, for the status page."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from models.accuracy.drift import DriftLine
from models.bundle.durable import replace_durably

NOTE_NAME = "monitor.json"


@dataclass(frozen=True)
class DriftNote:
    """One look at the served model.

    Attributes:
        as_of: Moment of knowledge, ISO day.
        bundle: Hash of the model's bundle.
        periods: Periods that closed since its training, first days, ISO; empty: nothing to compare yet.
        passed: Whether nobody needs to look.
        flagged: Flagged figures of those periods.
        surprises: Comparisons with the joint forecast that failed, by name.
    """

    as_of: str
    bundle: str
    periods: tuple[str, ...]
    passed: bool
    flagged: tuple[DriftLine, ...]
    surprises: tuple[str, ...] = ()


def read_drift_note(home: Path) -> DriftNote | None:
    """Return the last look; None where nobody looked, or the file was damaged: the next look makes it anew."""
    try:
        held = json.loads((home / NOTE_NAME).read_bytes())
        told = {name: tuple(held[name]) for name in ("periods", "surprises")}
        return DriftNote(**{**held, **told, "flagged": tuple(DriftLine(**line) for line in held["flagged"])})
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return None


def write_drift_note(home: Path, note: DriftNote) -> None:
    """Replace the last look; a reader sees the old or the new one, never a mixture."""
    replace_durably(home / NOTE_NAME, json.dumps(asdict(note), ensure_ascii=False, indent=1).encode())
