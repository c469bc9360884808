"""createOrders at Cenports, from the mutation to the simulated Cenports and back through a query."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from gateway.sandbox.world import System
from tests.journeys.cenports_account import LOST, Account, account_in
from tests.journeys.changes import TRANSACTION, ended, refused, submit
from tests.stack import GatewayClient

NUMBERS = count(1)
ORDER = """query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Order {
    id number kind channelId placedAt backendStatus references { name value }
    customer { name email phone } shippingAddress { name line1 city state postalCode country }
    totals { subtotal { amount } shipping { amount } total { amount } }
    lines { sku quantity unitPrice { amount } }
} } }"""


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    with account_in(tmp_path_factory.mktemp("create"), orders=5) as made:
        yield made


@pytest.fixture(autouse=True)
def mended(account: Account) -> Iterator[None]:
    yield
    account.stack.mend()


@pytest.fixture
def sku(account: Account) -> str:
    return account.stack.world.items_of(System.CENPORTS)[0].sku


def order(sku: str, **changes: Any) -> dict[str, Any]:
    """An order under a number of its own."""
    address = {"name": "Ann Lee", "line1": "1 Example Street", "city": "Hayward", "state": "CA", "country": "US"}
    return {
        "backend": "CENPORTS",
        "number": f"NEW-{next(NUMBERS)}",
        "placedAt": "2026-06-01T12:00:00Z",
        "references": [],
        "customer": {"name": "Bob Lee", "email": "bob@example.com", "phone": "555-0100"},
        "shippingAddress": {**address, "postalCode": "94545"},
        "carrierCode": "UPS",
        "serviceLevel": "Ground",
        "requiredDate": "2026-06-03",
        "lines": [{"sku": sku, "quantity": "2", "unitPrice": {"amount": "20.10"}}],
        "subtotal": {"amount": "40.2"},
        "shipping": {"amount": "5"},
        "total": {"amount": "45.20"},
        **changes,
    }


def create(account: Account, *orders: dict[str, Any], by: GatewayClient | None = None) -> dict[str, Any]:
    client = by or account.stack.client
    return ended(client, submit(client, "createOrders", {"orders": list(orders)})["handle"])


def test_new_orders_are_made_and_read_again(account: Account, sku: str) -> None:
    channel = "AMAZON"
    first = order(sku, references=[{"name": "customerOrderNo", "value": "PO-1"}])
    second = order(sku, channelId=channel)

    done = create(account, first, second)

    assert (done["status"], done["errors"]) == ("COMPLETED", [])
    assert [item["status"] for item in done["items"]] == ["COMPLETED", "COMPLETED"]
    assert [node["id"] for node in done["affected"]] == [item["recordId"] for item in done["items"]]
    shown = account.stack.client.data(ORDER, ids=[item["recordId"] for item in done["items"]])["nodes"]
    assert [(node["number"], node["channelId"]) for node in shown] == [
        (first["number"], account.stack.settings["GATEWAY_CENPORTS__CHANNEL_ID"]),
        (second["number"], channel),
    ]
    assert shown[0]["placedAt"] == "2026-06-01T00:00:00+00:00"
    assert shown[0]["references"] == [{"name": "customerOrderNo", "value": "PO-1"}]
    assert shown[0]["customer"] == first["customer"]
    assert shown[0]["shippingAddress"] == first["shippingAddress"]
    assert [line["sku"] for line in shown[0]["lines"]] == [sku]
    assert [money["amount"] for money in shown[0]["totals"].values()] == ["40.2", "5", "45.2"]


def test_orders_of_one_channel_go_in_one_call(account: Account, sku: str) -> None:
    account.stack.forget_calls()

    done = create(account, *(order(sku) for _ in range(5)), order(sku, channelId="AMAZON"))

    assert done["status"] == "COMPLETED"
    assert account.stack.calls("CENPORTS").count("cenports-03") == 2
    assert [step["items"] for step in done["steps"]] == [[0, 1, 2, 3, 4], [5]]
    assert all(step["backendHandle"] for step in done["steps"])


def test_everything_that_is_wrong_is_told_at_once_and_nothing_is_sent(account: Account, sku: str) -> None:
    wrong = order(
        sku,
        number="A,B",
        instructions="Ring twice",
        carrierCode=None,
        shippingAddress={"name": "Ann", "line1": "x" * 256, "city": "Hayward", "country": "United States", "postalCode": "1"},
        lines=[{"sku": sku, "quantity": "1.5", "unitPrice": {"amount": "10000"}}, {"sku": "S", "quantity": 1}],
        shipping={"amount": "1000.00", "currency": "USD"},
        total={"amount": "1.234", "currency": "EUR"},
    )
    extra = order(sku, extra={"orderNo": "X", "shipTo": {"city": "Y", "code": 1}, "note": "mine"})
    account.stack.forget_calls()

    errors = refused(account.stack.client, "createOrders", {"orders": [wrong, extra]})

    assert [("/".join(error["path"]), error["code"]) for error in errors] == [
        ("orders/0/number", "BAD_USER_INPUT"),
        ("orders/0/shippingAddress/line1", "BAD_USER_INPUT"),
        ("orders/0/shippingAddress/state", "BAD_USER_INPUT"),
        ("orders/0/shippingAddress/country", "BAD_USER_INPUT"),
        ("orders/0/carrierCode", "BAD_USER_INPUT"),
        ("orders/0/lines/0/quantity", "BAD_USER_INPUT"),
        ("orders/0/lines/0/unitPrice/amount", "BAD_USER_INPUT"),
        ("orders/0/lines/0/subtotal", "BAD_USER_INPUT"),
        ("orders/0/lines/1/unitPrice", "BAD_USER_INPUT"),
        ("orders/0/shipping/amount", "BAD_USER_INPUT"),
        ("orders/0/total/amount", "BAD_USER_INPUT"),
        ("orders/0/shipping/currency", "BAD_USER_INPUT"),
        ("orders/0/instructions", "NOT_SUPPORTED"),
        ("orders/1/extra/orderNo", "BAD_USER_INPUT"),
        ("orders/1/extra/shipTo/city", "BAD_USER_INPUT"),
    ]
    assert account.stack.calls("CENPORTS") == []


def test_orders_fail_alone_and_a_retry_sends_only_those(account: Account, sku: str) -> None:
    """As the page: what a failed transaction does not list was created."""
    taken, good, lacking, odd = order(sku), order(sku), order("NOT-YET"), order(sku, carrierCode="PIGEON")
    create(account, taken)

    done = create(account, taken, good, lacking, odd)

    assert done["status"] == "PARTIALLY_COMPLETED"
    assert [item["status"] for item in done["items"]] == ["FAILED", "COMPLETED", "FAILED", "FAILED"]
    told = [item["errors"][0] for item in done["items"] if item["errors"]]
    assert [error["code"] for error in told] == ["BACKEND_REJECTED"] * 3
    assert "already existed" in told[0]["message"]
    assert "sku does not exist" in told[1]["message"]
    assert "carrier code" in told[2]["message"]

    system = account.stack.systems["CENPORTS"]
    row = {"productSku": "NOT-YET", "retailerSku": None, "productUpc": None, "productName": "New", "quantity": "5"}
    site = account.ask("/inventories", actualStock="true")["data"][0]
    system.put("warehouse", {**site, "warehouseInventory": [*site["warehouseInventory"], row]})
    account.stack.forget_calls()
    document = f"mutation ($h: ID!) {{ retryTransaction(handle: $h) {{ transaction {{ {TRANSACTION} }} }} }}"
    account.stack.client.data(document, h=done["handle"])
    again = ended(account.stack.client, done["handle"])
    assert [item["status"] for item in again["items"]] == ["FAILED", "COMPLETED", "COMPLETED", "FAILED"]
    assert account.stack.calls("CENPORTS").count("cenports-03") == 1


def test_what_is_refused_at_once_keeps_no_other_order_from_being_made(account: Account, sku: str) -> None:
    errors = {"orders.1.contactPhone": ["The orders.1.contactPhone is no telephone number."]}
    account.stack.fault("CENPORTS", match="cenports-03", times=1, status=422, body={"message": "Invalid.", "errors": errors})

    done = create(account, order(sku), order(sku), order(sku))

    assert [item["status"] for item in done["items"]] == ["COMPLETED", "FAILED", "COMPLETED"]
    assert done["items"][1]["errors"][0]["message"] == "The orders.1.contactPhone is no telephone number."


@pytest.mark.parametrize("fault", LOST)
def test_an_order_is_made_once_though_no_answer_came(account: Account, sku: str, fault: str) -> None:
    before = account.reserved(sku, "AMAZON")
    account.stack.fault("CENPORTS", match="cenports-03", times=1, **LOST[fault])

    done = create(account, order(sku, channelId="AMAZON"), by=account.hasty)

    assert (done["status"], done["errors"]) == ("COMPLETED", [])
    assert account.reserved(sku, "AMAZON") == before + 2


def test_an_order_that_exists_after_an_earlier_message_of_ours_was_made_by_it(account: Account, sku: str) -> None:
    """The first message lands late and is still worked on when nothing of it can be found: the second is told that the order
    exists."""
    before = account.reserved(sku, "AMAZON")
    account.pace(0.05, 2)
    account.stack.fault("CENPORTS", match="cenports-03", times=1, status=500, lands=0.3)
    account.stack.forget_calls()

    done = create(account, order(sku, channelId="AMAZON"), order("NOWHERE", channelId="AMAZON"), by=account.hasty)
    account.pace(0.05, 0.1)

    assert account.stack.calls("CENPORTS").count("cenports-03") >= 2
    assert [item["status"] for item in done["items"]] == ["COMPLETED", "FAILED"]
    assert account.reserved(sku, "AMAZON") == before + 2


def test_while_nothing_can_be_found_out_nothing_is_sent(account: Account, sku: str) -> None:
    stack = account.stack
    stack.fault("CENPORTS", match="cenports-03", times=1, status=500, lands=0)
    stack.fault("CENPORTS", match="cenports-02", times=1, status=500)
    stack.forget_calls()

    done = create(account, order(sku), by=account.hasty)

    assert done["status"] == "COMPLETED"
    assert stack.calls("CENPORTS").count("cenports-03") == 1
