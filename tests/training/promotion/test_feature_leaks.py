"""A feature that knows the end of the period is caught before a model is served."""

from __future__ import annotations

import numpy as np
import pandas as pd

from features.definitions.registry import feature_names
from training.promotion.feature_leaks import feature_gate, single_feature_aucs
from training.promotion.gates import GateSettings


def eves(n: int = 300, *, elapsed: float = 0.0) -> pd.DataFrame:
    """Return eves of periods in which every other rep misses; features are noise but `pace`, which says nothing."""
    noise = np.random.default_rng(3)
    values = {name: noise.normal(size=n) for name in feature_names()}
    frame = pd.DataFrame(values).assign(
        elapsed=elapsed, starts_in=1, quota=100.0, final_attained=np.where(np.arange(n) % 2 == 0, 80.0, 120.0)
    )
    return frame.assign(pace=np.nan)


def test_noise_tells_nobody_who_will_miss() -> None:
    aucs = single_feature_aucs(eves())
    assert "pace" not in aucs.index
    assert aucs.max() < 0.65
    assert feature_gate(eves(), GateSettings()).passed


def test_a_feature_that_has_seen_the_end_is_named_and_refused() -> None:
    targets = eves()
    leaking = targets.assign(open_pipeline=-targets["final_attained"])
    gate = feature_gate(leaking, GateSettings())
    assert not gate.passed
    assert "open_pipeline with an AUC of 1.000" in gate.reason


def test_what_is_known_later_in_a_period_may_tell() -> None:
    later = eves(elapsed=0.75)
    gate = feature_gate(later.assign(attainment_so_far=later["final_attained"]), GateSettings())
    assert gate.passed
    assert "no eve" in gate.reason


def test_a_handful_of_rows_is_not_enough_to_suspect_anyone() -> None:
    few = eves(40)
    gate = feature_gate(few.assign(open_pipeline=few["final_attained"]), GateSettings())
    assert gate.passed
    assert "too few rows" in gate.reason


def test_a_plan_far_from_the_past_is_no_leak() -> None:
    targets = eves()
    gate = feature_gate(targets.assign(required_speed=-targets["final_attained"]), GateSettings())
    assert gate.passed
