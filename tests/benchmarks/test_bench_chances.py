"""The distance of a chance to the ceiling is zero for the ceiling itself and grows with what is left on the table."""

from __future__ import annotations

from datetime import date
from math import log

import numpy as np
import pandas as pd
import pytest

from benchmarks.bench_chances import LEAST, judged, share_found, stage_rates, won_by
from features.domain.time import Period
from training.backtest.folds import Fold
from training.simulator.organisation import simulate
from training.simulator.settings import SimulatorSettings

QUARTER = Fold(
    period=Period(date(2024, 4, 1), date(2024, 6, 30)),
    trained_on=date(2024, 3, 31),
    leads=(("day 0", date(2024, 3, 31)),),
)


def rows(**chances: float) -> pd.DataFrame:
    told = {"paceline": 0.5, "stage_rate": 0.5, "ceiling": 0.8, "oracle": 0.9} | chances
    return pd.DataFrame({"lead": ["1/2", "1/2"], "won": [True, False]} | {name: [c, c] for name, c in told.items()})


def figure(table: pd.DataFrame, forecaster: str, column: str) -> float:
    return float(table.set_index("forecaster").loc[forecaster, column])


def test_the_ceiling_is_no_distance_from_itself_and_others_are() -> None:
    table = judged(rows())
    assert figure(table, "ceiling", "distance") == 0.0
    assert figure(table, "paceline", "distance") == pytest.approx(0.8 * log(0.8 / 0.5) + 0.2 * log(0.2 / 0.5))


def test_log_loss_is_that_of_outcomes() -> None:
    # One of two deals was won; at 0.8 that costs the mean of -log 0.8 and -log 0.2.
    table = judged(rows())
    assert figure(table, "ceiling", "log_loss") == pytest.approx(-(log(0.8) + log(0.2)) / 2)
    assert figure(table, "ceiling", "deals") == 2
    assert figure(table, "oracle", "said") == pytest.approx(0.9)
    assert figure(table, "oracle", "came") == 0.5


def test_a_chance_of_nothing_is_read_as_the_least_that_can_be_told() -> None:
    assert figure(judged(rows(oracle=0.0)), "oracle", "said") == LEAST


def test_the_share_found_is_one_at_the_ceiling_and_none_at_the_stage_rate() -> None:
    assert share_found(judged(rows(paceline=0.8))) == pytest.approx(1.0)
    assert share_found(judged(rows(paceline=0.5))) == pytest.approx(0.0)


def test_a_stage_rate_counts_only_settled_quarters_seen_as_long_before_their_end() -> None:
    day = pd.to_datetime
    past = pd.DataFrame(
        {
            # All seen on the last evening before a quarter, but the fourth half-way and the last not settled yet.
            "as_of": day(["2023-12-31"] * 3 + ["2023-11-15", "2024-03-31"]),
            "stage": ["late", "late", "early", "late", "late"],
            "won_on": day(["2024-02-01", None, None, "2023-12-01", None]),
            "observed_until": day(["2024-03-31"] * 4 + ["2024-03-31"]),
        }
    )
    deals = pd.DataFrame({"as_of": day(["2024-03-31"] * 2), "stage": ["late", "never seen"]})
    # One of two late deals was won, held to the middle by one win and one loss; a strange stage takes all that settled.
    assert stage_rates(past, deals, QUARTER).tolist() == [2 / 4, 2 / 4]


def test_a_deal_counts_as_won_only_by_the_end_of_the_quarter() -> None:
    organisation = simulate(SimulatorSettings(reps=8, quarters=2, seed=3))
    deals = organisation.truth.deals.set_index("deal")
    end = organisation.calendar.period(0)
    fold = Fold(period=end, trained_on=end.start, leads=())
    found = won_by(organisation, deals.index, fold)
    last = (pd.Timestamp(end.end) - pd.Timestamp(0)).days
    assert found.any()
    assert not (found & ~deals["won"].to_numpy()).any()
    assert deals["closed"][found].max() <= last
    assert np.array_equal(found, (deals["won"] & deals["closed"].between(0, last)).to_numpy())
