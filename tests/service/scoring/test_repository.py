"""What was suggested before is remembered with the day it was shown and the day it was answered."""

from datetime import date
from pathlib import Path

from sqlalchemy import insert

from service.scoring.repository import past_suggestions
from service.storage.engine import open_engine, writing
from service.storage.tables import snapshots, suggestion_events, suggestions

SNAPSHOT = {
    "snapshot_id": "sn-1",
    "created_at": "2026-11-16T06:00:00Z",
    "as_of": "2026-11-15",
    "model_version": "1",
    "dataset_version": "ds-1",
    "bundle_sha": "b",
    "status": "complete",
}


def test_an_answered_suggestion_is_closed_on_the_day_of_its_newest_answer(tmp_path: Path) -> None:
    engine = open_engine(tmp_path)
    shown = {"rep_id": "r1", "audience": "rep", "due": "2026-12-01", "first_snapshot_id": "sn-1"}
    answers = [("later", "2026-11-17T09:00:00+00:00"), ("done", "2026-11-20T09:00:00+00:00")]
    with writing(engine) as connection:
        connection.execute(insert(snapshots).values(**SNAPSHOT))
        connection.execute(insert(suggestions).values(suggestion_id="s1", play_id="prospecting_block", **shown))
        connection.execute(insert(suggestions).values(suggestion_id="s2", play_id="ramp_buddy", **shown))
        for state, moment in answers:
            values = {"suggestion_id": "s1", "actor": "u", "state": state, "recorded_at": moment}
            connection.execute(insert(suggestion_events).values(**values))
    found = past_suggestions(engine, date(2026, 11, 22))
    assert [(one.play_id, one.shown_on, one.closed_on) for one in found] == [
        ("prospecting_block", date(2026, 11, 15), date(2026, 11, 20)),
        ("ramp_buddy", date(2026, 11, 15), None),
    ]
    # Who takes it up again has it open again.
    with writing(engine) as connection:
        values = {"suggestion_id": "s1", "actor": "u", "state": "accepted", "recorded_at": "2026-11-21T09:00:00Z"}
        connection.execute(insert(suggestion_events).values(**values))
    assert [one.closed_on for one in past_suggestions(engine, date(2026, 11, 22))] == [None, None]
    # A run at the same as_of must not take its own suggestions for the past.
    assert past_suggestions(engine, date(2026, 11, 15)) == []
