"""Shipments, which Centra sends as parts of their orders."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.backends.centra import wire
from gateway.backends.centra.mapping.fields import BACKEND, FETCHED_AT, RAW, UPDATED_AT, first_number, list_time
from gateway.backends.centra.mapping.line import shipment_lines
from gateway.backends.centra.mapping.party import address
from gateway.backends.centra.rows import joined_id
from gateway.mapping import Absent, Field, Scope, Table, instant, integer, text, yes_or_no
from gateway.models import Address, Shipment, ShipmentStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentGiven:
    """The same of a shipment, with its id in the read model and what was kept of its order."""

    shipment_id: str
    order: wire.OrderHead
    list_time: datetime
    updated_at: datetime | None
    catalogue: Mapping[str, str]


def shipment_id(_wire: Any, scope: Scope) -> str:
    """ids of order and shipment"""
    record_id: str = scope.given.shipment_id
    return record_id


def shipment_status(shipped: Any, good_to_go: Any, scope: Scope) -> ShipmentStatus:
    """`shipped` yes: SHIPPED; `goodtogo` yes: PACKED; else PENDING"""
    if yes_or_no(shipped, scope):
        return ShipmentStatus.SHIPPED
    return ShipmentStatus.PACKED if yes_or_no(good_to_go, scope) else ShipmentStatus.PENDING


def number_of_order(_wire: Any, scope: Scope) -> str:
    """the order's `ordernumber`, else its `id`"""
    return first_number(scope.given.order.ordernumber, scope.given.order.id, scope)


def id_of_order(_wire: Any, scope: Scope) -> str | None:
    """the order's `id`, percent-encoded"""
    return joined_id(scope.given.order.id)


def destination(value: wire.Address, scope: Scope) -> Address | None:
    """see the table of `Address`; if all of it is blank, the order's"""
    return address(value, scope) or address(scope.given.order.shippingaddress, scope)


SHIPMENT = Table(
    Shipment,
    "shipment of an order",
    (
        BACKEND,
        Field("backend_id", (), shipment_id),
        FETCHED_AT,
        Field("created_at", "created", instant),
        UPDATED_AT,
        RAW,
        Field("list_time", "created", list_time),
        Field("number", "id", text),
        Absent("references", "Centra's shipments have none"),
        Field("status", ("shipped", "goodtogo"), shipment_status),
        Absent("backend_status", "`shipped` and `goodtogo` say it, not a word"),
        Absent("acknowledged", "Centra has no such notion"),
        Field("order_number", (), number_of_order),
        Field("order_backend_id", (), id_of_order),
        Field("carrier", "carrierinformation.carrier", text),
        Field("service", "carrierinformation.service", text),
        Field("tracking_number", "carrierinformation.tracking", text),
        Absent("tracking_url", "Centra sends a number alone"),
        Absent("shipped_at", "Centra says that it was shipped, not when"),
        Absent("delivered_at", "Centra does not follow shipments"),
        Absent("origin", "Centra's shipments name no place of origin"),
        Field("destination", "shippingaddress", destination),
        Absent("warehouse_backend_id", "Centra's shipments name no warehouse; the order's lines do"),
        Field("lines", "products", shipment_lines),
        Field("packages", "carrierinformation.packages", integer),
        Absent("version", "Centra checks no versions"),
    ),
)
