"""Settings of the reasons: who counts as similar, and which reasons are worth naming."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class ExplainSettings(BaseModel):
    """Who a rep is compared with, and how large a reason must be before it is named."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    min_peers: int = Field(
        default=5,
        ge=1,
        description="Fewest other people in a group of similar reps; a smaller group would show single colleagues.",
    )
    tenure_bands_days: tuple[int, ...] = Field(
        default=(182, 548),
        description="Days in the job at which a rep moves to the next tenure band, ascending.",
    )
    widen: bool = Field(
        default=False,
        description="Whether reps with too few people alike are compared with their whole segment, then with everyone.",
    )
    min_points: float = Field(
        default=2.0,
        ge=0.0,
        description="Points of quota below which a reason is not named but counted under everything else.",
    )
    max_drivers: int = Field(
        default=5,
        ge=1,
        description="Most reasons that are named; the rest is counted under everything else.",
    )
    tiny_quota: float = Field(
        default=0.05,
        ge=0.0,
        description="Share of the usual quota of the segment below which points of quota would mislead.",
    )
    min_deals: int = Field(
        default=20,
        ge=2,
        description="Fewest open deals, of more than `min_peers` owners, that a deal is compared with.",
    )
    max_deals: int = Field(
        default=5,
        ge=0,
        description="Most open deals of a rep that are shown with their reasons; the rest is one sum.",
    )
    max_deal_reasons: int = Field(default=3, ge=1, description="Most reasons that are named for one deal.")
    resamples: int = Field(
        default=64, ge=16, description="Times the similar reps are drawn again to see how sure a reason is."
    )
    range_level: float = Field(
        default=0.9,
        gt=0.0,
        lt=1.0,
        description="Share of those draws inside the range of a reason; one whose range crosses zero is not named.",
    )
