"""When a rep is flagged as at risk, when the flag is taken back, and how many new flags a manager gets in a week."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class AlertSettings(BaseModel):
    """The at-risk flag: a chance of missing the quota, with hysteresis and a weekly budget."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    raise_at: float = Field(
        default=0.80,
        gt=0.0,
        le=1.0,
        description="A rep is flagged as at risk from this chance of ending below quota on.",
    )
    release_at: float = Field(
        default=0.65,
        ge=0.0,
        lt=1.0,
        description="The flag is taken back below this chance; in between it stays as it was and does not flap.",
    )
    weekly_budget: int = Field(
        default=3,
        ge=1,
        description="New flags that one team gets within seven days at most; the others wait, the surest go first.",
    )

    @model_validator(mode="after")
    def _release_lies_below(self) -> Self:
        if self.release_at >= self.raise_at:
            raise ValueError(
                f"release_at {self.release_at} is not below raise_at {self.raise_at}: a flag would be raised and taken "
                "back at the same chance; lower release_at"
            )
        return self
