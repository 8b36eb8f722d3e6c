"""The one folder that everything is kept in, and the names of what lies where."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

SIMULATED = "company.json"
"""File in `Home.simulated` that says which company was simulated."""


@dataclass(frozen=True)
class Home:
    """Paths below the home folder; nothing outside it is written.

    Attributes:
        root: The home folder itself; made on first use.

    Examples:
        >>> Home(Path("/data/paceline")).operations.name
        'paceline.db'
    """

    root: Path

    @property
    def facts(self) -> Path:
        """Delta tables of all facts."""
        return self.root / "facts"

    @property
    def operations(self) -> Path:
        """SQLite database of imports, snapshots, users and audit."""
        return self.root / "paceline.db"

    @property
    def bundles(self) -> Path:
        """Content-addressed model bundles and `champion.json`."""
        return self.root / "bundles"

    @property
    def mlflow_uri(self) -> str:
        """Tracking address: `MLFLOW_TRACKING_URI` if set (as under `mlflow run`), else SQLite in the home folder."""
        return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{(self.root / 'mlflow.db').resolve()}"

    @property
    def artifacts(self) -> Path:
        """Artifacts of experiments when the tracking store is the embedded one."""
        return self.root / "artifacts"

    @property
    def paths(self) -> Path:
        """Joint simulated paths of each snapshot."""
        return self.root / "paths"

    @property
    def reports(self) -> Path:
        """HTML reports."""
        return self.root / "reports"

    @property
    def quarantine(self) -> Path:
        """Refused rows of imports."""
        return self.root / "quarantine"

    @property
    def work(self) -> Path:
        """Scratch space of running jobs; may be deleted when none runs."""
        return self.root / "work"

    @property
    def simulated(self) -> Path:
        """Marker and CSV files of the simulated company, when this home holds one."""
        return self.root / "simulated"

    @property
    def is_simulated(self) -> bool:
        """Whether this home holds a simulated company."""
        return (self.simulated / SIMULATED).exists()

    def prepare(self) -> Home:
        """Make the home folder if it is not there, and return it."""
        self.root.mkdir(parents=True, exist_ok=True)
        return self
