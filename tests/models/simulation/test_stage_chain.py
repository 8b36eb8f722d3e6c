"""The stage chain: rates counted from what became of deals between cutoffs, chances that follow from them exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.linalg import expm

from models.contracts import FloatArray
from models.simulation.days import IntArray
from models.simulation.spans import spans_of
from models.simulation.stage_chain import FARTHEST, PSEUDO_EVENTS, StageChain, learn_stage_chain
from tests.models.simulation.snapshots import Row, clock, frame, in_segment, many


def learned(rows: pd.DataFrame, segment: IntArray | None = None, n_segments: int = 1) -> StageChain:
    stages = tuple(sorted(rows["stage"].dropna().unique()))
    segment = in_segment(rows) if segment is None else segment
    return learn_stage_chain(spans_of(rows, stages, segment, clock()), stages, n_segments)


def chain(win: float, lose: float = 0.0, move: float = 0.0) -> StageChain:
    """Return early and late stages: wins come from the late one alone, losses from both."""
    moves = np.zeros((1, 2, 2))
    moves[0, 0, 1] = move
    return StageChain(("early", "late"), np.array([[0.0, win]]), np.full((1, 2), lose), moves)


def chances(of: StageChain, stage: str | None, horizons: Sequence[float], rush: float = 1.0) -> FloatArray:
    deals = frame([("d", 0, stage, None, None)] * len(horizons))
    return of.won_within(deals, np.array(horizons, dtype=np.float64), in_segment(deals), clock(rush))


def test_with_wins_alone_the_chance_is_that_of_one_hazard() -> None:
    found = chances(chain(win=0.02), "late", [1, 10, 60])
    assert found == pytest.approx(-np.expm1(-0.02 * np.array([1, 10, 60])), rel=1e-9)


def test_wins_and_losses_compete() -> None:
    # 0.02 of 0.05 a day are wins; after very long two of five deals are won.
    found = chances(chain(win=0.02, lose=0.03), "late", [10, 390])
    assert found[0] == pytest.approx(0.4 * -np.expm1(-0.5), rel=1e-9)
    assert found[1] == pytest.approx(0.4, abs=1e-6)


def test_an_early_deal_has_to_move_first_as_in_continuous_time() -> None:
    of = chain(win=0.03, lose=0.01, move=0.05)
    generator = np.array([[-0.06, 0.05, 0.0], [0.0, -0.04, 0.03], [0.0, 0.0, 0.0]])
    horizons = [5, 20, 60, 200]
    exact = [expm(generator * h)[0, 2] for h in horizons]
    # A day's move can only win from the next day on: half a day late on average.
    assert chances(of, "early", horizons) == pytest.approx(exact, abs=0.011)
    assert chances(of, "early", [0.0])[0] == 0.0


def test_the_rush_at_the_end_of_a_quarter_makes_wins_and_not_losses() -> None:
    # The last week before 31 March begins 84 days after 1 January 2024.
    of = chain(win=0.02)
    assert chances(of, "late", [90], rush=3.0)[0] == pytest.approx(-np.expm1(-0.02 * (83 + 7 * 3)), rel=1e-9)
    lost = chances(chain(win=1e-12, lose=0.03), "late", [90], rush=3.0)[0]
    assert lost == pytest.approx(chances(chain(win=1e-12, lose=0.03), "late", [90])[0], rel=0.25)


def test_the_chance_rises_with_the_horizon_in_fractions_of_a_day_too() -> None:
    horizons = np.arange(0.0, FARTHEST + 20.0, 0.5)
    found = chances(chain(win=0.01, lose=0.002, move=0.02), "early", horizons.tolist())
    assert (np.diff(found) >= 0).all()
    assert found[41] == pytest.approx((found[40] + found[42]) / 2)
    assert found[-1] == found[2 * FARTHEST]


def test_a_stage_nobody_knows_has_no_chance_and_no_number() -> None:
    assert np.isnan(chances(chain(win=0.02), None, [10])).all()
    assert np.isnan(chances(chain(win=0.02), "never heard of", [10])).all()


def test_a_company_without_stages_has_an_empty_chain() -> None:
    rows = frame([("d", 0, None, 3, None), ("e", 0, None, None, None), ("e", 7, None, None, None)])
    of = learned(rows, n_segments=2)
    assert of.stages == ()
    assert np.isnan(of.won_within(rows, np.full(3, 30.0), in_segment(rows), clock())).all()


def test_rates_are_events_by_days_watched() -> None:
    # 300 stay a week, 60 are won after 4 days, 30 lost after 2, 90 have moved on a week later.
    rows = frame(
        many(300, "s", (0, "early", None, None), (7, "early", None, None))
        + many(60, "w", (0, "early", 4, None))
        + many(30, "l", (0, "early", None, 2))
        + many(90, "m", (0, "early", None, None), (7, "late", None, None))
    )
    of = learned(rows)
    # A move is taken to fall in the middle of its week.
    days = 300 * 7 + 60 * 4 + 30 * 2 + 90 * 3.5
    assert of.win[0, 0] == pytest.approx(60 / days)
    assert of.lose[0, 0] == pytest.approx(30 / days)
    assert of.move[0].tolist() == [[0.0, pytest.approx(90 / days)], [0.0, 0.0]]


def test_what_happens_after_the_last_cutoff_teaches_nothing() -> None:
    # All deals of the last cutoff are won at once, but those that would have stayed open could not be seen.
    rows = many(50, "s", (0, "late", None, None), (7, "late", None, None)) + many(50, "w", (0, "late", 5, None))
    late = frame(rows + many(500, "z", (7, "late", 8, None)))
    plain = frame(rows)
    assert learned(late).win == pytest.approx(learned(plain).win)


def test_a_deal_that_is_away_at_the_next_cutoff_is_not_counted_as_moved() -> None:
    stay = many(50, "s", (0, "early", None, None), (7, "early", None, None), (14, "early", None, None))
    away = many(20, "a", (0, "early", None, None), (14, "late", None, None))
    rows = frame(stay + away)
    of = learned(rows)
    assert of.move.sum() == 0.0


def test_a_segment_with_few_deals_has_the_rates_of_all() -> None:
    rows = frame(
        many(400, "s", (0, "late", None, None), (7, "late", None, None))
        + many(400, "w", (0, "late", 7, None))
        + many(2, "x", (0, "late", None, None), (7, "late", None, None))
    )
    segment = in_segment(rows)
    segment[rows["opportunity_id"].str.startswith("x").to_numpy()] = 1
    of = learned(rows, segment, 3)
    pooled = 400 / (802 * 7)
    assert of.win[0, 0] == pytest.approx((400 + PSEUDO_EVENTS) / (800 * 7 + PSEUDO_EVENTS / pooled))
    assert of.win[1, 0] == pytest.approx(PSEUDO_EVENTS / (2 * 7 + PSEUDO_EVENTS / pooled))
    assert of.win[2, 0] == pytest.approx(pooled)


def test_the_chain_finds_the_rates_of_a_company_made_by_them() -> None:
    rng = np.random.default_rng(4)
    win, lose, move = 0.03, 0.01, 0.05
    rows: list[Row] = []
    for deal in range(2000):
        stage, won, lost = "early", None, None
        for day in range(0, 70, 7):
            rows.append((f"d{deal}", day, stage, None, None))
            for today in range(day + 1, day + 8):
                draw = rng.random()
                if draw < lose:
                    lost = today
                elif stage == "late" and draw < lose + win:
                    won = today
                elif stage == "early" and draw < lose + move:
                    stage = "late"
                if won or lost:
                    break
            if won or lost:
                rows[-1] = (*rows[-1][:3], won, lost)
                break
    deals = frame(rows)
    of = learned(deals)
    assert of.win[0, 1] == pytest.approx(win, rel=0.1)
    assert of.lose[0] == pytest.approx([lose, lose], rel=0.2)
    # Moves are seen at cutoffs only: a deal that moved and was won within a week counts as a win of the early stage.
    assert of.move[0, 0, 1] == pytest.approx(move, rel=0.12)
    early = chances(of, "early", [42])[0]
    truth = chances(chain(win, lose, move), "early", [42])[0]
    assert early == pytest.approx(truth, rel=0.1)


def test_the_chain_survives_json() -> None:
    of = chain(win=0.02, lose=0.01, move=0.3)
    again = StageChain.from_json(of.to_json())
    assert again.stages == of.stages
    assert all(np.array_equal(getattr(again, name), getattr(of, name)) for name in ("win", "lose", "move"))
    assert chances(replace(again, stages=("late", "early")), "early", [30])[0] > chances(of, "early", [30])[0]
