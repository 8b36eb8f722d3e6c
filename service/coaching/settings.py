"""Settings of how suggestions reach people: how many tips a manager gets, and who agrees before a rep sees one."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class SuggestingSettings(BaseSettings):
    """How suggestions reach people."""

    model_config = SettingsConfigDict(env_prefix="PACELINE_SUGGESTING_", extra="ignore", frozen=True)

    tips_per_week: int = Field(default=5, ge=1, description="Most reps in a manager's queue: tips for one week.")
    needs_approval: bool = Field(
        default=False,
        description="Whether a rep sees a suggestion only after somebody who leads the rep, or an admin, approved it.",
    )
