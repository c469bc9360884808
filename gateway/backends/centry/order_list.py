"""The list of Centry's orders in order of time: what is asked of Centry, and where a walk through the list stands."""

import time
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil

from cachetools import TTLCache

from gateway.backends.centry import mapping, wire
from gateway.backends.centry.client import CentryClient, Sent, written
from gateway.backends.centry.settings import CentrySettings
from gateway.backends.centry.walk import MILLISECOND, Part, Seen, Stride, Window, first_part, whole_milliseconds
from gateway.clock import Patience
from gateway.mapping import Scope
from gateway.models import Backend, OrderFilter, OrderStatus, Sort, TimeRange
from gateway.ports import Position
from gateway.stretches import REMEMBERED, Place, Shelf, Stretch, Walk, asked_at, is_behind

SentOrder = Sent[wire.Order]

TOO_MANY_CALLS = 10
_FILLING = 0.8  # of pages, by a span that is chosen to fit into them
_FIRST, _LAST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
"""What lies outside of these cannot be told in every zone, and no order does."""


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


@dataclass(frozen=True, slots=True)
class Density:
    """How far apart the records of a part of a list lie, and, of its beginning, when the first one was created."""

    gap: timedelta
    front: datetime | None


class OrderList:
    """Walks through the list. Keeps what a walk left over for a while, and remembers how dense a list is."""

    def __init__(self, client: CentryClient, settings: CentrySettings) -> None:
        self._client = client
        self._zone = settings.zone
        self.page_size = settings.page_size
        self.shelf = Shelf[Seen[SentOrder], bool](Backend.CENTRY, settings.cache_ttl, lambda seen: len(seen.record.raw))
        self.densities: TTLCache[Hashable, Density] = TTLCache(100, REMEMBERED)

    def walk(self, wanted: OrderFilter, sort: Sort, place: Place | None, limit: int) -> "OrderWalk":
        """A walk that takes steps of about `limit` records, but no small part of a page."""
        return OrderWalk(self, wanted, sort, place, max(limit + 1, self.page_size // 2))

    async def page(self, filters: dict[str, str], window: Window, after: str | None) -> list[Seen[SentOrder]]:
        """One page of the orders with these filters that were created in the window."""
        asked = filters | created_within(window)
        return [self._seen(sent) for sent in await self._client.orders(asked, after)]

    def _seen(self, sent: SentOrder) -> Seen[SentOrder]:
        scope = Scope(zone=self._zone, currency=None, fetched_at=sent.fetched_at)
        return Seen(mapping.list_time(sent.record.created_at, scope), sent.id, sent)


class OrderWalk:
    """One walk: stretch by stretch, each behind the one before. Their `rest` is true if there may be more."""

    def __init__(self, orders: OrderList, wanted: OrderFilter, sort: Sort, place: Place | None, step: int) -> None:
        self._orders = orders
        self._filters = pushed(wanted)
        self._range = wanted.placed_at
        self._sort = sort
        self._step = step
        self._calls = 0
        self._patience = Patience()
        self._key = (*sorted(self._filters.items()), self._range)
        self._walk = Walk(orders.shelf, self._key, place, sort, self._read_on)

    @property
    def tired(self) -> bool:
        """Whether it has asked so often, or for so long, that it should go on another time."""
        return self._calls >= TOO_MANY_CALLS or self._patience.ended

    @property
    def is_old(self) -> bool:
        """Whether an older stretch had to answer: what it gave is worth showing, though the next cannot be read."""
        return self._walk.is_old

    async def next(self) -> Stretch[Seen[SentOrder], bool]:
        """The next stretch of the list. Not to be called behind one without `rest`."""
        return await self._walk.next()

    async def _read_on(self, place: Place | None, _rest: bool | None) -> Stretch[Seen[SentOrder], bool]:
        started, calls = time.monotonic(), self._calls
        stride = self._stride(place)
        part = await first_part(
            self._read,
            _window(self._range, None if place is None else place[0], self._sort),
            sort=self._sort,
            wanted=self._step,
            keep=lambda seen: is_behind(place_of(seen), place, self._sort),
            stride=stride,
            full=self._orders.page_size,
        )
        served_well = stride is not None and self._calls - calls <= stride.pages + 1 and len(part.records) >= self._step
        if not part.whole and not served_well:
            self._remember(part, place)
        return Stretch(
            start=place,
            places=[place_of(seen) for seen in part.records],
            records=part.records,
            rest=None if part.whole else True,
            asked_at=asked_at(started, (seen.record.fetched_at for seen in part.records)),
        )

    async def _read(self, window: Window, after: str | None) -> list[Seen[SentOrder]]:
        self._calls += 1
        return await self._orders.page(self._filters, window, after)

    def _stride(self, place: Place | None) -> Stride | None:
        """As wide as whole pages are likely to fill, if it is known how dense the list is there."""
        known = self._orders.densities.get((self._key, self._sort, place is None))
        if known is None:
            return None
        page = self._orders.page_size * _FILLING
        pages = ceil(self._step / page)
        return Stride(known.gap * pages * page, pages, known.front)

    def _remember(self, part: Part[SentOrder], place: Place | None) -> None:
        """What served well is not changed: copies of answers are found by the same questions."""
        first, last = part.records[0].time, part.records[-1].time
        gap = max(abs((first if place is None else place[0]) - last) / len(part.records), MILLISECOND)
        self._orders.densities[self._key, self._sort, place is None] = Density(gap, first if place is None else None)
        if place is None:
            self._orders.densities.setdefault((self._key, self._sort, False), Density(gap, None))


def place_of(seen: Seen[SentOrder]) -> Place:
    """Where an order stands. The number leaves room right before and behind it."""
    return (*seen.key, 0)


def behind(position: Position | None) -> Place | None:
    """The place right behind the order at this position."""
    return None if position is None else (position.list_time, position.backend_id, 0)


def before(at: datetime, order_id: str, sort: Sort) -> Place:
    """The place right before an order, in the list's direction."""
    return at, order_id, -1 if sort is Sort.ASC else 1


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


def created_within(window: Window) -> dict[str, str]:
    """What limits a list of orders to those that were created in this window."""
    return _time_filters("created_at", window)


def _time_filters(name: str, window: Window) -> dict[str, str]:
    """Chapter "Filters" of the page: `_gte` and `_lt` of created_at and updated_at."""
    ends = {f"{name}_gte": window.start, f"{name}_lt": window.end}
    return {key: written(end) for key, end in ends.items() if end}
