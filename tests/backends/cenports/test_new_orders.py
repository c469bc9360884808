"""New orders: what Cenports' page does not allow is told before anything is sent, under the names of the graph."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from gateway.backends.cenports.order_message import entry, problems
from gateway.changes import NewOrder, NewOrderLine
from gateway.models import Address, Customer, Money, OrderKind, Reference
from tests.backends.cenports.written import FIRST, SECOND, dollars

DAY = date(2019, 11, 25)


def wrong(order: NewOrder, channel_id: str = "ABC123", currency: str | None = None) -> dict[str, str]:
    """The codes by the paths of what is wrong."""
    return {"/".join(each.path): each.code for each in problems(order, channel_id, currency)}


def of_line(**changes: Any) -> NewOrder:
    return replace(FIRST, lines=(replace(FIRST.lines[0], **changes),))


def of_address(**changes: Any) -> NewOrder:
    assert FIRST.shipping_address
    return replace(FIRST, shipping_address=replace(FIRST.shipping_address, **changes))


def test_the_pages_orders_are_right() -> None:
    assert (wrong(FIRST), wrong(SECOND)) == ({}, {})


def test_what_is_required_has_to_be_given() -> None:
    bare = NewOrder(backend=FIRST.backend, number="N1", lines=(NewOrderLine(sku="S", quantity=Decimal(1)),))

    assert set(wrong(bare, channel_id="")) == {
        "channelId", "customer/name", "shippingAddress/line1", "shippingAddress/city", "shippingAddress/state",
        "shippingAddress/country", "shippingAddress/postalCode", "carrierCode", "serviceLevel", "lines/0/unitPrice", "total",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("order", "path"),
    [
        (replace(FIRST, number="x" * 256), "number"),
        (replace(FIRST, number="A,B"), "number"),
        (replace(FIRST, references=(Reference("customerOrderNo", "x" * 256),)), "references/0/value"),
        (replace(FIRST, references=tuple(Reference("customerOrderNo", name) for name in "ab")), "references/1/value"),
        (replace(FIRST, customer=Customer(name="x" * 256)), "customer/name"),
        (replace(FIRST, customer=Customer(name="x", phone="x" * 256)), "customer/phone"),
        (of_address(country="Western Sahara"), "shippingAddress/country"),
        (of_address(postal_code="12345678901"), "shippingAddress/postalCode"),
        (of_address(state=" "), "shippingAddress/state"),
        (replace(FIRST, carrier_code="x" * 256), "carrierCode"),
        (of_line(sku="x" * 256), "lines/0/sku"),
        (of_line(quantity=Decimal("1.5")), "lines/0/quantity"),
        (of_line(quantity=Decimal(100_000), subtotal=dollars("1")), "lines/0/quantity"),
        (of_line(unit_price=dollars("10000"), subtotal=dollars("1")), "lines/0/unitPrice/amount"),
        (of_line(unit_price=dollars("0.005"), subtotal=dollars("1")), "lines/0/unitPrice/amount"),
        (of_line(unit_price=dollars("-1"), subtotal=dollars("1")), "lines/0/unitPrice/amount"),
        (of_line(subtotal=dollars("1e25")), "lines/0/subtotal/amount"),
        (of_line(quantity=Decimal(99_999)), "lines/0/subtotal"),
        (of_line(discount=dollars("21")), "lines/0/subtotal"),
        (of_line(line_number=1000), "lines/0/lineNumber"),
        (of_line(line_number=0), "lines/0/lineNumber"),
        (replace(FIRST, shipping=dollars("1000")), "shipping/amount"),
        (replace(FIRST, total=dollars("9999.999")), "total/amount"),
        (replace(FIRST, total=Money(Decimal(55), "EUR"), subtotal=Money(Decimal(50), "USD")), "subtotal/currency"),
        (replace(FIRST, extra={"orderNo": "B"}), "extra/orderNo"),
        (replace(FIRST, extra={"channelId": "B"}), "extra/channelId"),
        (replace(FIRST, extra={"shipTo": {"city": None}}), "extra/shipTo/city"),
        (replace(FIRST, extra={"lineItems": []}), "extra/lineItems"),
    ],
)
def test_what_is_too_long_too_large_or_said_twice_is_wrong(order: NewOrder, path: str) -> None:
    assert wrong(order) == {path: "BAD_USER_INPUT"}


def test_amounts_are_of_the_currency_that_the_settings_name() -> None:
    order = replace(FIRST, total=Money(Decimal(55), "EUR"))

    assert wrong(order) == wrong(order, currency="EUR") == {}
    assert wrong(order, currency="USD") == {"total/currency": "BAD_USER_INPUT"}


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"kind": OrderKind.OUTBOUND}, "kind"),
        ({"draft": True}, "draft"),
        ({"account": "A"}, "account"),
        ({"billing_address": Address(city="X")}, "billingAddress"),
        ({"warehouse_code": "W"}, "warehouseCode"),
        ({"delivery_date": DAY}, "deliveryDate"),
        ({"discount": dollars("1")}, "discount"),
        ({"tax": dollars("1")}, "tax"),
        ({"paid": dollars("1")}, "paid"),
        ({"cash_on_delivery": dollars("1")}, "cashOnDelivery"),
        ({"instructions": "Ring"}, "instructions"),
        ({"delivery_instructions": "Ring"}, "deliveryInstructions"),
        ({"urgent": True}, "urgent"),
        ({"properties": {"a": 1}}, "properties"),
        ({"references": (Reference("ponumber", "1"),)}, "references/0/name"),
        ({"customer": Customer(name="x", tax_id="1")}, "customer/taxId"),
    ],
)
def test_what_cenports_has_no_place_for_is_not_dropped(changes: dict[str, Any], path: str) -> None:
    assert wrong(replace(FIRST, **changes)) == {path: "NOT_SUPPORTED"}


def test_what_means_nothing_may_be_said() -> None:
    assert wrong(replace(FIRST, kind=OrderKind.SALE, draft=False, urgent=False, instructions="")) == {}


def test_a_line_is_named_by_its_variant_record_and_its_subtotal_is_worked_out() -> None:
    line = NewOrderLine(
        variant_record_id="A%2F1", quantity=Decimal(3), unit_price=dollars("1.5"), discount=dollars("0.25")
    )  # fmt: skip
    order = replace(FIRST, lines=(line,))

    assert wrong(order) == {}
    assert entry(order, DAY)["lineItems"] == [
        {"sku": "A/1", "quantity": 3, "consumerPrice": Decimal("1.50"), "subTotal": Decimal("4.25")}
    ]


def test_what_the_caller_adds_is_merged_into_the_entry() -> None:
    order = replace(SECOND, extra={"shipTo": {"code": "7"}, "priority": 1.5, "lineNote": None})

    assert wrong(order) == {}
    made = entry(order, DAY)
    assert (made["shipTo"]["code"], made["shipTo"]["city"], made["priority"]) == ("7", "Los Angeles", 1.5)


def test_contacts_are_the_customers_else_the_addresss() -> None:
    order = replace(SECOND, customer=Customer(name="John", email="own@example.com"))

    made = entry(order, datetime(2019, 11, 25, tzinfo=UTC).date())

    assert (made["contactEmail"], made["contactPhone"], made["contactName"]) == ("own@example.com", "1234567890", "Mary Smith")
