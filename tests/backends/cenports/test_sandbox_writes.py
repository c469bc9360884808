"""What is written to the simulated Cenports can be read again, once its transaction has ended, and what is wrong is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from gateway.backends.cenports.sandbox import CenportsSandbox
from gateway.sandbox.world import System, make_world
from tests.backends.cenports.asking import CHANNEL, PARTNER, Clock, ask, connected, numbers, refused

OTHER = "WDSDL-1"
WORLD = make_world(seed=3, orders=400)
SKUS = [row.item.sku for row in WORLD.stock_of(System.CENPORTS) if row.site.key == "main"][:2]
ADDRESS = {"address1": "1 Example Street", "city": "Hayward", "state": "CA", "country": "US", "postalCode": "94545"}


@dataclass
class Account:
    """The account of a partner with 400 orders; transactions are queued for 10 seconds and take 60."""

    http: httpx.Client
    clock: Clock

    def write(self, method: str, path: str, **body: Any) -> httpx.Response:
        return self.http.request(method, path, json={"partnerId": PARTNER, **body})

    def create(self, *orders: dict[str, Any], channel: str = CHANNEL) -> str:
        """The handle."""
        answer = self.write("POST", "/orders", channelId=channel, orders=list(orders))
        assert answer.status_code == 200, answer.text
        handle: str = answer.json()["handle"]
        return handle

    def transaction(self, handle: str) -> dict[str, Any]:
        answer: dict[str, Any] = ask(self.http, "/transaction", handle=handle).json()
        return answer

    def ended(self, handle: str) -> list[tuple[int, str]]:
        """Time goes by; gives the transaction's errors."""
        self.clock.seconds += 60
        return [(error["index"], error["message"]) for error in self.transaction(handle).get("errors", [])]

    def order(self, number: str, channel: str = CHANNEL) -> dict[str, Any]:
        answer: dict[str, Any] = ask(self.http, "/orders", channelId=channel, orders=number).json()
        return answer

    def stock(self, sku: str, warehouses: str = "CENPORTS", **asked: object) -> int:
        held = ask(self.http, "/inventories", warehouseCode=warehouses, **asked).json()["data"]
        rows = [row for warehouse in held for row in warehouse["warehouseInventory"]]
        return sum(int(row["quantity"]) for row in rows if row["productSku"] == sku)


@contextmanager
def opened() -> Iterator[Account]:
    clock = Clock()
    system = CenportsSandbox(WORLD, calls_per_minute=1000, clock=clock, queued_seconds=10, transaction_seconds=60)
    with connected(system) as http:
        yield Account(http, clock)


@pytest.fixture
def account() -> Iterator[Account]:
    with opened() as account:
        yield account


@pytest.fixture(scope="module")
def untouched() -> Iterator[Account]:
    """For writes that are refused."""
    with opened() as account:
        yield account


@pytest.fixture
def new() -> dict[str, Any]:
    """An order of two lines that can be created."""
    first, second = SKUS
    return {
        "orderNo": "N1",
        "orderDate": "2026-06-29",
        "customerName": "Customer 1",
        "contactPhone": "555-0101",
        "shipTo": ADDRESS,
        "shippingInfo": {"carrierCode": "UPS", "serviceLevel": "Ground", "estimatedShipDate": "2026-07-01"},
        "lineItems": [
            {"sku": first, "quantity": 2, "consumerPrice": 15.5, "subTotal": 31, "lineNumber": 7},
            {"sku": second, "quantity": 1, "consumerPrice": "20.00", "subTotal": "20.00"},
        ],
        "shippingCost": 5,
        "grandTotal": 56.0,
    }


# Orders


def test_a_created_order_is_there_once_its_transaction_is_completed(account: Account, new: dict[str, Any]) -> None:
    handle = account.create(new)

    assert account.transaction(handle)["status"] == "QUEUED"
    account.clock.seconds += 10
    assert account.transaction(handle)["status"] == "PROCESSING"
    assert account.order("N1") == {"data": []}
    account.clock.seconds += 50
    done = account.transaction(handle)
    assert (done["status"], done["completed_at"] is None, "errors" in done) == ("COMPLETED", False, False)
    assert account.order("N1")["orderNo"] == "N1"


