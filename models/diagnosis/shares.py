"""Exact Shapley shares of the causes of a miss: five causes, thirty-two coalitions, no sampling."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from math import factorial

import numpy as np

from models.contracts import FloatArray

CAUSES: Mapping[str, tuple[str, ...]] = {
    "plan": ("quota",),
    "leads": ("births", "volume_open", "volume_new"),
    "process": ("timing", "timing_new"),
    "skill": ("size", "size_new", "size_booked", "win", "win_new", "win_booked"),
    "chance": ("quality", "luck"),
}
"""What a miss is split into, and the columns that each cause switches.

`plan`: the quota. `leads`: how many deals there are to work on, from territory and lead supply. `process`: whether they
close in time. `skill`: how often deals are usually won and how large they usually are. `chance`: how this period's
deals happened to stand and fall, beside what is usual for the rep.
"""

PARTS: Mapping[str, tuple[str, ...]] = {
    "booked": ("births", "win_booked", "size_booked", "luck"),
    "open": ("volume_open", "size", "win", "quality", "timing"),
    "new": ("volume_new", "size_new", "win_new", "timing_new"),
}
"""Summands of attained: products of columns. The quota divides their sum."""

Columns = Mapping[str, FloatArray]
"""Columns by name, all of one shape."""


def attainment(columns: Columns) -> FloatArray:
    """Return attained / quota of the equation, a ratio, in the shape of the columns."""
    total = sum(np.prod([columns[name] for name in names], axis=0) for names in PARTS.values())
    return np.asarray(total / columns["quota"], dtype=np.float64)


def cause_shares(own: Columns, reference: Columns) -> FloatArray:
    """Share the difference between own and reference attainment among the causes, exactly.

    Args:
        own: Columns of the reps, any shape, finite, quota above zero.
        reference: Columns of their references, same shape.

    Returns:
        Shape (5 causes, ...), ratios in the order of `CAUSES`, which sum to own minus reference attainment.

    Examples:
        >>> ones = {name: np.array([1.0]) for names in CAUSES.values() for name in names}
        >>> cause_shares({**ones, "births": np.array([0.5])}, ones)[:, 0].tolist()
        [0.0, -0.5, 0.0, 0.0, 0.0]
    """
    names = list(CAUSES)
    worth = {}
    for flags in product((False, True), repeat=len(names)):
        taken = dict(zip(names, flags, strict=True))
        mixed = {
            column: (own if taken[cause] else reference)[column]
            for cause, listed in CAUSES.items()
            for column in listed
        }
        worth[flags] = attainment(mixed)
    return _shapley(worth, len(names))


def product_shares(base: FloatArray, factors: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """Share the move from `base` to `base * product of factors` among the factors, exactly.

    Args:
        base: Value before, any shape.
        factors: Factor by name, same shape, each > 0.

    Returns:
        Share of each factor; they sum to the move.

    Examples:
        >>> found = product_shares(np.array([100.0]), {"a": np.array([0.5]), "b": np.array([1.0])})
        >>> found["a"].tolist(), found["b"].tolist()
        ([-50.0], [0.0])
    """
    names = list(factors)
    worth = {}
    for flags in product((False, True), repeat=len(names)):
        value = base
        for name, taken in zip(names, flags, strict=True):
            value = value * factors[name] if taken else value
        worth[flags] = np.asarray(value, dtype=np.float64)
    return dict(zip(names, _shapley(worth, len(names)), strict=True))


def _shapley(worth: Mapping[tuple[bool, ...], FloatArray], players: int) -> FloatArray:
    first = next(iter(worth.values()))
    shares = np.zeros((players, *first.shape))
    for flags, value in worth.items():
        inside = sum(flags)
        for index, included in enumerate(flags):
            if included:
                without = (*flags[:index], False, *flags[index + 1 :])
                weight = factorial(inside - 1) * factorial(players - inside) / factorial(players)
                shares[index] += weight * (value - worth[without])
    return shares
