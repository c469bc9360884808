"""How an order of GET /orders becomes ours."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from gateway.backends.cenports import wire
from gateway.backends.cenports.mapping.address import NO_NAME_PARTS, bill_to, ship_to
from gateway.backends.cenports.mapping.identity import order_id, sku_id, warehouse_id
from gateway.errors import MalformedReply
from gateway.mapping import (
    Absent,
    Field,
    Scope,
    Table,
    constant,
    day,
    decimal,
    instant,
    integer,
    money,
    raw_text,
    read_at,
    text,
)
from gateway.models import Backend, Customer, Order, OrderKind, OrderLine, OrderStatus, OrderTotals, Reference

ORDER_STATUSES = {
    "pending": OrderStatus.PENDING,
    "incompleted": OrderStatus.PROCESSING,
    "shipped": OrderStatus.SHIPPED,
    "completed": OrderStatus.COMPLETED,
    "cancelled": OrderStatus.CANCELLED,
    "canceled": OrderStatus.CANCELLED,
}
"""`Incompleted` is the one word that the page shows; the others are by analogy."""

_NOT_PER_LINE = "Cenports tells it of the order, not of its lines"


@dataclass(frozen=True, slots=True)
class LineGiven:
    """The order that a line belongs to, and the line's place in it."""

    order_id: str
    position: int


CUSTOMER = Table(
    Customer,
    "order",
    (
        Absent("backend_id", "Cenports has no record of its own for a buyer"),
        Field("name", "customerName", text),
        Absent("first_name", NO_NAME_PARTS),
        Absent("last_name", NO_NAME_PARTS),
        Absent("company", "not in the order"),
        Field("email", "contactEmail", text),
        Field("phone", "contactPhone", text),
        Absent("tax_id", "not in the order"),
    ),
)

TOTALS = Table(
    OrderTotals,
    "pricing",
    (
        Field("subtotal", "subTotal", money),
        Field("discount", "discount", money),
        Field("shipping", "shipCost", money),
        Absent("tax", "not in the order"),
        Field("total", "grandTotal", money),
        Absent("paid", "Cenports does not tell what was paid"),
    ),
)


def quantity(value: Any, scope: Scope) -> Decimal:
    """an exact number, sent as a number or as text; 0 where none is sent"""
    number = decimal(value, scope)
    return Decimal(0) if number is None else number


def line_order(_wire: Any, scope: Scope) -> Any:
    """the id of its order"""
    return scope.given.order_id


def line_position(_wire: Any, scope: Scope) -> int:
    """`lineItem`, or the place in the list where those are not numbers of their own"""
    position: int = scope.given.position
    return position


def line_name(_wire: Any, scope: Scope) -> str:
    """the position"""
    return str(scope.given.position)


def retailer_sku(value: Any, scope: Scope) -> dict[str, str] | None:
    """`{"retailerSku": …}`; null where it is blank"""
    sku = text(value, scope)
    return None if sku is None else {"retailerSku": sku}


ORDER_LINE = Table(
    OrderLine,
    "order line",
    (
        Field("backend", "", constant(Backend.CENPORTS)),
        Field("order_backend_id", "", line_order),
        Field("line_id", "", line_name),
        Field("position", "", line_position),
        Field("sku", "productSku", text),
        Field("name", "productName", text),
        Field("quantity", "quantity", quantity),
        Absent("unit_of_measure", "Cenports counts pieces"),
        Absent("quantity_cancelled", "a line has a status, not quantities by status"),
        Absent("quantity_shipped", "a line has a status, not quantities by status"),
        Field("unit_price", "price", money),
        Absent("discount", _NOT_PER_LINE),
        Absent("tax", "not in the order"),
        Absent("subtotal", "not stated in what Cenports sends, only in what it is sent"),
        Absent("total", "not stated in what Cenports sends"),
        Absent("part_of_line_id", "Cenports has no bundles"),
        Absent("is_bundle", "Cenports has no bundles"),
        Field("backend_status", "status", text),
        Absent("carrier", _NOT_PER_LINE),
        Absent("tracking_number", "part of the shipment"),
        Absent("tracking_url", "Cenports has none"),
        Field("properties", "retailerSku", retailer_sku),
        Field("variant_backend_id", "productSku", sku_id),
        Absent("variant_record", "the line holds the SKU and a name only"),
        Field("warehouse_backend_id", "shipFromWarehouseCode", warehouse_id),
    ),
)


def number_of(value: Any, scope: Scope) -> str:
    """text; an order without one cannot be told from others"""
    number = text(value, scope)
    if number is None:
        raise MalformedReply(Backend.CENPORTS, "Cenports sent an order without orderNo.")
    return number


