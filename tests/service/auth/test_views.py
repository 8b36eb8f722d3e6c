"""Looks are not lost when the audit trail cannot be written for a moment."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from service.auth.views import ViewLog
from service.storage.engine import Storage, reading, writing
from service.storage.tables import audit


def test_looks_wait_until_they_can_be_written(storage: Storage) -> None:
    views = ViewLog(storage)
    views.note("u1", "rep:r1", "q1")
    with writing(storage.engine) as connection:
        connection.execute(text("ALTER TABLE audit RENAME TO away"))

    with pytest.raises(SQLAlchemyError):
        asyncio.run(views.flush())

    with writing(storage.engine) as connection:
        connection.execute(text("ALTER TABLE away RENAME TO audit"))
    views.note("u1", "rep:r2", "q2")
    asyncio.run(views.flush())
    with reading(storage.engine) as connection:
        assert connection.execute(select(audit.c.object).order_by(audit.c.seq)).scalars().all() == ["rep:r1", "rep:r2"]
