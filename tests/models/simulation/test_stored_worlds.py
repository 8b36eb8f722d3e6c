"""Worlds that are stored for what-ifs: how deals look were they expected on another day."""

from __future__ import annotations

import numpy as np
import pandas as pd

from models.simulation.close_dates import THOUGHT_OVER, expected_in
from models.simulation.stored_worlds import _expected_at


def deals() -> pd.DataFrame:
    as_of = pd.Timestamp("2024-05-15")
    return pd.DataFrame(
        {
            "as_of": [as_of, as_of],
            "expected_close": [as_of + pd.Timedelta(days=10), as_of + pd.Timedelta(days=20)],
            "days_to_expected_close": [10.0, 20.0],
            "n_pushes": [0.0, 1.0],
            "days_to_redated_close": [np.nan, 20.0],
            "days_redated": [np.nan, 8.0],
        }
    )


def test_every_date_becomes_the_asked_day_and_drifts_no_further() -> None:
    then = _expected_at(deals(), 45)
    date, kind = expected_in(then, 0.75)
    assert date.tolist() == [45.0, 45.0]
    assert then["days_to_expected_close"].tolist() == [45.0, 45.0]
    # What was thought over stays so, and what was not does not become it.
    assert kind[1] == THOUGHT_OVER
    assert kind[0] != THOUGHT_OVER
    assert np.isnan(then["days_redated"][0])


def test_a_company_without_a_history_of_dates_is_asked_too() -> None:
    plain = deals()[["as_of", "expected_close"]]
    then = _expected_at(plain, 3)
    assert list(then.columns) == ["as_of", "expected_close"]
    assert ((then["expected_close"] - then["as_of"]).dt.days == 3).all()
