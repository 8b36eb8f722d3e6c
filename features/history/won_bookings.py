"""Bookings derived from won deals, for companies whose deals are their only record of what was sold."""

from __future__ import annotations

from features.domain.vocabulary import REVENUE
from features.history.workbench import ImportFrame

PREFIX = "won:"
"""Start of the `booking_id` of a booking that was derived from a deal."""


def plan_won_bookings(frame: ImportFrame) -> int:
    """Create `plan_won` from `plan_deal_states`: one booking per won deal, with the versions it went through.

    The booking stands at the moment of the win with the owner of that moment; an amount edited later is a new
    version of it, and a win taken back removes it.

    Returns:
        Number of won deals without an amount, which give no booking.
    """
    currency = frame.currency.replace("'", "''")
    frame.con.execute(f"""
        CREATE TABLE plan_won AS
        WITH marked AS (
            SELECT *, outcome = 'won' AS won, coalesce(lag(outcome = 'won') OVER deal, false) AS won_before
            FROM plan_deal_states WHERE NOT deleted
            WINDOW deal AS (PARTITION BY opportunity_id ORDER BY version)),
        runs AS (
            SELECT *,
                last_value(CASE WHEN won AND NOT won_before THEN changed_at END IGNORE NULLS) OVER deal AS won_at,
                last_value(CASE WHEN won AND NOT won_before THEN rep_id END IGNORE NULLS) OVER deal AS winner
            FROM marked
            WINDOW deal AS (PARTITION BY opportunity_id ORDER BY version ROWS UNBOUNDED PRECEDING)),
        versions AS (
            SELECT * FROM runs WHERE (won AND amount IS NOT NULL) OR won_before
            QUALIFY row_number() OVER (PARTITION BY opportunity_id, _known ORDER BY version DESC) = 1),
        stated AS (
            SELECT '{PREFIX}' || opportunity_id AS booking_id, winner AS rep_id, won_at AS occurred_at,
                CASE WHEN won THEN amount END AS amount, '{REVENUE}' AS metric, '{currency}' AS currency,
                'counted' AS status, 'transaction' AS grain, CAST(1 AS DOUBLE) AS split, account_id,
                CAST(NULL AS VARCHAR) AS product_id, opportunity_id, {frame.day("won_at")} AS occurred_on, _known,
                NOT won AS deleted
            FROM versions)
        SELECT * REPLACE (coalesce(amount, 0) AS amount) FROM stated
        QUALIFY (occurred_at, amount, rep_id, deleted) IS DISTINCT FROM
            lag((occurred_at, amount, rep_id, deleted)) OVER (PARTITION BY booking_id ORDER BY _known)""")
    return frame.count(
        "(SELECT opportunity_id FROM plan_deal_states WHERE NOT deleted GROUP BY 1 "
        "HAVING arg_max(outcome, version) = 'won' AND arg_max(amount IS NULL, version))"
    )