def test_a_created_order_is_told_like_any_other(account: Account, new: dict[str, Any]) -> None:
    account.ended(account.create(new))

    told = account.order("N1")

    [any_other] = ask(account.http, "/orders", limit=1).json()["data"]
    assert list(told) == list(any_other)
    assert list(told["shipFrom"]) == list(any_other["shipFrom"])
    assert [list(line) for line in told["lineItems"]] == [list(any_other["lineItems"][0])] * 2
    assert told["orderDate"] == "2026-06-29T00:00:00.000000Z"
    assert (told["channel"], told["status"]) == ("Amazon Seller Central", "Pending")
    assert told["shipTo"] == {**ADDRESS, "address2": None}
    assert [(line["lineItem"], line["price"]) for line in told["lineItems"]] == [("7", 15.5), ("8", 20)]
    assert told["pricing"] == {"subTotal": 51, "discount": 0, "shipCost": 5, "grandTotal": 56}


def test_what_a_new_order_takes_is_no_longer_available_but_still_there(account: Account, new: dict[str, Any]) -> None:
    sku, both = SKUS[0], "CENPORTS,WDSDL-WH-CA"
    available, actual = account.stock(sku, both, channelId=CHANNEL), account.stock(sku, both, actualStock=True)

    account.ended(account.create(new))

    assert account.stock(sku, both, channelId=CHANNEL) == available - 2
    assert account.stock(sku, both, actualStock=True) == actual


def test_a_failed_transaction_tells_which_orders_failed_and_creates_the_others(account: Account, new: dict[str, Any]) -> None:
    unknown = deepcopy(new) | {"orderNo": "N2"}
    unknown["lineItems"][1]["sku"] = "no-product"
    pigeon = {**new, "orderNo": "N4", "shippingInfo": {"carrierCode": "PIGEON", "serviceLevel": "Air"}}

    errors = account.ended(account.create(new, unknown, {**new, "orderNo": "N3"}, pigeon))

    assert errors == [
        (1, "The line item 8 of order N2 has been rejected due to product sku does not exist."),
        (3, "The carrier code is not valid or supported for the order N4."),
    ]
    assert set(numbers(ask(account.http, "/orders", orders="N1,N2,N3,N4"))) == {"N1", "N3"}


def test_an_order_number_is_one_orders_within_its_channel(account: Account, new: dict[str, Any]) -> None:
    exists = "The order N1 is already existed on our system."

    assert account.ended(account.create(new, new)) == [(1, exists)]
    assert account.ended(account.create(new)) == [(0, exists)]
    assert account.ended(account.create(new, channel=OTHER)) == []
    assert len(numbers(ask(account.http, "/orders", orders="N1"))) == 2


def test_a_customers_order_number_is_one_orders_within_its_channel(account: Account, new: dict[str, Any]) -> None:
    one, two = {**new, "customerOrderNo": "C1"}, {**new, "orderNo": "N2", "customerOrderNo": "C1"}

    assert account.ended(account.create(one, two)) == [(1, "The customer order number C1 is already existed on our system.")]
    assert account.ended(account.create(two, channel=OTHER)) == []


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("orderNo", "", "The {} field is required."),
        ("orderNo", "N" * 256, "The {} may not be greater than 255 characters."),
        ("orderNo", 5, "The {} must be a string."),
        ("orderDate", "yesterday", "The {} is not a valid date."),
        ("customerName", None, "The {} field is required."),
        ("shipTo.postalCode", "12345678901", "The {} may not be greater than 10 characters."),
        ("shippingInfo.carrierCode", None, "The {} field is required."),
        ("shippingInfo.estimatedShipDate", "1/7/2026", "The {} does not match the format Y-m-d."),
        ("lineItems", [], "The {} field is required."),
        ("lineItems", [3], "The {} must be an array."),
        ("lineItems.0.quantity", 100_000, "The {} may not be greater than 99999."),
        ("lineItems.0.quantity", 0, "The {} must be an integer of at least 1."),
        ("lineItems.0.lineNumber", 1000, "The {} may not be greater than 999."),
        ("lineItems.0.consumerPrice", 10_000, "The {} must be between 0 and 9999.99."),
        ("lineItems.0.subTotal", "dear", "The {} must be a number."),
        ("shippingCost", 1000, "The {} must be between 0 and 999.99."),
        ("grandTotal", None, "The {} field is required."),
    ],
)
def test_an_order_with_a_wrong_field_is_refused_at_once(
    untouched: Account, new: dict[str, Any], path: str, value: object, message: str
) -> None:
    wrong: Any = deepcopy(new)
    *steps, last = path.split(".")
    part = wrong
    for step in steps:
        part = part[int(step)] if step.isdigit() else part[step]
    part[last] = value

    answer = untouched.write("POST", "/orders", channelId=CHANNEL, orders=[new, wrong])

    assert refused(answer, f"orders.1.{path}")[f"orders.1.{path}"] == [message.format(f"orders.1.{path}")]


