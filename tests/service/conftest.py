"""Fixtures of the service tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.storage.engine import Storage
from tests.service.world import World


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    """Return an empty database."""
    opened = Storage.open(tmp_path)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Return a served company."""
    built = World.build(tmp_path)
    yield built
    built.storage.engine.dispose()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Return a served company for tests that only read."""
    built = World.build(tmp_path_factory.mktemp("home"))
    yield built
    built.storage.engine.dispose()
