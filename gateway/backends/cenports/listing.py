"""Lists in the gateway's order: by list time, then by id, and which part of them a page is."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from gateway.errors import Incomplete
from gateway.models import Sort
from gateway.ports import ListQuery, Position, Slice


class Listed(Protocol):
    """What has a place in a list."""

    @property
    def list_time(self) -> datetime:
        """The time that lists go by."""

    @property
    def backend_id(self) -> str:
        """The id that tells records of one time apart."""


R = TypeVar("R", bound=Listed)


def _place(record: Listed) -> tuple[datetime, str]:
    return record.list_time, record.backend_id


def behind(records: Iterable[R], query: ListQuery[Any]) -> list[R]:
    """Those behind the query's position, in list order."""
    down, after = query.sort is Sort.DESC, query.after

    def wanted(record: R) -> bool:
        place = _place(record)
        bound = after and (after.list_time, after.backend_id)
        return not bound or (place < bound if down else place > bound)

    return sorted(filter(wanted, records), key=_place, reverse=down)


def page(
    looked_at: Sequence[R], query: ListQuery[Any], matches: Callable[[R], bool], *, ended: bool, gaps: Sequence[Incomplete]
) -> Slice[R]:
    """A page of what was looked at, which is behind the position and in list order. `ended`: nothing lies behind it."""
    matching = [record for record in looked_at if matches(record)]
    if len(matching) > query.limit:
        records = matching[: query.limit]
        return Slice(records=records, position=_position(records), more=True, gaps=gaps)
    return Slice(records=matching, position=_position(looked_at), more=not ended, gaps=gaps)


def _position(records: Sequence[Listed]) -> Position | None:
    return Position(*_place(records[-1])) if records else None
