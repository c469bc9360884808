"""acknowledgeOrders, from the mutation to the simulated Cenports and back through a query."""

from collections.abc import Iterator
from typing import Any

import pytest

from gateway import ids
from gateway.models import Backend
from tests.journeys.changes import ended, refused, submit
from tests.stack import Stack, whole_stack

ORDERS = """query ($acknowledged: Boolean) { orders(first: 5, filter: {backends: [CENPORTS], acknowledged: $acknowledged}) {
    nodes { id number channelId }
} }"""
ACKNOWLEDGED = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Order { id acknowledged } } }"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with whole_stack(tmp_path_factory.mktemp("acknowledge"), orders=20) as made:
        yield made


def some(stack: Stack, **which: bool) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = stack.client.data(ORDERS, **which)["orders"]["nodes"]
    assert nodes
    return nodes


def test_orders_that_were_acknowledged_are_shown_as_such(stack: Stack) -> None:
    wanted = [node["id"] for node in some(stack, acknowledged=False)]
    stack.forget_calls()
    handed_in = submit(stack.client, "acknowledgeOrders", {"orderIds": wanted})
    assert handed_in["status"] in ("QUEUED", "PROCESSING", "COMPLETED")

    done = ended(stack.client, handed_in["handle"])
    assert (done["status"], done["errors"]) == ("COMPLETED", [])
    assert [item["recordId"] for item in done["items"]] == wanted
    assert [node["id"] for node in done["affected"]] == wanted
    assert stack.calls("CENPORTS").count("cenports-04") == len(done["steps"])
    shown = stack.client.data(ACKNOWLEDGED, ids=wanted)["nodes"]
    assert all(node["acknowledged"] for node in shown)


def test_what_is_no_order_of_a_backend_that_acknowledges_is_refused_at_once(stack: Stack) -> None:
    centry = stack.client.data("{ orders(first: 1, filter: {backends: [CENTRY]}) { nodes { id } } }")
    given = {"orderIds": [centry["orders"]["nodes"][0]["id"], "nonsense"]}

    errors = refused(stack.client, "acknowledgeOrders", given)
    assert [(error["code"], error["path"]) for error in errors] == [
        ("NOT_SUPPORTED", ["orderIds", "0"]),
        ("BAD_USER_INPUT", ["orderIds", "1"]),
    ]
    assert "Centry" in errors[0]["message"]
    assert "acknowledgeOrders" in errors[0]["message"]


def test_an_order_that_cenports_does_not_know_fails_alone(stack: Stack) -> None:
    first, *others = some(stack)
    channel = first["channelId"]
    known = [first["id"], *(other["id"] for other in others if other["channelId"] == channel)]
    unknown = ids.encode("Order", Backend.CENPORTS, f"{channel}/NOWHERE")

    done = ended(stack.client, submit(stack.client, "acknowledgeOrders", {"orderIds": [unknown, *known]})["handle"])

    assert [item["status"] for item in done["items"]] == ["FAILED", *["COMPLETED"] * len(known)]
    assert len(done["steps"]) == 1
    assert "NOWHERE" in done["items"][0]["errors"][0]["message"]
    assert all(node["acknowledged"] for node in stack.client.data(ACKNOWLEDGED, ids=known)["nodes"])


def test_the_same_key_is_the_same_transaction(stack: Stack) -> None:
    order = some(stack)[0]["id"]
    first = submit(stack.client, "acknowledgeOrders", {"orderIds": [order], "idempotencyKey": "K-1"})
    again = submit(stack.client, "acknowledgeOrders", {"orderIds": [order], "idempotencyKey": "K-1"})
    assert again["handle"] == first["handle"]

    other = some(stack)[1]["id"]
    errors = refused(stack.client, "acknowledgeOrders", {"orderIds": [other], "idempotencyKey": "K-1"})
    assert [(error["code"], error["path"]) for error in errors] == [("BAD_USER_INPUT", ["idempotencyKey"])]


def test_a_transaction_is_found_by_its_id_and_in_the_list(stack: Stack) -> None:
    order = some(stack)[0]["id"]
    made = ended(stack.client, submit(stack.client, "acknowledgeOrders", {"orderIds": [order]})["handle"])

    query = """query ($id: ID!) {
        node(id: $id) { ... on Transaction { handle } }
        transactions(first: 1, filter: {operations: ["acknowledgeOrders"], statuses: [COMPLETED]}) {
            totalCount nodes { handle } edges { cursor } pageInfo { endCursor hasNextPage }
        }
        none: transaction(handle: "nobody's") { handle }
    }"""
    found = stack.client.data(query, id=made["id"])
    assert found["node"] == {"handle": made["handle"]}
    assert found["transactions"]["nodes"] == [{"handle": made["handle"]}]
    assert found["transactions"]["totalCount"] >= 1
    assert found["none"] is None


def test_the_plan_of_a_query_for_transactions_says_what_nobody_can_know(stack: Stack) -> None:
    query = "{ transactions(first: 3) { nodes { handle affected { id } } } }"
    answer = stack.client.ask(query, {"X-Gateway-Explain": "plan"})
    assert answer["extensions"]["plan"]["bounded"] is False
    answer = stack.client.ask("{ transactions(first: 3) { totalCount nodes { handle } } }", {"X-Gateway-Explain": "plan"})
    assert (answer["extensions"]["plan"]["bounded"], answer["extensions"]["plan"]["total"]) == (True, 0)