def placed(value: Any, scope: Scope) -> datetime:
    """an instant; without an offset, in the configured zone; an order without one has no place in a list"""
    read = instant(value, scope)
    if read is None:
        raise MalformedReply(Backend.CENPORTS, "Cenports sent an order without a readable orderDate.")
    return read


def order_id_of(channel_id: Any, number: Any, scope: Scope) -> str:
    """both parts, percent-encoded, joined by `/`"""
    return order_id(text(channel_id, scope), number_of(number, scope))


def order_status(value: Any, scope: Scope) -> OrderStatus:
    """by the table of status words"""
    return ORDER_STATUSES.get((text(value, scope) or "").lower(), OrderStatus.UNKNOWN)


def references(value: Any, scope: Scope) -> tuple[Reference, ...]:
    """the reference `customerOrderNo`, where it is not blank"""
    number = text(value, scope)
    return () if number is None else (Reference("customerOrderNo", number),)


def asked_acknowledged(_wire: Any, scope: Scope) -> bool | None:
    """Cenports does not send it: what `isAcknowledged` the order was asked for with"""
    acknowledged: bool | None = scope.given
    return acknowledged


def customer(order: wire.Order, scope: Scope) -> Customer | None:
    """see the table of `Customer`; null where the order names nobody"""
    found = CUSTOMER(order, scope)
    return found if found.name or found.email or found.phone else None


def totals(pricing: Any, scope: Scope) -> OrderTotals:
    """see the table of `OrderTotals`"""
    return TOTALS(pricing, scope) if isinstance(pricing, wire.Pricing) else OrderTotals()


def order_lines(items: Any, channel_id: Any, number: Any, scope: Scope) -> tuple[OrderLine, ...]:
    """see the table of `OrderLine`"""
    lines = of_kind(wire.OrderLine, items)
    sent = [integer(line.lineItem, scope) for line in lines]
    usable = None not in sent and len(set(sent)) == len(sent)
    positions = [position or 0 for position in sent] if usable else range(1, len(lines) + 1)
    owner = order_id_of(channel_id, number, scope)
    return tuple(
        ORDER_LINE(line, replace(scope, given=LineGiven(owner, position)))
        for line, position in zip(lines, positions, strict=True)
    )


def of_kind(kind: type, items: Any) -> list[Any]:
    """The lines among what was sent: a list of them, one alone, or nothing that can be recognised."""
    listed = items if isinstance(items, list) else [items]
    return [item for item in listed if isinstance(item, kind)]


def configured_currency(_wire: Any, scope: Scope) -> str | None:
    """Cenports names no currency: the configured one"""
    return scope.currency


def messages(notes: Any, scope: Scope) -> str | None:
    """its `merchantMsg` and `retailerMsg`, those that are not blank, one below the other"""
    if not isinstance(notes, wire.Notes):
        return None
    return "\n".join(filter(None, (text(notes.merchantMsg, scope), text(notes.retailerMsg, scope)))) or None


def required_date(info: Any, scope: Scope) -> date | None:
    """its `estimatedShipDate`, as in orders that are created"""
    return day(info.estimatedShipDate, scope) if isinstance(info, wire.ShippingInfo) else None


def ships_from(place: Any, scope: Scope) -> str | None:
    """its `warehouseCode`, percent-encoded"""
    return warehouse_id(place.warehouseCode, scope) if isinstance(place, wire.ShipFrom) else None


ORDER = Table(
    Order,
    "order",
    (
        Field("backend", "", constant(Backend.CENPORTS)),
        Field("backend_id", ("channelId", "orderNo"), order_id_of),
        Field("fetched_at", "", read_at),
        Absent("created_at", "Cenports dates when the order was placed, not when it got it"),
        Absent("updated_at", "not in the order"),
        Field("raw", "", raw_text),
        Field("kind", "", constant(OrderKind.SALE)),
        Field("number", "orderNo", number_of),
        Field("placed_at", "orderDate", placed),
        Field("status", "status", order_status),
        Field("backend_status", "status", text),
        Field("references", "customerOrderNo", references),
        Field("acknowledged", "", asked_acknowledged),
        Absent("locked", "Cenports has no such notion"),
        Field("channel", "channel", text),
        Field("channel_id", "channelId", text),
        Field("customer", "", customer),
        Absent("account", "Cenports has no such notion"),
        Field("currency", "", configured_currency),
        Field("billing_address", "billTo", bill_to),
        Field("shipping_address", ("shipTo", "contactName", "customerName"), ship_to),
        Field("required_date", "shippingInfo", required_date),
        Field("instructions", "notes", messages),
        Field("lines", ("lineItems", "channelId", "orderNo"), order_lines),
        Field("totals", "pricing", totals),
        Field("warehouse_backend_id", "shipFrom", ships_from),
        Absent("version", "Cenports checks no versions"),
    ),
)
