"""The simple rule that learning starts from and never falls far below: the play for the gap that costs most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.coaching.learning.settings import LearningSettings
from models.coaching.playbook import Evidence
from models.coaching.settings import CoachingSettings
from models.contracts import FloatArray


@dataclass(frozen=True)
class GapWorth:
    """What one play is expected to bring, as a share of what closing the gap is worth by the forecast equation.

    Attributes:
        mean: Expected.
        sd: Standard deviation.
    """

    mean: float
    sd: float


def gap_worth(evidence: Evidence, limits: CoachingSettings, settings: LearningSettings) -> GapWorth:
    """Blend what the forecast equation says of a gap with what is published of the play, by their precision.

    The discounted what-if counts as 1, give or take; the published effect is taken to hold at a typical gap and in
    proportion at others: without a gap there is nothing to gain.

    Args:
        evidence: Prior of the play.
        limits: Give the share of a what-if that carries over, and its spread.
        settings: Give the typical gap.

    Examples:
        What-if 1 give or take .2 / .3; published 2 / 4 give or take 3 / 4: (2.25 + .5 x 1.778) / (2.25 + 1.778).

        >>> evidence = Evidence.model_validate({"grade": "B", "mean": 2.0, "sd": 3.0, "source": {"en": "-", "zh": "-"}})
        >>> worth = gap_worth(evidence, CoachingSettings(), LearningSettings())
        >>> round(worth.mean, 3), round(worth.sd, 3)
        (0.779, 0.498)
    """
    model_sd = limits.transport_sd / limits.transport_discount
    published, published_sd = evidence.mean / settings.typical_gap, evidence.sd / settings.typical_gap
    precision = model_sd**-2.0 + published_sd**-2.0
    mean = (model_sd**-2.0 + published * published_sd**-2.0) / precision
    return GapWorth(float(mean), float(precision**-0.5))


def driver_match(gap: FloatArray, worths: list[GapWorth]) -> tuple[FloatArray, FloatArray]:
    """Return expected effect and standard deviation of every play, each (n_reps, n_plays), points of quota.

    Args:
        gap: What closing a rep's gap is worth by the forecast equation, discounted, points, shape (n_reps, n_plays).
        worths: What each play brings of that.
    """
    behind = np.maximum(gap, 0.0)
    mean = behind * np.array([worth.mean for worth in worths])
    return np.asarray(mean), np.asarray(behind * np.array([worth.sd for worth in worths]))
