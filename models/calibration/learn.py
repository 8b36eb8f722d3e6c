"""Rolling past: refit on older periods, forecast newer ones, and learn from how far off that was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.special import betainc

from models.calibration.adapt import adapted_width
from models.calibration.bias import learn_bias, luck_of_periods
from models.calibration.knots import KNOTS, knot_of
from models.calibration.past import history_before
from models.calibration.recalibration import PeriodCorrection, Recalibration
from models.calibration.replay import Replay, replays
from models.calibration.spread import Spread, learn_spread
from models.contracts import FloatArray, TrainingHistory
from models.simulation.pipeline import PipelineModel, learn_pipeline
from models.simulation.shocks import Shocks, company_sd

FEWEST_PERIODS = 3
UNJUDGED = Shocks(company=0.20, rep=0.25)
"""Shocks of a model that no past period has judged: wider, because nobody knows how far off it is."""
FEWEST_IN_BLOCK = 2
N_PATHS = 100
FEWEST_COMING = 10
RANK_SEED = 0


@dataclass(frozen=True)
class Lessons:
    """What past forecasts taught.

    Attributes:
        recalibration: Corrections of bias and spread.
        shocks: Shared shocks.
    """

    recalibration: Recalibration
    shocks: Shocks


def learn_lessons(history: TrainingHistory, *, grain: str, months: int) -> Lessons:
    """Return corrections and shocks learned from periods that the refitted models had not seen.

    Args:
        history: Past cutoffs with labels.
        grain: Grain of the targets to judge by.
        months: Its length.

    Returns:
        No corrections and wide shocks where there are fewer than `FEWEST_PERIODS` settled periods.
    """
    runs: list[tuple[PipelineModel, Replay]] = []
    for start, stop in blocks(history, grain):
        model = learn_pipeline(history_before(history, start), months=months, shocks=Shocks())
        part = replace(history, targets=history.targets[history.targets["as_of"] < stop])
        runs += [(model, replay) for replay in replays(model, part, grain=grain, after=start)]
    if not runs:
        return Lessons(Recalibration(), UNJUDGED)
    rows = pd.concat([replay.rows for _, replay in runs], ignore_index=True)
    running, following = rows[rows["current"]], rows[~rows["current"]]
    first = Recalibration(
        running=_biases(running), following=_biases(following), periods=int(rows["period_start"].nunique())
    )
    luck, chance = luck_of_periods(running, {"open": first.running.opened, "new": first.running.new})
    shocks = Shocks(company=company_sd(luck, chance))
    return Lessons(_with_spread(first, runs, shocks), shocks)


def blocks(history: TrainingHistory, grain: str) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
    """Return stretches of past cutoffs to judge, each [start, stop): the model of each is fitted on what came before.

    The second half of the settled periods is judged, in two blocks where it is long enough.
    """
    mine = history.targets[history.targets["grain"] == grain]
    starts = [pd.Timestamp(str(day)) for day in sorted(mine["period_start"].unique())]
    if len(starts) < FEWEST_PERIODS:
        return []
    half = max(len(starts) // 2, FEWEST_IN_BLOCK)
    judged = starts[half:]
    cuts = [judged[0]]
    if len(judged) >= 2 * FEWEST_IN_BLOCK:
        cuts.append(judged[len(judged) // 2])
    eves = [cut - pd.Timedelta(days=1) for cut in cuts] + [pd.Timestamp(history.now.as_of) + pd.Timedelta(days=1)]
    return list(pairwise(eves))


def _biases(rows: pd.DataFrame) -> PeriodCorrection:
    return PeriodCorrection(
        opened=learn_bias(rows, "open", "open_var", "open_came"), new=learn_bias(rows, "new", "new_var", "new_came")
    )


def _with_spread(first: Recalibration, runs: Sequence[tuple[PipelineModel, Replay]], shocks: Shocks) -> Recalibration:
    rows = pd.concat([_ranks(model, replay, first, shocks) for model, replay in runs], ignore_index=True)
    current = rows[rows["current"]]
    running = _spreads(current)
    width = width_of_late(current, running)
    return replace(
        first,
        running=replace(first.running, spread=tuple(spread.scaled(width) for spread in running)),
        following=replace(
            first.following, spread=tuple(spread.scaled(width) for spread in _spreads(rows[~rows["current"]]))
        ),
        width=width,
    )


def width_of_late(rows: pd.DataFrame, spreads: Sequence[Spread]) -> float:
    """Return the width that running periods asked for of late, beyond what all past periods together ask for.

    Args:
        rows: `period_start, elapsed, rep_id, rank` of running periods.
        spreads: What all of them ask for, per knot.
    """
    if rows.empty:
        return 1.0
    knot = knot_of(rows["elapsed"].to_numpy(dtype=np.float64))
    low, high = (np.array([getattr(spread, side) for spread in spreads])[knot] for side in ("low", "high"))
    served = np.asarray(betainc(low, high, rows["rank"].to_numpy(dtype=np.float64)), dtype=np.float64)
    period = np.unique(rows["period_start"].to_numpy(), return_inverse=True)[1]
    people = rows.groupby("period_start", sort=True)["rep_id"].nunique().to_numpy(dtype=np.float64)
    return adapted_width(served, np.asarray(period, dtype=np.int64), people)


def _spreads(rows: pd.DataFrame) -> tuple[Spread, ...]:
    knot = knot_of(rows["elapsed"].to_numpy(dtype=np.float64))
    found = []
    for k in range(len(KNOTS)):
        mine = rows[knot == k]
        period = np.unique(mine["period_start"].to_numpy(), return_inverse=True)[1]
        found.append(learn_spread(mine["rank"].to_numpy(dtype=np.float64), np.asarray(period, dtype=np.int64)))
    return tuple(found)


def _ranks(model: PipelineModel, replay: Replay, first: Recalibration, shocks: Shocks) -> pd.DataFrame:
    """Return where outcomes fell among the paths with anything to come."""
    ahead = first.correct(replay.ahead)
    as_of = replay.state.as_of.isoformat()
    drawn = replace(model, shocks=shocks).segments(ahead, n_paths=N_PATHS, seed=RANK_SEED, as_of=as_of)
    paths = ahead.windows.sums(drawn[0] + drawn[1], ahead.rep_row)
    came = (replay.rows["open_came"] + replay.rows["new_came"]).to_numpy(dtype=np.float64)
    rank, coming = rank_among_coming(paths, came)
    kept = (came > 0) & (coming >= FEWEST_COMING)
    return replay.rows[["period_start", "current", "elapsed", "rep_id"]].assign(rank=rank)[kept]


def rank_among_coming(paths: FloatArray, came: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the rank of each outcome among the paths above zero, and how many those are.

    Examples:
        >>> rank, coming = rank_among_coming(np.array([[0.0, 0.0, 1.0, 3.0]]), np.array([2.0]))
        >>> rank.tolist(), coming.tolist()
        ([0.5], [2.0])
    """
    positive = paths > 0
    coming = positive.sum(axis=1).astype(np.float64)
    below = (positive & (paths < came[:, None])).sum(axis=1)
    return (below + 0.5) / (coming + 1.0), coming
