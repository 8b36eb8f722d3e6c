"""Pictures of the accuracy benchmark: error by lead, coverage by lead, and how often chances came true."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.accuracy.tables import CEILING, LEAD_NAMES, ORACLE, SERVED

mpl.use("Agg")

OWN, TRUTH, SEEN, OTHERS = "#1b6ca8", "#2a2a2a", "#2e8b57", "#b9b9b9"
BINS = 10


def draw(table: pd.DataFrame, rows: pd.DataFrame, folder: Path) -> list[str]:
    """Draw one picture per preset into `folder`.

    Args:
        table: `tables.accuracy`.
        rows: Backtest rows.
        folder: Where the pictures go; it is created.

    Returns:
        Names of the files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for preset in dict.fromkeys(table["preset"]):
        figure = Figure(figsize=(11, 3.6), layout="constrained")
        error, cover, reliability = figure.subplots(1, 3)
        mine = table[table["preset"] == preset]
        _lines(error, mine, "crps", "CRPS in attainment (lower is better)")
        _lines(cover, mine, "coverage_80", "share inside the 80 % range")
        cover.axhspan(0.77, 0.83, color="#dcefdc", zorder=0)
        cover.set_ylim(0.5, 1.0)
        _reliability(reliability, rows[(rows["preset"] == preset) & (rows["forecaster"] == SERVED)])
        error.legend(fontsize=7, frameon=False)
        figure.suptitle(f"simulated companies, preset {preset}", fontsize=10)
        name = f"{preset}.svg"
        figure.savefig(folder / name, metadata={"Date": None})
        names.append(name)
    return names


def _lines(axes: Axes, table: pd.DataFrame, measure: str, title: str) -> None:
    for forecaster, group in table.groupby("forecaster", sort=True):
        values = group.set_index("lead")[measure].reindex(list(LEAD_NAMES))
        color = {SERVED: OWN, ORACLE: TRUTH, CEILING: SEEN}.get(str(forecaster), OTHERS)
        own = forecaster in (SERVED, ORACLE, CEILING)
        label = str(forecaster) if own else None
        axes.plot(
            LEAD_NAMES, values, color=color, lw=2.2 if own else 1.0, marker="o", ms=3, label=label, zorder=2 + own
        )
        if not own:
            axes.annotate(str(forecaster), (len(LEAD_NAMES) - 1, values.iloc[-1]), fontsize=5, color="#777777")
    axes.set_title(title, fontsize=9)
    axes.tick_params(labelsize=8)


def _reliability(axes: Axes, rows: pd.DataFrame) -> None:
    rated = rows[rows["quota"] > 0]
    chance = rated["p_attain"].to_numpy(dtype=np.float64)
    met = (rated["outcome"] >= rated["quota"]).to_numpy(dtype=np.float64)
    edges = np.unique(np.quantile(chance, np.linspace(0, 1, BINS + 1)))
    group = np.clip(np.searchsorted(edges, chance, side="right") - 1, 0, max(len(edges) - 2, 0))
    found = pd.DataFrame({"group": group, "chance": chance, "met": met}).groupby("group").mean()
    axes.plot([0, 1], [0, 1], color=OTHERS, lw=1)
    axes.plot(found["chance"], found["met"], color=OWN, marker="o", ms=4)
    axes.set_title("P(quota) said, and how often it was met", fontsize=9)
    axes.tick_params(labelsize=8)
