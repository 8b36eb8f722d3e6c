"""Which past moments a training run learns from and is judged at, given what was known at its as_of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from features.domain.time import AsOf, Grain, Period, WorkCalendar
from features.history.freshness import first_day
from features.history.known import History, KnownFacts
from training.backtest.folds import LEADS, Fold, closed_periods, rolling_folds
from training.dataset import cutoffs_in


class TrainingSettings(BaseSettings):
    """How much a training run simulates, judges and looks back; read from `PACELINE_TRAINING_*` variables."""

    model_config = SettingsConfigDict(env_prefix="PACELINE_TRAINING_", extra="ignore", frozen=True)

    seed: int = Field(default=7, description="User seed: same seed and facts give the same model and the same rows.")
    backtest_paths: int = Field(default=400, ge=50, description="Simulated worlds per forecast in the backtest.")
    warm_up: int = Field(default=4, ge=1, description="Closed periods that must lie before the first judged one.")
    folds: int = Field(default=4, ge=1, description="Closed periods judged when the number is left to `auto`.")
    look_back: int = Field(default=16, ge=2, description="Closed periods before an as_of that a fit may learn from.")
    reason_refits: int = Field(
        default=2, ge=0, description="Deal models learned again from deals drawn anew, to see how stable reasons are."
    )
    jobs: int = Field(
        default=0, ge=0, description="Periods judged at the same time in a backtest; 0: one per processor core."
    )
    settle_days: int = Field(default=10, ge=0, description="Days after a period's end when its outcome is final.")


DEAL_DAYS = 14
"""Days between the moments at which open deals are looked at: a deal a week older says nearly the same again."""


@dataclass(frozen=True)
class TrainingPlan:
    """Moments to learn from and to judge at.

    Attributes:
        as_of: Moment of knowledge of the run.
        grain: Length of the periods that are judged.
        periods: Closed and settled periods known at the as_of, oldest first.
        folds: Periods judged in the backtest; empty when there are too few (`note` says why).
        note: Why there is no backtest, or "".
        calendar: Working days of the company.
        settings: Settings of the run.
    """

    as_of: date
    grain: Grain
    periods: tuple[Period, ...]
    folds: tuple[Fold, ...]
    note: str
    calendar: WorkCalendar
    settings: TrainingSettings

    def cutoffs_before(self, as_of: date) -> list[date]:
        """Return the past cutoffs a fit at `as_of` may learn from: the leads of its last closed periods, ascending.

        A cutoff is left out unless its period's outcome had settled by `as_of`.
        """
        return cutoffs_in(self._settled(as_of), self.calendar)

    def deal_cutoffs_before(self, as_of: date) -> list[date]:
        """Return the past days at which a fit at `as_of` looks at open deals: every `DEAL_DAYS` of the same periods."""
        return cutoffs_in(self._settled(as_of), self.calendar, every=DEAL_DAYS)

    def _settled(self, as_of: date) -> list[Period]:
        known = [p for p in self.periods if p.end + timedelta(days=self.settings.settle_days) <= as_of]
        return known[-self.settings.look_back :]

    def describe(self) -> dict[str, object]:
        """Return the plan as parameters of a run."""
        return {
            "as_of": self.as_of.isoformat(),
            "grain": str(self.grain),
            "closed_periods": len(self.periods),
            "judged_periods": len(self.folds),
            "training_cutoffs": len(self.cutoffs_before(self.as_of)),
            **self.settings.model_dump(exclude={"jobs"}),
        }


def plan_training(
    history: History, as_of: date, cutoffs: int | None, settings: TrainingSettings | None = None
) -> TrainingPlan:
    """Return the plan of a training run at `as_of`.

    Args:
        history: The dataset.
        as_of: Moment of knowledge.
        cutoffs: Closed periods to judge; None: `settings.folds`.
        settings: Settings; read from the environment when not given.

    Raises:
        DataMissing: Nothing that could be learned from was known at `as_of`.
    """
    chosen = settings or TrainingSettings()
    calendar = history.info.calendar
    with history.known_by(AsOf(as_of, calendar.zone)) as known:
        first = first_day(known)
        grain = period_grain(known)
    last = as_of - timedelta(days=chosen.settle_days)
    periods = closed_periods(first, last, grain, calendar.fiscal_start_month)
    folds, note = _folds(periods, calendar, cutoffs or chosen.folds, chosen.warm_up)
    return TrainingPlan(as_of, grain, tuple(periods), tuple(folds), note, calendar, chosen)


def _folds(periods: Sequence[Period], calendar: WorkCalendar, count: int, warm_up: int) -> tuple[list[Fold], str]:
    if len(periods) <= warm_up:
        return [], f"{len(periods)} closed periods are too few for a backtest ({warm_up + 1} needed)"
    return rolling_folds(periods, calendar=calendar, count=count, warm_up=warm_up, leads=LEADS), ""


def period_grain(known: KnownFacts) -> Grain:
    """Return the longest grain below a year that quotas are set for; quarters when there are none."""
    found = known.con.execute(
        "SELECT MAX(date_diff('day', period_start, period_end) + 1) FROM quotas"
        " WHERE rep_id IS NOT NULL AND date_diff('day', period_start, period_end) < 100"
    ).fetchone()
    longest = 92 if found is None or found[0] is None else int(found[0])
    return Grain.QUARTER if longest > 31 else Grain.MONTH
