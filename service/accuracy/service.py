"""Calls judged like forecasts: the number that stood at each lead of a closed period, beside what was attained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from models.accuracy.documents import AccuracyLineDoc, JudgedPeriodDoc, RepBacktestDoc, RepLookDoc, RepPeriodDoc
from models.accuracy.lines import Floor, accuracy_line
from models.accuracy.measures import Judged, bias, by_period, mae, measure, reached
from models.accuracy.settings import AccuracySettings
from service.accuracy.schemas import Beside, CallLine, PastCall, PastLook, PastPeriod
from service.calls.schemas import CATEGORIES, SIDES, Call, Category, Side

Until = Mapping[tuple[str, str], str]
"""Moment at which the knowledge of a lead ends, by first day of the period and name of the lead."""


@dataclass(frozen=True)
class JudgedCall:
    """A number that stood at one lead of a closed period, with what forecasters said at it."""

    category: Category
    side: Side
    lead: str
    amount: float
    period: RepPeriodDoc
    look: RepLookDoc
    rep_id: str

    def judged(self) -> Judged:
        """Return the number as a row to be measured."""
        return _row(self.rep_id, self.period, self.amount, self.amount)

    def beside(self, forecaster: str) -> Judged | None:
        """Return what a forecaster said of the same period at the same lead."""
        said = self.look["said"].get(forecaster)
        return None if said is None else _row(self.rep_id, self.period, said["middle"], said["mean"])


def ends_of_leads(periods: Sequence[JudgedPeriodDoc]) -> Until:
    """Return when the knowledge of each lead ends."""
    return {(period["period_start"], lead["name"]): lead["until"] for period in periods for lead in period["leads"]}


def judged_calls(records: Mapping[str, RepBacktestDoc], calls: Sequence[Call], until: Until) -> Iterator[JudgedCall]:
    """Yield the number of each side and category that stood at each lead of each closed period with a quota.

    Args:
        records: Backtests by rep.
        calls: Calls for those periods, oldest first.
        until: When the knowledge of each lead ends; a number given later does not count there.
    """
    given: dict[tuple[str, str, str, str], list[Call]] = {}
    for call in calls:
        given.setdefault((call.rep_id, call.period_start, call.period_end, call.metric), []).append(call)
    for rep_id, record in sorted(records.items()):
        for period in record["periods"]:
            mine = given.get((rep_id, period["period_start"], period["period_end"], period["metric"]), [])
            if not mine or not period["quota"]:
                continue
            for look in period["looks"]:
                end = until.get((period["period_start"], look["lead"]), "")
                for (category, side), amount in _standing(mine, end).items():
                    yield JudgedCall(category, side, look["lead"], amount, period, look, rep_id)


def call_lines(
    found: Sequence[JudgedCall], leads: Sequence[str], floor: Floor, settings: AccuracySettings
) -> list[CallLine]:
    """Return one line per category, side, measure and lead that anybody gave a number for.

    Args:
        found: Output of `judged_calls`.
        leads: Names of the leads, in order.
        floor: What must stand behind a figure.
        settings: How ranges are drawn.
    """
    groups: dict[tuple[str, str, str, str], list[JudgedCall]] = {}
    for item in found:
        groups.setdefault((item.category, item.side, item.period["metric"], item.lead), []).append(item)
    return [
        _line(groups[category, side, metric, lead], floor, settings)
        for category in CATEGORIES
        for side in SIDES
        for metric in sorted({key[2] for key in groups})
        for lead in leads
        if (category, side, metric, lead) in groups
    ]


def own_call_line(line: CallLine, settings: AccuracySettings) -> CallLine:
    """Return one person's line with the bias shrunk towards none, as far as few periods carry.

    Examples:
        >>> line = CallLine(category="commit", side="rep", metric="revenue", lead="1/2", rep_periods=4, reps=1,
        ...     periods=4, insufficient=False, mae=None, bias={"value": 0.2, "low": 0.1, "high": 0.3}, reached=None,
        ...     beside=[])
        >>> own_call_line(line, AccuracySettings(prior_periods=4)).bias_shrunk
        0.1
    """
    told = line.bias.model_dump()["value"] if line.bias is not None else None
    share = line.periods / (line.periods + settings.prior_periods)
    return line.model_copy(update={"bias_shrunk": None if told is None else told * share})


def past_periods(rep_id: str, record: RepBacktestDoc, calls: Sequence[Call], until: Until) -> list[PastPeriod]:
    """Return one rep's closed periods with what forecasters and people said at each lead."""
    stood: dict[tuple[str, str, str], list[PastCall]] = {}
    for item in judged_calls({rep_id: record}, calls, until):
        key = (item.period["period_start"], item.period["metric"], item.lead)
        told = PastCall(category=item.category, side=item.side, amount=item.amount)
        stood.setdefault(key, []).append(told)
    return [
        PastPeriod(
            period_start=period["period_start"],
            period_end=period["period_end"],
            metric=period["metric"],
            quota=period["quota"],
            outcome=period["outcome"],
            looks=[
                PastLook(
                    lead=look["lead"],
                    said={name: dict(said) for name, said in look["said"].items()},
                    calls=stood.get((period["period_start"], period["metric"], look["lead"]), []),
                )
                for look in period["looks"]
            ],
        )
        for period in record["periods"]
    ]


