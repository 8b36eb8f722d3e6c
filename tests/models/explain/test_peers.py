"""Similar reps: like for like, and never fewer than five others."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.contracts import FloatArray
from models.explain.peers import PeerGroups, group_quantile, group_share_at_or_below, peer_groups
from models.explain.settings import ExplainSettings
from tests.support.toy_company import toy_state, toy_structure, toy_targets


def targets_of(segments: list[str], tenure_days: list[int]) -> pd.DataFrame:
    targets = toy_targets(toy_structure(len(segments)))
    return targets.assign(segment=segments, tenure_days=tenure_days)


def groups_of(targets: pd.DataFrame, settings: ExplainSettings | None = None) -> PeerGroups:
    return peer_groups(targets, toy_state(targets).reps, settings or ExplainSettings(widen=True))


def one_group(values: FloatArray) -> PeerGroups:
    n = len(values)
    return PeerGroups(np.zeros(n, dtype=np.int64), {0: np.arange(n)}, np.full(n, n - 1), np.zeros(n, dtype=bool), ())


def test_six_people_of_one_kind_are_each_compared_with_five_others() -> None:
    peers = groups_of(targets_of(["SMB"] * 6 + ["ENT"] * 6, [1000] * 12))
    assert peers.others.tolist() == [5] * 12
    assert len(set(peers.group[:6])) == 1
    assert peers.group[0] != peers.group[6]
    assert not peers.scaled.any()


def test_people_alike_are_too_few_or_enough_and_nobody_else_is_asked() -> None:
    strict = groups_of(targets_of(["SMB"] * 9, [1000] * 6 + [10] * 3), ExplainSettings())
    assert strict.others.tolist() == [5] * 6 + [0] * 3
    assert strict.group[6:].tolist() == [-1] * 3
    assert strict.labels[8]["en"] == "too few similar reps for a comparison"
    assert strict.labels[0]["en"] == "similar reps: AE, SMB, more than 18 months in the job, 5 people"


def test_five_people_of_one_kind_widen_to_their_segment_whatever_the_tenure() -> None:
    # SMB: five with 1000 days and three new ones; 4 others are too few, 7 others in the segment are enough
    peers = groups_of(targets_of(["SMB"] * 8, [1000] * 5 + [10] * 3))
    assert peers.others.tolist() == [7] * 8
    assert set(peers.group.tolist()) == {peers.group[0]}


def test_a_rep_with_a_narrow_group_still_stands_for_the_wider_group_of_a_colleague() -> None:
    # seven experienced SMB reps have their own group; the single new one is compared with all seven of them
    peers = groups_of(targets_of(["SMB"] * 8, [1000] * 7 + [10]))
    assert peers.others.tolist() == [6] * 7 + [7]
    assert peers.members[int(peers.group[7])].tolist() == list(range(8))
    assert peers.members[int(peers.group[0])].tolist() == list(range(7))


def test_small_segments_widen_to_everyone_and_are_scaled_to_the_own_quota() -> None:
    peers = groups_of(targets_of(["A", "A", "B", "B", "C", "C"], [1000] * 6))
    assert peers.others.tolist() == [5] * 6
    assert peers.scaled.all()
    assert peers.labels[0]["en"] == "all other reps: at the same target, 5 people"
    assert peers.labels[0]["zh"] == "全体其他销售：按相同目标折算，5 人"


def test_a_new_starter_among_experienced_reps_is_compared_at_the_own_ramped_quota() -> None:
    peers = groups_of(targets_of(["SMB"] * 8, [1000] * 7 + [10]))
    assert peers.scaled.tolist() == [False] * 7 + [True]
    assert peers.labels[7]["en"] == "similar reps: SMB, at the same target, 7 people"
    assert peers.labels[7]["zh"] == "同类销售：SMB，按相同目标折算，7 人"


def test_an_unknown_segment_is_no_segment() -> None:
    peers = groups_of(targets_of([""] * 8, [1000] * 4 + [300] * 4))
    assert peers.scaled.all()
    assert peers.labels[0]["en"] == "all other reps: at the same target, 7 people"


def test_five_people_in_the_whole_company_have_nobody_to_be_compared_with() -> None:
    peers = groups_of(targets_of(["A"] * 5, [1000] * 5))
    assert (peers.group == -1).all()
    assert (peers.others == 0).all()
    assert peers.labels[0]["en"] == "too few similar reps for a comparison"


def test_reps_without_quota_or_with_a_doubtful_status_stand_for_nobody() -> None:
    targets = targets_of(["A"] * 8, [1000] * 8)
    targets.loc[0, "quota"] = np.nan
    targets.loc[1, "status"] = "insufficient_exposure"
    peers = groups_of(targets)
    assert peers.members[int(peers.group[7])].tolist() == [2, 3, 4, 5, 6, 7]
    assert peers.others.tolist() == [6, 6, 5, 5, 5, 5, 5, 5]


def test_other_periods_measures_and_currencies_are_never_compared() -> None:
    targets = targets_of(["A"] * 12, [1000] * 12)
    targets["currency"] = ["CNY"] * 6 + ["EUR"] * 6
    peers = groups_of(targets)
    assert peers.others.tolist() == [5] * 12
    assert peers.group[0] != peers.group[11]


def test_an_unknown_job_is_a_group_that_mixes_jobs() -> None:
    targets = targets_of([""] * 6, [1000] * 6)
    state = toy_state(targets)
    peers = peer_groups(targets, state.reps.assign(role=None), ExplainSettings(widen=True))
    assert peers.scaled.all()
    assert peers.labels[0]["en"] == "similar reps: more than 18 months in the job, at the same target, 5 people"


@pytest.mark.parametrize(
    ("days", "label"),
    [
        (0, "similar reps: AE, SMB, first 6 months in the job, 5 people"),
        (182, "similar reps: AE, SMB, 6 to 18 months in the job, 5 people"),
        (548, "similar reps: AE, SMB, more than 18 months in the job, 5 people"),
    ],
)
def test_the_label_names_role_segment_and_tenure(days: int, label: str) -> None:
    assert groups_of(targets_of(["SMB"] * 6, [days] * 6)).labels[0]["en"] == label


def test_one_band_for_all_is_not_mentioned() -> None:
    peers = groups_of(targets_of(["SMB"] * 6, [10] * 6), ExplainSettings(tenure_bands_days=()))
    assert peers.labels[0] == {"en": "similar reps: AE, SMB, 5 people", "zh": "同类销售：AE，SMB，5 人"}


def test_ties_never_bring_more_people_below_a_level_than_the_level_says() -> None:
    values = np.array([0.0, 0.0, 0.0, 1.0, 2.0])
    shares = group_share_at_or_below(values, one_group(values))
    assert shares.tolist() == [0.6, 0.6, 0.6, 0.8, 1.0]
    assert (shares <= 0.3).sum() == 0


def test_unknown_values_have_no_standing_and_do_not_count() -> None:
    values = np.array([np.nan, 1.0, 2.0])
    shares = group_share_at_or_below(values, one_group(values))
    assert np.isnan(shares[0])
    assert shares[1:].tolist() == [0.5, 1.0]


def test_quantiles_are_those_of_the_known_values_of_the_group() -> None:
    values = np.array([1.0, 2.0, 3.0, np.nan])
    assert group_quantile(values, one_group(values), 0.5).tolist() == [2.0] * 4


def test_a_group_without_any_value_has_no_quantile() -> None:
    values = np.full(3, np.nan)
    assert np.isnan(group_quantile(values, one_group(values), 0.5)).all()


def test_no_targets_give_no_groups() -> None:
    targets = targets_of([], [])
    peers = groups_of(targets)
    assert len(peers.group) == 0
    assert peers.members == {}
