"""Accuracy of the series forecaster on real bookings without a pipeline, beside the best naive rule in hindsight.

Next-three-month sums per rep at every month end of the last third of the months, refitted at each, WAPE over all
reps and cutoffs. A rep counts at a cutoff when it has booked before (all methods then have something to go by).
Bookings are known on their day, so that naive rules and forecaster see the same facts. The middle of the paths is
scored as their median. Run: `python -m benchmarks.bench_series`.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.domain.time import add_months
from features.domain.vocabulary import REVENUE
from models.contracts import DEAL_COLUMNS, LIFECYCLE_COLUMNS, REP_COLUMNS, CompanyState, FloatArray, TrainingHistory
from models.forecasters.series import SeriesForecaster
from models.forecasters.series_panel import Panel, build_panel, month_end
from models.metrics.crps import crps
from models.metrics.empirical_coverage import empirical_coverage
from models.metrics.randomised_pit import randomised_pit
from models.metrics.wape import wape

AHEAD = 3
N_PATHS = 500
FIT_SECONDS = 5.0

Naive = Callable[[Panel], FloatArray]


def _same_months_last_year(panel: Panel) -> FloatArray:
    if panel.n_months < 12:
        return AHEAD * panel.mean(12)
    return np.asarray(panel.values[:, -12 : -12 + AHEAD].sum(axis=1), dtype=np.float64)


NAIVE: dict[str, Naive] = {
    "last 3 months": lambda panel: np.asarray(panel.values[:, -AHEAD:].sum(axis=1), dtype=np.float64),
    "mean of 6": lambda panel: AHEAD * panel.mean(6),
    "history mean": lambda panel: AHEAD * panel.mean(10_000),
    "seasonal naive": _same_months_last_year,
    "trailing 12 mean": lambda panel: AHEAD * panel.mean(12),
}
"""Means run over the months since a rep's first booking."""


@dataclass(frozen=True)
class Company:
    """Bookings of one real company.

    Attributes:
        name: What the table is headed with.
        bookings: `BOOKING_COLUMNS`.
        last: Last day of its last complete month.
        bar: Largest error allowed, as a multiple of the best naive rule's.
    """

    name: str
    bookings: pd.DataFrame
    last: date
    bar: float = 1.0


@dataclass(frozen=True)
class Result:
    """Errors of one company.

    Attributes:
        wape: By method, "paceline (median)" and "paceline (mean)" among them.
        coverage: Empirical coverage of the 80 % interval, randomised.
        crps: Mean CRPS over mean outcome.
        fit_seconds: Longest single fit.
        rows: Reps x cutoffs.
        cutoffs: Number of cutoffs.
    """

    wape: dict[str, float]
    coverage: float
    crps: float
    fit_seconds: float
    rows: int
    cutoffs: int

    @property
    def best_naive(self) -> float:
        """Return the least error of the naive rules, chosen in hindsight."""
        return min(self.wape[name] for name in NAIVE)

    @property
    def ratio(self) -> float:
        """Return the error of the median path over that of the best naive rule."""
        return self.wape["paceline (median)"] / self.best_naive


def data_folder() -> Path:
    """Return the folder of real exports."""
    default = Path(__file__).resolve().parents[1].parent / "shared" / "data"
    return Path(os.environ.get("PACELINE_TEST_DATA", default))


def adventureworks(folder: Path) -> Company:
    """Read AdventureWorks: order lines by seller and order date."""
    lines = pd.read_csv(folder / "adventureworks_pl300" / "Sales.csv")
    amount = lines["Sales"].astype(str).str.replace(r"[$,]", "", regex=True).astype(float)
    return Company("AdventureWorks", _bookings(lines["EmployeeKey"], lines["OrderDate"], amount), date(2020, 5, 31))


def parch(folder: Path) -> Company:
    """Read Parch & Posey: orders by the seller of their account; its last month holds two days and is left out."""
    orders = pd.read_csv(folder / "parch_posey" / "orders.csv")
    accounts = pd.read_csv(folder / "parch_posey" / "Accounts.csv").set_index("id")["sales_rep_id"]
    bookings = _bookings(orders["account_id"].map(accounts), orders["occurred_at"], orders["total_amt_usd"])
    return Company("Parch & Posey", bookings, date(2016, 12, 31))


def maven(folder: Path) -> Company:
    """Read Maven: won deals by agent and close date, as bookings alone; ten months show no more than "no harm"."""
    deals = pd.read_csv(folder / "maven_crm" / "sales_pipeline.csv")
    won = deals[deals["deal_stage"] == "Won"]
    bookings = _bookings(won["sales_agent"], won["close_date"], won["close_value"])
    return Company("Maven", bookings, date(2017, 12, 31), bar=1.03)


COMPANIES: tuple[Callable[[Path], Company], ...] = (adventureworks, parch, maven)


@dataclass(frozen=True)
class Replay:
    """One cutoff of a company.

    Attributes:
        panel: What was known then.
        outcome: Sum of the next `AHEAD` months per rep of the panel, currency, shape (n_reps,).
        paths: The forecaster's, shape (n_reps, N_PATHS).
        fit_seconds: Time of the fit.
    """

    panel: Panel
    outcome: FloatArray
    paths: FloatArray
    fit_seconds: float


