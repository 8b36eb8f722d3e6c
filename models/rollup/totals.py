"""Sums of joint paths over groups of reps: coherent by construction, because column j is one world for everybody.

Sums of floating-point numbers depend on their order, so that regions would differ from the company in the last bits.
Here every path enters as a whole number of one small binary step (see `step_of`). Sums of those are exact: teams,
regions and the company agree to the last bit, in whatever order anybody adds them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from features.domain.errors import UsageError
from models.contracts import FloatArray, ForecastPaths
from models.simulation.days import IntArray

PERIOD_KEYS = ("period_start", "period_end", "metric", "grain")
EXACT_BITS = 48
"""Bits of the company's largest total in steps; a double holds 53, so weights may multiply it by up to eight."""
ROUNDER = 1.5 * 2.0**52
"""Added to a number and taken away again, it leaves the nearest whole number: its neighbours in doubles are 1 apart."""
BLOCK = 32
"""Rows that are weighted and rounded at a time: small enough for the cache."""


@dataclass(frozen=True)
class Totals:
    """Paths of groups.

    Attributes:
        groups: Columns of `by`, then `PERIOD_KEYS`, `quota`, `members`; one row per group and period.
        booked: Shape (n_groups,), currency.
        open_deals: Shape (n_groups, n_paths), currency.
        new_deals: Shape (n_groups, n_paths), currency.
    """

    groups: pd.DataFrame
    booked: FloatArray
    open_deals: FloatArray
    new_deals: FloatArray

    @property
    def attained(self) -> FloatArray:
        """Final attained amount, shape (n_groups, n_paths), currency."""
        return np.asarray(self.booked[:, None] + self.open_deals + self.new_deals, dtype=np.float64)


def totals(paths: ForecastPaths, members: pd.DataFrame, by: Sequence[str]) -> Totals:
    """Return the paths of each group and period.

    Args:
        paths: Joint paths of reps.
        members: `rep_id`, the columns of `by`, and optionally `weight` (1.0 where missing): which share of a rep counts
            in which group. A rep may stand in several groups; a row given twice counts once.
        by: Columns that name a group; empty for the company as a whole.

    Returns:
        Totals ordered by group and period. Quotas that are missing are left out of the group's quota.

    Raises:
        UsageError: A rep stands twice in one group with different weights.
    """
    placed = _placements(members, by)
    targets = paths.targets[["rep_id", *PERIOD_KEYS, "quota"]].reset_index(names="row")
    rows = targets.merge(placed, on="rep_id", how="inner", validate="many_to_many")
    keys = [*by, *PERIOD_KEYS]
    number = rows.groupby(keys, sort=True, dropna=False).ngroup().to_numpy(dtype=np.int64)
    # The order within a group does not matter: sums are exact.
    order = np.argsort(number, kind="stable")
    rows, number = rows.iloc[order], number[order]
    at, weight = rows["row"].to_numpy(dtype=np.int64), rows["weight"].to_numpy(dtype=np.float64)
    bounds = np.searchsorted(number, np.arange(int(number.max(initial=-1)) + 2))
    groups = rows.iloc[bounds[:-1]][keys].reset_index(drop=True)
    quota = np.nan_to_num(rows["quota"].to_numpy(dtype=np.float64)) * weight
    placed_at = _Placed(at, weight, bounds, step_of(paths))
    return Totals(
        groups=groups.assign(
            quota=np.add.reduceat(quota, bounds[:-1]) if len(quota) else quota, members=np.diff(bounds)
        ),
        booked=placed_at.sums(paths.booked[:, None])[:, 0],
        open_deals=placed_at.sums(paths.open_deals),
        new_deals=placed_at.sums(paths.new_deals),
    )


def step_of(paths: ForecastPaths) -> float:
    """Return the step, a power of two in currency, at which sums over any reps of these paths are exact.

    A company of 1e9 gets steps of 2**-18, four millionths of a currency unit: far below what money knows.

    Examples:
        >>> frame = pd.DataFrame({"rep_id": ["a", "b"]})
        >>> one = ForecastPaths(frame, np.array([0.0, 0.0]), np.full((2, 3), 512.0), np.zeros((2, 3)))
        >>> step_of(one) == 2.0 ** (10 - 48)
        True
    """
    largest = sum(float(_reach(part).sum()) for part in (paths.booked[:, None], paths.open_deals, paths.new_deals))
    return float(2.0 ** (np.ceil(np.log2(largest)) - EXACT_BITS)) if largest > 0 else 1.0


def _reach(values: FloatArray) -> FloatArray:
    return np.asarray(np.maximum(values.max(axis=1, initial=0.0), -values.min(axis=1, initial=0.0)), dtype=np.float64)


@dataclass(frozen=True)
class _Placed:
    """Rows of paths in the order of their groups: group k holds places `bounds[k]` to `bounds[k + 1]`."""

    at: IntArray
    weight: FloatArray
    bounds: IntArray
    step: float

    def sums(self, values: FloatArray) -> FloatArray:
        """Return the exact sum of each group's weighted rows, shape (n_groups, n_paths)."""
        out = np.zeros((len(self.bounds) - 1, values.shape[1]))
        rounder, buffer = ROUNDER * self.step, np.empty((BLOCK, values.shape[1]))
        for group, (first, stop) in enumerate(pairwise(self.bounds.tolist())):
            for start in range(first, stop, BLOCK):
                rows = slice(start, min(start + BLOCK, stop))
                whole = np.take(values, self.at[rows], axis=0, out=buffer[: rows.stop - start], mode="clip")
                whole *= self.weight[rows, None]
                whole += rounder
                whole -= rounder
                out[group] += whole.sum(axis=0)
        return out


def _placements(members: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    weight = members["weight"].fillna(1.0) if "weight" in members.columns else pd.Series(1.0, index=members.index)
    placed = members[["rep_id", *by]].assign(weight=weight.astype(np.float64)).drop_duplicates()
    doubled = placed.duplicated(["rep_id", *by])
    if doubled.any():
        who = sorted(placed.loc[doubled, "rep_id"].astype("str").unique())[:5]
        raise UsageError(f"reps {who} stand twice in one group with different weights; give each one weight per group")
    return placed
