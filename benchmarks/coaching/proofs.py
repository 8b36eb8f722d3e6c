"""Whether effects and policies are told truly: against known effects, in logs that are confounded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.coaching.panels import Logs
from models.coaching.learning.doubly_robust import doubly_robust_effect
from models.coaching.learning.evaluation import LoggedDecisions, admit, policy_values
from models.coaching.learning.matched import matched_effect
from models.coaching.learning.proof import judge
from models.contracts import FloatArray
from training.simulator.coaching import NOTHING, CoachingWorld
from training.simulator.coaching_settings import SIMULATED_PLAYS, CoachingWorldSettings

NULL = [play.kind for play in SIMULATED_PLAYS].index("null")
REAL = [play.name for play in SIMULATED_PLAYS].index("discovery")
ONE_SIDED = 1.645


def effect_rows(seed: int, reps: int) -> list[dict[str, object]]:
    """Return one row per method, for the play without effect and for one with, on one company."""
    logs = Logs(CoachingWorld(CoachingWorldSettings(seed=seed, reps=reps)))
    rows: list[dict[str, object]] = []
    for kind, play in (("null", NULL), ("real", REAL)):
        panel, truth = logs.panel(play)
        coached = panel.treated == 1
        matched, robust = matched_effect(panel), doubly_robust_effect(panel)
        kept = robust.scores.kept
        change = truth.change[coached]
        error = float(change.std(ddof=1) / np.sqrt(len(change)))
        verdict = judge(panel)
        told = [
            ("matched", matched.effect, matched.low, matched.high, truth.effect[coached].mean()),
            (
                "doubly_robust",
                robust.estimate.effect,
                robust.estimate.low,
                robust.estimate.high,
                truth.effect[kept].mean(),
            ),
            (
                "naive",
                change.mean(),
                change.mean() - ONE_SIDED * error,
                change.mean() + ONE_SIDED * error,
                truth.effect[coached].mean(),
            ),
        ]
        for method, effect, low, high, true in told:
            rows.append({"method": method, "kind": kind, "effect": effect, "low": low, "high": high, "true": true})
        rows.append(
            {
                "method": "verdict",
                "kind": kind,
                "effect": float(verdict.helps),
                "low": float(verdict.refused is not None),
            }
        )
    return [{"seed": seed, **row} for row in rows]


def effect_summary(rows: pd.DataFrame) -> pd.DataFrame:
    """Return bias (in standard deviations of the estimate), coverage and claims per method and play."""
    found = []
    for (method, kind), group in rows[rows["method"] != "verdict"].groupby(["method", "kind"]):
        off, runs = group["effect"] - group["true"], len(group)
        spread = float(off.std(ddof=1))
        found.append(
            {
                "method": method,
                "kind": kind,
                "runs": runs,
                "true": group["true"].mean(),
                "effect": group["effect"].mean(),
                "bias_sd": off.mean() / spread,
                "bias_reach": ONE_SIDED / np.sqrt(runs),
                "covers": ((group["low"] <= group["true"]) & (group["true"] <= group["high"])).mean(),
                "claims": (group["low"] > 0).mean(),
            }
        )
    return pd.DataFrame(found)


@dataclass(frozen=True)
class Logged:
    """What the gate is given, beside the truth: decisions, what the rule expects, and two other policies."""

    decisions: LoggedDecisions
    model: FloatArray
    better: FloatArray
    worse: FloatArray
    better_gain: float
    worse_gain: float


def logged(logs: Logs) -> Logged:
    """Return the decisions of managers, the driver-match rule (better) and the widest lead (worse)."""
    parts = [_logged_quarter(logs, index) for index in range(len(logs.quarters))]
    rep, action, chance, reward, model, better, worse, effects = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    decisions = LoggedDecisions(rep.astype(np.int64), action.astype(np.int64), chance, reward)
    done = effects[np.arange(len(rep)), decisions.action]
    gains = [float(((policy * effects).sum(axis=1) - done).mean()) for policy in (better, worse)]
    return Logged(decisions, model, better, worse, *gains)


def _logged_quarter(logs: Logs, index: int) -> tuple[FloatArray, ...]:
    quarter, view = logs.quarters[index], logs.views[index]
    actions, rows = quarter.actions, np.arange(len(quarter.actions))
    plays = quarter.propensities.shape[1]
    surplus = logs.watcher.elasticity * (quarter.metrics - view.forecast)
    moved = np.where(actions == NOTHING, NOTHING, logs.metric[actions])
    quiet = moved[:, None] != np.arange(surplus.shape[1])
    surplus -= np.nanmean(np.where(quiet, surplus, np.nan), axis=0)
    action = np.where(actions == NOTHING, plays, actions)
    chances = np.column_stack([quarter.propensities, 1.0 - quarter.propensities.sum(axis=1)])
    nothing = np.zeros((len(rows), 1))
    best = np.where(view.contexts.eligible, view.contexts.expected, -np.inf).argmax(axis=1)
    return (
        rows.astype(np.float64),
        action.astype(np.float64),
        chances[rows, action],
        np.where(actions == NOTHING, 0.0, surplus[rows, moved]),
        np.column_stack([np.maximum(view.contexts.expected, 0.0), nothing]),
        np.eye(plays + 1)[best],
        np.eye(plays + 1)[view.contexts.gap.argmin(axis=1)],
        np.column_stack([quarter.effects, nothing]),
    )


def policy_row(seed: int, reps: int) -> dict[str, float]:
    """Return what the gate answers and how far the three estimates are off, on one company."""
    told = logged(Logs(CoachingWorld(CoachingWorldSettings(seed=seed, reps=reps))))
    better = admit(told.decisions, told.better, told.model)
    worse = admit(told.decisions, told.worse, told.model)
    values = policy_values(told.decisions, told.better, told.model)
    done = float(told.decisions.reward.mean())
    return {
        "seed": float(seed),
        "better_in": float(better.admitted),
        "worse_in": float(worse.admitted),
        "true_gain": told.better_gain,
        "effective": better.effective,
        "gain_covered": float(better.gain.low <= told.better_gain <= better.gain.high),
        **{f"{name}_off": value.value - done - told.better_gain for name, value in values.items()},
        **{f"{name}_width": value.high - value.low for name, value in values.items()},
    }
