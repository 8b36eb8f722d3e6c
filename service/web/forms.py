"""What the pages send: signing in and out, answers to suggestions, the persona of the demo. Forms, so no script."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, quote

from fastapi import APIRouter, Depends, Request
from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response

from service.auth.demo import ADMIN_PERSONA, PERSONA_COOKIE, persona, persona_value
from service.auth.policy import SeesPeople, SignedIn, public
from service.auth.principal import Scope
from service.auth.sessions import SESSION, TOKEN, end_session, mint, principal_of, session_cookie, set_session
from service.coaching.lifecycle import ANSWERS
from service.coaching.repository import FeedbackRepository, IllegalStep
from service.coaching.schemas import LONGEST_REASON, FeedbackRequest
from service.context import Context
from service.errors import Refused
from service.http.parameters import Id
from service.http.problems import request_id_of
from service.storage.audit import AuditEntry, append
from service.storage.clock import utc_text
from service.web.rendering import render

router = APIRouter(include_in_schema=False)
PUBLIC = Depends(public("the way in: shows nothing before a token was checked"))
FIELDS = 10


async def fields_of(request: Request, *, most: int = FIELDS) -> dict[str, str]:
    """Return the fields of a form, the first value of each.

    Raises:
        Refused: The body is not a form.
    """
    try:
        body = (await request.body()).decode()
        fields = {name: values[0] for name, values in parse_qs(body, max_num_fields=most).items()}
    except ValueError as error:
        raise Refused("invalid") from error
    if any("\x00" in value for value in fields.values()):
        raise Refused("invalid")
    return fields


@router.get("/signin", dependencies=[PUBLIC])
async def signin_page(request: Request) -> Response:
    """Ask for a token."""
    return render(request, "signin.html", {"failed": False})


@router.post("/signin", dependencies=[PUBLIC])
async def signin(request: Request, context: Context) -> Response:
    """Exchange a token for a session."""
    token = (await fields_of(request)).get("token", "").strip()
    lifetime = timedelta(hours=context.settings.session_hours)
    request_id = request_id_of(request.scope)
    secret = await context.storage.write(lambda connection: _open_session(connection, token, lifetime, request_id))
    if secret is None:
        return render(request, "signin.html", {"failed": True}, status=401)
    response = RedirectResponse("/", 303)
    set_session(request, response, secret, lifetime)
    return response


@router.post("/signout")
async def signout(request: Request, scope: SignedIn, context: Context) -> Response:
    """End the session."""
    name = session_cookie(request)
    secret, actor = request.cookies.get(name, ""), scope.person
    await context.storage.write(lambda connection: _close_session(connection, secret, actor))
    response = RedirectResponse("/signin", 303)
    response.delete_cookie(name, path="/", secure=request.url.scheme == "https", httponly=True, samesite="lax")
    return response


@router.post("/persona")
async def choose_persona(request: Request, _scope: SignedIn, context: Context) -> Response:
    """Look through somebody else's eyes; only the demo can."""
    if not context.settings.demo:
        raise Refused("not-found")
    wanted = (await fields_of(request)).get("persona", "")
    found = None
    if wanted != ADMIN_PERSONA:
        found = await context.storage.read(lambda connection: persona(connection, wanted))
        if found is None:
            raise Refused("not-found")
    response = RedirectResponse("/", 303)
    value = ADMIN_PERSONA if found is None else persona_value(found)
    response.set_cookie(PERSONA_COOKIE, value, path="/", httponly=True, samesite="lax")
    return response


@router.post("/suggestions/{suggestion_id}/feedback")
async def answer_suggestion(
    suggestion_id: Id,
    request: Request,
    scope: SeesPeople,
    context: Context,
) -> Response:
    """Keep an answer to a suggestion and return to the page it stands on."""
    fields = await fields_of(request)
    state, reason = fields.get("state", ""), fields.get("reason", "").strip()
    if state not in ANSWERS:
        raise Refused("invalid", errors=[{"pointer": "/body/state", "code": "enum"}])
    if len(reason) > LONGEST_REASON:
        raise Refused("invalid", errors=[{"pointer": "/body/reason", "code": "string_too_long"}])
    given = FeedbackRequest.model_validate({"state": state, "reason": reason or None})
    request_id, moment = request_id_of(request.scope), utc_text(context.now())

    def keep(connection: Connection) -> str | None:
        repository = FeedbackRepository(connection, scope)
        kept = repository.record(suggestion_id, given.state, given.reason, request_id=request_id, moment=moment)
        return repository.rep_of(suggestion_id) if kept else None

    return _back(scope, await context.storage.write(keep))


@router.post("/suggestions/{suggestion_id}/approve")
async def approve_suggestion(suggestion_id: Id, request: Request, scope: SeesPeople, context: Context) -> Response:
    """Keep that a manager finds a suggestion fitting and return to the page it stands on."""
    request_id, moment = request_id_of(request.scope), utc_text(context.now())

    def keep(connection: Connection) -> str | None:
        repository = FeedbackRepository(connection, scope)
        kept = repository.approve(suggestion_id, request_id=request_id, moment=moment)
        return repository.rep_of(suggestion_id) if kept else None

    try:
        return _back(scope, await context.storage.write(keep))
    except IllegalStep as error:
        raise Refused("conflict") from error


def _back(scope: Scope, rep_id: str | None) -> Response:
    if rep_id is None:
        raise Refused("not-found")
    home = "/me" if rep_id == scope.own else f"/reps/{quote(rep_id, safe='')}"
    return RedirectResponse(f"{home}#suggestions", 303)


def _open_session(connection: Connection, token: str, lifetime: timedelta, request_id: str) -> str | None:
    principal = principal_of(connection, token, TOKEN)
    if principal is None:
        append(connection, [AuditEntry("nobody", "sign-in", "session", "refused", request_id)])
        return None
    append(connection, [AuditEntry(principal.user_id, "sign-in", "session", request_id=request_id)])
    return mint(connection, principal.user_id, kind=SESSION, lifetime=lifetime)


def _close_session(connection: Connection, secret: str, actor: str) -> None:
    end_session(connection, secret)
    append(connection, [AuditEntry(actor, "sign-out", "session")])
