"""The series forecaster beside statsforecast and mlforecast: on M3 and on real bookings, same series, same machine.

M3 (monthly and quarterly, a fixed sample of 1,000) is forecast by the part that reads one series alone
(`models/forecasters/series_local.py`); bookings by the whole series forecaster, as sums of the next three months per
rep. The libraries live in an environment of their own, `.bench/series-peers`, which the first run makes (it needs a
package index). `make bench-series-peers` runs it. M3 is read from `bench_m3/` of the test data, two files
`m3_monthly.csv.gz` and `m3_quarterly.csv.gz` with `series, h, split (train | test), value` in order of time; the
competition's series are published with the R package Mcomp, https://github.com/robjhyndman/Mcomp.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.bench_series import AHEAD, Company, adventureworks, data_folder, parch, replays
from benchmarks.measure import verdict
from models.contracts import FloatArray
from models.forecasters.series_local import LocalSeries, local_band, local_forecast
from models.metrics.block_bootstrap import block_bootstrap

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / ".bench" / "series-peers"
PEERS = ("statsforecast>=2,<3", "mlforecast>=1,<2", "lightgbm>=4.6,<5")
OURS, AVERAGED, PARTS = "paceline", "AutoETS + DOT", ("AutoETS", "DynamicOptimizedTheta")

SAMPLE, SEED, LEVEL = 1_000, 3, 0.8
COVERAGE = (0.77, 0.83)
FREQUENCIES = (("monthly", 12, 18), ("quarterly", 4, 8))
"""File, observations a year, steps ahead that the competition asks for."""

MIN_MONTHS = 18
"""Bookings of reps with fewer months are left out here: some of the libraries cannot forecast them."""


@dataclass(frozen=True)
class SeriesSet:
    """Series of one frequency with what came after them.

    Attributes:
        name: What the table is headed with.
        period: Observations a year.
        ids: One per series.
        past: Observations of each series, oldest first.
        outcome: What came, shape (n_series, horizon); of bookings the sum of the months, shape (n_series, 1).
    """

    name: str
    period: int
    ids: Sequence[str]
    past: Sequence[FloatArray]
    outcome: FloatArray

    @property
    def horizon(self) -> int:
        """Steps ahead."""
        return int(self.outcome.shape[1])

    def scale(self) -> FloatArray:
        """Return the mean absolute error of last year's value within each series, the unit of MASE."""
        return np.array([np.abs(own[self.period :] - own[: -self.period]).mean() for own in self.past])

    def aligned(self) -> LocalSeries:
        """Return the series with their ends in one column."""
        width = max(len(own) for own in self.past)
        values = np.stack([np.concatenate([np.zeros(width - len(own)), own]) for own in self.past])
        first = np.array([width - len(own) for own in self.past], dtype=np.int64)
        return LocalSeries(values, first, self.period)


@dataclass(frozen=True)
class Said:
    """Forecasts of one method, each of shape (n_series, horizon); the interval is NaN where none was given."""

    middle: FloatArray
    low: FloatArray
    high: FloatArray
    seconds: float


def m3_sets(folder: Path) -> list[SeriesSet]:
    """Return the sampled series of both frequencies.

    Raises:
        FileNotFoundError: The files are not there.
    """
    tables = {name: pd.read_csv(folder / "bench_m3" / f"m3_{name}.csv.gz") for name, _, _ in FREQUENCIES}
    everything = sorted((name, str(one)) for name, table in tables.items() for one in table["series"].unique())
    chosen = np.random.default_rng(SEED).choice(len(everything), SAMPLE, replace=False)
    picked = {everything[place] for place in chosen}
    return [_m3_set(name, period, tables[name], picked) for name, period, _ in FREQUENCIES]


def _m3_set(name: str, period: int, table: pd.DataFrame, picked: set[tuple[str, str]]) -> SeriesSet:
    mine = {str(one): rows for one, rows in table.groupby("series", sort=True) if (name, str(one)) in picked}
    past = [rows.loc[rows["split"] == "train", "value"].to_numpy(dtype=np.float64) for rows in mine.values()]
    came = [rows.loc[rows["split"] == "test", "value"].to_numpy(dtype=np.float64) for rows in mine.values()]
    return SeriesSet(f"M3 {name}", period, list(mine), past, np.stack(came))


