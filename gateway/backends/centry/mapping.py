"""Centry's records as the gateway's: the tables of orders and shipments with their rules, and all tables together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import msgspec
from msgspec import Raw

from gateway.backends.centry import own_mapping, wire
from gateway.backends.centry.goods import ID, IMAGE, PRODUCT, STOCK, VARIANT, WAREHOUSE, WAREHOUSE_ADDRESS, first_text
from gateway.backends.centry.papers import DOCUMENT, LABEL, NOTE
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
    money,
    raw_text,
    read_at,
    text,
)
from gateway.models import (
    Address,
    Backend,
    Customer,
    Money,
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
)

STATUS_WORDS: Mapping[str, OrderStatus] = {
    "pending": OrderStatus.PENDING,
    "shipped": OrderStatus.SHIPPED,
    "received": OrderStatus.DELIVERED,
    "cancelled": OrderStatus.CANCELLED,
    "cancelled_before_shipping": OrderStatus.CANCELLED,
    "cancelled_after_shipping": OrderStatus.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Parcel:
    """The items of an order that travel under one tracking code, with the order's lines that they became."""

    order: wire.Order
    items: Sequence[wire.Item]
    lines: Sequence[OrderLine]

    @property
    def item(self) -> wire.Item:
        """The first item: what it says of the transport holds for all."""
        return self.items[0]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an item stands: the order's id and its place in the order from 1; and the variant that came with it."""

    order_id: str
    position: int
    variant: VariantRecord | None


def joined(*values: Any) -> str | None:
    """joined by a space; null where all are blank"""
    *sent, scope = values
    return " ".join(found for value in sent if (found := text(value, scope))) or None


def status(value: Any, scope: Scope) -> OrderStatus:
    """by the table of status words; any other word is UNKNOWN"""
    return STATUS_WORDS.get((text(value, scope) or "").lower(), OrderStatus.UNKNOWN)


def list_time(value: Any, scope: Scope) -> datetime:
    """an instant; an order without one is an error, for nobody could tell its place in a list"""
    created = instant(value, scope)
    if created is None:
        raise MalformedReply(Backend.CENTRY, "An order of Centry's does not say when it was created.")
    return created


def references(id_origin: Any, number_origin: Any, id_pack: Any, scope: Scope) -> tuple[Reference, ...]:
    """each that is not blank, under Centry's name"""
    sent = {"id_origin": id_origin, "number_origin": number_origin, "id_pack": id_pack}
    return tuple(Reference(name, found) for name, value in sent.items() if (found := text(value, scope)))


def common_currency(items: Any, scope: Scope) -> str | None:
    """the currency of all items that name one, if it is the same; else the configured one"""
    sent = items if isinstance(items, list) else [items]
    named = {found for item in sent if isinstance(item, wire.Item) and (found := text(item.currency, scope))}
    return named.pop() if len(named) == 1 else scope.currency


def customer(order: wire.Order, scope: Scope) -> Customer | None:
    """the buyer; null where nothing is known of one"""
    found = CUSTOMER(order, scope)
    return None if found == Customer() else found


def address(sent: Any, scope: Scope) -> Address | None:
    """the address; null where every part is blank"""
    if not isinstance(sent, wire.Address):
        return None
    found = ADDRESS(sent, scope)
    return None if found == Address() else found


def lines(order: wire.Order, scope: Scope) -> tuple[OrderLine, ...]:
    """one line for each item, in the order sent; amounts in the item's currency, else the configured one"""
    order_id = first_text(order._id, order.id, scope) or ""
    return tuple(_line(item, order_id, position, scope) for position, item in enumerate(wire.items_of(order), 1))


def _line(item: wire.Item, order_id: str, position: int, scope: Scope) -> OrderLine:
    place = _Place(order_id, position, _expanded(item, scope))
    return ORDER_LINE(item, replace(scope, currency=text(item.currency, scope) or scope.currency, given=place))


def _expanded(item: wire.Item, scope: Scope) -> VariantRecord | None:
    """Only a variant with an id says which it is."""
    raw = wire.expanded(item)
    sent = _variants.decode(raw) if raw else None
    return VARIANT(sent, replace(scope, raw=raw)) if sent and (sent._id or sent.id) else None


