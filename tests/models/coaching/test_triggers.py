"""Conditions as data: who is told apart from whom, and what an unknown value means."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.coaching.history import MetricHistory
from models.coaching.playbook import (
    Condition,
    GapPlay,
    HistoryCondition,
    PeerCondition,
    ValueCondition,
    default_playbook,
)
from models.coaching.triggers import Standing, fires, holds
from models.explain.peers import PeerGroups


def standing(win_rate: list[float], history: MetricHistory | None = None) -> Standing:
    n = len(win_rate)
    peers = PeerGroups(np.zeros(n, dtype=np.int64), {0: np.arange(n)}, np.full(n, n - 1), np.zeros(n, dtype=bool), ())
    targets = pd.DataFrame({"rep_id": [f"r{i}" for i in range(n)], "win_rate": win_rate})
    return Standing(targets, peers, history or MetricHistory())


def peers_condition(op: str, level: float) -> PeerCondition:
    return PeerCondition.model_validate({"versus": "peers", "feature": "win_rate", "op": op, "level": level})


TEN = [float(value) for value in range(10)]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (peers_condition("below", 0.3), [0, 1, 2]),
        (peers_condition("above", 0.7), [7, 8, 9]),
        (peers_condition("below", 0.05), []),
        (ValueCondition(versus="value", feature="win_rate", op="below", value=2.0), [0, 1]),
        (ValueCondition(versus="value", feature="win_rate", op="above", value=7.0), [8, 9]),
    ],
)
def test_conditions_tell_reps_apart(condition: Condition, expected: list[int]) -> None:
    assert np.flatnonzero(holds(condition, standing(TEN))).tolist() == expected


def test_equal_reps_do_not_stand_out() -> None:
    equal = standing([3.0] * 10)
    assert not holds(peers_condition("below", 0.4), equal).any()
    assert not holds(peers_condition("above", 0.6), equal).any()


def test_a_condition_on_an_unknown_value_does_not_hold() -> None:
    values = standing([np.nan, *TEN])
    for condition in (
        peers_condition("below", 0.9),
        ValueCondition(versus="value", feature="win_rate", op="above", value=-1.0),
    ):
        assert not holds(condition, values)[0]


def test_own_history_needs_a_past() -> None:
    history = MetricHistory({}, {"win_rate": {"r0": (5.0, 2.0)}})
    low = HistoryCondition(versus="own_history", feature="win_rate", op="below", sds=1.0)
    # r0 usually has 5 give or take 2: 2.9 is more than one standard deviation below; r1 has no past
    assert holds(low, standing([2.9, 2.9], history)).tolist() == [True, False]
    assert holds(low, standing([3.1, 3.1], history)).tolist() == [False, False]
    high = HistoryCondition(versus="own_history", feature="win_rate", op="above", sds=1.0)
    assert holds(high, standing([7.1, 7.1], history)).tolist() == [True, False]


def test_a_feature_that_is_not_there_cannot_fire_and_is_counted() -> None:
    bare = standing(TEN)
    bare.targets = bare.targets.drop(columns="win_rate")
    assert not holds(peers_condition("below", 0.5), bare).any()
    assert bare.missing["win_rate"] == 1


def play_with(trigger: list[Condition], contraindications: list[Condition]) -> GapPlay:
    play = default_playbook().plays["discovery_review"]
    assert isinstance(play, GapPlay)
    return play.model_copy(update={"trigger": tuple(trigger), "contraindications": tuple(contraindications)})


def test_all_conditions_must_hold_and_no_contraindication_may() -> None:
    low, very_low = peers_condition("below", 0.3), peers_condition("below", 0.1)
    assert np.flatnonzero(fires(play_with([low], []), standing(TEN))).tolist() == [0, 1, 2]
    assert np.flatnonzero(fires(play_with([low, very_low], []), standing(TEN))).tolist() == [0]
    assert np.flatnonzero(fires(play_with([low], [very_low]), standing(TEN))).tolist() == [1, 2]


def test_an_unknown_contraindication_does_not_stop_a_play() -> None:
    unknown = PeerCondition(versus="peers", feature="cycle_days", op="above", level=0.5)
    values = standing(TEN)
    values.targets = values.targets.assign(cycle_days=np.nan)
    assert fires(play_with([peers_condition("below", 0.3)], [unknown]), values).sum() == 3


def test_each_feature_is_compared_once() -> None:
    values = standing(TEN)
    first = values.share_at_or_below("win_rate")
    assert values.share_at_or_below("win_rate") is first
