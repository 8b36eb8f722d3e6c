"""Registry features at random for a toy company, so that triggers have something to look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from features.definitions.registry import load_features
from models.contracts import CompanyState, FloatArray, ForecastPaths
from models.explain.structural import Explanations, explain
from tests.support.toy_company import toy_company


def random_features(targets: pd.DataFrame, seed: int = 3) -> pd.DataFrame:
    """Return targets with every feature of the registry drawn at random, plausible by unit."""
    rng = np.random.default_rng(seed)
    n = len(targets)
    found = {}
    for feature in load_features():
        draws: dict[str, FloatArray] = {
            "currency": rng.lognormal(9.0, 0.5, n),
            "share": rng.uniform(0.0, 1.0, n),
            "count": rng.poisson(10, n).astype(np.float64),
            "days": rng.uniform(5.0, 60.0, n),
            "ratio": rng.lognormal(0.0, 0.4, n),
        }
        found[feature.name] = draws[feature.unit]
    days = targets["tenure_days"].to_numpy(dtype=np.float64)
    found["ramp_share"] = np.minimum(days, 182.0) / 182.0
    return pd.concat([targets, pd.DataFrame(found, index=targets.index)], axis=1)


def coached_company(
    n: int = 60, seed: int = 1, *, columns: Mapping[str, object] | None = None
) -> tuple[CompanyState, ForecastPaths, pd.DataFrame, Explanations]:
    """Return a toy company with features and reasons; `columns` replace target columns."""
    state, paths, structure = toy_company(n, seed)
    targets = random_features(paths.targets).assign(**(columns or {}))
    state, paths = replace(state, targets=targets), replace(paths, targets=targets)
    return state, paths, structure, explain(state, paths, structure)


def two_periods(
    state: CompanyState, paths: ForecastPaths, structure: pd.DataFrame
) -> tuple[CompanyState, ForecastPaths, pd.DataFrame, Explanations]:
    """Return the same company with the next quarter beside the current one: nothing booked, more new deals."""
    later = paths.targets.assign(
        period_start=pd.Timestamp(2027, 1, 1),
        period_end=pd.Timestamp(2027, 3, 31),
        days_left=136,
        starts_in=47,
        elapsed=0.0,
        attained=0.0,
    )
    following = structure.assign(booked=0.0, timing_new=structure["timing_new"] * 2.0)
    new = paths.new_deals * 2.0
    targets = pd.concat([paths.targets, later], ignore_index=True)
    both = ForecastPaths(
        targets,
        np.concatenate([paths.booked, np.zeros(len(later))]),
        np.concatenate([paths.open_deals, paths.open_deals]),
        np.concatenate([paths.new_deals, new]),
    )
    stacked = pd.concat([structure, following], ignore_index=True)
    wide = replace(state, targets=targets)
    return wide, both, stacked, explain(wide, both, stacked)
