"""How a shipment of GET /shipments becomes ours. The page does not show one: each field is looked for under several names."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from gateway.backends.cenports import wire
from gateway.backends.cenports.mapping.address import bill_to, ship_from
from gateway.backends.cenports.mapping.identity import first, first_text, joined, order_id, sku_id
from gateway.backends.cenports.mapping.order import of_kind, ships_from
from gateway.mapping import Absent, Field, Scope, Table, constant, decimal, instant, raw_text, read_at, text, yes_or_no
from gateway.models import Backend, Shipment, ShipmentLine, ShipmentStatus

SHIPMENT_STATUSES = {
    "pending": ShipmentStatus.PENDING,
    "packed": ShipmentStatus.PACKED,
    "shipped": ShipmentStatus.SHIPPED,
    "in transit": ShipmentStatus.IN_TRANSIT,
    "in_transit": ShipmentStatus.IN_TRANSIT,
    "delivered": ShipmentStatus.DELIVERED,
    "cancelled": ShipmentStatus.CANCELLED,
    "canceled": ShipmentStatus.CANCELLED,
}
"""All of these words are by analogy."""

_NOT_SHOWN = "the page does not show a shipment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What one shipment record says of one tracking number. `part` is the last part of its id."""

    sent: wire.Sent[wire.Shipment]
    channel_id: str
    number: str | None
    tracking: str | None
    part: str

    @property
    def backend_id(self) -> str:
        """The id of the shipment."""
        return joined(self.channel_id, self.number or "", self.part)

    @property
    def order_id(self) -> str | None:
        """The id of its order, if its number is told."""
        return None if self.number is None else order_id(self.channel_id, self.number)


@dataclass(frozen=True, slots=True)
class ShipmentGiven:
    """What a shipment's table needs besides the record: `acknowledged` is what was asked for, if anything was."""

    parcel: Parcel
    list_time: datetime
    acknowledged: bool | None


def number_of(sent: wire.Sent[wire.Shipment]) -> str | None:
    """The number of the order that was shipped."""
    return first(sent.record.orderNo)


def parcels(sent: Sequence[wire.Sent[wire.Shipment]], channel_id: str) -> list[Parcel]:
    """All shipments of a channel's reply: one for each tracking number, told apart by shipment id, tracking or position.

    Several tracking numbers in one record make several shipments; those go by the tracking number. Positions count
    the nameless shipments of an order by their text, so that they do not hang on the order in which they are sent.
    """
    found: list[Parcel] = []
    positions: dict[tuple[str, str], int] = {}
    for one in sorted(sent, key=lambda one: one.raw):
        channel, number = first(one.record.channelId) or channel_id, number_of(one)
        trackings = _trackings(one.record)
        for tracking in trackings or (None,):
            part = (_own_id(one.record) if len(trackings) < 2 else None) or tracking
            if part is None:
                position = positions[channel, number or ""] = positions.get((channel, number or ""), 0) + 1
                part = str(position)
            found.append(Parcel(sent=one, channel_id=channel, number=number, tracking=tracking, part=part))
    return found


def _trackings(shipment: wire.Shipment) -> list[str]:
    """The tracking numbers, under whichever name they come, as text or as a list; each once."""
    for value in (shipment.trackingNumber, shipment.trackingNo, shipment.tracking):
        listed = value if isinstance(value, list) else [value]
        if numbers := dict.fromkeys(number for each in listed if (number := first(each))):
            return list(numbers)
    return []


def _own_id(shipment: wire.Shipment) -> str | None:
    return first(shipment.shipmentId, shipment.shipmentNo, shipment.id)


def shipped_at(*values_and_scope: Any) -> datetime | None:
    """the first of them that is a readable instant; without an offset, in the configured zone"""
    *values, scope = values_and_scope
    return next((found for value in values if (found := instant(value, scope))), None)


def shipped(record: wire.Shipment, scope: Scope) -> datetime | None:
    """When the record says that it was shipped."""
    return shipped_at(record.shipDate, record.shippedDate, record.shippedAt, scope)


def shipment_id(_wire: Any, scope: Scope) -> str:
    """channel, order number and shipment id (else tracking number, else position), percent-encoded, joined by `/`"""
    backend_id: str = scope.given.parcel.backend_id
    return backend_id


def dated(_wire: Any, scope: Scope) -> datetime:
    """the instant of shipping, else its order's `orderDate`"""
    list_time: datetime = scope.given.list_time
    return list_time


def owner(_wire: Any, scope: Scope) -> str | None:
    """the id of the order of that number in its channel"""
    order: str | None = scope.given.parcel.order_id
    return order


