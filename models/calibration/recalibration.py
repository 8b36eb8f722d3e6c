"""Corrections learned from past forecasts, applied so that sums, months inside quarters and shared shocks survive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from models.calibration.knots import KNOTS, at_lead
from models.calibration.spread import Spread, stretch
from models.contracts import FloatArray
from models.simulation.outlook import Outlook, PeriodClock

NONE = (1.0,) * len(KNOTS)
EVEN = (Spread(),) * len(KNOTS)


@dataclass(frozen=True)
class PeriodCorrection:
    """Corrections of one period ahead, per knot of the running period.

    Attributes:
        opened: Factor on what is expected of open deals.
        new: Factor on what is expected of unborn deals.
        spread: Past ranks.
    """

    opened: tuple[float, ...] = NONE
    new: tuple[float, ...] = NONE
    spread: tuple[Spread, ...] = EVEN

    def spread_at(self, elapsed: float) -> Spread:
        """Return the spread at a share of the running period gone."""
        low = at_lead([s.low for s in self.spread], elapsed)
        return Spread(low, at_lead([s.high for s in self.spread], elapsed))


@dataclass(frozen=True)
class Recalibration:
    """Corrections of the running period and of the one after it; later ones are taken as the next one.

    Attributes:
        running: Corrections of the running period.
        following: Corrections of the next one.
        periods: Past periods they were learned from.
        width: How far the spreads follow the last periods: below 1.0 their ranges were widened; it is in them already.
    """

    running: PeriodCorrection = field(default_factory=PeriodCorrection)
    following: PeriodCorrection = field(default_factory=PeriodCorrection)
    periods: int = 0
    width: float = 1.0

    def correct(self, ahead: Outlook) -> Outlook:
        """Return the outlook with its expectations corrected for past bias; its draws will follow."""
        horizons, period = ahead.windows.horizons, ahead.period
        opened = replace(
            ahead.opened,
            hazard=_scaled(ahead.opened.hazard, horizons, period, (self.running.opened, self.following.opened)),
        )
        new = replace(ahead.new, wins=_scaled(ahead.new.wins, horizons, period, (self.running.new, self.following.new)))
        return replace(ahead, opened=opened, new=new)

    def factors(self, ahead: Outlook, totals: FloatArray) -> FloatArray:
        """Return the factor per rep, segment and path that brings the ranges to their past coverage.

        The rank of a path within its period's total decides its factor, and all segments of that period carry the
        same one: months still add up to their quarter.

        Args:
            ahead: Outlook that was simulated.
            totals: Open and new together, shape (n_reps, n_segments, n_paths), currency.
        """
        out = np.ones_like(totals)
        cut = np.searchsorted(ahead.windows.horizons, ahead.period.ends, side="right")
        for first, stop, correction in ((0, cut[0], self.running), (cut[0], cut[1], self.following)):
            if stop > first:
                spread = correction.spread_at(ahead.period.elapsed)
                out[:, first:stop] = stretch(totals[:, first:stop].sum(axis=1), spread)[:, None, :]
        return out

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {
            "running": _correction_json(self.running),
            "following": _correction_json(self.following),
            "periods": self.periods,
            "width": self.width,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Recalibration:
        """Return what `to_json` described."""
        running, following = _correction_from(value["running"]), _correction_from(value["following"])
        # Bundles written before ranges followed the last periods do not speak of it.
        return cls(running, following, int(value["periods"]), float(value.get("width", 1.0)))


def _scaled(
    cumulative: FloatArray,
    horizons: FloatArray,
    period: PeriodClock,
    factors: tuple[tuple[float, ...], tuple[float, ...]],
) -> FloatArray:
    """Return cumulative hazards whose growth is multiplied by the factor of the period it falls in."""
    running, following = (at_lead(f, period.elapsed) for f in factors)
    factor = np.where(horizons <= period.ends[0], running, following)
    return np.cumsum(np.diff(cumulative, axis=1, prepend=0.0) * factor[None, :], axis=1)


def _correction_json(value: PeriodCorrection) -> dict[str, Any]:
    return {
        "opened": list(value.opened),
        "new": list(value.new),
        "spread": [[spread.low, spread.high] for spread in value.spread],
    }


def _correction_from(value: Mapping[str, Any]) -> PeriodCorrection:
    return PeriodCorrection(
        opened=tuple(value["opened"]),
        new=tuple(value["new"]),
        spread=tuple(Spread(low, high) for low, high in value["spread"]),
    )
