"""A company with targets in revenue and in units, returns included, from files to scorecards and the API."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from deltalake import DeltaTable
from starlette.testclient import TestClient

from features.domain.vocabulary import Role
from paceline.cli import main
from paceline.commands.demo import demo_day
from service.app import create_app
from service.people import add_user, issue_token
from service.settings import ServeSettings
from service.storage.engine import Storage
from training.simulator.crm_export import write_crm_export
from training.simulator.organisation import simulate
from training.simulator.settings import SimulatorSettings

pytestmark = pytest.mark.slow

MAPPING = """
mapping: 1
name: two-measures
extends: salesforce
returns_allowed: true
counted: [units]
files: {units: {path: units.csv}, unit_quotas: {path: unit_quotas.csv}}
tables:
  bookings:
    from:
      file: units
      columns: {booking_id: id, rep_id: rep, occurred_at: day, amount: units, metric: {constant: units}}
  quotas:
    from:
      - file: quotas
        columns:
          rep_id: QuotaOwnerId
          period_start: StartDate
          period_end: EndDate__c
          amount: QuotaAmount
          published_at: PublishedDate__c
      - file: unit_quotas
        columns:
          rep_id: rep
          period_start: start
          period_end: end
          amount: units
          published_at: published
          metric: {constant: units}
