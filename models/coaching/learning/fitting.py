"""Learning from the log of a company: the posterior from measured outcomes, and whether it may choose from now on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.coaching.decision_docs import DecisionDoc
from models.coaching.learning.contexts import Contexts
from models.coaching.learning.evaluation import LoggedDecisions, PolicyValue, admit, policy_values
from models.coaching.learning.policy import decide
from models.coaching.learning.posterior import Outcomes
from models.coaching.learning.ranking import Learned
from models.coaching.learning.settings import LearningSettings, ProofSettings
from models.coaching.playbook import Playbook
from models.contracts import FloatArray

LEAST_SETTLED = 2


@dataclass(frozen=True)
class PlayOutcome:
    """What a play's metric came to after a decision.

    Attributes:
        decision: What was known and drawn on the day of the suggestion.
        play_id: The play.
        taken: Whether the rep took it up.
        surplus: Metric beyond its forecast, points of quota.
        noise: Standard deviation of that, points.
    """

    decision: DecisionDoc
    play_id: str
    taken: bool
    surplus: float
    noise: float


@dataclass(frozen=True)
class SettledDecision:
    """A decision whose period is over.

    Attributes:
        decision: What was known and drawn.
        reward: Outcome less the forecast of the day of the decision, points of quota.
    """

    decision: DecisionDoc
    reward: float


@dataclass(frozen=True)
class Lesson:
    """What was learned, and whether it may choose.

    Attributes:
        learned: Posterior over the plays.
        outcomes: Measured suggestions that it was learned from.
        taken: Those of them whose play was taken up.
        settled: Decisions by which it was judged.
        effective: How many of these count after weighting by chances.
        needs: Effective decisions that are missing for a judgement.
        admitted: Whether it may choose.
        reason: Why not, or an empty text.
        values: What it would have brought beyond the forecast, by method; empty where nothing settled.
        gain: Doubly robust gain over what was done; None where nothing settled.
    """

    learned: Learned
    outcomes: int
    taken: int
    settled: int
    effective: float
    needs: int
    admitted: bool
    reason: str
    values: dict[str, PolicyValue]
    gain: PolicyValue | None


def learn(
    outcomes: Sequence[PlayOutcome],
    settled: Sequence[SettledDecision],
    playbook: Playbook,
    *,
    seed: int,
    version: str,
    settings: LearningSettings | None = None,
    proof: ProofSettings | None = None,
) -> Lesson:
    """Learn from measured outcomes and judge what was learned by the log.

    Args:
        outcomes: Measured suggestions.
        settled: The first decision of each rep and period that is over.
        playbook: Plays.
        seed: User seed of the draws.
        version: Name under which it would decide.
        settings: How far plays may turn out different.
        proof: When a new way of choosing may be let in.
    """
    limits = proof or ProofSettings()
    learned = posterior_of(outcomes, playbook, seed=seed, version=version, settings=settings)
    # What chose a play that is no longer in the playbook says nothing about choosing among those that are.
    settled = [one for one in settled if one.decision["chosen"] in {None, *learned.play_ids}]
    counted = {"outcomes": len(outcomes), "taken": sum(one.taken for one in outcomes), "settled": len(settled)}
    if len(settled) < LEAST_SETTLED or not counted["taken"]:
        missing = math.ceil(limits.least_effective) - (len(settled) if counted["taken"] else 0)
        what = "settled decisions" if counted["taken"] else "suggestions taken up and measured"
        reason = f"too little has happened to judge it; needs {missing} more {what}"
        return Lesson(
            learned, **counted, effective=0.0, needs=missing, admitted=False, reason=reason, values={}, gain=None
        )
    logged, target, model = _judged_ahead(outcomes, settled, playbook, seed=seed, settings=settings)
    admission = admit(logged, target, model, limits)
    needs = max(math.ceil(limits.least_effective - admission.effective), 0)
    missing_text = f"; needs {needs} more" if needs else ""
    return Lesson(
        learned,
        **counted,
        effective=admission.effective,
        needs=needs,
        admitted=admission.admitted,
        reason=f"{admission.reason}{missing_text}" if admission.reason else "",
        values=policy_values(logged, target, model, limits),
        gain=admission.gain,
    )


def posterior_of(
    outcomes: Sequence[PlayOutcome],
    playbook: Playbook,
    *,
    seed: int,
    version: str,
    settings: LearningSettings | None = None,
) -> Learned:
    """Return what is known after the outcomes, learned period by period; the prior where there are none."""
    prior = Learned.nothing_yet(playbook, seed=seed, settings=settings)
    posterior, known = prior.posterior, set(prior.play_ids)
    usable = [one for one in outcomes if one.play_id in known]
    for period in sorted({one.decision["period_start"] for one in usable}):
        rows = [one for one in usable if one.decision["period_start"] == period]
        posterior = posterior.updated(_observed(rows, prior))
    return Learned(prior.play_ids, posterior, seed, prior.settings, version)


def contexts_of(decisions: Sequence[DecisionDoc], play_ids: Sequence[str]) -> Contexts:
    """Return the contexts that decisions were made in; plays that are not in `play_ids` any more are left out."""
    shape = (len(decisions), len(play_ids))
    gap, expected, eligible = np.zeros(shape), np.zeros(shape), np.zeros(shape, dtype=bool)
    column = {name: place for place, name in enumerate(play_ids)}
    for row, told in enumerate(decisions):
        for name, known in told["plays"].items():
            if name in column:
                at = column[name]
                gap[row, at], expected[row, at], eligible[row, at] = known["gap"], known["expected"], True
    rank = np.array([told["rank"] for told in decisions], dtype=np.float64)
    newness = np.array([told["newness"] for told in decisions], dtype=np.float64)
    return Contexts(gap, rank, newness, expected, eligible)


def _observed(rows: Sequence[PlayOutcome], prior: Learned) -> Outcomes:
    contexts = contexts_of([one.decision for one in rows], prior.play_ids)
    place = np.array([prior.play_ids.index(one.play_id) for one in rows])
    taken = np.array([one.taken for one in rows], dtype=bool)
    each = np.arange(len(rows))
    surplus = np.array([one.surplus for one in rows], dtype=np.float64)
    return Outcomes(
        play=np.where(taken, place, -1).astype(np.int64),
        features=contexts.design()[each, place],
        surplus=np.asarray(surplus - np.where(taken, contexts.expected[each, place], 0.0), dtype=np.float64),
        noise=np.array([one.noise for one in rows], dtype=np.float64),
        nuisance=np.ones((len(rows), 1)),
        nuisance_sd=np.array([prior.settings.period_sd]),
    )


def _judged_ahead(
    outcomes: Sequence[PlayOutcome],
    settled: Sequence[SettledDecision],
    playbook: Playbook,
    *,
    seed: int,
    settings: LearningSettings | None,
) -> tuple[LoggedDecisions, FloatArray, FloatArray]:
    """Return the log, and chances and expectations of what had been learned before each decision's period began.

    A policy that were judged by the very results it was learned from would flatter itself.
    """
    periods = sorted({one.decision["period_start"] for one in settled})
    order = [one for period in periods for one in settled if one.decision["period_start"] == period]
    targets, models = [], []
    for period in periods:
        now = [one.decision for one in order if one.decision["period_start"] == period]
        before = [one for one in outcomes if one.decision["period_end"] < period]
        learned = posterior_of(before, playbook, seed=seed, version="", settings=settings)
        contexts = contexts_of(now, learned.play_ids)
        chances = decide(contexts, learned.posterior, learned.settings, seed=seed, about=period).propensity
        targets.append(np.column_stack([chances, 1.0 - chances.sum(axis=1)]))
        models.append(np.column_stack([np.where(contexts.eligible, contexts.expected, 0.0), np.zeros(len(now))]))
    play_ids = [play.id for play in playbook.gaps]
    return _logged(order, play_ids), np.concatenate(targets), np.concatenate(models)


def _logged(order: Sequence[SettledDecision], play_ids: Sequence[str]) -> LoggedDecisions:
    place = {name: at for at, name in enumerate(play_ids)}
    reps = {name: at for at, name in enumerate(sorted({one.decision["rep_id"] for one in order}))}
    action, chance = [], []
    for one in order:
        chosen = one.decision["chosen"]
        action.append(len(play_ids) if chosen is None else place[chosen])
        chance.append(1.0 if chosen is None else one.decision["propensities"][chosen])
    return LoggedDecisions(
        rep=np.array([reps[one.decision["rep_id"]] for one in order]),
        action=np.array(action),
        propensity=np.array(chance, dtype=np.float64),
        reward=np.array([one.reward for one in order], dtype=np.float64),
    )
