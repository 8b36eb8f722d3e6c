"""One training run: backtest, fit, log, register, gate, promote; the same code for `paceline train` and MLflow."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pandas as pd
from joblib import cpu_count

from features.domain.errors import DataMissing
from features.history.known import History
from models.accuracy.log import BacktestKey, BacktestLog, BacktestRecord
from models.accuracy.settings import AccuracySettings
from models.bundle.champion import Promotion, write_champion
from models.bundle.write import write_bundle
from models.contracts import Forecaster, TrainingHistory
from models.forecasters import all_forecasters
from models.forecasters.paceline import PacelineForecaster
from training.backtest.record import backtest_record
from training.backtest.rolling import BacktestSettings, Progress, rolling_backtest
from training.backtest.summary import skill, summarise
from training.dataset import training_history
from training.plan import TrainingPlan, plan_training
from training.promotion.feature_leaks import feature_gate
from training.promotion.gates import GateResult, GateSettings, run_gates
from training.reports.examples import example_forecasts
from training.reports.reason_checks import checks_table, reason_checks, reason_gate
from training.reports.run_report import RunFacts, write_run_report
from training.tracking import CHALLENGER, CHAMPION, Tracking

SERVED = PacelineForecaster.name
"""Name of the forecaster that is served."""

BASELINES = ("closed_plus_trailing", "last_period", "pace", "stage_weighted", "trailing_mean")
"""Simple rules that a served forecast must not be worse than."""

PEERS = (
    "coverage_rule",
    "dynamics",
    "gong",
    "hubspot",
    "learned_curve",
    "prior_attainment",
    "stage_weighted",
)
"""Public formulas of other products; a backtest on request judges them too, a training run does not wait for them."""

NO_ROWS = pd.DataFrame()


@dataclass(frozen=True)
class TrainingResult:
    """What a training run came to.

    Attributes:
        version: Number in the registry.
        run_id: MLflow run.
        bundle: Hash of the bundle.
        promoted: Whether it is served now.
        gates: Answers of the gates.
        summary: Backtest summary; empty when there was too little history to judge.
        skill: Against the best baseline in hindsight.
        report: Folder with plots, model card and rows.
    """

    version: str
    run_id: str
    bundle: str
    promoted: bool
    gates: tuple[GateResult, ...]
    summary: pd.DataFrame
    skill: pd.DataFrame
    report: str


def forecasters(names: Sequence[str] = BASELINES) -> Mapping[str, Callable[[], Forecaster]]:
    """Return factories of the served forecaster and of others, by name."""
    found = all_forecasters()
    return {name: found[name] for name in (SERVED, *names)}


def backtest(
    history: History,
    plan: TrainingPlan,
    progress: Progress,
    names: Sequence[str] = BASELINES,
    *,
    beside: Sequence[Callable[[], None]] = (),
) -> pd.DataFrame:
    """Return the rolling backtest of the served forecaster and others, one row per rep, cutoff, period and forecaster.

    Args:
        history: The dataset.
        plan: Moments to learn from and to judge at.
        progress: Told what is being done.
        names: Forecasters to judge beside the served one.
        beside: Further work that shares the processes of the judged periods (see `rolling_backtest`).
    """
    if not plan.folds:
        raise DataMissing(plan.note)
    return rolling_backtest(
        history,
        forecasters(names),
        plan.folds,
        settings=backtest_settings(plan),
        settled_on=plan.as_of,
        progress=progress,
        jobs=plan.settings.jobs or cpu_count(),
        beside=beside,
    )


def backtest_settings(plan: TrainingPlan) -> BacktestSettings:
    """Return how the folds of a plan are refitted and drawn."""
    return BacktestSettings(
        n_paths=plan.settings.backtest_paths,
        seed=plan.settings.seed,
        history_cutoffs=plan.cutoffs_before,
        deal_cutoffs=plan.deal_cutoffs_before,
    )


def train(
    history: History,
    tracking: Tracking,
    backtests: BacktestLog,
    *,
    bundles: Path,
    as_of: date,
    cutoffs: int | None,
    promote: bool,
    gates: GateSettings,
    progress: Progress,
) -> TrainingResult:
    """Train on what was known at `as_of`, and let the gates decide whether the result is served.

    Args:
        history: The dataset.
        tracking: Experiment store and registry.
        backtests: Where the backtest is left for people to read.
        bundles: Folder of content-addressed bundles and the champion pointer.
        as_of: Moment of knowledge.
        cutoffs: Closed periods to judge in the backtest; None: as many as the history carries, within settings.
        promote: Whether a run that passes all gates becomes the champion.
        gates: Thresholds.
        progress: Told what is being done.

    Returns:
        What came of it; a refused model is registered as challenger.
    """
    plan = plan_training(history, as_of, cutoffs)
    params = {**plan.describe(), "dataset_version": history.info.dataset_version, "grade": str(history.info.grade)}
    with tracking.run(f"train {as_of}", params) as run_id:
        rows, model = _judge_and_fit(history, plan, progress)
        learned = _learned(history, plan)
        bundle = write_bundle(bundles, model.to_files(), {"as_of": as_of.isoformat(), "forecaster": SERVED})
        progress("report", 0.85)
        summary, results = _judge(rows, gates, plan)
        results.append(feature_gate(learned.targets, gates))
        reasons = reason_checks(
            model,
            learned,
            refits=plan.settings.reason_refits,
            seed=plan.settings.seed,
            jobs=plan.settings.jobs or cpu_count(),
        )
        results += reason_gate(reasons)
        gain = skill(summary, SERVED, BASELINES) if len(summary) else NO_ROWS
        fans = example_forecasts(model, learned.now, seed=plan.settings.seed)
        facts = RunFacts({**params, "bundle": bundle}, rows, summary, gain, results, fans, checks_table(reasons))
        with tempfile.TemporaryDirectory() as scratch:
            tracking.log_folder(write_run_report(Path(scratch), model, learned.now, facts, name=SERVED), "report")
        tracking.log_folder(bundles / bundle, "bundle")
        tracking.log_metrics(_metrics(summary))
        passed = all(result.passed for result in results)
        tags = {"gates": "passed" if passed else "refused", "as_of": as_of.isoformat()}
        version = tracking.register(run_id, bundle, tags)
        key = BacktestKey(run_id, bundle, version, history.info.dataset_version, as_of.isoformat())
        backtests.record(key, record_of(rows, plan))
    tracking.alias(CHALLENGER, version)
    if passed and promote:
        promote_version(tracking, bundles, version, bundle, reason=f"passed {', '.join(r.gate for r in results)}")
    progress("done", 1.0)
    return TrainingResult(
        version, run_id, bundle, passed and promote, tuple(results), summary, gain, f"runs:/{run_id}/report"
    )


def _judge_and_fit(history: History, plan: TrainingPlan, progress: Progress) -> tuple[pd.DataFrame, PacelineForecaster]:
    """Return the rows of the backtest, and the model of all history, which is fitted beside the judged periods."""
    progress("fit on all history", 0.0)
    if not plan.folds:
        return NO_ROWS, PacelineForecaster().fit(_learned(history, plan))
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        fit = partial(_fit_into, history, plan, place)
        rows = backtest(history, plan, lambda what, share: progress(what, 0.8 * share), beside=[fit])
        files = {path.name: path.read_bytes() for path in place.iterdir()}
    return rows, PacelineForecaster.from_files(files)


def _fit_into(history: History, plan: TrainingPlan, folder: Path) -> None:
    """Fit on all history and leave the model's files in a folder."""
    for name, content in PacelineForecaster().fit(_learned(history, plan)).to_files().items():
        (folder / name).write_bytes(content)


