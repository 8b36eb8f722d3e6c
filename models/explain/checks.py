"""What reasons must stand up to before anybody reads them: pure measures over explanations, for training and tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.contracts import FloatArray
from models.explain.deal_shares import DealShares
from models.explain.documents import DealsDoc, ExplanationDoc
from models.explain.lint import contradictions, deal_faults, style_faults
from models.explain.shapley import FACTORS, part_values
from models.explain.structural import POINTS, StructuralShares

STEP = 1.2
"""Factor by which a what-if of the sign check raises one value."""
COLLINEAR = 0.95
"""Rank correlation from which two inputs of the deal model are taken to say the same."""


def largest_gap(
    docs: Sequence[ExplanationDoc | None], deals: Mapping[int, DealsDoc], shares: DealShares | None = None
) -> float:
    """Return the largest difference between the parts of a document, or of a deal's row, and its whole; points."""
    gaps = [0.0]
    if shares is not None:
        gaps += (shares.groups.sum(axis=1) - (shares.chance - shares.base) * shares.stake).tolist()
    for doc in docs:
        if doc is not None:
            named = sum(driver["contribution"] for driver in doc["drivers"])
            gaps.append(doc["reference"] + named + doc["everything_else"] - doc["mean"])
            gaps.append(doc["mean"] + doc["mean_to_median"] - doc["median"])
    for held in deals.values():
        gaps.append(sum(d["points"] for d in held["shown"]) + held["other_points"] + held["correction"] - held["total"])
        for deal in held["shown"]:
            reasons = sum(reason["contribution"] for reason in deal["reasons"])
            gaps.append(deal["base_points"] + reasons + deal["everything_else"] - deal["points"])
    return float(np.abs(gaps).max())


def wrong_signs(shares: StructuralShares) -> FloatArray:
    """Return the share of targets whose attainment falls when one factor improves by a fifth, shape (7,).

    What is already sure (a share of 1) stays; a quota improves by falling.
    """
    now = _attainment(shares.own)
    found = []
    for name, columns in FACTORS.items():
        better = dict(shares.own)
        for column in columns:
            if name == "quota":
                better[column] = shares.own[column] / STEP
            elif name in {"win", "timing"}:
                better[column] = np.minimum(shares.own[column] * STEP, np.maximum(shares.own[column], 1.0))
            else:
                better[column] = shares.own[column] + (STEP - 1.0) * np.abs(shares.own[column])
        found.append(
            float((_attainment(better) < now - 1e-9 * np.maximum(1.0, np.abs(now))).mean()) if len(now) else 0.0
        )
    return np.asarray(found)


def deletion_fidelity(shares: StructuralShares, count: int = 3, smallest: float = 2.0) -> tuple[float, float]:
    """Return how much of its gap a forecast loses without the reasons that made it, and without any others.

    For each target that differs from its reference by at least `smallest` points, the `count` factors with the
    largest shares in the direction of the gap are set to the reference and the equation is evaluated again; the same
    for every possible choice of `count` factors.

    Args:
        shares: Shares of a company.
        count: Factors that are set to the reference.
        smallest: Points of quota.

    Returns:
        Points that are gone over points of gap, all targets together: with the named factors, and on average over all
        choices; NaN without targets.
    """
    gap = shares.mean_points - shares.reference_points
    rows = np.flatnonzero(np.abs(gap) >= smallest)
    if not len(rows):
        return float("nan"), float("nan")
    choices = list(combinations(range(len(FACTORS)), count))
    moved = np.stack([_closed(shares, rows, choice, gap[rows]) for choice in choices])
    leading = np.argsort(-shares.factors[:, rows] * np.sign(gap[rows]), axis=0, kind="stable")[:count]
    place = {choice: index for index, choice in enumerate(choices)}
    picked = [place[tuple(sorted(int(factor) for factor in leading[:, column]))] for column in range(len(rows))]
    size = float(np.abs(gap[rows]).sum())
    return float(moved[picked, np.arange(len(rows))].sum()) / size, float(moved.mean(axis=0).sum()) / size


def agreement(first: FloatArray, again: FloatArray, smallest: float = 2.0) -> tuple[float, float]:
    """Return how often the leading factor is the same again, and how often it is among the two leading ones.

    Args:
        first: Shares as served, shape (7, n), points of quota.
        again: Shares of a model learned from other data, same shape.
        smallest: Targets whose largest share is smaller than this have no leading factor.

    Examples:
        >>> served = np.array([[5.0, 1.0], [3.0, -9.0]])
        >>> agreement(served, np.array([[4.0, 2.0], [4.5, -8.0]]))
        (0.5, 1.0)
    """
    size = np.abs(first)
    rows = size.max(axis=0, initial=0.0) >= smallest
    if not rows.any():
        return float("nan"), float("nan")
    leading = size[:, rows].argmax(axis=0)
    order = np.argsort(-np.abs(again[:, rows]), axis=0, kind="stable")
    return float((order[0] == leading).mean()), float((order[:2] == leading[None, :]).any(axis=0).mean())


def faults_in(docs: Sequence[ExplanationDoc | None], deals: Mapping[int, DealsDoc]) -> tuple[int, list[str]]:
    """Return how many reasons were read, and every way in which one contradicts itself or the rules of the copy."""
    read, faults = 0, []
    for doc in docs:
        for driver in doc["drivers"] if doc is not None else ():
            read += 1
            faults += contradictions(driver) + style_faults(driver["sentence"])
    for held in deals.values():
        for reason in (reason for deal in held["shown"] for reason in deal["reasons"]):
            read += 1
            faults += deal_faults(reason)
    return read, faults


def told_apart(inputs: pd.DataFrame, membership: FloatArray) -> list[tuple[str, str, float]]:
    """Return pairs of inputs that say the same but stand in different groups, with their rank correlation.

    Args:
        inputs: What the deal model is told, one row per deal.
        membership: Group of each input, shape (n_inputs, n_groups).
    """
    moving = [name for name in inputs if inputs[name].nunique(dropna=True) > 1]
    close = inputs[moving].corr(method="spearman").abs().to_numpy()
    group = dict(zip(inputs.columns, membership.argmax(axis=1), strict=True))
    return [
        (one, other, float(close[i, j]))
        for (i, one), (j, other) in combinations(enumerate(moving), 2)
        if close[i, j] >= COLLINEAR and group[one] != group[other]
    ]


def _closed(
    shares: StructuralShares, rows: npt.NDArray[np.int64], choice: tuple[int, ...], gap: FloatArray
) -> FloatArray:
    """Return the points, in the direction of the gap, that are gone when some factors are set to the reference."""
    names = [column for factor in choice for column in tuple(FACTORS.values())[factor]]
    mixed = {name: (shares.reference if name in names else shares.own)[name][rows] for name in shares.own}
    return np.asarray((shares.mean_points[rows] - POINTS * _attainment(mixed)) * np.sign(gap), dtype=np.float64)


def _attainment(columns: Mapping[str, FloatArray]) -> FloatArray:
    return np.asarray(part_values(columns).sum(axis=0) / columns["quota"], dtype=np.float64)