def totals(order: wire.Order, scope: Scope) -> OrderTotals:
    """in the order's currency"""
    return TOTALS(order, replace(scope, currency=common_currency(order.items, scope)))


def grand_total(total: Any, shipping: Any, discount: Any, scope: Scope) -> Money | None:
    """total_amount + shipping_amount - discount_amount, as the page adds up what a buyer has to pay; a blank one is 0"""
    goods = decimal(total, scope)
    if goods is None:
        return None
    amount = goods + (decimal(shipping, scope) or 0) - (decimal(discount, scope) or 0)
    return Money(amount, scope.currency)


def line_id(value: Any, scope: Scope) -> str:
    """the item's id, else its position"""
    return text(value, scope) or str(scope.given.position)


def position(_item: Any, scope: Scope) -> int:
    """the item's place in the list, from 1"""
    place: _Place = scope.given
    return place.position


def order_id_of_line(_item: Any, scope: Scope) -> str:
    """the order's id"""
    place: _Place = scope.given
    return place.order_id


def quantity(value: Any, scope: Scope) -> Decimal:
    """an exact number; blank is 0"""
    return decimal(value, scope) or Decimal(0)


def line_sku(value: Any, scope: Scope) -> str | None:
    """the item's, else that of its variant, which is read if it did not come with the order"""
    place: _Place = scope.given
    return text(value, scope) or (place.variant.sku if place.variant else None)


def line_variant_id(value: Raw, scope: Scope) -> str | None:
    """the id, or that of the variant that came in its place"""
    place: _Place = scope.given
    if place.variant:
        return place.variant.backend_id
    sent = msgspec.json.decode(value)
    return text(sent, scope) if isinstance(sent, str | int) else None


def line_variant(_value: Raw, scope: Scope) -> VariantRecord | None:
    """the variant that `expand` brought along"""
    place: _Place = scope.given
    return place.variant


def parcels(order: wire.Order, order_lines: Sequence[OrderLine]) -> list[Parcel]:
    """The order's parcels: one for the items of one tracking code. Items without one are in none."""
    sent = wire.items_of(order)
    by_code: dict[str, list[int]] = {}
    for index, line in enumerate(order_lines[: len(sent)]):
        if line.tracking_number:
            by_code.setdefault(line.tracking_number, []).append(index)
    return [Parcel(order, [sent[i] for i in of], [order_lines[i] for i in of]) for of in by_code.values()]


def shipment_id(order_id: str, tracking_code: str) -> str:
    """The id of what an order sends under one tracking code: both percent-encoded, joined by a slash."""
    return f"{quote(order_id, safe='')}/{quote(tracking_code, safe='')}"


def parcel_id(parcel: Parcel, _scope: Scope) -> str:
    """the order's id and the tracking code, percent-encoded, joined by a slash"""
    line = parcel.lines[0]
    return shipment_id(line.order_backend_id, line.tracking_number or "")


def parcel_status(word: Any, received: Any, shipped: Any, scope: Scope) -> ShipmentStatus:
    """CANCELLED, DELIVERED or SHIPPED as the order's status says; else by its dates; else PENDING if the order is"""
    order_status = status(word, scope)
    known = _PARCEL_STATUS.get(order_status)
    if known:
        return known
    if instant(received, scope):
        return ShipmentStatus.DELIVERED
    if instant(shipped, scope):
        return ShipmentStatus.SHIPPED
    return ShipmentStatus.PENDING if order_status is OrderStatus.PENDING else ShipmentStatus.UNKNOWN


def parcel_lines(parcel: Parcel, scope: Scope) -> tuple[ShipmentLine, ...]:
    """the items with this tracking code"""
    pairs = zip(parcel.items, parcel.lines, strict=True)
    return tuple(SHIPMENT_LINE(item, replace(scope, given=line)) for item, line in pairs)


def sku_of_line(_item: Any, scope: Scope) -> str | None:
    """that of the order's line"""
    line: OrderLine = scope.given
    return line.sku


def order_of_line(_item: Any, scope: Scope) -> str:
    """the order's id"""
    line: OrderLine = scope.given
    return line.order_backend_id


