"""The same worlds with one lever moved: feasible, capped, discounted, blended; every number by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from models.coaching.playbook import Evidence, Mechanism
from models.coaching.settings import CoachingSettings
from models.coaching.whatif import (
    blended,
    feasible_target,
    lever_ratio,
    lifted,
    part_ratio,
    structure_column,
)
from models.contracts import STRUCTURE_COLUMNS

SETTINGS = CoachingSettings()


def mechanism(link: str = "proportional", factor: str = "win", elasticity: float = 1.0) -> Mechanism:
    return Mechanism.model_validate(
        {
            "feature": "win_rate",
            "good": "up",
            "factor": factor,
            "parts": ["open", "new"],
            "link": link,
            "elasticity": elasticity,
        }
    )


def prior(mean: float, sd: float = 3.0) -> Evidence:
    return Evidence.model_validate({"grade": "B", "mean": mean, "sd": sd, "source": {"en": "x", "zh": "甲"}})


def test_a_target_is_one_usual_swing_but_never_beyond_the_better_quarter_of_similar_reps() -> None:
    own, reach, spread = np.array([10.0, 10.0, 30.0]), np.full(3, 20.0), np.array([4.0, 40.0, 4.0])
    assert feasible_target(own, reach, spread, "up").tolist() == [14.0, 20.0, 30.0]


def test_where_less_is_better_targets_go_down() -> None:
    own, reach, spread = np.array([40.0, 40.0, 5.0]), np.full(3, 20.0), np.array([4.0, 90.0, 4.0])
    assert feasible_target(own, reach, spread, "down").tolist() == [36.0, 20.0, 5.0]


@pytest.mark.parametrize(
    ("link", "own", "target", "ratio"),
    [
        ("proportional", 10.0, 12.0, 1.2),
        ("inverse", 30.0, 25.0, 1.2),
        ("complement", 0.5, 0.4, 1.2),
        ("proportional", 10.0, 40.0, 2.0),
        ("proportional", 10.0, 9.0, 1.0),
    ],
)
def test_ratios_follow_their_link_and_are_capped(link: str, own: float, target: float, ratio: float) -> None:
    found = lever_ratio(np.array([own]), np.array([target]), mechanism(link), SETTINGS)
    assert found.tolist() == pytest.approx([ratio])


def test_a_factor_that_follows_in_part_moves_less() -> None:
    found = lever_ratio(np.array([10.0]), np.array([14.4]), mechanism(elasticity=0.5), SETTINGS)
    assert found.tolist() == pytest.approx([1.2])


@pytest.mark.parametrize(
    ("link", "own", "target"), [("proportional", 0.0, 3.0), ("inverse", 5.0, 0.0), ("complement", 1.0, 0.5)]
)
def test_nothing_to_scale_is_unknown_instead_of_zero(link: str, own: float, target: float) -> None:
    assert np.isnan(lever_ratio(np.array([own]), np.array([target]), mechanism(link), SETTINGS)).all()


def test_shares_never_pass_one() -> None:
    ratio = np.array([1.4, 1.4, 1.4])
    # .5 * 1.4 = .7 is possible; .8 can grow by 1.25 only; nothing at all cannot grow
    found = part_ratio(ratio, np.array([0.5, 0.8, 0.0]), mechanism())
    assert found.tolist() == pytest.approx([1.4, 1.25, 1.0])


def test_volume_and_size_have_no_ceiling() -> None:
    assert part_ratio(np.array([1.4]), np.array([50.0]), mechanism(factor="volume")).tolist() == [1.4]
    assert part_ratio(np.array([1.4]), np.array([9e6]), mechanism(factor="size")).tolist() == [1.4]


@pytest.mark.parametrize("factor", ["volume", "size", "win", "timing"])
def test_every_lever_is_a_structure_column(factor: str) -> None:
    for part in ("open", "new"):
        assert structure_column(mechanism(factor=factor), part) in STRUCTURE_COLUMNS
    assert structure_column(mechanism(factor=factor), "open") != structure_column(mechanism(factor=factor), "new")


def test_the_gain_is_drawn_from_the_same_worlds() -> None:
    open_deals, new_deals = np.array([[100.0, 0.0]]), np.array([[10.0, 20.0]])
    gain = lifted(open_deals, new_deals, {"open": np.array([1.1]), "new": np.array([1.5])})
    assert gain.tolist() == [pytest.approx([100 * 0.1 + 10 * 0.5, 20 * 0.5])]
    assert lifted(open_deals, new_deals, {}).tolist() == [[0.0, 0.0]]


def test_blending_by_hand() -> None:
    effect = blended(np.array([10.0]), prior(2.0), SETTINGS)
    # what-if 3 with variance (0.2 * 10)^2 + 0.5^2 = 4.25; prior 2 with variance 9
    variance = 1 / (1 / 4.25 + 1 / 9)
    mean = variance * (3 / 4.25 + 2 / 9)
    assert effect.mid[0] == pytest.approx(mean)
    assert effect.low[0] == pytest.approx(mean - norm.ppf(0.9) * variance**0.5)
    assert effect.high[0] == pytest.approx(mean + norm.ppf(0.9) * variance**0.5)
    assert effect.p_positive[0] == pytest.approx(norm.cdf(mean / variance**0.5))
    assert effect.raw[0] == 10.0


def test_no_gap_leaves_hardly_anything_of_the_best_evidence() -> None:
    effect = blended(np.array([0.0]), prior(4.0), SETTINGS)
    # 0 with variance .25 against 4 with variance 9: 4 / 9 / (4 + 1 / 9) = .108
    assert effect.mid[0] == pytest.approx(0.1081, abs=1e-4)


def test_a_larger_gap_is_worth_more() -> None:
    mids = blended(np.array([1.0, 5.0, 10.0, 30.0]), prior(1.0), SETTINGS).mid
    assert (np.diff(mids) > 0).all()


def test_better_evidence_is_worth_more() -> None:
    raw = np.array([8.0])
    assert (
        blended(raw, prior(4.0), SETTINGS).mid
        > blended(raw, prior(2.0), SETTINGS).mid
        > blended(raw, prior(0.0), SETTINGS).mid
    )


def test_without_transport_nothing_of_the_what_if_is_believed() -> None:
    nothing = CoachingSettings(transport_discount=0.0)
    assert blended(np.array([30.0]), prior(0.0), nothing).mid.tolist() == [0.0]
