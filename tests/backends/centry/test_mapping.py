"""The vendor's own examples, as the gateway's records."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from gateway.backends.centry import goods, mapping, wire
from gateway.errors import MalformedReply
from gateway.mapping import Scope
from gateway.models import (
    Address,
    Backend,
    CatalogStatus,
    Customer,
    Money,
    Order,
    OrderKind,
    OrderStatus,
    OrderTotals,
    Reference,
    ShipmentStatus,
    WarehouseRecord,
)
from tests.backends.centry.documented import CONTRACT

READ_AT = datetime(2026, 7, 1, tzinfo=UTC)
SCOPE = Scope(zone=ZoneInfo("America/Santiago"), currency="CLP", fetched_at=READ_AT, raw=b"{}")


def example(name: str) -> Any:
    return json.loads((CONTRACT / f"{name}.reply.json").read_bytes())


def decoded(sent: Any, kind: type[Any]) -> Any:
    return msgspec.json.Decoder(kind, strict=False, float_hook=Decimal).decode(json.dumps(sent))


def order(sent: Any) -> Order:
    return mapping.ORDER(decoded({"created_at": "2026-06-01T00:00:00Z", **sent}, wire.Order), SCOPE)


def test_the_order_of_the_vendors_example() -> None:
    found = order(example("centry-55-list-orders")[1])

    assert (found.backend, found.backend_id, found.kind) == (Backend.CENTRY, "096ef853335bc7e6df20c8ba", OrderKind.SALE)
    assert (found.number, found.references) == ("47304624-J", (Reference("id_origin", "47304624-J"),))
    assert found.placed_at == found.created_at == datetime(2018, 10, 18, 1, 50, 23, 515000, UTC)
    assert found.updated_at == datetime(2018, 10, 19, 20, 0, 27, 770000, UTC)
    assert (found.status, found.backend_status) == (OrderStatus.DELIVERED, "received")
    assert (found.channel, found.channel_id, found.currency) == ("Ripley", "Ripley", "CLP")
    assert found.customer == Customer(name="John Doe", first_name="John", last_name="Doe", tax_id="19")
    assert found.billing_address == found.shipping_address
    assert found.shipping_address == Address(
        name="John Doe",
        first_name="John",
        last_name="Doe",
        line1="Aurelio González",
        line2="Of 02",
        city="Vitacura",
        state="REG.METROPOLITANA",
        country="CL",
        phone="+56232716362",
    )
    assert found.totals == OrderTotals(
        subtotal=Money(Decimal(12870), "CLP"),
        discount=Money(Decimal(0), "CLP"),
        shipping=Money(Decimal(3990), "CLP"),
        total=Money(Decimal(16860), "CLP"),
        paid=Money(Decimal(16860), "CLP"),
    )


def test_the_line_of_the_vendors_example() -> None:
    (line,) = order(example("centry-55-list-orders")[1]).lines

    assert (line.line_id, line.position, line.quantity) == ("5017ec398c5bcc2fb920c8ba", 1, Decimal(3))
    assert line.order_backend_id == "096ef853335bc7e6df20c8ba"
    assert line.name == "POSA VASOS | Talla Unica | Negro  PVS1001"
    assert (line.unit_price, line.total) == (Money(Decimal(12870), "CLP"), Money(Decimal(16860), "CLP"))
    assert (line.carrier, line.tracking_number) == ("DHL e-Commerce", "5118102013583578")
    assert (line.sku, line.variant_backend_id, line.variant_record) == (None, "5a69de14f82f45596a000224", None)


def test_an_order_without_any_detail_is_told_by_what_it_has() -> None:
    found = order(example("centry-55-list-orders")[0])

    assert found.shipping_address == Address(country="Chile")
    assert found.customer == Customer(name="Cliente genérico", first_name="Cliente genérico")
    assert found.totals.total == Money(Decimal(2900), "CLP")
    assert found.lines[0].tracking_number is None


@pytest.mark.parametrize(
    ("sent", "number"),
    [
        ({"number_origin": "N-1", "id_origin": "I-1"}, "N-1"),
        ({"number_origin": " ", "id_origin": "I-1"}, "I-1"),
        ({"id_pack": "P-1"}, "abc"),
        ({"number_origin": 5840001}, "5840001"),
    ],
)
def test_the_number_is_the_first_that_there_is(sent: Any, number: str) -> None:
    assert order({"_id": "abc", "created_at": "2026-06-01T00:00:00Z", **sent}).number == number


@pytest.mark.parametrize("created_at", [None, "", "0000-00-00 00:00:00", "yesterday"])
def test_an_order_without_a_date_is_no_order(created_at: Any) -> None:
    with pytest.raises(MalformedReply):
        order({"_id": "a", "created_at": created_at})


def test_every_reference_keeps_its_name() -> None:
    found = order({"_id": "abc", "id_origin": "I", "number_origin": "N", "id_pack": "P"})

    assert {(reference.name, reference.value) for reference in found.references} == {
        ("id_origin", "I"),
        ("number_origin", "N"),
        ("id_pack", "P"),
    }


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Pending", OrderStatus.PENDING),
        ("shipped", OrderStatus.SHIPPED),
        ("received", OrderStatus.DELIVERED),
        ("cancelled", OrderStatus.CANCELLED),
        ("cancelled_before_shipping", OrderStatus.CANCELLED),
        ("CANCELLED_AFTER_SHIPPING", OrderStatus.CANCELLED),
        ("lost", OrderStatus.UNKNOWN),
        (None, OrderStatus.UNKNOWN),
    ],
)
def test_status_words(word: str | None, status: OrderStatus) -> None:
    assert order({"_id": "abc", "_status": word}).status is status


def test_amounts_are_in_the_items_currency_and_keep_every_digit() -> None:
    items = b'[{"currency": "USD", "unit_price": "2.50"}]'
    text = b'{"created_at": "2026-06-01", "total_amount": 0.1000000000000000000001, "items": ' + items + b"}"

    found = mapping.ORDER(msgspec.json.Decoder(wire.Order, strict=False, float_hook=Decimal).decode(text), SCOPE)

    assert found.currency == "USD"
    assert found.totals.subtotal == Money(Decimal("0.1000000000000000000001"), "USD")
    assert found.lines[0].unit_price == Money(Decimal("2.50"), "USD")


def test_an_order_in_two_currencies_is_in_the_configured_one() -> None:
    items = [{"currency": "USD", "unit_price": 1}, {"currency": "PEN", "unit_price": 1}]

    found = order({"_id": "a", "total_amount": 2, "items": items})

    assert found.currency == "CLP"
    assert [line.unit_price.currency for line in found.lines if line.unit_price] == ["USD", "PEN"]


@pytest.mark.parametrize("place", ["variant", "variant_id"])
def test_an_expanded_variant_gives_the_line_its_sku(place: str) -> None:
    variant = {"_id": "v1", "sku": "SKU-1", "price": "19.90"}

    (line,) = order({"_id": "a", "items": [{"variant_id": "v1"} | {place: variant}]}).lines

    assert (line.sku, line.variant_backend_id) == ("SKU-1", "v1")
    assert line.variant_record is not None
    assert line.variant_record.price == Money(Decimal("19.90"), "CLP")
    assert json.loads(line.variant_record.raw or b"") == variant


def test_the_items_own_sku_goes_before_that_of_its_variant() -> None:
    (line,) = order({"_id": "a", "items": [{"sku": "MINE", "variant": {"_id": "v1", "sku": "OTHER"}}]}).lines

    assert line.sku == "MINE"


@pytest.mark.parametrize("odd", [[], "", 0, False, None])
def test_what_stands_where_an_object_or_a_list_is_due_is_nothing(odd: Any) -> None:
    found = order({"_id": "a", "items": odd, "address_billing": odd, "address_shipping": odd})

    assert (found.lines, found.billing_address, found.shipping_address) == ((), None, None)


def test_required_date_is_when_the_order_is_to_leave() -> None:
    assert order({"_id": "a", "date_for_delivery": "2026-06-05T23:30:00.000-04:00"}).required_date == date(2026, 6, 5)


def shipped(**fields: Any) -> Any:
    items = [
        {"_id": "i1", "tracking_code": "T 1", "quantity": 2, "sku": "A"},
        {"_id": "i2", "tracking_code": "T/2", "quantity": 1, "sku": "B"},
        {"_id": "i3", "tracking_code": "T 1", "quantity": 1, "sku": "C"},
        {"_id": "i4", "tracking_code": None, "quantity": 1, "sku": "D"},
    ]
    return {"_id": "a", "id_origin": "1", "created_at": "2026-06-01T00:00:00Z", "items": items, **fields}


def test_a_shipment_is_what_shares_a_tracking_code() -> None:
    sent = shipped(_status="shipped", shipped_date="2026-06-02T00:00:00Z")

    parcels = mapping.parcels(decoded(sent, wire.Order), order(sent).lines)
    first, second = (mapping.SHIPMENT(parcel, SCOPE) for parcel in parcels)

    assert (first.backend_id, second.backend_id) == ("a/T%201", "a/T%2F2")
    assert [(line.sku, line.order_line_id) for line in first.lines] == [("A", "i1"), ("C", "i3")]
    assert [line.quantity for line in first.lines] == [Decimal(2), Decimal(1)]
    assert (first.order_number, first.order_backend_id, first.list_time) == ("1", "a", datetime(2026, 6, 1, tzinfo=UTC))
    assert (first.status, first.shipped_at) == (ShipmentStatus.SHIPPED, datetime(2026, 6, 2, tzinfo=UTC))


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"_status": "pending"}, ShipmentStatus.PENDING),
        ({"_status": "pending", "shipped_date": "2026-06-02T00:00:00Z"}, ShipmentStatus.SHIPPED),
        ({"_status": "new word", "received_date": "2026-06-02T00:00:00Z"}, ShipmentStatus.DELIVERED),
        ({"_status": "new word"}, ShipmentStatus.UNKNOWN),
        ({}, ShipmentStatus.UNKNOWN),
        ({"_status": "received"}, ShipmentStatus.DELIVERED),
        ({"_status": "cancelled_after_shipping", "shipped_date": "2026-06-02T00:00:00Z"}, ShipmentStatus.CANCELLED),
    ],
)
def test_a_shipment_goes_by_the_orders_status_and_dates(fields: Any, status: ShipmentStatus) -> None:
    sent = shipped(**fields)

    parcel = mapping.parcels(decoded(sent, wire.Order), order(sent).lines)[0]

    assert mapping.SHIPMENT(parcel, SCOPE).status is status


def test_the_variant_of_the_vendors_example() -> None:
    found = goods.VARIANT(decoded(example("centry-15-list-variants")[0], wire.Variant), SCOPE)

    assert (found.backend_id, found.sku, found.barcode) == ("5c2e07488f26c638ca60dc0b", "variante_12345", "123456789")
    assert (found.color, found.size, found.product_backend_id) == ("Azul", "S", "5c2e07488f26c638ca60dc0a")
    assert (found.price, found.compare_at_price, found.status) == (None, None, CatalogStatus.UNKNOWN)


def test_the_product_of_the_vendors_example() -> None:
    scope = Scope(zone=UTC, currency="CLP", fetched_at=READ_AT, given=goods.Names("Bata", "Accesorios"))

    found = goods.PRODUCT(decoded(example("centry-04-read-product"), wire.Product), scope)

    assert (found.backend_id, found.sku, found.name) == ("597644781d41c846ea000006", "CENTSER954", "ResTProduct")
    assert (found.brand, found.category, found.status) == ("Bata", "Accesorios", CatalogStatus.ACTIVE)
    assert (found.price, found.compare_at_price) == (None, Money(Decimal(19999), "CLP"))


def test_a_paused_product_is_inactive() -> None:
    scope = Scope(zone=UTC, currency=None, fetched_at=READ_AT, given=goods.Names(None, None))

    assert goods.PRODUCT(decoded({"id": "p", "status": False}, wire.Product), scope).status is CatalogStatus.INACTIVE


def test_the_warehouse_of_the_vendors_example() -> None:
    found = goods.WAREHOUSE(decoded(example("centry-23-list-warehouses")[0], wire.Warehouse), SCOPE)

    assert (found.code, found.name) == ("577eb7b8f82f456ef4000001", "Casa matriz")
    assert found.address == Address(line1="Aurelio González 3838, oficina 02")


def test_the_stock_of_the_vendors_example() -> None:
    warehouse = WarehouseRecord(backend=Backend.CENTRY, backend_id="w", code="w", fetched_at=READ_AT)
    scope = Scope(zone=UTC, currency=None, fetched_at=READ_AT, given=goods.Shelf("SKU-1", warehouse))

    found = goods.STOCK(decoded(example("centry-28-list-variant-warehouses")[0], wire.VariantWarehouse), scope)

    assert (found.sku, found.warehouse, found.available) == ("SKU-1", warehouse, Decimal(2))
    assert found.as_of == datetime(2019, 10, 3, 16, 55, 9, 68000, UTC)


@pytest.mark.parametrize("table", mapping.TABLES, ids=lambda table: table.model.__name__)
def test_every_field_of_a_model_is_filled_or_said_to_be_absent(table: Any) -> None:
    assert sorted(row.name for row in table.rows) == sorted(table.model.__dataclass_fields__)