def id_of_line(_item: Any, scope: Scope) -> str:
    """the id of the order's line"""
    line: OrderLine = scope.given
    return line.line_id


def variant_id_of_line(_item: Any, scope: Scope) -> str | None:
    """that of the order's line"""
    line: OrderLine = scope.given
    return line.variant_backend_id


def variant_of_line(_item: Any, scope: Scope) -> VariantRecord | None:
    """that of the order's line"""
    line: OrderLine = scope.given
    return line.variant_record


_variants = msgspec.json.Decoder(wire.Variant, strict=False, float_hook=Decimal)

_PARCEL_STATUS = {
    OrderStatus.CANCELLED: ShipmentStatus.CANCELLED,
    OrderStatus.DELIVERED: ShipmentStatus.DELIVERED,
    OrderStatus.SHIPPED: ShipmentStatus.SHIPPED,
}

CUSTOMER = Table(
    Customer,
    "order",
    (
        Absent("backend_id", "Centry gives buyers no id."),
        Field("name", ("buyer_first_name", "buyer_last_name"), joined),
        Field("first_name", "buyer_first_name", text),
        Field("last_name", "buyer_last_name", text),
        Absent("company", "The page has no such attribute."),
        Field("email", "buyer_email", text),
        Field("phone", ("buyer_mobilephone", "buyer_phone"), first_text),
        Field("tax_id", "buyer_dni", text),
    ),
)

ADDRESS = Table(
    Address,
    "address of an order",
    (
        Field("name", ("first_name", "last_name"), joined),
        Field("first_name", "first_name", text),
        Field("last_name", "last_name", text),
        Absent("company", "The page has no such attribute."),
        Field("line1", "line1", text),
        Field("line2", "line2", text),
        Field("suburb", "county", text),
        Field("city", "city", text),
        Field("state", "state", text),
        Field("postal_code", "zip_code", text),
        Field("country", "country", text),
        Field("phone", ("phone1", "phone2"), first_text),
        Field("email", "email", text),
    ),
)

ORDER_LINE = Table(
    OrderLine,
    "item of an order",
    (
        Field("backend", "", constant(Backend.CENTRY)),
        Field("order_backend_id", "", order_id_of_line),
        Field("line_id", "_id", line_id),
        Field("position", "", position),
        Field("sku", "sku", line_sku),
        Field("name", "name", text),
        Field("quantity", "quantity", quantity),
        Absent("unit_of_measure", "Centry counts pieces."),
        Absent("quantity_cancelled", "quantity_restocked counts what went back into stock, for whatever reason."),
        Absent("quantity_shipped", "Centry tells of the whole order only whether it was shipped."),
        Field("unit_price", "unit_price", money),
        Field("discount", "discount_amount", money),
        Field("tax", "tax_amount", money),
        Absent("subtotal", "The page has no such attribute, and its examples do not multiply unit_price by quantity."),
        Field("total", "paid_price", money),
        Absent("part_of_line_id", "Centry's items have no parts."),
        Absent("is_bundle", "Centry's items have no parts."),
        Absent("backend_status", "Items have no status of their own."),
        Field("carrier", "shipment_provider", text),
        Field("tracking_number", "tracking_code", text),
        Field("tracking_url", "tracking_url", text),
        Absent("properties", "The page has no such attribute."),
        Field("variant_backend_id", "variant_id", line_variant_id),
        Field("variant_record", "variant", line_variant),
        Absent("warehouse_backend_id", "Centry does not tell from which warehouse an item is taken."),
    ),
)

TOTALS = Table(
    OrderTotals,
    "order",
    (
        Field("subtotal", "total_amount", money),
        Field("discount", "discount_amount", money),
        Field("shipping", "shipping_amount", money),
        Field("tax", "tax_amount", money),
        Field("total", ("total_amount", "shipping_amount", "discount_amount"), grand_total),
        Field("paid", "paid_amount", money),
    ),
)

