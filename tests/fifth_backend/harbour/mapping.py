"""How what Harbour sends becomes the gateway's records: tables of fields."""

from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from gateway.backends.harbour import wire
from gateway.errors import MalformedReply
from gateway.mapping import Absent, Field, Scope, Table, constant, decimal, instant, money, raw_text, read_at, text
from gateway.models import (
    Address,
    Backend,
    Customer,
    Order,
    OrderKind,
    OrderLine,
    OrderStatus,
    OrderTotals,
    Reference,
    Shipment,
    ShipmentLine,
    ShipmentStatus,
    VariantRecord,
    WarehouseRecord,
)

STATES = {
    "open": OrderStatus.CONFIRMED,
    "packed": OrderStatus.PROCESSING,
    "sent": OrderStatus.SHIPPED,
    "void": OrderStatus.CANCELLED,
}

_NO_SUCH = "Harbour has nothing of the kind."


def status(value: Any, _scope: Scope) -> OrderStatus:
    """open is CONFIRMED, packed PROCESSING, sent SHIPPED, void CANCELLED; any other word is UNKNOWN"""
    return STATES.get((value or "").lower(), OrderStatus.UNKNOWN)


def listed_at(value: Any, scope: Scope) -> datetime:
    """an instant; a record without one is an error, for nobody could tell its place in a list"""
    at = instant(value, scope)
    if at is None:
        raise MalformedReply(Backend.HARBOUR, "A record of Harbour's does not say when it was made.")
    return at


def reference(value: Any, scope: Scope) -> tuple[Reference, ...]:
    """under its own name"""
    found = text(value, scope)
    return (Reference("ref", found),) if found else ()


def customer(buyer: Any, email: Any, scope: Scope) -> Customer:
    """name and e-mail"""
    return Customer(name=text(buyer, scope), email=text(email, scope))


def totals(total: Any, scope: Scope) -> OrderTotals:
    """the grand total alone"""
    return OrderTotals(total=money(total, scope))


def lines(order: wire.Order, scope: Scope) -> tuple[OrderLine, ...]:
    """one line for each row"""
    return tuple(ORDER_LINE((order, row), scope) for row in order.rows)


def quantity(value: Any, scope: Scope) -> Decimal:
    """an exact number; blank is 0"""
    return decimal(value, scope) or Decimal(0)


def shipment_status(sent: Any, arrived: Any, scope: Scope) -> ShipmentStatus:
    """DELIVERED once it has arrived, else SHIPPED once it was sent, else PACKED"""
    if instant(arrived, scope):
        return ShipmentStatus.DELIVERED
    return ShipmentStatus.SHIPPED if instant(sent, scope) else ShipmentStatus.PACKED


def shipment_lines(parcel: wire.Parcel, scope: Scope) -> tuple[ShipmentLine, ...]:
    """one line for each row"""
    return tuple(SHIPMENT_LINE((parcel, row), scope) for row in parcel.rows)


def row_id(pair: tuple[Any, wire.Row], _scope: Scope) -> str:
    """the row's number"""
    return str(pair[1].row)


def row_position(pair: tuple[Any, wire.Row], _scope: Scope) -> int:
    """the row's number"""
    return pair[1].row


def place(city: Any, country: Any, scope: Scope) -> Address:
    """city and country"""
    return Address(city=text(city, scope), country=text(country, scope))


def of_order(name: str) -> Any:
    """A rule that takes an attribute of the order or parcel that a row stands in."""

    def read(pair: tuple[Any, wire.Row], scope: Scope) -> str | None:
        return text(getattr(pair[0], name), scope)

    read.__doc__ = f"`{name}` of the record that the row stands in"
    return read


def of_row(name: str, via: Any = text) -> Any:
    """A rule that takes an attribute of the row."""

    def read(pair: tuple[Any, wire.Row], scope: Scope) -> Any:
        return via(getattr(pair[1], name), scope)

    read.__doc__ = f"`{name}` of the row: {via.__doc__}"
    return read


