"""Point metrics agree with numbers worked by hand and refuse what they cannot judge."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from features.domain.errors import UsageError
from models.metrics.bias import bias
from models.metrics.mae import mae
from models.metrics.mase import mase, naive_scale
from models.metrics.pinball_loss import pinball_loss
from models.metrics.rmse import rmse
from models.metrics.wape import wape
from models.metrics.winsorise import winsorise

FORECAST = [100.0, 40.0, 0.0]
OUTCOME = [80.0, 50.0, 30.0]
# Misses: -20, +10, +30.


def test_mae_is_the_mean_miss() -> None:
    assert mae(FORECAST, OUTCOME) == pytest.approx((20 + 10 + 30) / 3)


def test_rmse_is_the_root_of_the_mean_square() -> None:
    assert rmse(FORECAST, OUTCOME) == pytest.approx(((400 + 100 + 900) / 3) ** 0.5)


def test_wape_divides_all_misses_by_all_bookings() -> None:
    assert wape(FORECAST, OUTCOME) == pytest.approx(60 / 160)


def test_wape_counts_returns_by_their_size() -> None:
    assert wape([0.0, 0.0], [30.0, -10.0]) == pytest.approx(1.0)


def test_wape_of_nothing_booked_is_refused() -> None:
    with pytest.raises(UsageError, match="all 2 outcomes are 0"):
        wape([1.0, 2.0], [0.0, 0.0])


def test_bias_compares_totals() -> None:
    assert bias(FORECAST, OUTCOME) == pytest.approx(140 / 160 - 1)


def test_bias_needs_a_positive_total() -> None:
    with pytest.raises(UsageError, match="positive total"):
        bias([1.0, 2.0], [5.0, -5.0])


def test_naive_scale_is_the_mean_step_over_a_season() -> None:
    assert naive_scale([10.0, 14.0, 11.0, 11.0]) == pytest.approx((4 + 3 + 0) / 3)
    assert naive_scale([1.0, 2.0, 3.0, 4.0, 6.0], season=4) == pytest.approx(5.0)


@pytest.mark.parametrize(("history", "season"), [([1.0, 2.0], 2), ([5.0, 5.0, 5.0], 1), ([1.0, 2.0], 0)])
def test_a_history_without_steps_or_change_has_no_scale(history: list[float], season: int) -> None:
    with pytest.raises(UsageError):
        naive_scale(history, season)


def test_mase_scales_each_row_by_its_own_history() -> None:
    assert mase([10.0, 10.0], [12.0, 30.0], [2.0, 40.0]) == pytest.approx((1.0 + 0.5) / 2)


def test_mase_refuses_a_zero_scale() -> None:
    with pytest.raises(UsageError, match="one positive scale per row"):
        mase([1.0], [2.0], [0.0])


@pytest.mark.parametrize(("level", "expected"), [(0.5, (10 + 5 + 15) / 3), (0.9, (2 + 9 + 27) / 3)])
def test_pinball_loss_weighs_misses_by_the_level(level: float, expected: float) -> None:
    # At 0.9: 0.1 x 20 below, 0.9 x 10 and 0.9 x 30 above.
    assert pinball_loss(FORECAST, OUTCOME, level) == pytest.approx(expected)


def test_pinball_loss_is_least_at_the_quantile() -> None:
    outcome = np.arange(1.0, 102.0)
    losses = [pinball_loss(np.full(101, guess), outcome, 0.8) for guess in range(1, 102)]
    assert int(np.argmin(losses)) + 1 == 81


@pytest.mark.parametrize("level", [0.0, 1.0, -0.1])
def test_pinball_loss_refuses_a_level_outside_its_range(level: float) -> None:
    with pytest.raises(UsageError, match="strictly between 0 and 1"):
        pinball_loss([1.0], [1.0], level)


def test_winsorise_cuts_both_ends_at_four_quotas() -> None:
    assert winsorise([0.5, 7.0, -9.0]).tolist() == [0.5, 4.0, -4.0]


def test_winsorise_refuses_a_limit_that_is_not_positive() -> None:
    with pytest.raises(UsageError):
        winsorise([1.0], limit=0.0)


@pytest.mark.parametrize("metric", [mae, rmse, wape, bias])
@pytest.mark.parametrize(
    ("forecast", "outcome", "message"),
    [
        ([1.0, float("nan")], [1.0, 2.0], "1 values of 2 that are not finite"),
        ([1.0], [1.0, 2.0], "forecast has 1 rows and outcome 2"),
        ([], [], "is empty"),
        ([[1.0]], [1.0], "2 dimensions"),
    ],
)
def test_point_metrics_refuse_what_cannot_be_judged(
    metric: Callable[[list[float], list[float]], float], forecast: list[float], outcome: list[float], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        metric(forecast, outcome)
