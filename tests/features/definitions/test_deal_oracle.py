"""What an open deal's record says equals what reading its versions one by one gives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest

from features.assemble import assemble
from features.domain.time import AsOf
from features.history.known import History
from tests.support.companies import CompanyPlan, toy_facts
from tests.support.oracle import NONE, Oracle, oracle_at

CUTOFFS = [date(2022, 3, 31), date(2022, 7, 14), date(2022, 12, 31), date(2023, 5, 20)]
Deal = list[dict[str, Any]]


def day_of(version: dict[str, Any]) -> date:
    return date.fromisoformat(str(version["changed_at"])[:10])


def dated(deal: Deal) -> list[tuple[date, bool]]:
    """Return the day of each change of the expected close, and whether the date before it still lay ahead."""
    found = [(day_of(deal[0]), False)] if deal[0]["expected_close"] is not None else []
    for before, after in pairwise(deal):
        old, new = before["expected_close"], after["expected_close"]
        if new is not None and new != old:
            found.append((day_of(after), old is not None and day_of(after) <= old))
    return found


def redated(deal: Deal) -> tuple[date, date] | None:
    """Return the expected close before and after the last change made while the old one still lay ahead."""
    found = None
    for before, after in pairwise(deal):
        old, new = before["expected_close"], after["expected_close"]
        if old is not None and new is not None and new != old and day_of(after) <= old:
            found = (old, new)
    return found


def days_redated(_: Oracle, deal: Deal) -> float:
    moved = redated(deal)
    return (moved[1] - moved[0]).days if moved else NONE


def days_to_redated_close(at: Oracle, deal: Deal) -> float:
    moved = redated(deal)
    return (moved[1] - at.day).days if moved else NONE


def priced(deal: Deal) -> list[date]:
    """Return the day of each change of the amount, the first amount included."""
    found = [day_of(deal[0])] if deal[0]["amount"] is not None else []
    return found + [day_of(b) for a, b in pairwise(deal) if b["amount"] is not None and b["amount"] != a["amount"]]


def touches(at: Oracle, deal: Deal) -> int:
    return sum(activity["opportunity_id"] == deal[0]["opportunity_id"] for activity in at.activities)


def age(at: Oracle, deal: Deal) -> int:
    return int((at.day - deal[-1]["created_on"]).days)


def attention(at: Oracle, deal: Deal) -> float:
    """Return this deal's activities a day beside those of all open deals of its owner."""
    own = at.open_of(deal[-1]["rep_id"])
    all_of_them, days = sum(touches(at, one) for one in own), sum(age(at, one) + 14 for one in own)
    if all_of_them == 0:
        return NONE
    return ((touches(at, deal) + 1) / (age(at, deal) + 14)) / ((all_of_them + 1) / days)


def pace_of_stages(_: Oracle, deal: Deal) -> float:
    moves = [day_of(b) for a, b in pairwise(deal) if a["stage"] != b["stage"]]
    return (moves[-1] - deal[-1]["created_on"]).days / len(moves) if moves else NONE


EXPECTED: dict[str, Callable[[Oracle, Deal], float]] = {
    "n_redates": lambda _, deal: sum(ahead for _, ahead in dated(deal)),
    "date_thought_over": lambda _, deal: float(dated(deal)[-1][1]) if dated(deal) else NONE,
    "days_since_dated": lambda at, deal: (at.day - dated(deal)[-1][0]).days if dated(deal) else NONE,
    "days_redated": days_redated,
    "days_to_redated_close": days_to_redated_close,
    "n_amount_changes": lambda _, deal: len(priced(deal)) - 1 if priced(deal) else NONE,
    "days_since_priced": lambda at, deal: (at.day - priced(deal)[-1]).days if priced(deal) else NONE,
    "days_per_stage": pace_of_stages,
    "deal_activities": touches,
    "deal_attention": attention,
}


@pytest.mark.parametrize("feature", sorted(EXPECTED))
def test_a_deal_feature_equals_reading_the_versions_one_by_one(feature: str) -> None:
    facts = toy_facts(CompanyPlan(n_reps=8, deals_per_month=4))
    with History(facts, threads=1).known_by(AsOf(date(2023, 6, 30))) as known:
        deals = assemble(known, CUTOFFS).deals
    told = set()
    for day in CUTOFFS:
        at = oracle_at(facts, day)
        versions = {deal[0]["opportunity_id"]: deal for deal in at.deals}
        rows = deals[deals["as_of"] == pd.Timestamp(day)].set_index("opportunity_id")[feature]
        assert len(rows) > 5
        for opportunity, value in rows.items():
            expected = EXPECTED[feature](at, versions[str(opportunity)])
            assert value == pytest.approx(expected, rel=1e-9, nan_ok=True), (day, opportunity)
            told.add(round(float(value), 6))
    assert len(told) > 1
