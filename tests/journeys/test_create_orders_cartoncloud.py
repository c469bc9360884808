"""createOrders at CartonCloud, from the mutation to the simulated warehouse and back through a query."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.journeys.changes import ended, look, refused, submit
from tests.stack import Stack, until, whole_stack

ORDER = """query ($id: ID!, $number: String!) {
    node(id: $id) { ... on Order {
        number kind status requiredDate instructions account { code } references { name value }
        totals { total { amount currency } } shippingAddress { name company line1 city state postalCode country email }
        lines { sku quantity unitOfMeasure properties }
    } }
    orders(first: 5, filter: {backends: [CARTONCLOUD], numbers: [$number]}) { nodes { id number status } }
}"""
RETRY = "mutation ($handle: ID!) { retryTransaction(handle: $handle) { userErrors { code } } }"
ADDRESS = {
    "company": "Company A", "line1": "Unit 2", "line2": "1 Main Street", "suburb": "Springfield", "city": "Metropolis",
    "state": "QLD", "postalCode": "4000", "country": "au", "phone": "07 5512 3456",
}  # fmt: skip


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    settings = {"GATEWAY_CARTONCLOUD__TIMEOUT": "1.5", "GATEWAY_CARTONCLOUD__CURRENCY": "AUD"}
    home = tmp_path_factory.mktemp("create")
    with whole_stack(home, orders=20, settings=settings, cartoncloud={"searches": True}) as made:
        yield made


def order(stack: Stack, number: str, kind: str = "OUTBOUND", quantity: str = "2", **more: Any) -> dict[str, Any]:
    given = {"backend": "CARTONCLOUD", "kind": kind, "number": number, "lines": [line(stack, quantity)]}
    return given | ({"shippingAddress": ADDRESS} if kind == "OUTBOUND" else {}) | more


def line(stack: Stack, quantity: str, **more: Any) -> dict[str, Any]:
    """Of a product of which there is enough."""
    system = stack.systems["CARTONCLOUD"]
    product = system.every("product")[0]
    system.stock(product["id"], system.every("warehouse")[0]["id"], Decimal(1000))
    return {"sku": product["references"]["code"], "quantity": quantity, **more}


def made(stack: Stack, kind: str, number: str) -> list[dict[str, Any]]:
    """What the simulated CartonCloud holds under this number."""
    return [each for each in stack.systems["CARTONCLOUD"].every(kind) if each["references"]["customer"] == number]


def test_an_outbound_order_reaches_the_warehouse_and_is_read_back(stack: Stack) -> None:
    given = order(
        stack, "NEW-1", quantity="2.5", requiredDate="2026-06-21", deliveryDate="2026-06-22", urgent=True,
        instructions="Fragile", deliveryInstructions="Leave by front door",
        customer={"name": "Customer 17", "email": "c17@example.com"},
        references=[{"name": "alternateReference", "value": "ALT-1"}], total={"amount": "1000.10"},
        cashOnDelivery={"amount": "12", "currency": "NZD"}, properties={"myCustomField": "info"},
        extra={"details": {"deliver": {"method": {"type": "SHIPPING"}}}},
    )  # fmt: skip
    given["lines"] = [line(stack, "2.5", unitOfMeasure="CASES", properties={"batch": "AAAA"}), line(stack, "1")]
    stack.forget_calls()

    done = ended(stack.client, submit(stack.client, "createOrders", {"orders": [given]})["handle"])

    assert (done["status"], done["errors"]) == ("COMPLETED", [])
    assert stack.calls("CARTONCLOUD").count("cartoncloud-07") == 1
    [held] = made(stack, "outbound", "NEW-1")
    assert (held["customer"]["references"]["code"], held["properties"]) == ("C100001", {"myCustomField": "info"})
    assert held["details"] == {
        "urgent": True,
        "instructions": "Fragile",
        "collect": {"requiredDate": "2026-06-21"},
        "deliver": {
            "address": {
                "companyName": "Company A",
                "contactName": "Customer 17",
                "address1": "Unit 2",
                "address2": "1 Main Street",
                "suburb": "Springfield",
                "city": "Metropolis",
                "state": {"code": "QLD"},
                "postcode": "4000",
                "country": {"name": "Australia", "iso2Code": "AU", "iso3Code": "AUS"},
                "phone": "07 5512 3456",
                "email": "c17@example.com",
            },
            "instructions": "Leave by front door",
            "requiredDate": "2026-06-22",
            "cashPaymentAmount": {"amount": 12, "currency": "NZD"},
            "method": {"type": "SHIPPING"},
        },
        "invoiceValue": {"amount": Decimal("1000.10"), "currency": "AUD"},
    }
    assert [(item["details"]["unitOfMeasure"], item["measures"]) for item in held["items"]] == [
        ({"type": "CASES"}, {"quantity": Decimal("2.5")}),
        ({"type": "UNITS"}, {"quantity": 1}),
    ]

    shown = stack.client.data(ORDER, id=done["items"][0]["recordId"], number="NEW-1")
    assert (shown["node"]["kind"], shown["node"]["status"], shown["node"]["requiredDate"]) == (
        "OUTBOUND", "CONFIRMED", "2026-06-21",
    )  # fmt: skip
    assert shown["node"]["totals"]["total"] == {"amount": "1000.10", "currency": "AUD"}
    assert [each["quantity"] for each in shown["node"]["lines"]] == ["2.5", "1"]
    assert shown["orders"]["nodes"] == [{"id": done["items"][0]["recordId"], "number": "NEW-1", "status": "CONFIRMED"}]


def test_a_draft_of_an_inbound_order(stack: Stack) -> None:
    warehouse = stack.systems["CARTONCLOUD"].every("warehouse")[-1]
    given = order(
        stack, "IN-1", "INBOUND", draft=True, requiredDate="2026-07-01", warehouseCode=warehouse["name"], account="Quiet Goods"
    )
    product = stack.systems["CARTONCLOUD"].every("product")[0]
    theirs = {**product, "id": "5f4d1b6e-7526-11e8-adc0-fa7ae01b3ebc", "references": {"code": "QUIET"}}
    stack.systems["CARTONCLOUD"].put("product", {**theirs, "customer": stack.systems["CARTONCLOUD"].every("customer")[1]})
    given["lines"] = [{"sku": "QUIET", "quantity": "10"}]
    stack.forget_calls()

    done = ended(stack.client, submit(stack.client, "createOrders", {"orders": [given]})["handle"])

    assert (done["status"], done["errors"]) == ("COMPLETED", [])
    assert stack.calls("CARTONCLOUD").count("cartoncloud-03") == 1
    [held] = made(stack, "inbound", "IN-1")
    assert (held["status"], held["warehouse"]["id"]) == ("DRAFT", warehouse["id"])
    assert (held["customer"]["name"], held["details"]) == ("Quiet Goods", {"arrivalDate": "2026-07-01"})
    shown = stack.client.data(ORDER, id=done["items"][0]["recordId"], number="IN-1")
    assert [(node["number"], node["status"]) for node in shown["orders"]["nodes"]] == [("IN-1", "DRAFT")]


def test_all_that_is_wrong_is_told_at_once_and_nothing_is_stored(stack: Stack) -> None:
    without_kind = order(stack, "W-1")
    del without_kind["kind"]
    misled = order(
        stack, "W-3", draft=True, carrierCode="X", references=[{"name": "customer", "value": "1"}],
        total={"amount": "1", "currency": "A$"},
        extra={"details": {"deliver": {"method": {}}}, "customer": {"id": "1"}, "references": {"customer": "2"}},
    )  # fmt: skip
    del misled["shippingAddress"]
    misled["lines"][0]["unitPrice"] = {"amount": "1"}
    inbound = order(stack, "W-4", "INBOUND", total={"amount": "1"}, shippingAddress=ADDRESS)

    errors = refused(stack.client, "createOrders", {"orders": [without_kind, order(stack, "W-2", "SALE"), misled, inbound]})

    assert [(error["code"], "/".join(error["path"])) for error in errors] == [
        ("BAD_USER_INPUT", "orders/2/total/currency"),
        ("BAD_USER_INPUT", "orders/0/kind"),
        ("NOT_SUPPORTED", "orders/1/kind"),
        ("BAD_USER_INPUT", "orders/2/shippingAddress"),
        ("NOT_SUPPORTED", "orders/2/carrierCode"),
        ("NOT_SUPPORTED", "orders/2/draft"),
        ("NOT_SUPPORTED", "orders/2/lines/0/unitPrice"),
        ("BAD_USER_INPUT", "orders/2/references/0/name"),
        ("BAD_USER_INPUT", "orders/2/extra/customer"),
        ("BAD_USER_INPUT", "orders/2/extra/references/customer"),
        ("NOT_SUPPORTED", "orders/3/shippingAddress"),
        ("NOT_SUPPORTED", "orders/3/total"),
    ]


@pytest.mark.parametrize(("field", "given"), [("properties", [1]), ("extra", "x")])
def test_what_must_be_an_object_is_told_to_be_none(field: str, given: Any, stack: Stack) -> None:
    [error] = refused(stack.client, "createOrders", {"orders": [order(stack, "W-5"), order(stack, "W-6", **{field: given})]})
    assert (error["code"], error["path"]) == ("BAD_USER_INPUT", ["orders", "1", field])
    assert "Expected `object`" in error["message"]


def test_without_stock_it_is_made_with_issues(stack: Stack) -> None:
    done = ended(
        stack.client, submit(stack.client, "createOrders", {"orders": [order(stack, "SHORT", quantity="5000")]})["handle"]
    )

    assert done["status"] == "COMPLETED"
    [error] = done["items"][0]["errors"]
    assert (error["code"], "not enough stock" in error["message"]) == ("BACKEND_REJECTED", True)
    shown = stack.client.data(ORDER, id=done["items"][0]["recordId"], number="SHORT")
    assert shown["orders"]["nodes"][0]["status"] == shown["node"]["status"] == "REJECTED"


def test_one_of_two_is_refused_and_made_when_retried(stack: Stack) -> None:
    unknown = order(stack, "PART-2")
    unknown["lines"] = [{"sku": "NOT-YET", "quantity": "1"}]
    handle = submit(stack.client, "createOrders", {"orders": [order(stack, "PART-1"), unknown]})["handle"]
    partly = ended(stack.client, handle)

    assert partly["status"] == "PARTIALLY_COMPLETED"
    assert [item["status"] for item in partly["items"]] == ["COMPLETED", "FAILED"]
    [error] = partly["items"][1]["errors"]
    assert error == {
        "code": "BACKEND_REJECTED",
        "message": "/items/0/details/product: Product does not exist.",
        "index": 1,
        "path": None,
    }

    product = stack.systems["CARTONCLOUD"].every("product")[0]
    new = {**product, "id": "6f4d1b6e-7526-11e8-adc0-fa7ae01b3ebc", "references": {"code": "NOT-YET"}}
    stack.systems["CARTONCLOUD"].put("product", new)
    stack.systems["CARTONCLOUD"].stock(new["id"], stack.systems["CARTONCLOUD"].every("warehouse")[0]["id"], Decimal(5))
    stack.client.data(RETRY, handle=handle)
    assert ended(stack.client, handle)["status"] == "COMPLETED"
    assert [len(made(stack, "outbound", number)) for number in ("PART-1", "PART-2")] == [1, 1]


def test_what_broke_before_or_after_it_was_made_is_made_once(stack: Stack) -> None:
    """A reply that breaks off tells nothing of what was done, and neither does an error 500: it is searched for."""
    stack.forget_calls()
    stack.fault("CARTONCLOUD", match="cartoncloud-07", mode="truncated", times=1)
    after = submit(stack.client, "createOrders", {"orders": [order(stack, "AFTER")]})["handle"]
    _until_sent(stack, 1)
    stack.fault("CARTONCLOUD", match="cartoncloud-07", status=500, times=1)
    before = submit(stack.client, "createOrders", {"orders": [order(stack, "BEFORE")]})["handle"]

    assert [ended(stack.client, handle)["status"] for handle in (after, before)] == ["COMPLETED", "COMPLETED"]
    assert [len(made(stack, "outbound", number)) for number in ("AFTER", "BEFORE")] == [1, 1]
    assert stack.calls("CARTONCLOUD").count("cartoncloud-07") == 3
    shown = look(stack.client, after)
    assert [node["__typename"] for node in shown["affected"]] == ["Order"]


def _until_sent(stack: Stack, times: int) -> None:
    until(lambda: stack.calls("CARTONCLOUD").count("cartoncloud-07") == times)
