"""Which play each rep is offered: Thompson sampling among near-equal plays, its cost capped, every chance logged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.coaching.learning.caution import cautious
from models.coaching.learning.contexts import Contexts, Flags
from models.coaching.learning.posterior import Belief, EffectPosterior
from models.coaching.learning.settings import LearningSettings
from models.coaching.settings import CoachingSettings
from models.contracts import FloatArray
from models.simulation.streams import stream

NONE = -1
"""Choice of a rep who is offered nothing."""


@dataclass(frozen=True)
class Decisions:
    """What was offered to whom, and with which chance anything else would have been.

    Attributes:
        chosen: Play of each rep, shape (n_reps,); `NONE` where nothing may be offered.
        propensity: Exact chance of each play under the draw, shape (n_reps, n_plays); the rest to 1 is nothing.
        allowed: Plays inside all guardrails, shape (n_reps, n_plays).
        belief: What was believed.
        seed: Seed of the draws.
        about: What the stream of draws is named by, e.g. the as_of.
    """

    chosen: npt.NDArray[np.int64]
    propensity: FloatArray
    allowed: Flags
    belief: Belief
    seed: int
    about: str

    def riskier(self, row: int, play: int, more: float) -> bool:
        """Return whether a play is likelier to harm than the rep's drawn play by more than `more`."""
        drawn = self.chosen[row]
        already = self.belief.harm[row, drawn] if drawn != NONE else 0.0
        return bool(self.belief.harm[row, play] - already > more)

    def records(self, rep_ids: Sequence[str], play_ids: Sequence[str]) -> list[dict[str, object]]:
        """Return one JSON-able record per rep: the action set, all chances, the choice and what repeats the draw."""
        return [
            {
                "rep_id": rep,
                "action_set": [play_ids[play] for play in np.flatnonzero(self.allowed[row]).tolist()],
                "propensities": {
                    play_ids[play]: float(self.propensity[row, play])
                    for play in np.flatnonzero(self.propensity[row]).tolist()
                },
                "chosen": play_ids[self.chosen[row]] if self.chosen[row] != NONE else None,
                "seed": self.seed,
                "about": self.about,
            }
            for row, rep in enumerate(rep_ids)
        ]


def within_guardrails(contexts: Contexts, belief: Belief, limits: CoachingSettings) -> Flags:
    """Return which plays may be offered: eligible, worth a point, and likely above zero; shape (n_reps, n_plays)."""
    likely = belief.p_positive >= limits.min_p_positive
    return np.asarray(contexts.eligible & (belief.mid >= limits.min_lift) & likely)


def decide(
    contexts: Contexts,
    posterior: EffectPosterior,
    settings: LearningSettings | None = None,
    *,
    limits: CoachingSettings | None = None,
    seed: int,
    about: str,
) -> Decisions:
    """Choose one play per rep.

    Harm to the strong is weighed against lift first (`caution`). Chances are then counted over joint posterior draws,
    mixed with the best play until no more than the rest of `explore_cost` is given up of the expected lift, and the
    choice is drawn from exactly these chances: the logged propensity is no estimate.

    Args:
        contexts: Reps and plays.
        posterior: What has been learned.
        settings: How much may be tried.
        limits: Guardrails.
        seed: User seed.
        about: Names the moment; same seed, moment and input give the same decisions.
    """
    chosen_settings, limits = settings or LearningSettings(), limits or CoachingSettings()
    belief = posterior.belief(contexts)
    within = within_guardrails(contexts, belief, limits)
    caution = cautious(contexts, belief, within, chosen_settings, limits)
    rng = stream(seed, "coaching", "policy", about)
    draws = posterior.sampled(contexts, chosen_settings.draws, rng) - caution.price * belief.harm
    trying = chosen_settings.explore_cost * (1.0 - chosen_settings.caution_share)
    priced = chosen_settings.model_copy(update={"explore_cost": trying})
    chances = propensities(belief.mid, belief.sd, caution.allowed, draws, priced, worth=caution.worth)
    return Decisions(_drawn(chances, rng), chances, caution.allowed, belief, seed, about)


def propensities(
    mid: FloatArray,
    sd: FloatArray,
    allowed: Flags,
    draws: FloatArray,
    settings: LearningSettings,
    *,
    worth: FloatArray | None = None,
) -> FloatArray:
    """Return the chance of every play, shape (n_reps, n_plays), rows summing to 1 or, where nothing is allowed, to 0.

    Args:
        mid: Expected effect of every play for every rep, points, shape (n_reps, n_plays).
        sd: Its standard deviation, same shape.
        allowed: Plays that may be offered.
        draws: Joint draws of the effects, shape (n_draws, n_reps, n_plays).
        settings: Width of near-equal, cost and floor of exploring.
        worth: By what plays are compared, where that is not the expected effect alone, points, same shape.

    Examples:
        One play is surely best: nothing is tried.

        >>> mid, sd = np.array([[5.0, 1.0]]), np.array([[0.5, 0.5]])
        >>> propensities(mid, sd, mid > 0, np.array([[[5.0, 1.0]]]), LearningSettings()).tolist()
        [[1.0, 0.0]]
    """
    worth = mid if worth is None else worth
    some: Flags = np.asarray(allowed.any(axis=1), dtype=np.bool_)
    best = np.where(allowed, worth, -np.inf).argmax(axis=1)
    rows = np.arange(len(mid))
    near: Flags = allowed & (worth >= (worth[rows, best] - settings.near_sds * sd[rows, best])[:, None])
    winner = np.where(near, draws, -np.inf).argmax(axis=2)
    thompson = np.stack([(winner == play).mean(axis=0) for play in range(mid.shape[1])], axis=1) * near
    alike = near / np.maximum(near.sum(axis=1, keepdims=True), 1)
    trying = (1.0 - settings.explore_floor) * thompson + settings.explore_floor * alike
    greedy = np.zeros_like(trying)
    greedy[rows, best] = 1.0
    given = (part[rows, best] - (trying * part).sum(axis=1) for part in (mid, worth))
    cost = np.maximum(*given)
    bearable = settings.explore_cost * mid[rows, best]
    share = np.where(cost > bearable, bearable / np.maximum(cost, 1e-12), 1.0)
    mixed = share[:, None] * trying + (1.0 - share)[:, None] * greedy
    return np.asarray(np.where(some[:, None], mixed, 0.0), dtype=np.float64)


def _drawn(chances: FloatArray, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    reached = rng.random(len(chances))[:, None] < np.cumsum(chances, axis=1)
    possible: Flags = np.asarray(chances > 0, dtype=np.bool_)
    last = chances.shape[1] - 1 - possible[:, ::-1].argmax(axis=1)
    drawn = np.where(reached.any(axis=1), reached.argmax(axis=1), last)
    return np.where(chances.any(axis=1), drawn, NONE).astype(np.int64)