def bookings_set(company: Company) -> tuple[SeriesSet, Said]:
    """Return the monthly series of every rep at every cutoff of a company, and what the series forecaster said.

    Outcome and forecast are sums of three months: that is what is judged, and what the paths are drawn for.
    """
    ids, past, came, drawn, seconds = [], [], [], [], 0.0
    for replay in replays(company):
        seconds += replay.fit_seconds
        for row, rep in enumerate(replay.panel.reps):
            own = replay.panel.values[row, replay.panel.first[row] :]
            if len(own) >= MIN_MONTHS:
                ids.append(f"{rep}|{replay.panel.end}")
                past.append(own)
                came.append(replay.outcome[row])
                drawn.append(replay.paths[row])
    low, middle, high = np.quantile(np.stack(drawn), [(1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2], axis=1)
    outcome = np.array(came)[:, None]
    return SeriesSet(company.name, 12, ids, past, outcome), Said(middle[:, None], low[:, None], high[:, None], seconds)


def ours(series: SeriesSet) -> Said:
    """Return the forecasts of the part of the series forecaster that reads one series alone."""
    started, aligned = time.process_time(), series.aligned()
    middle = local_forecast(aligned, series.horizon)
    half = local_band(aligned, series.horizon, LEVEL)
    return Said(middle, middle - half, middle + half, time.process_time() - started)


def peers(series: SeriesSet, horizon: int) -> dict[str, Said]:
    """Return what every other library says of the coming `horizon` steps, and the average of `PARTS`."""
    python = environment()
    with tempfile.TemporaryDirectory() as scratch:
        source, target = Path(scratch) / "in.csv", Path(scratch) / "out.csv"
        _long(series).to_csv(source, index=False)
        command = [python, "-W", "ignore", ROOT / "benchmarks" / "bench_m3_peers.py", source, target]
        single = {**os.environ, "OMP_NUM_THREADS": "1"}
        subprocess.run([*map(str, command), str(series.period), str(horizon)], check=True, env=single)
        table = pd.read_csv(target)
    seconds = table[table["series"] == "#seconds"].set_index("method")["mean"]
    found = {}
    for name, rows in table[table["series"] != "#seconds"].groupby("method", sort=False):
        wide = rows.sort_values(["series", "step"])
        parts = [wide[column].to_numpy(dtype=np.float64).reshape(-1, horizon) for column in ("mean", "low", "high")]
        order = np.argsort(np.argsort(np.array(series.ids)))
        middle, low, high = (part[order] for part in parts)
        found[str(name)] = Said(middle, low, high, float(seconds[name]))
    return {**found, AVERAGED: _averaged([found[name] for name in PARTS])}


def environment() -> Path:
    """Return the Python of the environment that holds the other libraries, made on first use."""
    python = ENVIRONMENT / "bin" / "python"
    ready = ENVIRONMENT / "ready"
    if not ready.exists():
        sys.stderr.write(f"making {ENVIRONMENT.relative_to(ROOT)} with {', '.join(PEERS)}\n")
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PEERS], check=True)
        ready.touch()
    return python


def mase_per_series(series: SeriesSet, said: Said) -> FloatArray:
    """Return the MASE of each series, without unit, shape (n_series,).

    Examples:
        Two years of quarters that rise by 4 a year; off by 2 at each step is half of that.

        >>> past = [np.arange(8.0)]
        >>> one = SeriesSet("x", 4, ["a"], past, np.array([[8.0, 9.0]]))
        >>> ahead = np.array([[10.0, 7.0]])
        >>> mase_per_series(one, Said(ahead, ahead, ahead, 0.0)).tolist()
        [0.5]
    """
    return np.asarray(np.abs(said.middle - series.outcome).mean(axis=1) / series.scale(), dtype=np.float64)


def coverage(outcome: FloatArray, said: Said) -> float:
    """Return the share of outcomes inside the interval, of those that have one; NaN when none has."""
    given = np.isfinite(said.low)
    inside = (outcome >= said.low) & (outcome <= said.high)
    return float(inside[given].mean()) if given.any() else float("nan")