"""
PRICE = 1_000


def write_units(crm: Path) -> None:
    """Write units sold beside the deals: one per started 1,000, and half of every twelfth sale comes back."""
    deals = pd.read_csv(crm / "Opportunity.csv", dtype=str)
    won = deals[deals["IsWon"] == "true"].reset_index(drop=True)
    units = (won["Amount"].astype(float) // PRICE).astype(int) + 1
    sold = pd.DataFrame({"id": "s-" + won["Id"], "rep": won["OwnerId"], "day": won["CloseDate"], "units": units})
    back = sold.iloc[::12].assign(id=lambda rows: "b-" + rows["id"], units=lambda rows: -(rows["units"] // 2) - 1)
    back["day"] = (pd.to_datetime(back["day"]) + pd.Timedelta(days=20)).dt.strftime("%Y-%m-%d")
    back = back[back["day"] <= sold["day"].max()]
    pd.concat([sold, back]).to_csv(crm / "units.csv", index=False)
    quotas = pd.read_csv(crm / "ForecastingQuota.csv", dtype=str)
    targets = pd.DataFrame(
        {
            "rep": quotas["QuotaOwnerId"],
            "start": quotas["StartDate"],
            "end": quotas["EndDate__c"],
            "units": (quotas["QuotaAmount"].astype(float) // PRICE).astype(int),
            "published": quotas["PublishedDate__c"],
        }
    )
    targets.to_csv(crm / "unit_quotas.csv", index=False)


@dataclass(frozen=True)
class Scored:
    """The company after one scoring.

    Attributes:
        home: Home folder.
        rows: What `score --out` wrote.
        client: A client signed in as an administrator.
    """

    home: Path
    rows: pd.DataFrame
    client: TestClient


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Scored:
    """Import, train and score a company with two measures."""
    folder = tmp_path_factory.mktemp("measures")
    organisation = simulate(SimulatorSettings(reps=16, quarters=8, seed=7))
    today = demo_day(organisation).isoformat()
    crm, home, out = folder / "crm", folder / "home", folder / "scored.csv"
    write_crm_export(organisation, crm, until=demo_day(organisation))
    write_units(crm)
    (crm / "mapping.yml").write_text(MAPPING, encoding="utf-8")
    assert main(["--home", str(home), "ingest", str(crm), "--mapping", str(crm / "mapping.yml")]) == 0
    assert main(["--home", str(home), "train", "--as-of", today]) == 0
    assert main(["--home", str(home), "score", "--as-of", today, "--out", str(out)]) == 0
    storage = Storage.open(home)
    add_user(storage.engine, "head", Role.ADMIN, None)
    token = issue_token(storage.engine, "head")
    app = create_app(ServeSettings(database=home), storage=storage)
    rows = pd.read_csv(out, dtype={"rep_id": str, "currency": str}, keep_default_na=False, na_values={"quota": [""]})
    return Scored(home, rows, TestClient(app, headers={"Authorization": f"Bearer {token}"}))


def current(company: Scored, metric: str) -> pd.DataFrame:
    """Return the rows of the current quarter in one measure, by rep."""
    rows = company.rows[(company.rows["metric"] == metric) & (company.rows["period_start"] == "2022-10-01")]
    return rows.set_index("rep_id").sort_index()


def facts(company: Scored, table: str) -> pd.DataFrame:
    return DeltaTable(str(company.home / "facts" / table)).to_pandas()


def test_each_rep_has_a_row_per_measure_with_its_own_quota_and_bookings(company: Scored) -> None:
    revenue, units = current(company, "revenue"), current(company, "units")
    assert list(revenue.index) == list(units.index)
    assert len(units) > 10
    quotas = pd.DataFrame({"revenue": revenue["quota"], "units": units["quota"]}).dropna()
    assert len(quotas) > 10
    assert (quotas["units"] == quotas["revenue"] // PRICE).all()


def test_units_attained_are_sales_less_returns(company: Scored) -> None:
    booked = facts(company, "bookings")
    mine = booked[(booked["metric"] == "units") & (booked["occurred_on"].astype(str) >= "2022-10-01")]
    mine = mine[mine["known_on"].astype(str) <= company.rows["as_of"].iloc[0]]
    expected = mine.groupby("rep_id")["amount"].sum().astype(float)
    units = current(company, "units")["attained"].astype(float)
    assert (booked["amount"] < 0).sum() > 5
    assert units[units != 0].to_dict() == expected[expected != 0].to_dict()


def test_units_have_no_currency_and_revenue_has_the_company_s(company: Scored) -> None:
    assert set(company.rows.loc[company.rows["metric"] == "units", "currency"]) == {""}
    assert set(company.rows.loc[company.rows["metric"] == "revenue", "currency"]) == {"USD"}
    stored = facts(company, "bookings")
    assert set(stored.loc[stored["metric"] == "units", "currency"]) == {""}


def test_units_are_forecast_on_their_own_scale_and_ranges_open_upwards(company: Scored) -> None:
    served = current(company, "units")
    served = served[served["status"] == "ok"].astype({"quota": float, "q10": float, "q50": float, "q90": float})
    assert len(served) > 5
    assert (served["q10"] <= served["q50"]).all()
    assert (served["q50"] <= served["q90"]).all()
    # Quotas are some dozens to hundreds of units: nothing of the dollars may leak into them.
    assert served["q50"].max() < 5 * served["quota"].max()


def test_a_scorecard_leads_with_revenue_and_carries_units_beside_it(company: Scored) -> None:
    rep_id = current(company, "units").query("status == 'ok'").index[0]
    card = company.client.get(f"/v1/reps/{rep_id}/scorecard").json()
    assert [doc["metric"] for doc in card["forecasts"]][:2] == ["revenue", "units"]
    revenue, units = card["forecasts"][:2]
    assert (revenue["currency"], units["currency"]) == ("USD", "")
    assert revenue["pipeline_open"] is not None
    assert (units["pipeline_open"], units["pipeline_coverage"]) == (None, None)
    so_far = next(kpi["value"] for kpi in card["kpis"] if kpi["code"] == "attainment_so_far")
    assert so_far == pytest.approx(revenue["attained"] / revenue["quota"])


def test_a_team_forecast_sums_each_measure_by_itself(company: Scored) -> None:
    teams = sorted(set(company.rows["team_id"]) - {""})
    found = company.client.get(f"/v1/teams/{teams[0]}/forecast").json()
    mine = company.rows[(company.rows["team_id"] == teams[0]) & ~company.rows["status"].isin(["left"])]
    for doc in found["forecasts"]:
        rows = mine[(mine["metric"] == doc["metric"]) & (mine["period_start"] == doc["period_start"])]
        rows = rows[rows["period_end"] == doc["period_end"]]
        assert doc["attained"] == pytest.approx(rows["attained"].astype(float).sum())
        assert doc["mean"] == pytest.approx(rows["forecast_mean"].astype(float).sum(), rel=1e-6)
    assert [doc["metric"] for doc in found["forecasts"]][:2] == ["revenue", "units"]


@pytest.mark.parametrize(("lang", "name"), [("en", "Units · "), ("zh", "销量 · ")])
def test_the_page_of_a_rep_names_the_other_measure(lang: str, name: str, company: Scored) -> None:
    rep_id = current(company, "units").query("status == 'ok'").index[0]
    page = company.client.get(f"/reps/{rep_id}?lang={lang}")
    assert page.status_code == 200
    assert name in page.text


def test_stored_forecasts_hold_both_measures(company: Scored) -> None:
    rep_id = current(company, "units").query("status == 'ok'").index[0]
    told = json.dumps(company.client.get(f"/v1/reps/{rep_id}/forecasts").json())
    assert '"metric": "units"' in told
    assert '"metric": "revenue"' in told
