"""What the forecast routes answer."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from service.http.documentation import model_of
from service.scoring.documents import TeamForecastDoc

TeamForecast = model_of(TeamForecastDoc)


class PastPageQuery(BaseModel):
    """Which part of the history."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=50, ge=1, le=200, description="At most so many snapshots.")
    before: int | None = Field(default=None, ge=1, le=2**31 - 1, description="`next` of the page before.")


class ForecastRow(BaseModel):
    """One row of `paceline score --out`: one rep, open period and metric; amounts in `currency`."""

    model_config = ConfigDict(extra="allow")

    rep_id: str
    period_start: str
    period_end: str
    metric: str


class PastSnapshot(BaseModel):
    """What was forecast for the rep at one moment; never changed afterwards."""

    snapshot_id: str
    created_at: str
    as_of: str
    model_version: str
    dataset_version: str
    bundle_sha: str
    status: str
    forecasts: list[ForecastRow]


class ForecastHistory(BaseModel):
    """Snapshots of a rep, newest first."""

    rep_id: str
    items: list[PastSnapshot]
    next: int | None = Field(description="Send as `before` for the next page; null on the last.")
