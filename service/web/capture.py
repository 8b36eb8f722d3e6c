"""Pages as single files: what a signed-in admin would see, with the style inside, for reports that are sent on."""

from __future__ import annotations

import re

from fastapi import FastAPI
from starlette.requests import Request

from features.domain.errors import UnknownReference
from features.domain.vocabulary import Role
from service.auth.principal import Principal, Scope
from service.context import context_of
from service.errors import Refused
from service.web import pages
from service.web.rendering import STATIC

READER = Scope(Principal(user_id="cli", name="report", role=Role.ADMIN, rep_id=None))
"""Whoever may run the command line on the home folder may read all of it."""

LINK = re.compile(r'<link[^>]+rel="stylesheet"[^>]*href="/static/(?P<name>[\w.-]+)[^"]*"[^>]*>')
SCRIPT = re.compile(r"<script\b[^>]*>.*?</script>", re.DOTALL)


async def rep_file(app: FastAPI, rep_id: str, *, lang: str) -> str:
    """Return the page of one rep as one HTML file.

    Raises:
        UnknownReference: No scorecard of that rep was stored.
    """
    request = _request(app, f"/reps/{rep_id}", lang)
    try:
        response = await pages.rep(rep_id, request, READER, context_of(request))
    except Refused:
        raise UnknownReference(
            f"no scorecard of rep {rep_id!r} is stored; run `paceline score`, or check the id"
        ) from None
    return standalone(bytes(response.body).decode())


async def team_file(app: FastAPI, team_id: str, *, lang: str) -> str:
    """Return the team review as one HTML file.

    Raises:
        UnknownReference: No forecast of that team was stored.
    """
    request = _request(app, f"/teams/{team_id}", lang)
    try:
        response = await pages.team(team_id, request, READER, context_of(request))
    except Refused:
        raise UnknownReference(
            f"no forecast of team {team_id!r} is stored; run `paceline score`, or check the id"
        ) from None
    return standalone(bytes(response.body).decode())


def standalone(html: str) -> str:
    """Return `html` with its style sheets inside, without scripts, and with what asks a server out of sight.

    Examples:
        >>> standalone("<p>a</p><script>alert(1)</script>")
        '<p>a</p>'
    """
    inlined = LINK.sub(lambda link: f"<style>{(STATIC / link['name']).read_text(encoding='utf-8')}</style>", html)
    return SCRIPT.sub("", inlined).replace("<body>", '<body class="file">', 1)


def _request(app: FastAPI, path: str, lang: str) -> Request:
    return Request(
        {
            "type": "http",
            "app": app,
            "method": "GET",
            "path": path,
            "raw_path": path.encode(),
            "query_string": f"lang={lang}".encode(),
            "headers": [],
            "scheme": "http",
            "server": ("localhost", 80),
            "state": {},
        }
    )
