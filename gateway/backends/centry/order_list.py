"""The list of Centry's orders in order of time: what is asked of Centry, and where a walk through the list stands."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from cachetools import LRUCache

from gateway.backends.centry import mapping, wire
from gateway.backends.centry.client import CentryClient, Sent, written
from gateway.backends.centry.walk import MILLISECOND, Part, Seen, Window, first_part, whole_milliseconds
from gateway.clock import Patience
from gateway.mapping import Scope
from gateway.models import OrderFilter, OrderStatus, Sort, TimeRange
from gateway.ports import Position

SentOrder = Sent[wire.Order]

_MANY_CALLS = 5
_TOO_MANY_CALLS = 10
_SPARE = 1.3
_FIRST, _LAST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
"""What lies outside of these cannot be told in every zone, and no order does."""


@dataclass(frozen=True, slots=True)
class Behind:
    """The part of the list that lies behind a place: at which time it begins, and which records are in it."""

    time: datetime | None
    holds: Callable[[Seen[SentOrder]], bool]


def behind(position: Position | None, sort: Sort) -> Behind:
    """Behind the order at this position; None: everything."""
    if position is None:
        return Behind(None, lambda _: True)
    place = (position.list_time, position.backend_id)
    if sort is Sort.ASC:
        return Behind(position.list_time, lambda seen: seen.key > place)
    return Behind(position.list_time, lambda seen: seen.key < place)


def nothing_fits(wanted: OrderFilter, kinds: frozenset[Hashable]) -> bool:
    """Whether no order of Centry's can be in the list, so that nobody needs to be asked."""
    if wanted.kinds is not None and wanted.kinds.isdisjoint(kinds):
        return True
    return wanted.statuses is not None and not wanted.statuses & {*mapping.STATUS_WORDS.values(), OrderStatus.UNKNOWN}


def pushed(wanted: OrderFilter) -> dict[str, str]:
    """What of the filter Centry itself can apply: one status word, one origin, a range of times of change."""
    words = _status_words(wanted)
    origins = list(wanted.channel_ids or ())
    filters = _time_filters("updated_at", _window(wanted.updated_at))
    if len(words) == 1:
        filters["status"] = words[0]
    if len(origins) == 1:
        filters["origin"] = origins[0]
    return filters


def left_to_us(wanted: OrderFilter) -> bool:
    """Whether there is more to the filter than what Centry applies: then many records may not match."""
    several_words = wanted.statuses is not None and len(_status_words(wanted)) != 1
    several_origins = wanted.channel_ids is not None and len(wanted.channel_ids) != 1
    return several_words or several_origins or wanted.skus is not None


class OrderList:
    """Walks through the list. Remembers how close together the records of a long list lay."""

    def __init__(self, client: CentryClient, zone: tzinfo, page_size: int) -> None:
        self._client = client
        self._zone = zone
        self._page_size = page_size
        self._gaps: LRUCache[Hashable, timedelta] = LRUCache(100)

    def walk(self, wanted: OrderFilter, sort: Sort, place: Behind, limit: int) -> "OrderWalk":
        """A walk that takes steps of about `limit` records."""
        return OrderWalk(self, wanted, sort, place, min(limit, self._page_size) + 1)

    async def page(self, filters: dict[str, str], window: Window, after: str | None) -> list[Seen[SentOrder]]:
        """One page of the orders with these filters that were created in the window."""
        asked = filters | _time_filters("created_at", window)
        return [self._seen(sent) for sent in await self._client.orders(asked, after)]

    def gap(self, key: Hashable) -> timedelta | None:
        """How far apart the records of a list with these filters lie, if it is so long that this matters."""
        return self._gaps.get(key)

    def remember(self, key: Hashable, gap: timedelta) -> None:
        """Keep how far apart they lay."""
        self._gaps[key] = gap

    def _seen(self, sent: SentOrder) -> Seen[SentOrder]:
        scope = Scope(zone=self._zone, currency=None, fetched_at=sent.fetched_at)
        return Seen(mapping.list_time(sent.record.created_at, scope), sent.id, sent)


class OrderWalk:
    """One walk: part by part, each behind the one before."""

    def __init__(self, orders: OrderList, wanted: OrderFilter, sort: Sort, place: Behind, step: int) -> None:
        self._orders = orders
        self._filters = pushed(wanted)
        self._range = wanted.placed_at
        self._sort = sort
        self._place = place
        self._step = step
        self._calls = 0
        self._patience = Patience()

    @property
    def tired(self) -> bool:
        """Whether it has asked so often, or for so long, that it should go on another time."""
        return self._calls >= _TOO_MANY_CALLS or self._patience.ended

    async def next(self) -> Part[SentOrder]:
        """The next part of the list. Not to be called behind one that is whole."""
        before = self._calls
        part = await first_part(
            self._read,
            _window(self._range, self._place.time, self._sort),
            sort=self._sort,
            wanted=self._step,
            keep=self._place.holds,
            stride=self._known_stride(),
        )
        if not part.whole:
            self._go_on(part, many_calls=self._calls - before > _MANY_CALLS)
        return part

    async def _read(self, window: Window, after: str | None) -> list[Seen[SentOrder]]:
        self._calls += 1
        return await self._orders.page(self._filters, window, after)

    @property
    def _key(self) -> Hashable:
        return tuple(sorted(self._filters.items()))

    def _known_stride(self) -> timedelta | None:
        """Only where the front of what is left is known: before that, nobody knows when the first record is."""
        gap = None if self._place.time is None else self._orders.gap(self._key)
        return gap * self._step * _SPARE if gap else None

    def _go_on(self, part: Part[SentOrder], *, many_calls: bool) -> None:
        first, last = part.records[0], part.records[-1]
        self._place = behind(Position(last.time, last.id), self._sort)
        if many_calls:
            self._orders.remember(self._key, max(abs(first.time - last.time) / len(part.records), MILLISECOND))


def _status_words(wanted: OrderFilter) -> list[str]:
    """Centry's words for the wanted statuses; none if UNKNOWN is among them, for that is every other word."""
    statuses = wanted.statuses or frozenset()
    if OrderStatus.UNKNOWN in statuses:
        return []
    return [word for word, status in mapping.STATUS_WORDS.items() if status in statuses]


def _window(wanted: TimeRange | None, time: datetime | None = None, sort: Sort = Sort.ASC) -> Window:
    """The range in whole milliseconds, widened where it has to be, and only from (ASC) or up to (DESC) this time."""
    start, end = (wanted.start, wanted.end) if wanted else (None, None)
    start = whole_milliseconds(_told(start)) if start else None
    end = whole_milliseconds(_told(end)) + MILLISECOND if end else None
    if time is not None and sort is Sort.ASC:
        start = max(whole_milliseconds(time), start or whole_milliseconds(time))
    elif time is not None:
        behind_it = whole_milliseconds(time) + MILLISECOND
        end = min(behind_it, end or behind_it)
    return Window(start, end)


def _told(time: datetime) -> datetime:
    return min(max(time, _FIRST), _LAST)


def _time_filters(name: str, window: Window) -> dict[str, str]:
    """Chapter "Filters" of the page: `_gte` and `_lt` of created_at and updated_at."""
    ends = {f"{name}_gte": window.start, f"{name}_lt": window.end}
    return {key: written(end) for key, end in ends.items() if end}
