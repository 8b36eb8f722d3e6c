"""The pipeline model as a whole: fitted on past cutoffs, it turns a company's state into joint paths per rep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd

from features.domain.vocabulary import Status
from models.contracts import CompanyState, FloatArray, TrainingHistory
from models.simulation.amount_change import AmountChange, learn_amount_change
from models.simulation.births import Rates, creation_rates, learn_births
from models.simulation.days import day_number, day_numbers, period_ends
from models.simulation.deal_model import DealModel, OwnerFacts, learn_deal_model
from models.simulation.horizons import HorizonClock, horizon_clock
from models.simulation.joint_paths import NewBook, OpenBook, joint_segments
from models.simulation.knowledge import Knowledge, crew, learn_knowledge
from models.simulation.lives import MEMORY_DAYS, Lives, lives_of
from models.simulation.new_deals import outlook
from models.simulation.outlook import Outlook, PeriodClock
from models.simulation.pending import pending_in
from models.simulation.returns import returns_book
from models.simulation.shocks import Shocks
from models.simulation.tempo import Tempo, learn_tempo
from models.simulation.windows import windows

DRIFT = 0.08
"""Variance of the log of a rep's own creation from one period to the next, beside counting noise."""
FAR = 365.0
"""A deal that is not won within so many days is taken as never won."""


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

    def look_ahead(self, state: CompanyState, lives: Lives | None = None) -> Outlook:
        """Return what is expected of `state`, before any draw.

        Args:
            state: What is known.
            lives: All lives of the company, if they are at hand; they are cut at the state's as_of.
        """
        known = learn_knowledge(state, lives)
        clock = self.clock(state)
        reps = _reps(state)
        period = self.period(known.as_of)
        cut = windows(state.targets, period.ends)
        deals = _owned(state.deals, reps)
        owners = known.owner_facts(deals)
        far = max(FAR, float(cut.horizons.max(initial=0.0)))
        chances = self.deal_model.chances(
            deals, [*cut.horizons.tolist(), far], clock=clock, curves=known.curves, owners=owners
        )
        opened = self._open_book(deals, reps, chances[:, :-1], owners)
        new, born, ever_new, own_share = _new_book(state, known, reps, cut.horizons, clock)
        return Outlook(
            reps=reps,
            rep_row=np.asarray(pd.Index(reps["rep_id"]).get_indexer(state.targets["rep_id"]), dtype=np.int64),
            windows=cut,
            period=period,
            deals=deals,
            opened=opened,
            new=new,
            ever_open=chances[:, -1],
            mean_open=np.exp(opened.log_amount) * np.exp(opened.log_residuals).mean(axis=1)[opened.kind],
            born=born,
            ever_new=ever_new,
            mean_new=np.exp(new.log_amount) * known.amounts.mean_factor,
            pending=pending_in(state),
            returns=returns_book(state, reps["rep_id"].where(~reps["left"], "")),
            own_share=own_share,
        )

    def deal_inputs(self, state: CompanyState) -> tuple[lgb.Booster, pd.DataFrame] | None:
        """Return the LightGBM model and its named inputs for the state's open deals, by the running period's end."""
        if self.deal_model.booster is None:
            return None
        deals = state.deals.sort_values("opportunity_id", kind="stable").reset_index(drop=True)
        end = self.period(day_number(state.as_of)).ends[0]
        inputs = self.told(state, deals, np.full(len(deals), end))
        return None if inputs is None else (self.deal_model.booster, inputs)

    def told(self, state: CompanyState, deals: pd.DataFrame, horizon: FloatArray) -> pd.DataFrame | None:
        """Return the named inputs of the deal model; None where the age curves answer alone.

        Args:
            state: What is known.
            deals: Open deals of the state, `DEAL_COLUMNS` and features.
            horizon: Days ahead, one per deal, shape (n,).
        """
        known = learn_knowledge(state)
        owners = known.owner_facts(deals)
        return self.deal_model.inputs(deals, horizon, clock=self.clock(state), curves=known.curves, owners=owners)

    def hazard_at(self, state: CompanyState, deals: pd.DataFrame, horizon: float) -> FloatArray:
        """Return the hazard of a win within one horizon of deals as they might be, shape (n,), before corrections."""
        known = learn_knowledge(state)
        chances = self.deal_model.chances(
            deals, [horizon], clock=self.clock(state), curves=known.curves, owners=known.owner_facts(deals)
        )
        return np.asarray(-np.log1p(-chances[:, 0]), dtype=np.float64)

    def margins(self, inputs: pd.DataFrame) -> FloatArray | None:
        """Return what each input adds to the log-odds of a win, and the base value, shape (n, n_inputs + 1).

        `pred_contrib` is TreeSHAP: it agrees with `shap.TreeExplainer` to the last bit and needs no further import.
        """
        if self.deal_model.booster is None:
            return None
        matrix = inputs.to_numpy(dtype=np.float64)
        return np.asarray(self.deal_model.booster.predict(matrix, pred_contrib=True, num_threads=1), dtype=np.float64)

    def clock(self, state: CompanyState) -> HorizonClock:
        """Return the horizon clock around the state's as_of."""
        day = day_number(state.as_of)
        return horizon_clock(self.tempo, state.calendar, day - 1, day)

    def period(self, as_of: int) -> PeriodClock:
        """Return where a day (since 1970-01-01) stands in its period; the period holds the day after it."""
        months, start = self.tempo.months, self.tempo.fiscal_start_month
        end = period_ends(np.array([as_of + 1]), months, start)
        following = int(period_ends(end + 1, months, start)[0])
        before = np.datetime64(int(end[0]), "D").astype("datetime64[M]").astype(np.int64) - (months - 1)
        first = int(before.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64))
        elapsed = (as_of + 1 - first) / (int(end[0]) - first + 1)
        return PeriodClock(elapsed=float(elapsed), ends=(float(end[0] - as_of), float(following - as_of)))

    def segments(self, ahead: Outlook, *, n_paths: int, seed: int, as_of: str) -> tuple[FloatArray, FloatArray]:
        """Return joint paths per rep and segment, from open and from new deals (see `joint_segments`)."""
        return joint_segments(ahead.reps, ahead.opened, ahead.new, self.shocks, n_paths=n_paths, seed=seed, as_of=as_of)

    def _open_book(self, deals: pd.DataFrame, reps: pd.DataFrame, chances: FloatArray, owners: OwnerFacts) -> OpenBook:
        amount = deals["amount"].to_numpy(dtype=np.float64)
        known = amount > 0
        log_known = np.log(np.where(known, amount, 1.0)) + self.change.log_factor(deals, owners.usual_amount)
        rep_row = np.asarray(pd.Index(reps["rep_id"]).get_indexer(deals["rep_id"]), dtype=np.int64)
        present = ~reps["left"].to_numpy(dtype=np.bool_)
        grids, kind = self.change.grids(deals)
        return OpenBook(
            rep_row=rep_row,
            opportunity_id=deals["opportunity_id"].to_numpy(dtype=object),
            hazard=-np.log1p(-chances) * present[rep_row][:, None],
            log_amount=np.where(known, log_known, np.log(np.maximum(owners.usual_amount, 1e-9))),
            log_residuals=np.vstack([grids, owners.residuals]),
            kind=np.where(known, kind, len(grids)).astype(np.int64),
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
    lives = lives_of(history.now.lifecycles)
    known = learn_knowledge(history.now, lives)
    deals = history.deals.sort_values(["as_of", "opportunity_id"], kind="stable").reset_index(drop=True)
    tempo = _tempo(known, months, history)
    earliest = int(day_numbers(deals["as_of"]).min()) if len(deals) else known.as_of
    clock = horizon_clock(tempo, history.now.calendar, earliest - 1, known.as_of)
    owners = _owners_then(history.now, deals, lives, known.amounts.residuals)
    model = learn_deal_model(deals, clock=clock, curves=known.curves, owners=owners)
    return PipelineModel(
        deal_model=model, tempo=tempo, change=learn_amount_change(deals, owners.usual_amount), shocks=shocks
    )


def _tempo(known: Knowledge, months: int, history: TrainingHistory) -> Tempo:
    won = known.lives.closed[known.lives.won].astype(np.int64)
    first = int(known.lives.created.min()) if len(known.lives.created) else known.as_of
    first = max(first, known.as_of - MEMORY_DAYS)
    return learn_tempo(won, first, known.as_of, months=months, calendar=history.now.calendar)


def _owners_then(now: CompanyState, deals: pd.DataFrame, lives: Lives, residuals: FloatArray) -> OwnerFacts:
    """Return facts about each training deal's owner as they were known at the row's own as_of."""
    effect, usual = np.ones(len(deals)), np.ones(len(deals))
    as_of = day_numbers(deals["as_of"])
    for day in np.unique(as_of):
        rows = np.flatnonzero(as_of == day)
        then = CompanyState(**{**vars(now), "as_of": pd.Timestamp(int(day), unit="D").date()})
        facts = learn_knowledge(then, lives).owner_facts(deals.iloc[rows])
        effect[rows], usual[rows] = facts.win_effect, facts.usual_amount
    return OwnerFacts(effect, usual, lives.segment_rows(deals["segment"]), residuals)


def _new_book(
    state: CompanyState, known: Knowledge, reps: pd.DataFrame, horizons: FloatArray, clock: HorizonClock
) -> tuple[NewBook, FloatArray, FloatArray, FloatArray]:
    """Return unborn deals, expected births by horizon, chance of ever winning one, and share of own evidence."""
    lives, everyone = known.lives, crew(state, known.lives, known.as_of)
    rep, segment = lives.rows_of(everyone["rep_id"]), lives.segment_rows(everyone["segment"])
    tenure = everyone["tenure_days"].to_numpy(dtype=np.float64)
    births = learn_births(lives, rep=rep, segment=segment, tenure=tenure, as_of=known.as_of)
    rates = creation_rates(births, lives, rep=rep, segment=segment, tenure=tenure, as_of=known.as_of)
    mine = np.asarray(pd.Index(everyone["rep_id"]).get_indexer(reps["rep_id"]), dtype=np.int64)
    rep, segment = rep[mine], segment[mine]
    rates = Rates(rates.rate[mine], rates.evidence[mine], rates.own_share[mine])
    expected = outlook(
        births,
        rates,
        tenure=tenure[mine],
        segment=segment,
        effects=known.effects.of(rep),
        as_of=known.as_of,
        horizons=horizons,
        curves=known.curves,
        clock=clock,
    )
    present = ~reps["left"].to_numpy(dtype=np.bool_)[:, None]
    book = NewBook(
        wins=expected.won * present,
        log_amount=known.amounts.log_mean(rep, segment),
        doubt=known.amounts.doubt(rep),
        log_residuals=known.amounts.residuals,
        spread=1.0 / np.maximum(rates.evidence, 1.0) + DRIFT,
    )
    return book, expected.born * present, expected.ever, rates.own_share


def _reps(state: CompanyState) -> pd.DataFrame:
    columns = ["rep_id", "team_id", "status"]
    rows = state.targets[columns].sort_values(columns, kind="stable")
    grouped = rows.groupby("rep_id", sort=True)
    frame = grouped[["team_id"]].first()
    gone = (rows["status"] == Status.LEFT).groupby(rows["rep_id"]).all()
    return frame.assign(left=gone).reset_index()


def _owned(deals: pd.DataFrame, reps: pd.DataFrame) -> pd.DataFrame:
    mine = deals[deals["rep_id"].isin(reps["rep_id"])]
    return mine.sort_values(["rep_id", "opportunity_id"], kind="stable").reset_index(drop=True)