ORDER = Table(
    Order,
    "order",
    (
        Field("backend", "", constant(Backend.CENTRY)),
        Field("backend_id", ID, first_text),
        Field("fetched_at", "", read_at),
        Field("created_at", "created_at", instant),
        Field("updated_at", "updated_at", instant),
        Field("raw", "", raw_text),
        Field("kind", "", constant(OrderKind.SALE)),
        Field("number", ("number_origin", "id_origin", *ID), first_text),
        Field("placed_at", "created_at", list_time),
        Field("status", "_status", status),
        Field("backend_status", "_status", text),
        Field("references", ("id_origin", "number_origin", "id_pack"), references),
        Absent("acknowledged", "Centry has no such notion."),
        Absent("locked", "Centry has no such notion."),
        Field("channel", "origin", text),
        Field("channel_id", "origin", text),
        Field("customer", "", customer),
        Absent("account", "Centry's orders belong to the account whose token reads them."),
        Field("currency", "items", common_currency),
        Field("billing_address", "address_billing", address),
        Field("shipping_address", "address_shipping", address),
        Field("required_date", "date_for_delivery", day),
        Absent("instructions", "The page has no such attribute; notes are records of their own."),
        Field("lines", "", lines),
        Field("totals", "", totals),
        Absent("warehouse_backend_id", "Centry does not tell from which warehouse an order is filled."),
        Absent("version", "Orders have no version."),
    ),
)

SHIPMENT_LINE = Table(
    ShipmentLine,
    "item of an order",
    (
        Field("backend", "", constant(Backend.CENTRY)),
        Field("order_backend_id", "", order_of_line),
        Field("order_line_id", "_id", id_of_line),
        Field("sku", "sku", sku_of_line),
        Field("name", "name", text),
        Field("quantity", "quantity", decimal),
        Absent("unit_of_measure", "Centry counts pieces."),
        Absent("pallets", "The page has no such attribute."),
        Absent("weight", "The page has no such attribute."),
        Absent("volume", "The page has no such attribute."),
        Absent("properties", "The page has no such attribute."),
        Field("variant_backend_id", "variant_id", variant_id_of_line),
        Field("variant_record", "variant", variant_of_line),
    ),
)

SHIPMENT = Table(
    Shipment,
    "items of one tracking code of an order",
    (
        Field("backend", "", constant(Backend.CENTRY)),
        Field("backend_id", "", parcel_id),
        Field("fetched_at", "", read_at),
        Absent("created_at", "Centry's shipments are no records of their own."),
        Field("updated_at", "order.updated_at", instant),
        Field("raw", "", raw_text),
        Field("list_time", "order.created_at", list_time),
        Absent("number", "Centry gives shipments no number besides the tracking code."),
        Absent("references", "They are the order's."),
        Field("status", ("order._status", "order.received_date", "order.shipped_date"), parcel_status),
        Field("backend_status", "order._status", text),
        Absent("acknowledged", "Centry has no such notion."),
        Field("order_number", ("order.number_origin", "order.id_origin", "order._id", "order.id"), first_text),
        Field("order_backend_id", ("order._id", "order.id"), first_text),
        Field("carrier", "item.shipment_provider", text),
        Field("service", "item.shipping_type", text),
        Field("tracking_number", "item.tracking_code", text),
        Field("tracking_url", "item.tracking_url", text),
        Field("shipped_at", "order.shipped_date", instant),
        Field("delivered_at", "order.received_date", instant),
        Absent("origin", "Centry does not tell from where an order is sent."),
        Field("destination", "order.address_shipping", address),
        Absent("warehouse_backend_id", "Centry does not tell from which warehouse an order is sent."),
        Field("lines", "", parcel_lines),
        Absent("packages", "The page has no such attribute of an order."),
        Absent("version", "Orders have no version."),
    ),
)

TABLES: tuple[Table[Any], ...] = (
    ORDER,
    ORDER_LINE,
    TOTALS,
    CUSTOMER,
    ADDRESS,
    NOTE,
    DOCUMENT,
    LABEL,
    SHIPMENT,
    SHIPMENT_LINE,
    VARIANT,
    PRODUCT,
    IMAGE,
    WAREHOUSE,
    WAREHOUSE_ADDRESS,
    STOCK,
    *own_mapping.TABLES,
)
