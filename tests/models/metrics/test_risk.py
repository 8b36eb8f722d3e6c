"""Metrics of probabilities, by hand and against what they must prefer; and the interval of any metric."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from features.domain.errors import UsageError
from models.metrics.auc import auc
from models.metrics.block_bootstrap import block_bootstrap
from models.metrics.brier import brier
from models.metrics.ece import ece
from models.metrics.log_loss import log_loss


def test_brier_by_hand() -> None:
    assert brier([0.8, 0.4, 0.0], [1, 0, 0]) == pytest.approx((0.04 + 0.16 + 0.0) / 3)


def test_log_loss_by_hand() -> None:
    assert log_loss([0.8, 0.4], [1, 0]) == pytest.approx(-(np.log(0.8) + np.log(0.6)) / 2)


def test_log_loss_of_a_certain_miss_is_finite() -> None:
    assert log_loss([0.0], [1], floor=0.01) == pytest.approx(-np.log(0.01))


@pytest.mark.parametrize("floor", [0.0, 0.5])
def test_log_loss_refuses_a_floor_outside_its_range(floor: float) -> None:
    with pytest.raises(UsageError):
        log_loss([0.5], [1], floor=floor)


def test_auc_counts_pairs() -> None:
    # 0.9 beats 0.3 and 0.6; 0.4 beats 0.3 only: 3 of 4.
    assert auc([0.9, 0.3, 0.4, 0.6], [1, 0, 1, 0]) == 0.75


def test_auc_of_equal_probabilities_is_one_half_in_any_order() -> None:
    assert auc([0.5, 0.5, 0.5], [1, 0, 0]) == auc([0.5, 0.5, 0.5], [0, 0, 1]) == 0.5


def test_auc_needs_both_classes() -> None:
    with pytest.raises(UsageError, match="it happened 2 times in 2 rows"):
        auc([0.1, 0.2], [1, 1])


def test_ece_by_hand_in_equal_mass_bins() -> None:
    # Bins (0.1, 0.3) with 0 and 1: 0.2 against 0.5; (0.6, 0.8) with 1 and 1: 0.7 against 1.0.
    assert ece([0.8, 0.1, 0.6, 0.3], [1, 0, 1, 1], bins=2) == pytest.approx(0.3)


def test_ece_does_not_depend_on_the_order_of_tied_rows() -> None:
    happened = [1, 1, 0, 0, 1, 0]
    assert ece([0.5] * 6, happened, bins=3) == ece([0.5] * 6, sorted(happened), bins=3) == 0.0


def test_ece_of_a_right_forecaster_is_small_and_of_a_bold_one_large() -> None:
    rng = np.random.default_rng(9)
    chance = rng.random(5000)
    happened = rng.random(5000) < chance
    assert ece(chance, happened) < 0.03
    assert ece(np.round(chance), happened) > 0.1


def test_ece_needs_a_bin() -> None:
    with pytest.raises(UsageError):
        ece([0.5], [1], bins=0)


@pytest.mark.parametrize("metric", [brier, log_loss, auc, ece])
@pytest.mark.parametrize(
    ("chance", "fact"), [([1.2, 0.5], [1, 0]), ([0.5, 0.5], [2, 0]), ([float("nan"), 0.1], [1, 0])]
)
def test_what_is_no_probability_is_refused(
    metric: Callable[[list[float], list[int]], float], chance: list[float], fact: list[int]
) -> None:
    with pytest.raises(UsageError):
        metric(chance, fact)


def test_block_bootstrap_is_wider_than_pretending_rows_are_independent() -> None:
    rng = np.random.default_rng(10)
    quarter = np.repeat(np.arange(8), 50)
    errors = rng.normal(0, 1, 8)[quarter] + rng.normal(0, 0.1, 400)

    def mean(rows: np.ndarray[tuple[int, ...], np.dtype[np.intp]]) -> float:
        return float(errors[rows].mean())

    by_quarter = block_bootstrap(mean, quarter, seed=1)
    by_row = block_bootstrap(mean, np.arange(400), seed=1)
    assert by_quarter.high - by_quarter.low > 4 * (by_row.high - by_row.low)
    assert by_quarter.value == by_row.value
    assert by_quarter.low <= by_quarter.value <= by_quarter.high


def test_block_bootstrap_is_decided_by_its_seed() -> None:
    errors = np.array([1.0, 5.0, 2.0, 8.0])

    def interval(seed: int) -> tuple[float, float, float, int]:
        return block_bootstrap(lambda rows: float(errors[rows].mean()), ["a", "b", "c", "d"], seed=seed)

    assert interval(1) == interval(1) != interval(2)


@pytest.mark.parametrize(
    ("blocks", "coverage", "resamples"), [(["q1", "q1"], 0.9, 100), (["q1", "q2"], 1.0, 100), (["q1", "q2"], 0.9, 5)]
)
def test_block_bootstrap_refuses_what_gives_no_interval(blocks: list[str], coverage: float, resamples: int) -> None:
    with pytest.raises(UsageError):
        block_bootstrap(lambda _: 0.0, blocks, seed=1, nominal_coverage=coverage, n_resamples=resamples)
