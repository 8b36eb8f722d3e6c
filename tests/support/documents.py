"""Builders of realistic scorecard and team documents: one rep is one line, everything else follows from it.

Finishes are normal around the middle, so that every figure of a document agrees with every other by construction:
quantiles, chance of the target, dots, fan and the accounting split.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import NormalDist

from features.domain.time import Period, WorkCalendar, days_of
from features.domain.vocabulary import QUANTILE_LEVELS
from service.scoring.documents import (
    DealDoc,
    DealReasonDoc,
    DealsDoc,
    DriverDoc,
    ExplanationDoc,
    FanPoint,
    ForecastDoc,
    KpiDoc,
    ScorecardDoc,
    SuggestionDoc,
    TeamForecastDoc,
    Text,
)
from tests.support.diagnoses import team_diagnosis

PERIOD = Period(date(2026, 10, 1), date(2026, 12, 31))
AS_OF = date(2026, 11, 22)
SCORED_AT = "2026-11-23T06:00:00.000000Z"


@dataclass(frozen=True)
class RepCase:
    """One rep's quarter in the fewest numbers; ratios are shares of quota.

    Attributes:
        rep_id: The rep.
        name: Shown name.
        quota: Quota in currency, None for none.
        booked: Share of quota booked by the as_of.
        middle: Median share of quota at the end.
        spread: Standard deviation of the finish, share of quota.
        status: Status of the forecast.
        risk_band: Band, None where nothing is said.
        team_id: Team.
        team_name: Shown team.
        suggestions: How many suggestions, at most four.
        drivers: Whether the forecast is explained.
    """

    rep_id: str
    name: str
    quota: float | None = 2_400_000.0
    booked: float = 0.41
    middle: float = 0.82
    spread: float = 0.113
    status: str = "ok"
    risk_band: str | None = "act"
    team_id: str = "north"
    team_name: str = "North"
    suggestions: int = 3
    drivers: bool = True
    currency: str = "CNY"


CASES = (
    RepCase("r-chen", "Chen Jie"),
    RepCase("r-silva", "Marco Silva", 2_100_000.0, 0.46, 0.88, 0.105, "ok", "act"),
    RepCase("r-wu", "Wu Lei", 1_800_000.0, 0.50, 0.95, 0.125, "ok", "watch", suggestions=2),
    RepCase("r-nair", "Priya Nair", 2_400_000.0, 0.56, 1.01, 0.105, "ok", "watch", suggestions=1),
    RepCase("r-kowalska", "Anna Kowalska", 2_100_000.0, 0.58, 1.04, 0.098, "ok", "on_track", suggestions=0),
    RepCase("r-zhao", "赵敏", 2_700_000.0, 0.64, 1.09, 0.101, "ok", "on_track", suggestions=1),
    RepCase("r-osei", "David Osei", 2_100_000.0, 0.69, 1.18, 0.101, "wide", "on_track", suggestions=1),
    RepCase("r-li", "Li Na", 900_000.0, 0.31, 0.90, 0.218, "cold_start", None, suggestions=0, drivers=False),
)
"""A team of eight in every state that a manager meets."""


def text(en: str, zh: str) -> Text:
    """Return one sentence in both languages."""
    return {"en": en, "zh": zh}


def forecast(case: RepCase, *, as_of: date = AS_OF, period: Period = PERIOD) -> ForecastDoc:
    """Return the forecast of one rep's period.

    Args:
        case: The rep.
        as_of: Day of knowledge.
        period: Quota period.

    Returns:
        A document whose numbers agree with each other.
    """
    scale = case.quota or 1_000_000.0
    attained, middle = case.booked * scale, case.middle * scale
    finish = NormalDist(middle, max(case.spread * scale, 1.0))
    elapsed = _elapsed(as_of, period)
    p_attain = None if case.quota is None else round(1 - finish.cdf(case.quota), 4)
    open_deals = round((middle - attained) * 0.72, 2)
    return {
        "period_start": period.start.isoformat(),
        "period_end": period.end.isoformat(),
        "grain": "quarter",
        "metric": "revenue",
        "currency": case.currency,
        "status": case.status,
        "reason": _reason(case.status),
        "quota": case.quota,
        "quota_source": "given" if case.quota else "none",
        "attained": attained,
        "elapsed": elapsed,
        "pace": case.booked / elapsed if case.quota and elapsed else None,
        "days_left": max((period.end - as_of).days, 0),
        "mean": middle,
        "quantiles": {f"{level:.2f}": round(finish.inv_cdf(level), 2) for level in QUANTILE_LEVELS},
        "p_attain": p_attain,
        "p_below_80": None if case.quota is None else round(finish.cdf(0.8 * case.quota), 4),
        "risk_band": case.risk_band,
        "accounting": {
            "booked": attained,
            "open_deals": open_deals,
            "new_deals": middle - attained - open_deals,
            "mean": middle,
            "gap": None if case.quota is None else case.quota - middle,
        },
        "explanation": explanation(case) if case.drivers and case.quota else None,
        "dots": [round(finish.inv_cdf((index + 0.5) / 20), 2) for index in range(20)],
        "booked_line": _booked_line(attained, as_of, period),
        "fan": _fan(attained, finish, as_of, period),
        "sample_paths": _sample_paths(attained, finish, as_of, period),
        "pipeline_open": round(scale * 0.9, 2),
        "pipeline_coverage": 1.6 if case.quota and case.booked < 1 else None,
        "alert": None,
        "deals": deals(case, open_deals) if case.drivers and case.quota else None,
    }


def deals(case: RepCase, open_deals: float) -> DealsDoc:
    """Return two explained deals and one sum, which add up to the mean of the open deals."""
    total = open_deals / (case.quota or 1.0) * 100
    slips = _deal(f"{case.rep_id}-d1", 0.2, 0.35, 20.0)
    stands = _deal(f"{case.rep_id}-d2", 0.5, 0.5, 20.0)
    return {
        "reference_label": text("open deals of mid-market", "mid-market 的在手商机"),
        "shown": [slips, stands],
        "others": 3,
        "other_points": 4.0,
        "correction": total - 4.0 - slips["points"] - stands["points"],
        "total": total,
    }


def _deal(deal_id: str, chance: float, usual: float, stake: float) -> DealDoc:
    gap = (chance - usual) * stake
    reason: DealReasonDoc = {
        "code": "slippage",
        "label": text("Moved close dates", "成交日推迟"),
        "contribution": -2.5,
        "low": -2.9,
        "high": -2.1,
        "controllable": "rep",
        "sentence": text(
            f"{deal_id}: close date moved out twice (similar open deals: never), −2.5 points.",
            f"{deal_id}：成交日推迟 2 次（同类在手商机：0 次），−2.5 个百分点。",
        ),
    }
    reasons = [reason] if gap else []
    return {
        "deal_id": deal_id,
        "label": deal_id,
        "amount": 480_000.0,
        "stage": "Proposal",
        "expected_close": "2026-12-18",
        "chance": chance,
        "usual_chance": usual,
        "amount_if_won": 470_000.0,
        "base_points": usual * stake,
        "reasons": reasons,
        "everything_else": gap - sum(item["contribution"] for item in reasons),
        "points": chance * stake,
    }


def explanation(case: RepCase) -> ExplanationDoc:
    """Return five drivers that lead from 96 points to the rep's middle, to the last digit."""
    rows = (
        ("open_pipeline", "Open pipeline ÷ amount left", "在手商机 ÷ 剩余目标", 1.6, 2.8, "ratio", -9.0, "rep"),
        ("win_rate", "Win rate on qualified deals", "合格商机赢单率", 0.31, 0.24, "share", 5.5, "rep"),
        ("idle_deals", "Deals idle for 21+ days", "超过 21 天没有跟进的商机", 5.0, 2.0, "count", -5.5, "rep"),
        ("first_meetings", "First meetings, last 4 weeks", "近 4 周首次拜访", 6.0, 11.0, "count", -4.0, "rep"),
        ("deal_size", "Average deal size", "平均单笔金额", 138_000.0, 121_000.0, "currency", 2.0, "context"),
    )
    drivers = [_driver(row) for row in rows]
    median = case.middle * 100
    rest = median - 96.0 - sum(driver["contribution"] for driver in drivers)
    return {
        "reference_label": text("Similar reps at this point", "同一时点的同类销售"),
        "peers": 41,
        "reference": 96.0,
        "drivers": drivers,
        "everything_else": rest - 0.4,
        "mean": median - 0.4,
        "mean_to_median": 0.4,
        "median": median,
    }


