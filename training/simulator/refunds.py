"""Refunds as Salesforce keeps them: reduction orders with negative totals, and the mapping that declares them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from training.simulator.crm_values import days, identifiers, moments
from training.simulator.market import Ints
from training.simulator.organisation import Organisation
from training.simulator.paper_trail import DAY

ORDER = (
    "Id",
    "AccountId",
    "OpportunityId",
    "OwnerId",
    "EffectiveDate",
    "Status",
    "IsReductionOrder",
    "TotalAmount",
    "CurrencyIsoCode",
    "CreatedDate",
)
PAID_BACK_AT = 12 * 3_600

SALESFORCE_WITH_RETURNS = """\
mapping: 1
name: salesforce-with-returns
description: Salesforce objects as the built-in mapping reads them; reduction orders take bookings back.
extends: salesforce
returns_allowed: true
files:
  orders: {path: Order.csv}
tables:
  bookings:
    relation: append
    lag_days: 0
    from:
      - file: orders
        where: {IsReductionOrder: ["true"]}
        columns:
          booking_id: Id
          rep_id: OwnerId
          occurred_at: CreatedDate
          amount: TotalAmount
          metric: {constant: revenue}
          currency: {column: CurrencyIsoCode, optional: true}
          status: {constant: counted}
          grain: {constant: transaction}
          split: {constant: "1"}
          account_id: {column: AccountId, optional: true}
          opportunity_id: {column: OpportunityId, optional: true}
"""
"""What a company that takes bookings back adds to the built-in mapping of Salesforce."""

CANONICAL_WITH_RETURNS = """\
mapping: 1
name: canonical-with-returns
description: Canonical files; negative bookings are returns.
extends: canonical
returns_allowed: true
"""
"""The same for a company that only exports its bookings."""


def order_rows(org: Organisation, account: pd.Series[int], users: int, tomorrow: int) -> pd.DataFrame:
    """Return the reduction orders entered before a day.

    Args:
        org: The organisation.
        account: Account of each deal that stands in the CRM, by deal.
        users: How many user ids come before that of the first rep.
        tomorrow: First day that is not exported, days since 1970-01-01.
    """
    rows = refunds_of(org, tomorrow)
    rows = rows[rows["deal"].isin(account.index)]
    day: Ints = rows["day"].to_numpy(dtype=np.int64)
    return pd.DataFrame(
        {
            "Id": identifiers("801", rows["deal"]),
            "AccountId": identifiers("001", account.loc[rows["deal"]]),
            "OpportunityId": identifiers("006", rows["deal"]),
            "OwnerId": identifiers("005", rows["person"] + users),
            "EffectiveDate": days(day),
            "Status": "Activated",
            "IsReductionOrder": "true",
            "TotalAmount": [f"{amount:.2f}" for amount in rows["amount"]],
            "CurrencyIsoCode": org.settings.currency,
            "CreatedDate": moments(day * DAY + PAID_BACK_AT),
        }
    )


def refunds_of(org: Organisation, tomorrow: int) -> pd.DataFrame:
    """Return the refunds of `Organisation.reported` in the recorded quarters before a day."""
    rows = org.reported
    return rows[(rows["kind"] == "refund") & (rows["quarter"] >= 0) & (rows["day"] < tomorrow)].reset_index(drop=True)
