"""Suggestions in words: the measure that triggered, the period of the effect, and an identity that lasts."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from models.coaching.guardrails import Candidate
from models.coaching.playbook import default_playbook
from models.coaching.settings import CoachingSettings
from models.coaching.telling import LABEL, STRENGTH_LABEL, SuggestionWriter, effect_sentence, joined, suggestion_id
from models.coaching.triggers import Standing
from models.explain.catalogue import default_catalogue
from models.explain.documents import Text
from models.explain.peers import PeerGroups
from tests.support.toy_company import AS_OF, toy_structure, toy_targets

PLAYS = default_playbook().plays
PERIOD = (date(2026, 10, 1), date(2026, 12, 31))


@pytest.fixture
def writer() -> SuggestionWriter:
    n = 7
    targets = toy_targets(toy_structure(n)).assign(
        win_rate=[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7], bookings_vs_segment=[0.4, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4]
    )
    peers = PeerGroups(np.zeros(n, dtype=np.int64), {0: np.arange(n)}, np.full(n, 6), np.zeros(n, dtype=bool), ())
    return SuggestionWriter(Standing(targets, peers), default_catalogue(), CoachingSettings(), AS_OF)


def candidate(name: str, row: int = 0) -> Candidate:
    return Candidate(PLAYS[name], row, low=-0.5, mid=2.04, high=4.6, p_positive=0.9)


def test_a_gap_is_told_by_both_values_the_date_and_the_effect(writer: SuggestionWriter) -> None:
    why = writer.document(0, candidate("discovery_review"))["why"]
    assert why["en"] == (
        "Share of decided deals won in the last 52 weeks: 10%, below similar reps (40%; data to 15 Nov 2026). "
        "Plausible effect on the period to 31 Dec 2026: +2.0 points (8 in 10 outcomes: −0.5 to +4.6 points)."
    )
    assert why["zh"] == (
        "近 52 周赢单率：10%，低于同类销售（40%；数据截至 2026-11-15）。"
        "对截至 2026-12-31 的周期的可能影响：+2.0 个百分点（80% 的可能结果在 −0.5 至 +4.6 个百分点）。"
    )


def test_a_play_that_works_on_another_measure_is_told_by_what_triggered_it(writer: SuggestionWriter) -> None:
    # the exchange between colleagues works on the share of deals won but is triggered by bookings against the segment
    why = writer.document(0, candidate("peer_exchange"))["why"]["en"]
    assert why.startswith("Booked in the last 52 weeks against the segment: 0.4×, below similar reps (1.1×;")


def test_a_strength_is_told_without_any_effect(writer: SuggestionWriter) -> None:
    document = writer.document(6, Candidate(PLAYS["strength_winning"], 6))
    assert "effect" not in document["why"]["en"]
    assert (document["kind"], document["label"]) == ("strength", STRENGTH_LABEL)
    assert (document["effect_low"], document["effect_mid"], document["effect_high"]) == (0.0, 0.0, 0.0)


def test_a_gap_says_that_nothing_is_proven(writer: SuggestionWriter) -> None:
    document = writer.document(0, candidate("discovery_review"))
    assert document["label"] == LABEL
    assert "not proven" in LABEL["en"]
    assert document["evidence_grade"] == "B"


def test_a_suggestion_is_due_a_week_later(writer: SuggestionWriter) -> None:
    assert writer.document(0, candidate("discovery_review"))["due"] == "2026-11-22"


def test_strengths_are_told_most_outstanding_first(writer: SuggestionWriter) -> None:
    found = writer.strengths(
        6, [candidate("discovery_review", 6), Candidate(PLAYS["strength_winning"], 6, standing=0.1)]
    )
    assert [text["en"] for text in found] == [
        "A larger share of your deals is won than at similar reps. Share of decided deals won in the last 52 weeks: "
        "70%, above similar reps (40%; data to 15 Nov 2026)."
    ]


def test_the_identity_is_that_of_rep_play_and_period(writer: SuggestionWriter) -> None:
    assert writer.identity(candidate("ramp_buddy", 3)) == suggestion_id("r003", "ramp_buddy", *PERIOD)


@pytest.mark.parametrize(
    "other",
    [
        suggestion_id("r2", "ramp_buddy", *PERIOD),
        suggestion_id("r1", "peer_exchange", *PERIOD),
        suggestion_id("r1", "ramp_buddy", date(2026, 7, 1), PERIOD[1]),
        suggestion_id("r1", "ramp_buddy", PERIOD[0], date(2026, 12, 30)),
    ],
)
def test_another_rep_play_or_period_is_another_suggestion(other: str) -> None:
    mine = suggestion_id("r1", "ramp_buddy", *PERIOD)
    assert len(mine) == 16
    assert other != mine


def test_the_range_is_named_by_its_level() -> None:
    sentence = effect_sentence(candidate("ramp_buddy"), PERIOD[1], CoachingSettings(range_level=0.5))
    assert "(5 in 10 outcomes:" in sentence["en"]
    assert "（50% 的可能结果在" in sentence["zh"]


def test_sentences_are_joined_as_each_language_does() -> None:
    assert joined(Text(en="One.", zh="一。"), Text(en="Two.", zh="二。")) == Text(en="One. Two.", zh="一。二。")
