"""Exact Shapley shares of the structural equation: all coalitions, no sampling, additive to the last few bits."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from math import factorial

import numpy as np

from models.contracts import FloatArray

FACTORS: Mapping[str, tuple[str, ...]] = {
    "booked": ("booked",),
    "volume": ("volume_open", "volume_new"),
    "size": ("size", "size_new"),
    "win": ("win", "win_new"),
    "quality": ("quality",),
    "timing": ("timing", "timing_new"),
    "quota": ("quota",),
}
"""Concepts and the structure columns each of them switches, open and new deals together."""

PARTS: Mapping[str, tuple[str, ...]] = {
    "booked": ("booked",),
    "open": ("volume_open", "size", "win", "quality", "timing"),
    "new": ("volume_new", "size_new", "win_new", "timing_new"),
}
"""Summands of the structural equation; each is the product of its columns, divided by the quota."""

Columns = Mapping[str, FloatArray]
"""Structure columns by name, each of shape (n,)."""


def part_values(columns: Columns) -> FloatArray:
    """Return the three summands of the equation, shape (3, n), currency, in the order of `PARTS`."""
    return np.stack([np.prod([columns[name] for name in names], axis=0) for names in PARTS.values()])


def shapley_parts(own: Columns, reference: Columns) -> FloatArray:
    """Share the difference between own and reference attainment among the factors, exactly.

    Attainment is `(booked + open + new) / quota`. A coalition takes the columns of its factors from `own`, the
    rest from `reference`. Because Shapley shares are linear, each part of the sum gets its own shares: inside one
    part the share of a factor has the sign of its own difference, as long as the other values are not negative.

    Args:
        own: Structure columns of the reps, shape (n,) each, finite, quota above zero.
        reference: Structure columns of their references, same shapes.

    Returns:
        Shape (3 parts, 7 factors, n), ratios (0.01 = one point of quota), in the order of `PARTS` and `FACTORS`.
        Their sum over parts and factors is own minus reference attainment.

    Examples:
        >>> import numpy as np
        >>> base = {name: np.array([1.0]) for names in FACTORS.values() for name in names}
        >>> twice = {**base, "volume_open": np.array([2.0])}
        >>> shapley_parts(twice, base)[1, 1]
        array([1.])
    """
    names = list(FACTORS)
    worth = {flags: _attainment(own, reference, flags) for flags in product((False, True), repeat=len(names))}
    shares = np.zeros((len(PARTS), len(names), len(own["quota"])))
    for flags, value in worth.items():
        inside = sum(flags)
        for index, included in enumerate(flags):
            if included:
                without = (*flags[:index], False, *flags[index + 1 :])
                weight = factorial(inside - 1) * factorial(len(names) - inside) / factorial(len(names))
                shares[:, index] += weight * (value - worth[without])
    return shares


def _attainment(own: Columns, reference: Columns, flags: tuple[bool, ...]) -> FloatArray:
    mixed = {
        column: (own if taken else reference)[column]
        for (_, columns), taken in zip(FACTORS.items(), flags, strict=True)
        for column in columns
    }
    return np.asarray(part_values(mixed) / mixed["quota"], dtype=np.float64)
