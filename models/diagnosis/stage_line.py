"""One stage of a funnel beside similar reps: what is compared and what is claimed. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

Four = tuple[float, float, float, float]
"""Own value, both ends of its range, and the value of similar reps."""
BLANK: Four = (nan, nan, nan, nan)
"""Too few deals left the stage to say anything."""


@dataclass(frozen=True)
class StageLine:
    """One stage of one subject beside similar reps; NaN where too few deals left it.

    Attributes:
        stage: Its name.
        left: Deals that left it in the window.
        conversion: Share that moved on among those that moved on or were lost; then its range, then similar reps'.
        dwell: Days a deal stands there; then its range, then similar reps'.
        stalls: Whether deals surely stand longer here than with similar reps.
        leaks: Whether deals are surely lost more often here.
        long: Open deals that have stood longer than eight in ten similar deals.
        long_amount: Their amount, currency.
    """

    stage: str
    left: float
    conversion: Four
    dwell: Four
    stalls: bool
    leaks: bool
    long: int
    long_amount: float
