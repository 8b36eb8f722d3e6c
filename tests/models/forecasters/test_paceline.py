"""The served forecaster: who answers, what it explains, and that it comes back from its files."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from features.domain.errors import BundleDamaged, UsageError
from models.checks import run_checks
from models.contracts import STRUCTURE_COLUMNS, FloatArray, ForecastPaths, TrainingHistory
from models.forecasters.paceline import MODEL_JSON, PacelineForecaster
from tests.support.states import toy_history


@pytest.fixture(scope="module")
def history() -> TrainingHistory:
    return toy_history(n_reps=10, n_periods=7, seed=5)


@pytest.fixture(scope="module")
def fitted(history: TrainingHistory) -> PacelineForecaster:
    return PacelineForecaster().fit(history)


@pytest.fixture(scope="module")
def paths(history: TrainingHistory, fitted: PacelineForecaster) -> ForecastPaths:
    return fitted.simulate(history.now, 200, 1)


def equation(frame: pd.DataFrame) -> FloatArray:
    opened = frame["volume_open"] * frame["size"] * frame["win"] * frame["quality"] * frame["timing"]
    new = frame["volume_new"] * frame["size_new"] * frame["win_new"] * frame["timing_new"]
    return np.asarray(frame["booked"] + opened + new, dtype=np.float64)


@pytest.mark.parametrize("grade", ["A", "C", "D"])
def test_the_contract_of_every_forecaster_holds_at_every_data_grade(grade: str) -> None:
    assert run_checks(PacelineForecaster, toy_history(n_reps=8, n_periods=6, seed=2, grade=grade)) == []


def test_an_unfitted_forecaster_refuses_everything(history: TrainingHistory, paths: ForecastPaths) -> None:
    with pytest.raises(UsageError, match="before fit"):
        PacelineForecaster().to_files()
    with pytest.raises(UsageError, match="before fit"):
        PacelineForecaster().structure(history.now, paths)


def test_the_structure_gives_the_mean_of_the_served_paths(
    history: TrainingHistory, fitted: PacelineForecaster, paths: ForecastPaths
) -> None:
    frame = fitted.structure(history.now, paths)
    assert list(frame.columns) == list(STRUCTURE_COLUMNS)
    mean = paths.attained.mean(axis=1)
    assert np.allclose(equation(frame), mean, rtol=1e-9, atol=1e-6)
    shares = frame[["win", "win_new", "timing", "timing_new"]].to_numpy()
    assert ((shares >= 0) & (shares <= 1 + 1e-12)).all()


def test_changed_paths_change_the_structure(
    history: TrainingHistory, fitted: PacelineForecaster, paths: ForecastPaths
) -> None:
    doubled = replace(paths, open_deals=paths.open_deals * 2.0)
    assert np.allclose(equation(fitted.structure(history.now, doubled)), doubled.attained.mean(axis=1), rtol=1e-9)


def test_the_structure_of_paths_with_returns_still_adds_up(
    history: TrainingHistory, fitted: PacelineForecaster, paths: ForecastPaths
) -> None:
    taken_back = replace(paths, new_deals=paths.new_deals - 1e6)
    assert np.allclose(
        equation(fitted.structure(history.now, taken_back)), taken_back.attained.mean(axis=1), rtol=1e-9, atol=1e-6
    )


def test_a_rep_who_left_gets_nothing_more(history: TrainingHistory, paths: ForecastPaths) -> None:
    gone = (paths.targets["status"] == "left").to_numpy()
    assert gone.any()
    assert not paths.open_deals[gone].any()
    assert not paths.new_deals[gone].any()


def test_a_rep_without_quota_is_forecast_all_the_same(paths: ForecastPaths) -> None:
    without = (paths.targets["status"] == "no_quota").to_numpy()
    assert without.any()
    assert (paths.attained[without].mean(axis=1) > paths.booked[without]).all()


def test_it_comes_back_from_its_files_with_the_same_bytes(
    history: TrainingHistory, fitted: PacelineForecaster, paths: ForecastPaths
) -> None:
    files = fitted.to_files()
    assert all(name.endswith((".txt", ".json", ".npz")) for name in files)
    again = PacelineForecaster.from_files(files)
    assert again.simulate(history.now, 200, 1).attained.tobytes() == paths.attained.tobytes()
    assert again.to_files() == files


def test_files_of_another_release_are_refused_with_what_to_do(fitted: PacelineForecaster) -> None:
    files = fitted.to_files()
    document = json.loads(files[MODEL_JSON])
    older = {**files, MODEL_JSON: json.dumps({**document, "format": document["format"] - 1}).encode()}
    with pytest.raises(BundleDamaged, match="train again"):
        PacelineForecaster.from_files(older)


def test_without_deals_the_series_answer_and_say_so() -> None:
    history = toy_history(n_reps=6, n_periods=6, grade="D")
    fitted = PacelineForecaster().fit(history)
    paths = fitted.simulate(history.now, 50, 1)
    assert set(np.asarray(paths.metadata["answered_by"])) == {"series"}
    assert np.allclose(equation(fitted.structure(history.now, paths)), paths.attained.mean(axis=1), rtol=1e-9)
    again = PacelineForecaster.from_files(fitted.to_files())
    assert again.simulate(history.now, 50, 1).attained.tobytes() == paths.attained.tobytes()


def test_another_measure_beside_revenue_is_forecast_from_its_series() -> None:
    history = toy_history(n_reps=6, n_periods=6)

    def with_units(frame: pd.DataFrame) -> pd.DataFrame:
        return pd.concat([frame, frame.assign(metric="units")], ignore_index=True)

    now = replace(history.now, targets=with_units(history.now.targets), bookings=with_units(history.now.bookings))
    fitted = PacelineForecaster().fit(replace(history, now=now, targets=with_units(history.targets)))
    paths = fitted.simulate(now, 50, 1)
    by = pd.Series(np.asarray(paths.metadata["answered_by"])).groupby(paths.targets["metric"]).unique()
    assert by["revenue"].tolist() == ["pipeline"]
    assert by["units"].tolist() == ["series"]


def test_a_company_with_a_handful_of_wins_says_that_the_age_curves_answer() -> None:
    history = toy_history(n_reps=2, n_periods=3)
    few = history.deals.assign(won_on=pd.NaT, final_amount=np.nan)
    paths = PacelineForecaster().fit(replace(history, deals=few)).simulate(history.now, 50, 1)
    assert paths.metadata["deal_model"] == "pooled age curves"
    assert (paths.attained.mean(axis=1) > paths.booked).any()


def test_the_deal_model_shows_what_it_is_told_about_each_deal(
    history: TrainingHistory, fitted: PacelineForecaster
) -> None:
    found = fitted.deal_inputs(history.now)
    assert found is not None
    assert len(found[1]) == len(history.now.deals)
    assert {"age", "stage", "owner_win_effect", "horizon_days"} <= set(found[1].columns)


def test_chances_of_deals_are_highest_in_the_stage_that_won_most(
    history: TrainingHistory, fitted: PacelineForecaster
) -> None:
    chances = fitted.deal_chances(history.now)
    assert chances.index.is_unique
    assert chances.between(0.0, 1.0).all()
    stage = history.now.deals.set_index("opportunity_id").loc[chances.index, "stage"]
    won = history.deals["won_on"].notna().groupby(history.deals["stage"]).mean()
    assert chances.groupby(stage).mean().idxmax() == won.idxmax()


def test_chances_of_deals_need_a_pipeline() -> None:
    history = toy_history(n_reps=6, n_periods=6)
    bare = replace(history.now, deals=history.now.deals.iloc[:0], lifecycles=history.now.lifecycles.iloc[:0])
    fitted = PacelineForecaster().fit(replace(history, now=bare, deals=history.deals.iloc[:0]))
    with pytest.raises(UsageError, match="no pipeline"):
        fitted.deal_chances(bare)
