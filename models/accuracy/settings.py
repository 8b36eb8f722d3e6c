"""How few people or periods are too few to state an accuracy, and how ranges are drawn."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class AccuracySettings(BaseModel):
    """When a figure about past forecasts is stated, and with what range."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    least_rep_periods: int = Field(
        default=20, ge=1, description="Fewest rep-periods behind a figure about a group; below, it is `insufficient`."
    )
    least_reps: int = Field(default=5, ge=1, description="Fewest people behind a figure about a group.")
    least_own_periods: int = Field(
        default=4, ge=1, description="Fewest closed periods behind a figure about one rep's own past."
    )
    prior_periods: int = Field(
        default=4,
        ge=0,
        description="One person's bias counts n / (n + this) after n closed periods: few say little about a habit.",
    )
    nominal_interval: float = Field(
        default=0.90, gt=0.0, lt=1.0, description="Promise of the range around a figure, drawing whole periods again."
    )
    resamples: int = Field(default=500, ge=20, description="How often periods are drawn again for that range.")
    seed: int = Field(default=7, description="Seed of those draws: the same rows give the same range.")
