"""One rep's served worlds, small enough to be stored with a snapshot and drawn again in the web process.

Numpy alone. What was expected of each open deal, of unborn deals and of the shocks is stored; the luck is drawn again
from the same streams. Drawn without any change, the worlds are those of the served forecast.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.simulation.streams import stream
from models.simulation.worlds import Floats, deal_draws, new_draws, new_level, new_pace, shock


@dataclass(frozen=True)
class CompanyDraws:
    """What all reps of a snapshot share.

    Attributes:
        seed: User seed.
        as_of: ISO day, part of every stream's key.
        n_paths: Number of worlds.
        shocks: Standard deviations `company`, `team`, `rep`.
        grids: Quantile grids of log-residuals of open deals by kind, the last one for deals without an amount.
        residuals: Quantile grid of log-residuals of new wins.
        levels: The model's level for each of evenly spaced served levels; None where ranges are served as drawn.
    """

    seed: int
    as_of: str
    n_paths: int
    shocks: Mapping[str, float]
    grids: Floats
    residuals: Floats
    levels: Floats | None

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {
            "seed": self.seed,
            "as_of": self.as_of,
            "n_paths": self.n_paths,
            "shocks": dict(self.shocks),
            "grids": self.grids.tolist(),
            "residuals": self.residuals.tolist(),
            "levels": None if self.levels is None else self.levels.tolist(),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> CompanyDraws:
        """Return what `to_json` described."""
        return cls(
            seed=int(value["seed"]),
            as_of=str(value["as_of"]),
            n_paths=int(value["n_paths"]),
            shocks=value["shocks"],
            grids=np.asarray(value["grids"], dtype=np.float64),
            residuals=np.asarray(value["residuals"], dtype=np.float64),
            levels=None if value["levels"] is None else np.asarray(value["levels"], dtype=np.float64),
        )


@dataclass(frozen=True)
class RepWorlds:
    """What is expected of one rep's period.

    Attributes:
        rep_id: The rep.
        team: Team whose shock the rep shares, "" for none.
        sure: Booked so far and won but not booked yet, currency.
        deals: Ids of open deals.
        hazard: Cumulative hazard of a win by the period's end, shape (n_deals,).
        log_amount: Log of each amount at a win before its residual, shape (n_deals,).
        kind: Which grid of residuals each takes, shape (n_deals,).
        wins: Wins expected of unborn deals by the period's end.
        new_log_amount: Mean log-amount of a new win.
        doubt: Standard error of it.
        spread: Variance of the factor by which the rep's new wins differ from what is expected.
        returns: What is expected to be given back, as one mean, currency.
    """

    rep_id: str
    team: str
    sure: float
    deals: tuple[str, ...]
    hazard: Floats
    log_amount: Floats
    kind: np.typing.NDArray[np.int64]
    wins: float
    new_log_amount: float
    doubt: float
    spread: float
    returns: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {
            "rep_id": self.rep_id,
            "team": self.team,
            "sure": self.sure,
            "deals": list(self.deals),
            "hazard": self.hazard.tolist(),
            "log_amount": self.log_amount.tolist(),
            "kind": self.kind.tolist(),
            "wins": self.wins,
            "new_log_amount": self.new_log_amount,
            "doubt": self.doubt,
            "spread": self.spread,
            "returns": self.returns,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> RepWorlds:
        """Return what `to_json` described."""
        arrays = {name: np.asarray(value[name], dtype=np.float64) for name in ("hazard", "log_amount")}
        kind = np.asarray(value["kind"], dtype=np.int64)
        return cls(**{**value, **arrays, "kind": kind, "deals": tuple(value["deals"])})


@dataclass(frozen=True)
class DrawnWorlds:
    """The luck of one rep, drawn once; any change of what is expected is looked at in the same worlds.

    Attributes:
        company: What all reps share.
        rep: What is expected of the rep.
        shared: Product of all shocks, shape (n_paths,).
        pace: Speed of unborn wins, shape (n_paths,).
        level: Log-level of new amounts, shape (n_paths,).
    """

    company: CompanyDraws
    rep: RepWorlds
    shared: Floats
    pace: Floats
    level: Floats

    def opened(
        self, deals: Sequence[str], hazard: Floats, log_amount: Floats, kind: np.typing.NDArray[np.int64]
    ) -> Floats:
        """Return what each of some deals brings in each world, shape (n_deals, n_paths), currency."""
        found = np.zeros((len(deals), self.company.n_paths))
        for row, deal in enumerate(deals):
            drawn, pick = deal_draws(self.company.seed, self.company.as_of, deal, self.company.n_paths)
            amount = np.exp(log_amount[row] + self.company.grids[kind[row]][pick])
            found[row] = np.where(drawn / self.shared <= hazard[row], amount, 0.0)
        return found

    def unborn(self, wins: float) -> Floats:
        """Return what deals not born yet bring in each world, shape (n_paths,), currency."""
        most = float(wins * self.pace.max())
        if most <= 0.0:
            return np.zeros(self.company.n_paths)
        clocks, pick = new_draws(self.company.seed, self.company.as_of, self.rep.rep_id, most, self.company.n_paths)
        amount = np.exp(self.company.residuals)[pick] * np.exp(self.rep.new_log_amount + self.level)
        return np.asarray(np.where(clocks / self.pace <= wins, amount, 0.0).sum(axis=0), dtype=np.float64)

    def as_served(self) -> Floats:
        """Return what is still to come in each world before ranges are stretched, shape (n_paths,), currency."""
        rep = self.rep
        return np.asarray(
            self.opened(rep.deals, rep.hazard, rep.log_amount, rep.kind).sum(axis=0) + self.unborn(rep.wins),
            dtype=np.float64,
        )


def drawn_worlds(company: CompanyDraws, rep: RepWorlds) -> DrawnWorlds:
    """Draw a rep's luck from the streams of the snapshot."""
    own = stream(company.seed, "rep", company.as_of, rep.rep_id)
    n_paths, shocks = company.n_paths, company.shocks
    common = shock(stream(company.seed, "company", company.as_of), shocks["company"], n_paths)
    team = shock(stream(company.seed, "team", company.as_of, rep.team), shocks["team"], n_paths)
    shared = common * team * shock(own, shocks["rep"], n_paths)
    pace = new_pace(own, rep.spread, shared)
    return DrawnWorlds(company, rep, shared, pace, new_level(own, rep.doubt, n_paths))


