"""What may be said about a play's effect: an estimate that survived its checks, or how much is missing for one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from features.domain.errors import DataMissing
from models.coaching.learning.doubly_robust import DoublyRobust, doubly_robust_effect
from models.coaching.learning.matched import matched_effect
from models.coaching.learning.panel import Estimate, Panel
from models.coaching.learning.power import needed_more
from models.coaching.learning.settings import ProofSettings

Refusal = Literal["too_few", "no_overlap", "placebo"]


@dataclass(frozen=True)
class Verdict:
    """What is known of one play.

    Attributes:
        matched: Effect on those who were coached; None where refused.
        robust: Effect on everybody comparable, and for whom it is larger; None where refused.
        refused: Why nothing may be said; None where something may.
        needs: Rep-periods that are missing to see an effect worth seeing; 0 when there are enough.
    """

    matched: Estimate | None
    robust: DoublyRobust | None
    refused: Refusal | None
    needs: int

    @property
    def helps(self) -> bool:
        """Whether a benefit may be claimed: the whole interval of the matched comparison lies above zero."""
        return self.matched is not None and self.matched.low > 0

    @property
    def sentence(self) -> str:
        """The verdict in English, with its numbers."""
        if self.matched is None:
            why = {
                "too_few": "too few rep-periods with the play",
                "no_overlap": "nobody without the play resembles those with it",
                "placebo": "those who were coached already differed before",
            }[self.refused or "too_few"]
            missing = f"; needs {self.needs:,} more rep-periods" if self.needs else ""
            return f"No effect can be stated: {why}{missing}."
        told = self.matched
        span = f"{told.effect:+.1f} points ({told.level:.0%} interval {told.low:+.1f} to {told.high:+.1f})"
        if self.helps:
            return f"Helped those who were coached: {span}."
        missing = f" Needs {self.needs:,} more rep-periods." if self.needs else ""
        return f"Not told apart from no effect: {span}.{missing}"


def judge(panel: Panel, settings: ProofSettings | None = None) -> Verdict:
    """Say what may be said about a play.

    Args:
        panel: Rep-periods with the play and with nothing.
        settings: Limits.

    Returns:
        Estimates, or a refusal with the number of rep-periods that are missing.
    """
    limits = settings or ProofSettings()
    treated = int(panel.treated.sum())
    needs = needed_more(treated, len(panel) - treated, limits.worth_seeing, _spread(panel))
    if treated < limits.least_treated:
        return Verdict(None, None, "too_few", max(needs, limits.least_treated - treated))
    try:
        matched = matched_effect(panel, neighbours=limits.neighbours, level=limits.level)
    except DataMissing:
        return Verdict(None, None, "no_overlap", needs)
    if matched.placebo_p < limits.placebo_p:
        return Verdict(None, None, "placebo", needs)
    return Verdict(matched, _robust(panel, limits), None, needs)


def _robust(panel: Panel, limits: ProofSettings) -> DoublyRobust | None:
    try:
        found = doubly_robust_effect(panel, overlap=(limits.overlap_low, limits.overlap_high), level=limits.level)
    except DataMissing:
        return None
    return found if found.scores.effective >= limits.least_effective else None


def _spread(panel: Panel) -> float:
    """Return the standard deviation of outcomes around their forecast, points; 60 where there are hardly any."""
    quiet = panel.residual[panel.treated == 0]
    return float(np.std(quiet, ddof=1)) if len(quiet) > 30 else 60.0
