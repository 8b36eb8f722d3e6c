"""Rep-periods with and without a play, from the log of a company: what every claim of an effect starts from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

import numpy as np

from models.coaching.decision_docs import DecisionDoc
from models.coaching.learning.fitting import SettledDecision
from models.coaching.learning.panel import Panel

Taken = Mapping[tuple[str, str], Collection[str]]
"""Plays that were taken up, by rep and first day of the period."""
LOOKS_BACK = 2
"""Earlier periods that a row needs: one to start from, one for the placebo."""


def panel_of(play_id: str, settled: Sequence[SettledDecision], taken: Taken) -> Panel:
    """Return the rep-periods in which a play, or nothing at all, was taken up.

    Args:
        play_id: The play.
        settled: First decision of each rep and period that is over.
        taken: What was taken up.

    Returns:
        One row per rep-period that has two earlier ones; rep-periods with another play alone are left out.
    """
    by_rep: dict[str, list[SettledDecision]] = defaultdict(list)
    for one in sorted(settled, key=lambda one: one.decision["period_start"]):
        by_rep[one.decision["rep_id"]].append(one)
    periods = {start: at for at, start in enumerate(sorted({one.decision["period_start"] for one in settled}))}
    rows = []
    for number, rep_id in enumerate(sorted(by_rep)):
        mine = by_rep[rep_id]
        for at in range(LOOKS_BACK, len(mine)):
            told = mine[at].decision
            plays = taken.get((rep_id, told["period_start"]), ())
            if plays and play_id not in plays:
                continue
            residuals = [mine[at - back].reward for back in range(LOOKS_BACK + 1)]
            known = [_gap(told, play_id), told["rank"], told["newness"]]
            rows.append([number, periods[told["period_start"]], float(play_id in plays), *residuals, *known])
    table = np.array(rows, dtype=np.float64).reshape(len(rows), 9)
    numbers = table[:, :3].astype(np.int64)
    return Panel(
        rep=numbers[:, 0],
        period=numbers[:, 1],
        treated=numbers[:, 2],
        residual=table[:, 3],
        before=table[:, 4],
        earlier=table[:, 5],
        covariates=table[:, 6:9],
        modifiers=table[:, 6:8],
    )


def _gap(told: DecisionDoc, play_id: str) -> float:
    known = told["plays"].get(play_id)
    return 0.0 if known is None else known["gap"]
