"""Names of simulated people and accounts."""

from __future__ import annotations

import numpy as np
import pytest

from training.simulator.names import (
    COUNTRIES,
    FAMILY_CHINA,
    GIVEN,
    GIVEN_CHINA,
    REGIONS,
    account_name,
    people_names,
    team_name,
)


@pytest.mark.parametrize("number", [1, 64, 6_000])
def test_no_two_people_share_a_name(number: int) -> None:
    assert len(set(people_names(np.random.default_rng(1), number))) == number


def test_names_are_the_same_for_the_same_seed() -> None:
    assert people_names(np.random.default_rng(9), 50) == people_names(np.random.default_rng(9), 50)


def test_chinese_names_stand_family_name_first_and_match_a_chinese_family() -> None:
    names = [name.split() for name in people_names(np.random.default_rng(2), 200)]
    chinese = [parts for parts in names if parts[-1] in GIVEN_CHINA]
    assert 30 <= len(chinese) <= 120
    assert all(parts[0] in FAMILY_CHINA for parts in chinese)


def test_every_chinese_given_name_can_be_drawn() -> None:
    assert set(GIVEN) >= GIVEN_CHINA


def test_no_two_accounts_share_a_name() -> None:
    assert len({account_name(index) for index in range(12_000)}) == 12_000


def test_every_region_has_countries() -> None:
    assert len(COUNTRIES) == len(REGIONS)
    assert all(COUNTRIES)


def test_a_team_is_named_by_region_segment_and_number() -> None:
    assert team_name(2, "Small Business", 1) == "Greater China Small Business 1"
