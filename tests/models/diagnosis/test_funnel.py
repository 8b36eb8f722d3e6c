"""Funnels count moves, losses and days at risk; what is claimed about a stage is seldom luck."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.contracts import FloatArray
from models.diagnosis.funnel import Pools, Tally, reference, stage_lines, tally
from models.diagnosis.settings import DiagnosisSettings
from models.diagnosis.stage_line import StageLine

SETTINGS = DiagnosisSettings()
STAY = ("opportunity_id", "rep_id", "stage", "amount", "entered_days", "left_days", "age_days", "next_stage", "how")
Stay = tuple[str, str, float, float | None, float, str | None, str]
"""Rep, stage, days ago of entry and leaving, age at entry, where to, how."""


def stays(rows: list[Stay]) -> pd.DataFrame:
    columns = [(f"d{i}", rep, stage, 100.0, *rest) for i, (rep, stage, *rest) in enumerate(rows)]
    frame = pd.DataFrame(columns, columns=list(STAY))
    return frame.astype({"left_days": float, "entered_days": float})


def drawn(n: int, draws: int = 200) -> FloatArray:
    weights = np.random.default_rng(5).standard_exponential((draws, n))
    weights[:1] = 1.0
    return weights


def random_funnel(rng: np.random.Generator, n: int, *, slow: float = 1.0, worse: float = 0.0, deals: int = 40) -> Tally:
    """Return two stages of `n` reps who are all alike, but for rep 0: days in the first stage x `slow`."""
    rows: list[Stay] = []
    for rep in range(n):
        for _ in range(deals):
            entered = float(rng.uniform(20.0, 360.0))
            stood = float(rng.exponential(15.0 * (slow if rep == 0 else 1.0)))
            left = entered - stood
            moved = rng.random() < 0.6 - (worse if rep == 0 else 0.0)
            if left < 0:
                rows.append((f"r{rep}", "first", entered, None, 0.0, None, "open"))
            else:
                rows.append(
                    (f"r{rep}", "first", entered, left, 0.0, "second" if moved else None, "moved" if moved else "lost")
                )
            if left > 0 and moved:
                gone = left - float(rng.exponential(20.0))
                won = "won" if rng.random() < 0.5 else "lost"
                rows.append((f"r{rep}", "second", left, max(gone, 0.0), entered - left, None, won))
    return tally(stays(rows), [f"r{rep}" for rep in range(n)], 364)


def lines_of(found: Tally, subject: list[int], *, team: bool = False) -> list[StageLine]:
    n = len(found.moved)
    weights, group = drawn(n), np.zeros(n, dtype=np.int64)
    pools = Pools.of(found, weights, {0: np.arange(n)})
    similar = reference(pools, np.array(subject), group)
    assert similar is not None
    return stage_lines(found, np.array(subject), similar, SETTINGS, weights=weights if team else None)


def test_stages_stand_in_the_order_in_which_deals_enter_them() -> None:
    rows: list[Stay] = [
        ("a", "z-first", 50, 40, 0, "b-second", "moved"),
        ("a", "b-second", 40, 30, 10, None, "won"),
    ]
    found = tally(stays(rows), ["a"], 364)
    assert found.stages == ("z-first", "b-second")


def test_moves_losses_returns_and_days_at_risk_are_counted_by_hand() -> None:
    found = tally(
        stays(
            [
                ("a", "one", 50, 40, 0, "two", "moved"),
                ("a", "one", 30, 10, 0, None, "lost"),
                ("a", "two", 40, 35, 10, "one", "moved"),
                ("a", "two", 20, None, 10, None, "open"),
                ("b", "one", 9, 4, 0, "two", "moved"),
                ("c", "one", 9, 4, 0, "two", "moved"),
            ]
        ),
        ["a", "b"],
        364,
    )
    assert found.moved.tolist() == [[1.0, 0.0], [1.0, 0.0]]
    assert found.lost.tolist() == [[1.0, 0.0], [0.0, 0.0]]
    assert found.back.tolist() == [[0.0, 1.0], [0.0, 0.0]]
    # 10 + 20 days in the first stage; 5 and the 20 of the deal that still stands in the second.
    assert found.days.tolist() == [[30.0, 25.0], [5.0, 0.0]]
    assert found.counts[2].tolist() == [[2.0, 1.0], [1.0, 0.0]]


def test_days_before_the_window_are_not_at_risk() -> None:
    found = tally(stays([("a", "one", 400, 350, 0, None, "lost")]), ["a"], 364)
    assert found.days.tolist() == [[14.0]]


def test_deals_that_still_stand_keep_a_young_funnel_from_looking_fast() -> None:
    # Nine deals left after 10 days each, one has stood for 110: 200 days at risk for 9 that left, not 10 per deal.
    rows: list[Stay] = [("a", "one", 100.0, 90.0, 0.0, None, "won") for _ in range(9)]
    found = tally(stays([*rows, ("a", "one", 110.0, None, 0.0, None, "open")]), ["a"], 364)
    assert found.days[0, 0] / found.counts[2, 0, 0] == pytest.approx(200 / 9)


def test_similar_reps_are_the_others_of_the_group_brought_to_the_size_of_the_subject() -> None:
    rows: list[Stay] = [("a", "one", 50, 40, 0, None, "won")]
    rows += [("b", "one", 50, 30, 0, None, "won")] * 3 + [("c", "one", 50, 30, 0, None, "lost")]
    found = tally(stays(rows), ["a", "b", "c"], 364)
    similar = reference(Pools.of(found, np.ones((1, 3)), {0: np.arange(3)}), np.array([0]), np.zeros(3, dtype=np.int64))
    assert similar is not None
    assert similar.others == 2
    # Per head of b and c: 1.5 moved, 0.5 lost, 2 left, 40 days.
    assert similar.counts[0, :, 0].tolist() == [1.5, 0.5, 2.0, 40.0]


def test_members_of_a_team_are_no_reference_for_it() -> None:
    found = random_funnel(np.random.default_rng(1), 8)
    pools = Pools.of(found, np.ones((1, 8)), {0: np.arange(8)})
    similar = reference(pools, np.arange(3), np.zeros(8, dtype=np.int64))
    assert similar is not None
    assert similar.others == 5
    expected = 3 * found.counts[:, 3:].mean(axis=1)
    np.testing.assert_allclose(similar.counts[0], expected)


def test_who_has_no_group_has_no_reference() -> None:
    found = random_funnel(np.random.default_rng(1), 4)
    pools = Pools.of(found, np.ones((1, 4)), {})
    assert reference(pools, np.array([0]), np.full(4, -1)) is None


def test_a_stage_in_which_deals_stand_three_times_as_long_stalls() -> None:
    first, second = lines_of(random_funnel(np.random.default_rng(2), 20, slow=3.0), [0])
    assert first.stalls
    assert not second.stalls
    assert first.dwell[0] > first.dwell[1] > first.dwell[3]


def test_a_stage_from_which_half_as_many_move_on_leaks() -> None:
    first, _ = lines_of(random_funnel(np.random.default_rng(3), 20, worse=0.35, deals=80), [0])
    assert first.leaks
    assert first.conversion[2] < first.conversion[3]


def test_too_few_deals_say_nothing() -> None:
    first, _ = lines_of(random_funnel(np.random.default_rng(4), 12, deals=5), [0])
    assert np.isnan(first.dwell[0])
    assert not first.stalls


def test_deals_that_stand_longer_than_eight_in_ten_are_counted_with_their_amount() -> None:
    # Similar deals leave after 10 days on average: 8 in 10 within 16.1.
    rows: list[Stay] = [(rep, "one", 50, 40, 0, None, "won") for rep in ("b", "c") for _ in range(20)]
    rows += [("a", "one", 15, None, 0, None, "open"), ("a", "one", 17, None, 0, None, "open")]
    (line,) = lines_of(tally(stays(rows), ["a", "b", "c"], 364), [0])
    assert (line.long, line.long_amount) == (1, 100.0)


@pytest.mark.parametrize("team", [False, True])
def test_funnels_that_do_not_differ_are_seldom_said_to(team: bool) -> None:
    rng = np.random.default_rng(11)
    claims = 0
    for _ in range(120):
        found = random_funnel(rng, 16, deals=25)
        lines = lines_of(found, [0, 1, 2, 3] if team else [0], team=team)
        claims += any(line.stalls or line.leaks for line in lines)
    # Declared: at most 10 %. 120 funnels at exactly 10 % show more than 20 claims in 1 of 100 runs.
    assert claims <= 20
