"""lockOrders, confirmOrders and cancelOrders at Centra, from the mutation to the simulated system and back through a query."""

from collections.abc import Iterator
from typing import Any

import pytest
from lxml import etree

from tests.backends.centra.asking import value
from tests.journeys.centra_changes import cancelled, centra_stack, left, order, orders, record, system
from tests.journeys.changes import ended, refused, submit
from tests.stack import Stack, until


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with centra_stack(tmp_path_factory.mktemp("states")) as made:
        yield made


@pytest.fixture(autouse=True)
def mended(stack: Stack) -> Iterator[None]:
    yield
    stack.mend()


def pending(stack: Stack) -> dict[str, Any]:
    """An order that nobody has touched and that is not locked."""
    return next(each for each in orders(stack, "PENDING") if not each["locked"])


def test_orders_are_locked_and_shown_as_such(stack: Stack) -> None:
    wanted = [each for each in orders(stack) if not each["locked"]][:2]
    stack.forget_calls()
    done = ended(stack.client, submit(stack.client, "lockOrders", {"orderIds": [each["id"] for each in wanted]})["handle"])

    assert (done["status"], done["errors"]) == ("COMPLETED", [])
    assert [item["recordId"] for item in done["items"]] == [each["id"] for each in wanted]
    assert stack.calls("CENTRA").count("centra-04") == 2
    for each in wanted:
        assert order(stack, each["id"]) == order(stack, each["id"]) | {"locked": True, "status": each["status"]}
        assert value(record(stack, each["backendId"]), "locked") == "yes"


def test_orders_are_confirmed_and_locked_if_that_is_asked_for(stack: Stack) -> None:
    first, second = [each for each in orders(stack, "PENDING") if not each["locked"]][:2]
    given = {"orders": [{"orderId": first["id"]}, {"orderId": second["id"], "lock": True}]}
    done = ended(stack.client, submit(stack.client, "confirmOrders", given)["handle"])

    assert (done["status"], done["errors"]) == ("COMPLETED", [])
    assert (order(stack, first["id"])["status"], order(stack, first["id"])["locked"]) == ("CONFIRMED", False)
    assert (order(stack, second["id"])["status"], order(stack, second["id"])["locked"]) == ("CONFIRMED", True)


def test_some_of_a_line_is_cancelled_and_then_what_is_left_of_the_order(stack: Stack) -> None:
    wanted = pending(stack)
    line = wanted["lines"][0]
    some = {"orders": [{"orderId": wanted["id"], "lines": [{"lineId": line["id"], "quantity": "1"}]}]}
    done = ended(stack.client, submit(stack.client, "cancelOrders", some)["handle"])

    assert (done["status"], done["errors"]) == ("COMPLETED", [])
    assert sum(cancelled(stack, wanted["backendId"]).values()) == 1
    assert order(stack, wanted["id"])["lines"][0]["quantityCancelled"] == "1"

    whole = {"orders": [{"orderId": wanted["id"]}]}
    done = ended(stack.client, submit(stack.client, "cancelOrders", whole)["handle"])
    assert (done["status"], done["errors"]) == ("COMPLETED", [])
    seen = order(stack, wanted["id"])
    assert (seen["status"], sum(left(seen).values())) == ("CANCELLED", 0)

    done = ended(stack.client, submit(stack.client, "cancelOrders", whole)["handle"])
    assert (done["status"], [error["code"] for error in done["errors"]]) == ("FAILED", ["BACKEND_REJECTED"])


def test_what_centra_has_no_place_for_is_refused_at_once_and_all_of_it(stack: Stack) -> None:
    wanted = pending(stack)
    box = {"items": [{"sku": "A", "quantity": 1}]}
    confirmation = {"orders": [{"orderId": wanted["id"], "reasonId": "7", "boxes": [box]}]}
    assert [(each["code"], each["path"]) for each in refused(stack.client, "confirmOrders", confirmation)] == [
        ("NOT_SUPPORTED", ["orders", "0", "reasonId"]),
        ("NOT_SUPPORTED", ["orders", "0", "boxes"]),
    ]

    half = [{"lineId": wanted["lines"][0]["id"], "quantity": "0.5"}]
    cancellation = {"orders": [{"orderId": wanted["id"], "lines": half, "message": "\x01", "restock": True}]}
    assert [(each["code"], each["path"]) for each in refused(stack.client, "cancelOrders", cancellation)] == [
        ("BAD_USER_INPUT", ["orders", "0", "message"]),
        ("NOT_SUPPORTED", ["orders", "0", "message"]),
        ("NOT_SUPPORTED", ["orders", "0", "restock"]),
        ("BAD_USER_INPUT", ["orders", "0", "lines", "0", "quantity"]),
    ]


