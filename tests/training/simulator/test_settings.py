"""Settings of the simulated company refuse what cannot be simulated and say why."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from features.domain.errors import UsageError
from training.simulator.settings import SEGMENTS, SimulatorSettings


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
    with pytest.raises(UsageError, match=r"there is no preset 'brutal'; choose one of \['realistic', 'tiny'\]"):
        SimulatorSettings.preset("brutal")


def test_every_setting_is_documented() -> None:
    undocumented = [name for name, field in SimulatorSettings.model_fields.items() if not field.description]
    assert undocumented == []


def test_larger_segments_have_fewer_slower_and_bigger_deals() -> None:
    smb, mm, ent = SEGMENTS
    assert smb.creation > mm.creation > ent.creation
    assert smb.cycle < mm.cycle < ent.cycle
    assert smb.log_amount < mm.log_amount < ent.log_amount
