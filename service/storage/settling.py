"""What periods came to, once they are over and final: which rows still wait for it, and keeping it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import Engine, Table, and_, insert, select

from service.storage.engine import reading, writing

SETTLE_DAYS = 10
"""Days after a period's end when its outcome is final."""
TARGET = ("rep_id", "period_start", "period_end", "metric")
"""Columns that name an outcome, in every table that waits for one or keeps one."""


def targets_without_outcome(engine: Engine, waiting: Table, kept: Table, as_of: date) -> list[Mapping[str, str]]:
    """Return rep, period and measure of rows that have settled by `as_of` and have no outcome yet, in order.

    Args:
        engine: The operational database.
        waiting: Table whose rows wait for their outcomes, with the columns `TARGET`.
        kept: Table that keeps these outcomes.
        as_of: Day of knowledge.
    """
    known = and_(*(kept.c[name] == waiting.c[name] for name in TARGET))
    query = (
        select(*(waiting.c[name] for name in TARGET))
        .distinct()
        .outerjoin(kept, known)
        .where(kept.c.rep_id.is_(None), waiting.c.period_end <= (as_of - timedelta(days=SETTLE_DAYS)).isoformat())
        .order_by(*(waiting.c[name] for name in TARGET))
    )
    with reading(engine) as connection:
        return [dict(row._mapping) for row in connection.execute(query)]


def keep_outcomes(
    engine: Engine, kept: Table, targets: Sequence[Mapping[str, str]], attained: Sequence[float], as_of: date
) -> None:
    """Keep what periods came to.

    Args:
        engine: The operational database.
        kept: Table that keeps these outcomes.
        targets: From `targets_without_outcome`.
        attained: Amount of each, currency.
        as_of: Day on which it was known.
    """
    rows = [
        {**target, "attained": amount, "settled_on": as_of.isoformat()}
        for target, amount in zip(targets, attained, strict=True)
    ]
    if rows:
        with writing(engine) as connection:
            connection.execute(insert(kept), rows)