def test_orders_of_no_channel_are_refused(untouched: Account, new: dict[str, Any]) -> None:
    refused(untouched.write("POST", "/orders", channelId="NOWHERE", orders=[new]), "channelId")
    refused(untouched.write("POST", "/orders"), "channelId", "orders")


def test_acknowledged_orders_are_found_as_such(account: Account) -> None:
    waiting = ask(account.http, "/orders", channelId=CHANNEL, isAcknowledged=False).json()["data"]
    number = waiting[0]["orderNo"]

    answer = account.write("PATCH", "/orders/acknowledge", channelId=CHANNEL, orders=f" {number},")

    assert answer.json() == {"data": [], "code": 200, "status": "success", "message": "OK"}
    left = numbers(ask(account.http, "/orders", channelId=CHANNEL, isAcknowledged=False))
    assert left == [order["orderNo"] for order in waiting[1:]]


def test_an_unknown_order_leaves_all_of_them_unacknowledged(account: Account) -> None:
    waiting = numbers(ask(account.http, "/orders", channelId=CHANNEL, isAcknowledged=False))

    answer = account.write("PATCH", "/orders/acknowledge", channelId=CHANNEL, orders=f"{waiting[0]}, A1234")

    assert answer.status_code == 400
    assert answer.json()["errors"] == ["The orderNo A1234 is not able to update."]
    assert numbers(ask(account.http, "/orders", channelId=CHANNEL, isAcknowledged=False)) == waiting
    refused(account.write("PATCH", "/orders/acknowledge", channelId=CHANNEL), "orders")


# Channels

CHANNEL_OF_ONE = {
    "channelName": "New Channel",
    "contactEmail": "new@example.com",
    "contactInfo": {"address": "1 Example Street", "city": "Hayward", "state": "CA", "country": "US", "postalCode": "94545"},
}


def test_a_created_channel_is_listed_and_takes_orders(account: Account, new: dict[str, Any]) -> None:
    answer = account.write("POST", "/channels", channelId="ABC123", **CHANNEL_OF_ONE)

    assert answer.json()["data"] == {"partnerId": PARTNER, "channelId": "ABC123", "channalName": "New Channel"}
    assert ask(account.http, "/channels").json()["data"][-1] == {
        "channelName": "New Channel",
        "channelId": "ABC123",
        "channelEmail": "new@example.com",
        "channelPhone": None,
        "location": "Hayward, CA, US, 94545",
        "features": None,
    }
    assert account.ended(account.create(new, channel="ABC123")) == []
    assert account.order("N1", "ABC123")["channel"] == "New Channel"


def test_a_channel_without_an_id_is_given_one(account: Account) -> None:
    given = [account.write("POST", "/channels", **CHANNEL_OF_ONE).json()["data"]["channelId"] for _ in range(2)]

    assert len({*given}) == 2
    assert set(given) < {channel["channelId"] for channel in ask(account.http, "/channels").json()["data"]}


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"channelId": CHANNEL}, ["channelId"]),
        ({"channelName": None}, ["channelName"]),
        ({"contactEmail": ""}, ["contactEmail", "contactPhone"]),
        ({"contactInfo": None}, [f"contactInfo.{name}" for name in ("address", "city", "state", "country", "postalCode")]),
        ({"contactInfo": {**CHANNEL_OF_ONE["contactInfo"], "country": "USA"}}, ["contactInfo.country"]),  # type: ignore[dict-item]
        ({"billInfo": {"name": 5}}, ["billInfo.name"]),
        ({"logo": "bm90IGFuIGltYWdl"}, ["logo"]),
        ({"logo": "not base64"}, ["logo"]),
    ],
)
def test_a_channel_with_a_wrong_field_is_refused(untouched: Account, changes: dict[str, Any], named: list[str]) -> None:
    answer = untouched.write("POST", "/channels", **{**CHANNEL_OF_ONE, **changes})

    assert set(named) <= set(answer.json()["errors"]) <= {*named, "contactInfo"}
    assert answer.status_code == 422


# Shipments


def test_acknowledged_shipments_are_found_as_such(account: Account) -> None:
    waiting = ask(account.http, "/shipments", channelId=CHANNEL, acknowledged=False).json()["data"]
    number = waiting[0]["orderNo"]

    handle = account.write("PATCH", "/shipments/acknowledge", shipments=[{"orderNo": "N9"}, {"orderNo": number}]).json()[
        "handle"
    ]

    assert number in numbers(ask(account.http, "/shipments", channelId=CHANNEL, acknowledged=False))
    assert account.ended(handle) == [(0, "The shipment of order N9 does not exist.")]
    assert number in numbers(ask(account.http, "/shipments", channelId=CHANNEL, acknowledged=True))


