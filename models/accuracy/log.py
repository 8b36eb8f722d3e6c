"""Where training leaves its backtests for people to read: a protocol, so that it need not know the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from models.accuracy.documents import BacktestDoc, RepBacktestDoc, TeamBacktestDoc


@dataclass(frozen=True)
class BacktestKey:
    """Which training run a backtest belongs to.

    Attributes:
        run_id: The run; one backtest each.
        bundle_sha: Bundle of the model that the run fitted.
        model_version: Its number in the registry.
        dataset_version: Facts that were judged on.
        as_of: Moment of knowledge, ISO day.
    """

    run_id: str
    bundle_sha: str
    model_version: str
    dataset_version: str
    as_of: str


@dataclass(frozen=True)
class BacktestRecord:
    """A backtest in documents, so that each reader gets what they may see.

    Attributes:
        company: Everybody together.
        teams: By team id.
        reps: By rep id.
    """

    company: BacktestDoc
    teams: Mapping[str, TeamBacktestDoc]
    reps: Mapping[str, RepBacktestDoc]


class BacktestLog(Protocol):
    """Keeps backtests; implemented in `service.storage.backtests`, wired in `paceline`."""

    def record(self, key: BacktestKey, record: BacktestRecord) -> None:
        """Keep the backtest of one training run.

        Raises:
            CheckFailed: A backtest of this run is kept already.
        """
        ...
