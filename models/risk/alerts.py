"""The at-risk flag: who a manager should talk to, few enough each week to do it, and steady enough to trust.

A rep is at risk of missing a running period when the chance of ending below quota reaches `raise_at`. The flag stays
until the chance falls below `release_at`. New flags beyond a team's weekly budget wait; the surest are raised first.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from models.contracts import TARGET_KEYS
from models.risk.alert_settings import AlertSettings
from models.risk.bands import BANDED

KEYS = list(TARGET_KEYS)
WEEK = pd.Timedelta(days=7)
ALERT_COLUMNS = (*TARGET_KEYS, "p_miss", "at_risk", "since", "waiting")
NO_TEAM = ""
"""Reps without a team share one budget."""


def no_alerts() -> pd.DataFrame:
    """Return what stood before the first look: nothing."""
    return pd.DataFrame(columns=list(ALERT_COLUMNS)).astype({"at_risk": bool, "waiting": bool, "p_miss": float})


def alerts(
    assessed: pd.DataFrame, before: pd.DataFrame, settings: AlertSettings, *, as_of: pd.Timestamp, weeks: float = 1.0
) -> pd.DataFrame:
    """Return who is flagged now.

    Args:
        assessed: One row per target of a running period: `TARGET_KEYS, team_id, status, p_attain`.
        before: What this function returned at the look before; `no_alerts()` at the first. Rows of other periods are
            of no account.
        settings: Thresholds and budget.
        as_of: The day of this look.
        weeks: Weeks of budget that this look may spend; more than 1 where looks lie further apart.

    Returns:
        `ALERT_COLUMNS`, one row per row of `assessed`, in its order: `p_miss` is NaN where the status carries no
        chance; `since` is the day of the look at which the flag was raised, NaT without one; `waiting` says that the
        chance is high enough but the team's budget was spent.

    Examples:
        >>> now = pd.DataFrame({"rep_id": ["a", "b"], "period_start": 0, "period_end": 1, "metric": "revenue",
        ...                     "team_id": "t", "status": "ok", "p_attain": [0.10, 0.15]})
        >>> found = alerts(now, no_alerts(), AlertSettings(weekly_budget=1), as_of=pd.Timestamp("2026-01-05"))
        >>> found[["at_risk", "waiting"]].to_numpy().tolist()
        [[True, False], [False, True]]
    """
    frame = assessed[[*KEYS, "team_id", "status", "p_attain"]].reset_index(drop=True)
    known = frame[KEYS].merge(before[[*KEYS, "at_risk", "since"]], on=KEYS, how="left")
    judged = frame["status"].isin([str(status) for status in BANDED]) & frame["p_attain"].notna()
    p_miss = (1.0 - frame["p_attain"].astype(float)).where(judged)
    # A comparison with NaN is False: without a chance nobody is flagged, and a flag is taken back.
    kept = known["at_risk"].eq(True) & (p_miss >= settings.release_at)
    since = pd.to_datetime(known["since"]).where(kept)
    wanted = (p_miss >= settings.raise_at) & ~kept
    raised = wanted & (_place(frame, p_miss, wanted) < _left(frame, kept & (since > as_of - WEEK), settings, weeks))
    return frame[KEYS].assign(
        p_miss=p_miss,
        at_risk=kept | raised,
        since=since.mask(raised, as_of),
        waiting=wanted & ~raised,
    )[list(ALERT_COLUMNS)]


def _teams(frame: pd.DataFrame) -> pd.Series:
    return frame["team_id"].fillna(NO_TEAM).astype(str)


def _place(frame: pd.DataFrame, p_miss: pd.Series, wanted: pd.Series) -> pd.Series:
    """Return the place of each wanted row in its team, 0 the surest; ties by rep and period."""
    order = frame.assign(team=_teams(frame), sure=-p_miss)[wanted].sort_values(["team", "sure", *KEYS], kind="stable")
    return order.groupby("team").cumcount().reindex(frame.index, fill_value=0)


def _left(frame: pd.DataFrame, lately: pd.Series, settings: AlertSettings, weeks: float) -> pd.Series:
    """Return how many new flags each row's team may still get."""
    spent = lately.astype(np.int64).groupby(_teams(frame)).transform("sum")
    return (np.floor(settings.weekly_budget * max(weeks, 1.0)) - spent).clip(lower=0)
