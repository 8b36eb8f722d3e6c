"""Small frames of deals' lives and targets, written out by hand."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from features.domain.vocabulary import REVENUE
from models.contracts import LIFECYCLE_COLUMNS, TARGET_COLUMNS

Life = tuple[str, str, str, str | None, float | None]
"""(rep, created, outcome, closed, amount)."""


def lifecycles(rows: Sequence[Life], segment: str = "smb") -> pd.DataFrame:
    """Return one deal per row, numbered in order."""
    frame = pd.DataFrame(rows, columns=["rep_id", "created_on", "outcome", "closed_on", "amount"])
    frame["opportunity_id"] = [f"o{i:03d}" for i in range(len(frame))]
    frame["segment"], frame["source"] = segment, "web"
    for column in ("created_on", "closed_on"):
        frame[column] = pd.to_datetime(frame[column]).astype("datetime64[us]")
    return frame.astype({"amount": "float64"})[list(LIFECYCLE_COLUMNS)]


def targets(rows: Sequence[tuple[str, str, str]], as_of: str, **columns: object) -> pd.DataFrame:
    """Return one target per (rep, first day, last day); other columns by name, else plain values."""
    frame = pd.DataFrame(rows, columns=["rep_id", "period_start", "period_end"])
    plain: dict[str, object] = {
        "metric": REVENUE,
        "as_of": as_of,
        "grain": "quarter",
        "rep_name": frame["rep_id"],
        "team_id": "t",
        "segment": "smb",
        "currency": "USD",
        "quota": 100.0,
        "quota_source": "given",
        "attained": 0.0,
        "elapsed": 0.0,
        "days_left": 30,
        "starts_in": 0,
        "tenure_days": 1_000,
        "exposure": 1.0,
        "status": "",
        "reason": "",
    }
    frame = frame.assign(**{**plain, **columns})
    for column in ("period_start", "period_end", "as_of"):
        frame[column] = pd.to_datetime(frame[column]).astype("datetime64[us]")
    return frame[list(TARGET_COLUMNS)]
