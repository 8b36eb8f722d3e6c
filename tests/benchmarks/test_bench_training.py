"""What the benchmark of training makes of its figures."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from benchmarks.bench_training import QUARTERS, START, Measured, draw, exponent, verdicts
from training.simulator.market import Calendar
from training.simulator.settings import SimulatorSettings


def measured(reps: int, seconds: float, peak_mb: float = 500.0) -> Measured:
    return Measured(reps, seconds, processor=seconds, peak_mb=peak_mb, rows=reps * 100, peer_seconds=1.0 + reps / 100)


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0])
def test_the_power_of_growth_is_found_whatever_the_scale(power: float) -> None:
    sizes = [100, 300, 1_000, 3_000]
    assert exponent(sizes, [7.0 * size**power for size in sizes]) == pytest.approx(power)


def test_the_recorded_quarters_are_over_so_that_an_import_takes_all_of_them() -> None:
    recorded = Calendar.of(SimulatorSettings(quarters=QUARTERS, start=START)).recorded
    assert len(recorded) == QUARTERS
    assert recorded[-1].end == date(2024, 12, 31)


def test_growth_above_linear_is_missed() -> None:
    # 16 times the reps, 32 times the seconds: 16 ** 1.25.
    lines = verdicts([measured(100, 10.0), measured(1_600, 320.0)])
    assert lines[0] == "growth of time from 100 to 1600 reps, power: 1.25, bar at most 1: MISSED"


def test_only_sizes_that_a_bar_names_are_held_against_it() -> None:
    lines = verdicts([measured(100, 1e6), measured(200, 301.0), measured(1_000, 899.0, peak_mb=5_000.0)])
    assert [line.rsplit(": ", 1)[1] for line in lines[:3]] == ["MISSED", "met", "MISSED"]
    assert lines[0].startswith("training 200 reps: 301 s")


def test_one_size_says_nothing_about_growth() -> None:
    assert verdicts([measured(100, 1.0)]) == []


def test_the_picture_is_the_same_for_the_same_figures(tmp_path: Path) -> None:
    found = [measured(100, 20.0), measured(300, 50.0)]
    for name in ("a.svg", "b.svg"):
        draw(found, tmp_path / name)
    text = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert "<svg" in text
    assert len(text) == len((tmp_path / "b.svg").read_text(encoding="utf-8"))
