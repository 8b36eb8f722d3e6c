"""How many it takes, against numbers worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.domain.errors import UsageError
from models.coaching.learning.power import needed_more, per_arm


@pytest.mark.parametrize(
    ("effect", "sd", "asked"),
    [
        (0.02, 0.60, 14_112),  # 2 x 2.8^2 x 30^2 = 15.68 x 900
        (0.05, 0.60, 2_258),  # 15.68 x 144 = 2,257.9
        (0.10, 0.60, 565),  # 15.68 x 36 = 564.5
        (0.02, 0.20, 1_568),  # 15.68 x 100
        (0.05, 0.20, 251),  # 15.68 x 16 = 250.9
        (0.10, 0.20, 63),  # 15.68 x 4 = 62.7
    ],
)
def test_the_printed_numbers_follow_from_the_formula(effect: float, sd: float, asked: int) -> None:
    assert per_arm(effect, sd) == asked


def test_more_power_and_less_error_ask_for_more() -> None:
    # (1.96 + 1.28)^2 = 10.4976 against 7.84; (2.58 + .84)^2 = 11.6964
    assert per_arm(0.05, 0.60, power=0.9) == 3_024  # 2 x 10.4976 x 144 = 3,023.3
    assert per_arm(0.05, 0.60, level=0.01) == 3_369  # 2 x 11.6964 x 144 = 3,368.6


@given(st.floats(0.01, 1.0), st.floats(0.05, 2.0))
def test_half_the_effect_asks_for_four_times_as_many(effect: float, sd: float) -> None:
    whole, half = per_arm(effect, sd), per_arm(effect / 2.0, sd)
    assert 4 * (whole - 1) <= half <= 4 * whole


@pytest.mark.parametrize(("effect", "sd"), [(0.0, 0.6), (-0.05, 0.6), (0.05, 0.0), (float("nan"), 0.6)])
def test_no_effect_or_no_spread_is_refused(effect: float, sd: float) -> None:
    with pytest.raises(UsageError, match="give both above 0"):
        per_arm(effect, sd)


def test_what_is_missing_counts_both_arms() -> None:
    assert needed_more(200, 3_000, 0.05, 0.60) == 2_058
    assert needed_more(200, 2_000, 0.05, 0.60) == 2_058 + 258
    assert needed_more(2_258, 2_258, 0.05, 0.60) == 0
