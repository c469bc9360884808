"""Centry's shipments: the items of an order that share a tracking code. They come with the orders, never alone."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo
from urllib.parse import unquote

from gateway.backends.centry import mapping
from gateway.backends.centry.client import order_of
from gateway.backends.centry.order_list import OrderList, SentOrder, before, behind
from gateway.backends.centry.orders import Orders
from gateway.backends.centry.slices import cut, is_behind, key, walked
from gateway.backends.centry.walk import Seen
from gateway.errors import BackendError, NotSupported
from gateway.mapping import Scope
from gateway.models import Backend, Order, OrderFilter, Shipment, ShipmentFilter, Sort
from gateway.ports import ListQuery, Position, Slice
from gateway.stretches import Place

_BEHIND_ALL = "0"
"""Follows the slash of shipment ids: an order's id with this behind it is above those of all of its shipments."""


class Shipments:
    """`zone` is that of times without one."""

    def __init__(self, orders: Orders, order_list: OrderList, zone: tzinfo) -> None:
        self._orders = orders
        self._list = order_list
        self._zone = zone

    async def listed(self, query: ListQuery[ShipmentFilter]) -> Slice[Shipment]:
        """The next shipments that match. Raises NotSupported for what Centry cannot be asked."""
        wanted = query.filter
        if wanted.acknowledged is not None:
            raise NotSupported("Centry does not tell whether a shipment was acknowledged.", backend=Backend.CENTRY)
        if wanted.tracking_numbers is not None:
            raise NotSupported("Centry cannot be asked for tracking numbers.", backend=Backend.CENTRY)
        if wanted.order_numbers is not None:
            orders = await self._orders.with_numbers(wanted.order_numbers)
            found = [shipment for order in orders for shipment in self.of(order)]
            return cut(found, wanted.matches, query.sort, query.after, query.limit)
        walk = self._list.walk(OrderFilter(), query.sort, orders_behind(query.after, query.sort), 2 * query.limit)
        return await walked(
            walk,
            lambda part: self._candidates(part, query.sort),
            # The walk begins with the order that the last slice ended in, whose first shipments that slice had.
            lambda shipment: wanted.matches(shipment) and is_behind(shipment, query.after, query.sort),
            query.limit,
        )

    async def by_id(self, ids: Sequence[str]) -> Mapping[str, Shipment | BackendError]:
        """Each out of its order, which is read once for all of its shipments."""
        order_ids = {shipment_id: unquote(shipment_id.split("/")[0]) for shipment_id in ids}
        orders = await self._orders.by_id(order_ids.values())
        found: dict[str, Shipment | BackendError] = {}
        for shipment_id, order_id in order_ids.items():
            order = orders.get(order_id)
            if isinstance(order, BackendError):
                found[shipment_id] = order
            elif order is not None:
                found |= {one.backend_id: one for one in self.of(order) if one.backend_id == shipment_id}
        return found

    async def by_order(self, orders: Sequence[Order]) -> Mapping[str, Sequence[Shipment] | BackendError]:
        """Out of the orders at hand; only one that came without its text is read again."""
        again = await self._orders.by_id(order.backend_id for order in orders if order.raw is None)
        read = {**{order.backend_id: order for order in orders if order.raw is not None}, **again}
        return {order_id: order if isinstance(order, BackendError) else self.of(order) for order_id, order in read.items()}

    def of(self, order: Order) -> list[Shipment]:
        """The order's shipments, by id."""
        if order.raw is None or not any(line.tracking_number for line in order.lines):
            return []
        scope = Scope(zone=self._zone, currency=order.currency, fetched_at=order.fetched_at, raw=order.raw)
        parcels = mapping.parcels(order_of(order.raw), order.lines)
        return sorted((mapping.SHIPMENT(parcel, scope) for parcel in parcels), key=key)

    async def _candidates(self, part: Sequence[Seen[SentOrder]], sort: Sort) -> Iterable[tuple[Position, Shipment | None]]:
        orders = [self._orders.mapped(seen.record) for seen in part]
        sent = [order for order in orders if any(line.tracking_number for line in order.lines)]
        complete = {order.backend_id: order for order in await self._orders.complete(sent)}
        return (pair for order in orders for pair in self._pairs(complete.get(order.backend_id, order), sort))

    def _pairs(self, order: Order, sort: Sort) -> Iterable[tuple[Position, Shipment | None]]:
        """The order's shipments in the list's direction, and the position behind all of them."""
        shipments = self.of(order)
        for shipment in shipments if sort is Sort.ASC else reversed(shipments):
            yield Position(*key(shipment)), shipment
        end = order.backend_id + (_BEHIND_ALL if sort is Sort.ASC else "")
        yield Position(order.list_time, end), None


def orders_behind(position: Position | None, sort: Sort) -> Place | None:
    """Where the orders begin that may have shipments behind this position: with the order of a shipment itself."""
    if position is None:
        return None
    order_id, is_shipment, _ = position.backend_id.partition("/")
    if is_shipment:
        return before(position.list_time, unquote(order_id), sort)
    return behind(Position(position.list_time, order_id.removesuffix(_BEHIND_ALL) if sort is Sort.ASC else order_id))
