"""What the messages of the vendor's page become: orders, their lines, and shipments."""

from dataclasses import fields
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from lxml import etree

from gateway.backends.centra.mapping import TABLES
from gateway.mapping import Field, Table
from gateway.models import (
    Account,
    Address,
    Backend,
    Customer,
    Money,
    OrderKind,
    OrderStatus,
    OrderTotals,
    Reference,
    ShipmentStatus,
)
from gateway.readmodel.store import Kind
from tests.backends.centra.lessons import READ_AT, learn, of_kind, order_of, reply_of, shipments_of
from tests.backends.centra.scripted import event, order, recorded

RETAIL = recorded("centra-01-orders.reply.xml")
WHOLESALE = recorded("centra-02-orders-of-a-market.reply.xml")
NONE, ONE, TWO = Decimal(0), Decimal(1), Decimal(2)
PLACED = datetime(2019, 3, 27, 11, 52, 20, tzinfo=UTC)


def eur(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.model.__name__)
def test_every_field_of_a_model_stands_in_its_table_once(table: Table[Any]) -> None:
    named = [row.name for row in table.rows]
    assert sorted(named) == sorted(field.name for field in fields(table.model))
    assert all(row.rule for row in table.rows if isinstance(row, Field))


def test_the_retail_order_of_the_page() -> None:
    read = order_of(RETAIL)

    assert (read.backend, read.backend_id, read.number, read.kind) == (Backend.CENTRA, "30", "30", OrderKind.SALE)
    assert (read.placed_at, read.created_at, read.fetched_at) == (PLACED, PLACED, READ_AT)
    assert read.updated_at == datetime(2019, 3, 27, 12, 52, 20, tzinfo=UTC)
    assert (read.status, read.backend_status) == (OrderStatus.PROCESSING, "processing")
    assert (read.locked, read.acknowledged, read.version, read.required_date, read.instructions) == (None,) * 5
    assert (read.channel, read.channel_id, read.currency) == ("Sweden", "Retail-Sweden", "EUR")
    assert read.references == []
    assert read.customer == Customer(
        backend_id="20", name="Example Person", first_name="Example", last_name="Person",
        email="someone@example.com", phone="123456789",
    )  # fmt: skip
    assert read.account is None
    assert read.shipping_address == read.billing_address == Address(
        name="Example Person", first_name="Example", last_name="Person", line1="Teststreet 123", city="Testcity",
        postal_code="12345", country="SE", phone="123456789", email="someone@example.com",
    )  # fmt: skip
    assert read.totals == OrderTotals(shipping=eur("12"), total=eur("1135.00"), paid=eur("0"))
    assert read.warehouse_backend_id == "CW"
    assert read.raw is not None
    assert msgspec.json.decode(read.raw)["payments"][0]["payment"][0]["value"] == "1135"


def test_the_lines_of_the_retail_order_of_the_page() -> None:
    chair, sweater = order_of(RETAIL).lines

    assert (chair.line_id, chair.position, chair.sku, chair.name) == ("80", 1, None, "Plain wood chair")
    assert (chair.variant_backend_id, chair.warehouse_backend_id) == ("PWC/PWC/OS", "OtherWarehouse")
    assert (sweater.line_id, sweater.position, sweater.sku, sweater.name) == ("81", 2, "TURTLE00101", "Turtleneck sweater")
    assert (sweater.order_backend_id, sweater.variant_backend_id) == ("30", "T001/T001_RED/S")
    assert (sweater.quantity, sweater.quantity_cancelled, sweater.quantity_shipped) == (ONE, NONE, NONE)
    assert (sweater.unit_price, sweater.discount, sweater.subtotal) == (eur("123.00"), eur("0"), eur("123"))
    assert (sweater.tax, sweater.total) == (None, None), "what Centra calls tax is a rate"
    assert sweater.properties == {"tax": "25.000", "preorder": "no"}
    assert (sweater.is_bundle, sweater.part_of_line_id) == (False, None)


def test_the_shipment_of_the_retail_order_of_the_page() -> None:
    (read,) = shipments_of(RETAIL)

    assert (read.backend_id, read.number, read.order_backend_id, read.order_number) == ("30/8", "8", "30", "30")
    assert (read.status, read.list_time, read.created_at) == (ShipmentStatus.PACKED, PLACED, PLACED)
    assert (read.carrier, read.service, read.tracking_number, read.shipped_at, read.packages) == (None, None, None, None, 0)
    assert read.destination is not None
    assert read.destination.line1 == "Teststreet 123"
    assert [(line.order_line_id, line.sku, line.quantity, line.order_backend_id) for line in read.lines] == [
        ("80", None, ONE, "30"),
        ("81", "TURTLE00101", ONE, "30"),
    ]
    assert read.raw is not None
    assert msgspec.json.decode(read.raw)["shipmenttotal"] == "1135.00"


