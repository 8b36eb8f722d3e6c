"""What a request must pass before an endpoint sees it: host, origin, a place to run in, a body within bounds."""

from __future__ import annotations

import asyncio
import json
import math
import random
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.errors import Refused
from service.http.problems import problem_response
from service.settings import LOCAL_HOSTS, ServeSettings

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
EXEMPT = ("/livez", "/readyz", "/static/")
JSON_TYPE, FORM_TYPE = "application/json", "application/x-www-form-urlencoded"


class Guards:
    """Host, origin, admission and body limits, in this order.

    Args:
        app: The application inside.
        settings: Limits.
    """

    def __init__(self, app: ASGIApp, settings: ServeSettings) -> None:
        self._app = app
        self._settings = settings
        self._places = asyncio.Semaphore(settings.running)
        self._waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or answer why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            if self._settings.demo:
                check_host(request)
            check_origin(request)
            if request.url.path.startswith(EXEMPT):
                await self._app(scope, receive, send)
            else:
                await self._admit(request, scope, receive, send)
        except Refused as refused:
            response = problem_response(request, refused.problem, errors=refused.errors, headers=refused.headers)
            await response(scope, receive, send)

    async def _admit(self, request: Request, scope: Scope, receive: Receive, send: Send) -> None:
        if self._places.locked() and self._waiting >= self._settings.waiting:
            raise _overloaded()
        self._waiting += 1
        try:
            await asyncio.wait_for(self._places.acquire(), self._settings.wait_seconds)
        except TimeoutError as error:
            raise _overloaded() from error
        finally:
            self._waiting -= 1
        try:
            body = await read_body(request, self._settings.body_limit)
            if body:
                check_body(request, body, self._settings.depth_limit)
            await self._app(scope, _replay(body, receive), send)
        finally:
            self._places.release()


def check_host(request: Request) -> None:
    """Refuse a request whose Host is not this machine: a page elsewhere may have rebound its name to 127.0.0.1."""
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname
    if host not in LOCAL_HOSTS:
        raise Refused("wrong-host")


def check_origin(request: Request) -> None:
    """Refuse a change that a browser sends on behalf of another site."""
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site not in {"same-origin", "none"}:
            raise Refused("cross-site")
        return
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host", ""):
        raise Refused("cross-site")


async def read_body(request: Request, limit: int) -> bytes:
    """Return the body, read no further than `limit` bytes.

    Raises:
        Refused: The body is larger.
    """
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and (len(declared) > 12 or int(declared) > limit):
        raise Refused("too-large", headers={"Connection": "close"})
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise Refused("too-large", headers={"Connection": "close"})
        chunks.append(chunk)
    return b"".join(chunks)


def check_body(request: Request, body: bytes, depth_limit: int) -> None:
    """Refuse a body of another type, and JSON that is none: NaN, infinities, too deep, not UTF-8.

    Raises:
        Refused: With `media-type` or `bad-json`.
    """
    given = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if given != (JSON_TYPE if request.url.path.startswith("/v1/") else FORM_TYPE):
        raise Refused("media-type", headers={"Accept": JSON_TYPE})
    if given == JSON_TYPE:
        strict_json(body, depth_limit)


def strict_json(body: bytes, depth_limit: int) -> object:
    """Parse JSON as the standard has it.

    Args:
        body: Bytes that claim to be JSON.
        depth_limit: Deepest nesting.

    Returns:
        The value.

    Raises:
        Refused: It is not JSON in UTF-8, holds a number that is not finite, or nests deeper.

    Examples:
        >>> strict_json(b'{"a": [1]}', 2)
        {'a': [1]}
    """
    if _depth(body) > depth_limit:
        raise Refused("bad-json", errors=[{"pointer": "", "code": "depth"}])
    try:
        value: object = json.loads(body.decode(), parse_constant=_not_finite, parse_float=_finite)
        if b"\\u" in body:
            # Half of a surrogate pair is a string to Python and to nobody else.
            json.dumps(value, ensure_ascii=False).encode()
        return value
    except (ValueError, RecursionError) as error:
        raise Refused("bad-json") from error


def _depth(body: bytes) -> int:
    deepest = depth = 0
    quoted = escaped = False
    for byte in body:
        if quoted:
            quoted = escaped or byte != 0x22
            escaped = byte == 0x5C and not escaped
        elif byte == 0x22:
            quoted = True
        elif byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("not finite")
    return value


def _not_finite(_text: str) -> float:
    raise ValueError("not finite")


def _overloaded() -> Refused:
    # Spread out, so that the refused do not all come back in the same second.
    return Refused("overloaded", headers={"Retry-After": str(random.randint(1, 3))})


def _replay(body: bytes, receive: Receive) -> Receive:
    pending: list[Callable[[], Message]] = [lambda: {"type": "http.request", "body": body, "more_body": False}]

    async def replaying() -> Message:
        return pending.pop()() if pending else await receive()

    return replaying
