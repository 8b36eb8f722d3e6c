"""Putting a view into a template: the frame that every page shares."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import HTMLResponse

from features.domain.vocabulary import Role
from service.auth.demo import ADMIN_PERSONA, personas, reports_of
from service.auth.policy import MEASURES
from service.auth.principal import Scope
from service.context import context_of
from service.http.language import LANGUAGE_COOKIE, LANGUAGES, language_of
from service.web import formats
from service.web.repository import last_import_at, served_as_of
from service.web.texts import say
from service.web.views.wording import Freshness

HERE = Path(__file__).parent
STATIC = HERE / "static"
YEAR_SECONDS = 31_536_000


@cache
def environment() -> Environment:
    """Return the templates, autoescaped, each unknown name an error."""
    loader = FileSystemLoader(HERE / "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


@cache
def asset(name: str) -> str:
    """Return the address of a static file; it changes with the content, so that browsers may keep it."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


def freshness_of(request: Request, connection: Connection) -> Freshness:
    """Return how old the data is at this moment."""
    context = context_of(request)
    return Freshness.of(
        last_import_at(connection),
        context.now(),
        stale_hours=context.settings.stale_hours,
        hide_days=context.settings.hide_days,
    )


async def page(
    request: Request, template: str, values: Mapping[str, object], *, scope: Scope | None, status: int = 200
) -> HTMLResponse:
    """Return a page in the language of the request.

    Args:
        request: What was asked.
        template: File name of the template.
        values: What it shows.
        scope: Who is looking, None where nobody is signed in.
        status: HTTP status.
    """
    frame = await context_of(request).storage.read(partial(_frame, request, scope))
    return render(request, template, {**frame, **values}, status=status)


def render(request: Request, template: str, values: Mapping[str, object], *, status: int = 200) -> HTMLResponse:
    """Return a page whose frame is known; reads nothing."""
    lang = language_of(request)
    shared = {
        "lang": lang,
        "t": partial(_say, lang),
        "asset": asset,
        "other": _other_language(request, lang),
        "path": request.url.path,
        "demo": False,
        "simulated": False,
        "who": None,
        "data_to": "",
        "stale": None,
        "offered": [],
        "persona": "",
        "has_team": False,
        "measures": False,
    }
    html = environment().get_template(template).render({**shared, **values})
    response = HTMLResponse(html, status)
    response.headers["Content-Language"] = "zh-CN" if lang == "zh" else "en"
    if request.query_params.get("lang") in LANGUAGES:
        response.set_cookie(LANGUAGE_COOKIE, lang, max_age=YEAR_SECONDS, httponly=True, samesite="lax")
    return response


def _say(lang: str, key: str, **blanks: object) -> str:
    return say(key, lang, **blanks)


def _frame(request: Request, scope: Scope | None, connection: Connection) -> dict[str, object]:
    context, lang = context_of(request), language_of(request)
    fresh = freshness_of(request, connection)
    as_of = served_as_of(connection)
    day = formats.day(date.fromisoformat(as_of), lang) if as_of else ""
    demo = context.settings.demo
    return {
        "demo": demo,
        "simulated": context.settings.simulated,
        "who": scope.principal if scope else None,
        "has_team": scope is not None and scope.principal.role in {Role.MANAGER, Role.ADMIN},
        "measures": scope is not None and scope.principal.role in MEASURES.roles,
        "data_to": say("app.data_to", lang, day=day) if day else "",
        "stale": _stale(fresh, lang) if fresh.warns else None,
        "offered": _offered(connection, scope, lang) if demo else [],
        "persona": (scope.own or ADMIN_PERSONA) if scope else "",
    }


def _stale(fresh: Freshness, lang: str) -> dict[str, str]:
    moment = formats.moment(fresh.imported_at, lang) if fresh.imported_at else ""
    return {
        "title": say("state.stale", lang, days=round(fresh.hours / 24)),
        "text": say("state.stale_text", lang, moment=moment),
    }


def _offered(connection: Connection, scope: Scope | None, lang: str) -> list[tuple[str, str]]:
    """Return the personas of the demo as (cookie value, words): managers, who reports to the present one, admin."""
    own = scope.own if scope else None
    offered = {str(manager.rep_id): say("demo.manager", lang, name=manager.name) for manager in personas(connection)}
    for rep in reports_of(connection, own):
        offered.setdefault(str(rep.rep_id), say("demo.rep", lang, name=rep.name))
    if scope is not None and own:
        offered.setdefault(own, say("demo.rep", lang, name=scope.principal.name))
    return [*offered.items(), (ADMIN_PERSONA, say("demo.admin", lang))]


def _other_language(request: Request, lang: str) -> str:
    return str(request.url.include_query_params(lang="en" if lang == "zh" else "zh").query)
