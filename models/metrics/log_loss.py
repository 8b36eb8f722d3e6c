"""Logarithmic loss of a probability."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from features.domain.errors import UsageError
from models.metrics.arrays import probabilities


def log_loss(probability: npt.ArrayLike, happened: npt.ArrayLike, *, floor: float = 1e-3) -> float:
    """Return the mean negative log likelihood in nats; lower is better, 0 is perfect.

    Args:
        probability: Shape (n,), in 0..1.
        happened: Shape (n,), 0 or 1.
        floor: Probabilities are clipped to floor..1 - floor, so that a certain miss costs a finite amount: simulated
            paths cannot tell 1/1000 from 0.

    Raises:
        UsageError: Shapes differ, values lie outside their range, or `floor` is outside (0, 0.5).

    References:
        Good (1952), doi:10.1111/j.2517-6161.1952.tb00104.x.

    Examples:
        >>> round(log_loss([0.5, 0.5], [1, 0]), 6)
        0.693147
    """
    if not 0.0 < floor < 0.5:
        raise UsageError(f"floor is {floor}; it must lie strictly between 0 and 0.5")
    chance, fact = probabilities(probability, happened)
    chance = np.clip(chance, floor, 1.0 - floor)
    return float(-np.mean(fact * np.log(chance) + (1.0 - fact) * np.log1p(-chance)))
