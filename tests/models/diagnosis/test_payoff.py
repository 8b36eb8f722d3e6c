"""Trainings are valued in the served worlds, towards a level that others reach, and never promised whole."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.coaching.settings import CoachingSettings
from models.diagnosis.payoff import TOPICS, payoffs, ratios
from models.diagnosis.settings import DiagnosisSettings
from models.explain.peers import PeerGroups
from tests.support.steady_company import steady_structure
from tests.support.toy_company import toy_paths, toy_targets


def one_group(n: int) -> PeerGroups:
    rows = np.arange(n)
    return PeerGroups(np.zeros(n, dtype=np.int64), {0: rows}, np.full(n, n - 1), np.zeros(n, dtype=bool), ())


def split_company(n: int = 8) -> pd.DataFrame:
    """Return a company whose first half wins one in eight deals, the others one in four."""
    structure = steady_structure(n)
    structure.loc[: n // 2 - 1, ["win", "win_new"]] = 0.125
    return structure


def test_a_ratio_goes_to_the_better_quarter_and_never_below_one() -> None:
    found = ratios(split_company(), one_group(8), "winning", CoachingSettings())
    # The 75 % quantile of four 0.125 and four 0.25 is 0.25: twice for the first half, nothing for the others.
    assert found["new"].tolist() == [2.0] * 4 + [1.0] * 4
    assert found["open"].tolist() == [2.0] * 4 + [1.0] * 4


def test_who_is_beyond_the_better_quarter_is_not_brought_down_to_it() -> None:
    structure = split_company()
    structure.loc[7, "win_new"] = 0.5
    assert ratios(structure, one_group(8), "winning", CoachingSettings())["new"][7] == 1.0


def test_a_share_is_never_brought_beyond_one() -> None:
    structure = steady_structure(8).assign(timing=0.9)
    structure.loc[4:, "timing"] = 1.2
    assert ratios(structure, one_group(8), "closing", CoachingSettings())["open"][0] == pytest.approx(1 / 0.9)


def test_the_topic_in_which_a_team_stands_behind_pays_most() -> None:
    structure = split_company()
    paths = toy_paths(toy_targets(structure), structure)
    found = payoffs(paths, structure, one_group(8), team=np.arange(4), goal=200_000.0)
    assert [one.topic for one in found] == ["winning"]
    # Open and new deals double: the gain is 30 % of their mean, in points of 200,000.
    mean = (paths.open_deals[:4] + paths.new_deals[:4]).mean(axis=1).sum()
    assert found[0].gain == pytest.approx(100 * 0.3 * mean / 200_000.0)
    assert found[0].people == 4
    assert found[0].low <= found[0].gain <= found[0].high
    assert found[0].chance_after >= found[0].chance_before


def test_a_team_that_is_at_the_better_quarter_has_nothing_to_gain() -> None:
    structure = split_company()
    paths = toy_paths(toy_targets(structure), structure)
    assert payoffs(paths, structure, one_group(8), team=np.arange(4, 8), goal=200_000.0) == []


def test_people_without_anybody_alike_are_not_trained_towards_anything() -> None:
    structure = split_company()
    alone = PeerGroups(np.full(8, -1), {}, np.zeros(8, dtype=np.int64), np.zeros(8, dtype=bool), ())
    paths = toy_paths(toy_targets(structure), structure)
    assert payoffs(paths, structure, alone, team=np.arange(8), goal=200_000.0) == []


def test_a_surer_share_narrows_the_range() -> None:
    structure = split_company()
    paths = toy_paths(toy_targets(structure), structure)
    wide, narrow = (
        payoffs(
            paths,
            structure,
            one_group(8),
            team=np.arange(4),
            goal=200_000.0,
            settings=DiagnosisSettings(),
            coaching=CoachingSettings(transport_sd=spread),
        )[0]
        for spread in (0.2, 0.02)
    )
    assert narrow.high - narrow.low < 0.5 * (wide.high - wide.low)


def test_every_topic_works_on_columns_of_the_forecast() -> None:
    assert {column for parts in TOPICS.values() for column in parts.values()} <= set(steady_structure(1).columns)
