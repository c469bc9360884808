"""Shipments of Cenports: channel by channel, as each call is for one channel."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import TypeAlias

from gateway.backends.cenports import wire
from gateway.backends.cenports.client import CenportsClient, Reply, Span
from gateway.backends.cenports.days import Asking, Question, Rest, beginning, next_part
from gateway.backends.cenports.listing import behind, page, place_of, stretch
from gateway.backends.cenports.mapping import scope_of
from gateway.backends.cenports.mapping.identity import split_id
from gateway.backends.cenports.mapping.shipment import Parcel, number_of, parcels, shipment, shipped
from gateway.backends.cenports.numbers import listed, whole
from gateway.backends.cenports.orders import Orders
from gateway.backends.cenports.settings import CenportsSettings
from gateway.errors import BackendError, Incomplete
from gateway.models import Backend, Order, Shipment, ShipmentFilter, Sort
from gateway.ports import ListQuery, Slice
from gateway.stretches import Place, Shelf, Stretch, Walk

Sent: TypeAlias = wire.Sent[wire.Shipment]

Owner: TypeAlias = tuple[str, str]
"""Channel and number of an order."""


MOST = 90
"""Numbers in one call: below `limit`, so that a reply with a shipment for each is no longer than what was asked for."""

LONGEST = 2000
"""Characters of numbers in one call: they stand in the address too, where they take three times as much."""


class Shipments:
    """`channels` gives the ids of all sales channels."""

    def __init__(
        self,
        client: CenportsClient,
        settings: CenportsSettings,
        orders: Orders,
        channels: Callable[[], Awaitable[Sequence[str]]],
    ) -> None:
        self._client = client
        self._settings = settings
        self._orders = orders
        self._channels = channels
        self._shelf = Shelf[Shipment, Rest](Backend.CENPORTS, settings.cache_ttl, lambda shipment: len(shipment.raw or b""))

    async def page(self, query: ListQuery[ShipmentFilter]) -> Slice[Shipment]:
        """Every channel is read whole: by which date Cenports looks for shipments, its page does not say."""
        wanted, sort = query.filter, query.sort
        sets = (wanted.statuses, wanted.order_numbers, wanted.tracking_numbers)
        if any(one is not None and not one for one in sets):
            return Slice(records=(), position=None, more=False)

        async def read(_place: Place | None, _rest: Rest | None) -> Stretch[Shipment, Rest]:
            return await self._whole_list(wanted, sort)

        place = place_of(query.after)
        walk = Walk(self._shelf, (wanted.acknowledged, wanted.order_numbers), None, sort, read)
        everything = await walk.next()
        left = everything.behind(place, sort)
        return page(left.records, query, wanted.matches, ended=True, gaps=left.gaps)

    async def by_id(self, ids: Iterable[str]) -> Mapping[str, Shipment | BackendError]:
        """Among the shipments of the order that the id names."""
        owners = {backend_id: (split[0], split[1]) for backend_id in ids if (split := split_id(backend_id, 3))}
        answers = await self._by_number(owners.values())
        found: dict[str, Shipment | BackendError] = {}
        wanted: list[Parcel] = []
        for backend_id, owner in owners.items():
            answer = answers.get(owner, [])
            if isinstance(answer, BackendError):
                found[backend_id] = answer
            else:
                wanted += (parcel for parcel in answer if parcel.backend_id == backend_id)
        for parcel, at in zip(wanted, await self._times(wanted), strict=True):
            found[parcel.backend_id] = at if isinstance(at, BackendError) else self._shipment(parcel, at, None)
        return found

    async def by_order(self, orders: Sequence[Order]) -> Mapping[str, Sequence[Shipment] | BackendError]:
        """By the order's id; no shipments is an answer too."""
        owners = {order.backend_id: (order.channel_id or "", order.number) for order in orders}
        answers = await self._by_number(owners.values())
        found: dict[str, Sequence[Shipment] | BackendError] = {}
        for order in orders:
            answer = answers.get(owners[order.backend_id], _unaskable(order))
            if isinstance(answer, BackendError):
                found[order.backend_id] = answer
            else:
                found[order.backend_id] = [
                    self._shipment(parcel, self._shipped(parcel) or order.placed_at, None) for parcel in answer
                ]
        return found

    async def _whole_list(self, wanted: ShipmentFilter, sort: Sort) -> Stretch[Shipment, Rest]:
        started = time.monotonic()
        read = await asyncio.gather(*(self._of_channel(channel, wanted) for channel in await self._channels()))
        found = [parcel for of_channel, _ in read for parcel in of_channel]
        times = await self._times(found)
        gaps = [*(gap for _, of_channel in read for gap in of_channel), *_gaps(times)]
        shipments = [
            self._shipment(parcel, at, wanted.acknowledged)
            for parcel, at in zip(found, times, strict=True)
            if isinstance(at, datetime)
        ]
        return stretch(behind(shipments, None, sort), None, None, gaps, started)

    async def _of_channel(self, channel_id: str, wanted: ShipmentFilter) -> tuple[list[Parcel], list[Incomplete]]:
        sent: dict[bytes, Sent] = {}
        gaps: list[Incomplete] = []
        if wanted.order_numbers is None:
            asking = Asking(self._question(channel_id, wanted.acknowledged))
            rest: Rest | None = beginning(None, None, Sort.DESC)
            while rest:
                part = await next_part(asking, rest, Sort.DESC)
                sent.update((one.raw, one) for one in part.records)
                gaps += part.gaps
                rest = part.rest
        else:
            portions = _portions(sorted(wanted.order_numbers))
            asked = (self._answers(channel_id, portion, wanted.acknowledged) for portion in portions)
            for _, answer in chain.from_iterable(await asyncio.gather(*asked)):
                if isinstance(answer, Incomplete):
                    gaps.append(answer)
                elif isinstance(answer, BackendError):
                    raise answer
                else:
                    sent.update((one.raw, one) for one in answer)
        return parcels(list(sent.values()), channel_id), gaps

    async def _by_number(self, owners: Iterable[Owner]) -> dict[Owner, list[Parcel] | BackendError]:
        """The shipments of each order that is told by channel and number."""
        numbers: dict[str, list[str]] = defaultdict(list)
        for channel, number in owners:
            numbers[channel].append(number)
        asked = [(channel, portion) for channel, some in numbers.items() if channel for portion in _portions(some)]
        answers = await asyncio.gather(*(self._answers(channel, portion, None) for channel, portion in asked))
        found: dict[Owner, list[Parcel] | BackendError] = {}
        for (channel, _), of_portion in zip(asked, answers, strict=True):
            for some, answer in of_portion:
                found.update(_shared_out(channel, some, answer))
        return found

    async def _answers(
        self, channel_id: str, portion: Sequence[str], acknowledged: bool | None
    ) -> list[tuple[Sequence[str], list[Sent] | BackendError]]:
        async def ask(numbers: Sequence[str]) -> Reply[Sent]:
            return await self._client.shipments(channel_id, numbers=numbers, acknowledged=acknowledged)

        return await whole(ask, portion, number_of)

    async def _times(self, found: Sequence[Parcel]) -> list[datetime | BackendError]:
        """Each parcel's place in a list: when it was shipped, else when its order was placed."""
        undated = {parcel.order_id for parcel in found if parcel.order_id and not self._shipped(parcel)}
        orders = await self._orders.by_id(undated) if undated else {}
        return [self._shipped(parcel) or _placed(orders.get(parcel.order_id or "")) for parcel in found]

    def _question(self, channel_id: str, wanted: bool | None) -> Question[Sent]:
        async def ask(days: Span | None, _channel: str | None, acknowledged: bool | None) -> Reply[Sent]:
            asked = acknowledged if wanted is None else wanted
            return await self._client.shipments(channel_id, days=days, acknowledged=asked)

        return Question(
            ask=ask,
            dated=self._shipped_in,
            channel_of=lambda _: None,
            channels=None,
            divisible=wanted is None,
            named=f"channel {channel_id}",
        )

    def _shipped_in(self, sent: Sent) -> datetime | None:
        return shipped(sent.record, scope_of(self._settings, sent))

    def _shipped(self, parcel: Parcel) -> datetime | None:
        return self._shipped_in(parcel.sent)

    def _shipment(self, parcel: Parcel, list_time: datetime, acknowledged: bool | None) -> Shipment:
        return shipment(parcel, list_time, acknowledged, scope_of(self._settings, parcel.sent))