def report_m3(sets: Sequence[SeriesSet]) -> Iterator[tuple[str, bool]]:
    """Yield the lines about M3, each with whether the bar it tells of was missed."""
    errors: dict[str, list[FloatArray]] = {}
    for series in sets:
        said = {OURS: ours(series), **peers(series, series.horizon)}
        yield f"{series.name}: {len(series.ids)} series, {series.horizon} ahead", False
        yield from _table({name: mase_per_series(series, one) for name, one in said.items()}, said, series.outcome)
        for name, one in said.items():
            errors.setdefault(name, []).append(mase_per_series(series, one))
        held = coverage(series.outcome, said[OURS])
        missed = not COVERAGE[0] <= held <= COVERAGE[1]
        yield f"  80 % coverage {held:.3f}, bar {COVERAGE[0]} to {COVERAGE[1]}: {'MISSED' if missed else 'met'}", missed
    pooled = {name: np.concatenate(parts) for name, parts in errors.items()}
    yield f"M3: {len(pooled[OURS])} series", False
    for name in ("AutoETS", AVERAGED):
        yield _paired(pooled[OURS], pooled[name], name)


def _table(
    errors: Mapping[str, FloatArray], said: Mapping[str, Said], outcome: FloatArray
) -> Iterator[tuple[str, bool]]:
    for name in sorted(errors, key=lambda one: float(errors[one].mean())):
        held, times = coverage(outcome, said[name]), said[name].seconds / max(said[OURS].seconds, 1e-9)
        covered = "   -" if np.isnan(held) else f"{held:.2f}"
        yield f"  {name:22s} MASE {errors[name].mean():.4f}  covers {covered}  time {times:6.1f} x ours", False


def _paired(mine: FloatArray, theirs: FloatArray, name: str) -> tuple[str, bool]:
    ratio = float(mine.mean() / theirs.mean())
    ahead = block_bootstrap(lambda at: float((theirs - mine)[at].mean()), np.arange(len(mine)), seed=1)
    line = verdict(f"  MASE over that of {name}", ratio, 1.0)
    return f"{line} (ahead by {ahead.value:.4f}, 90 % {ahead.low:.4f} to {ahead.high:.4f}, paired)", ratio > 1.0


def report_bookings(company: Company) -> Iterator[tuple[str, bool]]:
    """Yield the lines about one company's bookings."""
    series, own = bookings_set(company)
    came = series.outcome[:, 0]
    wape = {OURS: float(np.abs(own.middle[:, 0] - came).sum() / np.abs(came).sum())}
    for name, one in peers(series, AHEAD).items():
        wape[name] = float(np.abs(one.middle.sum(axis=1) - came).sum() / np.abs(came).sum())
    yield f"{company.name}: {len(came)} rep x cutoff with {MIN_MONTHS} months or more, next {AHEAD} months", False
    for name in sorted(wape, key=lambda one: wape[one]):
        yield f"  {name:22s} WAPE {wape[name]:.3f}", False
    best = min(value for name, value in wape.items() if name != OURS)
    ratio = wape[OURS] / best
    yield (
        f"{verdict('  WAPE over that of the best peer in hindsight', ratio, 1.0)}; {OURS} covers"
        + (f" {coverage(series.outcome, own):.2f}"),
        ratio > 1.0,
    )


def main() -> int:
    """Print both parts; return 1 when a bar is missed."""
    folder, missed = data_folder(), False
    try:
        for line, short in report_m3(m3_sets(folder)):
            sys.stdout.write(line + "\n")
            missed = missed or short
    except FileNotFoundError as error:
        sys.stdout.write(f"M3: skipped, there is no {error.filename}; see the head of this file\n")
    for read in (adventureworks, parch):
        try:
            company = read(folder)
        except FileNotFoundError as error:
            sys.stdout.write(f"{read.__name__}: skipped, there is no {error.filename}\n")
            continue
        for line, short in report_bookings(company):
            sys.stdout.write(line + "\n")
            missed = missed or short
    return int(missed)


def _averaged(parts: Sequence[Said]) -> Said:
    return Said(
        middle=np.asarray(np.mean([one.middle for one in parts], axis=0)),
        low=np.asarray(np.mean([one.low for one in parts], axis=0)),
        high=np.asarray(np.mean([one.high for one in parts], axis=0)),
        seconds=sum(one.seconds for one in parts),
    )


def _long(series: SeriesSet) -> pd.DataFrame:
    """Return the series as the other environment reads them."""
    lengths = [len(own) for own in series.past]
    return pd.DataFrame(
        {
            "series": np.repeat(np.array(series.ids), lengths),
            "step": np.concatenate([np.arange(length) for length in lengths]),
            "value": np.concatenate(list(series.past)),
        }
    )


if __name__ == "__main__":
    raise SystemExit(main())
