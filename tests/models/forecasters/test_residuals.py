"""Ranges are the rule's own past misses, replayed world by world, never from the future."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from features.domain.errors import DataMissing
from models.contracts import CompanyState, FloatArray, TrainingHistory
from models.forecasters.levels import residual_scale
from models.forecasters.past_states import past_states
from models.forecasters.residuals import ResidualBank, buckets
from models.forecasters.trailing_mean import trailing_mean_point
from models.metrics.empirical_coverage import empirical_coverage
from models.metrics.randomised_pit import randomised_pit
from tests.support import frames
from tests.support.states import toy_history

AS_OF = "2024-03-31"
NOW = frames.state(
    AS_OF,
    [frames.target(rep, "2024-04-01", "2024-06-30", AS_OF) for rep in ("ann", "bob")],
    frames.bookings(
        [
            (rep, day, 100.0)
            for rep in ("ann", "bob")
            for day in ("2023-01-15", "2023-04-15", "2023-07-15", "2023-10-15", "2024-01-15")
        ]
    ),
)


def nothing(state: CompanyState) -> FloatArray:
    """A rule whose misses are the outcomes themselves."""
    return np.zeros(len(state.targets))


def two_quarters() -> TrainingHistory:
    """In one past quarter both booked 200, in the other 0 and 20; usual quarters are 100."""
    rows = []
    for start, end, as_of, finals in (
        ("2023-07-01", "2023-09-30", "2023-06-30", (200.0, 200.0)),
        ("2023-10-01", "2023-12-31", "2023-09-30", (0.0, 20.0)),
    ):
        rows += [
            (frames.target(rep, start, end, as_of), final) for rep, final in zip(("ann", "bob"), finals, strict=True)
        ]
    return frames.history(NOW, rows)


def test_misses_are_kept_in_units_of_the_usual_period() -> None:
    bank = ResidualBank.learn(two_quarters(), nothing)
    first, second = bank.misses["quarter", 0]
    assert first.tolist() == [2.0, 2.0]
    assert second.tolist() == [0.0, 0.2]


def test_each_path_replays_one_past_quarter_for_everyone() -> None:
    bank = ResidualBank.learn(two_quarters(), nothing)
    paths = bank.paths(NOW, nothing(NOW), 200, seed=1).attained
    good = paths[0] > 100.0
    assert np.array_equal(good, paths[1] > 100.0)
    assert good.mean() == 0.5
    assert set(np.unique(paths[:, ~good]).round(9)) == {0.0, 20.0}


def test_thin_buckets_borrow_from_the_nearest_and_say_so() -> None:
    history = toy_history(n_reps=5, n_periods=7, seed=3)
    bank = ResidualBank.learn(history, trailing_mean_point)
    thin = ResidualBank({key: value for key, value in bank.misses.items() if key == ("quarter", 2)})
    paths = thin.paths(history.now, trailing_mean_point(history.now), 4, seed=1)
    others = sum(key != ("quarter", 2) for key in buckets(history.now.targets, pd.Timestamp(history.now.as_of)))
    assert paths.metadata["targets_with_borrowed_range"] == others > 0


def test_without_an_ended_period_there_is_no_range() -> None:
    with pytest.raises(DataMissing, match="no past period has ended"):
        ResidualBank.learn(frames.history(NOW, []), nothing)


def test_buckets_follow_the_elapsed_share_and_set_periods_ahead_apart() -> None:
    rows = [
        frames.target("ann", "2024-04-01", "2024-06-30", AS_OF),
        frames.target("ann", "2024-01-01", "2024-06-30", AS_OF),
        frames.target("ann", "2024-07-01", "2024-09-30", AS_OF),
    ]
    targets = frames.state(AS_OF, rows, NOW.bookings).targets
    assert buckets(targets, pd.Timestamp(AS_OF)) == [("quarter", 0), ("quarter", 2), ("quarter", -1)]


def test_the_scale_is_zero_only_where_nobody_booked() -> None:
    assert residual_scale(NOW).tolist() == [100.0, 100.0]
    assert residual_scale(replace(NOW, bookings=NOW.bookings.iloc[:0])).tolist() == [0.0, 0.0]


def test_past_states_hold_nothing_that_was_learned_later() -> None:
    history = toy_history(n_reps=4, n_periods=6, seed=4)
    cutoffs = []
    for state, final in past_states(history):
        cutoff = pd.Timestamp(state.as_of)
        cutoffs.append(state.as_of)
        assert state.bookings["known_on"].max() <= cutoff
        assert not set(state.deals) & {"won_on", "lost_on", "final_amount", "observed_until"}
        assert "final_attained" not in state.targets
        assert not (state.lifecycles["closed_on"] > cutoff).any()
        assert state.lifecycles.loc[state.lifecycles["outcome"] == "open", "closed_on"].isna().all()
        assert state.lifecycles.loc[state.lifecycles["outcome"] == "open", "amount"].isna().all()
        assert len(final) == len(state.targets)
    assert cutoffs == sorted(set(cutoffs))
    assert cutoffs[0] == date(2021, 6, 30)


def test_ranges_keep_their_promise_on_the_company_they_were_learned_on() -> None:
    history = toy_history(n_reps=30, n_periods=10, seed=5, grains=("quarter",))
    bank = ResidualBank.learn(history, trailing_mean_point)
    ranks = []
    for state, final in past_states(history):
        paths = bank.paths(state, trailing_mean_point(state), 200, seed=1).attained
        stayed = (state.targets["status"] != "left").to_numpy()
        ranks.append(randomised_pit(paths[stayed], final[stayed], seed=1))
    assert empirical_coverage(np.concatenate(ranks), 0.8) == pytest.approx(0.8, abs=0.04)
