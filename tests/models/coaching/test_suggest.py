"""From a company to what each rep is shown: who gets what, who gets nothing and why, always the same."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date
from typing import get_type_hints

import numpy as np
import pandas as pd
import pytest

from features.definitions.registry import feature_names
from models.coaching.guardrails import PastSuggestion
from models.coaching.history import MetricHistory, metric_history
from models.coaching.playbook import default_playbook, features_of
from models.coaching.settings import CoachingSettings
from models.coaching.suggest import Coaching, coach
from models.coaching.telling import NO_QUOTA, NOT_SCORED, NOTHING_STANDS_OUT, TOO_FEW_PEERS, suggestion_id
from models.explain.documents import SuggestionDoc
from models.explain.lint import side_faults, style_faults, texts_in
from models.explain.shapley import FACTORS
from tests.support.toy_company import AS_OF
from tests.support.toy_features import coached_company, random_features, two_periods

PLAYS = default_playbook().plays


@pytest.fixture(scope="module")
def coaching() -> Coaching:
    state, paths, structure, _ = coached_company(200)
    company = two_periods(state, paths, structure)
    return coach(*company, history=past_of(company[1].targets))


def past_of(targets: pd.DataFrame) -> MetricHistory:
    """Return the past of all metrics from four quarters of other random values."""
    bare = targets.drop(columns=list(feature_names()))
    days = [random_features(bare, seed=month).assign(as_of=pd.Timestamp(2026, month, 15)) for month in (1, 4, 7, 10)]
    return metric_history(pd.concat(days, ignore_index=True), feature_names())


def test_nobody_is_shown_more_than_three_and_factors_differ(coaching: Coaching) -> None:
    for shown in coaching.by_rep.values():
        assert len(shown.suggestions) <= 3
        kinds = [suggestion["kind"] for suggestion in shown.suggestions]
        assert kinds == sorted(kinds, reverse=True)  # strength before gap
        assert kinds.count("strength") <= 1
        plays = [PLAYS[suggestion["play_id"]] for suggestion in shown.suggestions]
        factors = [play.mechanism.factor for play in plays if play.kind == "gap"]
        assert len(factors) == len(set(factors))
        assert sum(suggestion["effort_hours"] for suggestion in shown.suggestions) <= 10.0


def test_every_shown_effect_is_worth_it_and_inside_its_range(coaching: Coaching) -> None:
    seen = 0
    for shown in coaching.by_rep.values():
        for suggestion in shown.suggestions:
            effect = (suggestion["effect_low"], suggestion["effect_mid"], suggestion["effect_high"])
            if suggestion["kind"] == "strength":
                assert effect == (0.0, 0.0, 0.0)
            else:
                assert effect[1] >= 1.0
                assert effect[0] < effect[1] < effect[2]
                seen += 1
    assert seen > 50


def test_every_text_is_clean_and_complete(coaching: Coaching) -> None:
    for shown in coaching.by_rep.values():
        for text in texts_in(asdict(shown)):
            assert style_faults(text) == []


def test_each_rep_is_told_something_or_why_not(coaching: Coaching) -> None:
    silent = [shown for shown in coaching.by_rep.values() if not shown.suggestions]
    assert len(coaching.by_rep) == 200
    assert silent
    assert all(shown.no_suggestion == NOTHING_STANDS_OUT for shown in silent)
    assert all(shown.no_suggestion is None for shown in coaching.by_rep.values() if shown.suggestions)


def test_every_play_fires_somewhere_and_none_reaches_more_than_two_in_five(coaching: Coaching) -> None:
    assert set(coaching.triggered) == set(coaching.shown) == set(PLAYS)
    assert min(coaching.triggered.values()) > 0
    assert max(coaching.triggered.values()) <= 0.4 * 200
    assert max(coaching.shown.values()) <= 0.4 * 200


def test_those_who_struggle_get_one_gap_alone() -> None:
    state, paths, structure, explanations = coached_company(200)
    few = coach(state, paths, structure, explanations)
    more = coach(state, paths, structure, explanations, CoachingSettings(max_when_struggling=3))
    quota = structure["quota"].to_numpy()
    below = (paths.attained < 0.8 * quota[:, None]).mean(axis=1)
    changed = [rep for rep in few.by_rep if few.by_rep[rep] != more.by_rep[rep]]
    assert changed
    for rep in changed:
        row = int(rep[1:])
        assert below[row] >= 0.6
        assert [suggestion["kind"] for suggestion in few.by_rep[rep].suggestions] == ["gap"]


def test_strengths_are_told_with_both_values() -> None:
    state, paths, structure, explanations = coached_company(60, columns={"win_rate": np.linspace(0.1, 0.6, 60)})
    shown = coach(state, paths, structure, explanations).for_rep("r059")
    winning = next(text for text in shown.strengths if "Share of decided deals won" in text["en"])
    assert "60%, above similar reps" in winning["en"]
    assert side_faults(winning, 0.6, 0.3) == []


def test_a_play_never_claims_to_mend_what_already_helps() -> None:
    state, paths, structure, explanations = coached_company(200)
    coaching = coach(state, paths, structure, explanations)
    for index, row in enumerate(explanations.shares.rows):
        for suggestion in coaching.by_rep[f"r{row:03d}"].suggestions:
            play = PLAYS[suggestion["play_id"]]
            if play.kind == "gap":
                assert explanations.shares.factors[list(FACTORS).index(play.mechanism.factor), index] < 2.0


def test_the_reason_of_a_gap_shows_a_gap(coaching: Coaching) -> None:
    for shown in coaching.by_rep.values():
        for suggestion in shown.suggestions:
            play = PLAYS[suggestion["play_id"]]
            if play.kind == "gap":
                worse = "below" if play.mechanism.good == "up" else "above"
                assert worse in suggestion["why"]["en"].split("Plausible")[0]


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("quota", np.nan, NO_QUOTA),
        ("status", "left", NOT_SCORED),
        ("status", "stale", NOT_SCORED),
        ("status", "undecidable", NOT_SCORED),
        ("status", "insufficient_exposure", NOT_SCORED),
    ],
)
def test_who_cannot_be_answered_is_told_why(column: str, value: object, text: object) -> None:
    state, paths, structure, explanations = coached_company(20, columns={column: value})
    shown = coach(state, paths, structure, explanations).for_rep("r000")
    assert (shown.suggestions, shown.strengths, shown.no_suggestion) == ([], [], text)


def test_too_few_similar_reps_are_no_ground_for_a_suggestion() -> None:
    state, paths, structure, explanations = coached_company(5)
    shown = coach(state, paths, structure, explanations).for_rep("r000")
    assert (shown.suggestions, shown.no_suggestion) == ([], TOO_FEW_PEERS)


def test_missing_features_stop_only_their_plays_and_are_counted() -> None:
    state, paths, structure, explanations = coached_company(60)
    bare = paths.targets.drop(columns="win_rate")
    coaching = coach(replace(state, targets=bare), replace(paths, targets=bare), structure, explanations)
    assert coaching.counts["missing_feature:win_rate"] > 0
    for name, play in PLAYS.items():
        if "win_rate" in {condition.feature for condition in play.trigger}:
            assert coaching.triggered[name] == 0
    assert coaching.triggered["shorten_cycle"] > 0


def test_a_closed_suggestion_rests_and_an_open_one_stays() -> None:
    state, paths, structure, explanations = coached_company(60)
    first = coach(state, paths, structure, explanations)
    rep, suggestion = next((rep, s.suggestions[0]) for rep, s in first.by_rep.items() if s.suggestions)
    past = PastSuggestion(rep, suggestion["play_id"], suggestion["suggestion_id"], date(2026, 11, 10))
    again = coach(state, paths, structure, explanations, past=[past])
    assert again.by_rep == first.by_rep
    done = replace(past, closed_on=date(2026, 11, 14))
    rested = coach(state, paths, structure, explanations, past=[done])
    assert suggestion["play_id"] not in [s["play_id"] for s in rested.by_rep[rep].suggestions]
    assert rested.counts["cooling_down"] == 1


def test_same_input_gives_the_same_output_and_inputs_stay() -> None:
    state, paths, structure, explanations = coached_company(40)
    before, frame = paths.targets.copy(), structure.copy()
    first, second = (coach(state, paths, structure, explanations) for _ in range(2))
    assert first == second
    pd.testing.assert_frame_equal(paths.targets, before)
    pd.testing.assert_frame_equal(structure, frame)


def test_a_past_of_the_metrics_is_used_instead_of_the_stand_in() -> None:
    state, paths, structure, explanations = coached_company(60)
    features = sorted({name for play in PLAYS.values() for name in features_of(play)})
    days = [paths.targets.assign(as_of=pd.Timestamp(2026, month, 15)) for month in (1, 4, 7, 10)]
    history = metric_history(pd.concat(days, ignore_index=True), features)
    assert set(history.within_rep_sd) == set(features)
    coaching = coach(state, paths, structure, explanations, history=history)
    assert "no_history_of_metric" not in coaching.counts


def test_documents_have_the_keys_of_their_type_and_a_stable_identity(coaching: Coaching) -> None:
    for rep, shown in coaching.by_rep.items():
        for suggestion in shown.suggestions:
            assert set(suggestion) == set(get_type_hints(SuggestionDoc))
            ends = [(date(2026, 10, 1), date(2026, 12, 31)), (date(2027, 1, 1), date(2027, 3, 31))]
            assert suggestion["suggestion_id"] in {suggestion_id(rep, suggestion["play_id"], *end) for end in ends}
            assert AS_OF.isoformat() < suggestion["due"] <= "2027-03-31"


def test_a_play_that_is_too_late_for_this_period_is_told_for_the_next(coaching: Coaching) -> None:
    periods = {
        text.split("Plausible effect on the period to ")[1].split(":")[0]
        for shown in coaching.by_rep.values()
        for text in (suggestion["why"]["en"] for suggestion in shown.suggestions if suggestion["kind"] == "gap")
    }
    assert periods == {"31 Dec 2026", "31 Mar 2027"}
