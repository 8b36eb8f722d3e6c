"""What is noted while people read, and written in batches: a write for each look would make reading as slow as writing.

What is lost when the process is killed is the notes of the last second.
"""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Generic, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from service.storage.engine import Storage

T = TypeVar("T")
EVERY_SECONDS = 1.0
LOG = logging.getLogger("paceline.service")


class Buffer(ABC, Generic[T]):
    """Notes in memory on their way to the database.

    Args:
        storage: Operational database.
        name: What the notes are, for the log.
    """

    def __init__(self, storage: Storage, name: str) -> None:
        self._storage = storage
        self._name = name
        self._pending: list[T] = []

    @abstractmethod
    def write(self, connection: Connection, notes: Sequence[T]) -> None:
        """Write notes, oldest first, in an open write transaction."""

    async def flush(self) -> None:
        """Write what is pending; what cannot be written stays pending.

        Raises:
            SQLAlchemyError: The database could not be written.
        """
        pending, self._pending = self._pending, []
        if not pending:
            return
        try:
            await self._storage.write(lambda connection: self.write(connection, pending))
        except BaseException:
            self._pending = [*pending, *self._pending]
            raise

    async def keep_flushing(self) -> None:
        """Write once a second, until cancelled; what cannot be written now is kept for the next second."""
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                await self.flush()
            except SQLAlchemyError:
                LOG.exception("%s wait to be written", self._name, extra={"pending": len(self._pending)})
