"""Why a forecast differs from similar reps: drivers in points of quota that add up to the served number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from features.domain.errors import CheckFailed
from models.contracts import CompanyState, FloatArray, ForecastPaths
from models.explain.catalogue import Catalogue, default_catalogue, driver_sentence
from models.explain.documents import DriverDoc, ExplanationDoc
from models.explain.peers import PeerGroups, peer_groups
from models.explain.reference import completed, own_columns, reference_columns
from models.explain.settings import ExplainSettings
from models.explain.shapley import FACTORS, PARTS, part_values, shapley_parts
from models.risk.quotas import usable_quota
from models.simulation.streams import stream

POINTS = 100.0
"""Points of quota in a ratio of 1."""

TOLERANCE = 1e-6
"""Points by which the structural equation may differ from the mean of the paths, per 100 points of attainment."""

REST = "rest"
"""Code of the driver that stands for all bookings to come where a forecaster knows no deals."""

_PART_NAMES = tuple(PARTS)


@dataclass(frozen=True)
class StructuralShares:
    """Shapley shares of all explainable targets, before words.

    Attributes:
        rows: Row numbers of the targets that have a quota and similar reps, ascending.
        own: Structure columns of those rows, completed.
        reference: Reference columns of those rows, completed.
        parts: Shape (3 parts, 7 factors, n_rows), points of quota.
        reference_points: Shape (n_rows,), attainment of the reference.
        mean_points: Shape (n_rows,), mean attainment of the paths.
        median_points: Shape (n_rows,), median attainment of the paths.
        low: Lower end of the range of each factor when similar reps are drawn again, shape (7, n_rows).
        high: Upper end.
        draws: Each factor in each draw, shape (resamples, 7, n_rows).
    """

    rows: np.typing.NDArray[np.int64]
    own: dict[str, FloatArray]
    reference: dict[str, FloatArray]
    parts: FloatArray
    reference_points: FloatArray
    mean_points: FloatArray
    median_points: FloatArray
    low: FloatArray
    high: FloatArray
    draws: FloatArray

    @cached_property
    def factors(self) -> FloatArray:
        """Share of each factor, shape (7, n_rows), points of quota, in the order of `FACTORS`."""
        return np.asarray(self.parts.sum(axis=0), dtype=np.float64)


@dataclass(frozen=True)
class Explanations:
    """Reasons for every target.

    Attributes:
        docs: One document per target; None where there is no quota or nobody to compare with.
        peers: Groups of similar reps, one per target.
        shares: The numbers behind the documents.
        counts: What was left out and why: no_quota, too_few_peers, unsure (range crosses zero), folded (would have
            contradicted its values).
    """

    docs: list[ExplanationDoc | None]
    peers: PeerGroups
    shares: StructuralShares
    counts: Counter[str] = field(default_factory=Counter)


def explain(
    state: CompanyState,
    paths: ForecastPaths,
    structure: pd.DataFrame,
    settings: ExplainSettings | None = None,
    *,
    catalogue: Catalogue | None = None,
) -> Explanations:
    """Explain every target in points of quota against similar reps.

    Args:
        state: Company state that was forecast.
        paths: The served paths of the same targets.
        structure: `STRUCTURE_COLUMNS`, one row per target, whose equation gives the mean of the paths.
        settings: Group sizes and thresholds.
        catalogue: Words; the delivered one if None.

    Returns:
        Documents in the order of the targets. Reference, contributions and everything_else add up to the mean.

    Raises:
        CheckFailed: The structure does not give the mean of the paths.
    """
    chosen, words = settings or ExplainSettings(), catalogue or default_catalogue()
    quotas = usable_quota(paths.targets, chosen.tiny_quota)
    peers = peer_groups(paths.targets.assign(quota=quotas), state.reps, chosen)
    shares = structural_shares(paths, structure, peers, np.isfinite(quotas), chosen)
    counts: Counter[str] = Counter()
    counts["no_quota"] = int(np.isnan(quotas).sum())
    counts["too_few_peers"] = int((np.isfinite(quotas) & (peers.group < 0)).sum())
    docs: list[ExplanationDoc | None] = [None] * len(quotas)
    currencies = paths.targets["currency"].astype(object).fillna("").tolist()
    for index, row in enumerate(shares.rows):
        drivers = _drivers(shares, index, words, chosen, counts, as_of=state.as_of, currency=str(currencies[row]))
        docs[row] = _document(shares, index, int(row), peers, drivers)
    return Explanations(docs, peers, shares, counts)


def structural_shares(
    paths: ForecastPaths,
    structure: pd.DataFrame,
    peers: PeerGroups,
    divisible: np.typing.NDArray[np.bool_],
    settings: ExplainSettings,
) -> StructuralShares:
    """Return the Shapley shares of every target that has similar reps and a quota to divide by.

    Args:
        paths: The served paths.
        structure: `STRUCTURE_COLUMNS`, one row per target.
        peers: Groups of the same targets.
        divisible: Whether the quota may be divided by, shape (n_targets,).
        settings: How often similar reps are drawn again, and how wide the range of a share is.

    Raises:
        CheckFailed: The structure does not give the mean of the paths.
    """
    everyone = own_columns(structure)
    rows = np.flatnonzero(divisible & (peers.group >= 0))
    mine = {name: values[rows] for name, values in everyone.items()}
    own, reference = completed(mine, _at(reference_columns(everyone, peers), rows))
    attained = paths.attained[rows]
    mean = POINTS * attained.mean(axis=1) / own["quota"]
    _check_mean(paths, everyone, np.flatnonzero(divisible))
    draws = _drawn_again(everyone, peers, rows, settings.resamples)
    tail = (1.0 - settings.range_level) / 2.0
    low, high = np.quantile(draws, (tail, 1.0 - tail), axis=0)
    return StructuralShares(
        rows=rows,
        own=own,
        reference=reference,
        parts=POINTS * shapley_parts(own, reference),
        reference_points=POINTS * part_values(reference).sum(axis=0) / reference["quota"],
        mean_points=mean,
        median_points=POINTS * np.median(attained, axis=1) / own["quota"],
        low=low,
        high=high,
        draws=draws,
    )


def _at(columns: Mapping[str, FloatArray], rows: np.typing.NDArray[np.int64]) -> dict[str, FloatArray]:
    return {name: values[rows] for name, values in columns.items()}


def _drawn_again(
    everyone: Mapping[str, FloatArray], peers: PeerGroups, rows: np.typing.NDArray[np.int64], times: int
) -> FloatArray:
    """Return the factors' shares under `times` Bayesian bootstraps of the reps that stand for their groups.

    Weights are standard exponential draws (Rubin 1981, doi:10.1214/aos/1176345338), the same for every group that a
    rep stands for.
    """
    found = np.zeros((times, len(FACTORS), len(rows)))
    mine, generator = _at(everyone, rows), stream(0, "similar reps drawn again")
    for draw in range(times):
        weights = generator.standard_exponential(len(everyone["quota"]))
        own, reference = completed(mine, _at(reference_columns(everyone, peers, weights), rows))
        found[draw] = POINTS * shapley_parts(own, reference).sum(axis=0)
    return found


def _check_mean(paths: ForecastPaths, everyone: Mapping[str, FloatArray], rows: np.typing.NDArray[np.int64]) -> None:
    columns = {name: np.nan_to_num(values) for name, values in _at(everyone, rows).items()}
    equation = POINTS * part_values(columns).sum(axis=0) / columns["quota"]
    mean = POINTS * paths.attained[rows].mean(axis=1) / columns["quota"]
    rep_ids = paths.targets["rep_id"].iloc[rows]
    off = np.abs(equation - mean) > TOLERANCE * np.maximum(1.0, np.abs(mean) / POINTS)
    if off.any():
        worst = int(np.flatnonzero(off)[0])
        raise CheckFailed(
            f"the structure of rep {rep_ids.iloc[worst]!r} gives {equation[worst]:.6f} points, its paths "
            f"{mean[worst]:.6f} ({int(off.sum())} of {len(off)} targets differ); reasons would not add up; "
            "derive structure() from the paths that are served"
        )


def _drivers(
    shares: StructuralShares,
    index: int,
    words: Catalogue,
    settings: ExplainSettings,
    counts: Counter[str],
    *,
    as_of: date,
    currency: str,
) -> list[DriverDoc]:
    totals = shares.factors[:, index]
    order = np.argsort(-np.abs(totals), kind="stable")
    drivers: list[DriverDoc] = []
    for factor in order:
        if abs(totals[factor]) < settings.min_points or len(drivers) == settings.max_drivers:
            break
        if shares.low[factor, index] <= 0.0 <= shares.high[factor, index]:
            counts["unsure"] += 1
            continue
        found = _driver(shares, index, int(factor), words, as_of=as_of, currency=currency)
        if found is None:
            counts["folded"] += 1
        else:
            drivers.append(found)
    return drivers


def _driver(
    shares: StructuralShares, index: int, factor: int, words: Catalogue, *, as_of: date, currency: str
) -> DriverDoc | None:
    code = REST if tuple(FACTORS)[factor] == "size" and _is_whole(shares, index) else tuple(FACTORS)[factor]
    reason = words.driver(code)
    contribution = float(shares.factors[factor, index])
    part, column = _leading(shares, index, factor, contribution)
    value, reference = float(shares.own[column][index]), float(shares.reference[column][index])
    helps = (value - reference) * (1.0 if reason.good == "up" else -1.0)
    if helps * contribution <= 0:
        return None
    return DriverDoc(
        code=code,
        label=reason.label.text,
        value=value,
        reference=reference,
        unit=reason.unit,
        contribution=contribution,
        direction="up" if contribution > 0 else "down",
        controllable=reason.controllable,
        sentence=driver_sentence(reason, part, value, reference, contribution, as_of=as_of, currency=currency),
        low=float(shares.low[factor, index]),
        high=float(shares.high[factor, index]),
    )


def _is_whole(shares: StructuralShares, index: int) -> bool:
    """Return whether everything to come is stated as one sure booking, as where there is no pipeline."""
    sure = all(shares.own[name][index] == 1.0 for name in ("volume_new", "win_new", "timing_new"))
    return sure and shares.own["volume_open"][index] == 0.0


def _leading(shares: StructuralShares, index: int, factor: int, contribution: float) -> tuple[str, str]:
    """Return the part that pulls most in the driver's own direction, and its column.

    The values of that part always lie on the side that the sign of the whole says, so that no sentence contradicts
    its number when open and new deals pull in opposite directions.
    """
    columns = tuple(FACTORS.values())[factor]
    if len(columns) == 1:
        return next(part for part, names in {**PARTS, "quota": ("quota",)}.items() if columns[0] in names), columns[0]
    pull = shares.parts[1:, factor, index] * np.sign(contribution)
    leading = int(np.argmax(pull))
    return _PART_NAMES[1 + leading], columns[leading]


def _document(
    shares: StructuralShares, index: int, row: int, peers: PeerGroups, drivers: list[DriverDoc]
) -> ExplanationDoc:
    mean, median = float(shares.mean_points[index]), float(shares.median_points[index])
    reference = float(shares.reference_points[index])
    return ExplanationDoc(
        reference_label=peers.labels[row],
        peers=int(peers.others[row]),
        reference=reference,
        drivers=drivers,
        everything_else=mean - reference - sum(driver["contribution"] for driver in drivers),
        mean=mean,
        mean_to_median=median - mean,
        median=median,
    )
