"""Start of the web process to its first answer, and its memory, beside `mlflow models serve` with the same model."""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import lightgbm as lgb
import psutil

from benchmarks.measure import verdict
from models.bundle.champion import read_champion
from models.bundle.read import read_bundle
from paceline.cli import main as paceline
from paceline.home import Home

TIME_BAR, MEMORY_BAR = 0.25, 0.4
PATIENCE = 120.0


@dataclass(frozen=True)
class Start:
    """One start of a server: seconds to its first answer, and memory of all its processes in MB."""

    seconds: float
    memory: float


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(command: Sequence[str], url: str) -> Start:
    """Start `command`, wait until `url` answers 200, and stop it again."""
    began = time.perf_counter()
    # MLflow starts its server by name, so the environment's own programs must be found first.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true", "PATH": path}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment) as process:
        try:
            while not _answers(url):
                if process.poll() is not None or time.perf_counter() - began > PATIENCE:
                    raise SystemExit(f"{command[1:4]} did not answer on {url}")
                time.sleep(0.02)
            seconds = time.perf_counter() - began
            family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
            memory = sum(member.memory_info().rss for member in family) / 1e6
        finally:
            if process.poll() is None:
                for member in psutil.Process(process.pid).children(recursive=True):
                    member.kill()
            process.kill()
    return Start(seconds, memory)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 an address of this machine
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def log_for_mlflow(home: Home, folder: Path) -> Path:
    """Save the champion's deal model the way MLflow serves models."""
    import mlflow.lightgbm

    champion = read_champion(home.bundles).current
    files = read_bundle(home.bundles / champion.sha256)
    text = next(content for name, content in sorted(files.items()) if name.endswith(".txt"))
    mlflow.lightgbm.save_model(lgb.Booster(model_str=text.decode()), str(folder))
    return folder


def main() -> None:
    """Prepare a small demonstration, then start both servers in turn and compare the best of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        home = Home(Path(scratch) / "home")
        if paceline(["--home", str(home.root), "demo", "--reps", "16", "--quarters", "8", "--no-serve"]) != 0:
            raise SystemExit("the demonstration could not be prepared")
        model = log_for_mlflow(home, Path(scratch) / "model")
        ours, theirs = [], []
        for _ in range(options.rounds):
            port = free_port()
            serve = [sys.executable, "-m", "paceline", "--home", str(home.root), "serve", "--port", str(port)]
            ours.append(start(serve, f"http://127.0.0.1:{port}/readyz"))
            port = free_port()
            peer = [sys.executable, "-m", "mlflow", "models", "serve", "-m", str(model), "-p", str(port)]
            theirs.append(start([*peer, "--env-manager", "local"], f"http://127.0.0.1:{port}/ping"))
    quick, slow = min(s.seconds for s in ours), min(s.seconds for s in theirs)
    small, large = min(s.memory for s in ours), min(s.memory for s in theirs)
    sys.stdout.write(f"paceline serve       {quick:6.2f} s  {small:6.0f} MB\n")
    sys.stdout.write(f"mlflow models serve  {slow:6.2f} s  {large:6.0f} MB\n")
    sys.stdout.write(verdict("time to the first answer", quick / slow, TIME_BAR, unit="x") + "\n")
    sys.stdout.write(verdict("memory", small / large, MEMORY_BAR, unit="x") + "\n")


if __name__ == "__main__":
    main()
