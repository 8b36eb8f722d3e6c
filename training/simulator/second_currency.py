"""One region that sells in a currency of its own: its amounts converted, and the dated rates to read them with."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.domain.time import add_months
from training.simulator.market import Floats, Mask, day_number
from training.simulator.names import REGIONS
from training.simulator.organisation import Organisation

DATED_CONVERSION_RATE = ("IsoCode", "StartDate", "ConversionRate")
Days = npt.NDArray[np.object_]

REGION = 1
USUAL_RATE, MONTHLY_SD, MEMORY = 0.92, 0.015, 0.95


def second_code(first: str) -> str:
    """Return the currency of the region that does not sell in the company's own.

    Examples:
        >>> second_code("USD"), second_code("EUR")
        ('EUR', 'USD')
    """
    return "EUR" if first != "EUR" else "USD"


def rate_rows(org: Organisation, until: date) -> pd.DataFrame:
    """Return the rates that are known on a day: units of each currency per unit of the company's, from a day on."""
    months, rates = _rates(org)
    known = [day <= until for day in months]
    other = pd.DataFrame(
        {
            "IsoCode": second_code(org.settings.currency),
            "StartDate": [day.isoformat() for day in months],
            "ConversionRate": [f"{rate:.6f}" for rate in rates],
        }
    )[known]
    own = {"IsoCode": org.settings.currency, "StartDate": months[0].isoformat(), "ConversionRate": "1"}
    return pd.concat([pd.DataFrame([own]), other], ignore_index=True)


def _rates(org: Organisation) -> tuple[list[date], Floats]:
    """Return the first day of each month, burn-in included, and the rate that holds from it on."""
    first = org.calendar.periods[0].start
    months = [add_months(first, i) for i in range(3 * len(org.calendar.periods))]
    noise = np.random.default_rng(np.random.SeedSequence([org.settings.seed, 5])).standard_normal(len(months))
    deviation = 0.0
    rates = []
    for draw in noise:
        deviation = MEMORY * deviation + MONTHLY_SD * draw
        rates.append(round(USUAL_RATE * float(np.exp(deviation)), 6))
    return months, np.array(rates)


def converted(org: Organisation, tables: dict[str, pd.DataFrame], until: date) -> dict[str, pd.DataFrame]:
    """Return CRM tables with the amounts of one region in its own currency, and the table of rates.

    A won deal is converted at the rate of its close date, a refund at that of its day, a quota at that of its first
    day, and what is not won at that of the day on which the deal was created.

    Args:
        org: The organisation.
        tables: Its CRM tables, in the company's currency.
        until: Day of the export.
    """
    region = REGIONS[min(REGION, int(org.truth.seats["region"].max()))]
    users, accounts = (tables[name].set_index("Id")["Region__c"] for name in ("User", "Account"))
    deals, history = tables["Opportunity"], tables["OpportunityHistory"]
    own, born = (deals.set_index("Id")[name] for name in ("AccountId", "CreatedDate"))
    there = accounts.reindex(deals["AccountId"]).eq(region).to_numpy()
    changed = {
        "User": _labelled(org, tables["User"], tables["User"]["Region__c"].eq(region).to_numpy()),
        "Opportunity": _converted(
            org, _labelled(org, deals, there), "Amount", there, _dated(deals, deals["CreatedDate"])
        ),
        "OpportunityHistory": _converted(
            org,
            history,
            "Amount",
            accounts.reindex(own.reindex(history["OpportunityId"])).eq(region).to_numpy(),
            _dated(history, born.reindex(history["OpportunityId"])),
        ),
        "ForecastingQuota": _quotas(org, tables["ForecastingQuota"], users.eq(region)),
    }
    if "Order" in tables:
        orders = tables["Order"]
        back = accounts.reindex(orders["AccountId"]).eq(region).to_numpy()
        changed["Order"] = _converted(
            org, _labelled(org, orders, back), "TotalAmount", back, orders["EffectiveDate"].to_numpy(dtype=object)
        )
    return {**tables, **changed, "DatedConversionRate": rate_rows(org, until)}


def _quotas(org: Organisation, quotas: pd.DataFrame, there: pd.Series[bool]) -> pd.DataFrame:
    own = there.reindex(quotas["QuotaOwnerId"]).to_numpy(dtype=np.bool_)
    return _converted(org, _labelled(org, quotas, own), "QuotaAmount", own, quotas["StartDate"].to_numpy(dtype=object))


def _dated(rows: pd.DataFrame, created: pd.Series[str]) -> Days:
    """Return the day whose rate holds for each row: the close date of what is won, else that of creation."""
    won = (rows["IsWon"] == "true").to_numpy()
    close, born = rows["CloseDate"].to_numpy(dtype=object), created.str[:10].to_numpy(dtype=object)
    return np.asarray(np.where(won, close, born), dtype=np.object_)


def _labelled(org: Organisation, rows: pd.DataFrame, there: Mask) -> pd.DataFrame:
    own = org.settings.currency
    return rows.assign(CurrencyIsoCode=np.where(there, second_code(own), own))


def _converted(
    org: Organisation,
    rows: pd.DataFrame,
    column: str,
    there: Mask,
    day: Days,
) -> pd.DataFrame:
    months, rates = _rates(org)
    starts = np.array([day_number(month) for month in months])
    number = day.astype("datetime64[D]").astype(np.int64)
    place = np.maximum(np.searchsorted(starts, number, side="right") - 1, 0)
    amount = rows[column].astype(float).to_numpy() * np.where(there, rates[place], 1.0)
    return rows.assign(**{column: [f"{value:.2f}" for value in amount]})
