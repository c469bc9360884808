"""What Cenports prints in its page becomes the gateway's records; what it does not print is taken as far as it goes."""

import dataclasses
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from gateway.backends.cenports import wire
from gateway.backends.cenports.mapping import TABLES, scope_of
from gateway.backends.cenports.mapping.channel import CHANNEL
from gateway.backends.cenports.mapping.order import ORDER
from gateway.backends.cenports.mapping.shipment import parcels, shipment, shipped
from gateway.backends.cenports.mapping.stock import STOCK, VARIANT, WAREHOUSE, StockGiven
from gateway.backends.cenports.settings import CenportsSettings
from gateway.errors import MalformedReply
from gateway.mapping import Table
from gateway.models import (
    Address,
    CatalogStatus,
    Customer,
    Money,
    Order,
    OrderKind,
    OrderStatus,
    Reference,
    Shipment,
    ShipmentStatus,
)
from tests.backends.cenports.backing import recorded

AT = datetime(2026, 7, 1, tzinfo=UTC)
SETTINGS = CenportsSettings.model_validate({"currency": "USD", "timezone": "America/New_York"})


def sent(type_: type[Any], message: bytes | Mapping[str, Any]) -> wire.Sent[Any]:
    raw = message if isinstance(message, bytes) else msgspec.json.encode(message)
    return wire.Sent(msgspec.json.decode(raw, type=type_, strict=False), raw, AT)


def order(change: Mapping[str, Any] | None = None, acknowledged: bool | None = None) -> Order:
    message = sent(wire.Order, {**msgspec.json.decode(recorded("cenports-02-orders.reply.json")), **(change or {})})
    return ORDER(message.record, scope_of(SETTINGS, message, acknowledged))


def shipments(*messages: Mapping[str, Any], channel: str = "AMAZON") -> list[Shipment]:
    found = []
    for parcel in parcels([sent(wire.Shipment, message) for message in messages], channel):
        scope = scope_of(SETTINGS, parcel.sent)
        found.append(shipment(parcel, shipped(parcel.sent.record, scope) or AT, None, scope))
    return found


@pytest.mark.parametrize("table", TABLES, ids=lambda table: f"{table.model.__name__}-{table.wire}")
def test_every_field_of_a_model_is_mapped_or_said_to_be_absent(table: Table[Any]) -> None:
    stated = [row.name for row in table.rows]
    assert sorted(stated) == sorted(field.name for field in dataclasses.fields(table.model))


def test_the_printed_order() -> None:
    read = order()

    assert (read.backend_id, read.number, read.kind) == ("WDSDL-1/A12345", "A12345", OrderKind.SALE)
    assert (read.channel, read.channel_id) == ("My Channel", "WDSDL-1")
    assert read.placed_at == datetime(1970, 8, 22, 16, 35, 11, tzinfo=UTC)
    assert (read.status, read.backend_status) == (OrderStatus.PROCESSING, "Incompleted")
    assert read.customer == Customer(name="Gerald A Nickerson", phone="405-587-6227")
    place = Address(
        name="Gerald A Nickerson", line1="2288 Hott Street", city="Oklahoma City", state="OK", postal_code="73102", country="US"
    )
    assert (read.billing_address, read.shipping_address) == (place, place)
    assert read.warehouse_backend_id == "WDSDL-WH-CA"
    assert read.instructions == "Thank you for the purchase!"
    assert read.references == ()
    assert read.acknowledged is None
    assert (read.totals.subtotal, read.totals.total) == (Money(Decimal("345.3"), "USD"),) * 2
    assert (read.totals.discount, read.totals.tax) == (Money(Decimal(0), "USD"), None)


def test_the_printed_orders_lines() -> None:
    first, second = order().lines

    assert (first.line_id, first.position, first.order_backend_id) == ("1", 1, "WDSDL-1/A12345")
    assert (first.sku, first.variant_backend_id, first.name) == ("SKU-1", "SKU-1", "Product name 1")
    assert (first.quantity, first.unit_price) == (Decimal(1), Money(Decimal("114.1"), "USD"))
    assert (first.backend_status, second.backend_status) == ("shipped", "pending")
    assert (first.warehouse_backend_id, second.warehouse_backend_id) == ("WDSDL-WH-CA", "WDSDL-WH-CA-2")


