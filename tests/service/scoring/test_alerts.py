"""Flags of one scoring run go on from those that were stored with the run before."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from models.risk.alert_settings import AlertSettings
from service.scoring.alerts import alert_docs, flagged_now, stored_flags
from service.scoring.repository import served_snapshot
from service.storage.engine import open_engine
from service.storage.snapshots import SnapshotRepository
from tests.service.world import snapshot

SETTINGS = AlertSettings(raise_at=0.8, release_at=0.6, weekly_budget=1)
TUESDAY, NEXT = pd.Timestamp("2026-11-17"), pd.Timestamp("2026-11-24")
FLAG = {
    "rep_id": "a",
    "period_start": "2026-10-01",
    "period_end": "2026-12-31",
    "metric": "revenue",
    "since": "2026-11-17",
}


def _targets(p_attain: list[float]) -> pd.DataFrame:
    """Return targets of the running quarter, and one row of the next that must not be looked at."""
    rows = [("x", "2027-01-01", "2027-03-31", 0.0)]
    rows += [(name, "2026-10-01", "2026-12-31", value) for name, value in zip("abc", p_attain, strict=True)]
    frame = pd.DataFrame(rows, columns=["rep_id", "period_start", "period_end", "p_attain"])
    days = {name: pd.to_datetime(frame[name]) for name in ("period_start", "period_end")}
    return frame.assign(**days, metric="revenue", team_id="t", status="ok")


def test_documents_tell_who_is_flagged_since_when_and_who_waits() -> None:
    found = flagged_now(_targets([0.05, 0.10, 0.50]), [1, 2, 3], [], SETTINGS, TUESDAY)
    assert alert_docs(found) == {
        1: {"since": "2026-11-17", "waiting": False},
        2: {"since": None, "waiting": True},
    }
    assert stored_flags(found) == [FLAG]


def test_a_stored_flag_stands_at_a_chance_that_would_not_raise_it() -> None:
    found = flagged_now(_targets([0.35, 0.35, 0.50]), [1, 2, 3], [FLAG], SETTINGS, NEXT)
    assert alert_docs(found) == {1: {"since": "2026-11-17", "waiting": False}}


def test_flags_come_back_from_the_database_with_the_served_snapshot(tmp_path: Path) -> None:
    engine = open_engine(tmp_path)
    assert served_snapshot(engine) is None
    SnapshotRepository(engine).add(snapshot(1), [], [], [], [], flags=[FLAG])
    before = served_snapshot(engine)
    assert before is not None
    assert before.as_of == date(2026, 11, 22)
    found = flagged_now(_targets([0.35, 0.50, 0.50]), [1, 2, 3], before.flags, SETTINGS, NEXT)
    assert stored_flags(found) == [FLAG]


def test_a_stored_flag_is_history_and_can_not_be_changed(tmp_path: Path) -> None:
    engine = open_engine(tmp_path)
    SnapshotRepository(engine).add(snapshot(1), [], [], [], [], flags=[FLAG])
    with engine.begin() as connection, pytest.raises(DatabaseError, match="alerts is immutable"):
        connection.execute(text("DELETE FROM alerts"))
