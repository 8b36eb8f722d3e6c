"""The at-risk flags of a scoring run: they go on from those of the snapshot before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from models.contracts import TARGET_KEYS
from models.risk.alert_settings import AlertSettings
from models.risk.alerts import alerts, no_alerts
from service.scoring.documents import AlertDoc
from service.scoring.forecast_docs import iso

STORED = (*TARGET_KEYS, "since")
"""Columns of a stored flag, days as ISO text."""


def flagged_now(
    assessed: pd.DataFrame,
    rows: Sequence[int],
    before: Sequence[Mapping[str, object]],
    settings: AlertSettings,
    as_of: pd.Timestamp,
) -> pd.DataFrame:
    """Return who is flagged among the current targets.

    Args:
        assessed: Targets joined with their assessment.
        rows: Positions of the current targets.
        before: Flags of the snapshot before, `STORED`.
        settings: Thresholds and budget.
        as_of: Moment of knowledge.

    Returns:
        Output of `models.risk.alerts.alerts`, its index the positions.
    """
    found = alerts(assessed.iloc[list(rows)], _standing(before), settings, as_of=as_of)
    return found.set_axis(pd.Index(list(rows), dtype="int64"), axis="index")


def stored_flags(flags: pd.DataFrame) -> list[dict[str, str]]:
    """Return the flags that stand, as they are stored."""
    standing = flags[flags["at_risk"]]
    return [
        {
            "rep_id": str(row["rep_id"]),
            "period_start": iso(row["period_start"]),
            "period_end": iso(row["period_end"]),
            "metric": str(row["metric"]),
            "since": iso(row["since"]),
        }
        for row in standing.to_dict("records")
    ]


def alert_docs(flags: pd.DataFrame) -> dict[int, AlertDoc]:
    """Return what documents say about those who are flagged or wait to be, by position of the target."""
    told = flags[flags["at_risk"] | flags["waiting"]]
    return {
        int(str(row)): AlertDoc(
            since=iso(values["since"]) if values["at_risk"] else None, waiting=bool(values["waiting"])
        )
        for row, values in told.to_dict("index").items()
    }


def _standing(before: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    if not before:
        return no_alerts()
    frame = pd.DataFrame([{name: row[name] for name in STORED} for row in before])
    days = {name: pd.to_datetime(frame[name]) for name in ("period_start", "period_end", "since")}
    return frame.assign(**days, at_risk=True, waiting=False, p_miss=float("nan"))
