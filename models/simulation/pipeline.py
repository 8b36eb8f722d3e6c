"""The pipeline model as a whole: fitted on past cutoffs, it turns a company's state into joint paths per rep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.domain.vocabulary import Status
from models.contracts import CompanyState, FloatArray, TrainingHistory
from models.forecasters.past_states import lifecycles_at
from models.simulation.amount_change import AmountChange, learn_amount_change
from models.simulation.days import day_number, day_numbers
from models.simulation.deal_model import DealModel, OwnerFacts, learn_deal_model
from models.simulation.horizons import HorizonClock, horizon_clock
from models.simulation.joint_paths import NewBook, OpenBook, joint_segments
from models.simulation.knowledge import learn_knowledge
from models.simulation.new_deals import NewDealOutlook, outlook
from models.simulation.shocks import Shocks
from models.simulation.tempo import Tempo, learn_tempo
from models.simulation.windows import Windows, windows

DRIFT = 0.08
"""Variance of the log of a rep's own creation from one period to the next, beside counting noise."""


@dataclass(frozen=True)
class Outlook:
    """Everything about the future of one state that is not random.

    Attributes:
        reps: `rep_id, segment, team_id, tenure_days, left`, one row per rep with a target.
        rep_row: Row of each target's rep, shape (n_targets,).
        windows: Segments of the future.
        deals: Open deals of those reps, sorted by rep and opportunity.
        opened: Their hazards and amounts.
        new: Unborn deals.
        ever_open: Chance that each open deal is ever won, shape (n_deals,).
        mean_open: Expected amount of each open deal at a win, currency, shape (n_deals,).
        new_outlook: Expected births and wins of unborn deals per rep and horizon.
        mean_new: Expected amount of a new win per rep, currency, shape (n_reps,).
        own_share: Share of each rep's creation rate that rests on own deals, shape (n_reps,).
    """

    reps: pd.DataFrame
    rep_row: npt.NDArray[np.int64]
    windows: Windows
    deals: pd.DataFrame
    opened: OpenBook
    new: NewBook
    ever_open: FloatArray
    mean_open: FloatArray
    new_outlook: NewDealOutlook
    mean_new: FloatArray
    own_share: FloatArray


@dataclass(frozen=True)
class PipelineModel:
    """Fitted parts that are the same for every state.

    Attributes:
        deal_model: Chance of a win within a horizon.
        tempo: Hockey stick.
        change: Amount at the win against amount now.
        shocks: Shared and own shocks.
    """

    deal_model: DealModel
    tempo: Tempo
    change: AmountChange
    shocks: Shocks

    def look_ahead(self, state: CompanyState) -> Outlook:
        """Return what is expected of `state`, before any draw."""
        known = learn_knowledge(state)
        clock = self.clock(state)
        reps = _reps(state)
        cut = windows(state.targets)
        deals = _owned(state.deals, reps)
        owners = known.owner_facts(deals)
        horizons = [*cut.horizons.tolist(), max(365.0, float(cut.horizons.max(initial=0.0)))]
        chances = self.deal_model.chances(deals, horizons, clock=clock, curves=known.curves, owners=owners)
        opened = self._open_book(deals, reps, chances[:, :-1], owners)
        rates = known.rates(reps)
        effect = known.effect_of(reps["rep_id"])
        expected = outlook(
            known.births,
            rates,
            reps,
            as_of=known.as_of,
            horizons=cut.horizons,
            curves=known.curves,
            clock=clock,
            effect=effect,
        )
        present = ~reps["left"].to_numpy(dtype=np.bool_)
        expected = replace(expected, won=expected.won * present[:, None], born=expected.born * present[:, None])
        opened = replace(opened, hazard=opened.hazard * present[opened.rep_row][:, None])
        amounts = known.amounts
        log_amount = amounts.log_mean(reps["rep_id"], reps["segment"])
        new = NewBook(
            wins=expected.won,
            log_amount=log_amount,
            doubt=amounts.doubt(reps["rep_id"]),
            log_residuals=amounts.residuals,
            spread=1.0 / np.maximum(rates.evidence, 1.0) + DRIFT,
        )
        mean_factor = np.exp(opened.log_residuals).mean(axis=1)[opened.kind]
        return Outlook(
            reps=reps,
            rep_row=_rows_of(state.targets, reps),
            windows=cut,
            deals=deals,
            opened=opened,
            new=new,
            ever_open=chances[:, -1],
            mean_open=np.exp(opened.log_amount) * mean_factor,
            new_outlook=expected,
            mean_new=np.exp(log_amount) * amounts.mean_factor,
            own_share=rates.own_share,
        )

    def clock(self, state: CompanyState) -> HorizonClock:
        """Return the horizon clock around the state's as_of."""
        day = day_number(state.as_of)
        return horizon_clock(self.tempo, state.calendar, day - 1, day)

    def segments(self, ahead: Outlook, *, n_paths: int, seed: int, as_of: str) -> tuple[FloatArray, FloatArray]:
        """Return joint paths per rep and segment, from open and from new deals (see `joint_segments`)."""
        return joint_segments(ahead.reps, ahead.opened, ahead.new, self.shocks, n_paths=n_paths, seed=seed, as_of=as_of)

    def _open_book(self, deals: pd.DataFrame, reps: pd.DataFrame, chances: FloatArray, owners: OwnerFacts) -> OpenBook:
        amount = deals["amount"].to_numpy(dtype=np.float64)
        known = amount > 0
        log_known = np.log(np.where(known, amount, 1.0)) + self.change.log_factor(deals["stage"])
        usual = np.log(np.maximum(owners.usual_amount, 1e-9))
        return OpenBook(
            rep_row=np.asarray(pd.Index(reps["rep_id"]).get_indexer(deals["rep_id"]), dtype=np.int64),
            opportunity_id=deals["opportunity_id"].to_numpy(dtype=object),
            hazard=-np.log1p(-chances),
            log_amount=np.where(known, log_known, usual),
            log_residuals=np.stack([self.change.residuals, owners.residuals]),
            kind=np.where(known, 0, 1).astype(np.int64),
        )

    def to_json(self) -> dict[str, Any]:
        """Return everything but the LightGBM text, as JSON values."""
        return {
            "deal_model": self.deal_model.to_json(),
            "tempo": {**vars(self.tempo), "weeks": list(self.tempo.weeks)},
            "change": self.change.to_json(),
            "shocks": self.shocks.to_json(),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any], text: str) -> PipelineModel:
        """Return the model that `to_json` and the LightGBM `text` describe."""
        tempo = {**value["tempo"], "weeks": tuple(value["tempo"]["weeks"])}
        return cls(
            deal_model=DealModel.from_json(value["deal_model"], text),
            tempo=Tempo(**tempo),
            change=AmountChange.from_json(value["change"]),
            shocks=Shocks.from_json(value["shocks"]),
        )