def suggestion(case: RepCase, index: int) -> SuggestionDoc:
    """Return the rep's suggestion number `index`; the third is a strength, the fourth is the manager's."""
    titles = (
        ("Book 5 more first meetings this week", "本周多约 5 次首次拜访"),
        ("Give 5 idle deals a next step, or close them", "给 5 个停滞商机定下一步，或关闭"),
        ("Share the discovery questions that win deals", "分享能赢单的需求访谈问题"),
        ("Join the two largest deals' next call", "参加最大两单的下一次沟通"),
    )
    strength = index == 2
    return {
        "suggestion_id": f"{case.rep_id}-s{index}",
        "play_id": ("more-first-meetings", "idle-deals", "share-strength", "join-call")[index],
        "kind": "strength" if strength else "gap",
        "audience": "manager" if index == 3 else "rep",
        "title": text(*titles[index]),
        "why": text(
            "6 first meetings in the last 4 weeks; similar reps had 11.", "近 4 周首次拜访 6 次，同类销售为 11 次。"
        ),
        "steps": [text("Pick ten accounts without an open deal.", "挑选 10 个没有商机的客户。")],
        "success_check": text("5 new first meetings in the calendar by Friday.", "周五前日历中新增 5 次首次拜访。"),
        "effect_low": 0.0 if strength else 1.0,
        "effect_mid": 0.0 if strength else 5.0 - index,
        "effect_high": 0.0 if strength else 9.0 - index,
        "evidence_grade": "C",
        "evidence": text("212 similar rep-quarters.", "212 个同类“人·季度”。"),
        "label": text(
            "model what-if blended with prior evidence, not proven", "模型推演与以往证据的结合，并未得到证明"
        ),
        "effort_hours": 3.0,
        "due": "2026-11-27",
    }


