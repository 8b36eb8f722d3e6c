"""Which suggestions are withheld, and how few one person gets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from models.coaching.playbook import GapPlay, StrengthPlay
from models.coaching.settings import CoachingSettings


@dataclass(frozen=True)
class Candidate:
    """One play that fits one rep, with its effect in points of quota.

    Attributes:
        play: The play.
        row: Target row on which the effect counts.
        low: Lower end of the plausible effect.
        mid: Expected effect.
        high: Upper end of the plausible effect.
        p_positive: Probability that the effect is above zero.
        gap: What closing the gap is worth by the forecast equation, after the discount of what-ifs.
        first: Whether it comes before all other gaps: it was drawn by its logged chance.
        own: Own value of the metric that a gap play moves; NaN where unknown.
        goal: Value that a what-if brings it to; NaN where unknown.
        standing: For strengths: share of similar reps who do at least as well; smaller stands out more.
    """

    play: GapPlay | StrengthPlay
    row: int
    low: float = 0.0
    mid: float = 0.0
    high: float = 0.0
    p_positive: float = 0.0
    standing: float = 1.0
    gap: float = 0.0
    first: bool = False
    own: float = float("nan")
    goal: float = float("nan")


@dataclass(frozen=True)
class PastSuggestion:
    """A suggestion that was shown before.

    Attributes:
        rep_id: To or about whom.
        play_id: Which play.
        suggestion_id: Its identity.
        shown_on: Day it was first shown.
        closed_on: Day it was done, put off or declined; None while it is still open.
    """

    rep_id: str
    play_id: str
    suggestion_id: str
    shown_on: date
    closed_on: date | None = None


def cooling(play: GapPlay | StrengthPlay, suggestion_id: str, past: Sequence[PastSuggestion], as_of: date) -> bool:
    """Return whether a play has to rest for a rep.

    The same suggestion stays as long as it is open. Once closed, or when it was shown for another period, the play
    rests for its cool-down.

    Args:
        play: The play.
        suggestion_id: Identity of the suggestion that would be shown.
        past: Earlier suggestions of the same rep.
        as_of: Day of the new scoring.

    Returns:
        True if it must not be shown.
    """
    for earlier in past:
        if earlier.play_id != play.id:
            continue
        if earlier.closed_on is None and earlier.suggestion_id == suggestion_id:
            continue
        if (as_of - (earlier.closed_on or earlier.shown_on)).days < play.cool_down_days:
            return True
    return False


def refusal(candidate: Candidate, settings: CoachingSettings) -> str:
    """Return why a gap play must not be shown, or an empty text."""
    if not candidate.mid >= settings.min_lift:
        return "small_effect"
    return "" if candidate.p_positive >= settings.min_p_positive else "unsure_effect"


def choose(
    candidates: Sequence[Candidate], settings: CoachingSettings, *, struggling: bool, counts: Counter[str]
) -> list[Candidate]:
    """Choose what one rep is shown: a strength first, then gaps by expected effect, few and different.

    Args:
        candidates: Plays that fit and do not rest.
        settings: Limits.
        struggling: Whether the rep struggles; then one gap play alone.
        counts: Receives why the others were withheld.

    Returns:
        At most `max_suggestions`, one per factor of the forecast, inside the effort cap.
    """
    limit = settings.max_when_struggling if struggling else settings.max_suggestions
    chosen: list[Candidate] = []
    hours, factors = 0.0, set[str]()
    for candidate in _ordered(candidates, settings, struggling, counts):
        factor = candidate.play.mechanism.factor if isinstance(candidate.play, GapPlay) else "strength"
        reason = _excess(len(chosen) >= limit, factor in factors, hours + candidate.play.effort_hours, settings)
        if reason:
            counts[reason] += 1
            continue
        chosen.append(candidate)
        factors.add(factor)
        hours += candidate.play.effort_hours
    return chosen


def _ordered(
    candidates: Sequence[Candidate], settings: CoachingSettings, struggling: bool, counts: Counter[str]
) -> list[Candidate]:
    strengths = [one for one in candidates if isinstance(one.play, StrengthPlay) and not struggling]
    gaps = []
    for one in candidates:
        if isinstance(one.play, GapPlay):
            reason = refusal(one, settings)
            counts[reason] += bool(reason)
            if not reason:
                gaps.append(one)
    return [
        *sorted(strengths, key=lambda one: (one.standing, one.play.id)),
        *sorted(gaps, key=lambda one: (not one.first, -one.mid, one.play.id)),
    ]


def _excess(full: bool, same_factor: bool, hours: float, settings: CoachingSettings) -> str:
    if full:
        return "enough_shown"
    if same_factor:
        return "same_mechanism"
    return "too_much_effort" if hours > settings.effort_cap_hours else ""
