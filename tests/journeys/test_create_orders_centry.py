"""createOrders at Centry, from the mutation to the simulated Centry and back through a query."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.backends.centry.asking import Caller
from tests.journeys.at_centry import centry_stack, change, held, new, retried, skus
from tests.journeys.centry_user import another_user
from tests.journeys.changes import ended, refused, submit
from tests.stack import Stack, until

ORDER = """query ($id: ID!) { order(id: $id) {
    number backendStatus channelId references { name value } requiredDate
    customer { name firstName lastName email phone taxId }
    shippingAddress { name firstName lastName line1 suburb city postalCode country phone }
    lines { sku name quantity unitPrice { amount currency } discount { amount } }
    totals { subtotal { amount currency } shipping { amount } discount { amount } total { amount } paid { amount } }
} }"""
VARIANTS = (
    "query ($skus: [String!]) { variants(first: 50, filter: {skus: $skus}) { nodes { sku records { id backend backendId } } } }"
)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with centry_stack(tmp_path_factory.mktemp("create")) as made:
        yield made


@pytest.fixture(autouse=True)
def mended(stack: Stack) -> Iterator[None]:
    stack.forget_calls()
    yield
    stack.mend()


@pytest.fixture(scope="module")
def centry(stack: Stack) -> Iterator[Caller]:
    with another_user(stack) as caller:
        yield caller


def test_an_order_is_made_of_all_that_is_given_and_can_be_read_again(stack: Stack, centry: Caller) -> None:
    sku, other = skus(stack)[:2]
    records = stack.client.data(VARIANTS, skus=[other])["variants"]["nodes"][0]["records"]
    record = next(record for record in records if record["backend"] == "CENTRY")
    given = new(
        stack,
        " C-1 ",
        channelId="My Shop",
        kind="SALE",
        references=[{"name": "id_pack", "value": "P-1"}],
        customer={"name": "Ana María Soto", "email": "ana@example.com", "phone": "+56 2 1", "taxId": "19"},
        billingAddress={"firstName": "Ana María", "lastName": "Soto", "city": "Santiago"},
        shippingAddress={
            "name": "Luis Soto Rojas", "line1": "Aurelio 1", "suburb": "Vitacura", "city": "Santiago", "postalCode": "7630354",
            "country": "CL", "phone": "+56 2 2",
        },
        carrierCode="Blue Express", serviceLevel="STANDARD", requiredDate="2027-01-05", deliveryDate="2027-01-07",
        lines=[
            {"sku": sku, "quantity": "2", "name": "Cup", "unitPrice": {"amount": "19999.10"}, "discount": {"amount": "0.2"},
             "subtotal": {"amount": "39998"}, "tax": {"amount": "1"}, "lineNumber": 7},
            {"variantRecordId": record["id"], "quantity": "1", "unitPrice": {"amount": "2", "currency": "CLP"}},
        ],
        subtotal={"amount": "40000"}, shipping={"amount": "3990"}, discount={"amount": "990"}, total={"amount": "43000"},
        paid={"amount": "43000"}, urgent=True, extra={"invoice_required": True, "address_shipping": {"phone2": "+56 9"}},
    )  # fmt: skip
    done = change(stack, "createOrders", orders=[given])

    assert (done["status"], done["errors"]) == ("COMPLETED", [])
    assert stack.calls("CENTRY").count("centry-57") == 1
    shown = stack.client.data(ORDER, id=done["items"][0]["recordId"])["order"]
    assert (shown["number"], shown["backendStatus"], shown["channelId"]) == ("C-1", "pending", "My Shop")
    assert [(ref["name"], ref["value"]) for ref in shown["references"]] == [
        ("id_origin", "C-1"), ("number_origin", "C-1"), ("id_pack", "P-1"),
    ]  # fmt: skip
    assert shown["customer"] == {
        "name": "Ana María Soto", "firstName": "Ana", "lastName": "María Soto", "email": "ana@example.com", "phone": "+56 2 1",
        "taxId": "19",
    }  # fmt: skip
    assert shown["shippingAddress"] == {
        "name": "Luis Soto Rojas", "firstName": "Luis", "lastName": "Soto Rojas", "line1": "Aurelio 1", "suburb": "Vitacura",
        "city": "Santiago", "postalCode": "7630354", "country": "CL", "phone": "+56 2 2",
    }  # fmt: skip
    first, second = shown["lines"]
    assert (first["sku"], first["quantity"], first["unitPrice"]) == (sku, "2", {"amount": "19999.1", "currency": "CLP"})
    assert second["sku"] == other
    assert {name: money["amount"] for name, money in shown["totals"].items()} == {
        "subtotal": "40000", "shipping": "3990", "discount": "990", "total": "43000", "paid": "43000",
    }  # fmt: skip
    assert shown["requiredDate"] == "2027-01-05"
    (wire,) = held(centry, "C-1")
    assert (wire["invoice_required"], wire["priority_shipping"], wire["address_shipping"]["phone2"]) == (True, True, "+56 9")
    assert (wire["address_billing"]["first_name"], wire["items"][0]["id_origin"]) == ("Ana María", "7")
    assert [item["shipment_provider"] for item in wire["items"]] == ["Blue Express"] * 2
    assert wire["items"][1]["variant_id"] == record["backendId"]
    assert wire["date_for_reception"].startswith("2027-01-07T00:00:00.000-0")


def test_all_that_is_wrong_with_an_order_is_told_at_once(stack: Stack) -> None:
    given = new(
        stack,
        "C-2",
        kind="OUTBOUND", draft=True, account="a", placedAt="2026-01-01T00:00:00Z", warehouseCode="w", instructions="i",
        deliveryInstructions="d", tax={"amount": "1"}, cashOnDelivery={"amount": "1"}, properties={"a": 1},
        references=[{"name": name, "value": "1"} for name in ("ponumber", "id_origin", "id_origin")],
        customer={"name": "Ana", "company": "Soto Ltda."}, shippingAddress={"name": "Ana", "firstName": "Ana", "company": "S."},
        lines=[
            {"sku": " ", "quantity": "1.5", "unitOfMeasure": "CARTON", "properties": {"batch": "1"}},
            {"sku": "a", "quantity": "2", "unitPrice": {"amount": "2"}, "subtotal": {"amount": "3"}},
            {"sku": "a", "quantity": "1", "unitPrice": {"amount": "2", "currency": "EUR"}},
        ],
        subtotal={"amount": "2"}, shipping={"amount": "1"}, total={"amount": "2"},
        extra={"number_origin": "x", "address_shipping": {"first_name": "x", "phone2": "1"}, "items": []},
    )  # fmt: skip
    errors = refused(stack.client, "createOrders", {"orders": [new(stack, "C-3"), given]})

    told = {(error["code"], ".".join(error["path"])) for error in errors}
    assert told == {("NOT_SUPPORTED", f"orders.1.{path}") for path in (
        "kind", "draft", "account", "placedAt", "warehouseCode", "instructions", "deliveryInstructions", "tax",
        "cashOnDelivery", "properties", "references.0.name", "customer.company", "shippingAddress.company",
        "lines.0.unitOfMeasure", "lines.0.properties",
    )} | {("BAD_USER_INPUT", f"orders.1.{path}") for path in (
        "references.1.value", "references.2.name", "shippingAddress.name", "lines.0.sku", "lines.0.quantity",
        "lines.1.subtotal", "lines.2.unitPrice.currency", "total", "extra.number_origin", "extra.address_shipping.first_name",
        "extra.items",
    )}  # fmt: skip
    assert "centry-57" not in stack.calls("CENTRY")


def test_orders_that_cannot_be_made_fail_alone_and_a_retry_makes_what_can_be_made_by_then(stack: Stack, centry: Caller) -> None:
    product = centry.get("products.json", limit=1)[0]["_id"]
    twins = [centry.write("POST", "variants.json", {"product_id": product, "sku": "TWIN"}) for _ in range(2)]
    given = [
        new(stack, "C-4"),
        new(stack, "C-5", lines=[{"sku": "YET-TO-COME", "quantity": "1"}]),
        new(stack, "C-6", lines=[{"sku": "TWIN", "quantity": "1"}]),
        new(stack, "C-4"),
        new(stack, "C-4", channelId="Another"),
    ]
    done = change(stack, "createOrders", orders=given)
    assert done["status"] == "PARTIALLY_COMPLETED"
    assert [item["status"] for item in done["items"]] == ["COMPLETED", "FAILED", "FAILED", "FAILED", "COMPLETED"]
    assert [error["code"] for error in done["errors"]] == ["NOT_FOUND", "BACKEND_REJECTED", "BACKEND_REJECTED"]
    assert ["YET-TO-COME" in done["errors"][0]["message"], "TWIN" in done["errors"][1]["message"]] == [True, True]
    assert {order["origin"] for order in held(centry, "C-4")} == {None, "Another"}

    centry.write("POST", "variants.json", {"product_id": product, "sku": "YET-TO-COME"})
    for twin in twins:
        centry.write("DELETE", f"variants/{twin['_id']}.json")
    again = retried(stack, done)
    assert [item["status"] for item in again["items"]] == ["COMPLETED", "COMPLETED", "FAILED", "FAILED", "COMPLETED"]
    assert len(held(centry, "C-5")) == 1


@pytest.mark.parametrize(
    ("fault", "calls"),
    [
        ({"lands": 0, "status": 500}, 1),
        ({"lands": 2.2, "status": 500}, 1),
        ({"status": 500}, 2),
    ],
    ids=["lost answer", "late landing", "lost message"],
)
def test_an_order_of_which_nothing_was_heard_is_made_once(
    stack: Stack, centry: Caller, fault: dict[str, Any], calls: int
) -> None:
    number = f"L-{calls}-{fault.get('lands')}"
    stack.fault("CENTRY", match="centry-57", times=1, **fault)
    done = change(stack, "createOrders", orders=[new(stack, number, channelId="S")])

    (order,) = held(centry, number)
    assert done["status"] == "COMPLETED"
    shown = stack.client.data("query ($id: ID!) { order(id: $id) { backendId } }", id=done["items"][0]["recordId"])
    assert shown["order"]["backendId"] == order["_id"]
    assert stack.calls("CENTRY").count("centry-57") == calls


def test_an_order_that_is_there_once_centry_answered_was_made(stack: Stack, centry: Caller) -> None:
    """The page shows no answer: it may lack the new order's id."""
    stack.fault("CENTRY", match="centry-57", times=1, body=True)
    handed_in = submit(stack.client, "createOrders", {"orders": [new(stack, "S-1")]})
    until(lambda: "centry-57" in stack.calls("CENTRY"))
    made = centry.write("POST", "orders.json", {"number_origin": "S-1", "id_origin": "S-1"})
    done = ended(stack.client, handed_in["handle"])

    assert done["status"] == "COMPLETED"
    backend_id = stack.client.data("query ($id: ID!) { order(id: $id) { backendId } }", id=done["items"][0]["recordId"])
    assert backend_id["order"]["backendId"] == made["_id"]


