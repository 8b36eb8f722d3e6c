"""Small contexts, outcomes and panels for tests of learning."""

from __future__ import annotations

import numpy as np

from models.coaching.learning.contexts import FEATURES, Contexts
from models.coaching.learning.panel import Panel
from models.coaching.learning.posterior import Outcomes
from models.contracts import FloatArray


def contexts(expected: FloatArray, *, rank: FloatArray | float = 0.3, eligible: FloatArray | None = None) -> Contexts:
    """Return contexts whose gap is worth what is expected; rank .3 is neither strong nor new."""
    reps = len(expected)
    allowed = np.ones(expected.shape, dtype=bool) if eligible is None else eligible > 0
    return Contexts(expected, np.broadcast_to(np.asarray(rank), (reps,)).copy(), np.zeros(reps), expected, allowed)


def outcomes(one: Contexts, play: list[int], surplus: list[float], noise: float = 10.0) -> Outcomes:
    """Return one row per rep, without anything beside it."""
    rows, chosen = np.arange(len(play)), np.array(play, dtype=np.int64)
    return Outcomes(
        chosen,
        one.design()[rows, np.maximum(chosen, 0)],
        np.array(surplus),
        np.full(len(play), noise),
        np.zeros((len(play), 1)),
        np.ones(1),
    )


def place(play: int, feature: str) -> int:
    """Return the column of one feature of one play."""
    return play * len(FEATURES) + FEATURES.index(feature)


def panel(
    seed: int, *, reps: int = 400, periods: int = 6, effect: float = 0.0, hidden: float = 0.0, slope: float = 0.0
) -> Panel:
    """Return rep-periods in which those who did badly by chance are coached more often.

    Args:
        seed: Of the draws.
        reps: Number of reps.
        periods: Periods judged.
        effect: True effect, points.
        hidden: Points per standard deviation of a lasting trait that nobody recorded and that draws coaching.
        slope: True effect per standard deviation of the first modifier.
    """
    rng = np.random.default_rng(seed)
    trait = rng.normal(0.0, 1.0, reps)
    residual = 60.0 * rng.standard_normal((reps, periods + 2)) + hidden * trait[:, None]
    modifier = rng.standard_normal((reps, periods))
    noise = rng.standard_normal((reps, periods))
    parts = []
    for period in range(periods):
        before, earlier = residual[:, period + 1].copy(), residual[:, period].copy()
        odds = -1.0 - before / 60.0 + 0.3 * modifier[:, period] - (trait if hidden else 0.0)
        treated = (rng.random(reps) < 1.0 / (1.0 + np.exp(-odds))).astype(np.int64)
        after = residual[:, period + 2] + treated * (effect + slope * modifier[:, period])
        known = np.column_stack([modifier[:, period], noise[:, period]])
        parts.append((np.arange(reps), np.full(reps, period), treated, after, before, earlier, known))
    rep, when, treated, after, before, earlier, known = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Panel(rep, when, treated, after, before, earlier, known, known[:, :1])