def test_lines_whose_numbers_are_not_their_own_go_by_their_place() -> None:
    lines = order({"lineItems": [{"lineItem": "1"}, {"lineItem": 1, "quantity": "2.50"}]}).lines

    assert [(line.line_id, line.quantity) for line in lines] == [("1", 0), ("2", Decimal("2.50"))]


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("PENDING", OrderStatus.PENDING),
        (" shipped ", OrderStatus.SHIPPED),
        ("Completed", OrderStatus.COMPLETED),
        ("Canceled", OrderStatus.CANCELLED),
        ("Cancelled", OrderStatus.CANCELLED),
        ("Incomplete", OrderStatus.UNKNOWN),
        (None, OrderStatus.UNKNOWN),
    ],
)
def test_status_words(word: str | None, status: OrderStatus) -> None:
    assert order({"status": word}).status is status


def test_what_the_printed_order_leaves_blank() -> None:
    filled = {
        "customerOrderNo": "PO-7",
        "contactName": "Customer 18",
        "contactEmail": "customer-17@example.com",
        "shippingInfo": {"estimatedShipDate": "2019-12-01"},
        "orderDate": "2019-11-25",
        "notes": {"merchantMsg": "Ring twice", "retailerMsg": "Thanks"},
    }
    read = order(filled, acknowledged=True)

    assert read.references == (Reference("customerOrderNo", "PO-7"),)
    assert read.numbers == {"A12345", "PO-7"}
    assert read.customer
    assert read.customer.email == "customer-17@example.com"
    assert read.shipping_address
    assert read.shipping_address.name == "Customer 18"
    assert read.required_date == date(2019, 12, 1)
    assert read.placed_at == datetime(2019, 11, 25, 5, tzinfo=UTC), "midnight in the configured zone"
    assert read.instructions == "Ring twice\nThanks"
    assert read.acknowledged is True


@pytest.mark.parametrize("odd", [None, [], "", "n/a", 7, False])
def test_an_order_with_something_else_where_an_object_is_due(odd: object) -> None:
    parts = ("billTo", "shipFrom", "shipTo", "shippingInfo", "lineItems", "pricing", "notes")

    read = order(dict.fromkeys(parts, odd))

    assert (read.billing_address, read.shipping_address, read.lines, read.instructions) == (None, None, (), None)
    assert read.totals.total is None


@pytest.mark.parametrize("missing", ["orderNo", "orderDate"])
def test_an_order_that_has_no_place_in_a_list_cannot_be_read(missing: str) -> None:
    with pytest.raises(MalformedReply, match=missing):
        order({missing: " "})


def test_parts_of_an_id_are_encoded() -> None:
    assert order({"channelId": "A/B 1", "orderNo": "Ñ/2"}).backend_id == "A%2FB%201/%C3%91%2F2"


def test_a_shipment_under_the_first_names() -> None:
    [read] = shipments(
        {
            "orderNo": "A1",
            "shipmentId": "S/1",
            "shippingInfo": {"carrierCode": "UPS", "serviceLevel": "Ground"},
            "trackingNumber": "1Z",
            "shipDate": "2026-06-01T10:00:00Z",
            "status": "Shipped",
            "shipFrom": {"warehouseCode": "W 1", "warehouseName": "West", "location": "1 Example Lane, Tracy"},
            "shipTo": {"address1": "2 Example Street"},
            "lineItems": [{"productSku": "SKU-1", "quantity": "3"}],
            "isAcknowledged": False,
        }
    )

    assert read.backend_id == "AMAZON/A1/S%2F1"
    assert (read.number, read.order_number, read.order_backend_id) == ("S/1", "A1", "AMAZON/A1")
    assert (read.carrier, read.service, read.tracking_number) == ("UPS", "Ground", "1Z")
    assert read.list_time == read.shipped_at == datetime(2026, 6, 1, 10, tzinfo=UTC)
    assert (read.status, read.acknowledged) == (ShipmentStatus.SHIPPED, False)
    assert read.origin == Address(name="West", line1="1 Example Lane, Tracy")
    assert read.warehouse_backend_id == "W%201"
    assert read.destination == Address(line1="2 Example Street")
    [line] = read.lines
    assert (line.sku, line.quantity, line.order_backend_id) == ("SKU-1", Decimal(3), "AMAZON/A1")


@pytest.mark.parametrize(
    "names",
    [
        {
            "id": "shipmentNo",
            "carrier": "carrierCode",
            "service": "serviceLevel",
            "tracking": "trackingNo",
            "at": "shippedDate",
        },
        {"id": "id", "carrier": "carrier", "service": "service", "tracking": "tracking", "at": "shippedAt"},
    ],
)
def test_a_shipment_under_other_names(names: Mapping[str, str]) -> None:
    message = {
        "orderNo": "A1", names["id"]: 7, names["carrier"]: "UPS", names["service"]: "Ground", names["tracking"]: "1Z",
        names["at"]: "2026-06-01", "items": [{"sku": "SKU-1"}], "acknowledged": "1", "channelId": "WDSDL-1",
    }  # fmt: skip
    [read] = shipments(message)

    assert read.backend_id == "WDSDL-1/A1/7"
    assert (read.carrier, read.service, read.tracking_number) == ("UPS", "Ground", "1Z")
    assert read.shipped_at == datetime(2026, 6, 1, 4, tzinfo=UTC)
    assert [line.sku for line in read.lines] == ["SKU-1"]
    assert read.acknowledged is True