@pytest.mark.parametrize(
    ("answer", "orders", "codes"),
    [
        ({"status": 400, "body": {"error": "Order already exists"}}, 1, []),
        ({}, 2, ["BACKEND_CONFLICT"]),
    ],
    ids=["refused", "made twice"],
)
def test_a_message_that_arrives_long_after_it_was_given_up_is_told_of(
    stack: Stack, centry: Caller, answer: dict[str, Any], orders: int, codes: list[str]
) -> None:
    """It arrives while the second one is on its way. Centry may refuse that; if it does not, there are two orders."""
    number = f"V-{orders}"
    stack.fault("CENTRY", match="centry-57", times=1, status=500)
    stack.fault("CENTRY", match="centry-57", times=1, latency=0.5, **answer)
    handed_in = submit(stack.client, "createOrders", {"orders": [new(stack, number)]})
    until(lambda: stack.calls("CENTRY").count("centry-57") == 2)
    centry.write("POST", "orders.json", {"number_origin": number, "id_origin": number})
    done = ended(stack.client, handed_in["handle"])

    assert (done["status"], len(held(centry, number))) == ("COMPLETED", orders)
    assert [error["code"] for error in done["items"][0]["errors"]] == codes


def test_what_centry_refuses_was_not_made_by_a_first_message(stack: Stack, centry: Caller) -> None:
    """Somebody else has made that order meanwhile."""
    stack.fault("CENTRY", match="centry-57", times=1, latency=0.5, status=400, body={"error": "Order already exists"})
    handed_in = submit(stack.client, "createOrders", {"orders": [new(stack, "O-1")]})
    until(lambda: "centry-57" in stack.calls("CENTRY"))
    centry.write("POST", "orders.json", {"number_origin": "O-1", "id_origin": "O-1"})
    done = ended(stack.client, handed_in["handle"])
    assert [error["message"] for error in done["errors"]] == ["Order already exists"]
