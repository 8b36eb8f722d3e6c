"""The served forecast beside every simple rule, every peer formula and the oracle, on simulated and on real companies.

`make bench-forecast` runs it whole and writes `docs/accuracy.md` and `docs/accuracy/`. Simulated figures say how much
of a known truth is found, not how a real company would fare.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

import pandas as pd

from benchmarks.accuracy.bars import Bar, leaks, main_bars, preset_bars
from benchmarks.accuracy.companies import Case
from benchmarks.accuracy.kept import judge_or_read
from benchmarks.accuracy.page import page, write
from benchmarks.accuracy.plots import draw
from benchmarks.accuracy.real import real_sets
from benchmarks.accuracy.tables import Findings
from training.simulator.settings import PRESETS

ROLLED_UP = ("paceline", "stage_weighted", "trailing_mean")
"""Forecasters that are judged on the many small companies of the roll-up."""


SEEDS: dict[str, tuple[int, ...]] = {
    "realistic": (11, 12, 13, 14, 15),
    "tiny": tuple(range(101, 121)),
    "dirty": (11, 12),
}
"""Seeds of each preset; the others have `FEW`."""

FEW = (11,)


def cases(options: argparse.Namespace) -> list[Case]:
    """Return the companies to judge on; a preset that names its own size keeps it."""
    wide = [
        Case(preset, seed, *_size(preset, options), options.folds, options.paths)
        for preset in options.presets
        for seed in options.seeds or SEEDS.get(preset, FEW)
    ]
    many = [
        Case("realistic", 1_000 + seed, 40, options.quarters, options.folds, options.paths, ROLLED_UP)
        for seed in range(options.roll_up)
    ]
    return [*wide, *many]


def _size(preset: str, options: argparse.Namespace) -> tuple[int, int]:
    """Return reps and recorded quarters of a preset."""
    own = PRESETS[preset]
    return int(str(own.get("reps", options.reps))), int(str(own.get("quarters", options.quarters)))


def run(
    companies: Sequence[Case], workers: int, keep: Path | None
) -> Iterator[tuple[Case, pd.DataFrame, pd.DataFrame]]:
    """Judge the companies in processes of their own and yield each as it is done."""
    with ProcessPoolExecutor(max_workers=workers, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        waiting = {pool.submit(judge_or_read, case, keep): case for case in companies}
        for done in as_completed(waiting):
            rows, totals = done.result()
            yield waiting[done], rows, totals


def main() -> int:
    """Run the benchmark; return 1 when a bar is missed or something beats the oracle."""
    options = _options()
    companies, started = cases(options), time.perf_counter()
    judged, totals = [], []
    for number, (case, rows, summed) in enumerate(run(companies, options.workers, options.keep), start=1):
        spent = time.perf_counter() - started
        sys.stderr.write(
            f"[{number}/{len(companies)}] {case.preset} seed {case.seed}, {case.reps} reps: {len(rows)} rows,"
            f" {spent:.0f} s\n"
        )
        totals.append(summed)
        if not case.names:
            judged.append(rows)
    found = Findings.of(pd.concat(judged, ignore_index=True), pd.concat(totals, ignore_index=True))
    bars = [*main_bars(found), *preset_bars(found)]
    _say(found, bars)
    if options.out is not None:
        _write(options, found, bars)
    leaking = leaks(found.rows)
    for leak in leaking:
        sys.stdout.write(f"LEAK: {leak} beats the oracle\n")
    return int(bool(leaking) or any(not bar.met for bar in bars))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench_forecast", description=__doc__)
    parser.add_argument("--presets", nargs="+", choices=sorted(PRESETS), default=["realistic"])
    parser.add_argument("--seeds", type=int, nargs="+", help="seeds of every preset; default: see SEEDS")
    parser.add_argument("--reps", type=int, default=200)
    parser.add_argument("--quarters", type=int, default=20)
    parser.add_argument("--folds", type=int, default=6)
    parser.add_argument("--paths", type=int, default=400)
    parser.add_argument("--roll-up", type=int, default=0, help="further companies of 40 reps, for company totals")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--real", action="store_true", help="real data sets too, where their files are")
    parser.add_argument("--keep", type=Path, help="keep each company's rows here and go on after an interruption")
    parser.add_argument("--out", type=Path, help="folder of docs: writes accuracy.md and accuracy/")
    return parser.parse_args()


def _say(found: Findings, bars: Sequence[Bar]) -> None:
    sys.stdout.write(found.table.drop(columns=["crps_low", "crps_high"]).round(3).to_string(index=False) + "\n\n")
    sys.stdout.write(found.gap.round(3).to_string(index=False) + "\n\n")
    for bar in bars:
        ceiling = "" if bar.ceiling is None else f", the ceiling {bar.ceiling:.3f}"
        sys.stdout.write(f"{bar.verdict:16s} {bar.what}: {bar.value:.3f}, asked {bar.asked}{ceiling}\n")


def _write(options: argparse.Namespace, found: Findings, bars: Sequence[Bar]) -> None:
    folder = options.out / "accuracy"
    pictures = draw(found.table, found.rows, folder)
    document = {
        "accuracy": found.table.to_dict("records"),
        "gaps": found.gap.to_dict("records"),
        "segments": found.parts.to_dict("records"),
        "roll_ups": found.rolled.to_dict("records"),
        "bars": [
            {"what": bar.what, "value": bar.value, "asked": bar.asked, "met": bar.met, "ceiling": bar.ceiling}
            for bar in bars
        ],
    }
    text = json.dumps(document, indent=1, sort_keys=True, default=float)
    (folder / "accuracy.json").write_text(text + "\n", encoding="utf-8")
    real = real_sets() if options.real else ""
    told = page(found, runs=_runs(options), bars=bars, pictures=pictures, real=real)
    write(told, options.out / "accuracy.md")


def _runs(options: argparse.Namespace) -> list[str]:
    """Return what was run, in words."""
    runs = [
        f"{preset}: seeds {', '.join(str(seed) for seed in options.seeds or SEEDS.get(preset, FEW))};"
        " {} reps, {} recorded quarters".format(*_size(preset, options))
        for preset in options.presets
    ]
    runs += [f"the last {options.folds} settled quarters, or as many as there are, judged; {options.paths} worlds each"]
    if options.roll_up:
        runs.append(f"company totals also on {options.roll_up} companies of 40 reps")
    return runs


if __name__ == "__main__":
    sys.exit(main())
