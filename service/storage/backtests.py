"""Keeping backtests in the operational database; implements `models.accuracy.log.BacktestLog`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import cast

from sqlalchemy import Connection, Engine, Table, insert, select

from features.domain.errors import CheckFailed
from models.accuracy.log import BacktestKey, BacktestRecord
from service.storage.audit import AuditEntry, append
from service.storage.clock import utc_now
from service.storage.engine import writing
from service.storage.snapshots import packed
from service.storage.tables import backtests, rep_backtests, team_backtests


class SqlBacktestLog:
    """Backtests of training runs, one each.

    Args:
        engine: The operational database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def record(self, key: BacktestKey, record: BacktestRecord) -> None:
        """Keep the backtest of one training run, whole or not at all.

        Raises:
            CheckFailed: A backtest of this run is kept already.
        """
        with writing(self._engine) as connection:
            if connection.execute(select(backtests.c.seq).where(backtests.c.run_id == key.run_id)).first() is not None:
                raise CheckFailed(f"the backtest of run {key.run_id} is kept already; backtests are never overwritten")
            company = packed(cast("Mapping[str, object]", record.company))
            connection.execute(insert(backtests).values(**asdict(key), recorded_at=utc_now(), document=company))
            _insert(connection, team_backtests, "team_id", key.run_id, cast(Documents, record.teams))
            _insert(connection, rep_backtests, "rep_id", key.run_id, cast(Documents, record.reps))
            append(connection, [AuditEntry("training", "backtest.add", f"backtest:{key.run_id}")])


Documents = Mapping[str, Mapping[str, object]]


def _insert(connection: Connection, table: Table, key: str, run_id: str, documents: Documents) -> None:
    rows = [{"run_id": run_id, key: name, "document": packed(document)} for name, document in sorted(documents.items())]
    if rows:
        connection.execute(insert(table), rows)
