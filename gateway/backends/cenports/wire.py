"""What Cenports sends: orders, shipments, channels and stock, field for field under the names of its page.

Numbers, times and texts are `Any`, as Cenports sends one and the same field now as a number, now as text, now as null.
Where an object or a list is due, anything else is let through too (a PHP system sends an empty object as `[]`): the
mapping takes what it recognises, the rest stays in the record's JSON text.
"""
# ruff: noqa: N815 - the vendor's own names

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeAlias, TypeVar

from msgspec import Raw, Struct

W = TypeVar("W", covariant=True)

Odd: TypeAlias = list[Any] | str | int | float | bool | None
"""What may stand where an object is due."""

Blank: TypeAlias = str | int | float | bool | None
"""What may stand where a list is due."""


class Party(Struct, frozen=True):
    """`billTo` and `shipTo` of an order; of a shipment, by analogy."""

    name: Any = None
    address1: Any = None
    address2: Any = None
    city: Any = None
    state: Any = None
    country: Any = None
    postalCode: Any = None


class ShipFrom(Struct, frozen=True):
    """The warehouse that an order or a shipment leaves from. `location` is an address in one line."""

    warehouseCode: Any = None
    warehouseName: Any = None
    location: Any = None
    contactPhone: Any = None


class ShippingInfo(Struct, frozen=True):
    """How an order is to be sent. The page shows the day in orders that are created, not in those that are read."""

    carrierCode: Any = None
    serviceLevel: Any = None
    estimatedShipDate: Any = None


class OrderLine(Struct, frozen=True):
    """One of an order's `lineItems`."""

    lineItem: Any = None
    productSku: Any = None
    retailerSku: Any = None
    productName: Any = None
    shipFromWarehouseCode: Any = None
    quantity: Any = None
    price: Any = None
    status: Any = None


class Pricing(Struct, frozen=True):
    """An order's amounts, in a currency that is not told."""

    subTotal: Any = None
    discount: Any = None
    shipCost: Any = None
    grandTotal: Any = None


class Notes(Struct, frozen=True):
    """What merchant and retailer wrote on an order."""

    merchantMsg: Any = None
    retailerMsg: Any = None


class Order(Struct, frozen=True):
    """One order of GET /orders."""

    orderNo: Any = None
    customerOrderNo: Any = None
    orderDate: Any = None
    channel: Any = None
    channelId: Any = None
    customerName: Any = None
    contactName: Any = None
    contactEmail: Any = None
    contactPhone: Any = None
    status: Any = None
    billTo: Party | Odd = None
    shipFrom: ShipFrom | Odd = None
    shipTo: Party | Odd = None
    shippingInfo: ShippingInfo | Odd = None
    lineItems: list[OrderLine | Odd] | OrderLine | Blank = None
    pricing: Pricing | Odd = None
    notes: Notes | Odd = None


class ShipmentLine(Struct, frozen=True):
    """What of one SKU is in a shipment."""

    productSku: Any = None
    sku: Any = None
    productName: Any = None
    quantity: Any = None


class Shipment(Struct, frozen=True):
    """One shipment of GET /shipments. The page does not show the reply: every name that it may come under stands here."""

    orderNo: Any = None
    shipmentId: Any = None
    shipmentNo: Any = None
    id: Any = None
    channelId: Any = None
    shippingInfo: ShippingInfo | Odd = None
    carrierCode: Any = None
    carrier: Any = None
    serviceLevel: Any = None
    service: Any = None
    trackingNumber: Any = None
    trackingNo: Any = None
    tracking: Any = None
    shipDate: Any = None
    shippedDate: Any = None
    shippedAt: Any = None
    status: Any = None
    shipFrom: ShipFrom | Odd = None
    shipTo: Party | Odd = None
    lineItems: list[ShipmentLine | Odd] | ShipmentLine | Blank = None
    items: list[ShipmentLine | Odd] | ShipmentLine | Blank = None
    isAcknowledged: Any = None
    acknowledged: Any = None


class Channel(Struct, frozen=True):
    """One sales channel of GET /channels."""

    channelId: Any = None
    channelName: Any = None
    channelEmail: Any = None
    channelPhone: Any = None
    location: Any = None


class WarehouseAddress(Struct, frozen=True):
    """Where a warehouse stands."""

    streetAddress: Any = None
    streetAddress2: Any = None
    city: Any = None
    province: Any = None
    provinceAbbre: Any = None
    countryCode: Any = None
    country: Any = None
    postalCode: Any = None


class InventoryRow(Struct, frozen=True):
    """One SKU in one warehouse. `nextAvailabileQuantity` is the page's spelling; the other is taken too."""

    productSku: Any = None
    productUpc: Any = None
    productName: Any = None
    quantity: Any = None
    isDiscontinued: Any = None
    nextAvailabilityDate: Any = None
    nextAvailabileQuantity: Any = None
    nextAvailableQuantity: Any = None


class Warehouse(Struct, frozen=True):
    """One warehouse of GET /inventories, with what it holds, row by row as sent."""

    warehouseName: Any = None
    warehouseCode: Any = None
    warehouseAddress: WarehouseAddress | Odd = None
    warehouseInventory: list[Raw] | Blank = None


class Token(Struct, frozen=True):
    """The reply of POST /authorize. `expires_in` is in seconds; the page's "12 hours" and its 86400 disagree."""

    access_token: str
    expires_in: Any = None

    def __repr__(self) -> str:
        """Without the token."""
        return f"Token(expires_in={self.expires_in!r})"


@dataclass(frozen=True, slots=True, repr=False)
class Sent(Generic[W]):
    """A record with its JSON text, and when Cenports gave it."""

    record: W
    raw: bytes
    fetched_at: datetime


class Transaction(Struct, frozen=True):
    """What Cenports works on, and what became of it. `errors` name entries by their place in what was sent."""

    id: Any = None
    handle: Any = None
    status: Any = None
    submitted_at: Any = None
    completed_at: Any = None
    errors: Any = None