def rest(model: type, *rows: Field) -> tuple[Field | Absent, ...]:
    """These rows, and of every other field of the model that nothing of Harbour's could fill it."""
    named = {row.name for row in rows}
    return (*rows, *(Absent(each.name, _NO_SUCH) for each in fields(model) if each.name not in named))


ORDER = Table(
    Order,
    "order",
    rest(
        Order,
        Field("backend", "", constant(Backend.HARBOUR)),
        Field("backend_id", "id"),
        Field("fetched_at", "", read_at),
        Field("created_at", "placed", instant),
        Field("updated_at", "changed", instant),
        Field("raw", "", raw_text),
        Field("kind", "", constant(OrderKind.SALE)),
        Field("number", "no"),
        Field("placed_at", "placed", listed_at),
        Field("status", "state", status),
        Field("backend_status", "state", text),
        Field("references", "ref", reference),
        Field("channel_id", "shop", text),
        Field("channel", "shop", text),
        Field("customer", ("buyer", "email"), customer),
        Field("currency", "currency", text),
        Field("lines", "", lines),
        Field("totals", "total", totals),
    ),
)

ORDER_LINE = Table(
    OrderLine,
    "row of an order",
    rest(
        OrderLine,
        Field("backend", "", constant(Backend.HARBOUR)),
        Field("order_backend_id", "", of_order("id")),
        Field("line_id", "", row_id),
        Field("position", "", row_position),
        Field("sku", "", of_row("sku")),
        Field("name", "", of_row("title")),
        Field("quantity", "", of_row("count", quantity)),
        Field("unit_price", "", of_row("price", money)),
    ),
)

SHIPMENT = Table(
    Shipment,
    "parcel",
    rest(
        Shipment,
        Field("backend", "", constant(Backend.HARBOUR)),
        Field("backend_id", "id"),
        Field("fetched_at", "", read_at),
        Field("created_at", "created", instant),
        Field("raw", "", raw_text),
        Field("list_time", "created", listed_at),
        Field("status", ("sent", "arrived"), shipment_status),
        Field("order_number", "order_no", text),
        Field("order_backend_id", "order", text),
        Field("carrier", "carrier", text),
        Field("tracking_number", "tracking", text),
        Field("shipped_at", "sent", instant),
        Field("delivered_at", "arrived", instant),
        Field("warehouse_backend_id", "depot", text),
        Field("lines", "", shipment_lines),
    ),
)

SHIPMENT_LINE = Table(
    ShipmentLine,
    "row of a parcel",
    rest(
        ShipmentLine,
        Field("backend", "", constant(Backend.HARBOUR)),
        Field("order_backend_id", "", of_order("order")),
        Field("order_line_id", "", row_id),
        Field("sku", "", of_row("sku")),
        Field("name", "", of_row("title")),
        Field("quantity", "", of_row("count", quantity)),
    ),
)

VARIANT = Table(
    VariantRecord,
    "good",
    rest(
        VariantRecord,
        Field("backend", "", constant(Backend.HARBOUR)),
        Field("backend_id", "id"),
        Field("fetched_at", "", read_at),
        Field("raw", "", raw_text),
        Field("sku", "sku", text),
        Field("barcode", "ean", text),
        Field("name", "title", text),
        Field("color", "colour", text),
        Field("size", "size", text),
    ),
)

WAREHOUSE = Table(
    WarehouseRecord,
    "depot",
    rest(
        WarehouseRecord,
        Field("backend", "", constant(Backend.HARBOUR)),
        Field("backend_id", "id"),
        Field("fetched_at", "", read_at),
        Field("raw", "", raw_text),
        Field("code", "id"),
        Field("name", "name", text),
        Field("address", ("city", "country"), place),
    ),
)

TABLES: tuple[Table[Any], ...] = (ORDER, ORDER_LINE, SHIPMENT, SHIPMENT_LINE, VARIANT, WAREHOUSE)
