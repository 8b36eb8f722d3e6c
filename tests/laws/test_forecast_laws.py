"""Laws of the served forecast, for whatever company hypothesis can think of."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.contracts import CompanyState, ForecastPaths, TrainingHistory
from models.forecasters.paceline import PacelineForecaster
from models.risk.assess import assess
from models.rollup.totals import totals
from models.simulation.windows import windows
from tests.models.simulation.builders import targets
from tests.support.states import toy_history

LAW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
N_PATHS = 80


@cache
def company() -> tuple[TrainingHistory, PacelineForecaster]:
    history = toy_history(n_reps=8, n_periods=6, seed=11)
    return history, PacelineForecaster().fit(history)


@cache
def served() -> ForecastPaths:
    history, model = company()
    return model.simulate(history.now, N_PATHS, 1)


def simulate(state: CompanyState, seed: int = 1) -> ForecastPaths:
    return company()[1].simulate(state, N_PATHS, seed)


@LAW
@given(seed=st.integers(0, 2**31))
def test_months_add_up_to_their_quarter_in_every_world(seed: int) -> None:
    state = company()[0].now
    paths = simulate(state, seed)
    frame, coming = paths.targets, paths.open_deals + paths.new_deals
    for rep in frame["rep_id"].unique():
        mine = frame[frame["rep_id"] == rep]
        quarter = mine[mine["grain"] == "quarter"].iloc[0]
        months = mine[(mine["grain"] == "month") & (mine["period_end"] <= quarter["period_end"])]
        if months["period_end"].max() == quarter["period_end"]:
            total = coming[months.index].sum(axis=0)
            assert np.allclose(total, coming[quarter.name], rtol=1e-9, atol=1e-6)


@LAW
@given(rows=st.sets(st.integers(0, 27), min_size=1))
def test_a_target_s_worlds_do_not_depend_on_which_others_are_asked_for(rows: set[int]) -> None:
    state = company()[0].now
    kept = [row for row in sorted(rows) if row < len(state.targets)] or [0]
    part = simulate(replace(state, targets=state.targets.iloc[kept].reset_index(drop=True)))
    assert np.allclose(part.attained, served().attained[kept], rtol=1e-9, atol=1e-6)


@LAW
@given(factor=st.floats(0.1, 3.0))
def test_a_higher_quota_is_never_more_likely_to_be_met(factor: float) -> None:
    paths = served()
    raised = replace(paths, targets=paths.targets.assign(quota=paths.targets["quota"] * (1.0 + factor)))
    before, after = assess(paths)["p_attain"], assess(raised)["p_attain"]
    assert (after.dropna() <= before[after.notna()]).all()


@LAW
@given(amount=st.floats(1.0, 1e6))
def test_support_starts_at_what_is_booked(amount: float) -> None:
    state = company()[0].now
    paths = simulate(replace(state, targets=state.targets.assign(attained=amount)))
    assert (paths.attained >= amount - 1e-6).all()


@LAW
@given(days=st.integers(1, 400), seed=st.integers(0, 1000))
def test_facts_of_the_future_change_nothing(days: int, seed: int) -> None:
    state = company()[0].now
    later = pd.Timestamp(state.as_of) + pd.Timedelta(days=days)
    born = state.lifecycles.iloc[:3].assign(opportunity_id=["x1", "x2", "x3"], created_on=later, closed_on=pd.NaT)
    poisoned = replace(state, lifecycles=pd.concat([state.lifecycles, born], ignore_index=True))
    assert np.array_equal(simulate(poisoned, seed).attained, simulate(state, seed).attained)


@LAW
@given(places=st.lists(st.sampled_from("abcd"), min_size=8, max_size=8))
def test_any_grouping_adds_up_to_the_company(places: list[str]) -> None:
    paths = served()
    members = pd.DataFrame({"rep_id": sorted(paths.targets["rep_id"].unique()), "team": places})
    teams, whole = totals(paths, members, ["team"]), totals(paths, members, [])
    keys = ["period_start", "period_end", "metric", "grain"]
    for number, row in whole.groups.iterrows():
        same = (teams.groups[keys] == row[keys]).all(axis=1).to_numpy()
        assert np.array_equal(teams.attained[same].sum(axis=0), whole.attained[number])


@given(
    spans=st.lists(st.tuples(st.integers(0, 300), st.integers(1, 120)), min_size=1, max_size=6),
)
def test_windows_cut_the_future_without_gap_or_overlap(spans: list[tuple[int, int]]) -> None:
    day = pd.Timestamp("2024-01-01")
    rows = [
        ("r", str((day + pd.Timedelta(days=a)).date()), str((day + pd.Timedelta(days=a + b)).date())) for a, b in spans
    ]
    cut = windows(targets(rows, as_of="2024-01-31"))
    lengths = np.diff(cut.horizons, prepend=0.0)[None, :, None]
    found = cut.sums(lengths, np.zeros(len(rows), dtype=np.int64))[:, 0]
    expected = [max(a + b - 30, 0) - max(a - 31, 0) for a, b in spans]
    assert found.tolist() == [float(e) if e > 0 else 0.0 for e in expected]
