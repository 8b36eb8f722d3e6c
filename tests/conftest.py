"""What holds for all tests: property-based ones have no deadline, and what is costly to set up is set up once."""

from __future__ import annotations

import os
from collections.abc import Sequence

import pytest
from hypothesis import settings

settings.register_profile("paceline", deadline=None)
settings.load_profile("paceline")

# The tests take every core themselves; a training run that brings up processes of its own would only wait for them.
os.environ.setdefault("PACELINE_TRAINING_JOBS", "1")

SHARED = {"module", "session"}


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Keep tests that share a fixture in one process (`--dist loadgroup`): it is then made once, not in each."""
    for item in items:
        if isinstance(item, pytest.Function) and (name := shared_fixture(item)):
            item.add_marker(pytest.mark.xdist_group(name))


def shared_fixture(item: pytest.Function) -> str:
    """Return where the widest fixture of ours that a test asks for is shared: its name, its module, or nowhere."""
    own = [
        fixture
        for fixtures in item._fixtureinfo.name2fixturedefs.values()
        for fixture in fixtures[-1:]
        if fixture.scope in SHARED and fixture.func.__module__.startswith("tests.")
    ]
    session = sorted(fixture.argname for fixture in own if fixture.scope == "session")
    return session[0] if session else item.nodeid.partition("::")[0] if own else ""
