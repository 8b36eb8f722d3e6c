"""The checks between a trained model and the reps it would speak about; each says yes or no, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from models.accuracy.measures import WINSOR
from training.backtest.summary import skill


class GateSettings(BaseModel):
    """What a model must show in its rolling backtest before it may be served."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    crps_slack: float = Field(
        default=0.03, ge=0.0, description="A model may be this much worse in CRPS than the best baseline in hindsight."
    )
    coverage_low: float = Field(
        default=0.70, description="Least share of outcomes inside the 80 % range (randomised PIT), all leads pooled."
    )
    coverage_high: float = Field(
        default=0.90, description="Largest share of outcomes inside the 80 % range (randomised PIT), all leads pooled."
    )
    judged_periods: int = Field(
        default=4,
        ge=1,
        description="Fewest judged periods on which coverage and baselines refuse; with fewer a model is provisional.",
    )
    certainty: float = Field(
        default=0.90,
        ge=0.5,
        lt=1.0,
        description="How sure, resampling periods and teams, that a baseline is better before the model is refused.",
    )
    too_good_auc: float = Field(
        default=0.97, description="AUC of a miss at day 0 above which a leak is assumed until someone looks."
    )
    too_good_feature_auc: float = Field(
        default=0.95,
        description="AUC of a miss by a single feature at day 0 above which that feature is taken for a leak.",
    )
    too_good_rows: int = Field(
        default=200, ge=2, description="Fewest day-0 rows on which that AUC says anything; below, it is only noted."
    )
    champion_slack: float = Field(
        default=0.01, ge=0.0, description="A challenger may be this much worse in CRPS than the champion's own run."
    )


@dataclass(frozen=True)
class GateResult:
    """One gate's answer.

    Attributes:
        gate: Name of the gate.
        passed: Whether it lets the model through.
        reason: What was measured beside what was asked.
    """

    gate: str
    passed: bool
    reason: str


def run_gates(
    summary: pd.DataFrame,
    rows: pd.DataFrame,
    *,
    name: str,
    baselines: Sequence[str],
    settings: GateSettings,
    champion_crps: float | None = None,
) -> list[GateResult]:
    """Return the answers of all gates for forecaster `name`.

    Args:
        summary: Output of `summarise`.
        rows: Output of `rolling_backtest`.
        name: Forecaster that wants to be promoted.
        baselines: Names that it must not be worse than.
        settings: Thresholds.
        champion_crps: Mean CRPS of the champion on the same rows, if there is one to compare with.

    Returns:
        One result per gate, in a fixed order; promotion needs all of them.
    """
    mine = rows[rows["forecaster"] == name]
    results = [
        _baseline_gate(summary, rows, name, baselines, settings),
        _coverage_gate(mine, settings),
        _finite_gate(mine),
        _too_good_gate(summary, name, settings),
    ]
    if champion_crps is not None:
        results.append(_champion_gate(mean_crps(summary, name), champion_crps, settings))
    return results


def mean_crps(summary: pd.DataFrame, name: str) -> float:
    """Return the mean CRPS of `name` over the leads, in attainment; lower is better."""
    return float(summary.loc[summary["forecaster"] == name, "crps"].mean())


def _baseline_gate(
    summary: pd.DataFrame, rows: pd.DataFrame, name: str, baselines: Sequence[str], settings: GateSettings
) -> GateResult:
    table = skill(summary, name, baselines)
    crps = table[table["measure"] == "crps"]
    if crps.empty:
        return GateResult("baselines", passed=False, reason="no CRPS beside a baseline; nothing shows that it helps")
    told = ", ".join(f"{line.lead} {line.gain:+.0%} vs {line.best_name}" for line in crps.itertuples())
    worse = [line for line in crps.itertuples() if line.gain < -settings.crps_slack]
    sure = [line for line in worse if chance_worse(rows, name, line.best_name, line.lead) >= settings.certainty]
    note = f"at most {settings.crps_slack:.0%} worse is allowed"
    periods = int(rows["period_start"].nunique())
    if sure and periods < settings.judged_periods:
        note += f"; worse here, but {periods} periods are too few to refuse: provisional, judge it again next period"
        sure = []
    elif worse and not sure:
        note += ", and the rest is within what chance does in so few periods"
    return GateResult("baselines", passed=not sure, reason=f"CRPS beside the best baseline: {told}; {note}")


