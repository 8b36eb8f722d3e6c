"""Puts what was learned into the ranking of a company's suggestions, and logs how each first gap was chosen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np

from features.domain.errors import UsageError
from models.coaching.guardrails import Candidate
from models.coaching.learning.contexts import Contexts
from models.coaching.learning.policy import Decisions, decide
from models.coaching.learning.posterior import EffectPosterior
from models.coaching.learning.settings import LearningSettings
from models.coaching.playbook import GapPlay, Playbook
from models.coaching.settings import CoachingSettings
from models.contracts import FloatArray


@dataclass(frozen=True)
class Learned:
    """What a company has learned about the gap plays of its playbook.

    Attributes:
        play_ids: Gap plays, sorted, in the order of the posterior.
        posterior: What was learned.
        seed: User seed of the draws.
        settings: How much may be tried.
        version: Name under which decisions are logged.
    """

    play_ids: tuple[str, ...]
    posterior: EffectPosterior
    seed: int
    settings: LearningSettings = field(default_factory=LearningSettings)
    version: str = "prior"

    def __post_init__(self) -> None:
        if len(self.play_ids) != self.posterior.plays:
            raise UsageError(f"learned about {self.posterior.plays} plays, {len(self.play_ids)} are named; name each")

    @classmethod
    def nothing_yet(cls, playbook: Playbook, *, seed: int, settings: LearningSettings | None = None) -> Self:
        """Return the prior over a playbook."""
        chosen = settings or LearningSettings()
        promised = np.array([play.evidence.mean for play in playbook.gaps])
        return cls(tuple(play.id for play in playbook.gaps), EffectPosterior.prior(promised, chosen), seed, chosen)


@dataclass(frozen=True)
class People:
    """Who the rows of a ranking are.

    Attributes:
        rep_ids: By target row.
        rank: Share of similar reps at or below the rep, by mean forecast, by target row; NaN counts as the median.
        newness: 1 in the first half-year, by target row.
    """

    rep_ids: Sequence[str]
    rank: FloatArray
    newness: FloatArray


def ranked(
    fitting: Mapping[int, Sequence[Candidate]],
    learned: Learned,
    people: People,
    *,
    limits: CoachingSettings,
    about: str,
    counts: Counter[str],
) -> tuple[dict[int, list[Candidate]], list[dict[str, object]]]:
    """Return the candidates with what was learned, the one to come first marked, and the log of the choices.

    Args:
        fitting: Plays that fit and do not rest, by main row.
        learned: What was learned.
        people: Who the rows are.
        limits: Guardrails.
        about: Names the moment, e.g. the as_of.
        counts: Receives how many plays were held back.

    Raises:
        UsageError: A play fits that nothing was learned about.
    """
    rows = sorted(fitting)
    contexts = _contexts(fitting, rows, learned, people)
    decisions = decide(contexts, learned.posterior, learned.settings, limits=limits, seed=learned.seed, about=about)
    found = {
        row: [one for each in fitting[row] if (one := _told(each, decisions, place, learned)) is not None]
        for place, row in enumerate(rows)
    }
    counts["held_back"] += sum(len(fitting[row]) - len(found[row]) for row in rows)
    return found, decisions.records([people.rep_ids[row] for row in rows], learned.play_ids)


def _contexts(
    fitting: Mapping[int, Sequence[Candidate]], rows: Sequence[int], learned: Learned, people: People
) -> Contexts:
    shape = (len(rows), len(learned.play_ids))
    gap, expected, eligible = np.zeros(shape), np.zeros(shape), np.zeros(shape, dtype=bool)
    for place, row in enumerate(rows):
        for one in fitting[row]:
            if isinstance(one.play, GapPlay):
                column = _column(one, learned)
                gap[place, column], expected[place, column], eligible[place, column] = one.gap, one.mid, True
    rank = np.nan_to_num(people.rank[list(rows)], nan=0.5)
    return Contexts(gap, rank, people.newness[list(rows)], expected, eligible)


def _column(one: Candidate, learned: Learned) -> int:
    if one.play.id not in learned.play_ids:
        raise UsageError(f"nothing was learned about play {one.play.id!r}; begin from Learned.nothing_yet")
    return learned.play_ids.index(one.play.id)


def _told(one: Candidate, decisions: Decisions, place: int, learned: Learned) -> Candidate | None:
    """Return a candidate with its learned effect; None where it is held back.

    What was passed over because it may harm somebody strong does not come second either.
    """
    if not isinstance(one.play, GapPlay):
        return one
    column = _column(one, learned)
    if not decisions.allowed[place, column] or decisions.riskier(place, column, learned.settings.harm_reach):
        return None
    mid = float(decisions.belief.mid[place, column])
    return replace(
        one,
        low=one.low + mid - one.mid,
        mid=mid,
        high=one.high + mid - one.mid,
        p_positive=float(decisions.belief.p_positive[place, column]),
        first=bool(decisions.chosen[place] == column),
    )
