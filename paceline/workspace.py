"""Opens what lies in a home folder: the operational database, the facts and the experiments."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from features.domain.errors import NoDataset
from features.domain.time import AsOf
from paceline.home import Home
from paceline.settings import CommandSettings

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from features.history.known import History
    from service.storage.backtests import SqlBacktestLog
    from service.storage.datasets import SqlDatasetLog
    from training.tracking import Tracking


def open_engine(home: Home) -> Engine:
    """Open the operational database, making it if need be."""
    from service.storage.engine import open_engine as open_database

    return open_database(home.prepare().root)


def open_log(home: Home) -> SqlDatasetLog:
    """Open the log of dataset versions."""
    from service.storage.datasets import SqlDatasetLog

    return SqlDatasetLog(open_engine(home))


def open_backtests(home: Home) -> SqlBacktestLog:
    """Open the log of backtests."""
    from service.storage.backtests import SqlBacktestLog

    return SqlBacktestLog(open_engine(home))


def open_history(home: Home, settings: CommandSettings) -> History:
    """Open the newest dataset.

    Raises:
        NoDataset: Nothing was imported.
    """
    from features.history.known import History
    from features.history.store import open_facts

    if not home.root.exists():
        raise NoDataset(f"the home folder {home.root} is not there yet; run `paceline demo` or `paceline ingest`")
    facts = open_facts(home.facts, open_log(home))
    return History(facts, threads=settings.threads, memory_limit=settings.memory_limit)


def resolve_as_of(history: History, as_of: date | None) -> date:
    """Return `as_of`, or the day of the newest fact when it is None."""
    if as_of is not None:
        return as_of
    from features.history.freshness import newest_day

    with history.known_by(AsOf(date(2200, 1, 1), history.info.calendar.zone)) as known:
        return newest_day(known)


def open_tracking(home: Home) -> Tracking:
    """Open the experiment store."""
    from training.tracking import Tracking

    return Tracking(home.prepare().mlflow_uri, home.artifacts)
