"""One demonstration, made once per worker, that the end-to-end tests look at."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from paceline.cli import main

REPS = 64
"""Seats of the demonstration at its default size."""


@dataclass(frozen=True)
class Demo:
    """A home folder with a scored simulated company.

    Attributes:
        home: The home folder.
        run: Runs a command on it with `--json` and returns (exit code, parsed stdout or None, stderr).
    """

    home: Path
    run: Callable[..., tuple[int, object, str]]


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the demonstration once, exactly as `make demo` does."""
    home = tmp_path_factory.mktemp("demo") / "home"
    assert main(["--home", str(home), "demo", "--no-serve"]) == 0
    return home


@pytest.fixture
def demo(demo_home: Path, capsys: pytest.CaptureFixture[str]) -> Demo:
    """Return the demonstration and a way to run commands on it."""

    def run(*arguments: str) -> tuple[int, object, str]:
        capsys.readouterr()
        code = main(["--home", str(demo_home), *arguments])
        captured = capsys.readouterr()
        return code, json.loads(captured.out) if captured.out.strip().startswith(("{", "[")) else None, captured.err

    return Demo(demo_home, run)
