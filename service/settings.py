"""Settings of the web process."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")


class ServeSettings(BaseModel):
    """Everything that the web process can be told."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    database: Path | str = Field(description="Home folder, or the address of a PostgreSQL database.")
    host: str = Field(default="127.0.0.1", description="Address that the server listens on.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port that the server listens on.")
    demo: bool = Field(default=False, description="Serve without sign-in; only on this machine, only sample data.")
    simulated: bool = Field(default=False, description="The company is simulated; every page says so.")
    session_hours: int = Field(default=12, ge=1, le=720, description="How long a sign-in on the pages lasts.")
    running: int = Field(default=16, ge=1, description="Requests that are worked on at the same time.")
    waiting: int = Field(default=32, ge=0, description="Requests that may wait for one of those places.")
    wait_seconds: float = Field(default=0.5, gt=0, description="How long a request waits before it is sent away.")
    body_limit: int = Field(default=1_048_576, ge=1, description="Largest request body, in bytes.")
    depth_limit: int = Field(default=32, ge=1, description="Deepest nesting of a JSON body.")
    attach_limit: int = Field(default=100, ge=1, le=100, description="Most scorecards in one attach request.")
    stale_hours: int = Field(default=36, ge=1, description="Age of the last import at which pages say so.")
    hide_days: int = Field(default=7, ge=1, description="Age of the last import at which suggestions are hidden.")
    wide_points: float = Field(default=60.0, gt=0, description="Width of the 8-in-10 range called wide, in points.")
