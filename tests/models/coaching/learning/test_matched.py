"""Matched comparison: no effect where there is none, the effect where there is one, and a placebo that notices."""

from __future__ import annotations

import numpy as np
import pytest

from features.domain.errors import DataMissing
from models.coaching.learning.matched import match_weights, matched_effect
from models.coaching.learning.panel import Panel
from tests.models.coaching.learning.builders import panel


def tiny(treated: list[int], residual: list[float], known: list[float]) -> Panel:
    n = len(treated)
    zeros = np.zeros(n)
    column = np.array(known)[:, None]
    return Panel(
        np.arange(n), np.zeros(n, dtype=np.int64), np.array(treated), np.array(residual), zeros, zeros, column, column
    )


def test_each_coached_one_is_compared_with_the_nearest_by_hand() -> None:
    # coached at 0 and 10; uncoached at 1, 9 and 50: one neighbour each
    weights = match_weights(tiny([1, 1, 0, 0, 0], [0.0] * 5, [0.0, 10.0, 1.0, 9.0, 50.0]), 1)
    assert weights.tolist() == [1.0, 1.0, -1.0, -1.0, 0.0]


def test_an_uncoached_one_may_be_compared_twice() -> None:
    weights = match_weights(tiny([1, 1, 0, 0], [0.0] * 4, [0.0, 1.0, 2.0, 90.0]), 1)
    assert weights.tolist() == [1.0, 1.0, -2.0, 0.0]


def test_only_the_same_period_is_compared() -> None:
    two = tiny([1, 0, 0], [0.0] * 3, [0.0, 0.0, 5.0])
    moved = Panel(two.rep, np.array([0, 1, 0]), *list(vars(two).values())[2:])
    assert match_weights(moved, 1).tolist() == [1.0, 0.0, -1.0]


def test_with_zero_effect_the_interval_covers_it_and_before_and_after_is_fooled() -> None:
    covered, claimed, naive = [], [], []
    for seed in range(60):
        one = panel(seed)
        found = matched_effect(one)
        covered.append(found.low <= 0.0 <= found.high)
        claimed.append(found.low > 0.0)
        change = (one.residual - one.before)[one.treated == 1]
        naive.append(change.mean() - 1.645 * change.std() / np.sqrt(len(change)) > 0.0)
    assert 0.80 <= np.mean(covered) <= 1.0
    assert np.mean(claimed) <= 0.12
    assert np.mean(naive) > 0.9


def test_a_true_effect_is_found_without_bias() -> None:
    off = [matched_effect(panel(seed, effect=12.0)).effect - 12.0 for seed in range(40)]
    assert abs(np.mean(off)) < 4.0 * np.std(off) / np.sqrt(40)


def test_a_bent_relation_to_the_past_is_not_taken_for_an_effect() -> None:
    # whoever did very badly does worse again than a straight line says, and is coached most often
    found = []
    for seed in range(40):
        one = panel(seed)
        bent = one.residual - 15.0 * (one.before / 60.0) ** 2
        found.append(matched_effect(Panel(one.rep, one.period, one.treated, bent, *list(vars(one).values())[4:])))
    assert abs(np.mean([one.effect for one in found])) < 0.25 * np.std([one.effect for one in found])


def test_the_placebo_notices_what_nobody_recorded() -> None:
    hidden = [matched_effect(panel(seed, hidden=25.0)).placebo_p for seed in range(20)]
    open_ = [matched_effect(panel(seed)).placebo_p for seed in range(60)]
    assert np.mean(np.array(hidden) < 0.05) > 0.8
    assert np.mean(np.array(open_) < 0.05) <= 0.15


def test_the_order_of_rows_does_not_matter() -> None:
    one = panel(3, reps=150)
    order = np.random.default_rng(1).permutation(len(one))
    shuffled = Panel(*(values[order] for values in vars(one).values()))
    assert matched_effect(shuffled).effect == pytest.approx(matched_effect(one).effect)


def test_nobody_to_compare_with_is_said() -> None:
    with pytest.raises(DataMissing, match="0 coached and 0 matched uncoached"):
        matched_effect(tiny([1] * 10, [0.0] * 10, [0.0] * 10))
