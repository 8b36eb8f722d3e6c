"""The driver-match rule as it is used before anything better was let in: the best play, near-equal ones tried.

Without any trying nothing could ever be learned: a rule that always does the same is never seen to do otherwise. Trying
costs at most `explore_cost` of what the rule expects, and the chance of every play is exact. A rep's draw is named by
the rep's period, so that the same play stays the first one while the period runs and nothing else changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from scipy.special import ndtri

from models.coaching.guardrails import Candidate, refusal
from models.coaching.learning.policy import propensities
from models.coaching.learning.settings import LearningSettings
from models.coaching.playbook import GapPlay
from models.coaching.settings import CoachingSettings
from models.simulation.streams import stream

NAME = "driver-match"
"""Name under which the rule's decisions are logged."""


def tried(
    fitting: Sequence[Candidate],
    *,
    rep_id: str,
    about: str,
    seed: int,
    limits: CoachingSettings,
    settings: LearningSettings | None = None,
) -> tuple[list[Candidate], dict[str, object]]:
    """Return the candidates of one rep with the one to come first marked, and the log of the choice.

    Args:
        fitting: Plays that fit and do not rest.
        rep_id: Whose they are.
        about: Names the period.
        seed: User seed.
        limits: Guardrails.
        settings: How much may be tried.
    """
    chosen = settings or LearningSettings()
    offered = [one for one in fitting if isinstance(one.play, GapPlay) and not refusal(one, limits)]
    chances, drawn = np.zeros(0), None
    if offered:
        mid = np.array([[one.mid for one in offered]])
        reach = 2.0 * float(ndtri(0.5 + limits.range_level / 2.0))
        sd = np.array([[(one.high - one.low) / reach for one in offered]])
        rng = stream(seed, "coaching", "rule", rep_id, about)
        point = rng.random()
        draws = mid + sd * rng.standard_normal((chosen.draws, 1, len(offered)))
        chances = propensities(mid, sd, np.ones_like(mid, dtype=bool), draws, chosen)[0]
        drawn = offered[min(int(np.searchsorted(np.cumsum(chances), point, side="right")), len(offered) - 1)].play.id
    log: dict[str, object] = {
        "rep_id": rep_id,
        "action_set": [one.play.id for one in offered],
        "propensities": {one.play.id: float(p) for one, p in zip(offered, chances, strict=True) if p > 0},
        "chosen": drawn,
        "seed": seed,
        "about": about,
    }
    return [replace(one, first=one.play.id == drawn) for one in fitting], log


def tried_by_rep(
    fitting: Mapping[int, Sequence[Candidate]],
    who: Mapping[int, tuple[str, str]],
    *,
    seed: int,
    limits: CoachingSettings,
) -> tuple[dict[int, list[Candidate]], list[dict[str, object]]]:
    """Return `tried` for every rep.

    Args:
        fitting: Plays that fit, by main row.
        who: Rep and name of the period, by main row.
        seed: User seed.
        limits: Guardrails.
    """
    found, log = {}, []
    for row, candidates in fitting.items():
        rep_id, about = who[row]
        found[row], told = tried(candidates, rep_id=rep_id, about=about, seed=seed, limits=limits)
        log.append(told)
    return found, log