def tracking_number(_wire: Any, scope: Scope) -> str | None:
    """text; of a list, each makes a shipment"""
    tracking: str | None = scope.given.parcel.tracking
    return tracking


def shipment_status(value: Any, scope: Scope) -> ShipmentStatus:
    """by the table of status words"""
    return SHIPMENT_STATUSES.get((first(value) or "").lower(), ShipmentStatus.UNKNOWN)


def acknowledged(sent: Any, also_sent: Any, scope: Scope) -> bool | None:
    """yes or no; where neither is sent, what it was asked for with"""
    asked: bool | None = scope.given.acknowledged
    return next((told for value in (sent, also_sent) if (told := yes_or_no(value, scope)) is not None), asked)


def carrier(info: Any, code: Any, name: Any, scope: Scope) -> str | None:
    """the first of `shippingInfo.carrierCode` and the others that is sent and not blank"""
    return first(info.carrierCode if isinstance(info, wire.ShippingInfo) else None, code, name)


def service(info: Any, level: Any, name: Any, scope: Scope) -> str | None:
    """the first of `shippingInfo.serviceLevel` and the others that is sent and not blank"""
    return first(info.serviceLevel if isinstance(info, wire.ShippingInfo) else None, level, name)


def sku_id_of(sku: Any, other: Any, scope: Scope) -> str | None:
    """the SKU, percent-encoded"""
    return sku_id(first(sku, other), scope)


def shipment_lines(line_items: Any, items: Any, scope: Scope) -> tuple[ShipmentLine, ...]:
    """see the table of `ShipmentLine`"""
    lines = of_kind(wire.ShipmentLine, line_items) or of_kind(wire.ShipmentLine, items)
    return tuple(SHIPMENT_LINE(line, scope) for line in lines)


SHIPMENT_LINE = Table(
    ShipmentLine,
    "shipment line",
    (
        Field("backend", "", constant(Backend.CENPORTS)),
        Field("order_backend_id", "", owner),
        Absent("order_line_id", _NOT_SHOWN),
        Field("sku", ("productSku", "sku"), first_text),
        Field("name", "productName", text),
        Field("quantity", "quantity", decimal),
        Absent("unit_of_measure", "Cenports counts pieces"),
        Absent("pallets", _NOT_SHOWN),
        Absent("weight", _NOT_SHOWN),
        Absent("volume", _NOT_SHOWN),
        Absent("properties", _NOT_SHOWN),
        Field("variant_backend_id", ("productSku", "sku"), sku_id_of),
        Absent("variant_record", "the line holds the SKU and a name only"),
    ),
)

SHIPMENT = Table(
    Shipment,
    "shipment",
    (
        Field("backend", "", constant(Backend.CENPORTS)),
        Field("backend_id", "", shipment_id),
        Field("fetched_at", "", read_at),
        Absent("created_at", _NOT_SHOWN),
        Absent("updated_at", _NOT_SHOWN),
        Field("raw", "", raw_text),
        Field("list_time", "", dated),
        Field("number", ("shipmentNo", "shipmentId", "id"), first_text),
        Absent("references", _NOT_SHOWN),
        Field("status", "status", shipment_status),
        Field("backend_status", "status", first_text),
        Field("acknowledged", ("isAcknowledged", "acknowledged"), acknowledged),
        Field("order_number", "orderNo", first_text),
        Field("order_backend_id", "", owner),
        Field("carrier", ("shippingInfo", "carrierCode", "carrier"), carrier),
        Field("service", ("shippingInfo", "serviceLevel", "service"), service),
        Field("tracking_number", "", tracking_number),
        Absent("tracking_url", _NOT_SHOWN),
        Field("shipped_at", ("shipDate", "shippedDate", "shippedAt"), shipped_at),
        Absent("delivered_at", _NOT_SHOWN),
        Field("origin", "shipFrom", ship_from),
        Field("destination", "shipTo", bill_to),
        Field("warehouse_backend_id", "shipFrom", ships_from),
        Field("lines", ("lineItems", "items"), shipment_lines),
        Absent("packages", _NOT_SHOWN),
        Absent("version", "Cenports checks no versions"),
    ),
)


def shipment(parcel: Parcel, list_time: datetime, acknowledged: bool | None, scope: Scope) -> Shipment:
    """The shipment of a parcel."""
    given = ShipmentGiven(parcel, list_time, acknowledged)
    return SHIPMENT(parcel.sent.record, replace(scope, given=given))
