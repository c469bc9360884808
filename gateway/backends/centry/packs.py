"""Packs: the orders of one purchase that a marketplace divided. They share `id_pack`, by which Centry cannot be searched.

But they were made at the same time: whatever was made near an order is read, and those of its pack are picked out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gateway.backends.centry.batch import each
from gateway.backends.centry.client import CentryClient
from gateway.backends.centry.order_list import created_within
from gateway.backends.centry.orders import Orders
from gateway.backends.centry.walk import Window
from gateway.errors import BackendError
from gateway.links.facts import pack_of
from gateway.models import Order

NEAR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Search:
    """For what came from an origin (None: from any) between two times."""

    origin: str | None
    start: datetime
    end: datetime

    def holds(self, order: Order) -> bool:
        return self.origin == order.channel_id and self.start <= order.placed_at < self.end


class Packs:
    """Found by time and origin: one call, as long as they fit on a page, for orders whose times overlap."""

    def __init__(self, client: CentryClient, orders: Orders) -> None:
        self._client = client
        self._orders = orders

    async def siblings(self, orders: Iterable[Order]) -> Mapping[str, Sequence[Order] | BackendError]:
        """The other orders of each one's pack, by its id. An order that is in no pack is missing."""
        packed = {order.backend_id: order for order in orders if pack_of(order)}
        found = await each(_searches(packed.values()), self._made)
        return {order_id: _siblings(order, found) for order_id, order in packed.items()}

    async def _made(self, search: _Search) -> list[Order]:
        """Only orders of packs are completed, which may cost calls."""
        filters = created_within(Window(search.start, search.end)) | ({"origin": search.origin} if search.origin else {})
        sent = await self._client.found(lambda after: self._client.orders(filters, after))
        mapped = (self._orders.mapped(one) for one in sent)
        return await self._orders.complete(order for order in mapped if pack_of(order))


def _searches(orders: Iterable[Order]) -> list[_Search]:
    """Where times overlap, one search is enough."""
    found: list[_Search] = []
    for order in sorted(orders, key=lambda order: (order.channel_id or "", order.placed_at)):
        start, end = order.placed_at - NEAR, order.placed_at + NEAR
        if found and found[-1].origin == order.channel_id and start <= found[-1].end:
            found[-1] = replace(found[-1], end=end)
        else:
            found.append(_Search(order.channel_id, start, end))
    return found


def _siblings(order: Order, found: Mapping[_Search, list[Order] | BackendError]) -> Sequence[Order] | BackendError:
    made = next(answer for search, answer in found.items() if search.holds(order))
    if isinstance(made, BackendError):
        return made
    return [other for other in made if pack_of(other) == pack_of(order) and other.backend_id != order.backend_id]
