"""Policies on simulated companies: who knows more brings more, and the same company meets all of them."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.bench_coaching import interval, ranking_bars, rankings
from benchmarks.coaching.policies import POLICIES, Run, run
from benchmarks.coaching.rankings import Watcher
from models.coaching.learning.posterior import EffectPosterior
from training.simulator.coaching import CoachingWorld
from training.simulator.coaching_settings import CoachingWorldSettings

SEEDS = range(1, 9)


@pytest.fixture(scope="module")
def runs() -> dict[str, list[Run]]:
    return {name: [run(policy, seed=seed, reps=200) for seed in SEEDS] for name, policy in POLICIES.items()}


def lift(runs: dict[str, list[Run]], name: str) -> float:
    return float(np.mean([one.lift.mean() for one in runs[name]]))


def test_who_knows_more_brings_more(runs: dict[str, list[Run]]) -> None:
    assert lift(runs, "oracle") > lift(runs, "observer") > lift(runs, "learned") > lift(runs, "by_lot")
    assert lift(runs, "driver_match") > lift(runs, "by_lot")


def test_the_learner_keeps_regret_below_three_tenths_and_stays_near_the_rule(runs: dict[str, list[Run]]) -> None:
    assert 1.0 - lift(runs, "learned") / lift(runs, "oracle") <= 0.30
    for quarter in range(8):
        mine, rule = (sum(one.lift[quarter] for one in runs[name]) for name in ("learned", "driver_match"))
        assert mine >= 0.95 * rule, quarter


def test_the_order_of_a_list_is_worth_points_to_a_rule_that_cannot_tell_two_plays_apart() -> None:
    # second_contact helps and seminar does nothing; both move the same metric on the same evidence
    world = CoachingWorld(CoachingWorldSettings(seed=2, reps=200))
    view = Watcher.of(world).view(world.record())
    posterior = EffectPosterior.prior(np.array([1.0]))
    names = [play.name for play in world.plays]
    twins = names.index("second_contact"), names.index("seminar")
    listed, drawn = (POLICIES[name](world, view, posterior) for name in ("driver_match_listed", "driver_match"))
    either = np.isin(listed, twins)
    assert either.sum() > 10
    assert (np.isin(drawn, twins) == either).all()
    assert (listed[~either] == drawn[~either]).all()
    assert (listed == twins[1]).sum() == 0
    assert 0.25 * either.sum() < (drawn == twins[1]).sum() < 0.75 * either.sum()


def test_the_learner_spares_top_performers(runs: dict[str, list[Run]]) -> None:
    harmed = {name: np.mean([one.harmed[4:].mean() for one in runs[name]]) for name in runs}
    assert harmed["learned"] < 0.5 * harmed["driver_match"]


def test_nobody_beats_the_oracle_in_the_first_quarter(runs: dict[str, list[Run]]) -> None:
    for name, found in runs.items():
        assert all(one.lift[0] <= best.lift[0] + 1e-9 for one, best in zip(found, runs["oracle"], strict=True)), name


def test_a_run_repeats_itself() -> None:
    first, again = (run(POLICIES["learned"], seed=3, reps=60, quarters=3).lift for _ in range(2))
    assert first.tolist() == again.tolist()


def test_what_can_be_seen_holds_no_truth() -> None:
    # the same record gives the same view, whatever the true constants are
    world = CoachingWorld(CoachingWorldSettings(seed=2, reps=60))
    watcher, record = Watcher.of(world), world.record()
    before = watcher.view(record)
    world.truths.base[:] = 99.0
    assert watcher.view(record).contexts.expected.tolist() == before.contexts.expected.tolist()


def test_bars_name_sizes_and_intervals() -> None:
    bars = list(ranking_bars(rankings(200, [1, 2])))
    assert len(bars) == 7
    assert all("200 reps" in bar.what and "90 %:" in bar.what for bar in bars)


def test_an_interval_by_hand() -> None:
    # mean 2, sd 1, t(.95, 2) = 2.920: 2.920 / sqrt(3) = 1.686
    assert interval([1.0, 2.0, 3.0]) == pytest.approx((2.0, 0.314, 3.686), abs=1e-3)
