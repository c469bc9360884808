"""What becomes of orders at Centry, from the mutation to the simulated Centry and back through a query."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.backends.centry.asking import Caller
from tests.journeys.at_centry import centry_stack, change, new, retried, skus
from tests.journeys.centry_user import another_user
from tests.journeys.changes import refused
from tests.stack import Stack

REASON = "5e4d26431a61bb54b678a153"  # of a confirmation
SOLD_OUT, ASKED_FOR = "5e4d26431a61bb54b678a145", "5e4d26431a61bb54b678a14c"
RATE = "5e4d26431a61bb54b678a15d"
STANDS = "query ($id: ID!) { order(id: $id) { backendId status backendStatus requiredDate } }"
LOST = [({"lands": 0, "status": 500}, 1), ({"status": 500}, 2)]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with centry_stack(tmp_path_factory.mktemp("states")) as made:
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


def made(stack: Stack, number: str, origin: str = "Falabella") -> str:
    """The id of a new order of three pieces of one SKU, and one of another."""
    lines = [{"sku": sku, "quantity": units} for sku, units in zip(skus(stack)[:2], ("3", "1"), strict=True)]
    done = change(stack, "createOrders", orders=[new(stack, number, channelId=origin, lines=lines)])
    order: str = done["items"][0]["recordId"]
    return order


def box(stack: Stack, first: int, second: int, **more: Any) -> dict[str, Any]:
    items = [{"sku": sku, "quantity": units} for sku, units in zip(skus(stack)[:2], (first, second), strict=True) if units]
    return {"items": items, **more}


def stands(stack: Stack, order: str) -> dict[str, Any]:
    found: dict[str, Any] = stack.client.data(STANDS, id=order)["order"]
    return found


def confirmed(stack: Stack, centry: Caller, order: str) -> dict[str, Any]:
    """The confirmation that the simulated Centry has: a second one is refused with the first."""
    path = f"orders/{stands(stack, order)['backendId']}/order_status/confirmations.json"
    answer: dict[str, Any] = centry.write("POST", path, {"reason_id": REASON}, status=400)["confirmation"]
    return answer


def written(stack: Stack, centry: Caller, order: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = centry.get(f"orders/{stands(stack, order)['backendId']}.json")
    return found


def test_an_order_is_confirmed_in_its_boxes(stack: Stack, centry: Caller) -> None:
    order = made(stack, "C-1")
    sizes = {"length": "10.5", "width": "11", "height": "12.0", "weight": "1.5"}
    boxes = [box(stack, 2, 1, packageId="10000", **sizes), box(stack, 1, 0)]
    done = change(stack, "confirmOrders", orders=[{"orderId": order, "boxes": boxes}])

    assert (done["status"], done["errors"], done["items"][0]["recordId"]) == ("COMPLETED", [], order)
    first, second = confirmed(stack, centry, order)["boxes"]
    assert [first[name] for name in ("l", "w", "h", "e", "pid")] == [10.5, 11, 12.0, 1.5, "10000"]
    assert [{sku["sku"]: sku["quantity"] for sku in each["skus"]} for each in (first, second)] == [
        dict(zip(skus(stack)[:2], (2, 1), strict=True)),
        {skus(stack)[0]: 1},
    ]
    assert [second[name] for name in ("l", "w", "h", "e", "pid")] == [None] * 5


def test_confirming_again_is_done_in_the_same_boxes_and_refused_in_others(stack: Stack) -> None:
    order = made(stack, "C-2")
    one = {"orderId": order, "boxes": [box(stack, 3, 1)]}
    change(stack, "confirmOrders", orders=[one])

    assert change(stack, "confirmOrders", orders=[one])["status"] == "COMPLETED"
    two = change(stack, "confirmOrders", orders=[{"orderId": order, "boxes": [box(stack, 3, 0), box(stack, 0, 1)]}])
    assert [(error["code"], error["message"]) for error in two["errors"]] == [("BACKEND_REJECTED", "Order already confirmed")]


def test_what_centry_or_its_marketplace_refuses_fails_alone_and_can_be_mended(stack: Stack, centry: Caller) -> None:
    orders = [made(stack, f"C-3-{index}", origin) for index, origin in enumerate(("Falabella", "MercadoLibre", "MercadoLibre"))]
    gone = made(stack, "C-3-gone")
    centry.write("DELETE", f"orders/{stands(stack, gone)['backendId']}.json")
    three = [box(stack, 1, 0), box(stack, 1, 1), box(stack, 1, 0)]
    given = [
        {"orderId": orders[0], "boxes": [box(stack, 3, 0)]},
        {"orderId": orders[1]},
        {"orderId": orders[2], "reasonId": REASON, "boxes": three},
        {"orderId": gone, "reasonId": REASON},
        {"orderId": made(stack, "C-3-good")},
    ]
    done = change(stack, "confirmOrders", orders=given)

    assert done["status"] == "PARTIALLY_COMPLETED"
    assert [error["code"] for error in done["errors"]] == [
        "BACKEND_REJECTED",
        "BAD_USER_INPUT",
        "BACKEND_REJECTED",
        "NOT_FOUND",
    ]
    told = [error["message"] for error in done["errors"]]
    assert told[0] == "boxes: Las cajas deben incluir exactamente todos los ítemes"
    assert "reasonId" in told[1]
    assert told[2] == "The marketplace refuses it: Pack count should be between 2, 2"
    assert done["items"][4]["status"] == "COMPLETED"

    mended = change(stack, "confirmOrders", orders=[{"orderId": orders[2], "reasonId": REASON, "boxes": [box(stack, 3, 1)]}])
    assert mended["status"] == "COMPLETED"


@pytest.mark.parametrize(("fault", "calls"), [(LOST[0][0], 2), LOST[1]])
def test_a_confirmation_of_which_nothing_was_heard_is_made_once(
    stack: Stack, centry: Caller, fault: dict[str, Any], calls: int
) -> None:
    """It is sent again, for nothing shows it: the second one is refused with the first, which says that it was done."""
    order = made(stack, f"C-4-{len(fault)}")
    stack.forget_calls()
    stack.fault("CENTRY", match="centry-60", times=1, **fault)
    done = change(stack, "confirmOrders", orders=[{"orderId": order, "boxes": [box(stack, 3, 1)]}])

    assert (done["status"], stack.calls("CENTRY").count("centry-60")) == ("COMPLETED", calls)
    assert confirmed(stack, centry, order)["failed_attempts"] == []


def test_an_order_is_cancelled_with_all_that_is_said_of_it(stack: Stack, centry: Caller) -> None:
    order = made(stack, "K-1")
    given = {"orderId": order, "reasonId": ASKED_FOR, "buyerRateId": RATE, "message": "Sorry", "restock": True}
    done = change(stack, "cancelOrders", orders=[given])

    assert (done["status"], done["errors"], done["items"][0]["recordId"]) == ("COMPLETED", [], order)
    assert (stands(stack, order)["status"], stands(stack, order)["backendStatus"]) == ("CANCELLED", "cancelled_before_shipping")
    assert [item["quantity_restocked"] for item in written(stack, centry, order)["items"]] == [3, 1]

    again = change(stack, "cancelOrders", orders=[given])
    assert [(error["code"], error["message"]) for error in again["errors"]] == [
        ("BACKEND_REJECTED", "The order is cancelled already.")
    ]


def test_an_order_that_cannot_be_cancelled_fails_alone_and_a_retry_cancels_it(stack: Stack, centry: Caller) -> None:
    good, bad = made(stack, "K-2"), made(stack, "K-3")
    given = [{"orderId": good}, {"orderId": bad, "reasonId": SOLD_OUT, "restock": True}]
    done = change(stack, "cancelOrders", orders=given)
    assert [item["status"] for item in done["items"]] == ["COMPLETED", "FAILED"]
    assert [error["message"] for error in done["errors"]] == ["restock: no está permitido"]
    assert stands(stack, bad)["status"] == "PENDING"

    reason = next(reason for reason in centry.get("cancellation_reasons.json") if reason["_id"] == SOLD_OUT)
    stack.systems["CENTRY"].put("cancellation_reasons", reason | {"_restock": "optional"})
    assert retried(stack, done)["status"] == "COMPLETED"
    assert stands(stack, bad)["status"] == "CANCELLED"


@pytest.mark.parametrize(("fault", "calls"), LOST)
def test_a_cancellation_of_which_nothing_was_heard_is_made_once(stack: Stack, fault: dict[str, Any], calls: int) -> None:
    order = made(stack, f"K-4-{calls}")
    stack.forget_calls()
    stack.fault("CENTRY", match="centry-62", times=1, **fault)
    done = change(stack, "cancelOrders", orders=[{"orderId": order}])

    assert (done["status"], stack.calls("CENTRY").count("centry-62")) == ("COMPLETED", calls)
    assert stands(stack, order)["status"] == "CANCELLED"


def test_an_order_is_put_on_another_day_and_delivered_with_what_is_said_of_the_buyer(stack: Stack) -> None:
    order = made(stack, "D-1", "MercadoLibre")
    stack.fault("CENTRY", match="centry-61", times=1, lands=0, status=500)
    moved = change(stack, "rescheduleOrder", orderId=order, date="2027-02-03")
    assert (moved["status"], moved["items"][0]["recordId"]) == ("COMPLETED", order)
    assert stands(stack, order)["requiredDate"] == "2027-02-03"

    stack.forget_calls()
    stack.fault("CENTRY", match="centry-63", times=1, lands=0, mode="reset")
    delivered = change(stack, "confirmDelivery", orderId=order, buyerRateId=RATE, message="Thanks")
    assert (delivered["status"], stack.calls("CENTRY").count("centry-63")) == ("COMPLETED", 1)
    assert stands(stack, order)["status"] == "DELIVERED"

    again = change(stack, "confirmDelivery", orderId=order)
    assert [error["message"] for error in again["errors"]] == ["The order is delivered already."]
    late = change(stack, "rescheduleOrder", orderId=order, date="2027-02-04")
    assert [(error["code"], error["message"]) for error in late["errors"]] == [("BACKEND_REJECTED", "Order is received")]
    unknown = change(stack, "confirmDelivery", orderId=order, buyerRateId="unknown")
    assert [error["code"] for error in unknown["errors"]] == ["BACKEND_REJECTED"]


def test_all_that_is_wrong_is_told_at_once(stack: Stack) -> None:
    order = made(stack, "W-1")
    line = stack.client.data("query ($id: ID!) { order(id: $id) { lines { id } } }", id=order)["order"]["lines"][0]["id"]
    boxes = [
        {"items": [], "length": "0"},
        {"items": [{"sku": "a", "quantity": 1}, {"sku": " a", "quantity": 1}, {"sku": " ", "quantity": 1}], "weight": "-1"},
    ]
    wrong = refused(stack.client, "confirmOrders", {"orders": [{"orderId": order, "lock": True, "boxes": boxes}]})
    assert [(error["code"], ".".join(error["path"][2:])) for error in wrong] == [
        ("NOT_SUPPORTED", "lock"),
        ("BAD_USER_INPUT", "boxes.0.length"),
        ("BAD_USER_INPUT", "boxes.0.items"),
        ("BAD_USER_INPUT", "boxes.1.weight"),
        ("BAD_USER_INPUT", "boxes.1.items.1.sku"),
        ("BAD_USER_INPUT", "boxes.1.items.2.sku"),
    ]
    lines = [{"lineId": line, "quantity": "1"}]
    wrong = refused(stack.client, "cancelOrders", {"orders": [{"orderId": order, "lines": lines}]})
    assert [(error["code"], error["path"]) for error in wrong] == [("NOT_SUPPORTED", ["orders", "0", "lines"])]
