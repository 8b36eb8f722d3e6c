"""Joint paths per rep and segment of the future: deals open now and deals not born yet, under shared shocks.

Every deal has one exponential clock per world: it is won by a horizon when its cumulative hazard, times the world's
shocks, passes the clock. Wins of unborn deals arrive the same way, one after the other. A horizon is therefore only
ever a place to look, and asking for another one changes nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.contracts import FloatArray
from models.simulation.shocks import Shocks
from models.simulation.streams import stream
from models.simulation.worlds import deal_draws, new_draws, new_level, new_pace


@dataclass(frozen=True)
class OpenBook:
    """Deals open at the as_of, sorted by rep and opportunity.

    Attributes:
        rep_row: Row of the owner in the reps frame, ascending, shape (n_deals,).
        opportunity_id: Shape (n_deals,).
        hazard: Cumulative hazard of a win by each horizon, shape (n_deals, n_horizons).
        log_amount: Log of the amount at a win before its residual, shape (n_deals,).
        log_residuals: Quantile grid of residuals, one per kind of amount, shape (n_kinds, N_RESIDUALS).
        kind: Kind of each deal's amount, shape (n_deals,).
    """

    rep_row: npt.NDArray[np.int64]
    opportunity_id: npt.NDArray[np.object_]
    hazard: FloatArray
    log_amount: FloatArray
    log_residuals: FloatArray
    kind: npt.NDArray[np.int64]


@dataclass(frozen=True)
class NewBook:
    """Deals not born yet, one row per rep.

    Attributes:
        wins: Expected wins by each horizon, shape (n_reps, n_horizons).
        log_amount: Mean log-amount, shape (n_reps,).
        doubt: Standard error of it, shape (n_reps,).
        log_residuals: Quantile grid of log-residuals, shape (N_RESIDUALS,).
        spread: Variance of the factor by which a rep's wins differ from what is expected, shape (n_reps,).
    """

    wins: FloatArray
    log_amount: FloatArray
    doubt: FloatArray
    log_residuals: FloatArray
    spread: FloatArray


def joint_segments(
    reps: pd.DataFrame, opened: OpenBook, new: NewBook, shocks: Shocks, *, n_paths: int, seed: int, as_of: str
) -> tuple[FloatArray, FloatArray]:
    """Return currency won per rep, segment of the future and world.

    Args:
        reps: `rep_id, team_id`, one row per rep.
        opened: Open deals.
        new: Deals not born yet.
        shocks: Shared and own shocks.
        n_paths: Number of worlds.
        seed: User seed.
        as_of: ISO day, part of every stream's key.

    Returns:
        Two arrays of shape (n_reps, n_segments, n_paths): from open deals, from new deals.
    """
    n_segments = new.wins.shape[1]
    from_open = np.zeros((len(reps), n_segments, n_paths))
    from_new = np.zeros((len(reps), n_segments, n_paths))
    common = shocks.common(seed, as_of, n_paths)
    teams = {t: shocks.of_team(seed, as_of, t, n_paths) for t in sorted(set(reps["team_id"].fillna("").astype("str")))}
    bounds = np.searchsorted(opened.rep_row, np.arange(len(reps) + 1))
    pairs = zip(reps["rep_id"].astype("str"), reps["team_id"].fillna("").astype("str"), strict=True)
    for row, (rep_id, team) in enumerate(pairs):
        own = stream(seed, "rep", as_of, rep_id)
        shared = common * teams[team] * shocks.of_rep(own, n_paths)
        mine = slice(int(bounds[row]), int(bounds[row + 1]))
        from_open[row] = _open_segments(opened, mine, shared, seed=seed, as_of=as_of)
        from_new[row] = _new_segments(new, row, shared, own, seed=seed, as_of=as_of, rep_id=rep_id)
    return from_open, from_new


def _open_segments(opened: OpenBook, mine: slice, shared: FloatArray, *, seed: int, as_of: str) -> FloatArray:
    n_segments, n_paths = opened.hazard.shape[1], len(shared)
    total = np.zeros((n_segments + 1, n_paths))
    for deal in range(mine.start, mine.stop):
        drawn, pick = deal_draws(seed, as_of, str(opened.opportunity_id[deal]), n_paths)
        clock = drawn / shared
        residual = opened.log_residuals[opened.kind[deal]][pick]
        amount = np.exp(opened.log_amount[deal] + residual)
        for segment in range(n_segments):
            total[segment + 1] += np.where(clock <= opened.hazard[deal, segment], amount, 0.0)
    return np.diff(total, axis=0)


def _new_segments(
    new: NewBook, row: int, shared: FloatArray, own: np.random.Generator, *, seed: int, as_of: str, rep_id: str
) -> FloatArray:
    n_segments, n_paths = new.wins.shape[1], len(shared)
    pace = new_pace(own, float(new.spread[row]), shared)
    level = new_level(own, float(new.doubt[row]), n_paths)
    most = float(new.wins[row, -1] * pace.max()) if n_segments else 0.0
    if most <= 0.0:
        return np.zeros((n_segments, n_paths))
    clocks, pick = new_draws(seed, as_of, rep_id, most, n_paths)
    arrival = clocks / pace
    amount = np.exp(new.log_residuals)[pick] * np.exp(new.log_amount[row] + level)
    total = np.zeros((n_segments + 1, n_paths))
    for segment in range(n_segments):
        total[segment + 1] = np.where(arrival <= new.wins[row, segment], amount, 0.0).sum(axis=0)
    return np.diff(total, axis=0)
