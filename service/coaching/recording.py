"""What a scoring run adds about earlier suggestions: what became of the metric that each was to move."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd
from sqlalchemy import Engine, and_, insert, select

from models.coaching.learning.outcomes import Measured, Suggested
from service.storage.engine import reading, writing
from service.storage.snapshots import unpacked
from service.storage.tables import (
    coaching_decisions,
    proximal_outcomes,
    snapshots,
    suggestions,
)

LONGEST_WAIT = timedelta(days=400)
"""After so long a metric says nothing about a suggestion any more."""


def waiting_suggestions(engine: Engine, as_of: date) -> list[Suggested]:
    """Return the suggestions made before `as_of` whose metric has not been measured, in order of their ids."""
    decided = and_(
        coaching_decisions.c.snapshot_id == suggestions.c.first_snapshot_id,
        coaching_decisions.c.rep_id == suggestions.c.rep_id,
    )
    query = (
        select(suggestions, snapshots.c.as_of, coaching_decisions.c.document)
        .join_from(suggestions, snapshots, suggestions.c.first_snapshot_id == snapshots.c.snapshot_id)
        .join(coaching_decisions, decided)
        .outerjoin(proximal_outcomes, proximal_outcomes.c.suggestion_id == suggestions.c.suggestion_id)
        .where(
            proximal_outcomes.c.suggestion_id.is_(None),
            snapshots.c.as_of < as_of.isoformat(),
            snapshots.c.as_of >= (as_of - LONGEST_WAIT).isoformat(),
        )
        .order_by(suggestions.c.suggestion_id)
    )
    found = []
    with reading(engine) as connection:
        for row in connection.execute(query):
            context = unpacked(row.document)["plays"].get(row.play_id)
            if context is not None:
                day = date.fromisoformat(row.as_of)
                found.append(Suggested(row.suggestion_id, row.rep_id, row.play_id, day, context))
    return found


def metric_values(metrics: pd.DataFrame | None) -> dict[tuple[str, str], float]:
    """Return metrics by rep and feature; unknown ones are left out.

    Args:
        metrics: One row per rep, `rep_id` first; None where scoring declined.
    """
    if metrics is None:
        return {}
    long = metrics.melt(id_vars="rep_id", var_name="feature", value_name="value").dropna(subset=["value"])
    return {
        (str(rep), str(feature)): float(value)
        for rep, feature, value in zip(long["rep_id"], long["feature"], long["value"], strict=True)
    }


def record_measured(engine: Engine, found: Sequence[Measured]) -> None:
    """Keep what metrics came to."""
    rows = [
        {**vars(one), "suggested_on": one.suggested_on.isoformat(), "measured_on": one.measured_on.isoformat()}
        for one in found
    ]
    if rows:
        with writing(engine) as connection:
            connection.execute(insert(proximal_outcomes), rows)
