"""What a scoring run leaves for later judgement: what called periods came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import Engine, and_, insert, select

from service.storage.engine import reading, writing
from service.storage.tables import calls, outcomes

SETTLE_DAYS = 10
"""Days after a period's end when its outcome is final."""
TARGET = ("rep_id", "period_start", "period_end", "metric")


def called_targets(engine: Engine, as_of: date) -> list[Mapping[str, str]]:
    """Return rep, period and measure of calls that have settled by `as_of` and have no outcome yet, in order."""
    known = and_(*(outcomes.c[name] == calls.c[name] for name in TARGET))
    query = (
        select(*(calls.c[name] for name in TARGET))
        .distinct()
        .outerjoin(outcomes, known)
        .where(outcomes.c.rep_id.is_(None), calls.c.period_end <= (as_of - timedelta(days=SETTLE_DAYS)).isoformat())
        .order_by(*(calls.c[name] for name in TARGET))
    )
    with reading(engine) as connection:
        return [dict(row._mapping) for row in connection.execute(query)]


def record_outcomes(
    engine: Engine, targets: Sequence[Mapping[str, str]], attained: Sequence[float], as_of: date
) -> None:
    """Keep what called periods came to.

    Args:
        engine: The operational database.
        targets: From `called_targets`.
        attained: Amount of each, currency.
        as_of: Day on which it was known.
    """
    rows = [
        {**target, "attained": amount, "settled_on": as_of.isoformat()}
        for target, amount in zip(targets, attained, strict=True)
    ]
    if rows:
        with writing(engine) as connection:
            connection.execute(insert(outcomes), rows)
