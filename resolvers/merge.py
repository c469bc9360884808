"""One ordered page out of several backends' lists of records.

Each backend gives its next records behind its own position; they are merged by list time, backend and backend id. A record is
taken only when no backend can still hold an earlier one, so that every page, and the walk over all of them, is in order.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from gateway.clock import micros, of_micros
from gateway.entities import Page, SourceReport
from gateway.errors import GatewayError
from gateway.models import Backend, Sort
from gateway.ports import Freshness, Position, Slice
from resolvers.context import Context
from resolvers.pages import exact, page_size
from resolvers.sources import Fetched, older_of, report

Place = tuple[int, str]
"""A position as a cursor holds it: microseconds since 1970, and the backend id."""


class _Cursor(NamedTuple):
    """What a cursor holds. The names of the backends are not in it but in what it is bound to: here they are numbers.

    `places` has a place for each. `last` is the last record that the walk has shown: its time, its backend and its id; or the
    backend alone, if it stands at that one's place. `owing` are backends that failed, and may hold records ahead of it.
    """

    places: list[Place | None]
    last: int | tuple[int, int, str] | None
    owing: list[int]

    def shown(self) -> tuple[int, int, str] | None:
        """The last record that the walk has shown."""
        if not isinstance(self.last, int):
            return self.last
        place = self.places[self.last]
        return None if place is None else (place[0], self.last, place[1])


_BEGINNING = _Cursor([], None, [])


class ListRecord(Fetched, Protocol):
    """What a list can be ordered by."""

    @property
    def backend(self) -> Backend: ...
    @property
    def backend_id(self) -> str: ...
    @property
    def list_time(self) -> datetime: ...


R = TypeVar("R", bound=ListRecord)
Read = Callable[[Backend, Position | None, int], Awaitable[Slice[R]]]
"""Asks one backend for the next records behind a position, at most so many."""


@dataclass
class _Lane(Generic[R]):
    """One backend's part of the merge: what it gave, and how much of it was taken.

    The first ones of what it gave were added `late`, ahead of what the walk has shown: it would lose its order by them.
    """

    name: Backend
    start: Place | None
    answer: Slice[R] | GatewayError
    late: int
    taken: int

    @property
    def records(self) -> Sequence[R]:
        return () if isinstance(self.answer, GatewayError) else self.answer.records

    @property
    def head(self) -> R | None:
        return self.records[self.taken] if self.taken < len(self.records) else None

    @property
    def more(self) -> bool:
        """Whether it may hold records behind those that it gave."""
        return not isinstance(self.answer, GatewayError) and self.answer.more

    def place(self, taken: int) -> Place | None:
        """Where a walk goes on once so many of its records were taken."""
        if taken == 0:
            return self.start
        record = self.records[taken - 1]
        return _place(record.list_time, record.backend_id)

    def end(self) -> Place | None:
        """The same for the whole page: behind everything that was looked at, if all that was found is taken."""
        answer = self.answer
        if self.head is None and not isinstance(answer, GatewayError) and answer.position is not None:
            return _place(answer.position.list_time, answer.position.backend_id)
        return self.place(self.taken)

    def report(self, fresh: Freshness | None) -> SourceReport:
        """How it took part in the page."""
        if isinstance(self.answer, GatewayError):
            return report(self.name, self.answer)
        return report(self.name, self.records[self.late : self.taken], older_of(fresh, self.answer.older), self.answer.gaps)


async def merged_page(
    context: Context,
    backends: Sequence[Backend],
    read: Read[R],
    *,
    bound: bytes,
    first: int | None,
    after: str | None,
    sort: Sort,
    ports: Sequence[type[Any]] = (),
) -> Page[R]:
    """The next `first` records of all these backends' lists together, with a report of each.

    Cursors are bound to `bound` and the backends. `ports` are those that the records were asked of before, where `read` does
    not ask.
    """
    size = page_size(first)
    own = context.cursors.bind(bound, "2", *backends)
    at = _BEGINNING if after is None else context.cursors.open(own, after, _Cursor)
    lanes = await asyncio.gather(*(_lane(number, backends, at, read, size, sort) for number in range(len(backends))))
    nodes = _merge(lanes, size, sort)
    fresh = await context.sources.freshness(backends, *ports)
    owing = [number for number, lane in enumerate(lanes) if isinstance(lane.answer, GatewayError)]

    def cursor(places: list[Place | None], last: R | None) -> str:
        shown = at.shown() if last is None else (micros(last.list_time), backends.index(last.backend), last.backend_id)
        short = shown is not None and places[shown[1]] == (shown[0], shown[2])
        return context.cursors.seal(own, _Cursor(places, shown[1] if shown and short else shown, owing))

    return Page(
        nodes=nodes,
        cursor_behind=lambda index: cursor(_places_behind(lanes, nodes, index), nodes[index]),
        end_cursor=cursor([lane.end() for lane in lanes], nodes[-1] if nodes else None),
        has_next_page=any(lane.head is not None or lane.more for lane in lanes),
        has_previous_page=after is not None,
        sources=[lane.report(fresh.get(lane.name)) for lane in lanes],
    )


async def page_of_parts(
    context: Context,
    parts: Mapping[Backend, Sequence[R] | GatewayError],
    *,
    bound: bytes,
    first: int | None,
    after: str | None,
    ports: Sequence[type[Any]],
) -> Page[R]:
    """The same out of lists that are at hand, oldest first: of each backend its records, or what kept it from giving them.

    `ports` are those that they were asked of.
    """

    async def read(name: Backend, position: Position | None, limit: int) -> Slice[R]:
        part = parts[name]
        if isinstance(part, GatewayError):
            raise part
        place = None if position is None else (position.list_time, position.backend_id)
        rest = sorted((r for r in part if place is None or _own_key(r) > place), key=_own_key)
        return Slice(records=rest[:limit], position=None, more=len(rest) > limit)

    page = await merged_page(context, list(parts), read, bound=bound, first=first, after=after, sort=Sort.ASC, ports=ports)
    known = [len(part) for part in parts.values() if not isinstance(part, GatewayError)]
    return replace(page, total_count=sum(known) if exact(page.sources) else None)


async def _lane(number: int, backends: Sequence[Backend], at: _Cursor, read: Read[R], limit: int, sort: Sort) -> _Lane[R]:
    name, start = backends[number], at.places[number] if at.places else None
    position = None if start is None else Position(of_micros(start[0]), start[1])
    try:
        answer = await read(name, position, limit)
    except GatewayError as error:
        return _Lane(name, start, error, 0, 0)
    late, shown = 0, at.shown()
    if shown is not None and number not in at.owing:
        last = of_micros(shown[0]), backends[shown[1]], shown[2]
        late = sum(_key(record) <= last if sort is Sort.ASC else _key(record) >= last for record in answer.records)
    return _Lane(name, start, answer, late, late)


def _merge(lanes: Sequence[_Lane[R]], size: int, sort: Sort) -> list[R]:
    """Take the next record of all, again and again; stop where a backend that has more did not say what comes next."""
    nodes: list[R] = []
    choose = min if sort is Sort.ASC else max
    while len(nodes) < size and not any(lane.head is None and lane.more for lane in lanes):
        heads = [(_key(lane.head), lane) for lane in lanes if lane.head is not None]
        if not heads:
            break
        _, lane = choose(heads, key=lambda pair: pair[0])
        nodes.append(lane.records[lane.taken])
        lane.taken += 1
    return nodes


def _own_key(record: ListRecord) -> tuple[datetime, str]:
    return record.list_time, record.backend_id


def _key(record: ListRecord) -> tuple[datetime, str, str]:
    return record.list_time, record.backend, record.backend_id


def _places_behind(lanes: Sequence[_Lane[R]], nodes: Sequence[R], index: int) -> list[Place | None]:
    counts = Counter(node.backend for node in nodes[: index + 1])
    return [lane.place(lane.late + counts[lane.name]) for lane in lanes]


def _place(time: datetime, backend_id: str) -> Place:
    return micros(time), backend_id
