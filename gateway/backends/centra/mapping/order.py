"""Orders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from gateway.backends.centra import wire
from gateway.backends.centra.mapping.fields import BACKEND, FETCHED_AT, RAW, UPDATED_AT, first_number, list_time, own_id
from gateway.backends.centra.mapping.line import lines
from gateway.backends.centra.mapping.party import account, address, customer
from gateway.backends.centra.rows import joined_id, plain
from gateway.mapping import Absent, Field, Scope, Table, constant, day, decimal, instant, money, text, yes_or_no
from gateway.models import Money, Order, OrderKind, OrderStatus, OrderTotals, Reference

ORDER_STATUSES = {
    "pending": OrderStatus.PENDING,
    "confirmed": OrderStatus.CONFIRMED,
    "processing": OrderStatus.PROCESSING,
    "completed": OrderStatus.COMPLETED,
    "archived": OrderStatus.COMPLETED,
    "cancelled": OrderStatus.CANCELLED,
    "canceled": OrderStatus.CANCELLED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderGiven:
    """What an order's table needs besides it: its list time, when its newest event was, the catalogue's SKUs by variant."""

    list_time: datetime
    updated_at: datetime | None
    catalogue: Mapping[str, str]


def paid(payments: Sequence[wire.Payments], scope: Scope) -> Money | None:
    """their `total`, which leaves out what is merely authorised"""
    amounts = [amount for payment in payments if (amount := decimal(payment.total, scope)) is not None]
    return Money(sum(amounts, Decimal(0)), scope.currency) if amounts else None


TOTALS = Table(
    OrderTotals,
    "order",
    (
        Absent("subtotal", "Centra states it for each product alone"),
        Absent("discount", "Centra states it for each product alone"),
        Field("shipping", "shipping.subtotal", money),
        Absent("tax", "Centra sends rates of tax, not amounts"),
        Field("total", "ordertotal", money),
        Field("paid", "payments", paid),
    ),
)


def totals(order: wire.Order, scope: Scope) -> OrderTotals:
    """see the table of `OrderTotals`"""
    return TOTALS(order, scope)


def order_status(value: Any, _scope: Scope) -> OrderStatus:
    """the contract's word for it, else UNKNOWN"""
    return ORDER_STATUSES.get((plain(value) or "").lower(), OrderStatus.UNKNOWN)


def references(ponumber: Any, _scope: Scope) -> list[Reference]:
    """`ponumber` (wholesale)"""
    number = plain(ponumber)
    return [Reference("ponumber", number)] if number else []


def first_warehouse(items: Sequence[wire.WarehouseItem], _scope: Scope) -> str | None:
    """the id of the first, percent-encoded"""
    return joined_id(items[0].id) if items else None


ORDER = Table(
    Order,
    "order",
    (
        BACKEND,
        Field("backend_id", "id", own_id),
        FETCHED_AT,
        Field("created_at", "created", instant),
        UPDATED_AT,
        RAW,
        Field("kind", (), constant(OrderKind.SALE)),
        Field("number", ("ordernumber", "id"), first_number),
        Field("placed_at", "created", list_time),
        Field("status", "status", order_status),
        Field("backend_status", "status", text),
        Field("references", "ponumber", references),
        Absent("acknowledged", "Centra has no such notion"),
        Field("locked", "locked", yes_or_no),
        Field("channel", "market.description", text),
        Field("channel_id", "market.id", text),
        Field("customer", (), customer),
        Field("account", "account", account),
        Field("currency", "currency", text),
        Field("billing_address", "billingaddress", address),
        Field("shipping_address", "shippingaddress", address),
        Field("required_date", "preferred_shipping_date", day),
        Field("instructions", "other", text),
        Field("lines", (), lines),
        Field("totals", (), totals),
        Field("warehouse_backend_id", "primary_warehouse.warehouse", first_warehouse),
        Absent("version", "Centra checks no versions"),
    ),
)
