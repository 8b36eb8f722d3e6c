"""Each kind of dirt does what it says at about its rate, touches nothing else, and leaves what happened as it was."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from training.simulator.crm_export import OPEN_STAGES, crm_tables
from training.simulator.dirt import TWIN
from training.simulator.market import day_number
from training.simulator.organisation import Organisation
from training.simulator.switches import Dirt

Tables = dict[str, pd.DataFrame]
ALL_TABLES = {
    "User",
    "UserRole",
    "UserTeamHistory__c",
    "Account",
    "Opportunity",
    "OpportunityHistory",
    "OpportunityFieldHistory",
    "Task",
    "ForecastingQuota",
}
DEALS = {"Opportunity", "OpportunityHistory"}


def dirty(org: Organisation, **switches: object) -> Organisation:
    """The same company with other paper."""
    return Organisation(org.settings.model_copy(update={"dirt": Dirt.model_validate(switches)}), org.truth)


@pytest.fixture(scope="module")
def clean(org: Organisation) -> Tables:
    return crm_tables(org)


def changed(one: Tables, other: Tables) -> set[str]:
    return {name for name in one if not one[name].equals(other.get(name))} | (set(other) - set(one))


@pytest.mark.parametrize(
    ("switches", "touched"),
    [
        ({"late_logging": 0.5}, {"Task"}),
        ({"missing_activities": 0.5}, {"Task"}),
        ({"late_edits": 0.5}, DEALS),
        ({"stage_skipping": 0.5}, DEALS),
        ({"stage_noise": 0.5}, DEALS),
        ({"owner_changes": 0.5}, {"Opportunity", "OpportunityFieldHistory", "Task"}),
        # a record that stays open longer, or is a second one, also goes to the successor
        ({"duplicates": 0.5}, DEALS | {"OpportunityFieldHistory"}),
        ({"bulk_closing": 0.5}, DEALS | {"OpportunityFieldHistory"}),
        ({"zombies": 0.5}, DEALS | {"OpportunityFieldHistory"}),
        ({"refunds": 0.5}, {"Order"}),
        (
            {"second_currency": True},
            {"User", "Opportunity", "OpportunityHistory", "ForecastingQuota", "DatedConversionRate"},
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_each_switch_touches_only_its_own_tables(
    org: Organisation, clean: Tables, switches: dict[str, object], touched: set[str]
) -> None:
    found = changed(clean, crm_tables(dirty(org, **switches)))
    assert found <= touched
    assert found >= touched - {"OpportunityFieldHistory"}


def test_without_a_switch_the_paper_is_clean(org: Organisation, clean: Tables) -> None:
    assert org.settings.dirt == Dirt()
    assert set(clean) == ALL_TABLES
    assert (org.reported["amount"] == org.bookings["amount"]).all()
    assert not (org.fates.handed >= 0).any() | (org.fates.edited >= 0).any() | (org.fates.refunded >= 0).any()


def test_two_switches_do_not_disturb_each_other(org: Organisation) -> None:
    """The deals that one kind hits are the same whether another kind is on or not."""
    alone, both = (
        dirty(org, late_edits=0.2, **more).fates
        for more in ({}, {"refunds": 0.3, "owner_changes": 0.3, "zombies": 0.1})
    )
    assert np.array_equal(alone.edited, both.edited)
    assert np.array_equal(alone.factor, both.factor)


def test_twelve_in_a_hundred_activities_are_logged_late_by_five_days_on_average(
    org: Organisation, clean: Tables
) -> None:
    tasks = crm_tables(dirty(org, late_logging=0.12))["Task"]
    assert clean["Task"].shape[0] * 0.98 < len(tasks) <= len(clean["Task"])
    moment, logged = (pd.to_datetime(tasks[name]) for name in ("ActivityDateTime", "CreatedDate"))
    delay = (logged - moment).dt.total_seconds() / 86_400
    late = delay > 0.0625
    # what is logged at once is logged within an hour and a half; exp(-0.0625 / 5) = 99 % of the late ones take longer
    assert late.mean() == pytest.approx(0.12, abs=0.01)
    assert delay[late].mean() == pytest.approx(5.0, abs=0.35)
    assert delay.min() >= 0


def test_eight_in_a_hundred_activities_are_never_logged(org: Organisation, clean: Tables) -> None:
    tasks = crm_tables(dirty(org, missing_activities=0.08))["Task"]
    assert len(tasks) / len(clean["Task"]) == pytest.approx(0.92, abs=0.005)


def history_of(tables: Tables) -> pd.DataFrame:
    rows = tables["OpportunityHistory"]
    return rows.assign(at=pd.to_datetime(rows["CreatedDate"])).sort_values(["OpportunityId", "at"], kind="stable")


def test_skipped_stages_let_the_next_one_jump(org: Organisation, clean: Tables) -> None:
    def entered(tables: Tables) -> int:
        rows = history_of(tables)
        rows = rows[rows["StageName"].isin(OPEN_STAGES[1:])]
        return len(rows.drop_duplicates(["OpportunityId", "StageName"]))

    skipping = crm_tables(dirty(org, stage_skipping=0.10))
    assert entered(skipping) / entered(clean) == pytest.approx(0.90, abs=0.01)
    assert skipping["Opportunity"]["IsWon"].equals(clean["Opportunity"]["IsWon"])


def test_noisy_stages_stand_one_off(org: Organisation, clean: Tables) -> None:
    some, every = (crm_tables(dirty(org, stage_noise=rate)) for rate in (0.15, 1.0))
    noisy, off, true = (
        tables["Opportunity"].loc[tables["Opportunity"]["IsClosed"] == "false", "StageName"].map(OPEN_STAGES.index)
        for tables in (some, every, clean)
    )
    # deals that never moved cannot be off
    assert ((off - true).abs() == (true > 0)).all()
    assert (noisy != true)[true > 0].mean() == pytest.approx(0.15, abs=0.08)
    assert (noisy == true)[true == 0].all()


def test_late_edits_change_the_amount_but_not_the_moment_of_a_win(org: Organisation, clean: Tables) -> None:
    soiled = dirty(org, late_edits=0.04)
    shown, before = (t["Opportunity"].set_index("Id") for t in (crm_tables(soiled), clean))
    won = before.index[before["IsWon"] == "true"]
    moved = shown.loc[won, "Amount"] != before.loc[won, "Amount"]
    assert moved.mean() == pytest.approx(0.04, abs=0.015)
    assert shown["ClosedDate__c"].equals(before["ClosedDate__c"])
    rows = history_of({"OpportunityHistory": crm_tables(soiled)["OpportunityHistory"]})
    rows = rows[(rows["IsWon"] == "true") & rows["OpportunityId"].isin(won[moved])]
    wait = rows.groupby("OpportunityId")["at"].agg(lambda at: (at.max() - at.min()).total_seconds() / 86_400)
    assert wait[wait > 0].min() > 0
    assert wait.max() < 11


def test_lost_deals_are_swept_together_on_the_last_working_day(org: Organisation, clean: Tables) -> None:
    shown, before = (
        t["Opportunity"][t["Opportunity"]["StageName"] == "Closed Lost"].set_index("Id")
        for t in (crm_tables(dirty(org, bulk_closing=0.10)), clean)
    )
    assert shown.index.equals(before.index)
    late = shown["CloseDate"] != before["CloseDate"]
    assert late.mean() == pytest.approx(0.10, abs=0.015)
    ends = {org.calendar.steps(quarter)[-1].day for quarter in range(org.settings.quarters)}
    assert {day_number(pd.Timestamp(day).date()) for day in shown.loc[late, "CloseDate"]} <= ends
    assert (shown.loc[late, "CloseDate"] > before.loc[late, "CloseDate"]).all()


def test_zombies_stay_open_for_ever(org: Organisation, clean: Tables) -> None:
    shown, before = (
        t["Opportunity"].set_index("Id")["StageName"] for t in (crm_tables(dirty(org, zombies=0.02)), clean)
    )
    lost = before.index[before == "Closed Lost"]
    assert (shown[lost] != "Closed Lost").mean() == pytest.approx(0.02, abs=0.008)
    assert set(shown[lost]) <= {"Closed Lost", *OPEN_STAGES}
    rest = before.index.difference(lost)
    assert shown[rest].equals(before[rest])


def test_second_records_look_like_the_first_and_are_never_won(org: Organisation, clean: Tables) -> None:
    tables = crm_tables(dirty(org, duplicates=0.02))
    deals, before = tables["Opportunity"].set_index("Id"), clean["Opportunity"].set_index("Id")
    twins = deals[~deals.index.isin(before.index)]
    assert len(twins) / len(before) == pytest.approx(0.02, abs=0.008)
    assert deals.loc[before.index].equals(before)
    first = before.set_index("Name").loc[twins["Name"]]
    assert first["AccountId"].tolist() == twins["AccountId"].tolist()
    assert set(twins["StageName"]) <= {OPEN_STAGES[0], "Closed Lost"}
    assert (twins["IsWon"] == "false").all()
    assert ((twins.index.str[3:].astype(int) - 1) >= TWIN).all()
    gap = pd.to_datetime(twins["CreatedDate"]).to_numpy() - pd.to_datetime(first["CreatedDate"]).to_numpy()
    assert gap.max() <= np.timedelta64(2, "h")


def test_handed_over_deals_go_to_a_team_mate_who_is_credited(org: Organisation) -> None:
    soiled = dirty(org, owner_changes=0.03)
    fates, deals = soiled.fates, soiled.truth.deals
    handed = fates.handed >= 0
    assert handed.mean() == pytest.approx(0.03, abs=0.006)
    team = org.truth.seats["team"].to_numpy()
    seat = deals["seat"].to_numpy()[handed]
    assert (team[fates.receiver[handed]] == team[seat]).all()
    assert (fates.receiver[handed] != seat).all()
    end = np.where(deals["closed"] >= 0, deals["closed"], day_number(org.last_day))[handed]
    assert (fates.handed[handed] >= deals["entered_0"].to_numpy()[handed]).all()
    assert (fates.handed[handed] < end).all()
    wins = soiled.reported.set_index("deal")
    moved = wins.loc[wins.index.intersection(np.flatnonzero(handed))]
    assert len(moved) > 5
    assert (moved["person"] == soiled.owner(moved["seat"].to_numpy(), moved["day"].to_numpy())).all()
    others = org.bookings.set_index("deal")["person"]
    assert (moved["person"] != others.loc[moved.index]).all()


def test_refunds_are_negative_bookings_of_the_winner_four_to_twelve_weeks_later(org: Organisation) -> None:
    soiled = dirty(org, refunds=0.2)
    rows = soiled.reported
    wins, refunds = rows[rows["kind"] == "win"].set_index("deal"), rows[rows["kind"] == "refund"].set_index("deal")
    # wins before the record, and those of which the refund would come after it, are not paid back
    early = wins[(wins["quarter"] >= 0) & (wins["day"] < day_number(org.last_day) - 84)]
    assert early.index.isin(refunds.index).mean() == pytest.approx(0.2, abs=0.04)
    win = wins.loc[refunds.index]
    assert (refunds["day"] - win["day"]).between(28, 84).all()
    assert (refunds["person"] == win["person"]).all()
    assert (-refunds["amount"] / win["amount"]).between(0.24, 1.0).all()
    orders = crm_tables(soiled)["Order"]
    assert orders["TotalAmount"].astype(float).sum() == refunds["amount"].sum()
    assert set(orders["IsReductionOrder"]) == {"true"}


def test_an_edit_is_not_shown_before_its_day(org: Organisation) -> None:
    soiled = dirty(org, late_edits=1.0)
    deal = int(np.flatnonzero(soiled.fates.edited >= 0)[-1])
    day = int(soiled.fates.edited[deal])
    signed, final = soiled.truth.deals["booked"][deal], soiled.recorded_amounts[deal]
    assert signed != final
    before, after = (soiled.reported_until(d).set_index("deal")["amount"][deal] for d in (day - 1, day))
    assert (before, after) == (signed, final)


def test_what_happened_does_not_depend_on_the_paper(org: Organisation) -> None:
    soiled = Organisation(org.settings.model_copy(update={"dirt": Dirt.all()}), org.truth)
    assert soiled.bookings.equals(org.bookings)
    assert not soiled.reported.equals(org.reported)
    assert soiled.outcomes["quota"].equals(org.outcomes["quota"])


def test_amounts_of_the_second_currency_lead_back_to_the_first_by_the_dated_rates(
    org: Organisation, clean: Tables
) -> None:
    tables = crm_tables(dirty(org, second_currency=True))
    rates = tables["DatedConversionRate"]
    assert list(rates.columns) == ["IsoCode", "StartDate", "ConversionRate"]
    euro = rates[rates["IsoCode"] == "EUR"].astype({"ConversionRate": float})
    deals = tables["Opportunity"]
    assert set(deals["CurrencyIsoCode"]) == {"USD", "EUR"}
    won = deals[(deals["IsWon"] == "true") & (deals["CurrencyIsoCode"] == "EUR")]
    place = euro["StartDate"].searchsorted(won["CloseDate"], side="right") - 1
    back = won["Amount"].astype(float).to_numpy() / euro["ConversionRate"].to_numpy()[place]
    first = clean["Opportunity"].set_index("Id").loc[won["Id"], "Amount"].astype(float)
    assert back == pytest.approx(first.to_numpy(), abs=0.01)
    plain = deals[deals["CurrencyIsoCode"] == "USD"].set_index("Id")["Amount"]
    assert plain.equals(clean["Opportunity"].set_index("Id").loc[plain.index, "Amount"])
