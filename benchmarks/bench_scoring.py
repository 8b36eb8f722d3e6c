"""Scoring 1,000 reps with drivers and suggestions: how long, how much memory, and which part takes it."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

from benchmarks.measure import child, peak_mb, verdict
from paceline.champion import load_champion
from paceline.cli import main as paceline
from paceline.home import Home
from paceline.settings import CommandSettings
from paceline.workspace import open_engine, open_history, resolve_as_of
from service.scoring.job import ScoringJob
from service.scoring.settings import ScoringSettings

SECONDS, MEGABYTES = 60.0, 2048.0


def prepare(home: Path, reps: int, quarters: int) -> None:
    """Simulate, ingest and train; not measured."""
    code = paceline(
        ["--home", str(home), "demo", "--reps", str(reps), "--quarters", str(quarters), "--seed", "11", "--no-serve"]
    )
    if code != 0:
        raise SystemExit(f"the company could not be prepared: exit code {code}")


def score(root: Path) -> None:
    """Score once in this process and print the seconds of each part."""
    home = Home(root)
    started = time.perf_counter()
    history = open_history(home, CommandSettings())
    champion = load_champion(home)
    moments: list[tuple[str, float]] = [("opening", time.perf_counter())]
    job = ScoringJob(
        history=history,
        model=champion.model,
        model_version=champion.version,
        bundle=champion.bundle,
        settings=ScoringSettings(),
        scored_at=datetime(2030, 1, 1),  # noqa: DTZ001 stored as UTC by convention
    )
    scored = job.run(resolve_as_of(history, None), lambda what, _: moments.append((what, time.perf_counter())))
    moments.append(("storing", time.perf_counter()))
    job.store(scored, open_engine(home), home.paths)
    ended = time.perf_counter()
    sys.stdout.write(f"{'opening':28s} {moments[0][1] - started:6.2f} s\n")
    for (what, begun), (_, after) in zip(moments[1:], [*moments[2:], ("", ended)], strict=True):
        sys.stdout.write(f"{what:28s} {after - begun:6.2f} s\n")
    sys.stdout.write(f"reps {len(scored.scorecards)}, rows {len(scored.rows)}, peak {peak_mb():.0f} MB\n")


def main() -> None:
    """Prepare a company in a temporary folder and score it in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reps", type=int, default=1000)
    parser.add_argument("--quarters", type=int, default=7)
    parser.add_argument("--score-only", type=Path)
    options = parser.parse_args()
    if options.score_only is not None:
        score(options.score_only)
        return
    with tempfile.TemporaryDirectory() as scratch:
        prepare(Path(scratch), options.reps, options.quarters)
        cost = child(["-m", "benchmarks.bench_scoring", "--score-only", scratch])
    sys.stdout.write(cost.output)
    sys.stdout.write(verdict(f"scoring {options.reps} reps, whole process", cost.wall, SECONDS, unit=" s") + "\n")
    sys.stdout.write(verdict("peak memory", cost.peak_mb, MEGABYTES, unit=" MB") + "\n")


if __name__ == "__main__":
    main()
