"""Settings of coaching: how effects are discounted, and the guardrails around what is shown."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class CoachingSettings(BaseModel):
    """How the effect of a play is estimated, and when a suggestion is withheld."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    transport_discount: float = Field(
        default=0.3,
        ge=0,
        le=1,
        description="Share of a model what-if that is expected to happen when a person tries it, until data says more.",
    )
    transport_sd: float = Field(
        default=0.2, gt=0, description="Standard deviation of that share between plays and people."
    )
    effect_sd_floor: float = Field(
        default=0.5, gt=0, description="Points of quota by which a what-if is unsure even when the gap is small."
    )
    feasible_quantile: float = Field(
        default=0.75,
        gt=0.5,
        lt=1,
        description="Quantile of similar reps, in the good direction, beyond which no target is set.",
    )
    spread_without_history: float = Field(
        default=0.9,
        gt=0,
        description="Without a past of the metric: share of the spread between similar reps that stands in for the "
        "rep's own spread over time (0.7 to 1.4, median 0.9, on simulated companies).",
    )
    largest_ratio: float = Field(
        default=2.0, gt=1, description="Largest factor by which a play may be assumed to change its lever."
    )
    range_level: float = Field(
        default=0.8, gt=0, lt=1, description="Share of plausible effects inside the range that is shown."
    )
    min_lift: float = Field(default=1.0, ge=0, description="Points of quota; a smaller expected effect is not shown.")
    min_p_positive: float = Field(
        default=0.7, ge=0.5, lt=1, description="Smallest probability that the effect is above zero."
    )
    helps_points: float = Field(
        default=2.0, ge=0, description="Points from which a factor already helps; no play claims to mend it then."
    )
    max_suggestions: int = Field(default=3, ge=1, description="Most suggestions for one rep.")
    max_when_struggling: int = Field(
        default=1, ge=1, description="Most suggestions for a rep who struggles; more would overload."
    )
    struggling_p_below_80: float = Field(
        default=0.6, gt=0, le=1, description="P(attainment < 0.8) from which a rep may count as struggling."
    )
    struggling_peer_share: float = Field(
        default=0.25, gt=0, le=1, description="Lowest share of similar reps, by mean attainment, that may count so."
    )
    effort_cap_hours: float = Field(default=10.0, gt=0, description="Most hours that all suggestions of a rep take.")
    next_period: bool = Field(
        default=True,
        description="Whether a play that comes too late for this period may be proposed for the next one.",
    )
