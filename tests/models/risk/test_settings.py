"""Risk settings cannot contradict themselves and are documented."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from models.risk.settings import RiskSettings


def test_bands_that_could_overlap_are_refused() -> None:
    with pytest.raises(ValidationError, match="both bands"):
        RiskSettings(act_below_80=0.4, on_track_attain=0.5)


def test_every_setting_says_what_it_does() -> None:
    assert all(field.description for field in RiskSettings.model_fields.values())
