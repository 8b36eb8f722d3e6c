"""A route without a policy stops the start-up; what is declared is what is enforced."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import APIRouter, Depends, FastAPI
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.testclient import TestClient

from features.domain.errors import CheckFailed
from service.auth.policy import SIGNED_IN, PublicPolicy, SignedIn, live_routes, policy_of, public, require_policies
from tests.service.world import World


async def _bare() -> dict[str, str]:
    return {}


def _direct(app: FastAPI, _home: Path) -> None:
    app.add_api_route("/bare", _bare)


def _router(app: FastAPI, _home: Path) -> None:
    inner, outer = APIRouter(), APIRouter(prefix="/v1")
    inner.add_api_route("/bare", _bare)
    outer.include_router(inner)
    app.include_router(outer)


def _mount(app: FastAPI, home: Path) -> None:
    app.mount("/bare", StaticFiles(directory=home))


def _starlette(app: FastAPI, _home: Path) -> None:
    app.router.routes.append(Route("/bare", PlainTextResponse("bare")))


def _nested(app: FastAPI, _home: Path) -> None:
    app.router.routes.append(Mount("/inner", routes=[Route("/bare", PlainTextResponse("bare"))]))


def _docs(app: FastAPI, _home: Path) -> None:
    app.docs_url, app.openapi_url = "/bare", "/bare.json"
    app.setup()


@pytest.mark.parametrize("plant", [_direct, _router, _mount, _starlette, _nested, _docs])
def test_a_route_without_a_policy_stops_the_start_up(
    world: World, tmp_path: Path, plant: Callable[[FastAPI, Path], None]
) -> None:
    plant(world.app, tmp_path)

    with pytest.raises(CheckFailed, match="bare"), TestClient(world.app):
        pass


def test_every_live_route_declares_a_policy(shared: World) -> None:
    routes = list(live_routes(shared.app))

    # 2 health, 4 scorecards, 2 forecasts, 2 changes, 4 of coaching, 1 what-if, 2 of the 1:1, 2 calls, 2 accuracy,
    # 2 diagnoses, 6 pages, 3 working pages, 2 of accuracy and calls, 2 of diagnosis, 1 of coaching, 6 forms,
    # 1 static mount, 1 OpenAPI document.
    assert len(routes) == 45
    assert all(policy_of(route) is not None for route in routes)


def test_only_these_routes_are_public(shared: World) -> None:
    public_paths = {
        getattr(route, "path", "") for route in live_routes(shared.app) if isinstance(policy_of(route), PublicPolicy)
    }
    assert public_paths == {"/livez", "/readyz", "/openapi.json", "/signin", "/static"}


def test_a_policy_is_found_behind_other_dependencies() -> None:
    async def indirect(scope: SignedIn) -> str:
        return scope.person

    app = FastAPI(openapi_url=None)
    app.add_api_route("/deep", _bare, dependencies=[Depends(indirect)])
    app.add_api_route("/open", _bare, dependencies=[Depends(public("a test"))])

    require_policies(app)
    found = {getattr(route, "path", ""): policy_of(route) for route in live_routes(app)}
    assert found["/deep"] is SIGNED_IN
    assert isinstance(found["/open"], PublicPolicy)
