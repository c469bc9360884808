"""createOrders at Centra, from the mutation to the simulated Centra and back through a query, in a store of each type."""

from collections.abc import Iterator
from typing import Any

import pytest
from lxml.etree import _Element

from gateway.sandbox.world import System
from tests.backends.centra.asking import value, values
from tests.journeys.centra_changes import centra_stack, order, orders, record
from tests.journeys.changes import ended, refused, submit
from tests.stack import Stack

WHOLESALE = {"GATEWAY_CENTRA__STORE": "2", "GATEWAY_CENTRA__STORE_TYPE": "wholesale"}
SHIP = {"name": "Ann Mary Lee", "line1": "Street 1", "city": "Malmö", "postalCode": "21100", "country": "SE"}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with centra_stack(tmp_path_factory.mktemp("retail"), orders=20) as made:
        yield made


@pytest.fixture(autouse=True)
def mended(stack: Stack) -> Iterator[None]:
    stack.forget_calls()
    yield
    stack.mend()


def new(stack: Stack, number: str, *skus: str, **fields: Any) -> dict[str, Any]:
    wanted = skus or [sold(stack)[0]]
    return {"backend": "CENTRA", "number": number, "lines": [{"sku": sku, "quantity": "1"} for sku in wanted], **fields}


def sold(stack: Stack) -> list[str]:
    """SKUs that no other item of Centra has."""
    skus = [item.sku for item in stack.world.items_of(System.CENTRA) if item.sku]
    return [sku for sku in skus if skus.count(sku) == 1]


def made(stack: Stack, *given: dict[str, Any]) -> list[dict[str, Any]]:
    """The orders as the graph shows them, once the transaction has succeeded."""
    done = ended(stack.client, submit(stack.client, "createOrders", {"orders": list(given)})["handle"])
    assert done["status"] == "COMPLETED", done["errors"]
    return [order(stack, item["recordId"]) for item in done["items"]]


def held(stack: Stack, shown: dict[str, Any]) -> _Element:
    return record(stack, shown["backendId"])


def test_an_order_is_made_of_all_that_is_given_and_can_be_read_at_once(stack: Stack) -> None:
    sku, other = sold(stack)[:2]
    eur = {"currency": "EUR"}
    [shown] = made(
        stack,
        new(
            stack,
            " S-1 ",
            kind="SALE",
            references=[{"name": "ponumber", "value": "PO-1"}],
            placedAt="2026-05-04T10:00:00Z",
            channelId="Retail-Sweden",
            customer={"name": "Ann Mary Lee", "email": "ann@example.com", "phone": "123"},
            billingAddress=SHIP,
            shippingAddress={"firstName": "Bo", "lastName": "Ek", "line1": "Street 2", "city": "Lund", "country": "SE"},
            warehouseCode=orders(stack)[0]["warehouse"]["code"],
            carrierCode="UPS",
            serviceLevel="STANDARD",
            requiredDate="2026-05-06",
            shipping={"amount": "12.50", **eur},
            instructions="Ring twice",
            lines=[
                {"sku": sku, "quantity": "2", "unitPrice": {"amount": "19.90", **eur}, "tax": {"amount": "12"}},
                {"sku": other, "quantity": "1", "unitPrice": {"amount": "5", **eur}, "properties": {"comment": "a gift"}},
                {"sku": sku, "quantity": "3", "unitPrice": {"amount": "18", **eur}},
            ],
            extra={"internalinformation": "from the fair", "carrierinformation": {"account": "A-1"}},
        ),
    )

    assert (shown["status"], shown["currency"], shown["channelId"]) == ("PENDING", "EUR", "Retail-Sweden")
    assert (shown["placedAt"], shown["requiredDate"]) == ("2026-05-04T10:00:00+00:00", "2026-05-06")
    assert shown["references"] == [{"name": "ponumber", "value": "PO-1"}]
    assert shown["customer"] == {"name": "Ann Mary Lee", "email": "ann@example.com", "company": None, "phone": "123"}
    assert (shown["billingAddress"]["name"], shown["billingAddress"]["city"]) == ("Ann Mary Lee", "Malmö")
    assert shown["shippingAddress"] == {"name": "Bo Ek", "line1": "Street 2", "city": "Lund", "country": "SE"}
    assert [(line["sku"], line["quantity"]) for line in shown["lines"]] == [(sku, "2"), (other, "1"), (sku, "3")]
    assert [line["unitPrice"]["amount"] for line in shown["lines"]] == ["19.90", "5.00", "18.00"]
    assert (shown["totals"]["shipping"]["amount"], shown["instructions"]) == ("12.50", "Ring twice")
    kept = held(stack, shown)
    assert (value(kept, "type"), value(kept, "store"), value(kept, "internalinformation")) == ("retail", "1", "from the fair")
    assert values(kept, "carrierinformation/*") == ["UPS", "STANDARD", "A-1", ""]
    assert (value(kept, "billingaddress/firstname"), value(kept, "billingaddress/lastname")) == ("Ann", "Mary Lee")
    assert values(kept, "products/product/tax") == ["12", "25.000", "25.000"]
    assert values(kept, "products/product/comment") == ["", "a gift", ""]


