"""One line about a group's past forecasts: measures where enough stands behind them, `insufficient` where not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.accuracy.documents import AccuracyLineDoc
from models.accuracy.measures import Judged, bias, by_period, coverage, crps, mae, measure
from models.accuracy.settings import AccuracySettings


@dataclass(frozen=True)
class Floor:
    """What must stand behind a figure.

    Attributes:
        rep_periods: Fewest rep-periods for error and bias.
        reps: Fewest people.
        ranked: Fewest rep-periods for coverage: a share of four says nothing.
    """

    rep_periods: int
    reps: int
    ranked: int

    @classmethod
    def of_group(cls, settings: AccuracySettings) -> Floor:
        """Return the floor of a team or company."""
        return cls(settings.least_rep_periods, settings.least_reps, settings.least_rep_periods)

    @classmethod
    def of_rep(cls, settings: AccuracySettings) -> Floor:
        """Return the floor of one rep's own past."""
        return cls(settings.least_own_periods, 1, settings.least_rep_periods)

    def holds(self, rows: Sequence[Judged]) -> bool:
        """Return whether enough stands behind error and bias of `rows`."""
        return len(rows) >= self.rep_periods and len({row.rep_id for row in rows}) >= self.reps


def accuracy_line(
    rows: Sequence[Judged], *, forecaster: str, metric: str, lead: str, floor: Floor, settings: AccuracySettings
) -> AccuracyLineDoc:
    """Return one forecaster's line at one lead.

    Args:
        rows: Its judged rows, at most one per rep and period.
        forecaster: Its name.
        metric: What was forecast.
        lead: Name of the lead.
        floor: What must stand behind a figure.
        settings: How ranges are drawn.

    Examples:
        >>> row = Judged("r", "2026-01-01", 100.0, 80.0, middle=90.0, mean=90.0)
        >>> name = {"forecaster": "pace", "metric": "revenue", "lead": "1/2"}
        >>> line = accuracy_line([row], **name, floor=Floor(20, 5, 20), settings=AccuracySettings())
        >>> line["insufficient"], line["rep_periods"], line["mae"]
        (True, 1, None)
    """
    enough, blocks = floor.holds(rows), by_period(rows)
    ranked = enough and sum(row.pit is not None for row in rows) >= floor.ranked
    return AccuracyLineDoc(
        forecaster=forecaster,
        metric=metric,
        lead=lead,
        rep_periods=len(rows),
        reps=len({row.rep_id for row in rows}),
        periods=len({row.period for row in rows}),
        insufficient=not enough,
        mae=measure(mae, blocks, settings) if enough else None,
        bias=measure(bias, blocks, settings) if enough else None,
        crps=measure(crps, blocks, settings) if enough else None,
        coverage=measure(coverage, blocks, settings) if ranked else None,
    )
