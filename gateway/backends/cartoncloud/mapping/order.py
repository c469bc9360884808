"""Inbound and outbound orders."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from gateway.backends.cartoncloud import wire
from gateway.backends.cartoncloud.kinds import RecordKind
from gateway.backends.cartoncloud.mapping.fields import (
    BACKEND,
    CREATED_AT,
    FETCHED_AT,
    PROPERTIES,
    RAW,
    UPDATED_AT,
    VARIANT_ID,
    list_time,
    number,
    own_id,
    references,
    warehouse_id,
)
from gateway.backends.cartoncloud.mapping.party import account, address, recipient
from gateway.errors import MalformedReply
from gateway.mapping import Absent, Field, Scope, Table, constant, day, decimal, integer, money, text
from gateway.models import Backend, Money, Order, OrderKind, OrderLine, OrderStatus, OrderTotals

ORDER_STATUSES = {
    "draft": OrderStatus.DRAFT,
    "awaiting_stock": OrderStatus.PENDING,
    "awaiting_pick_and_pack": OrderStatus.CONFIRMED,
    "packing_in_progress": OrderStatus.PROCESSING,
    "picked": OrderStatus.PROCESSING,
    "packed": OrderStatus.PROCESSING,
    "dispatched": OrderStatus.SHIPPED,
    "delivered": OrderStatus.DELIVERED,
    "received": OrderStatus.COMPLETED,
    "cancelled": OrderStatus.CANCELLED,
    "rejected": OrderStatus.REJECTED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LineGiven:
    """Which order a line is of, and the place that it has there, from 1."""

    order_id: str
    position: int


def record_kind(_wire: Any, scope: Scope) -> OrderKind:
    """the webhook's `type`, else by its address, else by its structure; of a reply, by the address that was read"""
    return OrderKind.INBOUND if scope.given.kind is RecordKind.INBOUND else OrderKind.OUTBOUND


def order_status(value: Any, scope: Scope) -> OrderStatus:
    """the contract's word for it, else UNKNOWN"""
    return ORDER_STATUSES.get((text(value, scope) or "").lower(), OrderStatus.UNKNOWN)


def due(required: Any, arrival: Any, scope: Scope) -> date | None:
    """when it is to leave (outbound) or to arrive (inbound): a calendar date"""
    return day(arrival if scope.given.kind is RecordKind.INBOUND else required, scope)


def worth(value: Any, scope: Scope) -> Money | None:
    """its `amount` in its `currency`, else in the configured one"""
    if not isinstance(value, dict):
        return money(value, scope)
    return money(value.get("amount"), replace(scope, currency=text(value.get("currency"), scope) or scope.currency))


def currency_of(value: Any, scope: Scope) -> str | None:
    """of its amount: its `currency`, else the configured one"""
    amount = worth(value, scope)
    return amount.currency if amount else None


def quantity_of(value: Any, scope: Scope) -> Decimal:
    """an exact number, sent as a number or as text"""
    found = decimal(value, scope)
    if found is None:
        raise MalformedReply(Backend.CARTONCLOUD, "A line of an order of CartonCloud's has no quantity.")
    return found


def line_order(_wire: Any, scope: Scope) -> str:
    """the order's id"""
    order_id: str = scope.given.order_id
    return order_id


def line_position(_wire: Any, scope: Scope) -> int:
    """its place among the order's items, from 1"""
    position: int = scope.given.position
    return position


def line_id(id_: Any, scope: Scope) -> str:
    """its id, where it has one; on the page items have none, so its place among the order's items"""
    return text(id_, scope) or str(scope.given.position)


_NO_AMOUNTS = "CartonCloud's items have no amounts"
_OF_CONSIGNMENT = "a consignment has it, not a line"
_ONE_QUANTITY = "CartonCloud's items have one quantity"
_NO_BUNDLES = "CartonCloud knows no bundles"

ORDER_LINE = Table(
    OrderLine,
    "item of an order",
    (
        BACKEND,
        Field("order_backend_id", (), line_order),
        Field("line_id", "id", line_id),
        Field("position", (), line_position),
        Field("sku", "details.product.references.code", text),
        Field("name", "details.product.name", text),
        Field("quantity", "measures.quantity", quantity_of),
        Field("unit_of_measure", "details.unitOfMeasure.type", text),
        Absent("quantity_cancelled", _ONE_QUANTITY),
        Absent("quantity_shipped", _ONE_QUANTITY),
        Absent("unit_price", _NO_AMOUNTS),
        Absent("discount", _NO_AMOUNTS),
        Absent("tax", _NO_AMOUNTS),
        Absent("subtotal", _NO_AMOUNTS),
        Absent("total", _NO_AMOUNTS),
        Absent("part_of_line_id", _NO_BUNDLES),
        Field("is_bundle", (), constant(False)),
        Absent("backend_status", "CartonCloud's items have no status"),
        Absent("carrier", _OF_CONSIGNMENT),
        Absent("tracking_number", _OF_CONSIGNMENT),
        Absent("tracking_url", _OF_CONSIGNMENT),
        PROPERTIES,
        VARIANT_ID,
        Absent("variant_record", "its id names it"),
        Absent("warehouse_backend_id", "the order has it"),
    ),
)


def lines(items: Sequence[wire.Item], scope: Scope) -> list[OrderLine]:
    """see the table of `OrderLine`"""
    order_id = scope.given.order_id
    return [
        ORDER_LINE(item, replace(scope, given=LineGiven(order_id=order_id, position=position)))
        for position, item in enumerate(items, 1)
    ]


TOTALS = Table(
    OrderTotals,
    "details of an outbound order",
    (
        Absent("subtotal", "CartonCloud is told one value of the whole order"),
        Absent("discount", "CartonCloud is told one value of the whole order"),
        Absent("shipping", "CartonCloud is told one value of the whole order"),
        Absent("tax", "CartonCloud is told one value of the whole order"),
        Field("total", "invoiceValue", worth),
        Absent("paid", "`cashPaymentAmount` is what is still to be paid on delivery"),
    ),
)


def totals(details: wire.Details, scope: Scope) -> OrderTotals:
    """see the table of `OrderTotals`"""
    return TOTALS(details, scope)


ORDER = Table(
    Order,
    "inbound or outbound order",
    (
        BACKEND,
        Field("backend_id", "id", own_id),
        FETCHED_AT,
        CREATED_AT,
        UPDATED_AT,
        RAW,
        Field("kind", (), record_kind),
        Field("number", ("references", "id"), number),
        Field("placed_at", "timestamps.created", list_time),
        Field("status", "status", order_status),
        Field("backend_status", "status", text),
        Field("references", "references", references),
        Absent("acknowledged", "CartonCloud has no such notion"),
        Absent("locked", "CartonCloud has no such notion"),
        Absent("channel", "a warehouse has no sales channels"),
        Absent("channel_id", "a warehouse has no sales channels"),
        Field("customer", "details.deliver.address", recipient),
        Field("account", "customer", account),
        Field("currency", "details.invoiceValue", currency_of),
        Absent("billing_address", "a warehouse is not told it"),
        Field("shipping_address", "details.deliver.address", address),
        Field("required_date", ("details.collect.requiredDate", "details.arrivalDate"), due),
        Field("instructions", "details.instructions", text),
        Field("lines", "items", lines),
        Field("totals", "details", totals),
        Field("warehouse_backend_id", ("warehouse.id", "warehouse.name"), warehouse_id),
        Field("version", "version", integer),
    ),
)