def _portions(numbers: Iterable[str]) -> list[list[str]]:
    return listed(numbers, longest=LONGEST, most=MOST)


def _shared_out(
    channel: str, portion: Sequence[str], answer: list[Sent] | BackendError
) -> dict[Owner, list[Parcel] | BackendError]:
    """A portion's answer, by the numbers that it was asked for: none, one or more shipments for each, or the error."""
    if isinstance(answer, BackendError):
        return {(channel, number): answer for number in portion}
    shared: dict[Owner, list[Parcel] | BackendError] = {(channel, number): [] for number in portion}
    for parcel in parcels(answer, channel):
        own = shared.get((parcel.channel_id, parcel.number or ""))
        if isinstance(own, list):
            own.append(parcel)
    return shared


def _unaskable(order: Order) -> Incomplete:
    return Incomplete(Backend.CENPORTS, f"Cenports cannot be asked for the shipments of order {order.number}.")


def _placed(order: Order | BackendError | None) -> datetime | BackendError:
    if order is None:
        return Incomplete(Backend.CENPORTS, "Cenports sent a shipment without a date, and its order cannot be found.")
    return order if isinstance(order, BackendError) else order.placed_at


def _gaps(times: Iterable[datetime | BackendError]) -> list[Incomplete]:
    """What cannot be listed. Raises what kept the gateway from finding out."""
    gaps = []
    for at in times:
        if isinstance(at, Incomplete):
            gaps.append(at)
        elif isinstance(at, BackendError):
            raise at
    return gaps
