"""What may be said about the effect of each play of a playbook, or how much is missing for it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

from models.coaching.effect_docs import EffectsDoc, EstimateDoc, PlayEffectDoc
from models.coaching.learning.fitting import SettledDecision
from models.coaching.learning.panel import Estimate
from models.coaching.learning.panels import Taken, panel_of
from models.coaching.learning.proof import judge
from models.coaching.learning.settings import ProofSettings
from models.coaching.playbook import GapPlay, Playbook
from models.explain.documents import Text


def effects(
    playbook: Playbook,
    settled: Sequence[SettledDecision],
    taken: Taken,
    as_of: date,
    settings: ProofSettings | None = None,
) -> EffectsDoc:
    """Judge every gap play.

    Args:
        playbook: Plays.
        settled: First decision of each rep and period that is over.
        taken: What was taken up.
        as_of: Day of knowledge.
        settings: Limits of proof.
    """
    limits = settings or ProofSettings()
    told = [_play(play, settled, taken, limits) for play in playbook.gaps]
    return EffectsDoc(schema=1, as_of=as_of.isoformat(), level=limits.level, plays=told)


def _play(play: GapPlay, settled: Sequence[SettledDecision], taken: Taken, limits: ProofSettings) -> PlayEffectDoc:
    panel = panel_of(play.id, settled, taken)
    verdict = judge(panel, limits)
    treated = int(panel.treated.sum())
    return PlayEffectDoc(
        play_id=play.id,
        title=Text(en=play.title.en, zh=play.title.zh),
        rep_periods=treated,
        without=len(panel) - treated,
        refused=verdict.refused,
        needs=verdict.needs,
        matched=None if verdict.matched is None else _estimate(verdict.matched),
        robust=None if verdict.robust is None else _estimate(verdict.robust.estimate),
        helps=verdict.helps,
    )


def _estimate(found: Estimate) -> EstimateDoc:
    placebo = found.placebo_p if math.isfinite(found.placebo_p) else None
    return EstimateDoc(effect=found.effect, low=found.low, high=found.high, placebo_p=placebo)
