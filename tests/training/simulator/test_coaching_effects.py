"""True effects by hand: who gains from which play, when it shows and when it has faded."""

from __future__ import annotations

import numpy as np
import pytest

from training.simulator.coaching_effects import (
    PlayTruths,
    dose,
    draw_truths,
    first_quarter_dose,
    middle,
    top,
)
from training.simulator.coaching_settings import METRICS, SIMULATED_PLAYS, CoachingWorldSettings

ONE = np.array([0], dtype=np.int64)


def truths(base: float = 1.0, per_gap: float = 2.0, mid_rank: float = 4.0, harm: float = 10.0) -> PlayTruths:
    """Return one play on the first of two metrics."""
    return PlayTruths(
        ONE, np.array([base]), np.array([per_gap]), np.array([mid_rank]), np.array([harm]), np.array([12.0, 12.0])
    )


def test_an_effect_is_base_plus_gap_plus_middle_by_hand() -> None:
    # base 1, gap 1.5 sd at 2 points each, the whole bump of 4 at the median: 1 + 3 + 4
    assert truths().effects(np.array([[1.5, 9.0]]), np.array([0.5]))[0, 0] == pytest.approx(8.0)


def test_whoever_is_ahead_has_no_gap_to_close() -> None:
    found = truths(mid_rank=0.0).effects(np.array([[-2.0, 0.0], [0.0, 0.0]]), np.array([0.5, 0.5]))
    assert found[:, 0].tolist() == [1.0, 1.0]


def test_a_very_wide_gap_helps_no_further() -> None:
    found = truths(mid_rank=0.0).effects(np.array([[3.0, 0.0], [30.0, 0.0]]), np.array([0.5, 0.5]))
    assert found[0, 0] == found[1, 0] == 7.0


def test_harm_falls_on_the_top_alone() -> None:
    found = truths(per_gap=0.0, mid_rank=0.0).effects(np.zeros((3, 2)), np.array([0.5, 0.775, 0.95]))
    assert found[:, 0].tolist() == pytest.approx([1.0, -4.0, -9.0])


def test_the_bump_is_highest_in_the_middle_and_the_same_on_both_sides() -> None:
    ranks = np.linspace(0.0, 1.0, 101)
    assert ranks[middle(ranks).argmax()] == 0.5
    assert middle(ranks) == pytest.approx(middle(1.0 - ranks))


def test_the_top_begins_at_seven_tenths() -> None:
    assert (top(np.array([0.0, 0.7])) == 0.0).all()
    assert (top(np.array([0.85, 1.0])) == 1.0).all()


def test_an_effect_builds_up_in_two_weeks_and_fades_to_a_third_in_twenty_more() -> None:
    weeks = np.arange(0.0, 60.0)
    told = dose(weeks)
    assert weeks[told.argmax()] == 2.0
    assert told[22] == pytest.approx(np.exp(-1.0))
    assert (np.diff(told[:3]) > 0).all()
    assert (np.diff(told[2:]) < 0).all()


def test_the_first_quarter_sees_three_quarters_of_the_peak_by_hand() -> None:
    # weeks .5 and 1.5 of the build-up: .25 + .75; then 11 weeks exp(-(k + .5) / 20), a geometric sum
    faded = np.exp(-0.025) * (1.0 - np.exp(-11.0 / 20.0)) / (1.0 - np.exp(-1.0 / 20.0))
    assert first_quarter_dose() == pytest.approx((1.0 + faded) / 13.0)


def test_a_null_play_is_all_zeros_and_one_play_harms() -> None:
    drawn = draw_truths(CoachingWorldSettings(seed=4))
    kinds = [play.kind for play in SIMULATED_PLAYS]
    null = kinds.index("null")
    assert (drawn.base[null], drawn.per_gap[null], drawn.mid_rank[null], drawn.harm[null]) == (0.0, 0.0, 0.0, 0.0)
    assert [bool(harm) for harm in drawn.harm] == [kind == "harms_top" for kind in kinds]


def test_a_quarter_of_what_the_evidence_promises_is_there_without_a_gap() -> None:
    drawn = np.array([draw_truths(CoachingWorldSettings(seed=seed)).base for seed in range(400)])
    promised = {"A": 1.0, "B": 0.5, "C": 0.25, "D": 0.0}
    for column, play in enumerate(SIMULATED_PLAYS):
        if play.kind != "null":
            assert drawn[:, column].mean() == pytest.approx(promised[play.grade], abs=0.2)


def test_elasticities_lie_between_their_ends_and_follow_the_seed() -> None:
    first, again, other = (draw_truths(CoachingWorldSettings(seed=seed)).elasticity for seed in (1, 1, 2))
    assert first.shape == (len(METRICS),)
    assert ((first >= 4.0) & (first <= 22.0)).all()
    assert first.tolist() == again.tolist()
    assert first.tolist() != other.tolist()