def scorecard(case: RepCase, *, as_of: date = AS_OF, forecasts: Sequence[ForecastDoc] | None = None) -> ScorecardDoc:
    """Return the whole scorecard of one rep."""
    moves = [suggestion(case, index) for index in range(case.suggestions)]
    nothing = text("Nothing stands out this week. Keep going as you are.", "本周没有特别需要调整的地方，保持即可。")
    return {
        "schema": 1,
        "rep": {
            "rep_id": case.rep_id,
            "name": case.name,
            "team_id": case.team_id,
            "team_name": case.team_name,
            "segment": "mid-market",
            "region": "North",
            "role": "account executive",
            "hire_date": "2023-04-01",
        },
        "as_of": as_of.isoformat(),
        "scored_at": SCORED_AT,
        "model_version": "14",
        "dataset_version": "d-2026-11-23",
        "data_grade": "A",
        "forecasts": [forecast(case, as_of=as_of)] if forecasts is None else list(forecasts),
        "strengths": [text("Wins 31% of qualified deals; similar reps 24%.", "合格商机赢单率 31%，同类销售 24%。")],
        "suggestions": moves,
        "no_suggestion": None if moves else nothing,
        "kpis": kpis(),
    }


def kpis() -> list[KpiDoc]:
    """Return one KPI of each unit."""
    rows: tuple[tuple[str, str, str, float | None, float | None, str], ...] = (
        ("win_rate", "Win rate on qualified deals", "合格商机赢单率", 0.31, 0.24, "share"),
        ("open_pipeline", "Open pipeline", "在手商机金额", 2_272_000.0, 2_910_000.0, "currency"),
        ("first_meetings", "First meetings, last 4 weeks", "近 4 周首次拜访", 6.0, 11.0, "count"),
        ("cycle", "Days from first meeting to signature", "从首次拜访到签约的天数", 62.0, 58.0, "days"),
        ("no_history", "Repeat purchases", "复购", None, None, "count"),
    )
    return [
        {
            "code": code,
            "label": text(en, zh),
            "value": value,
            "reference": reference,
            "unit": unit,
            "controllable": "rep",
        }
        for code, en, zh, value, reference, unit in rows
    ]


def team(
    cases: Sequence[RepCase], *, team_id: str = "north", team_name: str = "North", manager_rep_id: str | None = "m-wang"
) -> TeamForecastDoc:
    """Return a team's document; its spread is that of fully shared shocks, the widest a team can have."""
    quota = sum(case.quota or 0.0 for case in cases)
    whole = RepCase(
        team_id,
        team_name,
        quota,
        sum(case.booked * (case.quota or 0.0) for case in cases) / quota,
        sum(case.middle * (case.quota or 0.0) for case in cases) / quota,
        sum(case.spread * (case.quota or 0.0) for case in cases) / quota * 0.5,
        "ok",
        "watch",
        drivers=False,
        currency=cases[0].currency,
    )
    return {
        "schema": 1,
        "team_id": team_id,
        "team_name": team_name,
        "manager_rep_id": manager_rep_id,
        "rep_ids": [case.rep_id for case in cases],
        "as_of": AS_OF.isoformat(),
        "scored_at": SCORED_AT,
        "model_version": "14",
        "dataset_version": "d-2026-11-23",
        "forecasts": [{**forecast(whole), "deals": None}],
        "diagnosis": team_diagnosis(team_id, people=len(cases), flagged=len(cases) if team_id == "east" else 0),
    }