def test_the_wholesale_order_of_the_page() -> None:
    read = order_of(WHOLESALE)

    assert (read.backend_id, read.number, read.status) == ("25", "25", OrderStatus.PENDING)
    assert read.references == [Reference("ponumber", "Example1")]
    assert read.numbers == {"25", "Example1"}
    assert read.instructions == "The buyer can leave a message or special instructions here."
    assert (read.customer, read.account) == (
        Customer(
            backend_id="12345_buyer1", name="Frist Last", first_name="Frist", last_name="Last", company="Example Billing",
            email="first.last@example.com", phone="123 456 789",
        ),
        Account(backend_id="12345"),
    )  # fmt: skip
    assert read.shipping_address is not None
    assert (read.shipping_address.name, read.shipping_address.company) == ("Person name", "Example Warehouse")
    assert read.totals == OrderTotals(shipping=Money(Decimal(123), "USD"), paid=Money(Decimal(0), "USD"))


def test_a_product_in_several_sizes_is_a_line_for_each_with_its_own_quantity() -> None:
    lines = order_of(WHOLESALE).lines

    assert [(line.line_id, line.position, line.variant_backend_id, line.quantity) for line in lines] == [
        ("67", 1, "PWC/PWC/OS", TWO),
        ("68", 2, "T001/T001_BLUE/S", ONE),
        ("69", 3, "T001/T001_BLUE/M", TWO),
        ("70", 4, "T001/T001_RED/M", Decimal(3)),
        ("71", 5, "T001/T001_RED/L", Decimal(4)),
    ]
    assert lines[0].subtotal == Money(Decimal(1400), "USD")
    assert {line.unit_price for line in lines[3:]} == {Money(Decimal("45.00"), "USD")}
    assert {line.subtotal for line in lines[1:]} == {None}, "it is that of several sizes together"


def test_a_line_takes_the_catalogue_s_sku_where_the_order_lacks_a_part_of_it() -> None:
    catalogue = {"T001/T001_RED/S": "TURTLE001RED01"}
    told = b"<ns1:id>T001_RED</ns1:id><ns1:sku>R</ns1:sku>"

    assert [line.sku for line in order_of(RETAIL, catalogue).lines] == [None, "TURTLE001RED01"]
    assert [line.sku for line in shipments_of(RETAIL, catalogue)[0].lines] == [None, "TURTLE001RED01"]
    full = order_of(b" ".join(RETAIL.split()).replace(b"<ns1:id>T001_RED</ns1:id>", told), catalogue)
    assert full.lines[1].sku == "TURTLE001R01", "the order tells all of its parts"


def test_the_bundle_of_the_page() -> None:
    products = etree.tostring(etree.fromstring(recorded("centra-bundle.part.xml"))).decode()
    part, other, bundle = order_of(reply_of(event(1, data=f"<order><id>5</id>{products}</order>"))).lines

    assert [(line.line_id, line.is_bundle, line.part_of_line_id) for line in (part, other, bundle)] == [
        ("2882", False, "2884"),
        ("2883", False, "2884"),
        ("2884", True, None),
    ]


def sizes(*rows: tuple[str, str, str]) -> str:
    return "".join(
        f"<size><id>{size}</id><qty>{qty}</qty>" + (f"<orderitem><id>{item}</id></orderitem>" if item else "") + "</size>"
        for size, qty, item in rows
    )


def moved(*rows: tuple[str, str, str]) -> str:
    return f"<product><id>T001</id><variation><id>T001_RED</id></variation><sizes>{sizes(*rows)}</sizes></product>"