def stretched(base: Floats, changed: Floats, levels: Floats | None) -> Floats:
    """Bring changed worlds to the ranges of the served ones: the map that the served worlds went through.

    Args:
        base: What is still to come in the served worlds before they were stretched, shape (n_paths,).
        changed: The same after a change, shape (n_paths,).
        levels: The model's level for evenly spaced served levels; None leaves everything as it is.

    Returns:
        Shape (n_paths,); the map never falls, so that more never becomes less. Beyond the largest served world the
        last factor holds.
    """
    coming = np.flatnonzero(base > 0)
    if levels is None or len(coming) < 2:
        return changed
    order = coming[np.argsort(base[coming], kind="stable")]
    ordered = base[order]
    level = (np.arange(len(ordered)) + 0.5) / len(ordered)
    mapped = np.interp(np.interp(level, np.linspace(0.0, 1.0, len(levels)), levels), level, ordered)
    served = base.copy()
    served[order] = mapped
    # Worlds that are equal were served in a row, each with its own value; a change is seen from their middle.
    values, first, count = np.unique(ordered, return_index=True, return_counts=True)
    middle = np.add.reduceat(mapped, first) / count
    told = np.interp(changed, np.concatenate([[0.0], values]), np.concatenate([[0.0], middle]))
    told = np.where(changed > values[-1], changed * middle[-1] / values[-1], told)
    up, down = np.maximum(served, told), np.minimum(served, told)
    return np.asarray(np.where(changed > base, up, np.where(changed < base, down, served)), dtype=np.float64)
