"""What a simulated organisation is made of: its size, its calendar and the known constants of each segment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from features.domain.errors import UsageError
from training.simulator.switches import Dirt, Discounts


@dataclass(frozen=True)
class Segment:
    """Known constants of one customer segment; rates are per week.

    Attributes:
        name: Short name, as it stands in the CRM.
        creation: New deals per rep and week before skill, season and shocks.
        cycle: Typical weeks from creation to decision.
        loss: Base loss rate.
        win: Base win rate in the last stage.
        log_amount: Mean of the natural logarithm of a deal's amount.
        amount_sd: Standard deviation of that logarithm.
        typical_quarter: Bookings of an average full quarter, in currency; only used until history exists.
    """

    name: str
    creation: float
    cycle: float
    loss: float
    win: float
    log_amount: float
    amount_sd: float
    typical_quarter: float


SEGMENTS: tuple[Segment, ...] = (
    Segment("SMB", 1.90, 5.0, 0.380, 0.28, 8.987, 0.55, 46_000.0),
    Segment("MM", 1.00, 9.0, 0.185, 0.23, 10.309, 0.70, 111_000.0),
    Segment("ENT", 0.55, 15.0, 0.105, 0.18, 11.608, 0.85, 252_000.0),
)

PRESETS: dict[str, dict[str, object]] = {
    "easy": {"noise": 0.5},
    "realistic": {},
    "dirty": {"dirt": Dirt.all()},
    "hostile": {"dirt": Dirt.all(stage_noise=0.15), "regime_quarters": 4},
    "tiny": {"reps": 8, "quarters": 6},
    "no-pipeline": {"pipeline": False},
}
"""Named changes to the default settings, by difficulty."""


class SimulatorSettings(BaseModel):
    """Size, calendar and seed of a simulated organisation; the same settings give the same bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reps: int = Field(default=64, ge=1, le=5_000, description="seats that carry a quota; managers come on top")
    quarters: int = Field(default=12, ge=1, le=80, description="calendar quarters that are recorded")
    seed: int = Field(default=7, ge=0, description="seed of everything that is drawn")
    start: date = Field(default=date(2021, 1, 1), description="first day of the first quarter")
    segment_shares: tuple[float, float, float] = Field(
        default=(0.4, 0.4, 0.2), description="share of seats in SMB, MM and ENT"
    )
    team_size: int = Field(default=8, ge=1, description="seats under one manager")
    regions: int = Field(default=5, ge=1, le=5, description="regions at most; each has at least one team")
    burn_in_quarters: int = Field(default=6, ge=5, description="quarters that run before the first recorded one")
    currency: str = Field(default="USD", min_length=3, max_length=3, description="the only currency of the company")
    attrition: float = Field(default=0.06, ge=0, lt=1, description="chance that a rep leaves within one quarter")
    moves: float = Field(
        default=0.012, ge=0, lt=1, description="chance that a rep changes territory at a quarter's end"
    )
    noise: float = Field(
        default=1.0,
        ge=0,
        le=2,
        description="multiplier on the spread of amounts, decision days and of what sellers write down",
    )
    regime_quarters: int = Field(default=0, ge=0, description="how many of the last quarters run in a changed regime")
    regime_creation: float = Field(
        default=0.75, gt=0, le=2, description="multiplier on the creation of deals in the changed regime"
    )
    regime_skill: float = Field(
        default=0.0,
        ge=-3,
        le=3,
        description="added to everybody's skill at winning in the changed regime; the oracle knows it, the observable "
        "ceiling does not",
    )
    regime_quota: float = Field(
        default=1.0, gt=0, le=5, description="multiplier on the quotas of the quarters of the changed regime"
    )
    pipeline: bool = Field(default=True, description="False: the company keeps no CRM, only its bookings are exported")
    discounts: Discounts = Field(default_factory=Discounts, description="how the company discounts; off by default")
    dirt: Dirt = Field(default_factory=Dirt, description="how dirty its CRM is; clean by default")

    @model_validator(mode="after")
    def _can_be_simulated(self) -> Self:
        if self.start.day != 1 or self.start.month % 3 != 1:
            raise ValueError(f"start is {self.start}; choose the first day of a calendar quarter, such as 2021-01-01")
        if self.dirt.second_currency and not self.pipeline:
            raise ValueError("a company without a CRM has no second currency; leave dirt.second_currency off")
        if min(self.segment_shares) < 0 or abs(sum(self.segment_shares) - 1) > 1e-9:
            raise ValueError(f"segment shares are {self.segment_shares}; give three shares that sum to 1")
        return self

    @classmethod
    def preset(cls, name: str, **changes: object) -> Self:
        """Return the settings of a named difficulty, with `changes` on top.

        Args:
            name: One of `PRESETS`.
            **changes: Fields to replace.

        Raises:
            UsageError: There is no preset of that name.

        Examples:
            >>> SimulatorSettings.preset("tiny", seed=3).reps
            8
        """
        if name not in PRESETS:
            raise UsageError(f"there is no preset {name!r}; choose one of {sorted(PRESETS)}")
        return cls.model_validate({**PRESETS[name], **changes})