def test_a_shipment_goes_by_its_tracking_number_else_by_its_position() -> None:
    one = {"orderNo": "A1", "trackingNumber": "1Z"}
    two = [{"orderNo": "A1", "status": "Shipped"}, {"orderNo": "A1", "status": "Pending"}]

    ids = [read.backend_id for read in shipments(one, *two)]
    turned = {read.raw: read.backend_id for read in shipments(*reversed(two), one)}

    assert sorted(ids) == ["AMAZON/A1/1", "AMAZON/A1/1Z", "AMAZON/A1/2"]
    assert {read.raw: read.backend_id for read in shipments(one, *two)} == turned, "in whatever order they are sent"


def test_each_tracking_number_of_a_list_is_a_shipment() -> None:
    read = shipments({"orderNo": "A1", "shipmentId": "S1", "tracking": ["1Z", "2Z", "1Z"]})

    assert [(each.backend_id, each.tracking_number) for each in read] == [("AMAZON/A1/1Z", "1Z"), ("AMAZON/A1/2Z", "2Z")]


def test_a_shipment_that_cannot_be_recognised_keeps_its_text() -> None:
    [read] = shipments({"orderNo": {"no": 1}, "shippingInfo": "UPS", "lineItems": 4, "trackingNumber": {}, "shipDate": "soon"})

    assert (read.order_number, read.order_backend_id, read.carrier, read.tracking_number) == (None, None, None, None)
    assert (read.lines, read.shipped_at, read.status) == ((), None, ShipmentStatus.UNKNOWN)
    assert read.raw is not None
    assert b'"soon"' in read.raw


def test_the_printed_channels() -> None:
    message = msgspec.json.decode(recorded("cenports-05-channels.reply.json"))["data"][0]
    channel = sent(wire.Channel, message)
    read = CHANNEL(channel.record, scope_of(SETTINGS, channel))

    assert (read.channel_id, read.name, read.email) == ("MCCH", "Test Channel 1", "integrations@cenports.com")
    assert (read.phone, read.location) == ("9999999999", "Hayward, CA, US, 94545")


def test_the_printed_stock() -> None:
    [message] = msgspec.json.decode(recorded("cenports-09-inventories.reply.json"))["data"]
    place = sent(wire.Warehouse, message)
    row = sent(wire.InventoryRow, message["warehouseInventory"][0])

    warehouse = WAREHOUSE(place.record, scope_of(SETTINGS, place))
    variant = VARIANT(row.record, scope_of(SETTINGS, row))
    reading = STOCK(row.record, scope_of(SETTINGS, row, StockGiven(warehouse, row.record, None)))

    assert (warehouse.backend_id, warehouse.code, warehouse.name) == ("CENPORTS", "CENPORTS", "Cenports Main")
    assert warehouse.address == Address(
        line1="1742 Sabre Street", city="Hayward", state="CA", postal_code="94545", country="US"
    )
    assert (variant.sku, variant.barcode, variant.name) == ("TEST-2318S", "000000000000", "A Test Sku")
    assert (variant.backend_id, variant.status) == ("TEST-2318S", CatalogStatus.ACTIVE)
    assert (reading.on_hand, reading.available, reading.incoming) == (Decimal(58), None, None)
    assert reading.as_of == AT


@pytest.mark.parametrize("name", ["nextAvailabileQuantity", "nextAvailableQuantity"])
def test_stock_on_its_way(name: str) -> None:
    row = sent(
        wire.InventoryRow, {"productSku": "A", "isDiscontinued": "true", "nextAvailabilityDate": "2026-07-09", name: "25"}
    )
    place = sent(wire.Warehouse, {"warehouseCode": "W"})
    warehouse = WAREHOUSE(place.record, scope_of(SETTINGS, place))

    reading = STOCK(row.record, scope_of(SETTINGS, row, StockGiven(warehouse, None, row.record)))

    assert (reading.incoming, reading.incoming_on, reading.on_hand) == (Decimal(25), date(2026, 7, 9), None)
    assert VARIANT(row.record, scope_of(SETTINGS, row)).status is CatalogStatus.DISCONTINUED
