"""Lists in the gateway's order: by list time, then by id, and which part of them a page is."""

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Protocol, TypeVar

from gateway.backends.cenports.days import Asking, Rest, next_part
from gateway.errors import Incomplete
from gateway.models import Sort
from gateway.ports import ListQuery, Position, Slice
from gateway.stretches import Place, Stretch, asked_at, is_behind


class Listed(Protocol):
    """What has a place in a list."""

    @property
    def list_time(self) -> datetime:
        """The time that lists go by."""

    @property
    def backend_id(self) -> str:
        """The id that tells records of one time apart."""

    @property
    def fetched_at(self) -> datetime:
        """When Cenports gave it."""


R = TypeVar("R", bound=Listed)


def place_of(position: Position | None) -> Place | None:
    """A position as a place in a list."""
    return None if position is None else (position.list_time, position.backend_id)


def behind(records: Iterable[R], place: Place | None, sort: Sort) -> list[R]:
    """Those behind the place, in list order; of those with the same id the last."""
    different = {record.backend_id: record for record in records}.values()
    wanted = (record for record in different if is_behind(_place(record), place, sort))
    return sorted(wanted, key=_place, reverse=sort is Sort.DESC)


async def stretch_behind(asking: Asking[R], rest: Rest, place: Place | None, sort: Sort) -> Stretch[R, Rest]:
    """The next records behind the place, at least one if there are any."""
    started = time.monotonic()
    found: list[R] = []
    gaps: list[Incomplete] = []
    reading: Rest | None = rest
    while reading and not found:
        part = await next_part(asking, reading, sort)
        found, reading = behind(part.records, place, sort), part.rest
        gaps += part.gaps
    return stretch(found, reading, place, gaps, started)


def stretch(
    records: Sequence[R], rest: Rest | None, start: Place | None, gaps: Sequence[Incomplete], started: float
) -> Stretch[R, Rest]:
    """A stretch of these records, for whose first one was asked at the monotonic time `started`."""
    age = asked_at(started, (record.fetched_at for record in records))
    places = [_place(record) for record in records]
    return Stretch(start=start, places=places, records=records, rest=rest, gaps=gaps, asked_at=age)


def page(
    looked_at: Sequence[R], query: ListQuery[Any], matches: Callable[[R], bool], *, ended: bool, gaps: Sequence[Incomplete]
) -> Slice[R]:
    """A page of what was looked at, which is behind the position and in list order. `ended`: nothing lies behind it."""
    matching = first_matching(looked_at, query, matches)
    if len(matching) > query.limit:
        records = matching[: query.limit]
        return Slice(records=records, position=_position(records), more=True, gaps=gaps)
    return Slice(records=matching, position=_position(looked_at), more=not ended, gaps=gaps)


def first_matching(looked_at: Sequence[R], query: ListQuery[Any], matches: Callable[[R], bool]) -> list[R]:
    """As many as are wanted, and one more that shows that they are not all."""
    return list(islice(filter(matches, looked_at), query.limit + 1))


def _position(records: Sequence[Listed]) -> Position | None:
    return Position(records[-1].list_time, records[-1].backend_id) if records else None


def _place(record: Listed) -> Place:
    return record.list_time, record.backend_id
