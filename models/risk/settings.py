"""Thresholds that turn chances into statuses and risk bands."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class RiskSettings(BaseModel):
    """When a forecast is an alarm, when it is fine, and when it says too little."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    act_below_80: float = Field(
        default=0.85,
        ge=0.0,
        le=1.0,
        description="Band `act` from this chance on that the rep ends below 80 % of quota. Higher: fewer alarms.",
    )
    on_track_attain: float = Field(
        default=0.50,
        ge=0.0,
        le=1.0,
        description="Band `on_track` from this chance of meeting quota on. Everyone else is `watch`.",
    )
    wide_width: float = Field(
        default=1.75,
        gt=0.0,
        description="Status `wide` when the 80 % range (q10 to q90) is wider than this share of quota.",
    )
    tiny_quota: float = Field(
        default=0.05,
        ge=0.0,
        lt=1.0,
        description="A quota below this share of the segment's median gives no attainment: the ratio would mislead.",
    )
    cold_start_days: int = Field(
        default=60, ge=0, description="Status `cold_start` for reps with fewer days in seat than this."
    )
    cold_start_pooled: float = Field(
        default=0.85,
        gt=0.0,
        le=1.0,
        description="Status `cold_start` also when more than this share of the forecast rests on similar reps.",
    )

    @model_validator(mode="after")
    def _bands_do_not_overlap(self) -> Self:
        # P(below 80 %) + P(attained) <= 1, so two thresholds that sum to more than 1 can never both be reached.
        if self.act_below_80 + self.on_track_attain <= 1.0:
            raise ValueError(
                f"act_below_80 {self.act_below_80} and on_track_attain {self.on_track_attain} sum to at most 1: a rep "
                "could stand in both bands; raise one of them"
            )
        return self
