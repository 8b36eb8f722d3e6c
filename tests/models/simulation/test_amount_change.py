"""The amount at the win against what the CRM said before."""

from __future__ import annotations

import numpy as np
import pandas as pd

from models.simulation.amount_change import AmountChange, learn_amount_change


def frame(now: float, final: float, stage: str, n: int) -> pd.DataFrame:
    return pd.DataFrame({"stage": pd.Series([stage] * n, dtype="str"), "amount": now, "final_amount": final})


def test_early_stages_that_shrink_are_believed_as_far_as_they_were_seen() -> None:
    deals = pd.concat([frame(100.0, 50.0, "early", 300), frame(100.0, 100.0, "late", 300)], ignore_index=True)
    change = learn_amount_change(deals)
    early, late, unseen = change.log_factor(pd.Series(["early", "late", None], dtype="str"))
    assert np.log(0.5) < early < -0.55
    assert -0.1 < late < 0.0
    assert early < unseen < late


def test_nothing_seen_means_no_change() -> None:
    change = learn_amount_change(frame(100.0, np.nan, "early", 5))
    assert change.log_factor(pd.Series(["early"], dtype="str")).tolist() == [0.0]
    assert not change.residuals.any()


def test_the_change_survives_json() -> None:
    change = learn_amount_change(frame(100.0, 80.0, "early", 40))
    again = AmountChange.from_json(change.to_json())
    assert again.stages == change.stages
    assert np.array_equal(again.residuals, change.residuals)
