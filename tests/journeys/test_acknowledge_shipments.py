"""acknowledgeShipments, from the mutation to the simulated Cenports and back through a query."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from gateway import ids
from gateway.models import Backend
from tests.journeys.cenports_account import LOST, Account, account_in
from tests.journeys.changes import ended, refused, submit
from tests.stack import GatewayClient

SHIPMENTS = "{ shipments(first: 250, filter: {backends: [CENPORTS], acknowledged: true}) { nodes { id } } }"
NAMES = count(1)


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    with account_in(tmp_path_factory.mktemp("shipments"), orders=60) as made:
        yield made


@pytest.fixture(autouse=True)
def mended(account: Account) -> Iterator[None]:
    yield
    account.stack.mend()


def shipped(account: Account) -> tuple[str, str]:
    """A new shipment that is not acknowledged, of another order each time: its id, and its order's number."""
    channel, name = account.stack.settings["GATEWAY_CENPORTS__CHANNEL_ID"], f"NEW-{next(NAMES)}"
    record = account.ask("/shipments", channelId=channel)["data"][0]
    numbers = [order["orderNo"] for order in account.ask("/orders", channelId=channel)["data"]]
    told = {"orderNo": numbers[next(NAMES) % len(numbers)], "shipmentId": name, "trackingNumber": name}
    account.stack.systems["CENPORTS"].put("shipment", {**record, **told})
    return ids.encode("Shipment", Backend.CENPORTS, f"{channel}/{told['orderNo']}/{name}"), told["orderNo"]


def acknowledged(account: Account) -> set[str]:
    nodes = account.stack.client.data(SHIPMENTS)["shipments"]["nodes"]
    return {node["id"] for node in nodes}


def acknowledge(client: GatewayClient, **given: Any) -> dict[str, Any]:
    return ended(client, submit(client, "acknowledgeShipments", given)["handle"])


def test_shipments_are_acknowledged_by_id_and_by_number_in_one_call(account: Account) -> None:
    (first, _), (second, number) = shipped(account), shipped(account)
    assert {first, second}.isdisjoint(acknowledged(account))
    account.stack.forget_calls()

    done = acknowledge(account.stack.client, shipmentIds=[first], orderNumbers=[number])

    assert (done["status"], done["errors"]) == ("COMPLETED", [])
    assert [item["recordId"] for item in done["items"]] == [first, None]
    assert [node["id"] for node in done["affected"]] == [first]
    assert account.stack.calls("CENPORTS").count("cenports-08") == 1
    assert {first, second} <= acknowledged(account)


def test_a_number_without_shipments_fails_alone(account: Account) -> None:
    _, number = shipped(account)

    done = acknowledge(account.stack.client, orderNumbers=["NOWHERE", number], backend="CENPORTS")

    assert [item["status"] for item in done["items"]] == ["FAILED", "COMPLETED"]
    assert "does not exist" in done["items"][0]["errors"][0]["message"]


def test_what_is_no_shipment_is_refused_at_once(account: Account) -> None:
    centry = account.stack.client.data("{ shipments(first: 1, filter: {backends: [CENTRY]}) { nodes { id } } }")
    given = {"shipmentIds": [centry["shipments"]["nodes"][0]["id"], "nonsense"], "orderNumbers": [" ", "x" * 256]}

    errors = refused(account.stack.client, "acknowledgeShipments", given)

    assert [(error["code"], error["path"]) for error in errors] == [
        ("NOT_SUPPORTED", ["shipmentIds", "0"]),
        ("BAD_USER_INPUT", ["shipmentIds", "1"]),
        ("BAD_USER_INPUT", ["orderNumbers", "0"]),
        ("BAD_USER_INPUT", ["orderNumbers", "1"]),
    ]


@pytest.mark.parametrize("fault", ["an error before", "silence after"])
def test_a_shipment_is_acknowledged_though_no_answer_came(account: Account, fault: str) -> None:
    shipment, _ = shipped(account)
    account.stack.fault("CENPORTS", match="cenports-08", times=1, **LOST[fault])

    done = acknowledge(account.hasty, shipmentIds=[shipment])

    assert (done["status"], done["errors"]) == ("COMPLETED", [])
    assert shipment in acknowledged(account)


def test_what_was_taken_on_is_asked_for_until_cenports_answers(account: Account) -> None:
    shipment, _ = shipped(account)
    account.stack.fault("CENPORTS", match="cenports-11", times=1, status=500)
    account.stack.forget_calls()

    done = acknowledge(account.stack.client, shipmentIds=[shipment])

    assert done["status"] == "COMPLETED"
    assert account.stack.calls("CENPORTS").count("cenports-08") == 1
