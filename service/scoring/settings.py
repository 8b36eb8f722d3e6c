"""Settings of the scoring job."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class ScoringSettings(BaseSettings):
    """How finely and how reproducibly reps are scored; read from `PACELINE_SCORING_*` variables."""

    model_config = SettingsConfigDict(env_prefix="PACELINE_SCORING_", extra="ignore", frozen=True)

    n_paths: int = Field(
        default=1000, ge=100, description="Simulated worlds per forecast; more is smoother and slower."
    )
    seed: int = Field(default=7, description="User seed: the same seed, facts and model give the same numbers.")
    keep_paths: bool = Field(default=True, description="Keep the joint paths of each snapshot in the home folder.")
