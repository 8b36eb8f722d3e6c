"""Turns the calculations of a diagnosis into the documents of one rep or team."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.definitions.registry import feature_named
from models.diagnosis.contrasts import Contrasts, Habit
from models.diagnosis.difficulty import EASY, HARD, UNSURE, USUAL, Difficulty
from models.diagnosis.documents import (
    ContrastsDoc,
    DifficultyDoc,
    FunnelDoc,
    HabitDoc,
    HardQuotaDoc,
    QuotasDoc,
    StageDoc,
    TrainingDoc,
)
from models.diagnosis.funnel import reference, stage_lines
from models.diagnosis.payoff import payoffs
from models.diagnosis.settings import DiagnosisSettings
from models.diagnosis.stage_line import StageLine
from models.diagnosis.wording import (
    TRAININGS,
    contrasts_sentence,
    difficulty_sentence,
    funnel_sentence,
    quotas_sentence,
    training_sentence,
)
from models.explain.documents import Text
from models.explain.wording import quantity

if TYPE_CHECKING:
    from models.diagnosis.diagnose import Case, Findings

Rows = npt.NDArray[np.int64]
SHOWN_HABITS = 8


@dataclass(frozen=True)
class Subject:
    """Who a document is about.

    Attributes:
        kind: `rep` or `team`.
        name: Its id.
        rows: Rows of the current targets.
    """

    kind: str
    name: str
    rows: Rows


def difficulty_docs(case: Case, found: Difficulty, rows: Rows) -> list[DifficultyDoc]:
    """Return how hard each open quota of a rep is for comparable reps, the running periods first."""
    docs = []
    for row in rows[np.isfinite(found.chance[rows])]:
        target = case.paths.targets.iloc[int(row)]
        chance, low, high = float(found.chance[row]), float(found.low[row]), float(found.high[row])
        docs.append(
            DifficultyDoc(
                period_start=target["period_start"].date().isoformat(),
                period_end=target["period_end"].date().isoformat(),
                begun=bool(target["starts_in"] <= 1),
                quota=float(target["quota"]),
                currency=str(target["currency"]) if pd.notna(target["currency"]) else "",
                chance=chance,
                low=low,
                high=high,
                others=int(found.others[row]),
                word=found.word[row],
                sentence=difficulty_sentence(chance, low, high, int(found.others[row]), found.word[row]),
            )
        )
    return sorted(docs, key=lambda doc: (not doc["begun"], doc["period_start"], doc["period_end"]))


def team_quotas(case: Case, found: Difficulty, rows: Rows) -> list[QuotasDoc]:
    """Return how many quotas of a team are hard in each open period, the running ones first."""
    mine = rows[np.isfinite(found.chance[rows])]
    frame = case.paths.targets.iloc[mine][["period_start", "period_end", "starts_in", "rep_id", "rep_name", "quota"]]
    frame = frame.assign(chance=found.chance[mine], word=[found.word[int(row)] for row in mine])
    docs = []
    for (start, end), part in frame.groupby(["period_start", "period_end"], sort=True):
        counts = {word: int((part["word"] == word).sum()) for word in (HARD, USUAL, EASY, UNSURE)}
        docs.append(
            QuotasDoc(
                period_start=start.date().isoformat(),
                period_end=end.date().isoformat(),
                begun=bool((part["starts_in"] <= 1).all()),
                hard=counts[HARD],
                usual=counts[USUAL],
                easy=counts[EASY],
                unsure=counts[UNSURE],
                chance=float(part["chance"].mean()),
                hard_quotas=_hard(part),
                sentence=quotas_sentence(counts[HARD], len(part), float(part["chance"].mean())),
            )
        )
    return sorted(docs, key=lambda doc: (not doc["begun"], doc["period_start"], doc["period_end"]))


def _hard(part: pd.DataFrame) -> list[HardQuotaDoc]:
    hard = part[part["word"] == HARD].sort_values(["chance", "rep_id"], kind="stable")
    return [
        HardQuotaDoc(rep_id=str(rep), name=str(name), quota=float(quota), chance=float(chance))
        for rep, name, quota, chance in zip(
            hard["rep_id"], hard["rep_name"], hard["quota"], hard["chance"], strict=True
        )
    ]


def funnel_doc(findings: Findings, subject: Subject) -> FunnelDoc | None:
    """Return the funnel of a subject beside similar reps; None without stages, or with too few similar people."""
    settings, pools = findings.case.settings, findings.pools
    similar = reference(pools, subject.rows, findings.peers.group) if pools.found.stages else None
    if similar is None or similar.others < settings.min_peers:
        return None
    weights = pools.weights if subject.kind == "team" else None
    lines = stage_lines(pools.found, subject.rows, similar, settings, weights=weights)
    return FunnelDoc(
        window_days=settings.usual_days,
        reference_label=Text(en=f"similar reps: {similar.others} people", zh=f"同类销售：{similar.others} 人"),
        peers=similar.others,
        stages=[_stage(line) for line in lines],
        sentence=funnel_sentence(lines),
    )


def _stage(line: StageLine) -> StageDoc:
    share = [None if np.isnan(value) else value for value in line.conversion]
    days = [None if np.isnan(value) else value for value in line.dwell]
    return StageDoc(
        stage=line.stage,
        left=round(line.left),
        conversion=share[0],
        conversion_low=share[1],
        conversion_high=share[2],
        similar_conversion=share[3],
        days=days[0],
        days_low=days[1],
        days_high=days[2],
        similar_days=days[3],
        stalls=line.stalls,
        leaks=line.leaks,
        long=line.long,
        long_amount=line.long_amount,
    )


def told_habits(found: Contrasts, settings: DiagnosisSettings) -> ContrastsDoc:
    """Return what the top quarter does differently, without anybody's own level: every claim and the next clearest."""
    shown = [habit for habit in found.habits if habit.claimed]
    shown += [habit for habit in found.habits if not habit.claimed][: max(SHOWN_HABITS - len(shown), 0)]
    return ContrastsDoc(
        top=found.top,
        others=found.others,
        false_claims=settings.false_claims,
        habits=[_habit(habit) for habit in shown],
        sentence=contrasts_sentence([_claim(habit) for habit in shown if habit.claimed], found.top, found.others),
    )


