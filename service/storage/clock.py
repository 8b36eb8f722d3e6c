"""The clock of the operational database: one format for every stored moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def utc_now() -> str:
    """Return this moment in UTC, e.g. `2026-11-23T06:00:00.000000Z`; such texts sort in order of time."""
    return utc_text(datetime.now(UTC))


def utc_after(span: timedelta) -> str:
    """Return the moment that lies `span` from now, in the format of `utc_now`."""
    return utc_text(datetime.now(UTC) + span)


def utc_text(moment: datetime) -> str:
    """Return an aware moment in the format that is stored.

    Examples:
        >>> utc_text(datetime(2026, 11, 23, 6, tzinfo=UTC))
        '2026-11-23T06:00:00.000000Z'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
