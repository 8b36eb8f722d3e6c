"""Bias: periods are the sample, and little is believed of few."""

from __future__ import annotations

import numpy as np
import pandas as pd

from models.calibration.bias import learn_bias, luck_of_periods


def rows(ratios: list[float], reps: int = 1, noise: float = 0.0) -> pd.DataFrame:
    frame = pd.DataFrame(
        {"period_start": range(len(ratios)), "elapsed": 0.5, "e": 100.0, "v": noise, "c": np.array(ratios) * 100.0}
    )
    return pd.concat([frame] * reps, ignore_index=True)


def test_right_forecasts_are_left_alone() -> None:
    assert learn_bias(rows([1.1, 0.9, 1.0]), "e", "v", "c") == (1.0, 1.0, 1.0, 1.0)


def test_one_bad_period_is_believed_by_half_on_the_level() -> None:
    # One period, 20 % too little expected: 100 / (100 + 100) of it on the level, then 100 / (100 + 400) of the rest.
    assert np.allclose(learn_bias(rows([1.2]), "e", "v", "c"), [1.1, 1.1, 1.12, 1.1])


def test_two_hundred_reps_of_one_quarter_count_like_one_period() -> None:
    assert np.allclose(learn_bias(rows([1.2], reps=200), "e", "v", "c"), learn_bias(rows([1.2]), "e", "v", "c"))


def test_noise_is_not_taken_for_bias() -> None:
    quiet, loud = (learn_bias(rows([1.4], noise=v), "e", "v", "c")[2] for v in (0.0, 1e5))
    assert quiet > 1.2
    assert abs(loud - 1.0) < 0.01


def test_nothing_expected_teaches_nothing() -> None:
    assert learn_bias(rows([1.2]).assign(e=0.0), "e", "v", "c") == (1.0,) * 4


def test_luck_is_what_remains_after_the_bias() -> None:
    frame = pd.DataFrame({"period_start": [1, 2], "elapsed": 0.0, "open": 50.0, "new": 50.0})
    frame = frame.assign(open_var=16.0, new_var=9.0, open_came=[55.0, 45.0], new_came=[55.0, 45.0])
    luck, chance = luck_of_periods(frame, {"open": (1.0,) * 4, "new": (1.0,) * 4})
    assert np.allclose(luck, [0.1, 0.1])
    assert np.allclose(chance, 25.0 / 100.0**2)
