"""Orders of Cenports: listed, by id, by number, and which of them are acknowledged."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import TypeAlias

from cachetools import TTLCache

from gateway.backends.cenports import wire
from gateway.backends.cenports.client import CenportsClient, Reply, Span
from gateway.backends.cenports.days import Asking, Pace, Question, Rest, beginning, span_of
from gateway.backends.cenports.listing import behind, first_matching, page, place_of, stretch_behind
from gateway.backends.cenports.mapping import scope_of
from gateway.backends.cenports.mapping.identity import split_id
from gateway.backends.cenports.mapping.order import ORDER
from gateway.backends.cenports.numbers import portions, whole
from gateway.backends.cenports.settings import CenportsSettings
from gateway.clock import Patience
from gateway.errors import BackendError, Incomplete, NotSupported, Rejected
from gateway.models import Backend, Order, OrderFilter, OrderKind, Sort, TimeRange
from gateway.ports import ListQuery, Slice
from gateway.stretches import REMEMBERED, Place, Shelf, Stretch, Walk

Answer: TypeAlias = list[Order] | BackendError
Ask: TypeAlias = Callable[[Span | None, str | None, bool | None], Awaitable[Reply[Order]]]

KINDS = frozenset((OrderKind.SALE,))

NOTHING: Slice[Order] = Slice(records=(), position=None, more=False)

_NUMBER = attrgetter("number")


class Orders:
    """`channels` gives the ids of all sales channels."""

    def __init__(
        self, client: CenportsClient, settings: CenportsSettings, channels: Callable[[], Awaitable[Sequence[str]]]
    ) -> None:
        self._client = client
        self._settings = settings
        self._channels = channels
        self._shelf = Shelf[Order, Rest](Backend.CENPORTS, settings.cache_ttl, lambda order: len(order.raw or b""))
        self._paces: TTLCache[Hashable, Pace] = TTLCache(100, REMEMBERED)

    async def page(self, query: ListQuery[OrderFilter]) -> Slice[Order]:
        """Raises NotSupported for `updated_at`."""
        if query.filter.updated_at is not None:
            raise NotSupported("Cenports does not tell when an order was changed.", backend=Backend.CENPORTS)
        if excludes_all(query.filter):
            return NOTHING
        try:
            return await (self._dated(query) if query.filter.numbers is None else self._numbered(query))
        except Rejected:
            if await self._is_foreign(only_channel(query.filter)):
                return NOTHING
            raise

    async def _is_foreign(self, channel_id: str | None) -> bool:
        """Whether a channel that Cenports refuses to be asked for is another system's: it has orders of some that it does
        not list."""
        return channel_id is not None and channel_id not in await self._channels()

    async def by_id(self, ids: Iterable[str]) -> dict[str, Order | BackendError]:
        """By channel and number: numbers are asked for in all channels, and the channel then tells which order is meant."""
        numbers = {backend_id: split[1] for backend_id in ids if (split := split_id(backend_id, 2))}
        answers = await self.by_number(numbers.values())
        found: dict[str, Order | BackendError] = {}
        for backend_id, number in numbers.items():
            answer = _unaskable(number) if "," in number else answers.get(number, ())
            if isinstance(answer, BackendError):
                found[backend_id] = answer
            else:
                found.update((order.backend_id, order) for order in answer if order.backend_id == backend_id)
        return found

    async def by_number(self, numbers: Iterable[str]) -> dict[str, Sequence[Order] | BackendError]:
        """orderNo is the only number that Cenports lets one search; an order may go by it in each channel."""
        asked = dict.fromkeys(numbers)
        answers: dict[str, Answer] = {}
        for portion, answer in await self._portions(asked, None, None):
            answers.update((number, _of_number(answer, number)) for number in portion)
        return {number: answers[number.strip()] for number in asked if answers.get(number.strip())}

    async def acknowledged(self, orders: Sequence[Order]) -> Mapping[str, bool | BackendError]:
        """By the order's id. Asked by number where one call is enough, else for the days that they were placed on.

        Where the days hold more than one reply, the numbers are asked for after all: that costs a known number of calls.
        """
        numbers = [order.number for order in orders]
        if len(portions(numbers)) > 1:
            reply = await self._days_of(orders)
            if not reply.cut:
                known = {order.backend_id for order in reply.records}
                return {order.backend_id: order.backend_id in known for order in orders}
        return await self._acknowledged_by_number(orders, numbers)

    async def _days_of(self, orders: Sequence[Order]) -> Reply[Order]:
        placed, channels = [order.placed_at for order in orders], {order.channel_id for order in orders}
        ask = self._asking(True, channels.pop() if len(channels) == 1 else None)
        return await ask(span_of(min(placed), max(placed)), None, None)

    async def _acknowledged_by_number(
        self, orders: Sequence[Order], numbers: Sequence[str]
    ) -> Mapping[str, bool | BackendError]:
        answers = {number: answer for portion, answer in await self._portions(numbers, True, None) for number in portion}
        return {order.backend_id: _among(order, answers.get(order.number)) for order in orders}

    async def _dated(self, query: ListQuery[OrderFilter]) -> Slice[Order]:
        """Read by days, until one record more than wanted is certain to be next."""
        if (bounds := _bounds(query)) is None:
            return NOTHING
        walk = self._walk(query, span_of(*bounds))
        gaps: list[Incomplete] = []
        looked_at: list[Order] = []
        patience = Patience()
        while True:
            try:
                stretch = await walk.next()
            except BackendError:
                if not walk.is_old:
                    raise
                return page(looked_at, query, query.filter.matches, ended=False, gaps=gaps)
            gaps += stretch.gaps
            looked_at += stretch.records
            enough = len(first_matching(looked_at, query, query.filter.matches)) > query.limit
            if stretch.rest is None or enough or (patience.ended and looked_at):
                return page(looked_at, query, query.filter.matches, ended=stretch.rest is None, gaps=gaps)

    def _walk(self, query: ListQuery[OrderFilter], span: Span | None) -> Walk[Order, Rest]:
        """Through all orders that Cenports lets one ask for: the rest of the filter is for the page."""
        wanted, sort = query.filter, query.sort
        key = wanted.acknowledged, only_channel(wanted), wanted.placed_at
        asking = Asking(self._question(wanted))

        async def read(place: Place | None, rest: Rest | None) -> Stretch[Order, Rest]:
            known = self._paces.get(((key, sort), place is None))
            stretch = await stretch_behind(asking, rest or beginning(span, known, sort), place, sort)
            if stretch.rest and stretch.rest.pace and (known is None or known.days != stretch.rest.pace):
                self._remember((key, sort), stretch.rest.pace, stretch.records[0] if place is None else None)
            return stretch

        return Walk(self._shelf, key, place_of(query.after), sort, read)

    def _remember(self, key: Hashable, days: int, first: Order | None) -> None:
        """How dense a list is at its beginning, where its first order is given, or further on."""
        if first:
            self._paces[key, True] = Pace(days, first.placed_at.date())
            self._paces.setdefault((key, False), Pace(days))
        else:
            self._paces[key, False] = Pace(days)

    async def _numbered(self, query: ListQuery[OrderFilter]) -> Slice[Order]:
        wanted = query.filter
        found: dict[str, Order] = {}
        gaps: list[Incomplete] = []
        for _, answer in await self._portions(sorted(wanted.numbers or ()), wanted.acknowledged, only_channel(wanted)):
            if isinstance(answer, Incomplete):
                gaps.append(answer)
            elif isinstance(answer, BackendError):
                raise answer
            else:
                found.update((order.backend_id, order) for order in answer)
        gaps.append(Incomplete(Backend.CENPORTS, "Cenports can be searched by orderNo alone, not by customerOrderNo."))
        found_behind = behind(found.values(), place_of(query.after), query.sort)
        return page(found_behind, query, wanted.matches, ended=True, gaps=gaps)

    async def _portions(
        self, numbers: Iterable[str], acknowledged: bool | None, channel_id: str | None
    ) -> list[tuple[Sequence[str], Answer]]:
        """Numbers that were asked for together, with their orders or the error in their place."""

        async def ask(some: Sequence[str]) -> Reply[Order]:
            reply = await self._client.orders(numbers=some, acknowledged=acknowledged, channel_id=channel_id)
            return self._mapped(reply, acknowledged)

        answers = await asyncio.gather(*(whole(ask, portion, _NUMBER) for portion in portions(numbers)))
        return [each for of_portion in answers for each in of_portion]

    def _question(self, wanted: OrderFilter) -> Question[Order]:
        channel = only_channel(wanted)
        return Question(
            ask=self._asking(wanted.acknowledged, channel),
            dated=attrgetter("placed_at"),
            channel_of=attrgetter("channel_id"),
            channels=None if channel else self._channels,
            divisible=wanted.acknowledged is None,
            named=f"channel {channel}" if channel else "the orders",
        )

    def _asking(self, wanted: bool | None, only: str | None) -> Ask:
        async def ask(days: Span | None, channel_id: str | None, acknowledged: bool | None) -> Reply[Order]:
            """Whole if it is for a day, which cannot be narrowed: of all else, the rest may well not be wanted."""
            channel, a_day = only or channel_id, days is not None and days.days <= 1
            asked = acknowledged if wanted is None else wanted
            reply = await self._client.orders(days=days, channel_id=channel, acknowledged=asked, whole=a_day)
            return self._mapped(reply, asked)

        return ask

    def _mapped(self, reply: Reply[wire.Sent[wire.Order]], acknowledged: bool | None) -> Reply[Order]:
        orders = [ORDER(sent.record, scope_of(self._settings, sent, acknowledged)) for sent in reply.records]
        return Reply(orders, reply.cut, reply.linked)


def only_channel(wanted: OrderFilter) -> str | None:
    """Cenports can be asked for all channels or for one."""
    return next(iter(wanted.channel_ids)) if wanted.channel_ids and len(wanted.channel_ids) == 1 else None


def excludes_all(wanted: OrderFilter) -> bool:
    sets = (wanted.kinds, wanted.statuses, wanted.numbers, wanted.channel_ids, wanted.skus)
    no_sale = wanted.kinds is not None and wanted.kinds.isdisjoint(KINDS)
    return no_sale or any(one is not None and not one for one in sets)


def _bounds(query: ListQuery[OrderFilter]) -> tuple[datetime | None, datetime | None] | None:
    """Between which instants the rest of the list lies, each open if nothing limits it; None: there is no rest."""
    placed = query.filter.placed_at or TimeRange()
    start, end, after = placed.start, placed.end, query.after
    if after and query.sort is Sort.DESC:
        end = min(end or after.list_time, after.list_time)
    elif after:
        start = max(start or after.list_time, after.list_time)
    return None if start and end and start > end else (start, end)


def _of_number(answer: Answer, number: str) -> Answer:
    return answer if isinstance(answer, BackendError) else [order for order in answer if order.number == number]


def _unaskable(number: str) -> Incomplete:
    return Incomplete(Backend.CENPORTS, f"Cenports cannot be asked for order number {number}.")


def _among(order: Order, acknowledged: Answer | None) -> bool | BackendError:
    if acknowledged is None:
        return _unaskable(order.number)
    if isinstance(acknowledged, BackendError):
        return acknowledged
    return any(known.backend_id == order.backend_id for known in acknowledged)
