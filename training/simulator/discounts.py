"""What a discount does on one day: how deep it is, how much faster deals close, and what the next quarter lacks."""

from __future__ import annotations

import numpy as np

from training.simulator.latents import Seats
from training.simulator.market import Floats, Step
from training.simulator.switches import Discounts

RUSH_WEEK, HELD_BACK_WEEKS = 11, 5
DEEPEST = 0.5


def depth(discounts: Discounts, seats: Seats, step: Step) -> Floats:
    """Return the discount that each seat gives on `step`, a share of the list price, shape (n_seats,)."""
    rushed = (seats.gap > 0) if step.week >= RUSH_WEEK else np.zeros(seats.count, dtype=np.bool_)
    return np.clip(discounts.base + discounts.rush * rushed + seats.propensity, 0.0, DEEPEST)


def haste(discounts: Discounts, seats: Seats, step: Step) -> Floats:
    """Return the multiplier on each seat's win hazard, shape (n_seats,).

    Discounts speed up; what a seat pulled forward into the end of a quarter is missing at the start of the next.
    """
    faster = np.exp(discounts.pull * depth(discounts, seats, step))
    missing = discounts.pull_forward * seats.rushed if step.week < HELD_BACK_WEEKS else 0.0
    return np.asarray(faster * (1.0 - missing))


def paid(value: Floats, discount: Floats) -> Floats:
    """Return what is signed for deals of list price `value`, in whole units, at least 1.

    Examples:
        >>> paid(np.array([8_000.0, 1.0]), np.array([0.12, 0.5])).tolist()
        [7040.0, 1.0]
    """
    return np.maximum(np.round(value * (1.0 - discount)), 1.0)