def learn_pipeline(history: TrainingHistory, *, months: int, shocks: Shocks) -> PipelineModel:
    """Return the model of what is known in `history.now`.

    Args:
        history: Past cutoffs with labels; `now` holds all lifecycles.
        months: Length of the quota period that sets the tempo of wins.
        shocks: Shocks to simulate with.
    """
    known = learn_knowledge(history.now)
    won = day_numbers(known.lives["closed_on"][known.lives["outcome"] == "won"])
    created = day_numbers(known.lives["created_on"])
    first = int(min(created.min(), won.min() if len(won) else created.min())) if len(created) else known.as_of
    tempo = learn_tempo(
        won.astype(np.int64), max(first, known.as_of - 1100), known.as_of, months=months, calendar=history.now.calendar
    )
    deals = history.deals
    earliest = int(day_numbers(deals["as_of"]).min()) if len(deals) else known.as_of
    clock = horizon_clock(tempo, history.now.calendar, earliest - 1, known.as_of)
    owners = _owners_then(history)
    model = learn_deal_model(deals, clock=clock, curves=known.curves, owners=owners)
    return PipelineModel(deal_model=model, tempo=tempo, change=learn_amount_change(deals), shocks=shocks)


def _owners_then(history: TrainingHistory) -> OwnerFacts:
    """Return facts about each training deal's owner as they were known at the row's own as_of."""
    deals = history.deals.reset_index(drop=True)
    effect, usual = np.ones(len(deals)), np.ones(len(deals))
    residuals = np.zeros(1)
    for cutoff, rows in deals.groupby("as_of", sort=True):
        at = pd.Timestamp(str(cutoff))
        state = replace(
            history.now,
            as_of=at.date(),
            targets=history.now.targets.iloc[:0],
            bookings=history.now.bookings[history.now.bookings["known_on"] <= at],
            lifecycles=lifecycles_at(history.now.lifecycles, at),
        )
        facts = learn_knowledge(state).owner_facts(rows)
        effect[rows.index], usual[rows.index] = facts.win_effect, facts.usual_amount
        residuals = facts.residuals
    return OwnerFacts(effect, usual, residuals)


def _reps(state: CompanyState) -> pd.DataFrame:
    grouped = state.targets.sort_values("rep_id", kind="stable").groupby("rep_id", sort=True)
    frame = grouped.agg(segment=("segment", "first"), team_id=("team_id", "first"), tenure_days=("tenure_days", "max"))
    left = grouped["status"].agg(lambda s: bool((s == Status.LEFT).all()))
    return frame.assign(left=left, segment=frame["segment"].fillna("")).reset_index()


def _rows_of(targets: pd.DataFrame, reps: pd.DataFrame) -> npt.NDArray[np.int64]:
    return np.asarray(pd.Index(reps["rep_id"]).get_indexer(targets["rep_id"]), dtype=np.int64)


def _owned(deals: pd.DataFrame, reps: pd.DataFrame) -> pd.DataFrame:
    mine = deals[deals["rep_id"].isin(reps["rep_id"])]
    return mine.sort_values(["rep_id", "opportunity_id"], kind="stable").reset_index(drop=True)
