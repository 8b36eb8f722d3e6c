"""Deals as numbers: one order of columns, words by their win rate."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from models.simulation.encoding import OWN, WORDS, learn_encoder


def deals(stages: Sequence[str | None]) -> pd.DataFrame:
    n = len(stages)
    return pd.DataFrame(
        {
            "opportunity_id": [f"o{i}" for i in range(n)],
            "rep_id": "r",
            "as_of": pd.Timestamp("2024-06-30"),
            "segment": "smb",
            "source": pd.Series(["web"] * n, dtype="str"),
            "amount": 200.0,
            "stage": pd.Series(stages, dtype="str"),
            "created_on": pd.Timestamp("2024-06-01"),
            "expected_close": pd.Timestamp("2024-07-10"),
            "n_pushes": 1.0,
            "won_on": pd.NaT,
            "final_amount": np.nan,
        }
    )


def test_words_are_ranked_by_how_often_their_deals_are_won() -> None:
    stages = ["late"] * 100 + ["early"] * 100
    encoder = learn_encoder(deals(stages), np.array([True] * 60 + [False] * 140))
    assert encoder.ranks["stage"] == {"early": 0.0, "late": 1.0}


def test_labels_never_become_features() -> None:
    encoder = learn_encoder(deals(["a"]), np.array([False]))
    assert encoder.names == (*OWN, *WORDS, "n_pushes")


def test_unseen_words_and_missing_columns_are_unknown_not_zero() -> None:
    encoder = learn_encoder(deals(["a", None]), np.array([True, False]))
    row = encoder.matrix(deals(["b"]).drop(columns="n_pushes"), np.ones(1), np.full(1, 100.0))[0]
    values = dict(zip(encoder.names, row, strict=True))
    assert np.isnan(values["stage"])
    assert np.isnan(values["n_pushes"])
    assert values["age"] == 29.0
    assert values["days_to_expected"] == 10.0
    assert np.isclose(values["amount_to_owner_usual"], np.log(2.0))
