"""Suggestions in words: what was measured, beside similar reps, what to do, and what it may be worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256

import pandas as pd

from models.coaching.guardrails import Candidate
from models.coaching.playbook import GapPlay, StrengthPlay, due_on, gap_features
from models.coaching.settings import CoachingSettings
from models.coaching.triggers import Standing
from models.explain.catalogue import Catalogue, fact_sentence
from models.explain.documents import SuggestionDoc, Text
from models.explain.wording import day, points

NOTHING_STANDS_OUT = Text(
    en="Nothing stands out this week. Keep going as you are.", zh="本周没有特别需要调整的地方，保持即可。"
)
NO_QUOTA = Text(
    en="There is no target for this period, so the effect of a suggestion cannot be stated.",
    zh="本期没有设定目标，因此无法说明建议的效果。",
)
TOO_FEW_PEERS = Text(
    en="There are too few similar reps to compare with, so nothing is suggested.",
    zh="同类销售人数太少，无法比较，因此不提建议。",
)
NOT_SCORED = Text(
    en="There is no forecast to rely on for this period, so nothing is suggested.",
    zh="本期没有可靠的预测，因此不提建议。",
)
LABEL = Text(
    en="Model what-if blended with published evidence; not proven in this company.",
    zh="模型推演与已有研究证据相结合，尚未在本公司得到验证。",
)
STRENGTH_LABEL = Text(
    en="A strength to keep and share; no effect on the own result is claimed.",
    zh="值得保持并分享的优势；不承诺对本人业绩的影响。",
)


@dataclass(frozen=True)
class SuggestionWriter:
    """Writes the documents of one company at one as_of.

    Attributes:
        standing: Targets with features, and their groups.
        catalogue: Words.
        settings: Gives the level of the range.
        as_of: Date of the data.
    """

    standing: Standing
    catalogue: Catalogue
    settings: CoachingSettings
    as_of: date

    def identity(self, candidate: Candidate) -> str:
        """Return the identity of the suggestion that a candidate would become."""
        rep_id, start, end, _ = self._told[candidate.row]
        return suggestion_id(rep_id, candidate.play.id, start, end)

    def strengths(self, row: int, candidates: Sequence[Candidate]) -> list[Text]:
        """Return what works for a rep, what stands out most first."""
        strong = [one for one in candidates if isinstance(one.play, StrengthPlay)]
        return [
            joined(one.play.praise.text, self._fact(row, one.play.feature))
            for one in sorted(strong, key=lambda one: (one.standing, one.play.id))
            if isinstance(one.play, StrengthPlay)
        ]

    def document(self, row: int, candidate: Candidate) -> SuggestionDoc:
        """Return the document of one suggestion.

        Args:
            row: Main row of the rep, whose measures are told.
            candidate: The play and its effect; its own row says which period the effect belongs to.
        """
        play = candidate.play
        period_end = self._told[candidate.row][2]
        fact = self._fact(row, self._told_feature(play))
        gap = isinstance(play, GapPlay)
        return SuggestionDoc(
            suggestion_id=self.identity(candidate),
            play_id=play.id,
            kind=play.kind,
            audience=play.audience,
            title=play.title.text,
            why=joined(fact, effect_sentence(candidate, period_end, self.settings)) if gap else fact,
            steps=[step.text for step in play.steps],
            success_check=play.success_check.text,
            effect_low=candidate.low,
            effect_mid=candidate.mid,
            effect_high=candidate.high,
            evidence_grade=play.evidence.grade,
            evidence=play.evidence.source.text,
            label=LABEL if gap else STRENGTH_LABEL,
            effort_hours=play.effort_hours,
            due=due_on(play, self.as_of, period_end).isoformat(),
        )

    def _told_feature(self, play: GapPlay | StrengthPlay) -> str:
        """Return the measure that shows why: the mechanism's own where the trigger is about it."""
        if isinstance(play, StrengthPlay):
            return play.feature
        shown = gap_features(play)
        return play.mechanism.feature if play.mechanism.feature in shown else shown[0]

    def _fact(self, row: int, feature: str) -> Text:
        value, reference = self.standing.values(feature)[row], self.standing.quantile(feature, 0.5)[row]
        currency = self._told[row][3]
        return fact_sentence(
            self.catalogue, feature, float(value), float(reference), as_of=self.as_of, currency=currency
        )

    @cached_property
    def _told(self) -> list[tuple[str, date, date, str]]:
        """Return rep, first day, last day and currency of every target."""
        targets = self.standing.targets
        return [
            (str(rep_id), pd.Timestamp(start).date(), pd.Timestamp(end).date(), str(currency))
            for rep_id, start, end, currency in zip(
                targets["rep_id"],
                targets["period_start"],
                targets["period_end"],
                targets["currency"].astype(object).fillna(""),
                strict=True,
            )
        ]


def suggestion_id(rep_id: str, play_id: str, period_start: date, period_end: date) -> str:
    """Return the identity of a suggestion: the same rep, play and period are the same suggestion.

    Examples:
        >>> suggestion_id("r1", "ramp_buddy", date(2026, 10, 1), date(2026, 12, 31))
        'c58d560b53660637'
    """
    text = f"{rep_id}|{play_id}|{period_start.isoformat()}|{period_end.isoformat()}"
    return sha256(text.encode()).hexdigest()[:16]


def effect_sentence(candidate: Candidate, period_end: date, settings: CoachingSettings) -> Text:
    """Return the effect with its range and the period it belongs to."""
    share = settings.range_level
    low, mid, high = candidate.low, candidate.mid, candidate.high
    return Text(
        en=f"Plausible effect on the period to {day(period_end, 'en')}: {points(mid, 'en')} "
        f"({10 * share:g} in 10 outcomes: {_plain(low)} to {points(high, 'en')}).",
        zh=f"对截至 {day(period_end, 'zh')} 的周期的可能影响：{points(mid, 'zh')}"
        f"（{100 * share:g}% 的可能结果在 {_plain(low)} 至 {points(high, 'zh')}）。",
    )


def _plain(value: float) -> str:
    return points(value, "zh").split()[0]


def joined(first: Text, second: Text) -> Text:
    """Return two sentences as one text."""
    return Text(en=f"{first['en']} {second['en']}", zh=f"{first['zh']}{second['zh']}")
