"""What the dataset log keeps about a dataset is read back as it was."""

from __future__ import annotations

import json
from datetime import date

from features.domain.time import WorkCalendar
from features.domain.vocabulary import Grade
from features.history.describe import calendar_from_json, info_as_json, info_from_json
from features.history.source import DatasetInfo


def test_a_dataset_s_description_survives_as_json_text() -> None:
    calendar = WorkCalendar(7, "Asia/Shanghai", frozenset({date(2024, 10, 1)}), frozenset({date(2024, 9, 29)}))
    info = DatasetInfo("ds-1", calendar, Grade.B, "CNY", True, ("scale",), ("scale",), {"ordinal": 3})

    assert info_from_json("ds-1", json.loads(json.dumps(info_as_json(info)))) == info


def test_what_a_mapping_leaves_open_has_its_default() -> None:
    assert calendar_from_json({"holidays_country": "DE"}) == WorkCalendar()
