"""`assemble` decides who is a target, which periods are open and which status facts alone give; numbers by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from features.assemble import Frames, assemble, booked_days
from features.columns import (
    BOOKING_COLUMNS,
    DEAL_COLUMNS,
    LIFECYCLE_COLUMNS,
    REP_COLUMNS,
    TARGET_COLUMNS,
    TEAM_QUOTA_COLUMNS,
)
from features.definitions.registry import feature_names
from features.definitions.render import DEAL_FEATURES
from features.domain.errors import LookAheadError, UsageError
from features.domain.time import AsOf, Grain, Period, WorkCalendar
from features.domain.vocabulary import Grade
from features.history.known import History
from features.history.source import DatasetInfo
from tests.support.companies import BEGINNING, CompanyPlan, FactWriter, moment, toy_facts, toy_history

JUNE, QUARTER = (date(2024, 6, 1), date(2024, 6, 30)), (date(2024, 4, 1), date(2024, 6, 30))
AS_OF = date(2024, 6, 10)


def add_rep(writer: FactWriter, rep: str, **values: object) -> None:
    row: dict[str, Any] = {
        "rep_id": rep,
        "name": rep.upper(),
        "segment": "smb",
        "hire_date": date(2023, 6, 11),
        **values,
    }
    writer.add("reps", moment(BEGINNING), **row)


def add_quota(
    writer: FactWriter,
    rep: str | None,
    amount: int,
    period: tuple[date, date] = JUNE,
    *,
    known: date | None = None,
    import_id: str = "first",
    **values: object,
) -> None:
    known = known or period[0] - timedelta(days=30)
    row: dict[str, Any] = {"rep_id": rep, "period_start": period[0], "period_end": period[1], "metric": "revenue"}
    row |= {"source": "given", "amount": amount, **values}
    writer.add("quotas", moment(known), import_id=import_id, **row)


def add_booking(
    writer: FactWriter,
    rep: str,
    day: date,
    amount: int,
    *,
    known: date | None = None,
    import_id: str = "first",
    **values: object,
) -> None:
    number = len(writer.rows.get("bookings", []))
    row: dict[str, Any] = {"booking_id": f"b{number}", "rep_id": rep, "occurred_at": moment(day), "occurred_on": day}
    row |= {"amount": amount, "metric": "revenue", "status": "counted", "grain": "transaction", "split": 1.0, **values}
    writer.add("bookings", moment(known or day), import_id=import_id, **row)


def frames(
    writer: FactWriter,
    cutoffs: list[date] | None = None,
    *,
    grade: Grade = Grade.D,
    calendar: WorkCalendar | None = None,
) -> Frames:
    facts = writer.facts(DatasetInfo("hand", calendar or WorkCalendar(), grade))
    days = cutoffs or [AS_OF]
    with History(facts, threads=1).known_by(AsOf(days[-1])) as known:
        return assemble(known, days)


def small_company() -> FactWriter:
    """One rep with a June quota of 1,000, 300 of it booked by 10 June; 2,000 booked in May."""
    writer = FactWriter()
    add_rep(writer, "ann")
    add_quota(writer, "ann", 1_000)
    add_booking(writer, "ann", date(2024, 5, 20), 2_000)
    add_booking(writer, "ann", date(2024, 6, 5), 400)
    add_booking(writer, "ann", date(2024, 6, 7), -100)
    add_booking(writer, "ann", date(2024, 6, 8), 5_000, status="not counted")
    add_booking(writer, "ann", date(2024, 6, 9), 7_000, known=date(2024, 6, 12))
    return writer


def only(frame: pd.DataFrame) -> pd.Series:
    assert len(frame) == 1
    return frame.iloc[0]


def begun(frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out the next period, which is open too."""
    return frame[frame["starts_in"] <= 1].reset_index(drop=True)


