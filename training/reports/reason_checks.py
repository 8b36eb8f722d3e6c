"""The checks of reasons that every training run makes on its own model, and the table of them in the model card."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from models.contracts import CompanyState, Explains, FloatArray, Forecaster, ForecastPaths, TrainingHistory
from models.explain.checks import agreement, deletion_fidelity, faults_in, largest_gap, told_apart, wrong_signs
from models.explain.deal_catalogue import default_deal_catalogue
from models.explain.deals import DealReasons, explain_deals
from models.explain.settings import ExplainSettings
from models.explain.structural import Explanations, explain
from models.simulation.deal_parts import DealParts
from models.simulation.streams import stream
from training.promotion.gates import GateResult
from training.reports.examples import current_targets

N_PATHS, DRAWS = 400, 8
LARGEST_GAP, TOP_1, TOP_2, FIDELITY = 1e-6, 0.80, 0.90, 2.0
SETTINGS = ExplainSettings(widen=True)
"""All reps are checked, also those who have too few people alike to be shown a comparison."""


@runtime_checkable
class Relearns(Explains, Protocol):
    """A forecaster that explains itself and can learn its deal model again from other rows."""

    def deal_parts(self, state: CompanyState, paths: ForecastPaths, rows: list[int]) -> DealParts | None:
        """Return what each open deal adds to some targets."""
        ...

    def relearned(self, history: TrainingHistory) -> Forecaster:
        """Return the same forecaster with the deal model of another history."""
        ...


@dataclass(frozen=True)
class ReasonCheck:
    """One check.

    Attributes:
        check: What was checked.
        value: What was found.
        bar: What is asked.
        passed: Whether it is met; None where there was nothing to check.
        binding: Whether a model that misses it is refused.
    """

    check: str
    value: str
    bar: str
    passed: bool | None
    binding: bool


def reason_checks(
    model: Forecaster, history: TrainingHistory, *, refits: int, seed: int, jobs: int = 1
) -> list[ReasonCheck]:
    """Return the checks of the reasons that a model would give today.

    Args:
        model: Fitted forecaster.
        history: What it learned from; `now` is explained.
        refits: Times the deal model is learned again from deals drawn with replacement; 0 leaves stability out.
        seed: Seed of the simulation.
        jobs: Refits at the same time, each in a process of its own; the checks do not depend on it.

    Returns:
        Nothing where the model explains nothing, or nobody has a current period.
    """
    state = replace(history.now, targets=current_targets(history.now))
    if not isinstance(model, Relearns) or state.targets.empty:
        return []
    explained, deals, parts = _explain(model, state, seed)
    checks = [_additivity(explained, deals), _signs(explained), _fidelity(explained), _lint(explained, deals)]
    if parts is not None and parts.inputs is not None:
        checks.append(_collinear(parts.inputs))
    if refits and parts is not None and parts.margins is not None:
        work = (delayed(_redrawn)(model, history, number, state, seed) for number in range(refits))
        sure = explained.shares.low * explained.shares.high > 0
        drawn = [draws * sure for draws in Parallel(n_jobs=jobs)(work)]
        checks += _stability(explained.shares.factors * sure, drawn)
    return checks


def reason_gate(checks: list[ReasonCheck]) -> list[GateResult]:
    """Return the gate that refuses a model whose reasons do not add up, mislead or contradict themselves."""
    binding = [check for check in checks if check.binding]
    if not binding:
        return []
    missed = [check for check in binding if check.passed is False]
    told = "; ".join(f"{check.check}: {check.value} (bar {check.bar})" for check in missed or binding)
    return [GateResult("reasons", passed=not missed, reason=told)]


def checks_table(checks: list[ReasonCheck]) -> pd.DataFrame:
    """Return `check, value, bar, met` for the model card."""
    met = {True: "yes", False: "NO", None: "nothing to check"}
    rows = [{"check": c.check, "value": c.value, "bar": c.bar, "met": met[c.passed]} for c in checks]
    return pd.DataFrame(rows, columns=["check", "value", "bar", "met"])


def _redrawn(model: Forecaster, history: TrainingHistory, number: int, state: CompanyState, seed: int) -> FloatArray:
    """Return draws of the drivers of a model that was learned again from deals drawn with replacement."""
    assert isinstance(model, Relearns)  # noqa: S101 - asked before
    again = model.relearned(_drawn(history, number))
    assert isinstance(again, Relearns)  # noqa: S101 - the same forecaster
    paths = again.simulate(state, N_PATHS, seed)
    return explain(state, paths, again.structure(state, paths), SETTINGS).shares.draws[:DRAWS]


def _explain(model: Forecaster, state: CompanyState, seed: int) -> tuple[Explanations, DealReasons, DealParts | None]:
    assert isinstance(model, Relearns)  # noqa: S101 - asked before
    paths = model.simulate(state, N_PATHS, seed)
    explained = explain(state, paths, model.structure(state, paths), SETTINGS)
    parts = model.deal_parts(state, paths, _one_per_rep(paths.targets))
    return explained, explain_deals(parts, paths, SETTINGS), parts


def _one_per_rep(targets: pd.DataFrame) -> list[int]:
    first = targets.reset_index(drop=True).sort_values(["rep_id", "metric"], kind="stable").drop_duplicates("rep_id")
    return [int(row) for row in first.index]


def _additivity(explained: Explanations, deals: DealReasons) -> ReasonCheck:
    gap = largest_gap(explained.docs, deals.docs, deals.shares)
    return ReasonCheck("largest gap of any sum", f"{gap:.1e} points", "1e-06", gap <= LARGEST_GAP, binding=True)


def _signs(explained: Explanations) -> ReasonCheck:
    share = float(wrong_signs(explained.shares).max())
    return ReasonCheck("what-ifs of the wrong sign", f"{share:.1%}", "0%", share == 0.0, binding=True)


def _lint(explained: Explanations, deals: DealReasons) -> ReasonCheck:
    read, faults = faults_in(explained.docs, deals.docs)
    told = f"{len(faults)} in {read} sentences" + (f": {faults[0]}" if faults else "")
    return ReasonCheck("contradictions", told, "0, all sentences read", not faults if read else None, binding=True)


def _fidelity(explained: Explanations) -> ReasonCheck:
    named, others = deletion_fidelity(explained.shares)
    if np.isnan(named):
        return ReasonCheck("gap closed without the three leading factors", "-", "", None, binding=False)
    told = f"{named:.0%}; any three: {others:.0%}"
    passed = named >= FIDELITY * others
    return ReasonCheck("gap closed without the three leading factors", told, "twice any three", passed, binding=False)


def _collinear(inputs: pd.DataFrame) -> ReasonCheck:
    pairs = told_apart(inputs, default_deal_catalogue().membership(list(inputs.columns)))
    told = ", ".join(f"{one} and {other} ({close:.2f})" for one, other, close in pairs) or "none"
    return ReasonCheck("inputs that say the same in different groups", told, "none", not pairs, binding=False)


def _stability(first: FloatArray, again: list[FloatArray]) -> list[ReasonCheck]:
    """Return how often the leading reason stays when the deals and the similar reps are both drawn again.

    Args:
        first: Shares as served, those that are not sure enough to be named as 0, shape (7, n).
        again: Shares in each draw of each model, the same ones as 0, shape (draws, 7, n) each.
    """
    found = np.array([agreement(first, draw) for draws in again for draw in draws])
    if np.isnan(found).all():
        return [ReasonCheck("leading reason again", "-", "", None, binding=False)]
    same, near = found.mean(axis=0)
    told = f"with deals ({len(again)} models) and similar reps drawn again"
    return [
        ReasonCheck(f"leading reason the same, {told}", f"{same:.0%}", f"{TOP_1:.0%}", same >= TOP_1, binding=False),
        ReasonCheck(f"leading reason among two, {told}", f"{near:.0%}", f"{TOP_2:.0%}", near >= TOP_2, binding=False),
    ]


def _drawn(history: TrainingHistory, number: int) -> TrainingHistory:
    """Return the history with its deals drawn with replacement, all states of a deal together."""
    names = history.deals["opportunity_id"].unique()
    count = stream(number, "deals drawn again").multinomial(len(names), np.full(len(names), 1.0 / len(names)))
    times = pd.Series(count, index=names).reindex(history.deals["opportunity_id"]).to_numpy()
    rows = np.repeat(np.arange(len(history.deals)), times)
    return replace(history, deals=history.deals.iloc[rows].reset_index(drop=True))
