"""The roll-up benchmark measures what it says: coherent sums, and a spread that vanishes when worlds are torn apart."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.bench_rollup import company, drawn_apart, largest_gap, roll_up


def test_teams_add_up_to_the_company_in_every_world() -> None:
    teams, whole = roll_up(*company(50, 200))
    assert len(teams.groups) == 7  # 50 reps in teams of 8
    assert largest_gap(teams, whole) < 1e-12


def test_a_team_that_is_off_is_seen() -> None:
    teams, whole = roll_up(*company(50, 200))
    teams.booked[0] += 0.01 * whole.attained[0].max()
    assert largest_gap(teams, whole) == pytest.approx(0.01)


def test_worlds_drawn_apart_lose_the_shared_spread() -> None:
    paths, members = company(2_000, 400)
    joint = roll_up(paths, members)[1].attained[0]
    apart = drawn_apart(paths)
    assert apart.mean() == pytest.approx(joint.mean())
    # Shared sd 0.1 stays whatever the number of reps; 0.53 of each rep shrinks by the root of 2,000 to 0.012.
    assert 6.0 < joint.std() / apart.std() < 11.0


def test_a_rep_s_own_worlds_are_not_changed_by_drawing_apart() -> None:
    paths, _ = company(3, 100)
    assert np.isclose(drawn_apart(paths).mean(), paths.attained.sum(axis=0).mean())