def test_a_target_holds_what_is_known_of_quota_bookings_and_time() -> None:
    row = only(begun(frames(small_company()).targets))
    assert (row["rep_id"], row["rep_name"], row["grain"], row["status"]) == ("ann", "ANN", "month", "")
    assert (row["quota"], row["attained"]) == (1_000, 300)
    assert row["elapsed"] == 6 / 20  # June 3-7 and 10, of the 20 working days of June 2024
    assert (row["days_left"], row["starts_in"], row["tenure_days"], row["exposure"]) == (20, 0, 365, 1.0)


def test_pace_and_needed_speed_follow_from_the_same_numbers() -> None:
    row = only(begun(frames(small_company()).targets))
    assert row["attainment_so_far"] == pytest.approx(0.3)
    assert row["pace"] == pytest.approx(0.3 / 0.3)
    assert row["bookings_28d"] == 2_300  # 14 May to 10 June
    assert row["required_speed"] == pytest.approx((700 / 20) / (2_300 / 364))
    assert row["quota_vs_usual"] == pytest.approx((1_000 / 30) / (2_300 / 364))
    assert row["days_since_booking"] == 5  # 5 June; the refund of 7 June is no gain


def test_the_season_is_missing_until_bookings_reach_back_a_year() -> None:
    writer = small_company()
    assert only(begun(frames(writer).targets))[["last_year_period", "season_index"]].isna().all()
    add_booking(writer, "ann", date(2023, 6, 1), 50)  # outside of the trailing 364 days
    add_booking(writer, "ann", date(2023, 6, 20), 230)
    row = only(begun(frames(writer).targets))
    assert row["last_year_period"] == 280
    assert row["season_index"] == pytest.approx(280 * 364 / 30 / (2_300 + 230))


def test_what_a_source_cannot_know_is_missing_and_never_zero() -> None:
    row = only(begun(frames(small_company()).targets))
    missing = ["open_pipeline", "open_deals", "pipeline_coverage", "win_rate", "activities_28d", "overdue_share"]
    assert row[missing].isna().all()


def test_without_open_deals_where_others_have_some_the_pipeline_is_zero() -> None:
    writer = small_company()
    add_rep(writer, "bob")
    state: dict[str, Any] = {
        "opportunity_id": "d",
        "version": 1,
        "changed_at": moment(date(2024, 6, 1)),
        "rep_id": "bob",
    }
    state |= {"created_at": moment(date(2024, 6, 1)), "created_on": date(2024, 6, 1), "outcome": "open", "amount": 50}
    writer.add("deal_states", moment(date(2024, 6, 1)), **state)
    row = only(begun(frames(writer, grade=Grade.A).targets))
    assert (row["rep_id"], row["open_pipeline"], row["open_deals"]) == ("ann", 0, 0)


def test_at_the_end_of_a_month_the_next_month_and_its_quarter_are_open() -> None:
    writer = small_company()
    add_quota(writer, "ann", 3_500, QUARTER)
    found = frames(writer, [date(2024, 5, 31)]).targets[["grain", "period_start", "period_end", "starts_in"]]
    assert found.to_numpy().tolist() == [
        ["quarter", pd.Timestamp("2024-04-01"), pd.Timestamp("2024-06-30"), 0],
        ["month", pd.Timestamp("2024-06-01"), pd.Timestamp("2024-06-30"), 1],
        ["month", pd.Timestamp("2024-07-01"), pd.Timestamp("2024-07-31"), 31],
        ["quarter", pd.Timestamp("2024-07-01"), pd.Timestamp("2024-09-30"), 31],
    ]


def test_the_next_period_is_open_before_anybody_has_set_its_quota() -> None:
    targets = frames(small_company(), [date(2024, 6, 10)]).targets
    assert targets["period_start"].tolist() == [pd.Timestamp("2024-06-01"), pd.Timestamp("2024-07-01")]
    assert targets["status"].tolist() == ["", "no_quota"]


