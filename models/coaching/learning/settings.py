"""Settings of learning from coaching: how far a play may turn out different, and how much may be tried."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class LearningSettings(BaseModel):
    """How plays are learned about, and how much exploring costs at most."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    typical_gap: float = Field(
        default=4.0, gt=0, description="Points expected of a what-if where published evidence is taken to hold."
    )
    base_sd: float = Field(
        default=0.8, gt=0, description="Points by which one play may differ from what is expected, whatever the gap."
    )
    gap_sd: float = Field(default=0.25, gt=0, description="Share by which it may differ of what the gap is worth.")
    shared_base_sd: float = Field(
        default=0.5, ge=0, description="Points by which all plays of a company may differ together."
    )
    shared_gap_sd: float = Field(default=0.15, ge=0, description="Share by which all plays may differ together.")
    evidence_sd: float = Field(
        default=0.3,
        ge=0,
        description="Share of what published evidence promises by which it may carry over more or less well.",
    )
    rank_sd: float = Field(default=0.5, gt=0, description="Points of difference from the median rank to either end.")
    curve_sd: float = Field(default=0.5, gt=0, description="The same for both ends of the ranks against the middle.")
    strong_sd: float = Field(default=0.7, gt=0, description="The same for the strong, where a play does not harm them.")
    newness_sd: float = Field(default=0.3, gt=0, description="The same for somebody in the first half-year.")
    harm_share: float = Field(
        default=0.7, gt=0, lt=1, description="Probability that some play lowers the results of the strong."
    )
    harm_mean: float = Field(default=6.0, gt=0, description="Points that such a play costs them.")
    harm_sd: float = Field(default=3.0, gt=0, description="The same, give or take.")
    period_sd: float = Field(
        default=5.0, gt=0, description="Points by which a metric may move for everybody in a period."
    )
    repeat_sd: float = Field(
        default=2.0, gt=0, description="Points that an earlier play on the same metric may still add."
    )
    harm_reach: float = Field(
        default=0.005,
        gt=0,
        lt=1,
        description="Largest share of the strong who may be expected to be harmed, as far as sparing them is paid for.",
    )
    near_sds: float = Field(
        default=1.0, gt=0, description="Only plays within so many posterior standard deviations of the best are tried."
    )
    explore_cost: float = Field(
        default=0.02, ge=0, lt=1, description="Largest share of the expected lift that may be given up to learn."
    )
    caution_share: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="Share of that which a learned policy spends on sparing the strong instead.",
    )
    explore_floor: float = Field(
        default=0.1, ge=0, le=1, description="Share of exploring that goes to the near-equal plays alike."
    )
    draws: int = Field(default=400, ge=50, description="Posterior draws from which chances are counted.")


class ProofSettings(BaseModel):
    """When the effect of a play may be stated, and when a new way of choosing plays may be let in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: float = Field(default=0.9, gt=0.5, lt=1, description="Coverage that intervals promise.")
    neighbours: int = Field(
        default=4, ge=1, description="Uncoached rep-periods that each coached one is compared with."
    )
    placebo_p: float = Field(
        default=0.05, gt=0, lt=1, description="p-value of the placebo below which groups differed before coaching."
    )
    worth_seeing: float = Field(
        default=5.0, gt=0, description="Smallest effect worth seeing, points: a refusal says how many it would take."
    )
    least_treated: int = Field(default=200, ge=2, description="Fewest coached rep-periods for an estimate of effects.")
    least_effective: float = Field(
        default=100.0, gt=0, description="Fewest effective rep-periods after weighting by chances."
    )
    overlap_low: float = Field(default=0.05, gt=0, lt=0.5, description="Chance below which nobody can be compared.")
    overlap_high: float = Field(default=0.95, gt=0.5, lt=1, description="Chance above which nobody can be compared.")
    largest_weight: float = Field(
        default=20.0, gt=1, description="Weight of one logged decision is cut at this in judging a new policy."
    )
    gate_slack: float = Field(
        default=0.0, ge=0, description="Points by which the lower bound of a new policy's gain may lie below zero."
    )