def _learned(history: History, plan: TrainingPlan) -> TrainingHistory:
    """Return everything that the served model learns from."""
    as_of = plan.as_of
    return training_history(history, as_of, plan.cutoffs_before(as_of), deal_cutoffs=plan.deal_cutoffs_before(as_of))


def record_of(rows: pd.DataFrame, plan: TrainingPlan) -> BacktestRecord:
    """Return the documents of a plan's backtest."""
    zone, settings = plan.calendar.zone, AccuracySettings()
    return backtest_record(rows, plan.folds, served=SERVED, zone=zone, note=plan.note, settings=settings)


def promote_version(tracking: Tracking, bundles: Path, version: str, bundle: str, *, reason: str) -> None:
    """Serve `bundle` from now on: the champion file first, then the alias that people see."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    write_champion(bundles, Promotion(bundle, version, now, reason))
    tracking.alias(CHAMPION, version)


def _judge(rows: pd.DataFrame, settings: GateSettings, plan: TrainingPlan) -> tuple[pd.DataFrame, list[GateResult]]:
    if rows.empty:
        return NO_ROWS, [GateResult("history", passed=True, reason=f"provisional: {plan.note}")]
    summary = summarise(rows)
    return summary, run_gates(summary, rows, name=SERVED, baselines=BASELINES, settings=settings)


def _metrics(summary: pd.DataFrame) -> dict[str, float]:
    values: dict[str, float] = {}
    for line in summary.to_dict("records"):
        lead = str(line["lead"]).replace("/", "_").replace(" ", "_")
        for measure in ("mae", "crps", "coverage_80", "brier", "auc"):
            values[f"{line['forecaster']}.{measure}.{lead}"] = float(line[measure])
    return values
