"""Proofs on simulated logs: the naive look is fooled on the very data that the others pass."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks.bench_coaching import gate_bars, proof_bars
from benchmarks.coaching.panels import Logs
from benchmarks.coaching.proofs import NULL, REAL, effect_rows, effect_summary, logged, policy_row
from training.simulator.coaching import CoachingWorld
from training.simulator.coaching_settings import CoachingWorldSettings


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return pd.DataFrame([row for seed in range(500, 515) for row in effect_rows(seed, 600)])


def test_before_and_after_claims_what_the_comparison_does_not(rows: pd.DataFrame) -> None:
    null = effect_summary(rows).set_index(["method", "kind"])
    assert null.loc[("naive", "null"), "claims"] >= 0.9
    assert null.loc[("naive", "null"), "effect"] > 10.0
    assert null.loc[("matched", "null"), "claims"] <= 0.2
    assert abs(null.loc[("matched", "null"), "effect"]) < 4.0
    assert abs(null.loc[("doubly_robust", "null"), "effect"]) < 4.0


def test_bars_of_the_proof_can_be_missed(rows: pd.DataFrame) -> None:
    summary = effect_summary(rows)
    shifted = summary.assign(claims=1.0, covers=0.0, bias_sd=3.0)
    assert not any(
        bar.met for bar in proof_bars(shifted, rows) if "verdict" not in bar.what and "fooled" not in bar.what
    )


def test_a_panel_holds_the_play_and_nothing_from_the_third_quarter_on() -> None:
    logs = Logs(CoachingWorld(CoachingWorldSettings(seed=3, reps=200)))
    panel, truth = logs.panel(NULL)
    assert set(panel.period.tolist()) == set(range(2, 8))
    assert set(panel.treated.tolist()) == {0, 1}
    assert (truth.effect == 0.0).all()
    assert ((truth.propensity > 0) & (truth.propensity < 1)).all()
    real, known = logs.panel(REAL)
    assert known.effect[real.treated == 1].mean() > 0.5


def test_the_residual_of_two_quarters_ago_stands_in_the_placebo() -> None:
    logs = Logs(CoachingWorld(CoachingWorldSettings(seed=3, reps=200)))
    panel, _ = logs.panel(NULL)
    first = panel.period == 2
    assert panel.earlier[first].tolist() == logs.residuals[0][panel.rep[first]].tolist()
    assert panel.before[first].tolist() == logs.residuals[1][panel.rep[first]].tolist()


def test_the_gate_tells_better_from_worse() -> None:
    table = pd.DataFrame([policy_row(seed, 800) for seed in range(500, 508)])
    assert table["worse_in"].sum() == 0
    assert table["better_in"].mean() >= 0.6
    assert len(list(gate_bars(table))) == 3


def test_what_the_gate_is_given_are_chances() -> None:
    told = logged(Logs(CoachingWorld(CoachingWorldSettings(seed=4, reps=200))))
    for policy in (told.better, told.worse):
        assert np.allclose(policy.sum(axis=1), 1.0)
    assert told.better_gain > 0.5 > told.worse_gain
