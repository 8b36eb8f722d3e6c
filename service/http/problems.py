"""Turning every error into problem+json, or into a page where a person is looking."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.types import Scope

from features.domain.errors import PacelineError
from service.errors import BY_STATUS, CATALOGUE, MEDIA_TYPE, Problem, Refused, problem_body, problem_for
from service.http.language import language_of

LOG = logging.getLogger("paceline.service")


def install(app: FastAPI) -> None:
    """Register the handlers on the application."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(PacelineError, _domain)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)


def request_id_of(scope: Scope) -> str:
    """Return the id that the outermost layer gave to this request."""
    return str(scope.get("state", {}).get("request_id", "none"))


def problem_response(
    request: Request,
    problem: Problem,
    *,
    errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the answer for one problem: JSON for programs, a page or the sign-in for people.

    Args:
        request: What was asked.
        problem: What went wrong.
        errors: What does not fit.
        headers: Headers of the answer.
    """
    lang = language_of(request)
    if wants_page(request):
        if problem.code == "sign-in":
            return RedirectResponse("/signin", status_code=303)
        from service.web.pages import problem_page

        return problem_page(request, problem, lang=lang, request_id=request_id_of(request.scope))
    body = problem_body(problem, lang=lang, request_id=request_id_of(request.scope), errors=errors)
    content = json.dumps(body, ensure_ascii=False).encode()
    return Response(content, problem.status, {**(headers or {}), "Content-Language": lang}, media_type=MEDIA_TYPE)


def wants_page(request: Request) -> bool:
    """Return whether a person is looking: a page was asked for, by something that shows pages."""
    path = request.url.path
    machine = path.startswith(("/v1/", "/static/")) or path in {"/livez", "/readyz", "/openapi.json", "/v1"}
    return not machine and "text/html" in request.headers.get("accept", "")


async def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, Refused):
        raise error
    return problem_response(request, error.problem, errors=error.errors, headers=error.headers)


async def _domain(request: Request, error: Exception) -> Response:
    if not isinstance(error, PacelineError):
        raise error
    LOG.warning("request refused", extra={"request_id": request_id_of(request.scope), "error": str(error)})
    return problem_response(request, problem_for(error))


async def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    code = BY_STATUS.get(error.status_code, "internal")
    return problem_response(request, CATALOGUE[code], headers=error.headers)


async def _invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    # `input` and `ctx` are left out: they repeat what was sent.
    errors = [{"pointer": _pointer(item), "code": str(item["type"])} for item in error.errors()]
    return problem_response(request, CATALOGUE["invalid"], errors=errors[:100])


def _pointer(item: Mapping[str, Any]) -> str:
    parts = [str(part) for part in item["loc"]]
    if item["type"] == "extra_forbidden":
        # The last part is a name that the client made up; it is not repeated.
        parts = parts[:-1]
    return "/" + "/".join(part.replace("~", "~0").replace("/", "~1") for part in parts)
