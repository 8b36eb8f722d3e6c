"""What came of a suggestion by its play's own metric, in points of quota, against the forecast of its day."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from models.coaching.decision_docs import PlayContextDoc
from models.coaching.playbook import GapPlay, Playbook

LEAST_NOISE = 0.5
"""Points of quota: no metric is foreseen more exactly than this."""


@dataclass(frozen=True)
class Suggested:
    """A suggestion whose metric has not been measured yet.

    Attributes:
        suggestion_id: Its identity.
        rep_id: Whose metric it is.
        play_id: What was suggested.
        suggested_on: Day of knowledge on which it was.
        context: What was known on that day.
    """

    suggestion_id: str
    rep_id: str
    play_id: str
    suggested_on: date
    context: PlayContextDoc


@dataclass(frozen=True)
class Measured:
    """What a play's own metric came to.

    Attributes:
        suggestion_id: The suggestion.
        metric: Feature.
        suggested_on: Day of the suggestion.
        measured_on: Day of the measurement.
        own: Value on the day of the suggestion.
        foreseen: Value that was expected without the play.
        observed: Value on the day of the measurement.
        surplus: Observed less foreseen in the good direction, points of quota.
        noise: Standard deviation of that without any play, points of quota.
    """

    suggestion_id: str
    metric: str
    suggested_on: date
    measured_on: date
    own: float
    foreseen: float
    observed: float
    surplus: float
    noise: float


def measured(
    pending: Iterable[Suggested],
    values: Mapping[tuple[str, str], float],
    playbook: Playbook,
    as_of: date,
) -> list[Measured]:
    """Return what came of the suggestions whose lag has passed and whose metric can be told.

    Args:
        pending: Suggestions without a measurement.
        values: Metrics of the reps as known at `as_of`, by rep and feature.
        playbook: Gives lag and good direction of each play.
        as_of: Day of knowledge.

    Returns:
        One entry per suggestion; left out are those whose lag has not passed, whose metric is not known now or was
        not foreseen then, and those that no distance to a goal translates into points.
    """
    found = []
    for one in pending:
        play = playbook.plays.get(one.play_id)
        if not isinstance(play, GapPlay) or as_of < one.suggested_on + timedelta(days=max(play.lag_days, 1)):
            continue
        told = _told(one, play, values.get((one.rep_id, one.context["metric"]), math.nan), as_of)
        found += [] if told is None else [told]
    return found


def _told(one: Suggested, play: GapPlay, observed: float, as_of: date) -> Measured | None:
    known = one.context
    own, goal, foreseen, spread = known["own"], known["goal"], known["foreseen"], known["spread"]
    if own is None or goal is None or foreseen is None or spread is None or not math.isfinite(observed):
        return None
    worth = points_per_unit(known["gap"], own, goal)
    if worth is None:
        return None
    sign = 1.0 if play.mechanism.good == "up" else -1.0
    return Measured(
        suggestion_id=one.suggestion_id,
        metric=known["metric"],
        suggested_on=one.suggested_on,
        measured_on=as_of,
        own=own,
        foreseen=foreseen,
        observed=observed,
        surplus=sign * (observed - foreseen) * worth,
        noise=max(spread * worth, LEAST_NOISE),
    )


def points_per_unit(gap: float, own: float, goal: float) -> float | None:
    """Return what one unit of a metric is worth, points of quota; None where there is no way to go or nothing in it.

    Examples:
        Closing a distance of 4 meetings is worth 6 points:

        >>> points_per_unit(6.0, 8.0, 12.0), points_per_unit(6.0, 8.0, 8.0)
        (1.5, None)
    """
    way = abs(goal - own)
    return gap / way if way > 0 and gap > 0 else None
