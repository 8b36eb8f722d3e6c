"""Checks that every metric makes before it computes: matching shapes, no NaN, no emptiness."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from features.domain.errors import UsageError
from models.contracts import FloatArray


def clean(name: str, values: npt.ArrayLike, *, ndim: int = 1) -> FloatArray:
    """Return `values` as floats after checking that they can be judged.

    Args:
        name: What the values are called in the message.
        values: Anything array-like.
        ndim: Number of dimensions expected.

    Raises:
        UsageError: Wrong number of dimensions, nothing in it, or anything that is not finite.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != ndim:
        raise UsageError(f"{name} has {array.ndim} dimensions, shape {array.shape}; pass an array of {ndim}")
    if array.size == 0:
        raise UsageError(f"{name} is empty; a metric of nothing does not exist, leave the group out")
    bad = int(np.count_nonzero(~np.isfinite(array)))
    if bad:
        raise UsageError(f"{name} holds {bad} values of {array.size} that are not finite; drop them and count them")
    return array


def pair(forecast: npt.ArrayLike, outcome: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return point forecasts and outcomes, both shape (n,), after checking them.

    Raises:
        UsageError: As `clean`, or the lengths differ.
    """
    return same_length("forecast", clean("forecast", forecast), clean("outcome", outcome))


def paths_pair(paths: npt.ArrayLike, outcome: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return paths, shape (n, n_paths), and outcomes, shape (n,), after checking them.

    Raises:
        UsageError: As `clean`, or the numbers of rows differ.
    """
    return same_length("paths", clean("paths", paths, ndim=2), clean("outcome", outcome))


def same_length(name: str, first: FloatArray, outcome: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return both arrays if they have the same number of rows.

    Raises:
        UsageError: They do not.
    """
    if first.shape[0] != outcome.shape[0]:
        raise UsageError(f"{name} has {first.shape[0]} rows and outcome {outcome.shape[0]}; align them by key first")
    return first, outcome


def probabilities(probability: npt.ArrayLike, happened: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return probabilities in 0..1 and what happened as 0.0 or 1.0, both shape (n,).

    Raises:
        UsageError: As `pair`, a probability outside 0..1, or an outcome that is neither 0 nor 1.
    """
    chance, fact = pair(probability, happened)
    if chance.min() < 0.0 or chance.max() > 1.0:
        raise UsageError(f"probabilities run from {chance.min()} to {chance.max()}; they must lie in 0..1")
    if not np.isin(fact, (0.0, 1.0)).all():
        raise UsageError("what happened must be 0 or 1 (or False and True); there are other values")
    return chance, fact