def test_a_number_that_centra_replaces_is_told(stack: Stack) -> None:
    done = ended(stack.client, submit(stack.client, "createOrders", {"orders": [new(stack, "S-2")]})["handle"])

    shown = order(stack, done["items"][0]["recordId"])
    assert shown["number"] != "S-2", "the page says that the number is always Centra's"
    [issue] = done["items"][0]["errors"]
    assert (done["status"], issue["code"], shown["number"] in issue["message"]) == ("COMPLETED", "BACKEND_REJECTED", True)


def test_all_that_is_wrong_is_told_at_once(stack: Stack) -> None:
    given = new(
        stack,
        "S-3",
        kind="OUTBOUND",
        draft=True,
        account="12345",
        urgent=True,
        references=[{"name": "box", "value": "1"}],
        customer={"name": "Ann", "taxId": "SE1"},
        billingAddress={"name": "Bo", "suburb": "West"},
        lines=[
            {"sku": "A", "quantity": "1.5", "unitPrice": {"amount": "1", "currency": "EUR"}, "lineNumber": 1},
            {"sku": "B", "quantity": "1", "unitPrice": {"amount": "1", "currency": "SEK"}, "properties": {"batch": "7"}},
        ],
        extra={"id": "7", "products": {"product": []}, "colour": "red", "customer": "me", "internal": {"a": 1}},
    )
    found = {(each["code"], *each["path"][2:]) for each in refused(stack.client, "createOrders", {"orders": [given]})}

    assert found == {
        ("NOT_SUPPORTED", "kind"), ("NOT_SUPPORTED", "draft"), ("NOT_SUPPORTED", "account"), ("NOT_SUPPORTED", "urgent"),
        ("NOT_SUPPORTED", "references", "0"), ("NOT_SUPPORTED", "customer", "taxId"), ("NOT_SUPPORTED", "customer", "name"),
        ("NOT_SUPPORTED", "billingAddress", "suburb"), ("NOT_SUPPORTED", "lines", "0", "lineNumber"),
        ("NOT_SUPPORTED", "lines", "1", "properties", "batch"), ("BAD_USER_INPUT", "lines", "0", "quantity"),
        ("BAD_USER_INPUT", "lines", "1", "unitPrice", "currency"), ("BAD_USER_INPUT", "extra", "id"),
        ("BAD_USER_INPUT", "extra", "products", "product"), ("BAD_USER_INPUT", "extra", "colour"),
        ("BAD_USER_INPUT", "extra", "customer"), ("BAD_USER_INPUT", "extra", "internal"),
    }  # fmt: skip


def test_what_centra_refuses_or_does_not_know_fails_alone(stack: Stack) -> None:
    given = [new(stack, "S-4"), new(stack, "S-5", "NO-SUCH-SKU"), new(stack, "S-6", channelId="Nowhere")]
    done = ended(stack.client, submit(stack.client, "createOrders", {"orders": given})["handle"])

    assert done["status"] == "PARTIALLY_COMPLETED"
    assert [item["status"] for item in done["items"]] == ["COMPLETED", "FAILED", "FAILED"]
    codes = {error["index"]: error["code"] for error in done["errors"] if error["index"]}
    assert codes == {1: "NOT_FOUND", 2: "BACKEND_REJECTED"}
    assert "NO-SUCH-SKU" in done["items"][1]["errors"][0]["message"]


def test_an_order_is_made_once_whatever_becomes_of_the_answer(stack: Stack) -> None:
    """One is made and not told, one is not made."""
    before = len(orders(stack))
    for fault in ({"lands": 0, "status": 500}, {"mode": "reset"}):
        stack.fault("CENTRA", match="centra-04", times=1, **fault)
    sku = sold(stack)[0]
    shown = made(stack, *(new(stack, f"L-{at}", sku, sku) for at in range(2)))

    assert stack.calls("CENTRA").count("centra-04") == 3
    assert [[line["quantity"] for line in each["lines"]] for each in shown] == [["1", "1"]] * 2
    assert len(orders(stack)) == before + 2
    assert [order(stack, each["id"]) for each in shown] == shown


def test_a_wholesale_order_is_of_an_account(tmp_path_factory: pytest.TempPathFactory) -> None:
    with centra_stack(tmp_path_factory.mktemp("wholesale"), orders=20, **WHOLESALE) as stack:
        usd = {"currency": "USD"}
        sku = sold(stack)[0]
        [shown] = made(
            stack,
            new(
                stack,
                "W-1",
                account="12345",
                references=[{"name": "ponumber", "value": "PO-9"}],
                channelId="Wholesale-Market",
                billingAddress={"name": "Ann Mary Lee", "company": "Shop AB", "city": "Malmö"},
                lines=[{"sku": sku, "quantity": "4", "unitPrice": {"amount": "45", **usd}}],
            ),
        )
        kept = held(stack, shown)

    assert (shown["currency"], shown["account"]["backendId"]) == ("USD", "12345")
    assert (value(kept, "type"), value(kept, "store"), value(kept, "ponumber")) == ("wholesale", "2", "PO-9")
    assert (value(kept, "billingaddress/attn"), values(kept, "billingaddress/firstname")) == ("Ann Mary Lee", [])
