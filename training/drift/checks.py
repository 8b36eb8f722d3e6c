"""Whether what happened is something the model could have expected: pure checks on paths and outcomes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.contracts import FloatArray
from models.metrics.crps import crps


@dataclass(frozen=True)
class Check:
    """One comparison of the model with the world.

    Attributes:
        name: What was compared.
        passed: False: somebody should look.
        value: The figure.
        reason: The figure beside what was expected, one sentence.
    """

    name: str
    passed: bool
    value: float
    reason: str


def total_check(paths: FloatArray, outcome: FloatArray, *, tail: float = 0.01) -> Check:
    """Compare the company's total with the joint paths.

    Args:
        paths: Shape (n_reps, n_paths), currency, joint over reps.
        outcome: Shape (n_reps,), currency.
        tail: Two-sided chance below which the total counts as a surprise.

    Examples:
        >>> total_check(np.arange(200.0).reshape(1, -1), np.array([100.0])).passed
        True
        >>> total_check(np.arange(200.0).reshape(1, -1), np.array([500.0])).passed
        False
    """
    totals, happened = paths.sum(axis=0), float(outcome.sum())
    below = float((totals < happened).mean())
    surprise = 2 * min(below, 1 - below)
    middle = float(np.median(totals))
    told = f"the total came to {happened:,.0f}, the middle was {middle:,.0f}; {below:.0%} of the forecast lay below"
    return Check("total", passed=surprise >= tail, value=below, reason=told)


def crps_check(paths: FloatArray, outcome: FloatArray, *, tail: float = 0.01, worlds: int = 100) -> Check:
    """Compare the mean CRPS with the one the model expects of itself, shared shocks included.

    Each of `worlds` simulated worlds is scored as if it had happened; the share of them that score worse than reality
    is how surprising reality is.

    Args:
        paths: Shape (n_reps, n_paths), currency, joint over reps.
        outcome: Shape (n_reps,), currency.
        tail: Share below which reality counts as a surprise.
        worlds: Number of simulated worlds scored.
    """
    scale = max(float(np.abs(outcome).sum()), 1.0)
    happened = float(crps(paths, outcome).sum()) / scale
    picks = np.linspace(0, paths.shape[1] - 1, min(worlds, paths.shape[1])).astype(int)
    expected = np.array([float(crps(paths, paths[:, pick]).sum()) for pick in picks]) / scale
    worse = float((expected >= happened).mean())
    told = f"CRPS {happened:.3f} of what was booked; the model expected {expected.mean():.3f} of itself"
    return Check("crps", passed=worse >= tail, value=happened / max(float(expected.mean()), 1e-12), reason=told)


def psi(reference: pd.Series, current: pd.Series, *, bins: int = 10) -> float:
    """Return the population stability index of a feature; 0 is no change, above 0.2 is a large one.

    Args:
        reference: Values at training.
        current: Values now.
        bins: Number of bins, equally filled at training; missing values are a bin of their own.

    Examples:
        >>> psi(pd.Series(range(100)), pd.Series(range(100)))
        0.0
    """
    known = reference.dropna().to_numpy(dtype=np.float64)
    edges: FloatArray = np.unique(np.quantile(known, np.linspace(0, 1, bins + 1)[1:-1])) if len(known) else known
    old, new = _shares(reference, edges), _shares(current, edges)
    return round(float(((new - old) * np.log(new / old)).sum()), 12)


def _shares(values: pd.Series, edges: FloatArray) -> FloatArray:
    known = values.dropna().to_numpy(dtype=np.float64)
    counts = np.bincount(np.searchsorted(edges, known, side="right"), minlength=len(edges) + 1).astype(np.float64)
    counts = np.append(counts, float(values.isna().sum()))
    return np.asarray((counts + 0.5) / (counts.sum() + 0.5 * len(counts)), dtype=np.float64)


def feature_drift(reference: pd.DataFrame, current: pd.DataFrame, features: list[str], *, limit: float = 0.2) -> Check:
    """Name the features whose distribution moved most; a diagnosis, so it never fails by itself.

    Args:
        reference: Targets at training cutoffs.
        current: Targets now.
        features: Names to compare.
        limit: Index above which a move is called large.
    """
    moved = {name: psi(reference[name], current[name]) for name in features if reference[name].notna().any()}
    large = sorted((name for name, value in moved.items() if value > limit), key=lambda name: -moved[name])
    told = ", ".join(f"{name} {moved[name]:.2f}" for name in large[:5]) or "none"
    return Check(
        "features", passed=True, value=float(len(large)), reason=f"{len(large)} of {len(moved)} features moved: {told}"
    )
