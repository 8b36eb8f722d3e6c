"""No single feature may tell at the start of a period who will miss: one that does has seen the end."""

from __future__ import annotations

import numpy as np
import pandas as pd

from features.definitions.registry import load_features
from models.metrics.auc import auc
from training.promotion.gates import GateResult, GateSettings

GATE = "features"
OF_THE_PLAN = "quota"
"""Features that compare the quota with the past are left out: a quota far from it makes misses sure without a leak."""


def single_feature_aucs(targets: pd.DataFrame) -> pd.Series:
    """Return how well each feature alone tells, before a period begins, who will miss the quota.

    Args:
        targets: `TrainingHistory.targets`: features of past cutoffs with `final_attained`.

    Returns:
        The larger of AUC and 1 - AUC per feature, 0.5..1, highest first; features that say nothing (fewer than half of
        the rows, or one value only) and those `OF_THE_PLAN` are left out. Empty where nobody missed, or everybody did.
    """
    eve = _eves(targets)
    missed = (eve["final_attained"] < eve["quota"]).to_numpy()
    if not missed.any() or missed.all():
        return pd.Series(dtype=np.float64)
    found = {}
    for name in [feature.name for feature in load_features() if feature.controllable != OF_THE_PLAN]:
        values = eve[name].to_numpy(dtype=np.float64)
        known = np.isfinite(values)
        here = missed[known]
        if known.mean() < 0.5 or here.all() or not here.any() or len(np.unique(values[known])) < 2:
            continue
        value = auc(_ranks(values[known]), here)
        found[name] = max(value, 1.0 - value)
    return pd.Series(found, dtype=np.float64).sort_values(ascending=False, kind="stable")


def _eves(targets: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of periods that begin on the next day and carry a quota."""
    return targets[(targets["elapsed"] <= 0.0) & (targets["starts_in"] <= 1) & (targets["quota"] > 0)]


def _ranks(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    ranks = pd.Series(values).rank(method="average").to_numpy(dtype=np.float64)
    return np.asarray(ranks / len(ranks), dtype=np.float64)


def feature_gate(targets: pd.DataFrame, settings: GateSettings) -> GateResult:
    """Return whether a single feature is too good to be true.

    Args:
        targets: `TrainingHistory.targets`.
        settings: `too_good_feature_auc`, `too_good_rows`.
    """
    rows = len(_eves(targets))
    aucs = single_feature_aucs(targets)
    if aucs.empty:
        return GateResult(GATE, passed=True, reason="no eve of a period with both hits and misses to judge features on")
    best, value = str(aucs.index[0]), float(aucs.iloc[0])
    told = f"the best single feature at day 0 is {best} with an AUC of {value:.3f} on {rows} rows"
    if rows < settings.too_good_rows:
        return GateResult(GATE, passed=True, reason=f"{told}: too few rows to suspect a leak")
    asked = f"a leak is assumed above {settings.too_good_feature_auc}"
    return GateResult(GATE, passed=value <= settings.too_good_feature_auc, reason=f"{told}; {asked}")
