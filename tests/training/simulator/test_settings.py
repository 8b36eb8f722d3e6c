"""Settings of the simulated company refuse what cannot be simulated and say why."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from features.domain.errors import UsageError
from training.simulator.settings import PRESETS, SEGMENTS, SimulatorSettings
from training.simulator.switches import Dirt, Discounts


def test_the_default_company_has_eight_teams_of_eight() -> None:
    settings = SimulatorSettings()
    assert settings.reps == 8 * settings.team_size


@pytest.mark.parametrize("start", [date(2021, 2, 1), date(2021, 1, 4), date(2021, 3, 31)])
def test_a_start_that_is_no_first_day_of_a_quarter_is_refused_with_the_date(start: date) -> None:
    with pytest.raises(ValidationError, match=f"start is {start}; choose the first day of a calendar quarter"):
        SimulatorSettings(start=start)


@pytest.mark.parametrize("shares", [(0.5, 0.5, 0.5), (1.2, -0.1, -0.1)])
def test_segment_shares_must_be_shares(shares: tuple[float, float, float]) -> None:
    with pytest.raises(ValidationError, match="give three shares that sum to 1"):
        SimulatorSettings(segment_shares=shares)


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        SimulatorSettings.model_validate({"sellers": 8})


def test_a_preset_is_a_base_that_single_fields_override() -> None:
    tiny = SimulatorSettings.preset("tiny", quarters=9)
    assert (tiny.reps, tiny.quarters) == (8, 9)


def test_an_unknown_preset_lists_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"there is no preset 'brutal'; choose one of \['dirty', 'easy', 'hostile'"):
        SimulatorSettings.preset("brutal")


def test_every_setting_is_documented() -> None:
    kinds = (SimulatorSettings, Dirt, Discounts)
    undocumented = [name for kind in kinds for name, field in kind.model_fields.items() if not field.description]
    assert undocumented == []


def test_every_preset_can_be_simulated_and_the_realistic_one_changes_nothing() -> None:
    assert {name: SimulatorSettings.preset(name).seed for name in PRESETS} == dict.fromkeys(PRESETS, 7)
    assert SimulatorSettings.preset("realistic") == SimulatorSettings()


def test_all_dirt_is_every_kind_but_noise_and_a_second_currency() -> None:
    off = [name for name, value in Dirt.all() if not value]
    assert off == ["stage_noise", "second_currency"]
    assert Dirt.all(refunds=0.0).refunds == 0.0


def test_larger_segments_have_fewer_slower_and_bigger_deals() -> None:
    smb, mm, ent = SEGMENTS
    assert smb.creation > mm.creation > ent.creation
    assert smb.cycle < mm.cycle < ent.cycle
    assert smb.log_amount < mm.log_amount < ent.log_amount
