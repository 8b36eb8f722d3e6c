"""Everything a training run leaves behind to be looked at: rows, tables, plots and the model card."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from models.contracts import CompanyState, Forecaster
from models.risk.alert_settings import AlertSettings
from training.backtest.alert_summary import alert_summary
from training.backtest.rolling import QUANTILE_NAMES
from training.backtest.summary import summarise
from training.promotion.gates import GateResult
from training.reports.deal_shap import deal_shap
from training.reports.model_card import model_card
from training.reports.plots import Fan, by_lead, example_fans, pit_histogram, reliability, save, shap_summary


@dataclass(frozen=True)
class RunFacts:
    """What a run found out.

    Attributes:
        params: Parameters, data version and bundle.
        rows: Backtest rows; empty without a backtest.
        summary: Output of `summarise`.
        skill: Output of `skill`.
        gates: Answers of the gates.
        fans: Example forecasts.
        reasons: Checks of the reasons.
    """

    params: Mapping[str, object]
    rows: pd.DataFrame
    summary: pd.DataFrame
    skill: pd.DataFrame
    gates: Sequence[GateResult]
    fans: Sequence[Fan] = ()
    reasons: pd.DataFrame = field(default_factory=pd.DataFrame)


def write_run_report(folder: Path, model: Forecaster, state: CompanyState, facts: RunFacts, *, name: str) -> Path:
    """Write the report's files below `folder` and return it.

    Args:
        folder: Empty folder.
        model: The fitted model.
        state: Company state whose open deals are explained.
        facts: What the run found out.
        name: Name of the forecaster.
    """
    mine = facts.rows[facts.rows["forecaster"] == name] if len(facts.rows) else facts.rows
    segments = by_segment(mine)
    flags = alert_summary(mine, AlertSettings()) if len(mine) else mine
    card = model_card(
        name=name,
        facts=facts.params,
        summary=facts.summary,
        skill=facts.skill,
        gates=facts.gates,
        segments=segments,
        reasons=facts.reasons,
        alerts=flags,
    )
    (folder / "model_card.md").write_text(card, encoding="utf-8")
    (folder / "run.json").write_text(json.dumps(dict(facts.params), indent=2, default=str), encoding="utf-8")
    if len(facts.rows):
        facts.rows.to_parquet(folder / "backtest.parquet", index=False)
        facts.summary.to_csv(folder / "summary.csv", index=False)
        facts.skill.to_csv(folder / "skill.csv", index=False)
        flags.to_csv(folder / "alerts.csv", index=False)
        others = [who for who in facts.summary["forecaster"].unique() if who != name]
        save(reliability(mine), folder / "calibration.png")
        save(pit_histogram(mine), folder / "pit.png")
        save(by_lead(facts.summary, name, others), folder / "by_lead.png")
    if facts.fans:
        save(example_fans(facts.fans), folder / "fans.png")
    explained = deal_shap(model, state)
    if explained is not None:
        save(shap_summary(explained.values, explained.inputs), folder / "shap_summary.png")
    return folder


def by_segment(rows: pd.DataFrame) -> pd.DataFrame:
    """Return `segment, rows, mae, crps, bias, coverage_80` of one forecaster's rows, all leads pooled."""
    if rows.empty:
        return pd.DataFrame()
    parts = []
    for segment, group in rows.groupby("segment", sort=True, observed=True, dropna=False):
        pooled = summarise(group.assign(lead="all"))
        parts.append(
            pooled.assign(segment=segment or "(none)")[["segment", "rows", "mae", "crps", "bias", "coverage_80"]]
        )
    return pd.concat(parts, ignore_index=True)


def finite_quantiles(rows: pd.DataFrame) -> bool:
    """Whether every stated quantile is a finite number, in ascending order."""
    values = rows[list(QUANTILE_NAMES)].to_numpy(dtype=np.float64)
    return bool(np.isfinite(values).all() and (np.diff(values, axis=1) >= -1e-9).all())
