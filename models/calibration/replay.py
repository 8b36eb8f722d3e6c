"""Past forecasts replayed: what was expected at a past cutoff, beside what came, per rep and period."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.domain.vocabulary import REVENUE, Status
from models.contracts import CompanyState, FloatArray, TrainingHistory
from models.forecasters.past_states import past_states
from models.simulation.days import day_numbers
from models.simulation.lives import lives_of
from models.simulation.outlook import Outlook
from models.simulation.pipeline import PipelineModel

SKIPPED = (Status.LEFT, Status.INSUFFICIENT_EXPOSURE, Status.UNDECIDABLE)


@dataclass(frozen=True)
class Replay:
    """One past cutoff.

    Attributes:
        state: What was known.
        ahead: What the model expected.
        rows: One row per target: `period_start, current, elapsed, rep_id`, expected `open, new` and their variances
            `open_var, new_var`, and what came: `open_came, new_came`, currency.
    """

    state: CompanyState
    ahead: Outlook
    rows: pd.DataFrame


def replays(model: PipelineModel, history: TrainingHistory, *, grain: str, after: pd.Timestamp) -> Iterator[Replay]:
    """Yield what `model` would have said at each past cutoff from `after` on, about targets of one grain.

    Args:
        model: A model that saw nothing from `after` on.
        history: Past cutoffs with labels.
        grain: Grain of the targets that are looked at.
        after: First cutoff.
    """
    wanted = (history.targets["as_of"] >= after) & (history.targets["grain"] == grain)
    wanted &= (history.targets["metric"] == REVENUE) & ~history.targets["status"].isin([str(s) for s in SKIPPED])
    fates = history.deals[["opportunity_id", "as_of", "won_on", "final_amount"]]
    lives = lives_of(history.now.lifecycles)
    for state, final in past_states(replace(history, targets=history.targets[wanted])):
        ahead = model.look_ahead(state, lives)
        fate = fates[fates["as_of"] == pd.Timestamp(state.as_of)]
        yield Replay(state, ahead, _rows(state, ahead, final, fate))


def _rows(state: CompanyState, ahead: Outlook, final: FloatArray, fate: pd.DataFrame) -> pd.DataFrame:
    targets, rep, window = state.targets, ahead.rep_row, ahead.windows
    started = targets["starts_in"].to_numpy(dtype=np.float64) <= 1
    attained = targets["attained"].to_numpy(dtype=np.float64)
    open_came = _open_came(targets, ahead, fate)
    expected, variance = expectations(ahead)
    returned = _window(ahead.returns.expected(window.horizons), rep, window.first, window.stop)
    return pd.DataFrame(
        {
            "period_start": targets["period_start"],
            "current": started,
            "elapsed": ahead.period.elapsed,
            "rep_id": targets["rep_id"],
            "open": _window(expected[0], rep, window.first, window.stop),
            "new": _window(expected[1], rep, window.first, window.stop),
            "open_var": _window(variance[0], rep, window.first, window.stop),
            "new_var": _window(variance[1], rep, window.first, window.stop),
            "open_came": open_came,
            # What is taken back is drawn apart; here it would be mistaken for new deals that did not come.
            "new_came": final - attained - ahead.pending - open_came + returned,
            "quota": targets["quota"],
        }
    )


def expectations(ahead: Outlook) -> tuple[tuple[FloatArray, FloatArray], tuple[FloatArray, FloatArray]]:
    """Return mean and variance per rep and segment of the future, of open and of new deals, without shared shocks."""
    opened, new = ahead.opened, ahead.new
    chance = np.diff(1.0 - np.exp(-opened.hazard), axis=1, prepend=0.0)
    second = (np.exp(2.0 * opened.log_residuals).mean(axis=1))[opened.kind] * np.exp(2.0 * opened.log_amount)
    n = len(ahead.reps)
    mean_open = _by_rep(chance * ahead.mean_open[:, None], opened.rep_row, n)
    var_open = _by_rep(chance * second[:, None] - (chance * ahead.mean_open[:, None]) ** 2, opened.rep_row, n)
    wins = np.diff(new.wins, axis=1, prepend=0.0)
    mean_new = wins * ahead.mean_new[:, None]
    second_new = np.exp(2.0 * new.log_residuals).mean() * np.exp(2.0 * new.log_amount)
    var_new = wins * second_new[:, None] + (new.spread + new.doubt**2)[:, None] * mean_new**2
    return (mean_open, mean_new), (var_open, var_new)


def _by_rep(values: FloatArray, rep_row: npt.NDArray[np.int64], n: int) -> FloatArray:
    columns = [np.bincount(rep_row, weights=values[:, k], minlength=n) for k in range(values.shape[1])]
    return np.column_stack(columns) if columns else np.zeros((n, 0))


def _window(
    values: FloatArray, rep: npt.NDArray[np.int64], first: npt.NDArray[np.int64], stop: npt.NDArray[np.int64]
) -> FloatArray:
    running = np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)
    return np.asarray(running[rep, stop] - running[rep, first], dtype=np.float64)


def _open_came(targets: pd.DataFrame, ahead: Outlook, fate: pd.DataFrame) -> FloatArray:
    """Return what deals open at the cutoff brought in each target's period."""
    owner = ahead.deals.set_index("opportunity_id")["rep_id"]
    won = fate[fate["won_on"].notna()]
    frame = pd.DataFrame(
        {"rep_id": won["opportunity_id"].map(owner), "day": day_numbers(won["won_on"]), "amount": won["final_amount"]}
    ).dropna()
    both = (
        targets[["rep_id"]]
        .assign(
            row=np.arange(len(targets)),
            start=day_numbers(targets["period_start"]),
            end=day_numbers(targets["period_end"]),
        )
        .merge(frame, on="rep_id")
    )
    inside = both[(both["day"] >= both["start"]) & (both["day"] <= both["end"])]
    sums = inside.groupby("row")["amount"].sum()
    return np.asarray(sums.reindex(np.arange(len(targets)), fill_value=0.0), dtype=np.float64)
