"""Close dates: how wins gather around them, learned from what became of deals, and the chances that follow."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from models.contracts import FloatArray
from models.simulation.close_dates import (
    EDGES,
    FIRST,
    N_BINS,
    PUSHED,
    THOUGHT_OVER,
    CloseDates,
    expected_in,
    learn_close_dates,
)
from models.simulation.spans import spans_of
from models.simulation.stage_chain import StageChain, learn_stage_chain
from tests.models.simulation.snapshots import Row, clock, frame, in_segment

STAGES = ("late",)
WIN, LOSE = 0.02, 0.01
CHAIN = StageChain(STAGES, np.array([[WIN]]), np.array([[LOSE]]), np.zeros((1, 1, 1)))
NEAR = int(np.searchsorted(EDGES, 0.0))
"""The bin of days up to five before the date and on it."""


def dated(
    rows: Sequence[Row], expected: Sequence[float], *, pushes: float = 0.0, to: float = np.nan, by: float = np.nan
) -> pd.DataFrame:
    deals = frame(rows)
    days = pd.to_timedelta(pd.Series(list(expected), dtype="float64"), unit="D")
    return deals.assign(
        expected_close=deals["as_of"] + days, n_pushes=pushes, days_to_redated_close=to, days_redated=by
    )


def flat(**changed: float) -> CloseDates:
    pull = np.ones((3, N_BINS))
    for name, value in changed.items():
        pull[{"first": FIRST, "pushed": PUSHED, "thought_over": THOUGHT_OVER}[name], NEAR] = value
    return CloseDates(0.5, pull)


def ask(dates: CloseDates, deals: pd.DataFrame, horizons: Sequence[float]) -> tuple[FloatArray, FloatArray]:
    asked = pd.concat([deals.iloc[:1]] * len(horizons), ignore_index=True)
    horizon = np.array(horizons, dtype=np.float64)
    return dates.ahead(asked, horizon, in_segment(asked), chain=CHAIN, clock=clock())


ONE: list[Row] = [("d", 0, "late", None, None)]


def test_where_dates_say_nothing_wins_and_losses_compete_as_in_the_stage() -> None:
    chance, exposure = ask(flat(), dated(ONE, [20]), [10, 100])
    every = WIN + LOSE
    assert chance == pytest.approx(WIN / every * -np.expm1(-every * np.array([10, 100])), rel=1e-9)
    assert exposure == pytest.approx([10.0, 100.0])


def test_wins_gather_around_the_date() -> None:
    # 20 days ahead: days 16 to 20 have three times the hazard.
    chance, exposure = ask(flat(first=3.0), dated(ONE, [20]), [15, 20, 25])
    assert exposure == pytest.approx([15.0, 15.0 + 15.0, 35.0])
    before = WIN / (WIN + LOSE) * -np.expm1(-(WIN + LOSE) * 15)
    near = np.exp(-(WIN + LOSE) * 15) * 3 * WIN / (3 * WIN + LOSE) * -np.expm1(-(3 * WIN + LOSE) * 5)
    assert chance[:2] == pytest.approx([before, before + near], rel=1e-9)


def test_each_kind_of_date_has_its_own_pull() -> None:
    dates = flat(first=2.0, pushed=3.0, thought_over=4.0)
    found = [
        ask(dates, deals, [20])[1][0]
        for deals in (dated(ONE, [20]), dated(ONE, [20], pushes=1.0), dated(ONE, [20], pushes=1.0, to=18.0, by=4.0))
    ]
    assert found == pytest.approx([20 + 5, 20 + 10, 20 + 15])


def test_a_date_that_was_thought_over_drifts_on_and_outlives_a_push() -> None:
    date, kind = expected_in(dated(ONE, [40], pushes=2.0, to=10.0, by=8.0), 0.5)
    assert (date.tolist(), kind.tolist()) == ([14.0], [THOUGHT_OVER])
    date, kind = expected_in(dated(ONE, [40], pushes=2.0), 0.5)
    assert (date.tolist(), kind.tolist()) == ([40.0], [PUSHED])


def test_a_deal_without_a_date_has_the_hazard_of_its_stage() -> None:
    chance, exposure = ask(flat(first=9.0), dated(ONE, [np.nan]), [30])
    assert exposure == pytest.approx([30.0])
    assert chance == pytest.approx(ask(flat(), dated(ONE, [20]), [30])[0])


def test_without_a_stage_there_is_no_chance_but_an_exposure() -> None:
    chance, exposure = ask(flat(first=3.0), dated([("d", 0, None, None, None)], [20]), [20])
    assert np.isnan(chance).all()
    assert exposure == pytest.approx([30.0])
    nothing = StageChain((), np.zeros((1, 0)), np.zeros((1, 0)), np.zeros((1, 0, 0)))
    deals = dated(ONE, [20])
    chance, exposure = flat().ahead(deals, np.array([20.0]), in_segment(deals), chain=nothing, clock=clock())
    assert np.isnan(chance).all()
    assert exposure == pytest.approx([20.0])


def test_neither_falls_with_the_horizon_wherever_the_date_lies() -> None:
    rng = np.random.default_rng(2)
    dates = CloseDates(0.5, rng.uniform(0.1, 4.0, (3, N_BINS)))
    horizons = np.arange(0.0, 200.0)
    for day in (-90, -5, 0, 3, 60, 150):
        chance, exposure = ask(dates, dated(ONE, [day]), horizons.tolist())
        assert (np.diff(chance) >= -1e-15).all()
        assert (np.diff(exposure) >= 0).all()


def simulated(rng: np.random.Generator, drift: float, pull: float) -> pd.DataFrame:
    """Return weekly states of deals whose hazard is `pull` times as high in the five days up to their true date."""
    rows: list[Row] = []
    told: list[tuple[float, float, float]] = []
    for deal in range(3000):
        moved = float(rng.choice([-24.0, 24.0]))
        first = float(rng.integers(5, 60))
        true = round(first + drift * moved)
        won = None
        for day in range(1, 71):
            hazard = 0.01 * (pull if -5 < day - true <= 0 else 1.0)
            if rng.random() < hazard:
                won = day
                break
        for day in range(0, 70, 7):
            if won is not None and won <= day:
                break
            rows.append((f"d{deal}", day, "late", won, None))
            told.append((first - day, first - day, moved))
    expected, to, by = (np.array(values) for values in zip(*told, strict=True))
    return dated(rows, expected.tolist()).assign(days_to_redated_close=to, days_redated=by)


@pytest.mark.parametrize("drift", [0.0, 0.5, 1.0])
def test_the_drift_and_the_pull_are_found_again(drift: float) -> None:
    deals = simulated(np.random.default_rng(int(drift * 4)), drift, 8.0)
    spans = spans_of(deals, STAGES, in_segment(deals), clock())
    chain = learn_stage_chain(spans, STAGES, 1)
    found = learn_close_dates(deals, spans, chain, clock())
    assert found.drift == drift
    near, away = found.pull[THOUGHT_OVER, NEAR], found.pull[THOUGHT_OVER, NEAR - 3 : NEAR].mean()
    assert near / away == pytest.approx(8.0, rel=0.25)
    # Nothing was seen of the other kinds of dates: they have the hazard of the stage.
    assert np.allclose(found.pull[[FIRST, PUSHED]], 1.0)


def test_what_was_learned_survives_json() -> None:
    dates = flat(first=3.0)
    again = CloseDates.from_json(dates.to_json())
    assert again.drift == dates.drift
    assert np.array_equal(again.pull, dates.pull)
