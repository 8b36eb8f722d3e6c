"""What every request can reach: the database, the settings, the clock and the logs of looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from starlette.requests import HTTPConnection

from service.auth.views import ViewLog
from service.coaching.settings import SuggestingSettings
from service.coaching.shown import ShownLog
from service.settings import ServeSettings
from service.storage.engine import Storage


@dataclass(frozen=True)
class ServiceContext:
    """The composition of one web process.

    Attributes:
        storage: Operational database.
        settings: Settings.
        views: Who looked at whom, on its way to the audit trail.
        now: The clock; tests give their own.
        shown: Which suggestions people were shown, on its way to their events.
        suggesting: How suggestions reach people.
    """

    storage: Storage
    settings: ServeSettings
    views: ViewLog
    now: Callable[[], datetime]
    shown: ShownLog
    suggesting: SuggestingSettings


def context_of(connection: HTTPConnection) -> ServiceContext:
    """Return the context of the process that serves this request."""
    context = connection.app.state.context
    if not isinstance(context, ServiceContext):
        raise TypeError(f"app.state.context is {type(context).__name__}, not ServiceContext; use create_app")
    return context


def _context(request: Request) -> ServiceContext:
    return context_of(request)


Context = Annotated[ServiceContext, Depends(_context)]
