"""Parcels: which of the orders of one number a shipment is of, where its backend tells the number alone.

Pure. A shipment is attributed to one order only where number, goods and destination leave no other.
"""

from collections.abc import Iterable
from decimal import Decimal

from gateway.links.facts import CALLED_OFF, EARLY, REUSED, made_at, postal_code, same_place
from gateway.models import Order, OrderKind, OrderLine, Shipment, ShipmentLine

_Rank = tuple[bool, int, int]


def carries(shipment: Shipment, order: Order) -> bool:
    """Whether a shipment that goes by the order's number carries goods of it. One that names no SKU is taken at its word."""
    return not shipment.skus or not order.skus or not shipment.skus.isdisjoint(order.skus)


def carried(shipment: Shipment, orders: Iterable[Order]) -> list[Order]:
    """The orders that it may be of: one where that can be told, several where nothing tells them apart."""
    ranks = [(order, _rank(shipment, order)) for order in orders if _may_be_of(shipment, order)]
    best = max((rank for _, rank in ranks), default=None)
    return [order for order, rank in ranks if rank == best]


def _may_be_of(shipment: Shipment, order: Order) -> bool:
    named = order.kind is not OrderKind.INBOUND and order.number == shipment.order_number
    return named and carries(shipment, order) and _is_timely(shipment, order)


def _is_timely(shipment: Shipment, order: Order) -> bool:
    """Nothing is sent long after it was ordered, or before: that was another order, of the same number."""
    sent, made = shipment.created_at or shipment.shipped_at or shipment.delivered_at, made_at(order)
    return sent is None or made is None or -EARLY <= sent - made <= REUSED


def _rank(shipment: Shipment, order: Order) -> _Rank:
    """An order that was called off has sent nothing, if another may have; then destination and goods tell."""
    return order.status not in CALLED_OFF, _nearness(shipment, order), _fit(shipment, order)


def _nearness(shipment: Shipment, order: Order) -> int:
    """1: it goes where the order goes; 0: nobody tells; -1: it goes elsewhere, such as a parcel that was redirected."""
    to, ours = shipment.destination.postal_code if shipment.destination else None, postal_code(order)
    if not to or not ours:
        return 0
    return 1 if same_place(to, ours) else -1


def _fit(shipment: Shipment, order: Order) -> int:
    """How well the goods fit: the same, the same SKUs, some of the order's SKUs, others too or nothing told."""
    if not shipment.skus or not order.skus:
        return 0
    if _amounts(shipment.lines) == _amounts(order.lines):
        return 3
    return 2 if shipment.skus == order.skus else int(shipment.skus < order.skus)


def _amounts(lines: Iterable[OrderLine | ShipmentLine]) -> dict[str | None, Decimal]:
    amounts: dict[str | None, Decimal] = {}
    for line in lines:
        amounts[line.sku] = amounts.get(line.sku, Decimal(0)) + (line.quantity or 0)
    return amounts
