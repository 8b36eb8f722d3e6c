"""Sums of joint paths over groups of reps: coherent by construction, because column j is one world for everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from features.domain.errors import UsageError
from models.contracts import FloatArray, ForecastPaths

PERIOD_KEYS = ("period_start", "period_end", "metric", "grain")


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
    rows = rows.sort_values([*keys, "rep_id"], kind="stable").reset_index(drop=True)
    number = rows.groupby(keys, sort=True, dropna=False).ngroup().to_numpy(dtype=np.int64)
    groups = rows.loc[~pd.Series(number).duplicated().to_numpy(), keys].reset_index(drop=True)
    at, weight = rows["row"].to_numpy(dtype=np.int64), rows["weight"].to_numpy(dtype=np.float64)
    n = len(groups)
    quota = np.nan_to_num(rows["quota"].to_numpy(dtype=np.float64)) * weight
    return Totals(
        groups=groups.assign(quota=_sum(quota, number, n), members=np.bincount(number, minlength=n)),
        booked=_sum(paths.booked[at] * weight, number, n),
        open_deals=_sum_rows(paths.open_deals, at, weight, number, n),
        new_deals=_sum_rows(paths.new_deals, at, weight, number, n),
    )


def _placements(members: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    weight = members["weight"].fillna(1.0) if "weight" in members.columns else pd.Series(1.0, index=members.index)
    placed = members[["rep_id", *by]].assign(weight=weight.astype(np.float64)).drop_duplicates()
    doubled = placed.duplicated(["rep_id", *by])
    if doubled.any():
        who = sorted(placed.loc[doubled, "rep_id"].astype("str").unique())[:5]
        raise UsageError(f"reps {who} stand twice in one group with different weights; give each one weight per group")
    return placed


def _sum(values: FloatArray, number: np.ndarray[tuple[int], np.dtype[np.int64]], n: int) -> FloatArray:
    return np.asarray(np.bincount(number, weights=values, minlength=n), dtype=np.float64)


def _sum_rows(
    paths: FloatArray,
    at: np.ndarray[tuple[int], np.dtype[np.int64]],
    weight: FloatArray,
    number: np.ndarray[tuple[int], np.dtype[np.int64]],
    n: int,
) -> FloatArray:
    out = np.zeros((n, paths.shape[1]))
    bounds = np.searchsorted(number, np.arange(n + 1))
    for group in range(n):
        rows = slice(int(bounds[group]), int(bounds[group + 1]))
        # A loop over members adds in one fixed order, whatever the group's size; BLAS would not.
        for row, share in zip(at[rows], weight[rows], strict=True):
            out[group] += share * paths[row]
    return out