def chance_worse(rows: pd.DataFrame, name: str, other: str, lead: str, *, draws: int = 400) -> float:
    """Return how often `name` has a higher CRPS than `other` when whole periods and teams are drawn anew.

    Args:
        rows: Backtest rows of both.
        name: Forecaster in question.
        other: Baseline.
        lead: Lead to judge.
        draws: Number of resamples.

    Returns:
        Share of resamples, 0..1; blocks are period x team, because a shock moves a whole block.
    """
    keys = ["rep_id", "period_start", "metric"]
    here = rows[(rows["lead"] == lead) & (rows["quota"] > 0)]
    ours, theirs = (here[here["forecaster"] == who].set_index(keys) for who in (name, other))
    both = ours.join(theirs["crps"].rename("crps_other"), how="inner").reset_index()
    both["gap"] = ((both["crps"] - both["crps_other"]) / both["quota"]).clip(-WINSOR, WINSOR)
    blocks = both.groupby(["period_start", both["team_id"].astype(object).fillna("")])["gap"].agg(["sum", "count"])
    sums, counts = blocks["sum"].to_numpy(), blocks["count"].to_numpy()
    picks = np.random.default_rng(7).integers(0, len(sums), size=(draws, len(sums)))
    return float((sums[picks].sum(axis=1) / counts[picks].sum(axis=1) > 0).mean())


def _coverage_gate(mine: pd.DataFrame, settings: GateSettings) -> GateResult:
    pit = mine["pit"].to_numpy(dtype=np.float64)
    periods = int(mine["period_start"].nunique())
    share = float(((pit >= 0.1) & (pit <= 0.9)).mean()) if len(pit) else float("nan")
    told = f"{share:.1%} inside the 80 % range over {len(pit)} rows of {periods} periods"
    if periods < settings.judged_periods:
        return GateResult("coverage", passed=True, reason=f"{told}: too few periods to judge")
    inside = settings.coverage_low <= share <= settings.coverage_high
    asked = f"asked {settings.coverage_low:.0%}..{settings.coverage_high:.0%}"
    return GateResult("coverage", passed=inside, reason=f"{told}; {asked}")


def _finite_gate(mine: pd.DataFrame) -> GateResult:
    broken = int(
        (~np.isfinite(mine[["forecast_mean", "q05", "q50", "q95"]].to_numpy(dtype=np.float64))).any(axis=1).sum()
    )
    return GateResult("finite", passed=broken == 0, reason=f"{broken} of {len(mine)} rows are not finite numbers")


def _too_good_gate(summary: pd.DataFrame, name: str, settings: GateSettings) -> GateResult:
    line = summary[(summary["forecaster"] == name) & (summary["lead"] == "day 0")]
    value = float(line["auc"].iloc[0]) if len(line) else float("nan")
    rows = int(line["rows"].iloc[0]) if len(line) else 0
    told = f"AUC of a miss at day 0 is {value:.3f}" if np.isfinite(value) else "AUC of a miss at day 0 is undefined"
    if rows < settings.too_good_rows:
        return GateResult("too_good", passed=True, reason=f"{told} on {rows} rows: too few to suspect a leak")
    suspicious = np.isfinite(value) and value > settings.too_good_auc
    return GateResult(
        "too_good", passed=not suspicious, reason=f"{told}; a leak is assumed above {settings.too_good_auc}"
    )


def _champion_gate(ours: float, champion: float, settings: GateSettings) -> GateResult:
    change = ours / champion - 1.0 if champion > 0 else float("nan")
    return GateResult(
        "champion",
        passed=bool(change <= settings.champion_slack),
        reason=f"mean CRPS {ours:.4f} against the champion's {champion:.4f} ({change:+.1%})",
    )
