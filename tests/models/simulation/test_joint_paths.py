"""Paths from clocks: horizons are only places to look."""

from __future__ import annotations

import numpy as np
import pandas as pd

from models.contracts import FloatArray
from models.simulation.joint_paths import NewBook, OpenBook, joint_segments
from models.simulation.shocks import Shocks
from models.simulation.worlds import N_RESIDUALS

STILL = Shocks(company=0.0, team=0.0, rep=0.0)
FLAT = np.zeros(N_RESIDUALS)


def reps(n: int = 1) -> pd.DataFrame:
    return pd.DataFrame({"rep_id": [f"r{i}" for i in range(n)], "team_id": ["a"] * n})


def opened(chance: FloatArray, rep_row: list[int] | None = None) -> OpenBook:
    n = len(chance)
    return OpenBook(
        rep_row=np.array(rep_row or [0] * n, dtype=np.int64),
        opportunity_id=np.array([f"o{i}" for i in range(n)], dtype=object),
        hazard=-np.log1p(-chance),
        log_amount=np.full(n, np.log(100.0)),
        log_residuals=np.stack([FLAT, FLAT]),
        kind=np.zeros(n, dtype=np.int64),
    )


def unborn(wins: FloatArray) -> NewBook:
    n = len(wins)
    return NewBook(
        wins=wins,
        log_amount=np.full(n, np.log(10.0)),
        doubt=np.zeros(n),
        log_residuals=FLAT,
        spread=np.full(n, 1e-6),
    )


def draw(book: OpenBook, new: NewBook, shocks: Shocks = STILL, n_paths: int = 4000) -> tuple[FloatArray, FloatArray]:
    return joint_segments(reps(len(new.wins)), book, new, shocks, n_paths=n_paths, seed=3, as_of="2024-06-30")


def correlation(segments: FloatArray) -> float:
    return float(np.asarray(np.corrcoef(segments[0, 0], segments[1, 0]))[0, 1])


def test_an_open_deal_is_won_as_often_as_its_chance_says() -> None:
    won, _ = draw(opened(np.array([[0.2, 0.5]])), unborn(np.zeros((1, 2))))
    shares = (won[0] > 0).mean(axis=1)
    # By the first horizon 20 %, in the second stretch another 30 %; two standard errors of 4,000 draws are 0.015.
    assert np.allclose(shares, [0.2, 0.3], atol=0.02)
    assert set(np.unique(won.sum(axis=1)).round(6)) == {0.0, 100.0}


def test_new_wins_arrive_as_often_as_expected_and_are_not_all_alike() -> None:
    _, new = draw(opened(np.zeros((0, 1))), unborn(np.array([[3.0]])))
    counts = new[0, 0] / 10.0
    assert np.isclose(counts.mean(), 3.0, atol=0.1)
    assert np.isclose(counts.var(), 3.0, atol=0.3)


def test_another_horizon_changes_nothing_about_the_others() -> None:
    chance = np.array([[0.1, 0.4, 0.7]])
    wins = np.array([[1.0, 2.0, 5.0]])
    fine_open, fine_new = draw(opened(chance), unborn(wins))
    coarse_open, coarse_new = draw(opened(chance[:, [0, 2]]), unborn(wins[:, [0, 2]]))
    assert np.allclose(fine_open.sum(axis=1), coarse_open.sum(axis=1), rtol=0, atol=1e-9)
    assert np.allclose(fine_new[:, 1] + fine_new[:, 2], coarse_new[:, 1], rtol=0, atol=1e-9)
    near_open, near_new = draw(opened(chance[:, :1]), unborn(wins[:, :1]))
    assert np.array_equal(near_open[:, 0], fine_open[:, 0])
    assert np.array_equal(near_new[:, 0], fine_new[:, 0])


def test_other_reps_and_deals_do_not_change_a_rep_s_draws() -> None:
    alone, _ = draw(opened(np.array([[0.5]])), unborn(np.zeros((1, 1))))
    both, _ = draw(opened(np.array([[0.5], [0.5]]), [0, 1]), unborn(np.zeros((2, 1))))
    assert np.array_equal(alone[0], both[0])


def test_a_shared_shock_moves_reps_together() -> None:
    chance = np.full((40, 1), 0.3)
    rows = [0] * 20 + [1] * 20
    still, _ = draw(opened(chance, rows), unborn(np.zeros((2, 1))))
    shaken, _ = draw(opened(chance, rows), unborn(np.zeros((2, 1))), Shocks(company=0.4, team=0.0, rep=0.0))
    assert abs(correlation(still)) < 0.06
    assert correlation(shaken) > 0.4


def test_no_expected_wins_give_exact_zeros() -> None:
    won, new = draw(opened(np.array([[0.0]])), unborn(np.zeros((1, 1))), Shocks(company=0.3, team=0.2, rep=0.2))
    assert not won.any()
    assert not new.any()
