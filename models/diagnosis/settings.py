"""Settings of the diagnosis: who is compared, how sure a statement must be, and when the plan comes first."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class DiagnosisSettings(BaseModel):
    """How a miss is split, how the funnel is compared, and what may be claimed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    min_peers: int = Field(
        default=5, ge=1, description="Fewest other people behind any number about similar reps or a top quarter."
    )
    plan_first_above: float = Field(
        default=0.5,
        ge=0.0,
        lt=1.0,
        description="Share of a team that is flagged above which its answer begins with the plan, not the people.",
    )
    draws: int = Field(default=200, ge=50, description="Times that people and deals are drawn again for a range.")
    range_level: float = Field(default=0.9, gt=0.0, lt=1.0, description="Share of those draws inside a range.")
    usual_days: int = Field(default=364, ge=91, description="Days of the past that say what is usual.")
    prior_deals: float = Field(
        default=8.0, gt=0.0, description="Deals' worth of the group's habit in what is usual for one rep."
    )
    prior_change: float = Field(
        default=0.25,
        gt=0.0,
        description="Typical change of deal supply, win rate or deal size of a group between years, in logs.",
    )
    hard_below: float = Field(
        default=0.35,
        gt=0.0,
        lt=1.0,
        description="A quota is called hard where at most this share of similar reps would meet it, range included.",
    )
    easy_above: float = Field(
        default=0.80, gt=0.0, lt=1.0, description="A quota is called easy where more than this share would meet it."
    )
    min_exits: int = Field(default=8, ge=1, description="Fewest deals that left a stage before it is compared.")
    false_claims: float = Field(
        default=0.10,
        gt=0.0,
        lt=1.0,
        description="Share of companies or funnels without any true difference for which something may be claimed.",
    )
    permutations: int = Field(default=999, ge=99, description="Times that the top quarter is drawn at random.")
