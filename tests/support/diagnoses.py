"""Diagnoses as scoring would store them, put together from the words of the product."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from models.diagnosis.documents import (
    CauseDoc,
    ContrastsDoc,
    DiagnosisDoc,
    DifficultyDoc,
    FunnelDoc,
    HabitDoc,
    HardQuotaDoc,
    MissDoc,
    QuotasDoc,
    StageDoc,
    TrainingDoc,
)
from models.diagnosis.stage_line import BLANK, StageLine
from models.diagnosis.wording import (
    LABELS,
    TRAININGS,
    contrasts_sentence,
    difficulty_sentence,
    funnel_sentence,
    miss_headline,
    quotas_sentence,
    training_sentence,
)
from models.explain.documents import Text

PARTS: Mapping[str, tuple[float, float, float]] = {
    "plan": (12.0, 4.0, 20.0),
    "leads": (9.0, 2.0, 16.0),
    "process": (-1.5, -4.0, 1.0),
    "skill": (3.0, -2.0, 8.0),
    "chance": (-4.5, -14.0, 5.0),
}
"""Points and range of each cause; together 18 points."""
GAP = 18.0
STAGES = (
    StageLine(
        "Discovery",
        60.0,
        (0.6, 0.5, 0.7, 0.62),
        (12.0, 9.0, 16.0, 11.0),
        stalls=False,
        leaks=False,
        long=0,
        long_amount=0.0,
    ),
    StageLine(
        "Proposal",
        40.0,
        (0.4, 0.3, 0.5, 0.6),
        (31.0, 25.0, 38.0, 19.0),
        stalls=True,
        leaks=True,
        long=3,
        long_amount=640_000.0,
    ),
    StageLine("Negotiation", 5.0, BLANK, BLANK, stalls=False, leaks=False, long=1, long_amount=90_000.0),
)


def cause(code: str, quota: float) -> CauseDoc:
    """Return one cause of `PARTS`."""
    points, low, high = PARTS[code]
    label, note, who = LABELS[code]
    return CauseDoc(
        code=code,
        label=label,
        note=note,
        points=points,
        low=low,
        high=high,
        amount=points * quota / 100,
        sure=low > 0 or high < 0,
        controllable=who,
    )


def miss(quota: float, *, flagged: int, people: int, plan_first: bool) -> MissDoc:
    """Return an expected gap of 18 points."""
    causes = sorted((cause(code, quota) for code in PARTS), key=lambda one: -abs(one["points"]))
    return MissDoc(
        points=GAP,
        amount=GAP * quota / 100,
        low=-4.0,
        high=39.0,
        flagged=flagged,
        people=people,
        plan_first=plan_first,
        headline=miss_headline(GAP, PARTS, flagged=flagged, people=people, plan_first=plan_first),
        reference_label=Text(en="similar reps: AE, 11 people", zh="同类销售：AE，11 人"),
        peers=11,
        causes=causes,
    )


def funnel() -> FunnelDoc:
    """Return a funnel of three stages, one of which stalls and one of which is told too little of."""

    def known(values: tuple[float, float, float, float]) -> list[float | None]:
        return [None if value != value else value for value in values]  # noqa: PLR0124 - NaN alone differs from itself

    stages = []
    for line in STAGES:
        shares, days = known(line.conversion), known(line.dwell)
        stages.append(
            StageDoc(
                stage=line.stage,
                left=round(line.left),
                conversion=shares[0],
                conversion_low=shares[1],
                conversion_high=shares[2],
                similar_conversion=shares[3],
                days=days[0],
                days_low=days[1],
                days_high=days[2],
                similar_days=days[3],
                stalls=line.stalls,
                leaks=line.leaks,
                long=line.long,
                long_amount=line.long_amount,
            )
        )
    return FunnelDoc(
        window_days=364,
        reference_label=Text(en="similar reps: 11 people", zh="同类销售：11 人"),
        peers=11,
        stages=stages,
        sentence=funnel_sentence(STAGES),
    )


def contrasts() -> ContrastsDoc:
    """Return two habits of the top quarter, one of them sure."""
    habits = [
        HabitDoc(
            code="new_deals_91d",
            label=Text(en="New deals in 13 weeks", zh="近13周新增商机"),
            unit="count",
            top=24.0,
            others=16.0,
            low=3.0,
            high=13.0,
            claimed=True,
            own=18.0,
        ),
        HabitDoc(
            code="overdue_share",
            label=Text(en="Overdue share", zh="逾期占比"),
            unit="share",
            top=0.2,
            others=0.25,
            low=-0.2,
            high=0.1,
            claimed=False,
            own=None,
        ),
    ]
    claim = Text(en="new deals in 13 weeks 24.0 (others 16.0)", zh="近13周新增商机 24.0（其余 16.0）")
    sentence = contrasts_sentence([claim], 9, 31)
    return ContrastsDoc(top=9, others=31, false_claims=0.1, habits=habits, sentence=sentence)


def training(code: str, points: float) -> TrainingDoc:
    """Return what one training may be worth."""
    return TrainingDoc(
        code=code,
        label=TRAININGS[code],
        points=points,
        low=points / 4,
        high=points * 2,
        chance_before=0.3,
        chance_after=0.36,
        people=4,
        sentence=training_sentence(points / 4, points, points * 2, 4, date(2026, 10, 1)),
    )


def rep_diagnosis(rep_id: str, *, quota: float = 2_400_000.0, as_of: date = date(2026, 11, 22)) -> DiagnosisDoc:
    """Return a diagnosis of a rep."""
    difficulty = DifficultyDoc(
        period_start="2026-10-01",
        period_end="2026-12-31",
        begun=True,
        quota=quota,
        currency="CNY",
        chance=0.22,
        low=0.15,
        high=0.31,
        others=11,
        word="hard",
        sentence=difficulty_sentence(0.22, 0.15, 0.31, 11, "hard"),
    )
    return DiagnosisDoc(
        schema=1,
        kind="rep",
        subject=rep_id,
        as_of=as_of.isoformat(),
        model_version="1",
        period_start="2026-10-01",
        period_end="2026-12-31",
        metric="revenue",
        currency="CNY",
        quota=quota,
        miss=miss(quota, flagged=0, people=1, plan_first=False),
        difficulty=[difficulty],
        quotas=[],
        funnel=funnel(),
        contrasts=contrasts(),
        trainings=[],
        training_period=None,
        missing=[],
    )


def team_diagnosis(team_id: str, *, people: int = 8, flagged: int = 2, quota: float = 16_000_000.0) -> DiagnosisDoc:
    """Return a diagnosis of a team; the plan comes first where more than half are flagged."""
    first = flagged * 2 > people
    quotas = QuotasDoc(
        period_start="2027-01-01",
        period_end="2027-03-31",
        begun=False,
        hard=3,
        usual=people - 4,
        easy=0,
        unsure=1,
        chance=0.31,
        hard_quotas=[HardQuotaDoc(rep_id="r-hard", name="Person of a hard quota", quota=2_900_000.0, chance=0.12)],
        sentence=quotas_sentence(3, people, 0.31),
    )
    told = miss(quota, flagged=flagged, people=people, plan_first=first)
    if first:
        told["causes"] = sorted(told["causes"], key=lambda one: one["code"] != "plan")
    return DiagnosisDoc(
        schema=1,
        kind="team",
        subject=team_id,
        as_of="2026-11-22",
        model_version="1",
        period_start="2026-10-01",
        period_end="2026-12-31",
        metric="revenue",
        currency="CNY",
        quota=quota,
        miss=told,
        difficulty=[],
        quotas=[quotas],
        funnel=funnel(),
        contrasts=contrasts(),
        trainings=[training("winning", 3.2), training("closing", 1.1)],
        training_period="2026-10-01",
        missing=[],
    )
