"""The page that says how good past forecasts were; it reads what the API reads, through the same scope."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from service.accuracy.endpoints import read_accuracy
from service.accuracy.repository import AccuracyRepository
from service.auth.policy import SignedIn
from service.context import Context
from service.http.language import language_of
from service.web.rendering import page
from service.web.views.accuracy import accuracy_page

router = APIRouter(include_in_schema=False)


@router.get("/accuracy")
async def accuracy(request: Request, scope: SignedIn, context: Context) -> Response:
    """Show past misses, ranges and leanings by time of the period."""
    found, names = await context.storage.read(
        lambda connection: (read_accuracy(connection, scope), AccuracyRepository(connection, scope).teams())
    )
    view = accuracy_page(found, names, lang=language_of(request))
    return await page(request, "accuracy.html", {"view": view}, scope=scope)
