"""The accounting split adds up, and knows no gap without a quota."""

from __future__ import annotations

from typing import get_type_hints

import numpy as np
import pandas as pd

from models.contracts import ForecastPaths
from models.explain.accounting import accounting
from models.explain.documents import AccountingDoc
from tests.support.toy_company import toy_company


def test_parts_are_means_of_the_paths_and_gap_is_what_is_left() -> None:
    paths = ForecastPaths(
        pd.DataFrame({"quota": [200.0]}),
        np.array([50.0]),
        np.array([[10.0, 30.0, 20.0]]),
        np.array([[0.0, 0.0, 9.0]]),
    )
    # open (10 + 30 + 20) / 3 = 20, new 9 / 3 = 3, mean 50 + 20 + 3 = 73, gap 200 - 73 = 127
    assert accounting(paths) == [{"booked": 50.0, "open_deals": 20.0, "new_deals": 3.0, "mean": 73.0, "gap": 127.0}]


def test_without_a_quota_there_is_no_gap() -> None:
    quotas = [np.nan, 0.0, -5.0]
    paths = ForecastPaths(pd.DataFrame({"quota": quotas}), np.ones(3), np.ones((3, 2)), np.zeros((3, 2)))
    assert [doc["gap"] for doc in accounting(paths)] == [None, None, None]


def test_a_forecast_above_quota_has_a_negative_gap() -> None:
    paths = ForecastPaths(pd.DataFrame({"quota": [10.0]}), np.array([12.0]), np.zeros((1, 2)), np.zeros((1, 2)))
    assert accounting(paths)[0]["gap"] == -2.0


def test_parts_add_up_to_the_mean_to_the_last_bit() -> None:
    _, paths, _ = toy_company(50)
    for doc in accounting(paths):
        assert doc["booked"] + doc["open_deals"] + doc["new_deals"] == doc["mean"]


def test_the_mean_is_the_mean_of_the_final_amounts() -> None:
    _, paths, _ = toy_company(50)
    means = [doc["mean"] for doc in accounting(paths)]
    np.testing.assert_allclose(means, paths.attained.mean(axis=1), rtol=1e-12)


def test_documents_have_exactly_the_keys_of_their_type() -> None:
    _, paths, _ = toy_company(3)
    assert set(accounting(paths)[0]) == set(get_type_hints(AccountingDoc))
