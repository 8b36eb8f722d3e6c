"""Recalibration: sums survive, later periods are corrected apart, JSON brings it back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.calibration.recalibration import PeriodCorrection, Recalibration
from models.calibration.spread import Spread
from models.simulation.outlook import Outlook
from models.simulation.pipeline import PipelineModel, learn_pipeline
from models.simulation.shocks import Shocks
from tests.support.states import toy_history

HISTORY = toy_history(n_reps=6, n_periods=5, seed=2)
LEARNED = Recalibration(
    running=PeriodCorrection(opened=(0.8,) * 4, new=(0.5,) * 4, spread=(Spread(0.7, 0.9),) * 4),
    following=PeriodCorrection(opened=(1.2,) * 4, new=(1.5,) * 4),
    periods=6,
)


@pytest.fixture(scope="module")
def pipeline() -> PipelineModel:
    return learn_pipeline(HISTORY, months=3, shocks=Shocks())


@pytest.fixture(scope="module")
def ahead(pipeline: PipelineModel) -> Outlook:
    return pipeline.look_ahead(HISTORY.now)


def test_each_period_s_growth_carries_its_own_factor(ahead: Outlook) -> None:
    corrected = LEARNED.correct(ahead)
    end = int(np.searchsorted(ahead.windows.horizons, ahead.period.ends[0]))
    assert np.allclose(corrected.new.wins[:, end], 0.5 * ahead.new.wins[:, end])
    growth, before = (np.diff(o.new.wins, axis=1)[:, end:] for o in (corrected, ahead))
    assert np.allclose(growth, 1.5 * before)
    assert np.allclose(corrected.opened.hazard[:, end], 0.8 * ahead.opened.hazard[:, end])


def test_no_correction_changes_nothing(ahead: Outlook) -> None:
    corrected = Recalibration().correct(ahead)
    assert np.allclose(corrected.opened.hazard, ahead.opened.hazard, rtol=1e-12)


def test_all_segments_of_a_period_carry_the_same_factor(pipeline: PipelineModel, ahead: Outlook) -> None:
    opened, new = pipeline.segments(ahead, n_paths=60, seed=1, as_of="x")
    factors = LEARNED.factors(ahead, opened + new)
    cut = int(np.searchsorted(ahead.windows.horizons, ahead.period.ends[0], side="right"))
    assert cut >= 2
    assert (factors[:, :cut] == factors[:, :1]).all()
    assert (factors[:, cut:] == 1.0).all()
    assert not np.allclose(factors[:, 0], 1.0)


def test_it_survives_json() -> None:
    assert Recalibration.from_json(LEARNED.to_json()) == LEARNED


def test_the_factor_moves_along_straight_lines_between_leads(ahead: Outlook) -> None:
    slanted = replace(LEARNED, running=replace(LEARNED.running, new=(1.0, 1.0, 2.0, 2.0)))
    middle = replace(ahead, period=replace(ahead.period, elapsed=0.375))
    assert np.isclose(slanted.correct(middle).new.wins[0, 0], 1.5 * ahead.new.wins[0, 0])


def test_the_width_of_late_is_kept_and_older_bundles_had_none() -> None:
    wide = replace(LEARNED, width=0.8)
    assert Recalibration.from_json(wide.to_json()) == wide
    old = {name: value for name, value in LEARNED.to_json().items() if name != "width"}
    assert Recalibration.from_json(old).width == 1.0
