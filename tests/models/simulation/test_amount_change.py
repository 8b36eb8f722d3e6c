"""The amount at the win against what the CRM said before."""

from __future__ import annotations

import numpy as np
import pandas as pd

from models.simulation.amount_change import AmountChange, learn_amount_change


def frame(now: float, final: float, stage: str, n: int, changes: float = 0.0) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "stage": pd.Series([stage] * n, dtype="str"),
            "amount": now,
            "final_amount": final,
            "n_amount_changes": changes,
            "days_since_priced": 3.0,
            "days_in_stage": 3.0,
        }
    )


def test_early_stages_that_shrink_are_believed_as_far_as_they_were_seen() -> None:
    deals = pd.concat([frame(100.0, 50.0, "early", 300), frame(100.0, 100.0, "late", 300)], ignore_index=True)
    change = learn_amount_change(deals)
    asked = pd.DataFrame({"stage": pd.Series(["early", "late", None], dtype="str"), "n_amount_changes": 0.0})
    early, late, unseen = change.log_factor(asked.assign(days_since_priced=3.0, days_in_stage=3.0))
    assert np.log(0.5) < early < -0.55
    assert -0.1 < late < 0.0
    assert early < unseen < late


def test_an_amount_set_again_in_the_present_stage_is_trusted_more_than_a_first_guess() -> None:
    # First guesses are off by half or double, amounts set again by a tenth: their spreads must not be mixed.
    first = [frame(100.0, 50.0, "offer", 100), frame(100.0, 200.0, "offer", 100)]
    again = [frame(100.0, 90.0, "offer", 100, 1.0), frame(100.0, 110.0, "offer", 100, 1.0)]
    change = learn_amount_change(pd.concat([*first, *again], ignore_index=True))
    grids, kind = change.grids(pd.concat([frame(1.0, 1.0, "offer", 1), frame(1.0, 1.0, "offer", 1, 1.0)]))
    guess, revised = grids[kind].std(axis=1)
    assert guess > 0.5
    assert revised < 0.35


def test_without_a_record_of_changes_the_stage_alone_decides() -> None:
    deals = frame(100.0, 80.0, "offer", 50).drop(columns=["n_amount_changes", "days_since_priced"])
    change = learn_amount_change(deals)
    assert change.log_factor(deals.iloc[:1])[0] < -0.1


def test_nothing_seen_means_no_change() -> None:
    change = learn_amount_change(frame(100.0, np.nan, "early", 5))
    assert change.log_factor(frame(1.0, 1.0, "early", 1)).tolist() == [0.0]
    assert not any(grid.any() for grid in change.residuals.values())


def test_the_change_survives_json() -> None:
    change = learn_amount_change(frame(100.0, 80.0, "early", 40))
    again = AmountChange.from_json(change.to_json())
    assert again.factors == change.factors
    assert all(np.array_equal(again.residuals[name], grid) for name, grid in change.residuals.items())
