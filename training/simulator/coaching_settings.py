"""Known constants of simulated coaching: the plays, what they move, and how their effects build up and fade."""

from __future__ import annotations

from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from models.coaching.playbook import Grade

WEEKS = 13
"""Weeks of a quarter."""

BUILD_UP_WEEKS = 2.0
"""Weeks until a play has its full effect."""

DECAY_WEEKS = 20.0
"""Weeks in which an effect fades to 1/e once it is built up."""

METRICS = ("new_deals", "two_way", "pushes", "win_rate", "deal_size", "activities")
"""Proximal metrics, in standard deviations between reps, more is better."""

GRADE_MEAN: dict[Grade, float] = {"A": 4.0, "B": 2.0, "C": 1.0, "D": 0.0}
"""What the published evidence lets one expect of a play, points of quota."""


class SimulatedPlay(NamedTuple):
    """One play of the simulated company.

    Attributes:
        name: Its name; no play of the delivered playbook, of whose true effect nothing is known.
        metric: The proximal metric it moves.
        grade: Grade of the evidence that people have for it, right or wrong.
        kind: `helps`; `null` has no effect on anybody whatever its grade; `harms_top` lowers the results of the
            top quarter, as daily quotas did in the field experiment of Chung, Narayandas and Chang (2021).
    """

    name: str
    metric: str
    grade: Grade
    kind: Literal["helps", "null", "harms_top"] = "helps"


SIMULATED_PLAYS: tuple[SimulatedPlay, ...] = (
    SimulatedPlay("prospecting", "new_deals", "C"),
    SimulatedPlay("second_contact", "two_way", "C"),
    SimulatedPlay("close_plan", "pushes", "D"),
    SimulatedPlay("discovery", "win_rate", "B"),
    SimulatedPlay("exchange", "win_rate", "A"),
    SimulatedPlay("value_case", "deal_size", "C"),
    SimulatedPlay("milestones", "activities", "B", "harms_top"),
    SimulatedPlay("seminar", "two_way", "C", "null"),
)


class CoachingWorldSettings(BaseModel):
    """Size, noise and seed of a simulated company that coaches; the same settings give the same bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = Field(default=1, description="Seed of everything that is drawn.")
    reps: int = Field(default=200, ge=8, description="Reps, all in seat throughout.")
    history: int = Field(default=12, ge=5, description="Quarters on record before anybody is coached.")
    quarters: int = Field(default=8, ge=1, description="Quarters in which reps are coached.")
    level_mean: float = Field(default=0.9, description="Mean attainment without coaching.")
    level_sd: float = Field(default=0.15, ge=0, description="Spread of attainment that no metric tells.")
    habit_sd: float = Field(default=1.0, ge=0, description="Spread of a metric that stays with a rep.")
    drift_sd: float = Field(default=0.6, ge=0, description="Spread of a metric that comes and goes.")
    drift_weekly: float = Field(
        default=0.85, ge=0, lt=1, description="Share of that kept from week to week, as of activity in deals."
    )
    metric_noise: float = Field(
        default=1.24, ge=0, description="Noise of a quarter's observed metric; 1.24 correlates .6 with the habit."
    )
    attainment_noise: float = Field(default=0.55, ge=0, description="Luck in a quarter's attainment, sd.")
    common_sd: float = Field(default=0.10, ge=0, description="Shock to everybody's attainment in a quarter, sd.")
    metric_common_sd: float = Field(default=0.15, ge=0, description="Shock to everybody's metric in a quarter, sd.")
    elasticity_low: float = Field(default=4.0, gt=0, description="Least points of quota per unit of a metric.")
    elasticity_high: float = Field(default=22.0, gt=0, description="Most points of quota per unit of a metric.")
    adherence_mean: float = Field(default=0.7, gt=0, lt=1, description="Share of a play that is carried out, mean.")
    own_response_sd: float = Field(default=0.5, ge=0, description="Points by which one rep's response is their own.")
    base_share: float = Field(default=0.25, description="Share of the promised effect that is there without a gap.")
    base_sd: float = Field(default=1.0, ge=0, description="Points by which that differs between plays.")
    closed_mean: float = Field(default=0.3, ge=0, description="Share of a gap that a play closes, mean of plays.")
    closed_sd: float = Field(default=0.1, ge=0, description="The same, spread between plays.")
    mid_rank_mean: float = Field(default=0.75, ge=0, description="Points more at the median rank, mean of plays.")
    mid_rank_sd: float = Field(default=0.5, ge=0, description="The same, spread between plays.")
    harm: float = Field(default=12.0, ge=0, description="Points that the harmful play costs a top performer.")