def contrasts_doc(findings: Findings, subject: Subject) -> ContrastsDoc | None:
    """Return what the top quarter does differently, with the subject's own level beside it."""
    told = findings.habits
    if told is None:
        return None
    mine = findings.own_habits[subject.rows]
    known = np.isfinite(mine)
    sums, counts = np.where(known, mine, 0.0).sum(axis=0), known.sum(axis=0)
    own = [float(total / count) if count else None for total, count in zip(sums, counts, strict=True)]
    habits = [HabitDoc(**{**habit, "own": level}) for habit, level in zip(told["habits"], own, strict=True)]
    return ContrastsDoc(
        top=told["top"],
        others=told["others"],
        false_claims=told["false_claims"],
        habits=habits,
        sentence=told["sentence"],
    )


def _habit(habit: Habit) -> HabitDoc:
    feature = feature_named(habit.feature)
    return HabitDoc(
        code=habit.feature,
        label=Text(en=feature.en, zh=feature.zh),
        unit=feature.unit,
        top=habit.top,
        others=habit.others,
        low=habit.low,
        high=habit.high,
        claimed=habit.claimed,
        own=None,
    )


def _claim(habit: Habit) -> Text:
    feature = feature_named(habit.feature)
    digits = 0 if feature.unit == "share" else 1
    values = {
        lang: [quantity(value, feature.unit, lang, digits=digits) for value in (habit.top, habit.others)]
        for lang in ("en", "zh")
    }
    return Text(
        en=f"{feature.en.lower()} {values['en'][0]} (others {values['en'][1]})",
        zh=f"{feature.zh} {values['zh'][0]}（其余 {values['zh'][1]}）",
    )


def training_docs(findings: Findings, subject: Subject) -> tuple[list[TrainingDoc], str | None]:
    """Return what each training may be worth to a team, and the first day of the period in which it is valued."""
    paths, structure, peers = findings.trained
    quota = paths.targets["quota"].to_numpy(dtype=np.float64)[subject.rows]
    members = subject.rows[quota > 0]
    goal = float(quota[quota > 0].sum())
    if not len(members) or goal <= 0:
        return [], None
    period = paths.targets["period_start"].iloc[int(members[0])].date()
    found = payoffs(paths, structure, peers, team=members, goal=goal, settings=findings.case.settings)
    docs = [
        TrainingDoc(
            code=one.topic,
            label=TRAININGS[one.topic],
            points=one.gain,
            low=one.low,
            high=one.high,
            chance_before=one.chance_before,
            chance_after=one.chance_after,
            people=one.people,
            sentence=training_sentence(one.low, one.gain, one.high, one.people, period),
        )
        for one in found
    ]
    return docs, period.isoformat() if docs else None
