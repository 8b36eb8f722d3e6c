"""How long each deal stood in each stage, and how it left: read through the gate, for funnels."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from features.history.known import KnownFacts

STAY_COLUMNS = (
    "opportunity_id",
    "rep_id",  # owner when the deal left the stage; the latest one while it stands there
    "stage",
    "amount",  # currency; NaN when unknown
    "entered_days",  # days from the as_of back to the entry, >= 0
    "left_days",  # days from the as_of back to the leaving; NaN while it stands there
    "age_days",  # days from the deal's creation to the entry
    "next_stage",  # where it went; NaN when it closed or stands there
    "how",  # open | moved | won | lost
)
"""One row per stay of a deal in a stage that had not ended before the window."""

# Versions that change neither stage nor outcome belong to the stay before them. A win ends the stay it came from.
STAYS = """
WITH steps AS (
    SELECT opportunity_id, version, rep_id, stage, amount, outcome, changed_at, created_at,
        LAG(stage) OVER deal AS last_stage, LAG(outcome) OVER deal AS last_outcome,
        FIRST_VALUE(rep_id) OVER latest AS latest_rep, FIRST_VALUE(amount) OVER latest AS latest_amount
    FROM deal_states
    WINDOW deal AS (PARTITION BY opportunity_id ORDER BY version),
        latest AS (PARTITION BY opportunity_id ORDER BY version DESC)
),
turns AS (
    SELECT * FROM steps
    WHERE (outcome = 'open' AND stage IS NOT NULL
            AND (last_stage IS NULL OR last_stage <> stage OR last_outcome <> 'open'))
        OR (outcome <> 'open' AND last_outcome = 'open')
),
stays AS (
    SELECT opportunity_id, stage, outcome, changed_at AS entered_at, created_at, latest_rep, latest_amount,
        LEAD(changed_at) OVER deal AS left_at, LEAD(rep_id) OVER deal AS next_rep,
        LEAD(stage) OVER deal AS next_stage, LEAD(outcome) OVER deal AS next_outcome
    FROM turns
    WINDOW deal AS (PARTITION BY opportunity_id ORDER BY version)
)
SELECT opportunity_id, COALESCE(next_rep, latest_rep) AS rep_id, stage, CAST(latest_amount AS DOUBLE) AS amount,
    CAST(EPOCH(? - entered_at) AS DOUBLE) / 86400 AS entered_days,
    CAST(EPOCH(? - left_at) AS DOUBLE) / 86400 AS left_days,
    CAST(EPOCH(entered_at - created_at) AS DOUBLE) / 86400 AS age_days,
    CASE WHEN next_outcome = 'open' THEN next_stage END AS next_stage,
    CASE WHEN left_at IS NULL THEN 'open' WHEN next_outcome = 'open' THEN 'moved' ELSE next_outcome END AS how
FROM stays
WHERE outcome = 'open' AND entered_at < ? AND (left_at IS NULL OR left_at >= ?)
ORDER BY opportunity_id, entered_at
"""


def stage_stays(known: KnownFacts, *, days: int = 364) -> pd.DataFrame:
    """Return how deals stood in their stages during the last `days` days, as known by the as_of.

    Args:
        known: Facts behind the gate.
        days: Length of the window; stays that ended before it are left out.

    Returns:
        `STAY_COLUMNS`; empty where the source keeps no stages (grades C and D).
    """
    moment = known.as_of.instant.replace(tzinfo=None)
    since = moment - timedelta(days=days)
    found = known.con.execute(STAYS, [moment, moment, moment, since]).df()
    return found[list(STAY_COLUMNS)]


def no_stays() -> pd.DataFrame:
    """Return no stay at all."""
    return pd.DataFrame({name: pd.Series(dtype="float64" if name.endswith("days") else "str") for name in STAY_COLUMNS})
