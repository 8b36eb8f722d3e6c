"""The amount at the win against what the CRM said before."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.contracts import FloatArray
from models.simulation.amount_change import FARTHEST_FROM_USUAL, POOLED, AmountChange, from_usual, learn_amount_change

USUAL = 100.0


def usual(deals: pd.DataFrame) -> FloatArray:
    return np.full(len(deals), USUAL)


def learned(deals: pd.DataFrame) -> AmountChange:
    return learn_amount_change(deals, usual(deals))


def factors(change: AmountChange, deals: pd.DataFrame) -> FloatArray:
    return change.log_factor(deals, usual(deals))


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
    change = learned(deals)
    asked = pd.DataFrame({"stage": pd.Series(["early", "late", None], dtype="str"), "n_amount_changes": 0.0})
    early, late, unseen = factors(change, asked.assign(amount=100.0, days_since_priced=3.0, days_in_stage=3.0))
    assert np.log(0.5) < early < -0.55
    assert -0.1 < late < 0.0
    assert early < unseen < late


def test_an_amount_set_again_in_the_present_stage_is_trusted_more_than_a_first_guess() -> None:
    # First guesses are off by half or double, amounts set again by a tenth: their spreads must not be mixed.
    first = [frame(100.0, 50.0, "offer", 100), frame(100.0, 200.0, "offer", 100)]
    again = [frame(100.0, 90.0, "offer", 100, 1.0), frame(100.0, 110.0, "offer", 100, 1.0)]
    change = learned(pd.concat([*first, *again], ignore_index=True))
    grids, kind = change.grids(pd.concat([frame(1.0, 1.0, "offer", 1), frame(1.0, 1.0, "offer", 1, 1.0)]))
    guess, revised = grids[kind].std(axis=1)
    assert guess > 0.5
    assert revised < 0.35


def test_without_a_record_of_changes_the_stage_alone_decides() -> None:
    deals = frame(100.0, 80.0, "offer", 50).drop(columns=["n_amount_changes", "days_since_priced"])
    change = learned(deals)
    assert factors(change, deals.iloc[:1])[0] < -0.1


def test_nothing_seen_means_no_change() -> None:
    change = learned(frame(100.0, np.nan, "early", 5))
    assert factors(change, frame(1.0, 1.0, "early", 1)).tolist() == [0.0]
    assert not any(grid.any() for grid in change.residuals.values())


def test_the_change_survives_json() -> None:
    change = learned(frame(100.0, 80.0, "early", 40))
    again = AmountChange.from_json(change.to_json())
    assert again.factors == change.factors
    assert again.slopes == change.slopes
    assert all(np.array_equal(again.residuals[name], grid) for name, grid in change.residuals.items())


def regressing(n: int, stage: str = "offer") -> pd.DataFrame:
    """Guesses of twice and of half the usual amount that each come back half the way, seen in log."""
    high, low = frame(200.0, 200.0 / 2**0.5, stage, n), frame(50.0, 50.0 * 2**0.5, stage, n)
    return pd.concat([high, low], ignore_index=True)


def test_amounts_far_from_the_usual_fall_back_towards_it() -> None:
    change = learned(regressing(500))
    asked = pd.concat([frame(200.0, 1.0, "offer", 1), frame(100.0, 1.0, "offer", 1), frame(50.0, 1.0, "offer", 1)])
    high, level, low = factors(change, asked.reset_index(drop=True))
    assert -0.5 * np.log(2.0) <= high < -0.45 * np.log(2.0)
    assert level == pytest.approx(0.0, abs=1e-9)
    assert low == pytest.approx(-high)
    # What the slope explains is no spread any more.
    assert change.residuals["offer|first"].std() < 0.1


def test_an_origin_with_few_deals_leans_on_the_slope_of_all() -> None:
    flat = pd.concat([frame(200.0, 200.0, "late", 2), frame(50.0, 50.0, "late", 2)])
    change = learned(pd.concat([regressing(500), flat], ignore_index=True))
    assert change.slopes["offer|first"] < change.slopes["late|first"] < 0.0
    assert change.slopes["late|first"] < 0.75 * change.slopes[POOLED]


def test_an_amount_of_an_owner_nobody_knows_stays_where_it_is() -> None:
    assert from_usual(np.array([200.0, 0.0, np.nan]), np.array([0.0, 100.0, 100.0])).tolist() == [0.0, 0.0, 0.0]


def test_beyond_the_farthest_nothing_more_is_added() -> None:
    found = from_usual(np.array([1e9, 1e-9]), np.full(2, USUAL))
    assert found.tolist() == [FARTHEST_FROM_USUAL, -FARTHEST_FROM_USUAL]
