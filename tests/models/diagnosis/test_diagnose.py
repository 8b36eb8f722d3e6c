"""Documents of reps and teams: they add up, the plan comes first where it must, and no words blame."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from features.stage_stays import no_stays
from models.contracts import ForecastPaths
from models.diagnosis.diagnose import Case, Diagnosed, diagnose
from models.diagnosis.documents import DiagnosisDoc, MissDoc
from models.explain.lint import style_faults, texts_in
from tests.support.steady_company import steady_company, steady_structure
from tests.support.toy_company import toy_company

N = 40


def toy_case(**changed: object) -> Case:
    state, paths, structure = toy_company(N)
    people = state.targets.assign(segment="SMB", tenure_days=1_000)
    paths = replace(paths, targets=people)
    case = Case(
        replace(state, targets=people), paths, structure, range(N), people.iloc[:0], no_stays(), model_version="7"
    )
    return replace(case, **changed)  # type: ignore[arg-type]  # fields of the case by name


@cache
def told() -> Diagnosed:
    return diagnose(toy_case(flagged=frozenset(range(0, 40, 4)) | {1, 5}))


def miss_of(document: DiagnosisDoc) -> MissDoc:
    assert document["miss"] is not None
    return document["miss"]


def test_every_rep_and_team_has_a_document() -> None:
    assert len(told().reps) == N
    assert sorted(told().teams) == ["t0", "t1", "t2", "t3"]
    assert {doc["kind"] for doc in told().teams.values()} == {"team"}


@pytest.mark.parametrize("kind", ["reps", "teams"])
def test_causes_add_up_to_the_expected_miss_as_stored(kind: str) -> None:
    documents: dict[str, DiagnosisDoc] = json.loads(json.dumps(getattr(told(), kind)))
    for document in documents.values():
        miss, quota = miss_of(document), document["quota"]
        assert quota is not None
        assert abs(sum(cause["points"] for cause in miss["causes"]) - miss["points"]) < 1e-6
        assert abs(sum(cause["amount"] for cause in miss["causes"]) - miss["amount"]) < 1e-6 * quota
        assert miss["amount"] == pytest.approx(miss["points"] * quota / 100)


def test_the_miss_of_a_team_is_that_of_its_paths() -> None:
    case = toy_case()
    rows = np.flatnonzero((case.paths.targets["team_id"] == "t1").to_numpy())
    total, quota = case.paths.attained[rows].sum(axis=0), case.paths.targets["quota"].iloc[rows].sum()
    miss = miss_of(told().teams["t1"])
    assert miss["points"] == pytest.approx(100 * (1 - total.mean() / quota))
    assert miss["low"] == pytest.approx(100 * (1 - np.quantile(total, 0.9) / quota))
    assert miss["high"] == pytest.approx(100 * (1 - np.quantile(total, 0.1) / quota))


def test_a_team_without_a_known_currency_has_a_document() -> None:
    case = toy_case()
    targets = case.paths.targets.assign(currency=np.nan)
    document = diagnose(replace(case, paths=replace(case.paths, targets=targets))).teams["t1"]
    assert document["currency"] == ""
    assert miss_of(document)["points"] == pytest.approx(miss_of(told().teams["t1"])["points"])


def test_the_misses_of_reps_sum_to_that_of_their_team() -> None:
    members = [doc for rep, doc in told().reps.items() if int(rep[1:]) % 4 == 2]
    for code in ("plan", "leads", "process", "skill", "chance"):
        parts = sum(c["amount"] for doc in members for c in miss_of(doc)["causes"] if c["code"] == code)
        (whole,) = (c["amount"] for c in miss_of(told().teams["t2"])["causes"] if c["code"] == code)
        assert whole == pytest.approx(parts)


def test_a_range_holds_its_value_and_is_sure_where_it_leaves_out_zero() -> None:
    for document in (*told().reps.values(), *told().teams.values()):
        for cause in miss_of(document)["causes"]:
            assert cause["low"] <= cause["points"] <= cause["high"]
            assert cause["sure"] == (cause["low"] > 0 or cause["high"] < 0)


def test_the_plan_comes_first_where_more_than_half_of_a_team_is_flagged() -> None:
    first, other = miss_of(told().teams["t0"]), miss_of(told().teams["t1"])
    assert (first["flagged"], first["people"], first["plan_first"]) == (10, 10, True)
    assert first["causes"][0]["code"] == "plan"
    assert first["headline"]["en"].startswith("Look at the plan before the people: 10 of 10")
    assert first["headline"]["zh"].startswith("请先看规划，再看人")
    assert (other["flagged"], other["plan_first"]) == (2, False)


@pytest.mark.parametrize(("flagged", "first"), [(5, False), (6, True)])
def test_half_of_a_team_is_not_more_than_half(flagged: int, first: bool) -> None:
    team = [row for row in range(N) if row % 4 == 0][:flagged]
    assert miss_of(diagnose(toy_case(flagged=frozenset(team))).teams["t0"])["plan_first"] is first


def test_one_rep_is_never_told_that_the_plan_comes_before_the_people() -> None:
    assert not any(miss_of(doc)["plan_first"] for doc in told().reps.values())


def test_a_goal_beyond_the_quotas_of_the_members_is_part_of_the_plan() -> None:
    plain = miss_of(told().teams["t1"])
    quota = told().teams["t1"]["quota"]
    assert quota is not None
    document = diagnose(toy_case(goals={"t1": 2 * quota})).teams["t1"]
    assert document["quota"] == 2 * quota
    more, less = (
        next(c["amount"] for c in miss["causes"] if c["code"] == "plan") for miss in (miss_of(document), plain)
    )
    assert more - less == pytest.approx(quota)


def test_a_team_is_told_over_its_most_usual_period_and_measure() -> None:
    case = toy_case()
    targets = case.paths.targets.copy()
    targets.loc[1, "metric"] = "units"
    document = diagnose(replace(case, paths=replace(case.paths, targets=targets))).teams["t1"]
    assert (document["metric"], miss_of(document)["people"]) == ("revenue", 9)


def test_hard_quotas_are_listed_with_their_chance_the_least_likely_first() -> None:
    case = toy_case()
    targets = case.paths.targets.copy()
    targets.loc[[1, 5], "quota"] *= [20.0, 40.0]
    scaled = replace(
        case, paths=replace(case.paths, targets=targets), structure=case.structure.assign(quota=targets["quota"])
    )
    (quotas,) = diagnose(scaled).teams["t1"]["quotas"]
    assert [one["rep_id"] for one in quotas["hard_quotas"]][:2] == ["r001", "r005"]
    assert quotas["hard"] == len(quotas["hard_quotas"])
    chances = [one["chance"] for one in quotas["hard_quotas"]]
    assert chances == sorted(chances)


def test_people_who_cannot_be_compared_stand_apart_and_it_still_adds_up() -> None:
    case = toy_case()
    targets = case.paths.targets.copy()
    targets.loc[5, "status"], targets.loc[5, "quota"] = "no_quota", np.nan
    miss = miss_of(diagnose(replace(case, paths=replace(case.paths, targets=targets))).teams["t1"])
    assert [cause["code"] for cause in miss["causes"]].count("apart") == 1
    assert abs(sum(cause["points"] for cause in miss["causes"]) - miss["points"]) < 1e-6


def test_what_cannot_be_told_is_said_with_its_reason() -> None:
    state, paths, structure = toy_company(4)
    document = diagnose(Case(state, paths, structure, range(4), state.targets.iloc[:0], no_stays())).reps["r000"]
    assert document["miss"] is None
    assert document["difficulty"] == []
    assert len(document["missing"]) == 3
    assert not any(style_faults(text) for text in document["missing"])


def test_texts_hold_no_banned_word_and_no_open_blank() -> None:
    documents = [*told().reps.values(), *told().teams.values()]
    assert sum(1 for document in documents for _ in texts_in(document)) > 500
    assert [fault for document in documents for text in texts_in(document) for fault in style_faults(text)] == []


def test_currency_does_not_matter() -> None:
    case = toy_case()
    ten = replace(
        case,
        paths=ForecastPaths(
            case.paths.targets.assign(quota=10 * case.paths.targets["quota"]),
            10 * case.paths.booked,
            10 * case.paths.open_deals,
            10 * case.paths.new_deals,
        ),
        structure=case.structure.assign(**{n: 10 * case.structure[n] for n in ("size", "size_new", "booked", "quota")}),
    )
    one, other = miss_of(told().teams["t3"]), miss_of(diagnose(ten).teams["t3"])
    codes = {cause["code"]: cause["points"] for cause in one["causes"]}
    for cause in other["causes"]:
        assert cause["points"] == pytest.approx(codes[cause["code"]], abs=1e-6)


def test_trainings_are_valued_in_the_next_period_where_most_have_a_quota_then() -> None:
    state, paths, structure = steady_company(steady_structure(8).assign(win_new=[0.1] * 4 + [0.3] * 4))
    then = paths.targets.assign(
        period_start=pd.Timestamp(2027, 1, 1), period_end=pd.Timestamp(2027, 3, 31), starts_in=46, days_left=136
    )
    both = ForecastPaths(
        pd.concat([paths.targets, then], ignore_index=True),
        np.concatenate([paths.booked, np.zeros(8)]),
        np.concatenate([paths.open_deals, 0.0 * paths.open_deals]),
        np.concatenate([paths.new_deals, paths.new_deals]),
    )
    doubled = pd.concat([structure, structure.assign(volume_open=0.0)], ignore_index=True)
    case = Case(state, both, doubled, range(8), then.iloc[:0], no_stays())
    assert diagnose(case).teams["t0"]["training_period"] == "2027-01-01"
    quotas = both.targets.copy()
    quotas.loc[8:, "quota"] = np.nan
    case = replace(case, paths=replace(both, targets=quotas))
    assert diagnose(case).teams["t0"]["training_period"] == "2026-10-01"
