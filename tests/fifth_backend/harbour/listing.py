"""Lists and look-ups: pages out of Harbour's lists, and answers by key out of calls that take 50 keys each."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from gateway.backends.harbour.client import MOST
from gateway.clock import Patience
from gateway.errors import BackendError
from gateway.models import Sort
from gateway.ports import ListQuery, Position, Slice


class Listed(Protocol):
    """What has a place in a list."""

    @property
    def list_time(self) -> datetime: ...
    @property
    def backend_id(self) -> str: ...


R = TypeVar("R", bound=Listed)
V = TypeVar("V")
Read = Callable[[Position | None], Awaitable[tuple[Sequence[R], bool]]]
"""Gives the records of the list behind a position, and whether it goes on behind them."""


async def walked(read: Read[R], query: ListQuery[Any], matches: Callable[[R], bool]) -> Slice[R]:
    """The next records that match; fewer where so many would take too long."""
    found: list[R] = []
    place, patience = query.after, Patience()
    while True:
        records, more = await read(place)
        for record in records:
            if matches(record) and len(found) == query.limit:
                return Slice(records=found, position=place, more=True)
            if matches(record):
                found.append(record)
            place = _place(record)
        if not more or len(found) == query.limit or patience.ended:
            return Slice(records=found, position=None if place == query.after else place, more=more)


def cut(records: Iterable[R], query: ListQuery[Any], matches: Callable[[R], bool]) -> Slice[R]:
    """The same out of all records that can match."""
    down = query.sort is Sort.DESC
    bound = (query.after.list_time, query.after.backend_id) if query.after else None
    fitting = sorted(filter(matches, records), key=_key, reverse=down)
    rest = [one for one in fitting if bound is None or (_key(one) < bound if down else _key(one) > bound)]
    taken = rest[: query.limit]
    return Slice(records=taken, position=_place(taken[-1]) if taken else None, more=len(rest) > query.limit)


async def by_key(
    keys: Iterable[str], ask: Callable[[Sequence[str]], Awaitable[Sequence[V]]], keys_of: Callable[[V], Iterable[str | None]]
) -> dict[str, list[V] | BackendError]:
    """What goes by each key, matched without white space around it. A key that nothing goes by is missing."""
    asked = {key: key.strip() for key in keys if key.strip()}
    different = list(dict.fromkeys(asked.values()))
    portions = [different[start : start + MOST] for start in range(0, len(different), MOST)]
    found: dict[str, list[V] | BackendError] = {}
    for portion, answer in zip(portions, await asyncio.gather(*(_or_error(ask, part) for part in portions)), strict=True):
        for key in portion:
            mine = answer if isinstance(answer, BackendError) else [one for one in answer if key in keys_of(one)]
            if mine:
                found[key] = mine
    return {key: found[trimmed] for key, trimmed in asked.items() if trimmed in found}


def one_each(found: dict[str, list[V] | BackendError]) -> dict[str, V | BackendError]:
    """The same where a key is that of one record."""
    return {key: answer if isinstance(answer, BackendError) else answer[0] for key, answer in found.items()}


async def _or_error(
    ask: Callable[[Sequence[str]], Awaitable[Sequence[V]]], portion: Sequence[str]
) -> Sequence[V] | BackendError:
    try:
        return await ask(portion)
    except BackendError as error:
        return error


def _key(record: Listed) -> tuple[datetime, str]:
    return record.list_time, record.backend_id


def _place(record: Listed) -> Position:
    return Position(*_key(record))
