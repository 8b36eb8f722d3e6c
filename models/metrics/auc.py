"""Area under the ROC curve."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from features.domain.errors import UsageError
from models.metrics.arrays import probabilities


def auc(probability: npt.ArrayLike, happened: npt.ArrayLike) -> float:
    """Return the chance that a row where it happened was given a higher probability; higher is better, 1.0 perfect.

    Ties count one half. 0.5 is no discrimination.

    Args:
        probability: Shape (n,), in 0..1.
        happened: Shape (n,), 0 or 1, both present.

    Raises:
        UsageError: Shapes differ, values lie outside their range, or only one class is there.

    References:
        Hanley & McNeil (1982), doi:10.1148/radiology.143.1.7063747.

    Examples:
        Of four pairs (0.8 and 0.5 against 0.5 and 0.1) three are right and one is tied.

        >>> auc([0.8, 0.5, 0.5, 0.1], [1, 1, 0, 0])
        0.875
    """
    chance, fact = probabilities(probability, happened)
    positives = int(fact.sum())
    negatives = len(fact) - positives
    if positives == 0 or negatives == 0:
        raise UsageError(f"it happened {positives} times in {len(fact)} rows; both classes are needed for an AUC")
    _, code, count = np.unique(chance, return_inverse=True, return_counts=True)
    middle_rank = (np.cumsum(count) - (count - 1) / 2.0)[code]
    wins = float(middle_rank[fact == 1.0].sum()) - positives * (positives + 1) / 2.0
    return wins / (positives * negatives)
