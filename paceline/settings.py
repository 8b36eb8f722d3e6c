"""Settings of the command line itself; each package keeps the settings of its own subject."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class CommandSettings(BaseSettings):
    """Where things are kept and how loud the command line is; read from `PACELINE_*` variables."""

    model_config = SettingsConfigDict(env_prefix="PACELINE_", extra="ignore")

    home: Path = Field(default=Path("~/.paceline"), description="Folder that everything is kept in.")
    log_level: str = Field(default="warning", description="Least severe log line shown: debug, info, warning, error.")
    threads: int = Field(default=2, ge=1, description="Threads that DuckDB may use; models use one.")
    memory_limit: str = Field(default="4GB", description="Memory that DuckDB may use before it spills to disk.")
