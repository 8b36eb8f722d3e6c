"""Columns of causes come to the forecast, in every draw, and their reference is that of the group."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.contracts import FloatArray
from models.diagnosis.causes import cause_columns, pooled, unsure, whole
from models.diagnosis.habits import Habits, habits
from models.diagnosis.settings import DiagnosisSettings
from models.diagnosis.shares import attainment
from models.explain.peers import PeerGroups
from models.explain.reference import completed
from models.simulation.streams import stream
from tests.support.steady_company import steady_company, steady_structure
from tests.support.toy_company import toy_company

PRIOR = DiagnosisSettings().prior_deals


def one_group(n: int, *, scaled: bool = False) -> PeerGroups:
    rows = np.arange(n)
    return PeerGroups(np.zeros(n, dtype=np.int64), {0: rows}, np.full(n, n - 1), np.full(n, scaled), ())


def counted(structure: pd.DataFrame) -> Habits:
    state, _, _ = steady_company(structure)
    return habits(state, state.targets, DiagnosisSettings())


def columns_of(structure: pd.DataFrame) -> dict[str, FloatArray]:
    return cause_columns(structure, counted(structure), one_group(len(structure)), PRIOR)


def expected(structure: pd.DataFrame) -> FloatArray:
    """Return attained / quota of the forecast equation, worked out from the structure alone."""
    opened = structure[["volume_open", "size", "win", "quality", "timing"]].prod(axis=1)
    new = structure[["volume_new", "size_new", "win_new", "timing_new"]].prod(axis=1)
    return np.asarray((structure["booked"] + opened + new) / structure["quota"], dtype=np.float64)


def test_columns_come_to_the_mean_of_the_forecast() -> None:
    structure = steady_structure(6)
    structure.loc[0, "booked"] = 0.0
    structure.loc[1, ["volume_open", "volume_new"]] = 0.0
    own = {name: np.nan_to_num(values) for name, values in columns_of(structure).items()}
    np.testing.assert_allclose(attainment(own), expected(structure), rtol=1e-12)


def test_what_is_booked_is_told_as_usual_deals_wins_and_sizes_times_luck() -> None:
    own = columns_of(steady_structure(6))
    # 91 deals in 364 days are one in four days; the prior of the same habit changes nothing.
    assert own["births"][0] == pytest.approx(0.25)
    assert own["luck"][0] == pytest.approx(20_000.0 / (0.25 * 0.25 * 8_000.0))


def test_a_rep_without_deals_to_come_is_measured_by_the_habits_of_the_group() -> None:
    structure = steady_structure(6)
    structure.loc[2, ["volume_open", "volume_new"]] = 0.0
    own = columns_of(structure)
    assert own["win_booked"][2] == pytest.approx(0.25)
    assert own["size_booked"][2] == pytest.approx(8_000.0)


def test_a_rep_with_few_deals_is_drawn_to_the_group() -> None:
    structure = steady_structure(6)
    found = counted(structure)
    births = found["births_year"].copy()
    births[0] = 9.0
    group = (9.0 + 5 * 91.0) / (6 * 364.0)
    own = cause_columns(structure, replace(found, counts={**found.counts, "births_year": births}), one_group(6), PRIOR)
    assert own["births"][0] == pytest.approx((9.0 + 8.0) / (364.0 + 8.0 / group))
    assert 9.0 / 364.0 < own["births"][0] < group


def test_the_reference_of_alike_reps_is_themselves() -> None:
    own = columns_of(steady_structure(6))
    found = pooled(own, np.ones((1, 6)), one_group(6))
    for name, values in own.items():
        np.testing.assert_allclose(found[name][0], values, rtol=1e-12, err_msg=name)


def test_the_reference_comes_to_what_the_group_attains_together() -> None:
    state, _, structure = toy_company(40)
    found = habits(state, state.targets, DiagnosisSettings())
    own = cause_columns(structure, found, one_group(40), PRIOR)
    _, reference = completed(
        own, {name: values[0] for name, values in pooled(own, np.ones((1, 40)), one_group(40)).items()}
    )
    together = (expected(structure) * structure["quota"]).sum() / structure["quota"].sum()
    np.testing.assert_allclose(attainment(reference), together, rtol=1e-9)


def test_where_jobs_are_mixed_a_quota_explains_nothing() -> None:
    structure = steady_structure(6)
    structure["quota"] = np.linspace(30_000.0, 80_000.0, 6)
    own = columns_of(structure)
    found = pooled(own, np.ones((1, 6)), one_group(6, scaled=True))
    np.testing.assert_allclose(found["quota"][0], structure["quota"])


def test_weights_move_the_reference_towards_whom_they_count() -> None:
    structure = steady_structure(6)
    structure.loc[0, "volume_open"] = 40.0
    own = columns_of(structure)
    weights = np.ones((2, 6))
    weights[1, 0] = 25.0
    found = pooled(own, weights, one_group(6))
    assert found["volume_open"][0, 0] == pytest.approx((40.0 + 5 * 10.0) / 6)
    assert found["volume_open"][1, 0] == pytest.approx((25 * 40.0 + 5 * 10.0) / 30)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31 - 1), st.floats(1.0, 40.0))
def test_however_own_habits_are_drawn_they_come_to_the_same_forecast(seed: int, prior: float) -> None:
    structure = steady_structure(5)
    structure.loc[1, "volume_open"] = 0.0
    own = {name: np.nan_to_num(values) for name, values in columns_of(structure).items()}
    drawn = unsure(own, counted(structure), 20, prior_deals=prior, generator=stream(seed, "test"))
    np.testing.assert_allclose(attainment(drawn), np.broadcast_to(expected(structure), (20, 5)), rtol=1e-9)
    assert (drawn["births"][0] == own["births"]).all()
    assert (drawn["births"][1:] != own["births"]).any()


def test_the_more_deals_a_rep_has_seen_the_less_they_vary_between_draws() -> None:
    structure = steady_structure(2)
    found = counted(structure)
    few = replace(found, counts={**found.counts, "births_year": np.array([4.0, 400.0])})
    own = columns_of(structure)
    drawn = unsure(own, few, 2_000, prior_deals=PRIOR, generator=stream(1, "test"))["births"]
    spread = drawn.std(axis=0) / drawn.mean(axis=0)
    # Gamma with n + 8 events: 1 / sqrt(12) = 0.289 and 1 / sqrt(408) = 0.050.
    assert spread[0] == pytest.approx(0.289, abs=0.02)
    assert spread[1] == pytest.approx(0.050, abs=0.005)


def test_a_single_sure_booking_is_no_pipeline() -> None:
    structure = steady_structure(2)
    structure.loc[0, ["volume_open", "volume_new", "win_new", "timing_new"]] = [0.0, 1.0, 1.0, 1.0]
    assert whole(columns_of(structure)).tolist() == [True, False]
