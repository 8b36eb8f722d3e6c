"""Which running period a call is about."""

from __future__ import annotations

from service.calls.schemas import CallRequest
from service.scoring.documents import ForecastDoc, ScorecardDoc


def period_called(card: ScorecardDoc, given: CallRequest) -> ForecastDoc | None:
    """Return the running period that a call is about: the first of the scorecard that fits what was said.

    Args:
        card: The served scorecard.
        given: The call; a period or measure that it leaves out fits everything.

    Returns:
        None where no running period fits.
    """
    return next((forecast for forecast in card["forecasts"] if _fits(forecast, given)), None)


def _fits(forecast: ForecastDoc, given: CallRequest) -> bool:
    starts = given.period_start is None or given.period_start.isoformat() == forecast["period_start"]
    ends = given.period_end is None or given.period_end.isoformat() == forecast["period_end"]
    return starts and ends and given.metric in {None, forecast["metric"]}
