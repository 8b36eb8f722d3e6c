"""What was suggested before, and what became of it, for cool-downs."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Engine, func, select

from models.coaching.guardrails import PastSuggestion
from service.coaching.lifecycle import CLOSED
from service.scoring.job import PastSnapshot
from service.storage.engine import reading
from service.storage.snapshots import SERVED
from service.storage.tables import alerts, snapshots, suggestion_events, suggestions


def served_snapshot(engine: Engine) -> PastSnapshot | None:
    """Return the snapshot that is served now, None before the first."""
    query = (
        select(snapshots.c.snapshot_id, snapshots.c.as_of, snapshots.c.bundle_sha)
        .where(snapshots.c.status == SERVED)
        .order_by(snapshots.c.seq.desc())
        .limit(1)
    )
    with reading(engine) as connection:
        row = connection.execute(query).first()
        if row is None:
            return None
        standing = select(alerts).where(alerts.c.snapshot_id == row.snapshot_id)
        flags = [dict(flag._mapping) for flag in connection.execute(standing)]
    return PastSnapshot(row.snapshot_id, date.fromisoformat(row.as_of), row.bundle_sha, flags)


def past_suggestions(engine: Engine, as_of: date) -> list[PastSuggestion]:
    """Return every suggestion first shown before `as_of`, ordered by its id.

    Args:
        engine: The operational database.
        as_of: Moment of knowledge of the scoring run.

    Returns:
        One entry per suggestion; it is closed on the day on which it was done, put off or declined,
        and open where it was taken up again since.
    """
    events = suggestion_events
    last = select(func.max(events.c.event_id)).group_by(events.c.suggestion_id)
    newest = (
        select(events.c.suggestion_id, events.c.recorded_at.label("closed_at"))
        .where(events.c.event_id.in_(last), events.c.state.in_(sorted(CLOSED)))
        .subquery()
    )
    query = (
        select(suggestions, snapshots.c.as_of, newest.c.closed_at)
        .join_from(suggestions, snapshots, suggestions.c.first_snapshot_id == snapshots.c.snapshot_id)
        .outerjoin(newest, newest.c.suggestion_id == suggestions.c.suggestion_id)
        .where(snapshots.c.as_of < as_of.isoformat())
        .order_by(suggestions.c.suggestion_id)
    )
    with reading(engine) as connection:
        rows = connection.execute(query).all()
    return [
        PastSuggestion(
            rep_id=row.rep_id,
            play_id=row.play_id,
            suggestion_id=row.suggestion_id,
            shown_on=date.fromisoformat(row.as_of),
            closed_on=None if row.closed_at is None else datetime.fromisoformat(row.closed_at).date(),
        )
        for row in rows
    ]
