"""What the accuracy routes answer."""

from __future__ import annotations

from pydantic import BaseModel, Field

from models.bundle.accuracy import AccuracyDoc
from service.http.documentation import model_of

Backtest = model_of(AccuracyDoc)


class CallCell(BaseModel):
    """Calls of people at one lead time, beside the forecast that was served when they were made."""

    rows: int = Field(description="Calls whose period has settled; the newest of each person, target and lead time.")
    mae: float | None = Field(default=None, description="Mean absolute error of the calls, points of quota.")
    bias: float | None = Field(default=None, description="Mean error of the calls, points; above 0: too high.")
    forecast_mae: float | None = Field(
        default=None, description="Mean absolute error of the middles served at the same moments, points of quota."
    )


class Accuracy(BaseModel):
    """How good past forecasts were."""

    model_version: str | None = Field(description="The served model; None before the first forecast.")
    backtest: Backtest | None = Field(  # type: ignore[valid-type]  # made from the contract when the module loads
        description="The model's own rolling backtest; teams in scope only. None where it was trained without one."
    )
    calls: dict[str, CallCell] = Field(description="By lead time; people in scope only.")