def test_shipments_to_acknowledge_must_be_named(untouched: Account) -> None:
    refused(untouched.write("PATCH", "/shipments/acknowledge"), "shipments")
    refused(untouched.write("PATCH", "/shipments/acknowledge", shipments=[{}]), "shipments.0.orderNo")


# Inventories


def test_stock_is_set_and_added_to(account: Account) -> None:
    set_to, added_to = SKUS
    before = account.stock(added_to, actualStock=True)
    available = account.stock(added_to, channelId=CHANNEL)
    changes = [
        {"productSKU": set_to, "quantity": 13, "type": "TRUE_UP"},
        {"productSKU": added_to, "quantity": 5, "type": "DIFFERENTIAL"},
        {"productSKU": added_to, "quantity": -1, "type": "DIFFERENTIAL"},
    ]

    answer = account.write("PATCH", "/inventories", warehouseCode="CENPORTS", inventories=changes).json()

    assert (type(answer["id"]), answer["handle"]) == (int, answer["handle"].upper())
    assert account.stock(added_to, actualStock=True) == before
    assert account.ended(answer["handle"]) == []
    assert (account.stock(set_to, actualStock=True), account.stock(added_to, actualStock=True)) == (13, before + 4)
    assert account.stock(added_to, channelId=CHANNEL) == available + 4


def test_a_change_of_stock_that_cannot_be_is_told_of_alone(account: Account) -> None:
    first, second = SKUS
    changes = [
        {"productSKU": "no-product", "quantity": 1, "type": "TRUE_UP"},
        {"productSKU": first, "quantity": -1000, "type": "DIFFERENTIAL"},
        {"productSKU": second, "quantity": 4, "type": "TRUE_UP"},
    ]

    handle = account.write("PATCH", "/inventories", warehouseCode="CENPORTS", inventories=changes).json()["handle"]

    assert account.ended(handle) == [
        (0, "The product sku no-product does not exist."),
        (1, f"The inventory of product sku {first} is not able to update."),
    ]
    assert account.stock(second, actualStock=True) == 4


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"warehouseCode": "ELSEWHERE"}, ["warehouseCode"]),
        ({"warehouseCode": None}, ["warehouseCode"]),
        ({"inventories": None}, ["inventories"]),
        ({"inventories": [{"productSKU": "1", "quantity": 1, "type": "true_up"}]}, ["inventories.0.type"]),
        ({"inventories": [{"productSKU": "1", "quantity": -1, "type": "TRUE_UP"}]}, ["inventories.0.quantity"]),
        ({"inventories": [{"productSKU": "1", "quantity": 1.5, "type": "TRUE_UP"}]}, ["inventories.0.quantity"]),
        ({"inventories": [{}]}, [f"inventories.0.{name}" for name in ("productSKU", "type", "quantity")]),
    ],
)
def test_a_change_of_stock_with_a_wrong_field_is_refused(untouched: Account, changes: dict[str, Any], named: list[str]) -> None:
    good = {"warehouseCode": "CENPORTS", "inventories": [{"productSKU": "1", "quantity": 1, "type": "TRUE_UP"}]}

    refused(untouched.write("PATCH", "/inventories", **{**good, **changes}), *named)


# Transactions


def test_an_unknown_handle_is_refused(untouched: Account) -> None:
    refused(ask(untouched.http, "/transaction"), "handle")
    refused(ask(untouched.http, "/transaction", handle="d93ff46f-3621-47e2-89a0-74d8caeae8a3"), "handle")


def test_transactions_end_in_the_order_of_writing(account: Account, new: dict[str, Any]) -> None:
    account.create(new)
    account.clock.seconds += 30
    second = account.create(new)

    account.clock.seconds += 30

    assert account.order("N1")["orderNo"] == "N1"
    assert account.transaction(second)["status"] == "PROCESSING"
    assert len(account.ended(second)) == 1


def test_their_pace_is_set_and_they_are_ended_from_outside(account: Account, new: dict[str, Any]) -> None:
    own = account.http.base_url.join("/__transactions")

    assert httpx.put(own, json={"queued": 0, "seconds": 900}).json() == {"queued": 0, "seconds": 900}
    handle = account.create(new)
    assert account.transaction(handle)["status"] == "PROCESSING"
    httpx.delete(own).raise_for_status()

    assert account.transaction(handle)["status"] == "COMPLETED"
    assert httpx.put(own, json={"queued": 0}).status_code == 400
    assert httpx.get(own).json() == {"queued": 0, "seconds": 900}
