"""A small made-up company: targets, structure and paths that agree, for tests of reasons and suggestions."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from models.contracts import (
    BOOKING_COLUMNS,
    DEAL_COLUMNS,
    LIFECYCLE_COLUMNS,
    REP_COLUMNS,
    CompanyState,
    FloatArray,
    ForecastPaths,
)

AS_OF = date(2026, 11, 15)


def toy_structure(n: int, seed: int = 1) -> pd.DataFrame:
    """Return plausible structure columns for `n` reps."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "volume_open": rng.poisson(12, n).astype(float),
            "volume_new": rng.uniform(2, 9, n),
            "size": rng.lognormal(np.log(8_000), 0.4, n),
            "size_new": rng.lognormal(np.log(8_000), 0.3, n),
            "win": rng.uniform(0.15, 0.40, n),
            "win_new": rng.uniform(0.15, 0.35, n),
            "quality": 1.0,
            "timing": rng.uniform(0.3, 0.9, n),
            "timing_new": rng.uniform(0.1, 0.4, n),
            "booked": rng.lognormal(np.log(20_000), 0.6, n),
            "quota": rng.lognormal(np.log(60_000), 0.2, n),
        }
    )


def toy_targets(structure: pd.DataFrame) -> pd.DataFrame:
    """Return targets of one quarter, one per row of `structure`, in two segments and three tenure bands."""
    n = len(structure)
    return pd.DataFrame(
        {
            "rep_id": [f"r{i:03d}" for i in range(n)],
            "period_start": pd.Timestamp(2026, 10, 1),
            "period_end": pd.Timestamp(2026, 12, 31),
            "metric": "revenue",
            "as_of": pd.Timestamp(AS_OF),
            "grain": "quarter",
            "rep_name": [f"Rep {i}" for i in range(n)],
            "team_id": [f"t{i % 4}" for i in range(n)],
            "segment": ["SMB" if i % 2 else "ENT" for i in range(n)],
            "currency": "CNY",
            "quota": structure["quota"],
            "quota_source": "given",
            "attained": structure["booked"],
            "elapsed": 0.5,
            "days_left": 46,
            "starts_in": 0,
            "tenure_days": [100 + 200 * (i % 5) for i in range(n)],
            "exposure": 1.0,
            "status": "",
            "reason": "",
        }
    )


def toy_paths(targets: pd.DataFrame, structure: pd.DataFrame, n_paths: int = 200, seed: int = 1) -> ForecastPaths:
    """Return joint paths whose means are the structural equation of `structure`."""
    rng = np.random.default_rng(seed)
    n = len(structure)

    def spread(names: tuple[str, ...]) -> FloatArray:
        noise = rng.lognormal(0.0, 0.6, (n, n_paths))
        noise /= noise.mean(axis=1, keepdims=True)
        return np.asarray(structure[list(names)].prod(axis=1).to_numpy()[:, None] * noise, dtype=np.float64)

    return ForecastPaths(
        targets.reset_index(drop=True),
        structure["booked"].to_numpy(dtype=np.float64),
        spread(("volume_open", "size", "win", "quality", "timing")),
        spread(("volume_new", "size_new", "win_new", "timing_new")),
    )


def toy_state(targets: pd.DataFrame) -> CompanyState:
    """Return the state around `targets`; everyone is an account executive."""
    n = len(targets)
    reps = pd.DataFrame({name: [None] * n for name in REP_COLUMNS})
    reps["rep_id"], reps["rep_name"], reps["role"] = targets["rep_id"], targets["rep_name"], "AE"
    return CompanyState(
        as_of=AS_OF,
        targets=targets,
        deals=pd.DataFrame(columns=list(DEAL_COLUMNS)),
        bookings=pd.DataFrame(columns=list(BOOKING_COLUMNS)),
        lifecycles=pd.DataFrame(columns=list(LIFECYCLE_COLUMNS)),
        reps=reps,
    )


def toy_company(n: int = 40, seed: int = 1) -> tuple[CompanyState, ForecastPaths, pd.DataFrame]:
    """Return state, paths and structure of `n` reps that agree with each other."""
    structure = toy_structure(n, seed)
    targets = toy_targets(structure)
    return toy_state(targets), toy_paths(targets, structure, seed=seed), structure