def test_the_next_period_is_open_as_soon_as_its_quota_is_known() -> None:
    writer = small_company()
    july = (date(2024, 7, 1), date(2024, 7, 31))
    add_quota(writer, "ann", 1_200, july)  # known 30 days before: on 1 June
    add_quota(writer, "ann", 1_300, (date(2024, 8, 1), date(2024, 8, 31)), known=date(2024, 6, 1))
    targets = frames(writer).targets
    assert targets["period_start"].tolist() == [pd.Timestamp("2024-06-01"), pd.Timestamp("2024-07-01")]
    assert targets["quota_change"].tolist()[1] == pytest.approx(1.2)


def test_quotas_of_retail_months_are_forecast_for_their_own_weeks() -> None:
    writer = FactWriter()
    add_rep(writer, "ann")
    add_quota(writer, "ann", 1_000, (date(2024, 6, 2), date(2024, 6, 29)))  # the four weeks of fiscal June
    add_quota(writer, "ann", 1_300, (date(2024, 6, 30), date(2024, 8, 3)))  # the five of fiscal July
    add_booking(writer, "ann", date(2024, 6, 1), 7_000)  # the last day of fiscal May
    add_booking(writer, "ann", date(2024, 6, 2), 400)

    targets = frames(writer).targets

    assert targets["period_start"].tolist() == [pd.Timestamp("2024-06-02"), pd.Timestamp("2024-06-30")]
    assert targets["period_end"].tolist() == [pd.Timestamp("2024-06-29"), pd.Timestamp("2024-08-03")]
    assert targets["grain"].tolist() == ["month", "month"]
    assert (targets["quota"].tolist(), targets["attained"].tolist()) == ([1_000, 1_300], [400, 0])


def test_a_quota_revised_later_counts_only_from_then_on() -> None:
    writer = small_company()
    add_quota(writer, "ann", 4_000, known=date(2024, 6, 8), import_id="second")
    targets = begun(frames(writer, [date(2024, 6, 7), date(2024, 6, 8)]).targets)
    assert targets["quota"].tolist() == [1_000, 4_000]


def test_without_any_quota_fiscal_quarters_are_forecast() -> None:
    writer = FactWriter()
    add_rep(writer, "ann")
    add_booking(writer, "ann", date(2024, 5, 20), 2_000)
    targets = frames(writer, calendar=WorkCalendar(fiscal_start_month=2)).targets
    assert targets["period_start"].tolist() == [pd.Timestamp("2024-05-01"), pd.Timestamp("2024-08-01")]
    assert targets["status"].tolist() == ["no_quota", "no_quota"]
    assert targets["attained"].tolist() == [2_000, 0]


def test_a_rep_with_bookings_but_no_quota_has_a_status_instead_of_silence() -> None:
    writer = small_company()
    add_rep(writer, "bob")
    add_booking(writer, "bob", date(2024, 6, 3), 50)
    add_rep(writer, "never_seen")
    targets = begun(frames(writer).targets)
    assert targets["rep_id"].tolist() == ["ann", "bob"]
    row = targets.iloc[1]
    assert (row["status"], row["attained"]) == ("no_quota", 50)
    assert row["reason"] == "There is no quota above zero for this period."
    assert pd.isna(row["attainment_so_far"])


def test_a_quota_far_below_the_segment_gives_no_ratio_to_rely_on() -> None:
    writer = small_company()
    for rep, amount in (("bob", 1_000), ("cat", 49), ("dan", 50), ("eve", 1_000)):
        add_rep(writer, rep)
        add_quota(writer, rep, amount)
    targets = begun(frames(writer).targets).set_index("rep_id")
    assert targets["status"].to_dict() == {"ann": "", "bob": "", "cat": "no_quota", "dan": "", "eve": ""}
    assert "twentieth of the median" in str(targets.loc["cat", "reason"])


