"""Each peer formula follows its public definition, with numbers worked by hand, and sees nothing of later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from models.contracts import CompanyState, FloatArray, TrainingHistory
from models.forecasters import all_forecasters, forecaster_named
from models.forecasters.coverage_rule import coverage_rule_point
from models.forecasters.dynamics import dynamics_point
from models.forecasters.gong import gong_point
from models.forecasters.hubspot import hubspot_point
from models.forecasters.learned_curve import learned_curve_point
from models.forecasters.past_states import past_states
from models.forecasters.pipeline import PastPipelines, pooled_ratio
from models.forecasters.prior_attainment import prior_attainment_point, quota_growth
from tests.support import frames
from tests.support.states import toy_history

JANUARY = "2024-01-31"
Q1 = ("2024-01-01", "2024-03-31")
# 2024-01-01..03-31 has 65 working days, 23 of them in January; 60 days of the quarter are left after January.
LEFT = 42 / 65


def row(rep: str, period: tuple[str, str], as_of: str, attained: float, **columns: object) -> dict[str, object]:
    tenure_days = columns.pop("tenure_days", 3000)
    assert isinstance(tenure_days, int)
    return {**frames.target(rep, *period, as_of, attained=attained, tenure_days=tenure_days), **columns}


# Two quarters of the past, each seen after its first month; ann and bob share a segment.
PAST = [
    (row("ann", ("2023-07-01", "2023-09-30"), "2023-07-31", 10.0), 50.0),
    (row("ann", ("2023-10-01", "2023-12-31"), "2023-10-31", 20.0), 80.0),
    (row("bob", ("2023-10-01", "2023-12-31"), "2023-10-31", 0.0), 30.0),
]
BOOKED = frames.bookings(
    [
        ("ann", "2023-07-10", 10.0),
        ("ann", "2023-09-20", 40.0),
        ("ann", "2023-10-10", 20.0),
        ("ann", "2023-11-15", 45.0),
        ("ann", "2023-12-20", 15.0),
        ("bob", "2023-12-01", 30.0),
        ("ann", "2024-01-20", 30.0),
    ]
)


def past_deal(
    rep: str, as_of: str, amount: float, stage: str, expected: str, *, won: str | None = None
) -> dict[str, object]:
    return frames.deal(rep, amount, stage, expected, as_of=as_of, won_on=won, final_amount=amount if won else None)


PAST_DEALS = frames.deals(
    [
        past_deal("ann", "2023-07-31", 40.0, "proposal", "2023-09-15", won="2023-09-20"),
        past_deal("ann", "2023-07-31", 60.0, "proposal", "2023-09-30"),
        past_deal("ann", "2023-10-31", 45.0, "proposal", "2023-11-30", won="2023-11-15"),
        past_deal("ann", "2023-10-31", 50.0, "proposal", "2023-12-31", won="2024-01-20"),  # won too late
        past_deal("ann", "2023-10-31", 15.0, "closing", "2024-02-01", won="2023-12-20"),  # not due, yet won in time
        past_deal("bob", "2023-10-31", 90.0, "closing", "2023-12-15"),
    ],
    labelled=True,
)
OPEN = frames.deals(
    [
        frames.deal("ann", 100.0, "proposal", "2024-03-31"),
        frames.deal("ann", 70.0, "closing", "2024-02-01"),
        frames.deal("ann", 30.0, "proposal", "2024-04-01"),  # due next quarter
        frames.deal("bob", 60.0, "closing", None),  # without an expected close
        frames.deal("bob", float("nan"), "closing", "2024-02-01"),  # without an amount
    ]
)


def now(**columns: object) -> CompanyState:
    rows = [row("ann", Q1, JANUARY, 30.0, **columns), row("bob", Q1, JANUARY, 0.0, **columns)]
    return frames.state(JANUARY, rows, BOOKED, OPEN)


def past() -> PastPipelines:
    return PastPipelines.of(frames.history(now(), PAST, PAST_DEALS))


def test_gong_adds_weighted_pipeline_and_what_usually_came_in_later() -> None:
    ann, bob = gong_point(now(), past())
    # At this point 2 of 4 due proposals were won by the end of the quarter, and 0 of 1 due closings.
    # Ann: quarter 3 brought 50 - 10 attained - 40 from due deals = 0 more, quarter 4 brought 80 - 20 - 45 = 15.
    assert ann == pytest.approx(30 + 100 * 2 / 4 + 70 * 0 + (0 + 15) / 2)
    # Bob: nothing due with an amount; his one quarter brought 30 - 0 - 0.
    assert bob == pytest.approx(30.0)


def test_gong_takes_the_mean_of_the_segment_for_a_rep_without_a_past() -> None:
    state = replace(now(), targets=now().targets.assign(rep_id=["ann", "new"]))
    assert gong_point(state, past())[1] == pytest.approx((0 + 15 + 30) / 3)


def test_gong_learns_rates_per_segment_and_borrows_those_of_all() -> None:
    rows = [({**target, "segment": "ent" if target["rep_id"] == "bob" else "smb"}, final) for target, final in PAST]
    seen = PastPipelines.of(frames.history(now(), rows, PAST_DEALS))
    # In smb nobody has shown what a due closing is worth: bob's (none of 1) stands in; a proposal is 2 of 4.
    assert gong_point(now(segment="smb"), seen)[0] == pytest.approx(30 + 50 + 0 + 7.5)


def test_dynamics_adds_what_open_deals_yield_and_the_usual_share_of_new_ones() -> None:
    ann, bob = dynamics_point(now(), past())
    # All open deals then: 40 + 60 + 45 + 50 + 15 + 90 = 300; won in time of these: 40 + 45 + 15 = 100.
    # The quarters brought 50 + 80 + 30 = 160; of that 30 was attained and 100 was open, so 30 was new.
    yield_, new = 100 / 300, 30 / 160
    # Ann's usual quarter is (50 + 80) / 2, bob's (0 + 30) / 2: bookings are known since July.
    assert ann == pytest.approx(30 + 200 * yield_ + 65 * new)
    assert bob == pytest.approx(0 + 60 * yield_ + 15 * new)


def test_a_past_at_another_point_of_the_period_does_not_count_beside_one_at_the_same() -> None:
    others = [(row("ann", ("2023-10-01", "2023-12-31"), day, 0.0), 80.0) for day in ("2023-09-30", "2023-12-15")]
    seen = PastPipelines.of(frames.history(now(), [*PAST, *others], PAST_DEALS))
    assert np.array_equal(gong_point(now(), seen), gong_point(now(), past()))
    assert np.array_equal(dynamics_point(now(), seen), dynamics_point(now(), past()))


def test_the_nearest_point_stands_in_where_none_is_the_same() -> None:
    late = [(row("ann", ("2023-10-01", "2023-12-31"), "2023-12-15", 65.0), 80.0)]
    seen = PastPipelines.of(frames.history(now(), late, PAST_DEALS))
    # In the middle of December no deal was open, and 80 - 65 were still to come: for ann, and for bob as her equal.
    assert gong_point(now(), seen).tolist() == [45.0, 15.0]


def test_another_length_of_period_never_stands_in() -> None:
    month = [({**frames.target("ann", "2023-12-01", "2023-12-31", "2023-12-15", grain="month"), "attained": 5.0}, 9.0)]
    seen = PastPipelines.of(frames.history(now(), month, PAST_DEALS))
    # Nothing was seen of a quarter: what is attained is all that the formulas can say.
    assert gong_point(now(), seen).tolist() == [30.0, 0.0]
    assert dynamics_point(now(), seen).tolist() == [30.0, 0.0]


def test_only_reps_who_sat_there_for_all_of_a_period_are_learned_from() -> None:
    part = [({**PAST[0][0], "exposure": 0.5}, 50.0), ({**PAST[1][0], "status": "left"}, 80.0), PAST[2]]
    seen = PastPipelines.of(frames.history(now(), part, PAST_DEALS))
    assert seen.targets["rep_id"].tolist() == ["bob"]


def test_only_the_last_year_is_learned_from() -> None:
    known = past().before(pd.Timestamp("2024-10-15"))
    assert known.targets["period_end"].astype(str).tolist() == ["2023-12-31"] * 2
    assert past().before(pd.Timestamp("2023-12-30")).stages["deals"].tolist() == [2]


def test_measures_other_than_revenue_have_no_pipeline() -> None:
    calls = now(metric="calls")
    assert coverage_rule_point(calls).tolist() == [30.0, 0.0]
    assert gong_point(calls, past()).tolist() == [30.0, 0.0]
    assert dynamics_point(calls, past()).tolist() == [30.0, 0.0]


def test_coverage_takes_a_third_of_what_is_due() -> None:
    assert coverage_rule_point(now()) == pytest.approx([30 + (100 + 70) / 3, 0.0])


def test_hubspot_lets_the_last_three_months_go_on() -> None:
    # The 91 days up to January 31 begin on November 2: 45 + 15 + 30 for ann, 30 for bob.
    assert hubspot_point(now()) == pytest.approx([30 + 90 * LEFT, 0 + 30 * LEFT])


def test_hubspot_gives_a_month_a_third_of_three_months_and_a_beginner_the_mean() -> None:
    rows = [
        {**frames.target("ann", "2024-02-01", "2024-02-29", JANUARY, grain="month")},
        {**frames.target("zoe", "2024-02-01", "2024-02-29", JANUARY, grain="month", tenure_days=90)},
    ]
    assert hubspot_point(frames.state(JANUARY, rows, BOOKED)).tolist() == [30.0, 30.0]


def test_the_learned_curve_divides_by_what_is_usual_with_as_many_days_left() -> None:
    # With 60 days left, that is by August 1 and November 1, ann had 10 of 50 and 20 of 80, bob 0 of 30.
    ann, bob = learned_curve_point(now())
    assert ann == pytest.approx(30 / (30 / 160))
    assert bob == 0.0


def test_the_learned_curve_is_one_per_segment() -> None:
    state = replace(now(), targets=now().targets.assign(segment=["smb", "ent"], attained=[30.0, 5.0]))
    ann, bob = learned_curve_point(state)
    assert ann == pytest.approx(30 / (30 / 130))
    # Bob's segment has booked nothing by then: the mean of his quarters stands in.
    assert bob == pytest.approx(15.0)


def test_the_learned_curve_on_day_zero_is_the_trailing_mean() -> None:
    eve = "2023-12-31"
    rows = [row("ann", Q1, eve, 0.0), row("bob", Q1, eve, 0.0)]
    state = frames.state(eve, rows, BOOKED[BOOKED["known_on"] <= pd.Timestamp(eve)])
    assert learned_curve_point(state) == pytest.approx([65.0, 15.0])


def test_prior_attainment_carries_the_share_of_quota_over() -> None:
    # Ann booked 80 of a quota of 80 (now 100, a change of 1.25): all of it. Bob has no earlier quota: 30 again.
    rows = now().targets.assign(quota_change=[1.25, np.nan])
    assert prior_attainment_point(replace(now(), targets=rows)).tolist() == [100.0, 30.0]


def test_prior_attainment_is_not_less_than_what_is_attained() -> None:
    rows = now().targets.assign(quota_change=[0.1, 1.0])
    assert prior_attainment_point(replace(now(), targets=rows)).tolist() == [30.0, 30.0]


def test_a_period_ahead_is_held_against_the_quota_of_the_last_closed_one() -> None:
    ahead = row("ann", ("2024-04-01", "2024-06-30"), JANUARY, 0.0, quota=150.0)
    targets = pd.DataFrame([ahead, row("ann", Q1, JANUARY, 30.0)]).assign(quota_change=[1.5, 1.25])
    # 100 is 1.25 x 80, so 150 is 1.875 x 80; the change of 1.5 is against the quota that still runs.
    assert quota_growth(targets).tolist() == [1.875, 1.25]


def test_without_the_feature_the_quota_counts_as_unchanged() -> None:
    assert np.isnan(quota_growth(now().targets)).all()
    assert prior_attainment_point(now()).tolist() == [80.0, 30.0]


def test_a_ratio_of_nothing_is_nothing() -> None:
    seen = pd.DataFrame({"stage": ["x"], "won": [0.0], "deals": [0.0]})
    asked = pd.DataFrame({"stage": ["x", "y"]})
    assert pooled_ratio(seen, asked, ["stage"], [], top="won", bottom="deals").tolist() == [0.0, 0.0]


PEERS = ("coverage_rule", "dynamics", "gong", "hubspot", "learned_curve", "prior_attainment", "stage_weighted")


@pytest.mark.parametrize("name", PEERS)
def test_the_paths_tell_the_number_that_the_formula_names(name: str) -> None:
    history = toy_history(n_reps=4, n_periods=5, seed=3)
    paths = forecaster_named(name).fit(history).simulate(history.now, 8, seed=1)
    point = np.asarray(paths.metadata["point"], dtype=np.float64)
    assert point.shape == (len(history.now.targets),)
    assert np.all(point >= paths.booked)
    assert np.any(point > paths.booked)


@pytest.mark.parametrize("point", [gong_point, dynamics_point])
def test_what_becomes_known_later_never_changes_what_a_formula_said(
    point: Callable[[CompanyState, PastPipelines], FloatArray],
) -> None:
    history = toy_history(n_reps=5, n_periods=7, seed=4)
    everything = PastPipelines.of(history)
    told = 0
    for state, _ in past_states(history):
        then = PastPipelines.of(known_at(history, state))
        assert np.allclose(point(state, everything), point(state, then), rtol=1e-12)
        told += int(len(then.before(pd.Timestamp(state.as_of)).targets) > 0)
    assert told > 10


def known_at(history: TrainingHistory, state: CompanyState) -> TrainingHistory:
    """Return the history as it could have been read at the as_of of `state`: outcomes of later are open."""
    day = pd.Timestamp(state.as_of)
    deals = history.deals[history.deals["as_of"] <= day]
    targets = history.targets[(history.targets["as_of"] <= day) & (history.targets["period_end"] <= day)]
    won = deals["won_on"].where(deals["won_on"] <= day)
    later = deals.assign(won_on=won, final_amount=deals["final_amount"].where(won.notna()))
    return TrainingHistory(now=state, targets=targets.assign(final_attained=np.nan), deals=later)


def test_every_peer_is_found_by_its_name() -> None:
    assert set(PEERS) <= set(all_forecasters())
