"""The reference row of similar reps: pooled ratios whose equation is the group's own attainment.

Reps have different quotas, so what a rep is compared with has to be chosen with care:

- Every reference value is a ratio of sums over the group (size = value / deals, win = value won / value, ...), so
  that the structural equation of the reference row gives exactly the group's booked and expected amount per head
  divided by its mean quota: the attainment the group is heading for together.
- Inside one job (role or segment known) booked, volume and quota are compared in their own units. A rep with twice
  the quota and twice the deals sees both: more deals (+), a higher quota (-). That is the truth about both.
- Where a group mixes jobs, or sets a new starter with a ramped quota beside experienced reps, a difference in quota
  is a difference of job and explains nothing. There the reference is scaled to the rep's own quota (booked and
  volume times own quota / mean quota): its attainment stays the same, and the quota has no share.
- A factor that multiplies nothing cannot differ: without open deals there is no deal size to speak of. Such a value
  is taken from the other side, and its share is zero.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from features.domain.errors import CheckFailed
from models.contracts import STRUCTURE_COLUMNS, FloatArray
from models.explain.peers import PeerGroups
from models.explain.shapley import PARTS


def own_columns(structure: pd.DataFrame) -> dict[str, FloatArray]:
    """Return the structure columns as arrays, NaN where a value multiplies nothing.

    Args:
        structure: `STRUCTURE_COLUMNS`, one row per target.

    Returns:
        Arrays of shape (n,) by column name.

    Raises:
        CheckFailed: A column is missing, or a value that the equation needs is not finite.
    """
    missing = [name for name in STRUCTURE_COLUMNS if name not in structure.columns]
    if missing:
        raise CheckFailed(
            f"the structure lacks columns {missing}; it has {list(structure.columns)}; "
            "a forecaster's structure() returns all of STRUCTURE_COLUMNS"
        )
    columns = {name: structure[name].to_numpy(dtype=np.float64).copy() for name in STRUCTURE_COLUMNS}
    for names in (PARTS["open"], PARTS["new"]):
        alive = np.ones(len(structure), dtype=bool)
        for name in names:
            columns[name][~alive] = np.nan
            broken = alive & ~np.isfinite(columns[name])
            if broken.any():
                row = int(np.flatnonzero(broken)[0])
                raise CheckFailed(
                    f"structure column {name} is not a number in row {row} although the deals before it count; "
                    f"the row is {structure.iloc[row].to_dict()}; state it, or set the volume to 0"
                )
            alive &= columns[name] != 0
    return columns


def reference_columns(
    own: Mapping[str, FloatArray], peers: PeerGroups, weights: FloatArray | None = None
) -> dict[str, FloatArray]:
    """Return the pooled reference of every target's group.

    Args:
        own: Result of `own_columns`.
        peers: Groups of the same targets.
        weights: How much each target counts in its group, > 0, shape (n,); None counts each once.

    Returns:
        Arrays of shape (n,) by column name; NaN where the group has no such value, or there is no group.
    """
    each = np.ones(len(own["quota"])) if weights is None else weights
    found = {name: _group_ratio(each * own[name], each, peers) for name in ("booked", "quota")}
    for names in (PARTS["open"], PARTS["new"]):
        base = each
        for name in names:
            value = np.where(base == 0, 0.0, base * np.nan_to_num(own[name]))
            found[name] = _group_ratio(value, base, peers)
            base = value
    scale = np.where(peers.scaled, own["quota"] / found["quota"], 1.0)
    for name in ("booked", "volume_open", "volume_new", "quota"):
        found[name] = found[name] * scale
    return found


def completed(
    own: Mapping[str, FloatArray], reference: Mapping[str, FloatArray]
) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """Fill what is undefined on one side from the other, and with 0 where it is undefined on both.

    Returns:
        Own and reference columns without NaN; neither equation has changed.
    """
    full_own = {name: np.where(np.isnan(own[name]), np.nan_to_num(reference[name]), own[name]) for name in own}
    full_reference = {name: np.where(np.isnan(reference[name]), full_own[name], reference[name]) for name in own}
    return full_own, full_reference


def _group_ratio(numerator: FloatArray, denominator: FloatArray, peers: PeerGroups) -> FloatArray:
    ratio = np.full(len(numerator), np.nan)
    for number, rows in peers.members.items():
        below = denominator[rows].sum()
        if below != 0:
            ratio[peers.group == number] = numerator[rows].sum() / below
    return ratio
