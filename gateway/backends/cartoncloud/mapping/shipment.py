"""Consignments, which are the gateway's shipments."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from gateway.backends.cartoncloud import wire
from gateway.backends.cartoncloud.mapping.fields import (
    BACKEND,
    CREATED_AT,
    FETCHED_AT,
    PROPERTIES,
    RAW,
    SELLER_NUMBER,
    UPDATED_AT,
    VARIANT_ID,
    list_time,
    moment,
    number,
    own_id,
    reference,
    references,
)
from gateway.backends.cartoncloud.mapping.party import address
from gateway.mapping import Absent, Field, Scope, Table, decimal, integer, text
from gateway.models import Shipment, ShipmentLine, ShipmentStatus

SHIPMENT_STATUSES = {
    "draft": ShipmentStatus.PENDING,
    "awaiting_pickup": ShipmentStatus.PENDING,
    "packed": ShipmentStatus.PACKED,
    "dispatched": ShipmentStatus.SHIPPED,
    "in_transit": ShipmentStatus.IN_TRANSIT,
    "delivered": ShipmentStatus.DELIVERED,
    "cancelled": ShipmentStatus.CANCELLED,
}
"""DRAFT and DELIVERED stand on the page; of the newer documentation's thirteen words the others are not known."""


def shipment_status(value: Any, scope: Scope) -> ShipmentStatus:
    """the word of the same meaning, where the meaning is sure (AWAITING_PICKUP: PENDING), else UNKNOWN"""
    return SHIPMENT_STATUSES.get((text(value, scope) or "").lower(), ShipmentStatus.UNKNOWN)


def seller_number(sent: Any, scope: Scope) -> str | None:
    """`customer`: the seller's number"""
    return reference(sent, SELLER_NUMBER, scope)


def tracking(sent: Any, scope: Scope) -> str | None:
    """`tracking` (newer documentation)"""
    return reference(sent, "tracking", scope)


def goods_name(name: Any, properties: Any, scope: Scope) -> str | None:
    """the product's name, else the free text `description`"""
    described = properties.get("description") if isinstance(properties, dict) else None
    return text(name, scope) or text(described, scope)


def volume(value: Any, cubic: Any, scope: Scope) -> Decimal | None:
    """an exact number; the newer documentation calls it `cubic`"""
    found = decimal(value, scope)
    return decimal(cubic, scope) if found is None else found


_NO_ORDER = "consignments do not say which order they carry; the seller's number does"

SHIPMENT_LINE = Table(
    ShipmentLine,
    "item of a consignment",
    (
        BACKEND,
        Absent("order_backend_id", _NO_ORDER),
        Absent("order_line_id", _NO_ORDER),
        Field("sku", "details.product.references.code", text),
        Field("name", ("details.product.name", "properties"), goods_name),
        Field("quantity", "measures.quantity", decimal),
        Field("unit_of_measure", "details.unitOfMeasure.type", text),
        Field("pallets", "measures.pallets", integer),
        Field("weight", "measures.weight", decimal),
        Field("volume", ("measures.volume", "measures.cubic"), volume),
        PROPERTIES,
        VARIANT_ID,
        Absent("variant_record", "its id names it"),
    ),
)


def shipment_lines(items: Sequence[wire.Item], scope: Scope) -> list[ShipmentLine]:
    """see the table of `ShipmentLine`"""
    return [SHIPMENT_LINE(item, scope) for item in items]


SHIPMENT = Table(
    Shipment,
    "consignment",
    (
        BACKEND,
        Field("backend_id", "id", own_id),
        FETCHED_AT,
        CREATED_AT,
        UPDATED_AT,
        RAW,
        Field("list_time", "timestamps.created", list_time),
        Field("number", ("references", "id"), number),
        Field("references", "references", references),
        Field("status", "status", shipment_status),
        Field("backend_status", "status", text),
        Absent("acknowledged", "CartonCloud has no such notion"),
        Field("order_number", "references", seller_number),
        Absent("order_backend_id", _NO_ORDER),
        Absent("carrier", "CartonCloud's customers are the carriers"),
        Field("service", "properties.serviceType", text),
        Field("tracking_number", "references", tracking),
        Absent("tracking_url", "CartonCloud sends a number alone"),
        Field("shipped_at", "timestamps.dispatched", moment),
        Field("delivered_at", "timestamps.delivered", moment),
        Field("origin", "details.collect.address", address),
        Field("destination", "details.deliver.address", address),
        Absent("warehouse_backend_id", "consignments are collected at an address, not in a warehouse"),
        Field("lines", "items", shipment_lines),
        Absent("packages", "CartonCloud counts pallets, item by item"),
        Field("version", "version", integer),
    ),
)
