"""What the routes of changes take and answer."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from service.http.documentation import model_of
from service.scoring.documents import Text

Sentence = model_of(Text)


class SinceQuery(BaseModel):
    """Since when."""

    model_config = ConfigDict(extra="forbid")

    since: Annotated[date, Field(description="Day; the newest forecast up to then is compared with.")]


class ChangedDeal(BaseModel):
    """One deal of a line."""

    deal_id: str
    label: str = Field(description="What people call it: its account, else its id.")
    amount: float
    points: float | None


class ChangeLine(BaseModel):
    """One line of the difference."""

    code: str
    label: Sentence  # type: ignore[valid-type]  # made from the contract when the module loads
    amount: float = Field(description="Change of the mean, currency; 0 for the lines `quota` and `shape`.")
    points: float | None = Field(description="In points of the quota; null without one.")
    deals: list[ChangedDeal] = Field(description="The deals that made most of it.")


class Moment(BaseModel):
    """One end of the comparison."""

    snapshot_id: str
    as_of: str
    model_version: str
    mean: float
    median: float
    quota: float | None
    median_points: float | None


class Changes(BaseModel):
    """What changed; the amounts of `lines` add up to the change of the mean, their points to that of the middle."""

    subject: str = Field(description="Rep or team.")
    period_start: str
    period_end: str
    currency: str
    before: Moment
    after: Moment
    change_amount: float
    change_points: float | None
    lines: list[ChangeLine]
