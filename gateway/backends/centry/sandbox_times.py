"""Centry's times: how they are written, and a clock that never tells the same time twice."""

from datetime import UTC, datetime, timedelta

from gateway.backends.centry.sandbox_lists import CHILE, Fields

_TICK = timedelta(milliseconds=1)
"""The page's times have milliseconds."""


def offset_time(moment: datetime) -> str:
    """A time with Chile's offset and milliseconds, as in most of the page's examples."""
    return moment.astimezone(CHILE).isoformat(timespec="milliseconds")


def utc_time(moment: datetime) -> str:
    """A time in UTC, as the page shows for products, brands, categories, colours and sizes."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def newest(latest: datetime | None, record: Fields) -> datetime | None:
    """The later of a time and the record's last update."""
    told = record.get("updated_at")
    moment = datetime.fromisoformat(told) if told else None
    return max((time for time in (latest, moment) if time), default=None)


def now_after(latest: datetime | None) -> datetime:
    """Now, or a moment after the latest time where the clock has not passed that."""
    now = datetime.now(UTC)
    return now if latest is None else max(now, latest + _TICK)