def row(case: RepCase, *, as_of: date = AS_OF, version: str = "14") -> dict[str, object]:
    """Return the row of `score --out` for one rep."""
    document = forecast(case, as_of=as_of)
    return {
        "rep_id": case.rep_id,
        "rep_name": case.name,
        "team_id": case.team_id,
        "period_start": document["period_start"],
        "period_end": document["period_end"],
        "metric": "revenue",
        "currency": case.currency,
        "as_of": as_of.isoformat(),
        "status": case.status,
        "reason": document["reason"]["en"],
        "quota": case.quota,
        "quota_source": document["quota_source"],
        "attained": document["attained"],
        "forecast_mean": document["mean"],
        **{f"q{round(float(level) * 100):02d}": value for level, value in document["quantiles"].items()},
        "p_attain": document["p_attain"],
        "risk_band": case.risk_band,
        "data_grade": "A",
        "model_version": version,
        "dataset_version": "d-2026-11-23",
    }


def _driver(row: tuple[str, str, str, float, float, str, float, str]) -> DriverDoc:
    code, en, zh, value, reference, unit, contribution, controllable = row
    sign = "+" if contribution > 0 else "−"
    return {
        "code": code,
        "label": text(en, zh),
        "value": value,
        "reference": reference,
        "unit": unit,
        "contribution": contribution,
        "direction": "up" if contribution > 0 else "down",
        "controllable": controllable,
        "low": contribution - 0.5,
        "high": contribution + 0.5,
        "sentence": text(
            f"{en}: {value:g} (similar reps {reference:g}): {sign}{abs(contribution)} points",
            f"{zh}：{value:g}（同类 {reference:g}），{sign}{abs(contribution)} 个百分点",
        ),
    }


def _reason(status: str) -> Text:
    return {
        "cold_start": text(
            "6 weeks of history: the estimate leans on similar new starters.", "入职 6 周，估计主要参考同类新人。"
        ),
        "no_quota": text("No target is set for this period.", "本期没有设定目标。"),
        "undecidable": text("Targets and bookings differ by a factor of 100.", "目标与签约金额相差 100 倍。"),
        "stale": text("The data is 9 days old.", "数据已有 9 天没更新。"),
        "left": text("Has left the company.", "已离职。"),
    }.get(status, text("", ""))


def _elapsed(as_of: date, period: Period) -> float:
    calendar = WorkCalendar()
    if as_of < period.start:
        return 0.0
    return calendar.workdays(Period(period.start, min(as_of, period.end))) / calendar.workdays(period)


def _booked_line(attained: float, as_of: date, period: Period) -> list[tuple[str, float]]:
    if as_of < period.start:
        return []
    days = list(days_of(Period(period.start, min(as_of, period.end))))
    return [
        (day.isoformat(), round(attained * ((index + 1) / len(days)) ** 1.2, 2))
        for index, day in enumerate(days)
        if index % 7 == 0 or index == len(days) - 1
    ]


def _future(as_of: date, period: Period) -> list[date]:
    if as_of < period.start:
        return []
    left = (period.end - as_of).days
    return [as_of + timedelta(days=day) for day in range(0, left, 7)] + [period.end]


def _fan(attained: float, finish: NormalDist, as_of: date, period: Period) -> list[FanPoint]:
    points: list[FanPoint] = []
    days = _future(as_of, period)
    for index, day in enumerate(days):
        gone = index / max(len(days) - 1, 1)
        q05, q10, q25, q50, q75, q90, q95 = (
            round(attained + (finish.inv_cdf(level) - attained) * gone, 2) for level in QUANTILE_LEVELS
        )
        points.append(
            {
                "day": day.isoformat(),
                "q05": q05,
                "q10": q10,
                "q25": q25,
                "q50": q50,
                "q75": q75,
                "q90": q90,
                "q95": q95,
            }
        )
    return points


def _sample_paths(attained: float, finish: NormalDist, as_of: date, period: Period) -> list[list[float]]:
    days = _future(as_of, period)
    paths = []
    for number in range(7):
        end = finish.inv_cdf((number + 0.5) / 7)
        bend = 0.7 + 0.1 * number
        paths.append(
            [round(attained + (end - attained) * (i / max(len(days) - 1, 1)) ** bend, 2) for i in range(len(days))]
        )
    return paths