def test_cancelled_and_shipped_quantities_are_told_line_by_line() -> None:
    more = (
        f"<cancelled>{moved(('L', '1', '71'))}</cancelled><shipments>"
        f"<shipment><id>a</id><shipped>yes</shipped><products>{moved(('M', '1', '70'), ('L', '2', '71'))}</products></shipment>"
        f"<shipment><id>b</id><shipped>yes</shipped><products>{moved(('M', '1', '70'))}</products></shipment>"
        f"<shipment><id>c</id><shipped>no</shipped><products>{moved(('M', '1', '70'))}</products></shipment></shipments>"
    )
    sold = sizes(("M", "3", "70"), ("L", "4", "71"), ("M", "5", "72"))
    lines = order_of(reply_of(event(1, data=order(30, more=more, sizes=sold)))).lines

    assert [(line.line_id, line.quantity_cancelled, line.quantity_shipped) for line in lines] == [
        ("70", NONE, TWO),
        ("71", ONE, TWO),
        ("72", NONE, NONE),
    ]


def test_what_names_no_line_counts_for_the_only_one_that_sells_it() -> None:
    more = f"<cancelled>{moved(('L', '1', ''), ('M', '1', ''))}</cancelled>"
    sold = sizes(("M", "3", "70"), ("L", "4", ""), ("M", "5", "72"))
    lines = order_of(reply_of(event(1, data=order(30, more=more, sizes=sold)))).lines

    assert [(line.line_id, line.quantity_cancelled) for line in lines] == [("70", NONE), ("2", ONE), ("72", NONE)]


@pytest.mark.parametrize(
    ("marks", "status"),
    [
        ("<shipped>yes</shipped><goodtogo>yes</goodtogo>", ShipmentStatus.SHIPPED),
        ("<shipped>no</shipped><goodtogo>yes</goodtogo>", ShipmentStatus.PACKED),
        ("<shipped>no</shipped><goodtogo>no</goodtogo>", ShipmentStatus.PENDING),
        ("", ShipmentStatus.PENDING),
    ],
)
def test_how_far_a_shipment_is(marks: str, status: ShipmentStatus) -> None:
    more = f"<shippingaddress><city>Far</city></shippingaddress><shipments><shipment><id>9</id>{marks}</shipment></shipments>"
    (read,) = shipments_of(reply_of(event(1, data=order(30, more=more))))

    assert read.status is status
    assert read.list_time == PLACED, "its order's, for it has none of its own"
    assert read.destination == Address(city="Far")


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Pending", OrderStatus.PENDING), ("confirmed", OrderStatus.CONFIRMED), ("PROCESSING", OrderStatus.PROCESSING),
        ("completed", OrderStatus.COMPLETED), ("archived", OrderStatus.COMPLETED), ("canceled", OrderStatus.CANCELLED),
        ("cancelled", OrderStatus.CANCELLED), ("novel", OrderStatus.UNKNOWN), ("", OrderStatus.UNKNOWN),
    ],
)  # fmt: skip
def test_status_words(word: str, status: OrderStatus) -> None:
    read = order_of(reply_of(event(1, data=order(30, more=f"<status>{word}</status>"))))

    assert (read.status, read.backend_status) == (status, word or None)


def test_what_is_sparse_or_odd_is_no_error() -> None:
    more = (
        "<ordernumber> 77 </ordernumber><locked>yes</locked><preferred_shipping_date>2019-04-02</preferred_shipping_date>"
        "<ordertotal>1,5</ordertotal><account/><market/><shippingaddress/><products/>"
    )
    data = f"<order><id>a/b c</id><created>0000-00-00 00:00:00</created>{more}</order>"
    read = order_of(reply_of(event(1, data=data)), currency="SEK")

    assert (read.backend_id, read.number, read.locked) == ("a%2Fb%20c", "77", True)
    assert (read.created_at, read.placed_at, read.required_date) == (None, READ_AT, date(2019, 4, 2))
    assert (read.customer, read.account, read.shipping_address, read.channel_id) == (None,) * 4
    assert (read.totals, read.lines) == (OrderTotals(), [])


def test_times_without_a_zone_are_in_the_configured_one_and_amounts_without_currency_in_that() -> None:
    reply = reply_of(event(1, data=order(30, more="<ordertotal>5.10</ordertotal>")))
    read = order_of(reply, timezone="Europe/Stockholm", currency="SEK")

    assert read.updated_at == PLACED
    assert read.totals.total == Money(Decimal("5.10"), "SEK")
    assert read.currency is None


def test_a_line_without_a_quantity_is_not_shown_as_none_sold() -> None:
    lesson = learn(reply_of(event(1, data=order(30, sizes="<size><id>S</id></size>"))))

    assert lesson.message.problem == "A line of Centra's order has no quantity."
    assert of_kind(lesson, Kind.ORDER) == []