def test_what_turns_out_to_be_wrong_fails_alone_and_can_be_begun_again(stack: Stack) -> None:
    good = pending(stack)
    late = orders(stack, "PROCESSING")[0]
    given = {"orders": [{"orderId": good["id"]}, {"orderId": late["id"]}]}
    done = ended(stack.client, submit(stack.client, "confirmOrders", given)["handle"])

    assert (done["status"], [item["status"] for item in done["items"]]) == ("PARTIALLY_COMPLETED", ["COMPLETED", "FAILED"])
    assert "pending" in done["items"][1]["errors"][0]["message"]

    held = record(stack, late["backendId"])
    (status,) = held.findall("{*}status")
    status.text = "pending"
    system(stack).put(etree.tostring(held, encoding="unicode"))
    until(lambda: order(stack, late["id"])["status"] == "PENDING")
    retry = "mutation ($handle: ID!) { retryTransaction(handle: $handle) { userErrors { message } } }"
    assert stack.client.data(retry, handle=done["handle"])["retryTransaction"]["userErrors"] == []
    assert ended(stack.client, done["handle"])["status"] == "COMPLETED"
    assert order(stack, late["id"])["status"] == "CONFIRMED"


def test_lost_answers_to_what_says_how_an_order_shall_be_do_no_harm(stack: Stack) -> None:
    """Made and not told, late and not made: one call is sent again in two of the three cases."""
    first, second, third = [each for each in orders(stack) if not each["locked"]][:3]
    stack.forget_calls()
    for fault in ({"lands": 0, "status": 500}, {"latency": 60}, {"mode": "reset"}):
        stack.fault("CENTRA", match="centra-04", times=1, **fault)
    handed_in = submit(stack.client, "lockOrders", {"orderIds": [first["id"], second["id"], third["id"]]})
    done = ended(stack.client, handed_in["handle"])

    assert (done["status"], done["errors"]) == ("COMPLETED", [])
    assert stack.calls("CENTRA").count("centra-04") == 5
    assert all(order(stack, each["id"])["locked"] for each in (first, second, third))


def test_a_cancellation_is_never_made_twice_and_left_to_a_person_where_no_event_tells_of_it(stack: Stack) -> None:
    """One is made, one is not; the callers of both are told of an error."""
    both = [each for each in orders(stack, "PENDING", "CONFIRMED") if all(left(each).values())][:2]
    stack.forget_calls()
    stack.fault("CENTRA", match="centra-04", times=1, lands=0, status=500)
    stack.fault("CENTRA", match="centra-04", times=1, status=500)
    given = {"orders": [one_of_first_line(each) for each in both]}
    done = ended(stack.client, submit(stack.client, "cancelOrders", given)["handle"])

    assert done["status"] == "UNKNOWN"
    assert sorted(item["status"] for item in done["items"]) == ["COMPLETED", "UNKNOWN"]
    made = {
        item["status"]: sum(cancelled(stack, each["backendId"]).values())
        for item, each in zip(done["items"], both, strict=True)
    }
    assert made == {"COMPLETED": 1, "UNKNOWN": 0}
    assert stack.calls("CENTRA").count("centra-04") == 2
    assert [error["code"] for error in done["errors"]] == ["OUTCOME_UNKNOWN"]
    assert both[done["errors"][0]["index"]]["backendId"] in done["errors"][0]["message"]

    again = "mutation ($handle: ID!) { retryTransaction(handle: $handle, resendUnknown: true) { userErrors { message } } }"
    stack.client.data(again, handle=done["handle"])
    assert ended(stack.client, done["handle"])["status"] == "COMPLETED"
    assert [sum(cancelled(stack, each["backendId"]).values()) for each in both] == [1, 1]


def one_of_first_line(order: dict[str, Any]) -> dict[str, Any]:
    return {"orderId": order["id"], "lines": [{"lineId": order["lines"][0]["id"], "quantity": "1"}]}


def test_a_queue_that_is_switched_off_lets_no_order_be_changed(stack: Stack) -> None:
    wanted = pending(stack)
    with stack.newcomer(GATEWAY_CENTRA__QUEUE="off") as client:
        errors = refused(client, "lockOrders", {"orderIds": [wanted["id"]]})
    assert [(each["code"], each["path"]) for each in errors] == [("NOT_SUPPORTED", ["orderIds", "0"])]
    assert "GATEWAY_CENTRA__QUEUE" in errors[0]["message"]
