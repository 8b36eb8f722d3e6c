"""Pictures of a training run: is it calibrated, where is it wrong, what does it look at, what does it say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from models.contracts import FloatArray

BLUE, ORANGE, GREY, INK = "#0b5cad", "#c8570c", "#7b8794", "#16212e"
LEAD_ORDER = ("day 0", "1/4", "1/2", "3/4")


@dataclass(frozen=True)
class Fan:
    """One example forecast to draw.

    Attributes:
        title: Who and when.
        booked_days: Days gone, as matplotlib dates or ordinals.
        booked: Cumulative amount booked on those days, currency.
        days: Days to come.
        quantiles: Cumulative amount per level 0.10, 0.25, 0.50, 0.75, 0.90, each as long as `days`.
        quota: Quota, currency; NaN when there is none.
    """

    title: str
    booked_days: Sequence[float]
    booked: Sequence[float]
    days: Sequence[float]
    quantiles: Mapping[float, FloatArray]
    quota: float


def new_figure(columns: int = 1, *, width: float = 6.4, height: float = 4.2) -> tuple[Figure, list[Axes]]:
    """Return a figure with `columns` plain axes side by side."""
    figure = Figure(figsize=(width * columns, height), layout="constrained", dpi=110)
    axes = [figure.add_subplot(1, columns, index + 1) for index in range(columns)]
    for ax in axes:
        ax.spines[["top", "right"]].set_visible(False)
        ax.tick_params(colors=INK, labelsize=9)
    return figure, axes


def save(figure: Figure, path: Path) -> Path:
    """Write `figure` as PNG and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
    return path


def reliability(rows: pd.DataFrame, *, bins: int = 10) -> Figure:
    """Draw stated chances of meeting quota beside how often it came true.

    Args:
        rows: Backtest rows of one forecaster.
        bins: Number of equally filled bins.

    Returns:
        A figure: the nearer to the diagonal, the better calibrated.
    """
    figure, (ax, hist) = new_figure(2)
    rated = rows.dropna(subset=["p_attain"])
    stated = rated["p_attain"].to_numpy(dtype=np.float64)
    met = (rated["outcome"] >= rated["quota"]).to_numpy(dtype=np.float64)
    ax.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle="--")
    for part in np.array_split(np.argsort(stated, kind="stable"), bins):
        if len(part):
            share = met[part].mean()
            spread = 1.28 * np.sqrt(max(share * (1 - share), 0.01) / len(part))
            ax.errorbar(stated[part].mean(), share, yerr=spread, color=BLUE, marker="o", markersize=5, capsize=0)
    ax.set(xlabel="stated chance of meeting quota", ylabel="share that met it", title=f"Calibration, {len(rated)} rows")
    hist.hist(stated, bins=20, range=(0, 1), color=BLUE, alpha=0.8)
    hist.set(xlabel="stated chance of meeting quota", ylabel="rows", title="How often each chance is stated")
    return figure


def pit_histogram(rows: pd.DataFrame) -> Figure:
    """Draw the randomised PIT per lead; flat is right, a hump too wide, a bowl too narrow, a slope biased."""
    figure, axes = new_figure(len(LEAD_ORDER), width=3.4, height=3.0)
    for ax, lead in zip(axes, LEAD_ORDER, strict=True):
        pit = rows.loc[rows["lead"] == lead, "pit"].to_numpy(dtype=np.float64)
        ax.hist(pit, bins=10, range=(0, 1), color=BLUE, alpha=0.85)
        ax.axhline(len(pit) / 10, color=ORANGE, linewidth=1.2)
        ax.set(title=f"{lead}  (n = {len(pit)})", xlabel="randomised PIT", yticks=[])
    return figure


def by_lead(summary: pd.DataFrame, name: str, others: Sequence[str]) -> Figure:
    """Draw error and coverage by lead time for `name` beside `others`."""
    figure, (error, cover) = new_figure(2)
    for who in (*others, name):
        part = summary[summary["forecaster"] == who].set_index("lead").reindex(LEAD_ORDER)
        mine = who == name
        color = BLUE if mine else ORANGE if who == "pace" else GREY
        for ax, measure in ((error, "crps"), (cover, "coverage_80")):
            ax.plot(
                range(len(LEAD_ORDER)),
                part[measure],
                marker="o",
                markersize=4,
                label=who,
                color=color,
                linewidth=2.4 if mine else 1.2,
            )
    cover.axhspan(0.77, 0.83, color=BLUE, alpha=0.10)
    for ax in (error, cover):
        ax.set_xticks(range(len(LEAD_ORDER)), LEAD_ORDER)
        ax.set_xlabel("share of the period gone")
    error.set(ylabel="CRPS, attainment", title="Error by lead time (lower is better)")
    cover.set(ylabel="share inside the 80 % range", title="Coverage by lead time (77..83 % is right)", ylim=(0, 1))
    error.legend(fontsize=8, frameon=False)
    return figure


def example_fans(fans: Sequence[Fan]) -> Figure:
    """Draw up to six example forecasts: booked line, 80 and 50 % bands, median and quota."""
    figure = Figure(figsize=(13, 6.4), layout="constrained", dpi=110)
    for index, fan in enumerate(fans[:6]):
        ax = figure.add_subplot(2, 3, index + 1)
        ax.spines[["top", "right"]].set_visible(False)
        ax.plot(fan.booked_days, fan.booked, color=INK, linewidth=1.8)
        ax.fill_between(fan.days, fan.quantiles[0.10], fan.quantiles[0.90], color=BLUE, alpha=0.18, linewidth=0)
        ax.fill_between(fan.days, fan.quantiles[0.25], fan.quantiles[0.75], color=BLUE, alpha=0.30, linewidth=0)
        ax.plot(fan.days, fan.quantiles[0.50], color=BLUE, linewidth=1.6)
        if np.isfinite(fan.quota):
            ax.axhline(fan.quota, color=ORANGE, linewidth=1.2)
        ax.xaxis.set_major_formatter(mdates.DateFormatter("%d %b"))
        ax.set_title(fan.title, fontsize=9)
        ax.tick_params(labelsize=7)
    return figure


def shap_summary(values: FloatArray, inputs: pd.DataFrame, *, top: int = 12) -> Figure:
    """Draw the SHAP summary of the deal model: one dot per deal and feature, colour = feature value.

    Args:
        values: SHAP values, shape (n_rows, n_features), log-odds.
        inputs: The same rows' feature values; categories as codes.
        top: Number of features shown, by mean absolute value.

    Returns:
        A figure.
    """
    order = np.argsort(-np.abs(values).mean(axis=0))[:top]
    figure = Figure(figsize=(7.6, 0.42 * len(order) + 1.2), layout="constrained", dpi=110)
    ax = figure.add_subplot(1, 1, 1)
    ax.spines[["top", "right", "left"]].set_visible(False)
    jitter = np.random.default_rng(7).uniform(-0.28, 0.28, size=len(values))
    for line, feature in enumerate(order[::-1]):
        column = inputs.iloc[:, feature].to_numpy(dtype=np.float64)
        ranks = pd.Series(column).rank(pct=True).fillna(0.5).to_numpy()
        ax.scatter(values[:, feature], line + jitter, c=ranks, cmap="coolwarm", s=5, alpha=0.6, linewidths=0)
    ax.axvline(0, color=GREY, linewidth=0.8)
    ax.set_yticks(range(len(order)), [str(inputs.columns[i]) for i in order[::-1]], fontsize=8)
    ax.set_xlabel("SHAP value, log-odds of winning in time (red: high value of the feature)", fontsize=9)
    return figure
