"""createShipments at CartonCloud, from the mutation to the simulated carrier and back through a query."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.journeys.changes import ended, refused, submit
from tests.stack import Stack, until, whole_stack

SHIPMENT = """query ($id: ID!, $number: String!) {
    node(id: $id) { ... on Shipment {
        number status service trackingNumber references { name value } destination { line1 postalCode country }
        origin { company } lines { sku name quantity pallets weight volume properties } version
    } }
    shipments(first: 5, filter: {backends: [CARTONCLOUD], orderNumbers: [$number]}) { nodes { id } }
}"""
OF_ORDER = """query ($id: ID!) { node(id: $id) { ... on Order {
    number lines { id sku quantity } shipments(first: 10) { nodes { id } }
} } }"""
ADDRESS = {"name": "Customer 17", "line1": "1 Main Street", "city": "Metropolis", "postalCode": "4000", "country": "AU"}
DEPOT = {"company": "Company A", "line1": "2 Dock Road", "state": "Queensland", "country": "AUS"}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    settings = {"GATEWAY_CARTONCLOUD__TIMEOUT": "1.5", "GATEWAY_CARTONCLOUD__CURRENCY": "AUD"}
    home = tmp_path_factory.mktemp("consign")
    with whole_stack(home, orders=20, settings=settings, cartoncloud={"searches": True}) as made:
        yield made


def shipment(**more: Any) -> dict[str, Any]:
    return {"backend": "CARTONCLOUD", "destination": ADDRESS, "items": [{"description": "Chairs", "quantity": "2"}], **more}


def done(stack: Stack, *shipments: dict[str, Any]) -> dict[str, Any]:
    return ended(stack.client, submit(stack.client, "createShipments", {"shipments": list(shipments)})["handle"])


def made(stack: Stack, number: str) -> list[dict[str, Any]]:
    """What the simulated CartonCloud holds under this number."""
    held = stack.systems["CARTONCLOUD"].every("consignment")
    return [each for each in held if each["references"]["customer"] == number]


def unshipped(stack: Stack) -> dict[str, Any]:
    """An outbound order of more than one line that no consignment carries."""
    system = stack.systems["CARTONCLOUD"]
    carried = {each["references"]["customer"] for each in system.every("consignment")}
    free = (each for each in system.every("outbound") if each["references"]["customer"] not in carried)
    found: dict[str, Any] = next(each for each in free if len(each["items"]) > 1)
    query = "query ($numbers: [String!]) { orders(first: 1, filter: {numbers: $numbers, kinds: [OUTBOUND]}) { nodes { id } } }"
    node = stack.client.data(query, numbers=[found["references"]["customer"]])["orders"]["nodes"][0]
    shown: dict[str, Any] = stack.client.data(OF_ORDER, id=node["id"])["node"]
    return {**shown, "id": node["id"], "wire": found}


def test_a_consignment_reaches_the_carrier_and_is_read_back(stack: Stack) -> None:
    item = {"sku": "", "description": "Chairs", "quantity": "2", "pallets": 1, "weight": "120.5", "volume": "0.25"}
    item["sku"] = stack.systems["CARTONCLOUD"].every("product")[0]["references"]["code"]
    given = shipment(
        number="C-1", trackingNumber="T-1", origin=DEPOT, service="EXPRESS", requiredDate="2026-06-22", items=[item],
        instructions="Leave by front door", cashOnDelivery={"amount": "10.1"}, invoiceValue={"amount": "99", "currency": "NZD"},
        references=[{"name": "alternateReference", "value": "ALT-1"}], properties={"myCustomField": "info"},
        extra={"details": {"collect": {"instructions": "Ring"}}},
    )  # fmt: skip
    stack.forget_calls()

    ready = done(stack, given)

    assert (ready["status"], ready["errors"]) == ("COMPLETED", [])
    assert stack.calls("CARTONCLOUD").count("cartoncloud-11") == 1
    [held] = made(stack, "C-1")
    assert held["references"] == {"customer": "C-1", "tracking": "T-1", "alternateReference": "ALT-1"}
    assert held["properties"] == {"serviceType": "EXPRESS", "myCustomField": "info"}
    assert held["details"]["collect"] == {
        "address": {
            "companyName": "Company A",
            "address1": "2 Dock Road",
            "state": {"name": "Queensland"},
            "country": {"name": "Australia", "iso2Code": "AU", "iso3Code": "AUS"},
        },
        "instructions": "Ring",
    }
    assert held["details"]["deliver"]["requiredDate"] == "2026-06-22"
    assert held["details"]["deliver"]["cashPaymentAmount"] == {"amount": Decimal("10.1"), "currency": "AUD"}
    assert held["details"]["invoiceValue"] == {"amount": 99, "currency": "NZD"}
    assert held["items"][0]["measures"] == {"quantity": 2, "pallets": 1, "weight": Decimal("120.5"), "volume": Decimal("0.25")}

    shown = stack.client.data(SHIPMENT, id=ready["items"][0]["recordId"], number="C-1")
    assert (shown["node"]["status"], shown["node"]["service"], shown["node"]["trackingNumber"]) == ("PENDING", "EXPRESS", "T-1")
    assert [(line["sku"], line["weight"]) for line in shown["node"]["lines"]] == [(item["sku"], "120.5")]
    assert shown["shipments"]["nodes"] == [{"id": ready["items"][0]["recordId"]}]


def test_an_order_gives_what_its_consignment_leaves_out(stack: Stack) -> None:
    order = unshipped(stack)
    line = order["lines"][1]
    chosen = {"backend": "CARTONCLOUD", "orderId": order["id"], "lines": [{"lineId": line["id"], "quantity": "1"}]}

    ready = done(stack, chosen, {"backend": "CARTONCLOUD", "orderId": order["id"]})

    assert (ready["status"], ready["errors"]) == ("COMPLETED", [])
    part, whole = made(stack, order["number"])
    assert part["details"]["deliver"]["address"] == order["wire"]["details"]["deliver"]["address"]
    assert part["customer"]["id"] == order["wire"]["customer"]["id"]
    assert [(item["details"]["product"]["references"]["code"], item["measures"]) for item in part["items"]] == [
        (line["sku"], {"quantity": 1})
    ]
    assert [str(item["measures"]["quantity"]) for item in whole["items"]] == [each["quantity"] for each in order["lines"]]
    shown = stack.client.data(OF_ORDER, id=order["id"])["node"]["shipments"]["nodes"]
    assert {each["id"] for each in shown} == {item["recordId"] for item in ready["items"]}


def test_one_without_a_number_gets_one_of_its_own(stack: Stack) -> None:
    one, other = done(stack, shipment(), shipment())["items"]
    numbers = [stack.client.data(SHIPMENT, id=each["recordId"], number="-")["node"]["number"] for each in (one, other)]
    assert len(set(numbers)) == 2
    assert all(len(made(stack, number)) == 1 for number in numbers)


def test_all_that_is_wrong_is_told_at_once(stack: Stack) -> None:
    order = unshipped(stack)
    lines = [{"lineId": order["lines"][0]["id"], "quantity": "1"}]
    misled = shipment(
        carrier="X", goodToGo=False, service="A", properties={"serviceType": "B"}, lines=lines, trackingNumber="T",
        references=[{"name": "tracking", "value": "U"}], items=[{}, {"weight": "-1"}], invoiceValue={"amount": "-1"},
        extra={"customer": {}, "references": {"customer": "1"}},
    )  # fmt: skip

    errors = refused(stack.client, "createShipments", {"shipments": [misled, {"backend": "CARTONCLOUD", "account": " "}]})

    assert [(error["code"], "/".join(error["path"])) for error in errors] == [
        ("NOT_SUPPORTED", "shipments/0/carrier"),
        ("NOT_SUPPORTED", "shipments/0/goodToGo"),
        ("BAD_USER_INPUT", "shipments/0/orderId"),
        ("BAD_USER_INPUT", "shipments/0/items"),
        ("BAD_USER_INPUT", "shipments/0/items/0"),
        ("BAD_USER_INPUT", "shipments/0/items/1/weight"),
        ("BAD_USER_INPUT", "shipments/0/references/0/name"),
        ("BAD_USER_INPUT", "shipments/0/invoiceValue/amount"),
        ("BAD_USER_INPUT", "shipments/0/properties/serviceType"),
        ("BAD_USER_INPUT", "shipments/0/extra/customer"),
        ("BAD_USER_INPUT", "shipments/0/extra/references/customer"),
        ("BAD_USER_INPUT", "shipments/1/account"),
    ]


def test_what_an_order_is_against_is_the_items_error(stack: Stack) -> None:
    order = unshipped(stack)
    inbound = stack.client.data("{ orders(first: 1, filter: {backends: [CARTONCLOUD], kinds: [INBOUND]}) { nodes { id } } }")
    ready = done(
        stack,
        shipment(orderId=order["id"], number="ANOTHER"),
        shipment(orderId=inbound["orders"]["nodes"][0]["id"]),
        shipment(number="C-3"),
    )

    assert ready["status"] == "PARTIALLY_COMPLETED"
    codes = [[error["code"] for error in item["errors"]] for item in ready["items"]]
    assert codes == [["BACKEND_REJECTED"], ["NOT_FOUND"], []]
    assert made(stack, "ANOTHER") == []


def test_what_broke_before_or_after_it_was_made_is_made_once(stack: Stack) -> None:
    stack.forget_calls()
    stack.fault("CARTONCLOUD", match="cartoncloud-11", mode="truncated", times=1)
    after = submit(stack.client, "createShipments", {"shipments": [shipment(number="AFTER")]})["handle"]
    until(lambda: stack.calls("CARTONCLOUD").count("cartoncloud-11") == 1)
    stack.fault("CARTONCLOUD", match="cartoncloud-11", status=500, times=1)
    before = submit(stack.client, "createShipments", {"shipments": [shipment(number="BEFORE")]})["handle"]

    assert [ended(stack.client, handle)["status"] for handle in (after, before)] == ["COMPLETED", "COMPLETED"]
    assert [len(made(stack, number)) for number in ("AFTER", "BEFORE")] == [1, 1]
    assert stack.calls("CARTONCLOUD").count("cartoncloud-11") == 3
