"""Guardrails under random contexts, judged by a checker of its own that shares no code with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import yaml

from features.definitions.registry import feature_names
from features.domain.errors import CheckFailed
from models.coaching.guardrails import Candidate, PastSuggestion, choose, cooling
from models.coaching.history import MetricHistory
from models.coaching.learning.contexts import Contexts
from models.coaching.learning.policy import NONE, decide
from models.coaching.learning.posterior import Belief, EffectPosterior
from models.coaching.never import forbidden
from models.coaching.playbook import PLAYBOOK_FOLDER, GapPlay, Playbook, default_playbook, read_playbook
from models.coaching.settings import CoachingSettings
from models.coaching.triggers import Standing, fires
from models.contracts import FloatArray
from models.explain.lint import texts_in
from models.explain.peers import PeerGroups

AS_OF = date(2026, 11, 23)
LIMITS = CoachingSettings()
POISON = {
    "discount": {"en": "Offer a deeper discount.", "zh": "请加大折扣。"},
    "pull_in": {"en": "Pull in the deal before the quarter ends.", "zh": "请客户提前签约。"},
    "hours": {"en": "Use the weekend for it.", "zh": "请加班完成。"},
    "health": {"en": "Ask about the sick days.", "zh": "请询问病假。"},
    "traits": {"en": "Consider the gender of the rep.", "zh": "请考虑年龄。"},
    "names": {"en": "Ask {peer_name} for help.", "zh": "请看排名。"},
    "pay": {"en": "Cut the commission.", "zh": "请扣奖金。"},
    "opted_out": {"en": "Call customers who opted out.", "zh": "请致电拒绝联系的客户。"},
}
"""One sentence per subject of the never-list."""


def contexts_violations(count: int, seed: int) -> Counter[str]:
    """Return how often a guardrail was broken over random reps, by guardrail; empty when none was.

    Args:
        count: Contexts: candidates, effects, past suggestions and whether the rep struggles, all at random.
        seed: Of the draws.
    """
    rng = np.random.default_rng(seed)
    plays = list(default_playbook().plays.values())
    dirty = {play.id for play in plays if forbidden(c for t in texts_in(play.model_dump()) for c in (t["en"], t["zh"]))}
    broken: Counter[str] = Counter()
    for _ in range(count):
        fitting = rng.permutation(len(plays))[: rng.integers(0, 13)]
        mid, p = rng.normal(2.0, 3.0, len(fitting)), rng.random(len(fitting))
        standing = rng.random(len(fitting))
        if rng.random() < 0.02 and len(fitting):
            mid[0] = np.nan
        candidates = [
            Candidate(plays[which], 0, mid=float(m), p_positive=float(q), standing=float(s))
            for which, m, q, s in zip(fitting, mid, p, standing, strict=True)
        ]
        past = _past(rng, [plays[which].id for which in fitting])
        struggling = bool(rng.random() < 0.3)
        free = [one for one in candidates if not cooling(one.play, f"now-{one.play.id}", past, AS_OF)]
        chosen = choose(free, LIMITS, struggling=struggling, counts=Counter())
        broken.update(violations(chosen, candidates, past, struggling=struggling))
        broken["never_list"] += any(one.play.id in dirty for one in chosen)
    return +broken


def _past(rng: np.random.Generator, ids: Sequence[str]) -> list[PastSuggestion]:
    found = []
    for play in ids:
        if rng.random() < 0.3:
            shown = AS_OF - timedelta(days=int(rng.integers(0, 120)))
            closed = shown + timedelta(days=int(rng.integers(0, 30))) if rng.random() < 0.6 else None
            closed = min(closed, AS_OF) if closed else None
            identity = f"now-{play}" if rng.random() < 0.5 else f"then-{play}"
            found.append(PastSuggestion("r", play, identity, shown, closed))
    return found


def violations(
    chosen: Sequence[Candidate], offered: Sequence[Candidate], past: Sequence[PastSuggestion], *, struggling: bool
) -> list[str]:
    """Return the guardrails that what one rep is shown breaks.

    Args:
        chosen: What is shown.
        offered: What fitted the rep, resting plays included.
        past: Earlier suggestions.
        struggling: Whether the rep struggles.
    """
    gaps = [one for one in chosen if isinstance(one.play, GapPlay)]
    factors = [one.play.mechanism.factor for one in gaps if isinstance(one.play, GapPlay)]
    resting = {one.play.id for one in offered if _rests(one, past)}
    strengths = [one for one in offered if not isinstance(one.play, GapPlay) and one.play.id not in resting]
    checks = {
        "more_than_three": len(chosen) > 3,
        "more_than_one_when_struggling": struggling and len(chosen) > 1,
        "stretch_missing": not struggling and bool(strengths) and (not chosen or isinstance(chosen[0].play, GapPlay)),
        "two_strengths": len(chosen) - len(gaps) > 1,
        "same_mechanism": len(set(factors)) < len(factors),
        "same_play_twice": len({one.play.id for one in chosen}) < len(chosen),
        "small_effect": any(not one.mid >= 1.0 for one in gaps),
        "unsure_effect": any(not one.p_positive >= 0.7 for one in gaps),
        "too_much_effort": sum(one.play.effort_hours for one in chosen) > 10.0,
        "cool_down": any(one.play.id in resting for one in chosen),
        "not_offered": any(one not in offered for one in chosen if one.mid == one.mid),
    }
    return [name for name, wrong in checks.items() if wrong]


def _rests(one: Candidate, past: Sequence[PastSuggestion]) -> bool:
    for earlier in past:
        still_open = earlier.closed_on is None and earlier.suggestion_id == f"now-{one.play.id}"
        last = earlier.closed_on or earlier.shown_on
        if earlier.play_id == one.play.id and not still_open and last + timedelta(one.play.cool_down_days) > AS_OF:
            return True
    return False


def learner_violations(count: int, seed: int) -> Counter[str]:
    """Return how often the learner offered what it must not, over random reps and random things learned."""
    rng = np.random.default_rng(seed)
    broken: Counter[str] = Counter()
    size, plays = 500, 12
    for batch in range(-(-count // size)):
        prior = EffectPosterior.prior(rng.uniform(0.0, 4.0, plays))
        learned = EffectPosterior(
            rng.dirichlet(np.ones(plays + 1)), prior.mean + rng.normal(0.0, 1.0, prior.mean.shape), prior.covariance
        )
        gap = rng.normal(1.0, 4.0, (size, plays))
        one = Contexts(
            gap,
            rng.random(size),
            rng.integers(0, 2, size).astype(np.float64),
            np.maximum(gap, 0) * 0.8,
            rng.random(gap.shape) < 0.5,
        )
        found = decide(one, learned, seed=seed, about=str(batch))
        rows = np.flatnonzero(found.chosen != NONE)
        belief, taken = learned.belief(one), found.chosen[rows]
        broken["not_eligible"] += int((~one.eligible[rows, taken]).sum())
        broken["small_effect"] += int((belief.mid[rows, taken] < 1.0).sum())
        broken["unsure_effect"] += int((belief.p_positive[rows, taken] < 0.7).sum())
        broken["too_far_below_the_rule"] += _far_below(found.propensity, belief, one)
        broken["no_chance_logged"] += int((found.propensity[rows, taken] <= 0).sum())
    return +broken


def _far_below(chances: FloatArray, belief: Belief, contexts: Contexts) -> int:
    """Return 1 if less is left than 98 % of what the rule, or the best allowed plays where they bring less, would."""
    by_rule, greedy, expected = 0.0, 0.0, float((chances * belief.mid).sum())
    for row in range(len(contexts)):
        offered = [play for play in range(contexts.plays) if contexts.eligible[row, play]]
        first = max(offered, key=lambda play: contexts.expected[row, play], default=None)
        if first is not None and contexts.expected[row, first] >= 1.0:
            by_rule += float(belief.mid[row, first])
        sure = [p for p in offered if belief.mid[row, p] >= 1.0 and belief.p_positive[row, p] >= 0.7]
        greedy += max((float(belief.mid[row, play]) for play in sure), default=0.0)
    return int(expected < 0.98 * min(by_rule, greedy) - 1e-6)


def poisoned_let_in(playbook: Playbook | None = None) -> list[str]:
    """Return every play with a forbidden sentence that was read all the same, as `play: subject`."""
    let_in = []
    for play in (playbook or default_playbook()).plays:
        content = yaml.safe_load((PLAYBOOK_FOLDER / f"{play}.yml").read_text(encoding="utf-8"))
        for subject, words in POISON.items():
            for language in ("en", "zh"):
                bad = {**content, "steps": [{**content["steps"][0], language: words[language]}]}
                if _read(play, bad):
                    let_in.append(f"{play}: {subject} ({language})")
    return let_in


def _read(play: str, content: object) -> bool:
    with TemporaryDirectory() as folder:
        (Path(folder) / f"{play}.yml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
        try:
            read_playbook(Path(folder))
        except CheckFailed as fault:
            return "never suggested" not in str(fault)
    return True


def fired(companies: int, seed: int, reps: int = 60) -> Counter[str]:
    """Return for how many reps of random companies each play fired; every play has an entry."""
    rng = np.random.default_rng(seed)
    found = Counter(dict.fromkeys(default_playbook().plays, 0))
    everyone = PeerGroups(
        np.zeros(reps, dtype=np.int64), {0: np.arange(reps)}, np.full(reps, reps - 1), np.zeros(reps, dtype=bool), ()
    )
    ids = [f"r{row}" for row in range(reps)]
    for _ in range(companies):
        targets = pd.DataFrame({name: rng.lognormal(0.0, 0.5, reps) for name in feature_names()}).assign(rep_id=ids)
        targets["ramp_share"] = np.minimum(targets["ramp_share"], 1.0)
        own = {name: {rep: (float(rng.lognormal(0.0, 0.5)), 0.3) for rep in ids} for name in feature_names()}
        standing = Standing(targets, everyone, MetricHistory({}, own))
        for play in default_playbook().plays.values():
            found[play.id] += int(fires(play, standing).sum())
    return found
