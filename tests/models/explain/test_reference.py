"""The reference row is the group taken together: its equation is the group's attainment."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from features.domain.errors import CheckFailed
from models.explain.peers import PeerGroups, peer_groups
from models.explain.reference import completed, own_columns, reference_columns
from models.explain.settings import ExplainSettings
from models.explain.shapley import part_values
from tests.support.toy_company import toy_company, toy_structure


def group_of(n: int, *, scaled: bool = False) -> PeerGroups:
    return PeerGroups(
        np.zeros(n, dtype=np.int64), {0: np.arange(n)}, np.full(n, n - 1), np.full(n, scaled, dtype=bool), ()
    )


def two_reps() -> pd.DataFrame:
    frame = toy_structure(2)
    frame["volume_open"], frame["size"], frame["win"], frame["timing"] = [2.0, 4.0], [100.0, 50.0], [0.5, 0.25], 1.0
    frame["volume_new"] = 0.0
    frame["booked"], frame["quota"] = [40.0, 60.0], [100.0, 300.0]
    return frame


def test_reference_values_are_ratios_of_sums() -> None:
    found = reference_columns(own_columns(two_reps()), group_of(2))
    # volume (2 + 4) / 2 = 3; size (2*100 + 4*50) / 6 = 66.67; win (200*.5 + 200*.25) / 400 = .375
    assert found["volume_open"].tolist() == [3.0, 3.0]
    assert found["size"][0] == pytest.approx(400 / 6)
    assert found["win"][0] == pytest.approx(0.375)
    assert found["booked"][0] == 50.0
    assert found["quota"][0] == 200.0


def test_the_equation_of_the_reference_is_the_attainment_of_the_group() -> None:
    own = own_columns(two_reps())
    _, reference = completed(own, reference_columns(own, group_of(2)))
    # booked 100 and open 100 + 50 over quotas 400
    expected = (100 + 150) / 400
    np.testing.assert_allclose(part_values(reference).sum(axis=0) / reference["quota"], expected)


def test_scaled_references_keep_their_attainment_and_take_the_own_quota() -> None:
    own = own_columns(two_reps())
    _, reference = completed(own, reference_columns(own, group_of(2, scaled=True)))
    assert reference["quota"].tolist() == [100.0, 300.0]
    assert reference["booked"].tolist() == [25.0, 75.0]
    np.testing.assert_allclose(part_values(reference).sum(axis=0) / reference["quota"], 250 / 400)


def test_on_a_whole_company_each_reference_gives_its_group_attainment() -> None:
    state, _, structure = toy_company(60)
    peers = peer_groups(state.targets, state.reps, ExplainSettings())
    own = own_columns(structure)
    _, reference = completed(own, reference_columns(own, peers))
    attained = part_values(completed(own, own)[0]).sum(axis=0)
    for number, rows in peers.members.items():
        together = attained[rows].sum() / own["quota"][rows].sum()
        mine = peers.group == number
        np.testing.assert_allclose((part_values(reference).sum(axis=0) / reference["quota"])[mine], together)


def test_without_open_deals_size_win_and_timing_are_taken_from_the_reference() -> None:
    frame = two_reps()
    frame.loc[0, ["volume_open", "size", "win", "timing"]] = [0.0, 777.0, 0.9, np.nan]
    own = own_columns(frame)
    assert np.isnan([own[name][0] for name in ("size", "win", "timing")]).all()
    mine, reference = completed(own, reference_columns(own, group_of(2)))
    # the other rep alone says what a deal is like
    assert (mine["size"][0], mine["win"][0], mine["timing"][0]) == (50.0, 0.25, 1.0)
    assert reference["size"][0] == 50.0


def test_what_nobody_in_the_group_has_is_taken_from_the_own_side() -> None:
    own = {name: np.array([1.0]) for name in toy_structure(1).columns}
    gap = {name: np.array([np.nan]) for name in own}
    mine, reference = completed(own, gap)
    assert all(reference[name][0] == mine[name][0] == 1.0 for name in own)


def test_undefined_on_both_sides_is_zero() -> None:
    nothing = {"size": np.array([np.nan])}
    assert completed(nothing, nothing)[0]["size"].tolist() == [0.0]


def test_a_value_that_counts_but_is_unknown_is_refused_with_its_row() -> None:
    frame = two_reps()
    frame.loc[1, "win"] = np.nan
    with pytest.raises(CheckFailed, match="structure column win is not a number in row 1"):
        own_columns(frame)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(CheckFailed, match=r"lacks columns \['timing_new'\]"):
        own_columns(toy_structure(2).drop(columns="timing_new"))


def test_the_structure_is_not_changed() -> None:
    frame = two_reps()
    frame.loc[0, "volume_open"] = 0.0
    before = frame.copy()
    own_columns(frame)
    pd.testing.assert_frame_equal(frame, before)
