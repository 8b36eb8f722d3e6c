"""The checks between a trained model and the reps it would speak about; each says yes or no, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

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
    coverage_rows: int = Field(
        default=240,
        ge=1,
        description="Fewest rows on which coverage is judged; below, the gate only notes it.",
    )
    too_good_auc: float = Field(
        default=0.97, description="AUC of a miss at day 0 above which a leak is assumed until someone looks."
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
        _baseline_gate(summary, name, baselines, settings),
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


def _baseline_gate(summary: pd.DataFrame, name: str, baselines: Sequence[str], settings: GateSettings) -> GateResult:
    table = skill(summary, name, baselines)
    crps = table[table["measure"] == "crps"]
    if crps.empty:
        return GateResult("baselines", passed=False, reason="no CRPS beside a baseline; nothing shows that it helps")
    worst = crps.loc[crps["gain"].idxmin()]
    told = ", ".join(f"{line.lead} {line.gain:+.0%} vs {line.best_name}" for line in crps.itertuples())
    return GateResult(
        "baselines",
        passed=bool(worst["gain"] >= -settings.crps_slack),
        reason=f"CRPS beside the best baseline: {told}; at most {settings.crps_slack:.0%} worse is allowed",
    )


def _coverage_gate(mine: pd.DataFrame, settings: GateSettings) -> GateResult:
    pit = mine["pit"].to_numpy(dtype=np.float64)
    share = float(((pit >= 0.1) & (pit <= 0.9)).mean()) if len(pit) else float("nan")
    asked = f"{settings.coverage_low:.0%}..{settings.coverage_high:.0%}"
    if len(pit) < settings.coverage_rows:
        told = f"{share:.0%} inside the 80 % range over {len(pit)} rows: too few to judge ({settings.coverage_rows})"
        return GateResult("coverage", passed=True, reason=told)
    inside = settings.coverage_low <= share <= settings.coverage_high
    return GateResult(
        "coverage", passed=inside, reason=f"{share:.1%} inside the 80 % range over {len(pit)} rows; asked {asked}"
    )


def _finite_gate(mine: pd.DataFrame) -> GateResult:
    broken = int(
        (~np.isfinite(mine[["forecast_mean", "q05", "q50", "q95"]].to_numpy(dtype=np.float64))).any(axis=1).sum()
    )
    return GateResult("finite", passed=broken == 0, reason=f"{broken} of {len(mine)} rows are not finite numbers")


def _too_good_gate(summary: pd.DataFrame, name: str, settings: GateSettings) -> GateResult:
    line = summary[(summary["forecaster"] == name) & (summary["lead"] == "day 0")]
    value = float(line["auc"].iloc[0]) if len(line) else float("nan")
    suspicious = np.isfinite(value) and value > settings.too_good_auc
    told = f"AUC of a miss at day 0 is {value:.3f}" if np.isfinite(value) else "AUC of a miss at day 0 is undefined"
    return GateResult(
        "too_good", passed=not suspicious, reason=f"{told}; above {settings.too_good_auc} a leak is assumed"
    )


def _champion_gate(ours: float, champion: float, settings: GateSettings) -> GateResult:
    change = ours / champion - 1.0 if champion > 0 else float("nan")
    return GateResult(
        "champion",
        passed=bool(change <= settings.champion_slack),
        reason=f"mean CRPS {ours:.4f} against the champion's {champion:.4f} ({change:+.1%})",
    )
