"""What each simulated play truly does to each rep: gap, middle rank, harm at the top, build-up and fading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.contracts import FloatArray
from models.simulation.streams import stream
from training.simulator.coaching_settings import (
    BUILD_UP_WEEKS,
    DECAY_WEEKS,
    GRADE_MEAN,
    METRICS,
    SIMULATED_PLAYS,
    WEEKS,
    CoachingWorldSettings,
    SimulatedPlay,
)

IntArray = npt.NDArray[np.int64]

LARGEST_GAP = 3.0
"""A gap beyond this many standard deviations helps no further."""


def dose(weeks: FloatArray) -> FloatArray:
    """Return how much of a play's peak effect is there some weeks after it was taken up.

    Args:
        weeks: Weeks since, any shape; 0 is the moment itself.

    Returns:
        Same shape, 0..1: a straight build-up, then an exponential decay.

    Examples:
        >>> dose(np.array([0.0, 1.0, 2.0, 22.0])).round(3).tolist()
        [0.0, 0.5, 1.0, 0.368]
    """
    faded = np.exp(-np.maximum(weeks - BUILD_UP_WEEKS, 0.0) / DECAY_WEEKS)
    return np.asarray(np.minimum(weeks / BUILD_UP_WEEKS, 1.0) * faded, dtype=np.float64)


def first_quarter_dose() -> float:
    """Return the mean dose over the quarter in which a play is taken up in the first week.

    Examples:
        >>> round(first_quarter_dose(), 4)
        0.7277
    """
    return float(dose(np.arange(WEEKS, dtype=np.float64) + 0.5).mean())


def middle(rank: FloatArray) -> FloatArray:
    """Return the bump of the middle ranks: 1 at the median, about 0 at both ends (Luo et al. 2021).

    Examples:
        >>> middle(np.array([0.0, 0.5, 0.9])).round(3).tolist()
        [0.044, 1.0, 0.135]
    """
    return np.asarray(np.exp(-(((rank - 0.5) / 0.2) ** 2) / 2.0), dtype=np.float64)


def top(rank: FloatArray) -> FloatArray:
    """Return how much somebody belongs to the top: 0 up to rank .70, 1 from .85.

    Examples:
        >>> top(np.array([0.5, 0.775, 0.9])).round(3).tolist()
        [0.0, 0.5, 1.0]
    """
    return np.asarray(np.clip((rank - 0.70) / 0.15, 0.0, 1.0), dtype=np.float64)


@dataclass(frozen=True)
class PlayTruths:
    """True constants of every play, each of shape (n_plays,), points of quota over the quarter of the play.

    Attributes:
        metric: Column of the metric that a play moves.
        base: Effect on somebody without a gap (beta).
        per_gap: Effect per standard deviation of the rep's true gap (gamma).
        mid_rank: Further effect at the median rank (delta).
        harm: What it costs at the top.
        elasticity: Points of quota per unit of a metric, shape (n_metrics,).
    """

    metric: IntArray
    base: FloatArray
    per_gap: FloatArray
    mid_rank: FloatArray
    harm: FloatArray
    elasticity: FloatArray

    def effects(self, gaps: FloatArray, rank: FloatArray) -> FloatArray:
        """Return the effect of every play on every rep at full adherence.

        Args:
            gaps: True gap per metric, shape (n_reps, n_metrics), positive where a rep is behind the others.
            rank: True rank by attainment, shape (n_reps,), 0..1, 1 is the best.

        Returns:
            Shape (n_reps, n_plays), points of quota.
        """
        gap = np.clip(gaps[:, self.metric], 0.0, LARGEST_GAP)
        whole = self.base + self.per_gap * gap + np.outer(middle(rank), self.mid_rank) - np.outer(top(rank), self.harm)
        return np.asarray(whole, dtype=np.float64)


def draw_truths(settings: CoachingWorldSettings, plays: Sequence[SimulatedPlay] = SIMULATED_PLAYS) -> PlayTruths:
    """Draw the true constants of one company.

    Only a share of what the evidence promises is there without a gap; most of an effect is a share of the gap closed,
    worth what the metric is worth, and the middle ranks gain a little more. A `null` play has only zeros.
    """
    rng = stream(settings.seed, "coaching", "truths")
    count = len(plays)
    real = np.array([play.kind != "null" for play in plays], dtype=np.float64)
    promised = np.array([GRADE_MEAN[play.grade] for play in plays])
    base = settings.base_share * promised + rng.normal(0.0, settings.base_sd, count)
    closed = np.maximum(rng.normal(settings.closed_mean, settings.closed_sd, count), 0.0)
    mid_rank = np.maximum(rng.normal(settings.mid_rank_mean, settings.mid_rank_sd, count), 0.0)
    harm = np.array([settings.harm * (play.kind == "harms_top") for play in plays])
    elasticity = rng.uniform(settings.elasticity_low, settings.elasticity_high, len(METRICS))
    metric = np.array([METRICS.index(play.metric) for play in plays], dtype=np.int64)
    per_gap = closed * elasticity[metric]
    return PlayTruths(metric, base * real, per_gap * real, mid_rank * real, harm, elasticity)
