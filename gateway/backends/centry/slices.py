"""Slices: the next matching records, out of a walk through the orders or out of everything that some keys gave."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from gateway.backends.centry.order_list import OrderWalk, SentOrder
from gateway.backends.centry.walk import Seen
from gateway.errors import BackendError
from gateway.models import Sort
from gateway.ports import Position, Slice


class Listed(Protocol):
    """What has a place in a list."""

    @property
    def list_time(self) -> datetime: ...
    @property
    def backend_id(self) -> str: ...


R = TypeVar("R", bound=Listed)

Candidates = Callable[[Sequence[Seen[SentOrder]]], Awaitable[Iterable[tuple[Position, R | None]]]]
"""What a part of the list of orders gives, in order: each record with its position; None where one gives nothing."""

Matches = Callable[[R], bool]


async def walked(walk: OrderWalk, candidates: Candidates[R], matches: Matches[R], limit: int) -> Slice[R]:
    """At most `limit` matching records of the walk; fewer where so many would take too many calls."""
    taken: list[R] = []
    position = None
    while True:
        try:
            stretch = await walk.next()
        except BackendError:
            if not walk.is_old:
                raise
            return Slice(records=taken, position=position, more=True)
        for place, record in await candidates(stretch.records):
            if record is not None and matches(record):
                if len(taken) == limit:
                    return Slice(records=taken, position=position, more=True)
                taken.append(record)
            position = place
        if stretch.rest is None or walk.tired or len(taken) == limit:
            return Slice(records=taken, position=position, more=stretch.rest is not None)


def cut(records: Iterable[R], matches: Matches[R], sort: Sort, after: Position | None, limit: int) -> Slice[R]:
    """At most `limit` matching records behind `after`, out of all that there are."""
    found = sorted(filter(matches, records), key=key, reverse=sort is Sort.DESC)
    rest = [record for record in found if is_behind(record, after, sort)]
    taken = rest[:limit]
    position = Position(taken[-1].list_time, taken[-1].backend_id) if taken else None
    return Slice(records=taken, position=position, more=len(rest) > limit)


def key(record: Listed) -> tuple[datetime, str]:
    """Where a record stands in its list."""
    return record.list_time, record.backend_id


def is_behind(record: Listed, position: Position | None, sort: Sort) -> bool:
    """Whether the record comes strictly behind the position in the list; all do behind None."""
    if position is None:
        return True
    place = (position.list_time, position.backend_id)
    return key(record) > place if sort is Sort.ASC else key(record) < place
