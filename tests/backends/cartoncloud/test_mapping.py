"""The vendor's examples as the gateway's records."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from gateway.backends.cartoncloud import wire
from gateway.backends.cartoncloud.kinds import RecordKind
from gateway.backends.cartoncloud.records import model, sent
from gateway.errors import MalformedReply
from gateway.models import (
    Account,
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
)
from tests.backends.cartoncloud.recordings import FETCHED_AT, as_sent, recorded, settings, written

PLACED_AT = datetime(2026, 2, 1, tzinfo=UTC)
ADDRESS = Address(
    name="Customer 17",
    company="Company A",
    line1="Unit 2, Corporate Tower",
    line2="1 Main Street",
    suburb="Springfield",
    city="Metropolis",
    state="QLD",
    postal_code="4000",
    country="AU",
    phone="07 5512 3456",
    email="customer-17@example.com",
)
ACCOUNT = Account(backend_id="f81d4fae-7dec-11d0-a765-00a0c91e6bf6", code="C123456", name="Customer A")
REFERENCES = [Reference("customer", "REF-1234"), Reference("alternateReference", "ALT-REF-5678")]


def order(message: dict[str, Any], kind: RecordKind = RecordKind.OUTBOUND, **given: Any) -> Order:
    made = model(as_sent(kind, message), PLACED_AT, settings(**given))
    assert isinstance(made, Order)
    return made


def shipment(message: dict[str, Any]) -> Shipment:
    made = model(as_sent(RecordKind.CONSIGNMENT, message), PLACED_AT, settings())
    assert isinstance(made, Shipment)
    return made


def lines(order_id: str) -> list[OrderLine]:
    goods: dict[str, Any] = {
        "backend": Backend.CARTONCLOUD,
        "order_backend_id": order_id,
        "sku": "SKU123",
        "name": "Product Name",
        "variant_backend_id": "c3706e8c-7526-11e8-adc0-fa7ae01b3ebc",
    }
    first = {"expiryDate": "2018-10-25", "batch": "AAAA"}
    second = {"expiryDate": "2018-10-22", "batch": "BBBB"}
    return [
        OrderLine(line_id="1", position=1, quantity=Decimal(25), unit_of_measure="UNITS", properties=first, **goods),
        OrderLine(line_id="2", position=2, quantity=Decimal(2), unit_of_measure="CASES", properties=second, **goods),
    ]


def test_the_outbound_order_of_the_page() -> None:
    message = recorded("outbound-order")

    assert order(message) == Order(
        backend=Backend.CARTONCLOUD,
        backend_id="fb5b56f6-a68e-11e8-98d0-529269fb1459",
        fetched_at=FETCHED_AT,
        raw=written(message),
        kind=OrderKind.OUTBOUND,
        number="REF-1234",
        placed_at=PLACED_AT,
        status=OrderStatus.DRAFT,
        backend_status="DRAFT",
        references=REFERENCES,
        customer=Customer(name="Customer 17", company="Company A", email="customer-17@example.com", phone="07 5512 3456"),
        account=ACCOUNT,
        currency="AUD",
        shipping_address=ADDRESS,
        required_date=date(2018, 6, 21),
        lines=lines("fb5b56f6-a68e-11e8-98d0-529269fb1459"),
        totals=OrderTotals(total=Money(Decimal(1000), "AUD")),
        warehouse_backend_id="f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
        version=1,
    )


def test_the_inbound_order_of_the_page() -> None:
    message = recorded("inbound-order")

    assert order(message, RecordKind.INBOUND) == Order(
        backend=Backend.CARTONCLOUD,
        backend_id="318782ea-75b1-11e8-adc0-fa7ae01b9ebc",
        fetched_at=FETCHED_AT,
        raw=written(message),
        kind=OrderKind.INBOUND,
        number="REF-1234",
        placed_at=PLACED_AT,
        status=OrderStatus.DRAFT,
        backend_status="DRAFT",
        references=REFERENCES,
        account=ACCOUNT,
        required_date=date(2018, 1, 31),
        lines=lines("318782ea-75b1-11e8-adc0-fa7ae01b9ebc"),
        warehouse_backend_id="f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
        version=1,
    )


def test_the_consignment_of_the_page() -> None:
    message = recorded("consignment")

    assert shipment(message) == Shipment(
        backend=Backend.CARTONCLOUD,
        backend_id="028ff38c-a68f-11e8-98d0-529269fb1459",
        fetched_at=FETCHED_AT,
        raw=written(message),
        list_time=PLACED_AT,
        number="REF-1234",
        references=REFERENCES,
        status=ShipmentStatus.PENDING,
        backend_status="DRAFT",
        order_number="REF-1234",
        service="EXPRESS",
        origin=ADDRESS,
        destination=ADDRESS,
        lines=[
            ShipmentLine(
                backend=Backend.CARTONCLOUD,
                name="misc equipment",
                quantity=Decimal(10),
                pallets=2,
                weight=Decimal(120),
                properties={"description": "misc equipment"},
            ),
            ShipmentLine(backend=Backend.CARTONCLOUD, sku="DRUM", pallets=3, weight=Decimal(160), variant_backend_id="DRUM"),
        ],
        version=1,
    )


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("DRAFT", OrderStatus.DRAFT),
        ("AWAITING_STOCK", OrderStatus.PENDING),
        ("AWAITING_PICK_AND_PACK", OrderStatus.CONFIRMED),
        ("PACKING_IN_PROGRESS", OrderStatus.PROCESSING),
        ("PICKED", OrderStatus.PROCESSING),
        ("PACKED", OrderStatus.PROCESSING),
        ("dispatched", OrderStatus.SHIPPED),
        ("DELIVERED", OrderStatus.DELIVERED),
        ("RECEIVED", OrderStatus.COMPLETED),
        ("Cancelled", OrderStatus.CANCELLED),
        ("REJECTED", OrderStatus.REJECTED),
        ("QUARANTINED", OrderStatus.UNKNOWN),
        (None, OrderStatus.UNKNOWN),
    ],
)
def test_an_orders_status_word(word: str | None, status: OrderStatus) -> None:
    found = order(recorded("outbound-order", status=word))
    assert (found.status, found.backend_status) == (status, word)


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("DRAFT", ShipmentStatus.PENDING),
        ("AWAITING_PICKUP", ShipmentStatus.PENDING),
        ("PACKED", ShipmentStatus.PACKED),
        ("DISPATCHED", ShipmentStatus.SHIPPED),
        ("in_transit", ShipmentStatus.IN_TRANSIT),
        ("DELIVERED", ShipmentStatus.DELIVERED),
        ("CANCELLED", ShipmentStatus.CANCELLED),
        ("ON_HOLD", ShipmentStatus.UNKNOWN),
    ],
)
def test_a_consignments_status_word(word: str, status: ShipmentStatus) -> None:
    assert shipment(recorded("consignment", status=word)).status is status


def test_the_newer_documentations_fields() -> None:
    times = {"created": {"time": "2026-01-05T08:00:00+01:00"}, "modified": {"time": "2026-01-06T00:00:00Z"}}
    found = order(recorded("outbound-order", timestamps=times))
    assert found.created_at == datetime(2026, 1, 5, 7, tzinfo=UTC)
    assert found.updated_at == datetime(2026, 1, 6, tzinfo=UTC)
    assert found.placed_at == PLACED_AT

    moved = {"dispatched": "2026-01-07T00:00:00Z", "delivered": {"time": "2026-01-08T00:00:00Z"}}
    message = recorded("consignment", timestamps=moved, references__tracking="TRACK-1", items__0__measures__cubic="0.25")
    parcel = shipment(message)
    assert parcel.tracking_number == "TRACK-1"
    assert parcel.lines[0].volume == Decimal("0.25")
    assert (parcel.shipped_at, parcel.delivered_at) == (datetime(2026, 1, 7, tzinfo=UTC), datetime(2026, 1, 8, tzinfo=UTC))


@pytest.mark.parametrize("nothing", [None, "", [], {}])
def test_nothing_may_stand_where_an_object_or_a_list_is_due(nothing: object) -> None:
    names = ("references", "customer", "warehouse", "details", "properties", "items", "timestamps")
    found = order(recorded("outbound-order", **dict.fromkeys(names, nothing)))
    assert found.number == found.backend_id
    assert (found.customer, found.account, found.shipping_address, found.warehouse_backend_id) == (None,) * 4
    assert (list(found.references), list(found.lines), found.totals) == ([], [], OrderTotals())


def test_blank_is_nothing() -> None:
    blank = dict.fromkeys(recorded("outbound-order")["details"]["deliver"]["address"], " ")
    found = order(recorded("outbound-order", details__deliver__address=blank, references={"customer": " ", "po": None}))
    assert (found.shipping_address, found.customer) == (None, None)
    assert list(found.references) == []
    assert found.number == found.backend_id


@pytest.mark.parametrize(
    ("state", "country", "told"),
    [
        ({"code": "", "name": "Queensland"}, {"iso2Code": None, "iso3Code": "AUS"}, ("Queensland", "AUS")),
        ({"name": "Queensland"}, {"name": "Australia"}, ("Queensland", "Australia")),
        ("QLD", "AU", ("QLD", "AU")),
        (None, [], (None, None)),
    ],
)
def test_state_and_country_in_every_form(state: object, country: object, told: tuple[str | None, str | None]) -> None:
    message = recorded("outbound-order", details__deliver__address__state=state, details__deliver__address__country=country)
    found = order(message).shipping_address
    assert found is not None
    assert (found.state, found.country) == told


def test_no_digit_is_lost_and_text_serves_for_numbers() -> None:
    text = written(recorded("outbound-order", items__0__measures__quantity="2.50", version="7"))
    exact = text.replace(b'"amount": 1000,', b'"amount": 10.123456789012345678901,')

    found = model(sent(RecordKind.OUTBOUND, exact, wire.parse(exact), FETCHED_AT), PLACED_AT, settings())

    assert isinstance(found, Order)
    assert found.totals.total == Money(Decimal("10.123456789012345678901"), "AUD")
    assert (found.lines[0].quantity, found.version) == (Decimal("2.50"), 7)


def test_an_amounts_own_currency_goes_before_the_configured_one() -> None:
    assert order(recorded("outbound-order"), currency="EUR").currency == "AUD"
    unnamed = order(recorded("outbound-order", details__invoiceValue={"amount": "12.50"}), currency="EUR")
    assert unnamed.totals.total == Money(Decimal("12.50"), "EUR")
    assert unnamed.currency == "EUR"
    bare = order(recorded("outbound-order", details__invoiceValue=12), currency="EUR")
    assert bare.totals.total == Money(Decimal(12), "EUR")


def test_times_without_a_zone_are_the_configured_zones() -> None:
    message = recorded("outbound-order", timestamps={"created": {"time": "2026-01-05T08:00:00"}})
    assert order(message, timezone="Australia/Brisbane").created_at == datetime(2026, 1, 4, 22, tzinfo=UTC)


def test_items_with_an_id_are_told_apart_by_it() -> None:
    assert [line.line_id for line in order(recorded("outbound-order", items__1__id="item-9")).lines] == ["1", "item-9"]


def test_ids_are_percent_encoded() -> None:
    message = recorded("outbound-order", warehouse={"name": "North / South"})
    message["items"][0]["details"]["product"] = {"references": {"code": "A/1 B"}}
    found = order(message)
    assert found.warehouse_backend_id == "North%20%2F%20South"
    assert (found.lines[0].sku, found.lines[0].variant_backend_id) == ("A/1 B", "A%2F1%20B")


def test_an_order_with_a_line_without_a_quantity_is_not_shown_with_a_wrong_one() -> None:
    with pytest.raises(MalformedReply):
        order(recorded("outbound-order", items__0__measures={}))


@pytest.mark.parametrize("bad", [None, "", "..", "x" * 300])
def test_a_record_without_an_id_that_can_be_kept_is_no_record(bad: str | None) -> None:
    with pytest.raises(MalformedReply):
        as_sent(RecordKind.OUTBOUND, recorded("outbound-order", id=bad))
