"""Whether closed periods came out as forecasts of their kind do: drift of outcomes, apart from drift of inputs.

The sample are periods, never rows: all reps of a period share its luck. Three figures are looked at, each in units of
what earlier periods varied by: how far the company's total lay from what was forecast (`bias`), how widely outcomes
lay in their own forecasts (`spread`), and how many deals were opened (`inflow`). Standard library only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import exp, hypot, log, sqrt
from operator import attrgetter
from statistics import fmean

from pydantic import BaseModel, ConfigDict, Field

SPREAD_OF_ONE = sqrt(0.2)
"""Sd of the spread of one rep whose rank is uniform: 12 (u - 1/2)^2 has variance 144 (1/80 - 1/144) = 0.8."""


class DriftSettings(BaseModel):
    """When a closed period is called drift."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: float = Field(
        default=2.5, gt=0, description="A period is flagged this many sd away from what earlier periods varied by."
    )
    prior_periods: int = Field(
        default=4, ge=1, description="Earlier periods that the sd before anything is seen counts for."
    )
    bias_sd: float = Field(
        default=0.09, gt=0, description="Sd of a period's shared luck: company total / forecast - 1 at day 0."
    )
    rep_sd: float = Field(
        default=0.5, ge=0, description="Sd of one rep's own luck; it adds `rep_sd / sqrt(reps)` to that of the company."
    )
    spread_sd: float = Field(
        default=0.04, gt=0, description="Sd of the spread of outcomes in their forecasts, were there no end of reps."
    )
    inflow_sd: float = Field(
        default=0.10, gt=0, description="Sd of log deals opened per rep beside what was expected, were there many."
    )
    carry: float = Field(
        default=0.5, ge=0, le=1, description="Share of the last period's surplus of opened deals that is expected on."
    )
    least_same: int = Field(
        default=2, ge=1, description="Fewest earlier years of a season behind a judgement of opened deals."
    )


@dataclass(frozen=True)
class PeriodSum:
    """A closed period looked at from one lead.

    Attributes:
        period_start: First day, ISO.
        left: Share of the period that lay ahead, in (0, 1].
        reps: Reps that are summed.
        expected: Sum of the reps' forecast means, currency.
        came: Sum of what they came to, currency.
        spread: sqrt(12 mean((pit - 1/2)^2)) - 1: 0 where outcomes lie evenly in their forecasts, above where
            forecasts were too narrow, below where too wide; None where ranks are not known.
    """

    period_start: str
    left: float
    reps: int
    expected: float
    came: float
    spread: float | None


@dataclass(frozen=True)
class Inflow:
    """Deals opened in a closed period.

    Attributes:
        period_start: First day, ISO.
        season: Which period of the year it is; periods of one season are compared.
        opened: Number of deals.
        reps: Reps present, a rep of half the period counts half.
    """

    period_start: str
    season: int
    opened: int
    reps: float


@dataclass(frozen=True)
class DriftLine:
    """One figure of one closed period.

    Attributes:
        measure: `bias`, `spread` or `inflow`.
        period_start: First day, ISO.
        value: The figure: relative for bias and inflow (-0.2 = a fifth below), a ratio less 1 for spread.
        sd: What earlier periods varied by.
        periods: Earlier periods behind that sd.
        z: value / sd.
        flagged: Whether |z| reaches the limit.
    """

    measure: str
    period_start: str
    value: float
    sd: float
    periods: int
    z: float
    flagged: bool


def forecast_drift(sums: Sequence[PeriodSum], settings: DriftSettings) -> list[DriftLine]:
    """Return bias and spread of each period beside those before it, oldest first.

    The error at each lead is divided by the square root of the share of the period that lay ahead, as luck adds up
    over time, and averaged over leads. Forecasts promise no bias, so sd is taken about 0 and not about the mean.

    Args:
        sums: Periods at their leads, any order; leads at which nothing was expected are skipped.
        settings: Limits and what is believed before anything is seen.

    Examples:
        The first period came out a fifth low, two sd of the belief; the second 30 % low, beside
        sqrt((4 * 0.1^2 + 0.2^2) / 5) = 0.126.

        >>> first = PeriodSum("2024-01-01", 1.0, 9, 100.0, 80.0, None)
        >>> second = PeriodSum("2024-04-01", 1.0, 9, 100.0, 70.0, None)
        >>> declared = DriftSettings(limit=2.2, bias_sd=0.1, rep_sd=0.0)
        >>> [(round(line.z, 2), line.flagged) for line in forecast_drift([first, second], declared)]
        [(-2.0, False), (-2.37, True)]
    """
    bias: list[_Figure] = []
    spread: list[_Figure] = []
    for start, found in groupby(sorted(sums, key=attrgetter("period_start")), key=attrgetter("period_start")):
        looks = [look for look in found if look.expected > 0 and look.left > 0 and look.reps > 0]
        if looks:
            reps = fmean(look.reps for look in looks)
            error = fmean((look.came / look.expected - 1.0) / sqrt(look.left) for look in looks)
            bias.append(_Figure("bias", start, error, hypot(settings.bias_sd, settings.rep_sd / sqrt(reps))))
        spreads = [(look.spread, look.reps) for look in looks if look.spread is not None]
        if spreads:
            chance = SPREAD_OF_ONE / sqrt(fmean(reps for _, reps in spreads))
            width = fmean(value for value, _ in spreads)
            spread.append(_Figure("spread", start, width, hypot(settings.spread_sd, chance)))
    return _lines(bias, settings) + _lines(spread, settings)


def inflow_drift(inflow: Sequence[Inflow], settings: DriftSettings) -> list[DriftLine]:
    """Return how far the deals opened per rep lay from what earlier years of the season had, oldest period first.

    A share of the last period's surplus is expected to go on: a good or bad market lasts. Periods with fewer than
    `least_same` earlier years of their season are not judged.

    Args:
        inflow: Closed periods, any order.
        settings: Limits and what is believed before anything is seen.
    """
    seen: dict[int, list[float]] = {}
    figures: list[_Figure] = []
    surplus = 0.0
    for period in sorted(inflow, key=attrgetter("period_start")):
        if period.reps <= 0:
            continue
        level = log((period.opened + 0.5) / period.reps)
        same = seen.setdefault(period.season, [])
        if len(same) >= settings.least_same:
            usual = fmean(same)
            value = level - usual - settings.carry * surplus
            # The mean of few years is itself off: the sd of the difference is wider by sqrt(1 + 1 / years).
            widened = sqrt(1.0 + 1.0 / len(same))
            chance = 1.0 / sqrt(exp(usual) * period.reps)
            figure = _Figure("inflow", period.period_start, value / widened, hypot(settings.inflow_sd, chance))
            figures.append(figure)
            surplus = level - usual
        same.append(level)
    return _lines(figures, settings)


@dataclass(frozen=True)
class _Figure:
    """A value of one period, and its sd before anything is seen."""

    measure: str
    period_start: str
    value: float
    prior: float


def _lines(figures: Sequence[_Figure], settings: DriftSettings) -> list[DriftLine]:
    """Judge each figure by those before it; what is believed beforehand counts as `prior_periods` of them."""
    weight, squares = settings.prior_periods, 0.0
    lines = []
    for past, figure in enumerate(figures):
        sd = sqrt((weight * figure.prior**2 + squares) / (weight + past))
        z = figure.value / sd
        start, value = figure.period_start, figure.value
        lines.append(DriftLine(figure.measure, start, value, sd, past, z, flagged=abs(z) >= settings.limit))
        squares += value**2
    return lines