def rep_lines(
    rep_id: str, record: RepBacktestDoc, leads: Sequence[str], settings: AccuracySettings
) -> list[AccuracyLineDoc]:
    """Return the lines of each forecaster about one rep."""
    groups: dict[tuple[str, str, str], list[Judged]] = {}
    for period in record["periods"]:
        for look in period["looks"]:
            for name, said in look["said"].items():
                row = _row(rep_id, period, said["middle"], said["mean"], crps=said["crps"], pit=said["pit"])
                groups.setdefault((period["metric"], name, look["lead"]), []).append(row)
    return [
        accuracy_line(
            groups[metric, name, lead],
            forecaster=name,
            metric=metric,
            lead=lead,
            floor=Floor.of_rep(settings),
            settings=settings,
        )
        for metric, name in sorted({(metric, name) for metric, name, _ in groups})
        for lead in leads
        if (metric, name, lead) in groups
    ]


def _standing(calls: Sequence[Call], end: str) -> dict[tuple[Category, Side], float]:
    return {(call.category, call.side): call.amount for call in calls if call.recorded_at < end}


def _line(items: Sequence[JudgedCall], floor: Floor, settings: AccuracySettings) -> CallLine:
    rows, first = [item.judged() for item in items], items[0]
    enough, blocks = floor.holds(rows), by_period(rows)
    return CallLine(
        category=first.category,
        side=first.side,
        metric=first.period["metric"],
        lead=first.lead,
        rep_periods=len(rows),
        reps=len({row.rep_id for row in rows}),
        periods=len({row.period for row in rows}),
        insufficient=not enough,
        mae=measure(mae, blocks, settings) if enough else None,
        bias=measure(bias, blocks, settings) if enough else None,
        reached=measure(reached, blocks, settings) if enough else None,
        beside=_beside(items, settings) if enough else [],
    )


def _beside(items: Sequence[JudgedCall], settings: AccuracySettings) -> list[Beside]:
    """Return what each forecaster missed by on the same rep-periods, by name."""
    beside = []
    for name in sorted({name for item in items for name in item.look["said"]}):
        told = measure(mae, by_period(row for item in items if (row := item.beside(name))), settings)
        if told is not None:
            beside.append(Beside(forecaster=name, mae=told))
    return beside


def _row(
    rep_id: str,
    period: RepPeriodDoc,
    middle: float,
    mean: float,
    *,
    crps: float | None = None,
    pit: float | None = None,
) -> Judged:
    return Judged(rep_id, period["period_start"], period["quota"], period["outcome"], middle, mean, crps, pit)
