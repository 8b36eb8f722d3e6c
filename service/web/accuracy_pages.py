"""The page about past accuracy, and the form of people's own numbers; they read and write what the API does."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from service.accuracy.endpoints import SETTINGS, read_accuracy
from service.auth.policy import SeesPeople, SignedIn
from service.calls.endpoints import keep_call
from service.calls.schemas import CallRequest
from service.context import Context
from service.errors import Refused
from service.http.language import language_of
from service.http.parameters import Id
from service.http.problems import request_id_of
from service.web.forms import fields_of
from service.web.rendering import page
from service.web.views.accuracy import accuracy_page
from service.web.views.calls import amount_in

router = APIRouter(include_in_schema=False)


@router.get("/accuracy")
async def accuracy(request: Request, scope: SignedIn, context: Context) -> Response:
    """Show how good past forecasts and calls were."""
    found = await context.storage.read(lambda connection: read_accuracy(connection, scope))
    view = accuracy_page(found, lang=language_of(request), settings=SETTINGS)
    return await page(request, "accuracy.html", {"view": view}, scope=scope)


@router.post("/reps/{rep_id}/calls")
async def give_call_form(rep_id: Id, request: Request, scope: SeesPeople, context: Context) -> Response:
    """Keep the number of a form and return to the page it stands on."""
    given = call_of(await fields_of(request))
    await keep_call(context, scope, rep_id, given, request_id=request_id_of(request.scope))
    home = "/me" if rep_id == scope.own else f"/reps/{quote(rep_id, safe='')}"
    return RedirectResponse(f"{home}?kept=1#call", 303)


def call_of(fields: dict[str, str]) -> CallRequest:
    """Return the call of a form.

    Raises:
        Refused: A field does not fit.
    """
    try:
        quota = float(fields["quota"]) if fields.get("quota") else None
        return CallRequest.model_validate(
            {
                "amount": amount_in(fields.get("amount", ""), quota),
                "category": fields.get("category", "most_likely"),
                "note": fields.get("note", "").strip(),
                "period_start": fields.get("period_start") or None,
                "period_end": fields.get("period_end") or None,
                "metric": fields.get("metric") or None,
            }
        )
    except (ValidationError, ValueError) as error:
        raise Refused("invalid", errors=[{"pointer": "/body/amount", "code": "number"}]) from error