def test_a_rep_who_left_in_the_period_is_marked_and_later_periods_are_not_forecast() -> None:
    writer = small_company()
    add_quota(writer, "ann", 1_200, (date(2024, 7, 1), date(2024, 7, 31)))
    row: dict[str, Any] = {"rep_id": "ann", "name": "ANN", "segment": "smb", "hire_date": date(2023, 6, 11)}
    writer.add("reps", moment(date(2024, 6, 9)), import_id="hr", **row, end_date=date(2024, 6, 9))
    before, after = (frames(writer, [day]).targets for day in (date(2024, 6, 8), date(2024, 6, 9)))
    assert before["status"].tolist() == ["", ""]
    assert after["status"].tolist() == ["left"]
    assert only(begun(after))["exposure"] == pytest.approx(9 / 30)


def test_an_end_that_is_still_to_come_changes_nothing() -> None:
    writer = FactWriter()
    add_rep(writer, "ann", end_date=date(2024, 6, 20))
    add_quota(writer, "ann", 1_000)
    add_booking(writer, "ann", date(2024, 6, 5), 400)
    found = frames(writer)
    row = only(begun(found.targets))
    assert (row["status"], row["exposure"]) == ("", 1.0)
    assert found.reps["end_date"].isna().all()


def test_too_little_of_the_period_in_seat_is_said() -> None:
    writer = small_company()
    add_rep(writer, "new", hire_date=date(2024, 6, 26))
    add_quota(writer, "new", 1_000)
    assert begun(frames(writer).targets)["rep_id"].tolist() == ["ann"]  # not hired yet on 10 June
    row = begun(frames(writer, [date(2024, 6, 27)]).targets).set_index("rep_id").loc["new"]
    assert row["status"] == "insufficient_exposure"  # 5 of 30 days
    assert row["exposure"] == pytest.approx(5 / 30)


def test_silence_of_more_than_45_days_is_stale() -> None:
    writer = small_company()
    add_quota(writer, "ann", 1_000, (date(2024, 7, 1), date(2024, 7, 31)))
    targets = begun(
        frames(writer, [date(2024, 7, 27), date(2024, 7, 28)]).targets
    )  # the last fact became known on 12 June
    assert targets["status"].tolist() == ["", "stale"]


def test_team_goals_are_kept_apart() -> None:
    writer = small_company()
    add_quota(writer, None, 9_000, team_id="north")
    found = frames(writer)
    assert begun(found.targets)["quota"].tolist() == [1_000]
    row = only(found.team_quotas)
    assert (row["team_id"], row["quota"], row["grain"]) == ("north", 9_000, "month")


def test_a_revised_booking_is_taken_back_on_the_day_the_revision_is_known() -> None:
    writer = FactWriter()
    add_rep(writer, "ann")
    add_quota(writer, "ann", 1_000)
    add_booking(writer, "ann", date(2024, 6, 3), 400, booking_id="x")
    add_booking(writer, "ann", date(2024, 6, 3), 250, booking_id="x", known=date(2024, 6, 7), import_id="second")
    rows = frames(writer).bookings[["known_on", "amount", "n"]].to_numpy().tolist()
    assert rows == [[pd.Timestamp("2024-06-03"), 400.0, 1], [pd.Timestamp("2024-06-07"), -150.0, 0]]


def test_a_split_booking_credits_its_share() -> None:
    writer = small_company()
    add_booking(writer, "ann", date(2024, 6, 10), 1_000, split=0.25)
    assert only(begun(frames(writer).targets))["attained"] == 550


def test_frames_have_the_columns_of_the_contract() -> None:
    with toy_history().known_by(AsOf(date(2023, 6, 30))) as known:
        found = assemble(known, [date(2022, 12, 31)])
    assert tuple(found.targets.columns) == (*TARGET_COLUMNS, *feature_names())
    assert tuple(found.deals.columns) == (*DEAL_COLUMNS, *DEAL_FEATURES)
    assert tuple(found.bookings.columns) == BOOKING_COLUMNS
    assert tuple(found.lifecycles.columns) == LIFECYCLE_COLUMNS
    assert tuple(found.reps.columns) == REP_COLUMNS
    assert tuple(found.team_quotas.columns) == TEAM_QUOTA_COLUMNS
    assert {str(found.targets[name].dtype) for name in feature_names()} == {"float64"}


