"""Turns the calculations of a diagnosis into the documents of one rep or team."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.definitions.registry import feature_named
from models.contracts import FloatArray
from models.diagnosis.contrasts import Habit
from models.diagnosis.difficulty import EASY, HARD, UNSURE, USUAL, Difficulty
from models.diagnosis.documents import (
    CauseDoc,
    ContrastsDoc,
    DifficultyDoc,
    FunnelDoc,
    HabitDoc,
    MissDoc,
    QuotasDoc,
    StageDoc,
    TrainingDoc,
)
from models.diagnosis.funnel import reference, stage_lines
from models.diagnosis.miss import POINTS, MissSplit, tails
from models.diagnosis.payoff import payoffs
from models.diagnosis.shares import CAUSES
from models.diagnosis.stage_line import StageLine
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
from models.explain.wording import quantity

if TYPE_CHECKING:
    from models.diagnosis.diagnose import Case, Findings

Rows = npt.NDArray[np.int64]
OUTCOMES = (0.1, 0.9)
"""Levels of 8 in 10 outcomes."""
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


def rep_miss(case: Case, split: MissSplit, row: int) -> MissDoc | None:
    """Return one rep's miss; None where there is nobody alike, no quota or no deal.

    Args:
        case: What was scored.
        split: All misses.
        row: Row of the paths.
    """
    at = int(np.searchsorted(split.rows, row))
    if at == len(split.rows) or split.rows[at] != row or not split.alike[at]:
        return None
    quota = float(split.quota[at])
    ends = POINTS * (1.0 - np.quantile(case.attained[row], OUTCOMES) / quota)
    causes = _causes(split.causes[:, at], split.ends(case.settings.range_level)[:, :, at], quota)
    flagged, miss = int(row in case.flagged), float(split.miss[at])
    return MissDoc(
        points=miss,
        amount=miss * quota / POINTS,
        low=float(ends[1]),
        high=float(ends[0]),
        flagged=flagged,
        people=1,
        plan_first=False,
        headline=_headline(miss, causes, flagged=flagged, people=1, plan_first=False),
        reference_label=split.peers.labels[at],
        peers=int(split.peers.others[at]),
        causes=sorted(causes, key=lambda cause: -abs(cause["points"])),
    )


def team_miss(case: Case, split: MissSplit, team: str, rows: Rows) -> MissDoc | None:
    """Return a team's miss in causes; None without a quota, or where nobody's miss can be split.

    Members' causes are summed in currency. A team goal beyond the quotas of its members is part of the plan; the miss
    of members who cannot be compared stands apart.

    Args:
        case: What was scored.
        split: All misses.
        team: The team.
        rows: Rows of the paths of its members.
    """
    quotas = case.paths.targets["quota"].to_numpy(dtype=np.float64)[rows]
    mine = rows[quotas > 0]
    goal = case.goals.get(team, float(quotas[quotas > 0].sum()))
    at = np.flatnonzero(np.isin(split.rows, mine))
    if goal <= 0 or not len(at):
        return None
    everybody = case.attained[rows].sum(axis=0)
    share = split.quota[at] / goal
    parts, draws = split.causes[:, at] @ share, split.draws[:, :, at] @ share
    miss = POINTS * (1.0 - float(everybody.mean()) / goal)
    beyond = POINTS * (goal - float(quotas[quotas > 0].sum())) / goal
    parts[0] += beyond
    draws[:, 0] += beyond
    causes = _causes(parts, np.quantile(draws, tails(case.settings.range_level), axis=0), goal)
    if len(at) < len(rows):
        causes.append(_apart(miss - sum(cause["points"] for cause in causes), goal))
    flagged = sum(int(row) in case.flagged for row in rows)
    first = flagged > case.settings.plan_first_above * len(rows)
    ends = POINTS * (1.0 - np.quantile(everybody, OUTCOMES) / goal)
    return MissDoc(
        points=miss,
        amount=miss * goal / POINTS,
        low=float(ends[1]),
        high=float(ends[0]),
        flagged=flagged,
        people=len(rows),
        plan_first=first,
        headline=_headline(miss, causes, flagged=flagged, people=len(rows), plan_first=first),
        reference_label=_together(split, at),
        peers=int(split.peers.others[at].min()),
        causes=sorted(causes, key=lambda one: (not (first and one["code"] == "plan"), -abs(one["points"]))),
    )


def _together(split: MissSplit, at: Rows) -> Text:
    people = len(at)
    if people == 1:
        return Text(en="1 member against similar reps", zh="1 名成员与各自的同类销售比较")
    return Text(en=f"{people} members, each against similar reps", zh=f"{people} 名成员分别与各自的同类销售比较")


def _causes(parts: FloatArray, ends: FloatArray, quota: float) -> list[CauseDoc]:
    """Return the documents of five causes, given their points and both ends of their ranges, shape (2, 5)."""
    low, high = ends
    found = []
    for index, code in enumerate(CAUSES):
        label, note, who = LABELS[code]
        value = float(parts[index])
        least, most = min(float(low[index]), value), max(float(high[index]), value)
        found.append(
            CauseDoc(
                code=code,
                label=label,
                note=note,
                points=value,
                low=least,
                high=most,
                amount=value * quota / POINTS,
                sure=least > 0 or most < 0,
                controllable=who,
            )
        )
    return found


def _apart(points: float, goal: float) -> CauseDoc:
    label, note, who = LABELS["apart"]
    return CauseDoc(
        code="apart",
        label=label,
        note=note,
        points=points,
        low=points,
        high=points,
        amount=points * goal / POINTS,
        sure=False,
        controllable=who,
    )


def _headline(miss: float, causes: Sequence[CauseDoc], *, flagged: int, people: int, plan_first: bool) -> Text:
    told = {cause["code"]: (cause["points"], cause["low"], cause["high"]) for cause in causes}
    return miss_headline(miss, told, flagged=flagged, people=people, plan_first=plan_first)


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
    frame = case.paths.targets.iloc[mine][["period_start", "period_end", "starts_in"]]
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
                sentence=quotas_sentence(counts[HARD], len(part), float(part["chance"].mean())),
            )
        )
    return sorted(docs, key=lambda doc: (not doc["begun"], doc["period_start"], doc["period_end"]))


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


def contrasts_doc(findings: Findings, subject: Subject) -> ContrastsDoc | None:
    """Return what the top quarter does differently, with the subject's own level beside it."""
    found, settings = findings.contrasts, findings.case.settings
    if found is None:
        return None
    names = findings.targets["rep_id"].iloc[subject.rows].tolist()
    own = found.own.reindex(names).mean()
    shown = [habit for habit in found.habits if habit.claimed]
    shown += [habit for habit in found.habits if not habit.claimed][: max(SHOWN_HABITS - len(shown), 0)]
    return ContrastsDoc(
        top=found.top,
        others=found.others,
        false_claims=settings.false_claims,
        habits=[_habit(habit, own.get(habit.feature)) for habit in shown],
        sentence=contrasts_sentence([_claim(habit) for habit in shown if habit.claimed], found.top, found.others),
    )


def _habit(habit: Habit, own: float | None) -> HabitDoc:
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
        own=None if own is None or np.isnan(own) else float(own),
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
