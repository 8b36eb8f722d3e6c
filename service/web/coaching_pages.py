"""The page about what plays have brought; it reads what the API reads."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from service.auth.policy import MeasuresCoaching
from service.coaching.effects import read_effects
from service.context import Context
from service.http.language import language_of
from service.web.rendering import page
from service.web.views.coaching import effects_page

router = APIRouter(include_in_schema=False)


@router.get("/coaching")
async def coaching(request: Request, scope: MeasuresCoaching, context: Context) -> Response:
    """Show per play how often it was shown and taken up, and what may be said about its effect."""
    found = await context.storage.read(read_effects)
    return await page(request, "coaching.html", {"view": effects_page(found, language_of(request))}, scope=scope)