def test_elapsed_is_that_of_the_calendar() -> None:
    calendar = WorkCalendar(holidays=frozenset({date(2022, 7, 4)}), extra_workdays=frozenset({date(2022, 7, 9)}))
    days = [date(2022, 7, 3), date(2022, 7, 4), date(2022, 7, 9), date(2022, 7, 31)]
    with History(toy_facts(CompanyPlan(n_reps=2), calendar=calendar), threads=1).known_by(AsOf(days[-1])) as known:
        targets = assemble(known, days).targets
    for row in targets.to_dict("records"):
        expected = calendar.elapsed(_period(row), AsOf(row["as_of"].date()))
        assert row["elapsed"] == pytest.approx(expected, abs=1e-15)


def _period(row: dict[str, Any]) -> Period:
    return Period(row["period_start"].date(), row["period_end"].date())


def test_one_grain_can_be_asked_for() -> None:
    with toy_history().known_by(AsOf(date(2023, 6, 30))) as known:
        months = assemble(known, [date(2022, 12, 31)], grains=[Grain.MONTH]).targets
    assert set(months["grain"]) == {"month"}
    assert months.index.tolist() == list(range(len(months)))


def test_a_cutoff_after_the_facts_is_refused() -> None:
    with toy_history().known_by(AsOf(date(2022, 6, 30))) as known, pytest.raises(LookAheadError, match="2022-07-01"):
        assemble(known, [date(2022, 7, 1)])


def test_no_cutoff_is_refused() -> None:
    with toy_history().known_by(AsOf(date(2022, 6, 30))) as known, pytest.raises(UsageError, match="no cutoff"):
        assemble(known, [])


def test_the_day_of_the_company_decides_not_that_of_utc() -> None:
    writer = small_company()
    known = moment(date(2024, 6, 10), 20)  # 11 June, 4 o'clock, in Shanghai
    row: dict[str, Any] = {
        "booking_id": "late",
        "rep_id": "ann",
        "occurred_at": known,
        "occurred_on": date(2024, 6, 11),
    }
    row |= {"amount": 10_000, "metric": "revenue", "status": "counted", "grain": "transaction", "split": 1.0}
    writer.add("bookings", known, **row)
    facts = writer.facts(DatasetInfo("hand", calendar=WorkCalendar(zone="Asia/Shanghai")))
    with History(facts, threads=1).known_by(AsOf(AS_OF, "Asia/Shanghai")) as view:
        assert only(begun(assemble(view, [AS_OF]).targets))["attained"] == 300


def test_a_company_without_facts_has_empty_frames() -> None:
    found = frames(FactWriter())
    assert len(found.targets) == len(found.deals) == len(found.bookings) == 0


def test_two_threads_give_the_bytes_of_one() -> None:
    facts = toy_facts(CompanyPlan(n_reps=8))
    days = [date(2022, 7, 14), date(2022, 12, 31), date(2023, 5, 20)]
    results = []
    for threads in (1, 2):
        with History(facts, threads=threads).known_by(AsOf(days[-1])) as known:
            results.append(assemble(known, days))
    assert results[0].targets.equals(results[1].targets)
    assert results[0].deals.equals(results[1].deals)


def test_bookings_alone_are_those_of_the_frames() -> None:
    history = toy_history()
    with history.known_by(AsOf(AS_OF)) as known:
        whole = assemble(known, [AS_OF]).bookings
    with history.known_by(AsOf(AS_OF)) as known:
        alone = booked_days(known)
    assert len(alone)
    pd.testing.assert_frame_equal(alone, whole)
