"""Drift of outcomes: flagged in the first period of a changed market, and silent where nothing changed.

Companies are simulated and come in by the front door; the rule sees what `paceline monitor` sees. The changed market
is that of the preset `hostile`, in whose last quarters a quarter fewer deals are created. `--inflow` also counts on
many companies, without forecasts and without dirt, how often the deals opened alone tell it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.accuracy.companies import Case, imported
from benchmarks.accuracy.kept import is_kept, judge_or_read
from benchmarks.measure import verdict
from models.accuracy.drift import DriftLine, DriftSettings, Inflow, forecast_drift, inflow_drift
from paceline.settings import CommandSettings
from paceline.workspace import open_history
from training.dataset import company_state
from training.drift.outcomes import inflow_of, period_sums
from training.plan import plan_training
from training.simulator.organisation import Organisation, simulate
from training.simulator.settings import SimulatorSettings
from training.train import SERVED

FALSE_FLAGS, PERIODS, COVERAGE = 0.10, 1, 0.72
"""Bars: share of quiet periods that are flagged, periods until a break is flagged, coverage in the second one."""
BREAKS = "hostile"
UNSEEN = 101
"""First seed of the companies on which opened deals are counted; the rule was made looking at none of them."""


@dataclass(frozen=True)
class Watch:
    """What the rule said of one company.

    Attributes:
        case: The company.
        lines: Figures of its judged periods.
        coverage: Share of outcomes within the 80 % range, by first day of the period, all leads.
        broke: First day, ISO, of the changed market; "" where nothing changed.
    """

    case: Case
    lines: Sequence[DriftLine]
    coverage: pd.Series
    broke: str

    @property
    def periods(self) -> list[str]:
        """First days of the judged periods, oldest first."""
        return sorted(str(start) for start in self.coverage.index)

    @property
    def flagged(self) -> set[str]:
        """First days of the flagged periods."""
        return {line.period_start for line in self.lines if line.flagged}

    @property
    def after(self) -> list[str]:
        """Judged periods of the changed market, oldest first."""
        return [start for start in self.periods if self.broke and start >= self.broke]

    @property
    def until_flagged(self) -> float:
        """Closed periods of the changed market until one was flagged, that one included; inf if none was."""
        return next(
            (float(number) for number, start in enumerate(self.after, 1) if start in self.flagged), float("inf")
        )


def watch(case: Case, keep: Path | None) -> Watch:
    """Return what the rule says of a simulated company.

    Args:
        case: The company; the served forecaster alone is judged unless rows of all are kept.
        keep: Folder of rows that were judged before, see `judge_or_read`.
    """
    rows, _ = judge_or_read(case if is_kept(case, keep) else _served_alone(case), keep)
    mine = rows[rows["forecaster"] == SERVED]
    organisation = simulate(
        SimulatorSettings.preset(case.preset, seed=case.seed, reps=case.reps, quarters=case.quarters)
    )
    days = pd.to_datetime(mine["period_start"]).dt.strftime("%Y-%m-%d")
    declared = DriftSettings()
    inflow = [line for line in inflow_drift(_opened(organisation), declared) if line.period_start in set(days)]
    return Watch(
        case=case,
        lines=[*forecast_drift(period_sums(mine), declared), *inflow],
        coverage=mine["pit"].between(0.1, 0.9).groupby(days.to_numpy()).mean(),
        broke=_break_of(organisation),
    )


def _served_alone(case: Case) -> Case:
    return Case(case.preset, case.seed, case.reps, case.quarters, case.folds, case.paths, (SERVED,))


def _opened(organisation: Organisation) -> list[Inflow]:
    """Return the deals opened as the company's own export tells them."""
    with tempfile.TemporaryDirectory() as scratch:
        history = open_history(imported(organisation, Path(scratch)), CommandSettings())
        plan = plan_training(history, organisation.last_day, None)
        now = company_state(history, organisation.last_day)
    return inflow_of(now.lifecycles, now.reps, plan.periods)


def _break_of(organisation: Organisation) -> str:
    """Return the first day of the changed market, or "" where nothing changed."""
    changed = organisation.settings.regime_quarters
    return organisation.calendar.recorded[-changed].start.isoformat() if changed else ""


