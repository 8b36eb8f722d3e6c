"""The series forecaster as a whole: coherent, restored from files, and no worse than naive rules on real data."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.bench_series import COMPANIES, data_folder, judge
from features.domain.errors import BundleDamaged, DataMissing, UsageError
from models.bundle.read import read_bundle
from models.bundle.write import write_bundle
from models.contracts import TrainingHistory
from models.forecasters.series import SeriesForecaster
from tests.support import frames
from tests.support.states import toy_history

N = 200


@cache
def fitted() -> tuple[SeriesForecaster, TrainingHistory]:
    history = toy_history(n_reps=8, n_periods=10, seed=4, grade="D", grains=("month", "quarter", "year"))
    return SeriesForecaster().fit(history), history


def test_months_add_up_to_quarters_and_years_in_every_path() -> None:
    forecaster, history = fitted()
    paths = forecaster.simulate(history.now, N, seed=1)
    targets = paths.targets
    mine = (targets["rep_id"] == "r02") & (targets["period_start"] > pd.Timestamp(history.now.as_of))
    months = targets.index[mine & (targets["grain"] == "month")]
    later = targets.index[mine & (targets["grain"] == "quarter")]
    assert len(months) == len(later) == 1
    # The as_of lies in the second month of a quarter, so this quarter's rest is both open months' rest.
    quarter = targets.index[(targets["rep_id"] == "r02") & (targets["grain"] == "quarter")][0]
    running = targets.index[(targets["rep_id"] == "r02") & (targets["grain"] == "month")][0]
    rest = paths.new_deals[running] + paths.new_deals[months[0]]
    assert paths.new_deals[quarter] == pytest.approx(rest, rel=1e-9)


def test_reps_share_their_bad_quarters() -> None:
    history = toy_history(n_reps=20, n_periods=12, seed=7, grade="D", grains=("quarter",))
    paths = SeriesForecaster().fit(history).simulate(history.now, 400, seed=1)
    ahead = paths.attained[(paths.targets["starts_in"] > 0).to_numpy()]
    alone = np.sqrt((ahead.std(axis=1) ** 2).sum())
    assert ahead.sum(axis=0).std() > 1.1 * alone


def test_a_rep_who_left_gets_nothing_more() -> None:
    forecaster, history = fitted()
    paths = forecaster.simulate(history.now, N, seed=1)
    assert not paths.new_deals[(paths.targets["status"] == "left").to_numpy()].any()


def test_a_rep_without_bookings_gets_what_newcomers_book_and_less_the_longer_it_is_silent() -> None:
    forecaster, history = fitted()
    row = history.now.targets.iloc[[-1]]
    new = row.assign(rep_id="new", tenure_days=0, attained=0.0, status="")
    silent = new.assign(rep_id="silent", tenure_days=900)
    state = replace(history.now, targets=pd.concat([new, silent], ignore_index=True))
    paths = forecaster.simulate(state, N, seed=1)
    fresh, quiet = np.median(paths.attained, axis=1)
    assert fresh > 5 * quiet > 0.0
    assert paths.metadata["revenue"]["cold_start_reps"] == 2  # type: ignore[index]
    assert paths.metadata["pooled_share"] == [1.0, 1.0]


def test_only_young_series_lean_on_other_reps() -> None:
    booked = frames.bookings(
        [("ann", f"2024-{month:02d}-15", 10.0) for month in range(1, 9)] + [("bob", "2024-07-15", 30.0)]
    )
    rows = [frames.target(rep, "2024-09-01", "2024-09-30", "2024-08-31", grain="month") for rep in ("ann", "bob")]
    now = frames.state("2024-08-31", rows, booked)
    paths = SeriesForecaster().fit(frames.history(now, [])).simulate(now, N, seed=1)
    # Bob has two months of his own beside one of the others'.
    assert paths.metadata["pooled_share"] == pytest.approx([0.0, 1 / 3])


def test_with_returns_a_path_may_fall_below_what_is_attained() -> None:
    history = toy_history(n_reps=8, n_periods=10, seed=4, grade="D", returns_allowed=True)
    paths = SeriesForecaster().fit(history).simulate(history.now, N, seed=1)
    assert (paths.attained < paths.booked[:, None]).any()


def test_later_in_the_month_less_is_still_to_come() -> None:
    forecaster, history = fitted()
    month = history.now.targets["grain"] == "month"
    early = replace(history.now, targets=history.now.targets[month & (history.now.targets["starts_in"] == 0)])
    late = replace(early, as_of=date(2023, 8, 25))
    assert early.as_of < late.as_of
    rest = [forecaster.simulate(state, N, seed=1).new_deals.mean() for state in (early, late)]
    assert rest[1] < 0.5 * rest[0]


def test_what_was_fitted_comes_back_from_a_verified_bundle(tmp_path: Path) -> None:
    forecaster, history = fitted()
    files = forecaster.to_files()
    assert files == SeriesForecaster().fit(history).to_files()
    sha = write_bundle(tmp_path, files, {"name": "series"})
    restored = SeriesForecaster.from_files(read_bundle(tmp_path / sha))
    first, second = (f.simulate(history.now, N, seed=3).new_deals.tobytes() for f in (forecaster, restored))
    assert first == second
    assert restored.weights() == forecaster.weights()


def test_files_that_are_not_a_series_model_are_refused() -> None:
    with pytest.raises(BundleDamaged, match=r"has no series\.json"):
        SeriesForecaster.from_files({"other.json": b"{}"})


def test_too_short_a_history_is_refused_with_what_is_needed() -> None:
    booked = frames.bookings([("ann", "2024-01-15", 10.0), ("ann", "2024-04-15", 10.0)])
    now = frames.state("2024-04-30", [frames.target("ann", "2024-04-01", "2024-06-30", "2024-04-30")], booked)
    with pytest.raises(DataMissing, match="4 complete months of bookings, 5 are needed"):
        SeriesForecaster().fit(frames.history(now, []))


def test_no_bookings_at_all_are_refused() -> None:
    now = frames.state("2024-04-30", [], frames.bookings([]))
    with pytest.raises(DataMissing, match="no bookings at all"):
        SeriesForecaster().fit(frames.history(now, []))


def test_five_months_are_enough_for_an_answer() -> None:
    booked = frames.bookings([("ann", f"2024-{month:02d}-15", 10.0 + month) for month in range(1, 6)])
    now = frames.state(
        "2024-05-31", [frames.target("ann", "2024-06-01", "2024-06-30", "2024-05-31", grain="month")], booked
    )
    paths = SeriesForecaster().fit(frames.history(now, [])).simulate(now, N, seed=1)
    assert 5.0 < float(np.median(paths.attained)) < 20.0


def test_a_measure_that_was_never_seen_is_refused_by_name() -> None:
    forecaster, history = fitted()
    state = replace(history.now, targets=history.now.targets.assign(metric="margin"))
    with pytest.raises(DataMissing, match="'margin'"):
        forecaster.simulate(state, N, seed=1)


def test_no_path_is_refused() -> None:
    forecaster, history = fitted()
    with pytest.raises(UsageError, match="n_paths is 0"):
        forecaster.simulate(history.now, 0, seed=1)


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.parametrize("read", COMPANIES, ids=lambda read: str(read.__name__))
def test_real_bookings_are_forecast_no_worse_than_the_best_naive_rule(read: object) -> None:
    assert callable(read)
    folder = data_folder()
    if not folder.is_dir():
        pytest.skip(f"no real exports at {os.environ.get('PACELINE_TEST_DATA', '../shared/data')}")
    company = read(folder)
    result = judge(company)
    assert result.ratio <= company.bar
    if result.cutoffs > 5:
        assert result.ratio <= 0.9
        assert 0.70 <= result.coverage <= 0.90
