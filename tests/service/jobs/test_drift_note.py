"""The status page reads what `paceline monitor` wrote, or nothing."""

from pathlib import Path

import pytest

from models.accuracy.drift import DriftLine
from service.jobs.drift_note import NOTE_NAME, DriftNote, read_drift_note, write_drift_note

FELL = DriftLine("bias", "2026-07-01", -0.3, 0.1, 4, -3.0, flagged=True)
NOTE = DriftNote("2026-11-21", "ab", ("2026-07-01",), passed=False, flagged=(FELL,))


def test_a_note_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_drift_note(tmp_path, NOTE)
    assert read_drift_note(tmp_path) == NOTE


@pytest.mark.parametrize("bytes_held", [None, b"{", b"[]", b'{"as_of": "2026-11-21"}', b'{"flagged": [{"z": 1}]}'])
def test_a_note_that_misses_or_is_damaged_is_none(tmp_path: Path, bytes_held: bytes | None) -> None:
    if bytes_held is not None:
        (tmp_path / NOTE_NAME).write_bytes(bytes_held)
    assert read_drift_note(tmp_path) is None
