"""How many deals a rep will create: trailing creation rates shrunk to similar reps, with ramp and season."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import partial

import numpy as np

from models.contracts import FloatArray
from models.simulation.days import IntArray
from models.simulation.lives import Lives

HALF_LIFE = 120.0
WINDOW = 365.0
YEAR = 365.0
RAMP_EDGES = (0.0, 30.0, 60.0, 90.0, 135.0, 180.0, 270.0, 365.0)
RAMP_PSEUDO_DEALS = 30.0
SEASON_PSEUDO_YEARS = 2.0
FEWEST_PER_SEASON = 30


@dataclass(frozen=True)
class Births:
    """Creation of deals.

    Attributes:
        ramp: Creation of a rep relative to a settled one, per tenure band of `RAMP_EDGES`.
        season: Creation per calendar month relative to the year's mean, shape (12,).
    """

    ramp: tuple[float, ...]
    season: tuple[float, ...]

    def ramp_at(self, tenure: FloatArray) -> FloatArray:
        """Return the ramp factor at each tenure in days; 0.0 before the first day."""
        band = np.clip(np.searchsorted(RAMP_EDGES, tenure, side="right") - 1, 0, len(RAMP_EDGES) - 1)
        return np.asarray(np.where(tenure < 0, 0.0, np.asarray(self.ramp)[band]), dtype=np.float64)

    def season_at(self, days: IntArray) -> FloatArray:
        """Return the season factor of each day (days since 1970-01-01)."""
        month = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
        return np.asarray(np.asarray(self.season)[month], dtype=np.float64)


@dataclass(frozen=True)
class Rates:
    """Deals per day that each rep creates once settled, and how sure that is.

    Attributes:
        rate: Deals per day, shape (n_reps,).
        evidence: Deals' worth of knowledge behind it, own and borrowed, shape (n_reps,).
        own_share: Share of it that is the rep's own, 0..1, shape (n_reps,).
    """

    rate: FloatArray
    evidence: FloatArray
    own_share: FloatArray


def learn_births(lives: Lives, *, rep: IntArray, segment: IntArray, tenure: FloatArray, as_of: int) -> Births:
    """Return ramp and season of the deals known by `as_of`.

    Args:
        lives: Deals as they stood at the as_of.
        rep: Position in `lives.reps` of everyone in seat, -1 where the rep has no deal, shape (n_reps,).
        segment: Position of each rep's segment, shape (n_reps,).
        tenure: Days in seat at the as_of, shape (n_reps,).
        as_of: Days since 1970-01-01.
    """
    start = float(lives.created.min()) if len(lives.created) else float(as_of)
    seat = np.full(len(lives.reps) + 1, np.nan)
    seat[rep] = tenure
    in_seat = seat[lives.rep]
    # NaN compares false: deals of people who are not in seat any more teach neither ramp nor season.
    own = as_of - lives.created <= in_seat
    home = np.full(len(lives.reps) + 1, -1)
    home[rep] = segment
    age = as_of - lives.created
    seen = Seen(at=(in_seat - age)[own], age=age[own], seat=in_seat[own], segment=home[lives.rep][own])
    known_from = np.maximum(as_of - tenure, start)
    ramp = _ramp(seen, segment, tenure, watched=as_of - start)
    return Births(ramp=ramp, season=_season(lives.created[own], known_from, as_of))


@dataclass(frozen=True)
class Seen:
    """Deals that people in seat created.

    Attributes:
        at: Days that the creator had been in seat, shape (n_deals,).
        age: Days from the creation to the as_of, shape (n_deals,).
        seat: Days that the creator has been in seat by the as_of, shape (n_deals,).
        segment: Position of the creator's segment, shape (n_deals,).
    """

    at: FloatArray
    age: FloatArray
    seat: FloatArray
    segment: IntArray


def _ramp(seen: Seen, segment: IntArray, seats: FloatArray, *, watched: float) -> tuple[float, ...]:
    """Return creation per tenure band relative to settled reps of the same segment in the same year.

    Args:
        seen: Deals created.
        segment: Position of each rep's segment, shape (n_reps,).
        seats: Days in seat, shape (n_reps,).
        watched: Days for which deals were kept; nobody's creation before them is known.
    """
    # Who was in seat when deals began to be kept may have been there for longer than anybody wrote down.
    hired_inside, of_hired = watched - seats > 30, watched - seen.seat > 30
    n = int(max(segment.max(initial=-1), seen.segment.max(initial=-1))) + 1
    bands = list(itertools.pairwise(RAMP_EDGES))
    came, usual = np.zeros(len(bands)), np.zeros(len(bands))
    for late in np.arange(0.0, watched, YEAR):
        early = min(late + YEAR, watched)
        inside = (seen.age >= late) & (seen.age < early)
        settled = np.bincount(seen.segment[inside & (seen.at >= RAMP_EDGES[-1])], minlength=n).astype(np.float64)
        if settled.sum() == 0.0:
            continue
        reach = partial(_reach, np.maximum(seats - late, 0.0), np.maximum(seats - early, 0.0))
        days = np.bincount(segment, reach(RAMP_EDGES[-1], np.inf), minlength=n).astype(np.float64)
        rate = _segment_rates(settled, days)
        for band, (low, high) in enumerate(bands):
            came[band] += (inside & of_hired & (seen.at >= low) & (seen.at < high)).sum()
            usual[band] += (reach(low, high) * hired_inside * rate[segment]).sum()
    factors = (came + RAMP_PSEUDO_DEALS) / (usual + RAMP_PSEUDO_DEALS)
    return (*np.clip(factors, 0.05, 1.5).tolist(), 1.0)


def _segment_rates(deals: FloatArray, days: FloatArray) -> FloatArray:
    """Return deals per day and segment, each with some deals' worth of the company's rate."""
    company = deals.sum() / max(days.sum(), 1e-9)
    return np.asarray((deals + RAMP_PSEUDO_DEALS) / (days + RAMP_PSEUDO_DEALS / max(company, 1e-12)), dtype=np.float64)


def _reach(top: FloatArray, bottom: FloatArray, low: float, high: float) -> FloatArray:
    """Return the days that each rep spent in a tenure band while tenure went from `bottom` to `top`."""
    return np.asarray(np.maximum(np.minimum(top, high) - np.maximum(bottom, low), 0.0), dtype=np.float64)


def _season(created: FloatArray, known_from: FloatArray, as_of: int) -> tuple[float, ...]:
    """Return month factors: deals per rep-day of each calendar month against the mean of the years seen."""
    if not len(created):
        return (1.0,) * 12
    first = int(created.min())
    days = np.arange(first, as_of + 1, dtype=np.int64)
    seated = np.searchsorted(np.sort(known_from), days, side="right").astype(np.float64)
    month = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    deals = np.bincount((created - first).astype(np.int64), minlength=len(days)).astype(np.float64)
    level = _year_around(deals, seated)
    years = len(days) / 365.25
    factors = []
    for m in range(12):
        mine = month % 12 == m
        expected = float((level[mine] * seated[mine]).sum())
        seen = float(deals[mine].sum())
        weight = years / (years + SEASON_PSEUDO_YEARS) if expected >= FEWEST_PER_SEASON else 0.0
        ratio = seen / expected if expected > 0 else 1.0
        factors.append(1.0 + weight * (ratio - 1.0))
    return tuple(np.asarray(factors) / np.mean(factors))


def _year_around(deals: FloatArray, seated: FloatArray) -> FloatArray:
    """Return deals per rep-day over the year centred on each day, so that growth does not look like season."""
    half = 182
    cum_deals, cum_seats = (np.concatenate([[0.0], np.cumsum(v)]) for v in (deals, seated))
    index = np.arange(len(deals))
    low, high = np.maximum(index - half, 0), np.minimum(index + half + 1, len(deals))
    return np.asarray(
        (cum_deals[high] - cum_deals[low]) / np.maximum(cum_seats[high] - cum_seats[low], 1e-9), dtype=np.float64
    )


def creation_rates(
    births: Births, lives: Lives, *, rep: IntArray, segment: IntArray, tenure: FloatArray, as_of: int
) -> Rates:
    """Return creation rates of reps.

    Args:
        births: Ramp and season.
        lives: Deals as they stood at the as_of.
        rep: Position of each rep in `lives.reps`, -1 where the rep has no deal, shape (n_reps,).
        segment: Position of each rep's segment, shape (n_reps,).
        tenure: Days in seat, shape (n_reps,).
        as_of: Days since 1970-01-01.
    """
    start = float(lives.created.min()) if len(lives.created) else float(as_of)
    back = np.arange(0, int(WINDOW), dtype=np.int64)
    fade = 0.5 ** (back / HALF_LIFE) * births.season_at(as_of - back) * (as_of - back >= start)
    exposure = (births.ramp_at(tenure[:, None] - back[None, :]) * fade[None, :]).sum(axis=1)
    seat = np.full(len(lives.reps) + 1, np.inf)
    seat[rep] = tenure
    age = as_of - lives.created
    # Deals older than the rep's time in seat were inherited, not created.
    own = (age < WINDOW) & (age <= seat[lives.rep])
    weight = np.where(own, 0.5 ** (np.clip(age, 0, WINDOW) / HALF_LIFE), 0.0)
    deals = np.append(np.bincount(lives.rep, weights=weight, minlength=len(lives.reps)), 0.0)[rep]
    return _shrink(deals, exposure, segment)


def _shrink(deals: FloatArray, exposure: FloatArray, segment: IntArray) -> Rates:
    company = float(deals.sum() / max(exposure.sum(), 1e-9))
    settled = 2.0 / max(company, 1e-9)
    total, days = np.bincount(segment, weights=deals), np.bincount(segment, weights=exposure)
    mean = ((total + company * settled) / (days + settled))[segment]
    believed = _pseudo_deals(deals, exposure, mean)
    rate = (deals + believed) / (exposure + believed / np.maximum(mean, 1e-12))
    return Rates(rate=np.where(mean > 0, rate, 0.0), evidence=deals + believed, own_share=deals / (deals + believed))


def _pseudo_deals(deals: FloatArray, exposure: FloatArray, mean: FloatArray) -> float:
    """Return deals' worth of belief in the segment: from how much more reps differ than chance would make them."""
    expected = mean * exposure
    if len(deals) < 5 or expected.sum() <= 0:
        return 8.0
    excess = float(((deals - expected) ** 2 - expected).sum() / max((expected**2).sum(), 1e-9))
    return float(np.clip(1.0 / max(excess, 1e-6), 2.0, 60.0))
