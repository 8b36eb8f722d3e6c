"""What a company's deals say about themselves and their owners at one as_of, read from lifecycles alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from features.domain.vocabulary import REVENUE
from models.contracts import CompanyState, FloatArray
from models.simulation.age_curves import AgeCurves, learn_age_curves, owner_win_effects
from models.simulation.amounts import Amounts, learn_amounts
from models.simulation.births import Births, Rates, creation_rates, learn_births
from models.simulation.days import day_number, day_numbers
from models.simulation.deal_model import OwnerFacts

MEMORY_DAYS = 1_100


@dataclass(frozen=True)
class Knowledge:
    """Learned from the deals known at one as_of.

    Attributes:
        as_of: Days since 1970-01-01.
        lives: Deals of the last `MEMORY_DAYS`, as known.
        curves: Hazards by age.
        effects: Win effect per rep_id.
        amounts: Sizes of wins.
        births: Ramp and season of creation.
    """

    as_of: int
    lives: pd.DataFrame
    curves: AgeCurves
    effects: pd.Series
    amounts: Amounts
    births: Births

    def owner_facts(self, deals: pd.DataFrame) -> OwnerFacts:
        """Return what the owner of each deal is known for."""
        log_mean = self.amounts.log_mean(deals["rep_id"], deals["segment"])
        return OwnerFacts(self.effect_of(deals["rep_id"]), np.exp(log_mean), self.amounts.residuals)

    def effect_of(self, rep_ids: pd.Series) -> FloatArray:
        """Return the win effect of each rep, 1.0 where nothing is known."""
        return rep_ids.map(self.effects).fillna(1.0).to_numpy(dtype=np.float64)

    def rates(self, reps: pd.DataFrame) -> Rates:
        """Return creation rates of `reps` (`rep_id, segment, tenure_days`)."""
        return creation_rates(self.births, self.lives, reps, self.as_of)


def learn_knowledge(state: CompanyState) -> Knowledge:
    """Return what the lifecycles and bookings of `state` teach; nothing else of it is read."""
    as_of = day_number(state.as_of)
    created = day_numbers(state.lifecycles["created_on"])
    lives = state.lifecycles[(as_of - created) <= MEMORY_DAYS].reset_index(drop=True)
    curves = learn_age_curves(lives, as_of)
    won = lives[lives["outcome"] == "won"][["rep_id", "segment", "amount"]]
    if not (won["amount"] > 0).any():
        won = _booked_amounts(state)
    return Knowledge(
        as_of=as_of,
        lives=lives,
        curves=curves,
        effects=owner_win_effects(curves, lives, as_of),
        amounts=learn_amounts(won),
        births=learn_births(lives, tenures(state, lives), as_of),
    )


def tenures(state: CompanyState, lives: pd.DataFrame) -> pd.Series:
    """Return days in seat per rep_id: from the targets, else from the rep's first deal."""
    as_of = day_number(state.as_of)
    first_deal = (
        as_of - pd.Series(day_numbers(lives["created_on"]), index=lives["rep_id"].to_numpy()).groupby(level=0).min()
    )
    if not len(state.targets):
        return first_deal
    told = state.targets.groupby("rep_id", sort=True)["tenure_days"].max().astype(np.float64)
    return told.combine_first(first_deal)


def _booked_amounts(state: CompanyState) -> pd.DataFrame:
    bookings = state.bookings[(state.bookings["amount"] > 0) & (state.bookings["metric"] == REVENUE)]
    segment = bookings["rep_id"].map(state.reps.set_index("rep_id")["segment"])
    return pd.DataFrame(
        {"rep_id": bookings["rep_id"], "segment": segment, "amount": bookings["amount"] / bookings["n"].clip(lower=1)}
    )
