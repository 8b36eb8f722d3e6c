"""The M3 benchmark samples the same series each time, judges pairs, and lines up what another process wrote."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks import bench_m3
from benchmarks.bench_m3 import AVERAGED, OURS, Said, SeriesSet, coverage, m3_sets, mase_per_series, peers, report_m3

METHODS = ("AutoETS", "DynamicOptimizedTheta", "SeasonalNaive", "mlforecast")


def small(ids: tuple[str, ...] = ("b", "a", "c")) -> SeriesSet:
    past = [np.arange(12.0) + 10.0 * place for place in range(len(ids))]
    outcome = np.stack([own[-1] + np.array([1.0, 2.0]) for own in past])
    return SeriesSet("small", 4, ids, past, outcome)


def said(middle: float, half: float) -> Said:
    shape = np.full((3, 2), middle)
    return Said(shape, shape - half, shape + half, 2.0)


def test_mase_is_in_units_of_last_years_value() -> None:
    # The series rise by 4 a year and continue with 12 and 13, 22 and 23, 32 and 33; 12 is off by 0.5, 10.5 and 20.5.
    assert mase_per_series(small(), said(12.0, 0.0)) == pytest.approx([0.5 / 4, 10.5 / 4, 20.5 / 4])


def test_coverage_counts_only_intervals_that_were_given() -> None:
    outcome = np.array([[1.0, 2.0], [3.0, 4.0]])
    low = np.array([[0.0, 3.0], [np.nan, np.nan]])
    assert coverage(outcome, Said(outcome, low, low + 2.0, 0.0)) == 0.5
    assert np.isnan(coverage(outcome, Said(outcome, low * np.nan, low, 0.0)))


def written(folder: Path, name: str, period: int, horizon: int, n: int) -> None:
    lines = [
        {"series": f"{name}{one:04d}", "h": horizon, "split": "train" if at < 5 * period else "test", "value": at + 1.0}
        for one in range(n)
        for at in range(5 * period + horizon)
    ]
    (folder / "bench_m3").mkdir(exist_ok=True)
    pd.DataFrame(lines).to_csv(folder / "bench_m3" / f"m3_{name}.csv.gz", index=False)


def test_the_sample_is_the_same_each_time_and_of_both_frequencies(tmp_path: Path) -> None:
    written(tmp_path, "monthly", 12, 18, 700)
    written(tmp_path, "quarterly", 4, 8, 400)
    monthly, quarterly = m3_sets(tmp_path)
    assert len(monthly.ids) + len(quarterly.ids) == 1_000
    assert (monthly.horizon, quarterly.horizon) == (18, 8)
    assert [one.ids for one in m3_sets(tmp_path)] == [monthly.ids, quarterly.ids]
    assert quarterly.outcome[0].tolist() == [float(at + 1) for at in range(20, 28)]


def test_absent_series_are_told_by_their_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"m3_monthly\.csv\.gz"):
        m3_sets(tmp_path)


FAKE = """
import sys
import pandas as pd
table = pd.read_csv(sys.argv[-4])
last = table.groupby("series")["value"].last()
rows = [(one, method, 12 + step, value + step, value - 1.0, value + 9.0)
        for method in METHODS for one, value in reversed(list(last.items())) for step in range(int(sys.argv[-1]))]
rows += [("#seconds", method, 0, 1.5, None, None) for method in METHODS]
pd.DataFrame(rows, columns=["series", "method", "step", "mean", "low", "high"]).to_csv(sys.argv[-3], index=False)
"""


def other_environment(tmp_path: Path) -> Path:
    """Return a stand-in for the other environment's Python: it answers each series with its last value and steps."""
    script = tmp_path / "fake.py"
    script.write_text(f"METHODS = {METHODS!r}\n{FAKE}", encoding="utf-8")
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{script}" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    return python


def test_forecasts_of_the_other_environment_find_their_series(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_m3, "environment", lambda: other_environment(tmp_path))
    found = peers(small(), 2)
    # The series end at 11, 21 and 31, in the order b, a, c; the file lists them from c to a.
    assert found["AutoETS"].middle.tolist() == [[11.0, 12.0], [21.0, 22.0], [31.0, 32.0]]
    assert found[AVERAGED].middle.tolist() == found["AutoETS"].middle.tolist()
    assert found[AVERAGED].seconds == 3.0


def test_a_lost_comparison_is_a_missed_bar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_m3, "environment", lambda: other_environment(tmp_path))
    monkeypatch.setattr(bench_m3, "ours", lambda _: said(500.0, 1.0))
    lines = list(report_m3([small()]))
    missed = [line for line, short in lines if short]
    assert [("coverage" in line, "AutoETS" in line) for line in missed] == [(True, False), (False, True), (False, True)]
    assert any(line.startswith(f"  {OURS}") and "covers 0.00" in line for line, _ in lines)
