"""A model is called into question when what happened was nothing it could have expected."""

import numpy as np
import pandas as pd
import pytest

from training.drift.checks import crps_check, feature_drift, psi, total_check


def _worlds(seed: int, *, shock: float = 0.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    common = rng.normal(0, 1, size=400)
    return 100 + 10 * common[None, :] + rng.normal(0, 20, size=(30, 400)) + shock


def test_an_outcome_drawn_from_the_model_passes() -> None:
    worlds = _worlds(1)
    outcome = worlds[:, 7]
    assert total_check(worlds, outcome).passed
    assert crps_check(worlds, outcome).passed


def test_a_shock_to_everyone_is_seen_in_the_total() -> None:
    worlds = _worlds(1)
    check = total_check(worlds, worlds[:, 7] + 60)
    assert not check.passed
    assert check.value == 1.0


def test_wild_outcomes_around_the_right_total_are_seen_in_the_crps() -> None:
    worlds = _worlds(1)
    # Half of the reps far above and half far below: the total agrees, every single forecast is wrong.
    outcome = np.where(np.arange(30) % 2 == 0, 220.0, -20.0)
    assert total_check(worlds, outcome).passed
    assert not crps_check(worlds, outcome).passed


def test_a_common_shock_inside_the_joint_spread_is_no_alarm() -> None:
    # Every rep 15 above the middle looks alarming rep by rep; jointly it is 1.5 sd of the shared shock.
    worlds = _worlds(1)
    assert total_check(worlds, np.full(30, 115.0)).passed


def test_psi_is_zero_for_the_same_and_large_for_a_shift() -> None:
    same = pd.Series(np.arange(1000.0))
    assert psi(same, same) == 0.0
    assert psi(same, same + 500) > 0.2


def test_missing_values_are_a_change_of_their_own() -> None:
    before = pd.Series(np.arange(100.0))
    after = before.where(before > 50)
    assert psi(before, after) > 0.2


def test_feature_drift_names_what_moved() -> None:
    before = pd.DataFrame({"pace": np.arange(200.0), "tenure": np.arange(200.0)})
    after = before.assign(pace=before["pace"] + 150)
    check = feature_drift(before, after, ["pace", "tenure"])
    assert check.value == 1.0
    assert check.reason.startswith("1 of 2 features moved: pace")


@pytest.mark.parametrize("worlds", [10, 400])
def test_any_number_of_worlds_may_be_scored(worlds: int) -> None:
    paths = _worlds(3)
    assert crps_check(paths, paths[:, 0], worlds=worlds).passed
