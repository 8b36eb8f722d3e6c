"""Totals are sums of the same worlds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from features.domain.errors import UsageError
from models.contracts import FloatArray, ForecastPaths
from models.rollup.totals import step_of, totals
from tests.models.simulation.builders import targets

GENERATOR = np.random.default_rng(8)


def paths(n: int, n_paths: int = 50, draws: FloatArray | None = None) -> ForecastPaths:
    rows = [(f"r{i:03d}", "2024-07-01", "2024-09-30") for i in range(n)]
    coming = GENERATOR.lognormal(3.0, 1.0, (n, n_paths)) if draws is None else draws
    frame = targets(rows, as_of="2024-08-15")
    return ForecastPaths(frame, np.full(n, 7.0), coming, coming / 3.0, {})


def test_a_team_is_the_sum_of_its_reps_in_every_world() -> None:
    found = paths(4)
    members = pd.DataFrame({"rep_id": found.targets["rep_id"], "team": ["a", "a", "b", "b"]})
    teams = totals(found, members, ["team"])
    assert teams.groups["team"].tolist() == ["a", "b"]
    assert np.allclose(teams.open_deals[0], found.open_deals[0] + found.open_deals[1], rtol=1e-13)
    assert teams.booked.tolist() == [14.0, 14.0]
    assert teams.groups["quota"].tolist() == [200.0, 200.0]
    assert teams.groups["members"].tolist() == [2, 2]


@pytest.mark.parametrize("scale", [1e-6, 1.0, 3e7])
def test_teams_regions_and_company_agree_to_the_last_bit_in_any_order(scale: float) -> None:
    found = paths(600, draws=scale * GENERATOR.lognormal(3.0, 1.0, (600, 50)))
    teams_of = [f"t{i % 37:02d}" for i in range(600)]
    members = pd.DataFrame({"rep_id": found.targets["rep_id"], "team": teams_of, "self": found.targets["rep_id"]})
    alone, teams, company = (totals(found, members, by) for by in (["self"], ["team"], []))
    for level in (alone, teams):
        order = GENERATOR.permutation(len(level.booked))
        assert np.array_equal(level.attained[order].sum(axis=0), company.attained[0])
        assert np.array_equal(level.open_deals[order].sum(axis=0), company.open_deals[0])


def test_shares_of_a_rep_add_up_to_what_the_rep_brings() -> None:
    # 0.1 + 0.2 + 0.7 is not 1 in doubles: each share is rounded to a step of its own, far below a cent.
    found = paths(1)
    members = pd.DataFrame({"rep_id": "r000", "team": list("abc"), "weight": [0.1, 0.2, 0.7]})
    shared, whole = totals(found, members, ["team"]), totals(found, members.iloc[:1].assign(weight=1.0), [])
    assert np.abs(shared.attained.sum(axis=0) - whole.attained[0]).max() <= 3 * 3 * step_of(found) / 2


def test_what_is_taken_back_counts_for_the_step_as_much_as_what_is_booked() -> None:
    taken = paths(2, draws=np.full((2, 3), -512.0))
    assert step_of(taken) == step_of(paths(2, draws=np.full((2, 3), 512.0)))


def test_nobody_has_no_totals() -> None:
    nobody = pd.DataFrame({"rep_id": ["somebody else"], "team": ["a"]})
    empty = totals(paths(2), nobody, ["team"])
    assert len(empty.groups) == 0
    assert empty.attained.shape == (0, 50)


def test_a_rep_given_twice_counts_once_and_a_share_counts_in_part() -> None:
    found = paths(2)
    members = pd.DataFrame(
        {"rep_id": ["r000", "r000", "r001", "r001"], "team": ["a", "a", "a", "b"], "weight": [1.0, 1.0, 0.25, 0.75]}
    )
    teams = totals(found, members, ["team"])
    assert np.allclose(teams.open_deals[0], found.open_deals[0] + 0.25 * found.open_deals[1])
    assert np.allclose(teams.open_deals[1], 0.75 * found.open_deals[1])


def test_two_weights_in_one_group_are_refused() -> None:
    members = pd.DataFrame({"rep_id": ["r000", "r000"], "team": "a", "weight": [1.0, 0.5]})
    with pytest.raises(UsageError, match="r000"):
        totals(paths(1), members, ["team"])


def test_missing_quotas_add_nothing() -> None:
    found = paths(2)
    found = ForecastPaths(
        found.targets.assign(quota=[np.nan, 80.0]), found.booked, found.open_deals, found.new_deals, {}
    )
    members = pd.DataFrame({"rep_id": found.targets["rep_id"]})
    assert totals(found, members, []).groups["quota"].tolist() == [80.0]


def test_independent_draws_understate_the_spread_of_the_company() -> None:
    # 400 reps share one factor of sd 0.2. Shuffling each rep's worlds keeps every rep's range and loses what is shared:
    # the company's relative sd should be near 0.2, and falls to about 1 / sqrt(400) of a rep's.
    n, n_paths = 400, 400
    shared = np.exp(0.2 * GENERATOR.standard_normal(n_paths))
    joint = GENERATOR.lognormal(0.0, 0.5, (n, n_paths)) * shared
    alone = np.stack([GENERATOR.permutation(row) for row in joint])
    members = pd.DataFrame({"rep_id": [f"r{i:03d}" for i in range(n)]})
    spreads = []
    for draws in (joint, alone):
        total = totals(paths(n, n_paths, draws), members, []).open_deals[0]
        spreads.append(float(total.std() / total.mean()))
    assert 0.17 < spreads[0] < 0.24
    assert spreads[0] > 5 * spreads[1]
