"""Turn `DatasetInfo` into the JSON values that the dataset log keeps, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import cast

from features.domain.time import WorkCalendar
from features.domain.vocabulary import Grade
from features.history.source import DatasetInfo


def info_as_json(info: DatasetInfo) -> dict[str, object]:
    """Return `info` without its version as JSON values.

    Examples:
        >>> info_as_json(DatasetInfo("ds-1"))["calendar"]["fiscal_start_month"]
        1
    """
    return {
        "calendar": calendar_as_json(info.calendar),
        "grade": info.grade.value,
        "currency": info.currency,
        "returns_allowed": info.returns_allowed,
        "faults": list(info.faults),
        "waived": list(info.waived),
        "metadata": dict(info.metadata),
    }


def info_from_json(dataset_version: str, values: Mapping[str, object]) -> DatasetInfo:
    """Return the `DatasetInfo` that `info_as_json` wrote.

    Examples:
        >>> info = DatasetInfo("ds-1", grade=Grade.A, faults=("scale",))
        >>> info_from_json("ds-1", info_as_json(info)) == info
        True
    """
    return DatasetInfo(
        dataset_version=dataset_version,
        calendar=calendar_from_json(cast("Mapping[str, object]", values["calendar"])),
        grade=Grade(str(values["grade"])),
        currency=str(values["currency"]),
        returns_allowed=bool(values["returns_allowed"]),
        faults=tuple(map(str, cast("Iterable[object]", values["faults"]))),
        waived=tuple(map(str, cast("Iterable[object]", values["waived"]))),
        metadata=dict(cast("Mapping[str, object]", values["metadata"])),
    )


def calendar_as_json(calendar: WorkCalendar) -> dict[str, object]:
    """Return a calendar as JSON values, days as ISO text in order."""
    return {
        "fiscal_start_month": calendar.fiscal_start_month,
        "zone": calendar.zone,
        "holidays": sorted(day.isoformat() for day in calendar.holidays),
        "extra_workdays": sorted(day.isoformat() for day in calendar.extra_workdays),
    }


def calendar_from_json(values: Mapping[str, object]) -> WorkCalendar:
    """Return the calendar that a mapping or the dataset log declares; what is not said keeps its default.

    Examples:
        >>> calendar_from_json({"fiscal_start_month": 7, "zone": "Asia/Shanghai"}).zone
        'Asia/Shanghai'
    """
    return WorkCalendar(
        fiscal_start_month=int(cast("int", values.get("fiscal_start_month", 1))),
        zone=str(values.get("zone", "UTC")),
        holidays=_days(values.get("holidays", ())),
        extra_workdays=_days(values.get("extra_workdays", ())),
    )


def _days(values: object) -> frozenset[date]:
    return frozenset(date.fromisoformat(str(value)) for value in cast("Iterable[object]", values))
