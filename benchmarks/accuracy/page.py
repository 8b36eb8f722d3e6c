"""Writes `docs/accuracy.md`: every figure on it comes from the run that wrote it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from benchmarks.accuracy.bars import Bar
from benchmarks.accuracy.tables import LEAD_NAMES, PEERS, Findings

HEAD = """# How accurate the forecast is

This page is written by `make bench-forecast`; `docs/accuracy/` holds its figures as JSON and its pictures.
The companies on it are **simulated**: their truth is known, so that a forecast can be held against the best that
anybody could have said: the oracle knows every hidden number, the ceiling knows every law of the simulator but sees
only the CRM. A demand that the ceiling misses cannot be met on these companies by anybody who sees the CRM alone.
It says how much of a known truth is found, not how a real company would fare. Real data sets stand at the end.

Every forecaster is refitted on the eve of each judged quarter on what was known then, and speaks at day 0, 1/4, 1/2 and
3/4 of its working days. Errors are in attainment (1.0 is the quota), capped at 4. A rule becomes a forecast with a
range by its own past misses, learned before the judged quarter. `mae` is that of the median, `mae_mean` that of the
mean, `mae_point` that of the number a rule itself names: a median beats a mean on MAE for free, so all are told.
Coverage is that of 80 % ranges by randomised PIT. Ranges of CRPS are 90 %, by resampling whole quarters of whole
companies.

Peers are public formulas of other products, each rebuilt from the pages that its file in `models/forecasters/` names:
PEER_NAMES. What their makers
trained beyond that is not public and may do better.
"""
SHOWN = ("n", "mae", "mae_mean", "mae_point", "crps", "coverage_80", "bias", "brier", "auc", "ece", "recall")


def page(found: Findings, *, runs: Sequence[str], bars: Sequence[Bar], pictures: Sequence[str], real: str) -> str:
    """Return the page as Markdown.

    Args:
        found: Tables of the run.
        runs: What was run, in words.
        bars: Demands and figures.
        pictures: Names below `docs/accuracy/`.
        real: Section about real data sets, already Markdown.
    """
    blocks = [
        HEAD.replace("PEER_NAMES", ", ".join(f"`{name}`" for name in PEERS)),
        "## What was run\n",
        "\n".join(f"- {run}" for run in runs) + "\n",
    ]
    if bars:
        blocks += ["## What was asked, and what came\n", _bars(bars)]
    table, gap = found.table, found.gap
    for preset in dict.fromkeys(table["preset"]):
        blocks.append(f"## Preset {preset}\n")
        blocks += [f"![{preset}](accuracy/{name})\n" for name in pictures if name == f"{preset}.svg"]
        for lead in LEAD_NAMES:
            mine = table[(table["preset"] == preset) & (table["lead"] == lead)].sort_values("crps")
            blocks += [f"### {lead}\n", _accuracy(mine, gap[(gap["preset"] == preset) & (gap["lead"] == lead)])]
    blocks += ["## By segment\n", _markdown(found.parts), "## Teams and companies\n", _markdown(found.rolled)]
    if real:
        blocks += ["## Real data\n", real]
    return "\n".join(blocks).rstrip() + "\n"


def write(text: str, path: Path) -> None:
    """Write the page."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _bars(bars: Sequence[Bar]) -> str:
    lines = ["| what | measured | asked | | the ceiling |", "|---|---|---|---|---|"]
    for bar in bars:
        ceiling = "" if bar.ceiling is None else f"{bar.ceiling:.3f}"
        lines.append(f"| {bar.what} | {bar.value:.3f} | {bar.asked} | {bar.verdict} | {ceiling} |")
    return "\n".join(lines) + "\n"


def _accuracy(table: pd.DataFrame, gap: pd.DataFrame) -> str:
    shown = table.assign(
        crps=[f"{row.crps:.3f} ({row.crps_low:.3f}-{row.crps_high:.3f})" for row in table.itertuples()]
    )[["forecaster", *SHOWN]]
    closed = gap.set_index("rule")["gap_closed"]
    return _markdown(shown.assign(**{"way to the oracle": shown["forecaster"].map(closed)}))


def _markdown(table: pd.DataFrame) -> str:
    head = "| " + " | ".join(str(name) for name in table.columns) + " |"
    rule = "|" + "---|" * len(table.columns)
    body = ["| " + " | ".join(_cell(value) for value in row) + " |" for row in table.itertuples(index=False)]
    return "\n".join([head, rule, *body]) + "\n"


def _cell(value: object) -> str:
    if isinstance(value, float):
        if math.isnan(value):
            return ""
        return f"{value:.0f}" if value == round(value) and abs(value) >= 2 else f"{value:.3f}"
    return str(value)
