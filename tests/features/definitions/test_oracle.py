"""Every value of the definitions equals what filtering by date gives, one rep and one as_of at a time."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from features.assemble import assemble
from features.domain.time import AsOf
from features.history.known import History
from tests.support.companies import CompanyPlan, toy_facts
from tests.support.oracle import ORACLES, attained, oracle_at

CUTOFFS = [date(2022, 3, 31), date(2022, 7, 14), date(2022, 7, 15), date(2022, 12, 31), date(2023, 5, 20)]


@pytest.fixture(scope="module")
def plan() -> CompanyPlan:
    return CompanyPlan(n_reps=8, deals_per_month=4)


@pytest.fixture(scope="module")
def targets(plan: CompanyPlan) -> pd.DataFrame:
    with History(toy_facts(plan), threads=1).known_by(AsOf(date(2023, 6, 30))) as known:
        return assemble(known, CUTOFFS).targets


@pytest.mark.parametrize("feature", sorted(ORACLES))
def test_a_feature_equals_the_naive_filter_by_date(feature: str, plan: CompanyPlan, targets: pd.DataFrame) -> None:
    facts = toy_facts(plan)
    compared = 0
    for day in CUTOFFS:
        at = oracle_at(facts, day)
        rows = targets[targets["as_of"] == pd.Timestamp(day)]
        for row in rows[["rep_id", feature]].drop_duplicates().itertuples(index=False):
            expected = ORACLES[feature](at, str(row[0]))
            assert row[1] == pytest.approx(expected, rel=1e-9, nan_ok=True), (day, row[0])
            compared += 1
    assert compared >= 30


def test_attained_is_what_was_booked_in_the_period_and_known(plan: CompanyPlan, targets: pd.DataFrame) -> None:
    facts = toy_facts(plan)
    oracles = {pd.Timestamp(day): oracle_at(facts, day) for day in CUTOFFS}
    for row in targets.to_dict("records"):
        expected = attained(oracles[row["as_of"]], row["rep_id"], row["period_start"].date(), row["period_end"].date())
        assert row["attained"] == pytest.approx(expected, rel=1e-12, abs=1e-9)
    assert (targets["attained"] != 0).sum() > 10
