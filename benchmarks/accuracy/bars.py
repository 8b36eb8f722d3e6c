"""What the forecast is asked to show on simulated companies, beside what it showed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from benchmarks.accuracy.tables import CEILING, CRM, LEAD_NAMES, NAIVE, ORACLE, PEERS, SERVED, Findings, gaps, slices
from models.accuracy.measures import WINSOR

MAIN = "realistic"
SHARE_OF_NAIVE_GAP = (0.80, 0.84, 0.88, 0.86)
SHARE_OF_PEER_GAP = (0.60, 0.60, 0.70, 0.70)
MAE_BELOW_NAIVE = (0.30, 0.36, 0.44, 0.42)
MAE_BELOW_CRM = (0.25, 0.22, 0.17, 0.20)
AUC_BEHIND = (0.055, 0.03, 0.015, 0.008)
BRIER_ABOVE = (0.030, 0.023, 0.012, 0.010)
COVERAGE, COVERAGE_SLICE, COVERAGE_ROWS = (0.77, 0.83), (0.72, 0.88), 1_200
ECE_AT_MOST, RECALL_AT_LEAST, COMPANY_OFF, COMPANY_PERIODS = 0.05, 0.80, 0.05, 250
TINY_RATIO, TINY_SEEDS, DIRT_LOSS = 1.0, 20, 0.25
FLAG_LEAD = "1/4"
"""The latest of the judged moments that lies 60 days or more before the end of a quarter."""


@dataclass(frozen=True)
class Bar:
    """One demand and what was measured.

    Attributes:
        what: In words.
        value: Measured.
        low: At least, or -inf.
        high: At most, or inf.
        sample: What it was measured on, counted; None where nothing is asked of that.
        needed: How much of that is asked for.
        ceiling: The same figure of somebody who knows every law of the simulator and sees what the CRM shows; None
            where that was not measured.
    """

    what: str
    value: float
    low: float = -np.inf
    high: float = np.inf
    sample: int | None = None
    needed: int = 0
    ceiling: float | None = None

    @property
    def met(self) -> bool:
        """Whether the value lies within and was measured on enough; a value that could not be measured does not."""
        return self.enough and bool(self.low <= self.value <= self.high)

    @property
    def enough(self) -> bool:
        """Whether it was measured on as much as is asked for."""
        return self.sample is None or self.sample >= self.needed

    @property
    def verdict(self) -> str:
        """The answer in words.

        Examples:
            >>> Bar("x", 0.5, low=0.4).verdict, Bar("x", 0.3, low=0.4).verdict
            ('met', 'MISSED')
            >>> Bar("x", 0.5, low=0.4, sample=72, needed=250).verdict
            'TOO FEW, 72/250'
        """
        if not self.enough:
            return f"TOO FEW, {self.sample}/{self.needed}"
        return "met" if self.met else "MISSED"

    @property
    def asked(self) -> str:
        """The demand in words.

        Examples:
            >>> Bar("x", 0.5, low=0.4).asked, Bar("x", 0.5, high=0.4).asked, Bar("x", 1.0, 0.5, 2.0).asked
            ('at least 0.4', 'at most 0.4', '0.5 to 2')
        """
        if np.isinf(self.high):
            return f"at least {self.low:g}"
        return f"at most {self.high:g}" if np.isinf(self.low) else f"{self.low:g} to {self.high:g}"


def main_bars(found: Findings) -> list[Bar]:
    """Return the bars of the main preset beside what the observable ceiling reaches; none where it was not run."""
    bars = _main_bars(found)
    mine = found.table[found.table["preset"] == MAIN]
    if not (mine["forecaster"] == CEILING).any():
        return bars
    reached = _main_bars(_instead(found))
    return [replace(bar, ceiling=other.value) for bar, other in zip(bars, reached, strict=True)]


def _instead(found: Findings) -> Findings:
    """Return the findings of the main preset in a run in which the ceiling stood in the place of what is served."""

    def swapped(frame: pd.DataFrame) -> pd.DataFrame:
        others = frame[(frame["preset"] == MAIN) & (frame["forecaster"] != SERVED)]
        return others.assign(forecaster=others["forecaster"].replace(CEILING, SERVED))

    rows, table = swapped(found.rows), swapped(found.table)
    return Findings(rows, table, gaps(table), slices(rows), swapped(found.rolled))


def _main_bars(found: Findings) -> list[Bar]:
    table, gap, parts, rolled = (
        frame[frame["preset"] == MAIN] for frame in (found.table, found.gap, found.parts, found.rolled)
    )
    if table.empty:
        return []
    return [*_by_lead(table, gap), *_calibration(table, parts), *_company(rolled)]


def preset_bars(found: Findings) -> list[Bar]:
    """Return the bars of the other presets that were run."""
    presets = set(found.table["preset"])
    bars = []
    if "tiny" in presets:
        ratios = naive_ratios(found.rows[found.rows["preset"] == "tiny"])
        what = "tiny: CRPS beside the best naive in hindsight, mean over companies"
        bars.append(Bar(what, float(ratios.mean()), high=TINY_RATIO, sample=len(ratios), needed=TINY_SEEDS))
    if {"dirty", MAIN} <= presets:
        clean, dirty = (_mean_share(found.table[found.table["preset"] == name]) for name in (MAIN, "dirty"))
        bars.append(Bar("dirty: part of the share of the naive-to-oracle gap lost", 1 - dirty / clean, high=DIRT_LOSS))
    return bars


def peer_bars(lead: str, peers: pd.DataFrame, low: float) -> Iterator[Bar]:
    """Yield the bars against the peer formula that is hardest to beat, by CRPS, as a median and as a mean.

    Args:
        lead: Name of the lead.
        peers: Lines of `gaps` of that lead, by rule.
        low: Share of the way to the oracle that is asked for.
    """
    hardest = peers["gap_closed"].idxmin()
    share = float(peers["gap_closed"].min())
    yield Bar(f"{lead}: share of the way from the hardest of {len(peers)} peers ({hardest}) to the oracle", share, low)
    for column, what in (("mae_below", "median"), ("mae_below_mean", "mean")):
        name, least = peers[column].idxmin(), float(peers[column].min())
        yield Bar(f"{lead}: MAE of the {what} below that of the best peer ({name})", least, low=0.0)


def naive_ratios(rows: pd.DataFrame) -> pd.Series:
    """Return per company the served CRPS over that of the best naive rule for that company, all leads pooled."""
    rated = rows[rows["quota"] > 0]
    score = np.minimum(rated["crps"] / rated["quota"], WINSOR)
    means = score.groupby([rated["seed"], rated["forecaster"]]).mean().unstack()
    return pd.Series(means[SERVED] / means[list(NAIVE)].min(axis=1))


def _mean_share(table: pd.DataFrame) -> float:
    """Return the share of the naive-to-oracle CRPS gap, mean over leads."""
    by = table.pivot(index="lead", columns="forecaster", values="crps")
    best = by[[name for name in NAIVE if name in by]].min(axis=1)
    return float(((best - by[SERVED]) / (best - by[ORACLE])).mean())


def _by_lead(table: pd.DataFrame, gap: pd.DataFrame) -> Iterator[Bar]:
    for place, lead in enumerate(LEAD_NAMES):
        by = table[table["lead"] == lead].set_index("forecaster")
        rules = gap[gap["lead"] == lead].set_index("rule")
        ours, oracle = by.loc[SERVED], by.loc[ORACLE]
        naive = by.loc[by.index.intersection(NAIVE)]
        best, sharpest = float(naive["crps"].min()), float(naive["mae"].min())
        yield Bar(f"{lead}: MAE below the best naive", 1 - ours["mae"] / sharpest, low=MAE_BELOW_NAIVE[place])
        yield Bar(
            f"{lead}: MAE below what the CRM's weighted pipeline says",
            float(rules.loc[CRM, "mae_below_point"]),
            low=MAE_BELOW_CRM[place],
        )
        share = (best - float(ours["crps"])) / (best - float(oracle["crps"]))
        yield Bar(f"{lead}: share of the naive-to-oracle CRPS gap", share, low=SHARE_OF_NAIVE_GAP[place])
        yield from peer_bars(lead, rules.loc[rules.index.intersection(PEERS)], SHARE_OF_PEER_GAP[place])
        yield Bar(
            f"{lead}: AUC of a miss behind the oracle", float(oracle["auc"] - ours["auc"]), high=AUC_BEHIND[place]
        )
        yield Bar(
            f"{lead}: Brier of a miss above the oracle", float(ours["brier"] - oracle["brier"]), high=BRIER_ABOVE[place]
        )


def _calibration(table: pd.DataFrame, parts: pd.DataFrame) -> Iterator[Bar]:
    ours = table[table["forecaster"] == SERVED].set_index("lead")
    pooled = float(np.average(ours["coverage_80"], weights=ours["n"]))
    rows = int(ours["n"].sum())
    yield Bar(f"coverage of 80 % ranges, {rows} rows", pooled, *COVERAGE, sample=rows, needed=COVERAGE_ROWS)
    low, high = float(parts["coverage_80"].min()), float(parts["coverage_80"].max())
    yield Bar("coverage in the lowest lead and segment", low, *COVERAGE_SLICE)
    yield Bar("coverage in the highest lead and segment", high, *COVERAGE_SLICE)
    yield Bar("largest ECE of P(quota)", float(ours["ece"].max()), high=ECE_AT_MOST)
    recall = float(ours.loc[FLAG_LEAD, "recall"])
    yield Bar("misses found at 80 % precision 60 days or more before the end", recall, low=RECALL_AT_LEAST)


def _company(rolled: pd.DataFrame) -> Iterator[Bar]:
    company = rolled[rolled["level"] == "company"]
    if company.empty:
        return
    weighted = {
        name: float(np.average(group["coverage_80"], weights=group["n"]))
        for name, group in company.groupby("forecaster")
        if name in (SERVED, ORACLE)
    }
    count = int(company.loc[company["forecaster"] == SERVED, "n"].sum())
    off = abs(weighted[SERVED] - weighted[ORACLE])
    yield Bar(
        f"coverage of the company's 80 % range off the oracle's, {count} company-periods",
        off,
        high=COMPANY_OFF,
        sample=count,
        needed=COMPANY_PERIODS,
    )


def leaks(rows: pd.DataFrame) -> list[str]:
    """Return who beats the oracle by more than two standard errors: somebody who does has seen the end.

    Args:
        rows: Backtest rows. Differences of CRPS are paired, and whole periods of whole companies are the sample.
    """
    keys = ["preset", "seed", "period_start", "lead", "rep_id", "metric"]
    rated = rows[rows["quota"] > 0]
    rated = rated.assign(score=np.minimum(rated["crps"] / rated["quota"], WINSOR))
    oracle = rated[rated["forecaster"] == ORACLE].set_index(keys)["score"].rename("oracle")
    both = rated[rated["forecaster"] != ORACLE].join(oracle, on=keys, how="inner")
    found = []
    for (preset, lead, name), group in both.groupby(["preset", "lead", "forecaster"], sort=False):
        ahead = (group["oracle"] - group["score"]).groupby([group["seed"], group["period_start"]]).mean()
        error = float(ahead.std(ddof=1)) / len(ahead) ** 0.5
        if float(ahead.mean()) > 2.0 * error:
            found.append(f"{name} on {preset} at {lead}")
    return found
