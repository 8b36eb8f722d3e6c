"""What a company's deals say about themselves and their owners at one as_of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from features.domain.vocabulary import REVENUE
from models.contracts import CompanyState, FloatArray
from models.simulation.age_curves import AgeCurves, learn_age_curves
from models.simulation.amounts import Amounts, learn_amounts
from models.simulation.days import day_number, day_numbers
from models.simulation.deal_model import OwnerFacts
from models.simulation.lives import Lives, lives_of
from models.simulation.owner_effects import OwnerEffects, owner_effects

GONE = -1e6
"""Days in seat of someone who has left: before any first day that could be."""


@dataclass(frozen=True)
class Knowledge:
    """Learned from the deals known at one as_of.

    Attributes:
        as_of: Days since 1970-01-01.
        lives: Deals as they stood.
        curves: Hazards by age.
        effects: Win and loss effects per rep of `lives`.
        amounts: Sizes of wins.
    """

    as_of: int
    lives: Lives
    curves: AgeCurves
    effects: OwnerEffects
    amounts: Amounts

    def owner_facts(self, deals: pd.DataFrame) -> OwnerFacts:
        """Return what the owner of each deal is known for."""
        rep, segment = self.lives.rows_of(deals["rep_id"]), self.lives.segment_rows(deals["segment"])
        return OwnerFacts(
            win_effect=self.effects.of(rep).lift(self.curves.ever[segment]),
            usual_amount=np.exp(self.amounts.log_mean(rep, segment)),
            segment=segment,
            residuals=self.amounts.residuals,
        )


def learn_knowledge(state: CompanyState, lives: Lives | None = None) -> Knowledge:
    """Return what the lifecycles (and, where those know no amounts, the bookings) of `state` teach.

    Args:
        state: What is known.
        lives: All lives of the company, if they are at hand; they are cut at the state's as_of.
    """
    as_of = day_number(state.as_of)
    known = (lives_of(state.lifecycles) if lives is None else lives).known_at(as_of)
    curves = learn_age_curves(known, as_of)
    return Knowledge(
        as_of=as_of,
        lives=known,
        curves=curves,
        effects=owner_effects(curves, known, as_of),
        amounts=_amounts(state, known),
    )


def crew(state: CompanyState, lives: Lives, as_of: int) -> pd.DataFrame:
    """Return everyone, so that what is learned of creation does not depend on which targets are asked for.

    Args:
        state: What is known.
        lives: Deals as they stood.
        as_of: Days since 1970-01-01.

    Returns:
        `rep_id, segment, tenure_days`, one row per rep, ordered by rep_id. Time in seat counts from the hire date, else
        from the first deal or booking; it is negative before the first day, and `GONE` for those who have left.
    """
    reps = state.reps[["rep_id", "segment", "hire_date", "end_date"]]
    strangers = state.targets.loc[~state.targets["rep_id"].isin(reps["rep_id"]), ["rep_id", "segment"]]
    reps = pd.concat([reps, strangers.assign(hire_date=pd.NaT, end_date=pd.NaT)], ignore_index=True)
    reps = reps.sort_values("rep_id", kind="stable").drop_duplicates("rep_id")
    hired, ended = day_numbers(reps["hire_date"]), day_numbers(reps["end_date"])
    first = np.fmin(_first_deals(lives)[lives.rows_of(reps["rep_id"])], _first_bookings(state, reps["rep_id"]))
    tenure = as_of - np.where(np.isnan(hired), np.where(np.isnan(first), as_of, first), hired)
    return pd.DataFrame(
        {
            "rep_id": reps["rep_id"],
            "segment": reps["segment"].fillna(""),
            "tenure_days": np.where(ended <= as_of, GONE, tenure),
        }
    ).reset_index(drop=True)


def _first_deals(lives: Lives) -> FloatArray:
    first = np.full(len(lives.reps) + 1, np.nan)
    np.fmin.at(first, lives.rep, lives.created)
    return first


def _first_bookings(state: CompanyState, rep_ids: pd.Series) -> FloatArray:
    first = state.bookings.groupby("rep_id", sort=True)["day"].min().reindex(rep_ids)
    return day_numbers(first)


def _amounts(state: CompanyState, lives: Lives) -> Amounts:
    n_reps, n_segments = len(lives.reps), len(lives.segments)
    if (lives.amount[lives.won] > 0).any():
        won = lives.won
        return learn_amounts(
            lives.rep[won], lives.segment[won], lives.amount[won], n_reps=n_reps, n_segments=n_segments
        )
    bookings = state.bookings[(state.bookings["amount"] > 0) & (state.bookings["metric"] == REVENUE)]
    bookings = bookings.sort_values(["rep_id", "day", "known_on"], kind="stable")
    rep = lives.rows_of(bookings["rep_id"])
    segment = lives.segment_rows(bookings["rep_id"].map(state.reps.set_index("rep_id")["segment"]))
    amount = (bookings["amount"] / bookings["n"].clip(lower=1)).to_numpy(dtype=np.float64)
    own = rep >= 0
    return learn_amounts(rep[own], segment[own], amount[own], n_reps=n_reps, n_segments=n_segments)