def count_inflow(seeds: Sequence[int], *, reps: int, quarters: int, changed: int) -> tuple[float, float, float]:
    """Return how often the deals opened alone are flagged, on companies as the simulator knows them.

    Returns:
        Share of judged quiet periods flagged; share of breaks flagged in their first period, and within two.
    """
    quiet: list[bool] = []
    first: list[bool] = []
    two: list[bool] = []
    for seed in seeds:
        for regime in (0, changed):
            settings = SimulatorSettings.preset(
                "realistic", seed=seed, reps=reps, quarters=quarters, regime_quarters=regime
            )
            flags = _known_flags(simulate(settings), reps)
            if regime:
                first.append(flags[quarters - changed])
                two.append(any(flags[quarters - changed + step] for step in (0, 1)))
            else:
                quiet += flags.values()
    return float(np.mean(quiet)), float(np.mean(first)), float(np.mean(two))


def _known_flags(organisation: Organisation, reps: int) -> dict[int, bool]:
    """Return by quarter whether the deals opened were flagged."""
    quarter = organisation.quarter_index(organisation.truth.deals["entered_0"].to_numpy())
    periods = organisation.calendar.recorded
    counts = np.bincount(quarter[quarter >= 0], minlength=len(periods))
    inflow = [
        Inflow(period.start.isoformat(), (period.start.month - 1) // 3, int(counts[number]), float(reps))
        for number, period in enumerate(periods)
    ]
    place = {period.start.isoformat(): number for number, period in enumerate(periods)}
    return {place[line.period_start]: line.flagged for line in inflow_drift(inflow, DriftSettings())}


def _table(found: Watch) -> str:
    lines = [f"{found.case.preset} {found.case.seed}" + (f", market changed on {found.broke}" if found.broke else "")]
    for start in found.periods:
        told = [
            f"{line.measure} {line.value:+.1%} ({line.z:+.1f} sd{', DRIFT' if line.flagged else ''})"
            for line in found.lines
            if line.period_start == start
        ]
        lines.append(f"  {start}  coverage {found.coverage[start]:.1%}  {'  '.join(told)}")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Print what the rule says of quiet and of changed companies, beside its bars."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quiet", nargs="*", type=int, default=[11], help="seeds of companies without a change")
    parser.add_argument("--changed", nargs="*", type=int, default=[11], help="seeds of companies whose market changes")
    parser.add_argument("--reps", type=int, default=200)
    parser.add_argument("--quarters", type=int, default=20)
    parser.add_argument("--folds", type=int, default=6)
    parser.add_argument("--inflow", type=int, default=20, help="companies on which the deals opened alone are counted")
    parser.add_argument("--keep", type=Path, default=None, help="folder of rows judged before; empty it for new code")
    given = parser.parse_args()
    cases = [Case("realistic", seed, given.reps, given.quarters, given.folds) for seed in given.quiet]
    cases += [Case(BREAKS, seed, given.reps, given.quarters, given.folds) for seed in given.changed]
    found = []
    for case in cases:
        found.append(watch(case, given.keep))
        sys.stdout.write(_table(found[-1]))
        sys.stdout.flush()
    for line in bars(found):
        sys.stdout.write(line + "\n")
    if given.inflow:
        _tell_inflow(range(UNSEEN, UNSEEN + given.inflow), given.reps, given.quarters)


def bars(found: Sequence[Watch]) -> list[str]:
    """Return a line per bar; periods before a change are quiet ones."""
    quiet = [start in one.flagged for one in found for start in one.periods if start not in one.after]
    lines = []
    if quiet:
        what = f"quiet periods flagged ({sum(quiet)} of {len(quiet)})"
        lines.append(verdict(what, sum(quiet) / len(quiet), FALSE_FLAGS))
    for one in found:
        if one.broke:
            name = f"{one.case.preset} {one.case.seed}"
            lines.append(verdict(f"{name}: closed periods until drift is flagged", one.until_flagged, PERIODS))
        if len(one.after) > 1:
            back = float(one.coverage[one.after[1]])
            lines.append(verdict(f"{name}: coverage in the second period", back, COVERAGE, at_most=False))
    return lines


def _tell_inflow(seeds: Sequence[int], reps: int, quarters: int) -> None:
    changed = SimulatorSettings.preset(BREAKS).regime_quarters
    quiet, first, two = count_inflow(seeds, reps=reps, quarters=quarters, changed=changed)
    sys.stdout.write(
        f"deals opened alone, {len(seeds)} companies: {quiet:.1%} of quiet periods flagged; "
        f"a quarter fewer deals flagged in the first period {first:.0%}, within two {two:.0%}\n"
    )


if __name__ == "__main__":
    main()