def replays(company: Company) -> Iterator[Replay]:
    """Yield every cutoff of the last third of the months, the forecaster refitted at each."""
    final = build_panel(company.bookings, REVENUE, company.last)
    for cutoff in range(final.n_months - final.n_months // 3, final.n_months - AHEAD + 1):
        then = final.at(cutoff)
        history = history_at(company, month_end(then.end - 1), then.reps)
        began = time.perf_counter()
        forecaster = SeriesForecaster().fit(history)
        seconds = time.perf_counter() - began
        there = np.isin(np.array(final.reps), np.array(then.reps))
        outcome = final.values[there, cutoff : cutoff + AHEAD].sum(axis=1)
        yield Replay(then, outcome, forecaster.simulate(history.now, N_PATHS, seed=1).attained, seconds)


def judge(company: Company) -> Result:
    """Forecast at every cutoff of the last third of the months, refitting each time."""
    all_replays = list(replays(company))
    outcome = np.concatenate([replay.outcome for replay in all_replays])
    paths = np.concatenate([replay.paths for replay in all_replays])
    errors = {
        name: wape(np.concatenate([rule(replay.panel) for replay in all_replays]), outcome)
        for name, rule in NAIVE.items()
    }
    errors["paceline (median)"] = wape(np.median(paths, axis=1), outcome)
    errors["paceline (mean)"] = wape(paths.mean(axis=1), outcome)
    covered = empirical_coverage(randomised_pit(paths, outcome, seed=1), 0.8)
    score = float(crps(paths, outcome).mean() / np.abs(outcome).mean())
    slowest = max(replay.fit_seconds for replay in all_replays)
    return Result(errors, covered, score, slowest, len(outcome), len(all_replays))


def history_at(company: Company, as_of: date, reps: tuple[str, ...]) -> TrainingHistory:
    """Return what was known of a company without a pipeline, with one three-month target per rep."""
    known = company.bookings[company.bookings["known_on"] <= pd.Timestamp(as_of)]
    start = add_months(as_of, 1)
    end = pd.Timestamp(add_months(start, AHEAD)) - pd.Timedelta(days=1)
    first = known.groupby("rep_id")["day"].min()
    targets = pd.DataFrame(
        {
            "rep_id": pd.Series(reps, dtype="str"),
            "period_start": pd.Timestamp(start),
            "period_end": end,
            "metric": REVENUE,
            "as_of": pd.Timestamp(as_of),
            "grain": "quarter",
            "attained": 0.0,
            "elapsed": 0.0,
            "tenure_days": [(pd.Timestamp(as_of) - first[rep]).days for rep in reps],
            "status": "",
        }
    )
    now = CompanyState(
        as_of=as_of,
        targets=targets,
        deals=pd.DataFrame(columns=list(DEAL_COLUMNS)),
        bookings=known,
        lifecycles=pd.DataFrame(columns=list(LIFECYCLE_COLUMNS)),
        reps=pd.DataFrame(columns=list(REP_COLUMNS)),
    )
    return TrainingHistory(now=now, targets=targets.iloc[:0], deals=now.deals)


def table(company: Company, result: Result) -> Iterator[str]:
    """Yield the lines of one company's table."""
    yield f"{company.name}: {result.rows} rep x cutoff, {result.cutoffs} cutoffs, next {AHEAD} months, WAPE"
    for method, error in sorted(result.wape.items(), key=lambda item: item[1]):
        yield f"  {method:18s} {error:.3f}"
    met = "met" if result.ratio <= company.bar else "MISSED"
    yield f"  median over best naive {result.ratio:.3f} (bar {company.bar:.2f} {met}, aim 0.90)"
    yield f"  80 % interval covers {result.coverage:.0%} (bar 70-90 %), CRPS over mean {result.crps:.3f}"
    yield f"  slowest fit {result.fit_seconds:.1f} s (bar {FIT_SECONDS:.0f} s)"


def main() -> int:
    """Print the table of every company whose files are there; 1 when a bar is missed."""
    folder, missed = data_folder(), False
    for read in COMPANIES:
        try:
            company = read(folder)
        except FileNotFoundError as error:
            sys.stdout.write(f"{read.__name__}: skipped, there is no {error.filename}\n")
            continue
        result = judge(company)
        sys.stdout.write("\n".join(table(company, result)) + "\n")
        missed = missed or result.ratio > company.bar
    return int(missed)


def _bookings(rep: pd.Series, moment: pd.Series, amount: pd.Series) -> pd.DataFrame:
    day = pd.to_datetime(moment).dt.normalize().dt.as_unit("us")
    one: npt.NDArray[np.int64] = np.ones(len(amount), dtype=np.int64)
    lines = pd.DataFrame({"rep_id": rep.astype(str), "metric": REVENUE, "day": day, "amount": amount, "n": one})
    sums = lines.groupby(["rep_id", "metric", "day"], as_index=False)[["amount", "n"]].sum()
    return sums.assign(known_on=sums["day"])


if __name__ == "__main__":
    raise SystemExit(main())
