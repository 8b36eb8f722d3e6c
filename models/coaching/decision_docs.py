"""The shape of what is logged of a choice of plays. Standard library only."""

from __future__ import annotations

from typing import TypedDict


class PlayContextDoc(TypedDict):
    """What was known about one play for one rep when it was chosen or not."""

    gap: float  # what closing the gap is worth by the forecast equation, discounted, points of quota
    expected: float  # what the simple rule expects of the play, points of quota
    metric: str  # feature that should move first
    own: float | None  # its value on that day
    goal: float | None  # value that a what-if brings it to
    foreseen: float | None  # value expected at the next look without the play; None without a past
    spread: float | None  # standard deviation of that


class DecisionDoc(TypedDict):
    """One rep's choice: the action set with its chances, the choice, and everything that repeats the draw."""

    schema: int  # 1
    rep_id: str
    policy: str  # driver-match, or the version that was learned
    action_set: list[str]  # plays inside all guardrails
    propensities: dict[str, float]  # sums to 1; empty where nothing may be offered
    chosen: str | None
    seed: int
    about: str
    rank: float  # share of similar reps at or below the rep, 0..1; 0.5 where unknown
    newness: float  # 1 in the first half-year
    plays: dict[str, PlayContextDoc]  # every gap play whose conditions hold and that does not rest
    period_start: str
    period_end: str
    metric: str
    quota: float | None  # of the period that the decision belongs to, currency
    forecast: float  # expected outcome of that period on that day, currency
