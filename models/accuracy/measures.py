"""Error, bias and coverage of past forecasts with their ranges, from plain rows. Standard library only.

Every measure is a ratio of two sums over rows, so that drawing whole periods again is drawing their sums again: the
web process does it for people's own calls just as training does it for forecasters.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import add
from typing import NamedTuple

from models.accuracy.documents import MeasureDoc
from models.accuracy.settings import AccuracySettings

WINSOR = 4.0
"""Attainment errors are capped here, so that one tiny quota does not decide a mean (SCIENCE: winsorise metrics)."""

NOMINAL_COVERAGE = 0.8
"""Promise of the range that is shown everywhere: 8 in 10 outcomes."""

INSIDE = (0.1, 0.9)
"""Ranks of outcomes that lie inside that range."""


@dataclass(frozen=True)
class Judged:
    """One forecast of one rep's period beside what came of it; amounts in currency.

    Attributes:
        rep_id: The rep.
        period: First day of the period, ISO; rows of one period share a shock and are drawn together.
        quota: Quota, None where there is none: then only coverage is judged.
        outcome: What was attained in the end.
        middle: The number that is judged for its error.
        mean: The number that is judged for its bias.
        crps: Its CRPS, None for a number without a distribution.
        pit: Randomised rank of the outcome in its distribution, 0..1, None for a number without one.
    """

    rep_id: str
    period: str
    quota: float | None
    outcome: float
    middle: float
    mean: float
    crps: float | None = None
    pit: float | None = None


class Sums(NamedTuple):
    """Sums over the rows of one period, from which every measure is a ratio."""

    rated: float = 0.0
    error: float = 0.0
    crps_rated: float = 0.0
    crps: float = 0.0
    mean: float = 0.0
    outcome: float = 0.0
    reached: float = 0.0
    ranked: float = 0.0
    inside: float = 0.0

    def plus(self, other: Sums) -> Sums:
        """Return the sums over both."""
        return Sums(*map(add, self, other))


Ratio = Callable[[Sums], float | None]


def mae(sums: Sums) -> float | None:
    """Return the mean absolute error, shares of quota; lower is better. None without a row that has a quota."""
    return sums.error / sums.rated if sums.rated else None


def bias(sums: Sums) -> float | None:
    """Return total forecast over total outcome, less one; above 0 is too high. None where nothing was attained."""
    return sums.mean / sums.outcome - 1.0 if sums.outcome > 0 else None


def crps(sums: Sums) -> float | None:
    """Return the mean CRPS, shares of quota; lower is better. None without a distribution."""
    return sums.crps / sums.crps_rated if sums.crps_rated else None


def coverage(sums: Sums) -> float | None:
    """Return the share of outcomes inside the 8-in-10 range; 0.8 is best. None without a distribution."""
    return sums.inside / sums.ranked if sums.ranked else None


def reached(sums: Sums) -> float | None:
    """Return the share of rows that attained at least what was said; None without a row that has a quota."""
    return sums.reached / sums.rated if sums.rated else None


def sums_of(row: Judged) -> Sums:
    """Return what one row adds.

    Examples:
        >>> sums = sums_of(Judged("r", "2026-01-01", 100.0, 120.0, middle=90.0, mean=95.0, crps=12.0, pit=0.95))
        >>> round(sums.error, 9), sums.crps, sums.inside, sums.reached
        (0.3, 0.12, 0.0, 1.0)
    """
    ranked = 0.0 if row.pit is None else 1.0
    inside = 1.0 if row.pit is not None and INSIDE[0] <= row.pit <= INSIDE[1] else 0.0
    if row.quota is None or row.quota <= 0:
        return Sums(ranked=ranked, inside=inside)
    return Sums(
        rated=1.0,
        error=min(abs(row.middle - row.outcome) / row.quota, WINSOR),
        crps_rated=0.0 if row.crps is None else 1.0,
        crps=0.0 if row.crps is None else min(row.crps / row.quota, WINSOR),
        mean=row.mean,
        outcome=row.outcome,
        reached=1.0 if row.outcome >= row.middle else 0.0,
        ranked=ranked,
        inside=inside,
    )


def by_period(rows: Iterable[Judged]) -> list[Sums]:
    """Return the sums of each period, oldest first."""
    found: dict[str, Sums] = {}
    for row in rows:
        found[row.period] = found.get(row.period, Sums()).plus(sums_of(row))
    return [found[period] for period in sorted(found)]


def measure(ratio: Ratio, blocks: Sequence[Sums], settings: AccuracySettings) -> MeasureDoc | None:
    """Return a measure over all periods and its percentile range when whole periods are drawn again.

    Args:
        ratio: `mae`, `bias`, `crps`, `coverage` or `reached`.
        blocks: Sums per period.
        settings: Promise of the range, number of draws and seed.

    Returns:
        None where the measure is undefined; without a range where there is one period.

    References:
        Kuensch (1989), doi:10.1214/aos/1176347265.

    Examples:
        >>> two = [Sums(rated=2.0, error=0.2), Sums(rated=2.0, error=0.6)]
        >>> measure(mae, two, AccuracySettings())
        {'value': 0.2, 'low': 0.1, 'high': 0.3}
    """
    value = ratio(_total(blocks))
    if value is None:
        return None
    if len(blocks) < 2:
        return MeasureDoc(value=value, low=None, high=None)
    draw = random.Random(settings.seed)
    drawn = [ratio(_total(draw.choices(blocks, k=len(blocks)))) for _ in range(settings.resamples)]
    known = sorted(item for item in drawn if item is not None)
    tail = (1.0 - settings.nominal_interval) / 2.0
    return MeasureDoc(value=value, low=_quantile(known, tail), high=_quantile(known, 1.0 - tail))


def _total(blocks: Sequence[Sums]) -> Sums:
    return Sums(*map(sum, zip(*blocks, strict=True))) if blocks else Sums()


def _quantile(ordered: Sequence[float], level: float) -> float:
    place = level * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
