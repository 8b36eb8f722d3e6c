"""`create_app`: the web process, put together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.responses import JSONResponse

from service.accuracy import endpoints as accuracy
from service.auth.demo import require_local
from service.auth.policy import PublicFiles, public, require_policies
from service.auth.views import ViewLog
from service.calls import endpoints as calls
from service.changes import endpoints as changes
from service.coaching import endpoints as coaching
from service.coaching.settings import SuggestingSettings
from service.coaching.shown import ShownLog
from service.context import ServiceContext
from service.diagnosis import endpoints as diagnosis
from service.forecasts import endpoints as forecasts
from service.health import endpoints as health
from service.http import problems
from service.http.documentation import PROBLEM_SCHEMA, SECURITY_SCHEMES
from service.http.guards import Guards
from service.http.outermost import Outermost
from service.one_on_one import endpoints as one_on_one
from service.scorecards import endpoints as scorecards
from service.settings import ServeSettings
from service.storage.engine import Storage
from service.web import accuracy_pages, coaching_pages, diagnosis_pages, forms, pages, work_pages
from service.web.rendering import STATIC
from service.whatif import endpoints as whatif

ROUTERS = (
    health.router,
    scorecards.router,
    forecasts.router,
    coaching.router,
    whatif.router,
    changes.router,
    diagnosis.router,
    one_on_one.router,
    calls.router,
    accuracy.router,
    pages.router,
    work_pages.router,
    accuracy_pages.router,
    diagnosis_pages.router,
    coaching_pages.router,
    forms.router,
)


def create_app(
    settings: ServeSettings,
    *,
    storage: Storage | None = None,
    now: Callable[[], datetime] | None = None,
    suggesting: SuggestingSettings | None = None,
) -> FastAPI:
    """Return the application, ready to be served.

    Args:
        settings: What it was told.
        storage: An open database; opened from the settings where none is given.
        now: The clock, where a test brings its own.
        suggesting: How suggestions reach people; read from the environment where left out.

    Returns:
        The application; it refuses to start while a route has no policy.

    Raises:
        UsageError: The demo would be reachable from other machines.
        CheckFailed: A route has no policy.
    """
    require_local(settings)
    database = storage or Storage.open(settings.database)
    clock = now or (lambda: datetime.now(UTC))
    told = suggesting or SuggestingSettings()
    context = ServiceContext(database, settings, ViewLog(database), clock, ShownLog(database, clock), told)
    app = FastAPI(
        title="Paceline",
        version=_version(),
        description="Forecasts of quota attainment, reasons and suggestions. Every error is problem+json.",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
    )
    app.state.context = context
    problems.install(app)
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", PublicFiles(directory=STATIC), name="static")
    _add_openapi(app)
    app.add_middleware(Guards, settings=settings)
    app.add_middleware(Outermost)
    require_policies(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    # Again at start-up: routes may have been added to the application since it was made.
    require_policies(app)
    context: ServiceContext = app.state.context
    logs: tuple[ViewLog | ShownLog, ...] = (context.views, context.shown)
    flushing = [asyncio.create_task(log.keep_flushing()) for log in logs]
    try:
        yield
    finally:
        for task, log in zip(flushing, logs, strict=True):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await log.flush()
        app.state.context.storage.engine.dispose()


def _add_openapi(app: FastAPI) -> None:
    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
            components = schema.setdefault("components", {})
            components.setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
            components["securitySchemes"] = SECURITY_SCHEMES
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to extend the document

    @app.get(
        "/openapi.json", dependencies=[Depends(public("describes the routes, holds no data"))], include_in_schema=False
    )
    async def description() -> JSONResponse:
        """Return the OpenAPI document."""
        return JSONResponse(openapi())


def _version() -> str:
    try:
        return version("paceline")
    except PackageNotFoundError:
        return "0"
