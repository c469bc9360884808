"""Shipments and returns at Centra, from the mutation to the simulated Centra and back through a query."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.backends.centra.asking import value, values
from tests.journeys.centra_changes import centra_stack, order, orders, record
from tests.journeys.changes import ended, refused, submit
from tests.stack import Stack


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with centra_stack(tmp_path_factory.mktemp("shipments")) as made:
        yield made


@pytest.fixture(autouse=True)
def mended(stack: Stack) -> Iterator[None]:
    stack.forget_calls()
    yield
    stack.mend()


def unpacked(stack: Stack, store_type: str = "retail", pieces: int = 1) -> dict[str, Any]:
    """An order of which nothing is cancelled or in a shipment, with so many pieces of its first line at least."""
    for each in orders(stack, "PENDING", "CONFIRMED"):
        kept = record(stack, each["backendId"])
        free = not values(kept, "shipments/shipment") and not values(kept, "cancelled/product")
        bundles = values(kept, "products/product/bundleinfo")
        if free and not bundles and value(kept, "type") == store_type and int(each["lines"][0]["quantity"]) >= pieces:
            return each
    raise AssertionError("there is no such order left")


def packed(stack: Stack, *shipments: dict[str, Any]) -> dict[str, Any]:
    given = {"shipments": [{"backend": "CENTRA", **each} for each in shipments]}
    return ended(stack.client, submit(stack.client, "createShipments", given)["handle"])


def shipped(stack: Stack, *shipments: dict[str, Any]) -> dict[str, Any]:
    handed_in = submit(stack.client, "markShipmentsShipped", {"shipments": list(shipments)})
    return ended(stack.client, handed_in["handle"])


def of(each: dict[str, Any], *quantities: int) -> dict[str, Any]:
    """Its order with so many of its lines; without any, all of it."""
    asked = quantities or [int(line["quantity"]) for line in each["lines"]]
    lines = [{"lineId": line["id"], "quantity": str(n)} for line, n in zip(each["lines"], asked, strict=False) if n]
    return {"orderId": each["id"], "lines": lines}


def whole(stack: Stack, each: dict[str, Any]) -> str:
    """The id of a shipment of all of it."""
    done = packed(stack, of(each))
    assert done["status"] == "COMPLETED", done["errors"]
    shipment: str = done["items"][0]["recordId"]
    return shipment


def test_lines_are_packed_into_shipments_of_one_order_in_one_request(stack: Stack) -> None:
    each = unpacked(stack, pieces=2)
    first = of(each, 1) | {
        "shippingCost": {"amount": "12"},
        "carrier": "UPS",
        "destination": {"name": "Bo Ek", "line1": "Street 2", "city": "Lund", "country": "SE"},
        "extra": {"handling": {"subtotal": 3}},
    }
    done = packed(stack, first, of(each, 1) | {"number": f"box-{each['backendId']}", "goodToGo": False})

    assert (done["status"], done["errors"]) == ("COMPLETED", [])
    assert stack.calls("CENTRA").count("centra-04") == 1
    ids = [item["recordId"] for item in done["items"]]
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Shipment { number status carrier destination { name city }"
    one, other = stack.client.data(f"{query} lines {{ orderLineId quantity }} order {{ id }} }} }} }}", ids=ids)["nodes"]
    assert (one["status"], one["carrier"], one["destination"]) == ("PACKED", "UPS", {"name": "Bo Ek", "city": "Lund"})
    assert one["lines"] == [{"orderLineId": each["lines"][0]["id"], "quantity": "1"}]
    assert (other["number"], other["status"], other["order"]["id"]) == (f"box-{each['backendId']}", "PENDING", each["id"])
    kept = record(stack, each["backendId"])
    assert values(kept, "shipments/shipment/appendix") == ["1", "2"]
    assert values(kept, "shipments/shipment/shipping/subtotal") == ["12", "0"]
    assert values(kept, "shipments/shipment/handling/subtotal") == ["3", "0"]


def test_what_is_not_left_or_not_there_fails_alone(stack: Stack) -> None:
    each, other = unpacked(stack), orders(stack)[-1]
    of_all = of(each)
    done = packed(stack, of_all, of(each, 1), of(other, 99))

    assert done["status"] == "PARTIALLY_COMPLETED"
    assert [item["status"] for item in done["items"]] == ["COMPLETED", "FAILED", "FAILED"]
    assert [(error["code"], error["index"]) for error in done["errors"]] == [("BACKEND_REJECTED", 1), ("BACKEND_REJECTED", 2)]
    assert len(values(record(stack, each["backendId"]), "shipments/shipment/id")) == 1


def test_what_centra_has_no_place_for_is_refused_at_once_and_all_of_it(stack: Stack) -> None:
    line = {"lineId": orders(stack)[0]["lines"][0]["id"], "quantity": "0.5"}
    given = {
        "backend": "CENTRA",
        "lines": [line],
        "requiredDate": "2026-05-04",
        "instructions": "soon",
        "items": [{"sku": "A"}],
        "destination": {"suburb": "West"},
        "extra": {"shipped": "yes", "colour": "red"},
    }
    found = {(each["code"], *each["path"][2:]) for each in refused(stack.client, "createShipments", {"shipments": [given]})}
    assert found == {
        ("BAD_USER_INPUT", "orderId"),
        ("BAD_USER_INPUT", "lines", "0", "quantity"),
        ("NOT_SUPPORTED", "requiredDate"),
        ("NOT_SUPPORTED", "instructions"),
        ("NOT_SUPPORTED", "items"),
        ("NOT_SUPPORTED", "destination", "suburb"),
        ("BAD_USER_INPUT", "extra", "shipped"),
        ("BAD_USER_INPUT", "extra", "colour"),
    }


def test_the_last_open_shipment_of_a_retail_order_completes_it(stack: Stack) -> None:
    each = unpacked(stack, pieces=2)
    rest = [int(line["quantity"]) for line in each["lines"]]
    done = packed(stack, of(each, 1), of(each, rest[0] - 1, *rest[1:]))
    first, second = [item["recordId"] for item in done["items"]]

    sent = shipped(stack, {"shipmentId": first, "carrier": "UPS", "service": "STANDARD", "trackingNumber": "1Z-1"})
    assert (sent["status"], sent["items"][0]["recordId"]) == ("COMPLETED", first)
    seen = order(stack, each["id"])
    mine = {node["id"]: node for node in seen["shipments"]["nodes"]}
    assert seen["status"] == each["status"]
    assert (mine[first]["status"], mine[first]["trackingNumber"], mine[second]["status"]) == ("SHIPPED", "1Z-1", "PACKED")
    assert seen["lines"][0]["quantityShipped"] == "1"

    assert shipped(stack, {"shipmentId": second, "capture": True})["status"] == "COMPLETED"
    assert order(stack, each["id"])["status"] == "COMPLETED"


def test_shipments_of_a_wholesale_order_go_out_in_one_request_and_complete_nothing(stack: Stack) -> None:
    each = unpacked(stack, "wholesale", pieces=2)
    rest = [int(line["quantity"]) for line in each["lines"]]
    done = packed(stack, of(each, 1), of(each, rest[0] - 1, *rest[1:]))
    stack.forget_calls()
    sent = shipped(stack, *({"shipmentId": item["recordId"], "carrier": "DHL"} for item in done["items"]))

    assert sent["status"] == "COMPLETED"
    assert stack.calls("CENTRA").count("centra-04") == 1
    assert order(stack, each["id"])["status"] == each["status"]
    assert values(record(stack, each["backendId"]), "shipments/shipment/shipped") == ["yes", "yes"]


def test_goods_that_are_in_no_shipment_keep_an_order_open_until_all_that_is_left_is_shipped(stack: Stack) -> None:
    each = unpacked(stack, pieces=2)
    done = packed(stack, of(each, 1))
    assert shipped(stack, {"shipmentId": done["items"][0]["recordId"]})["status"] == "COMPLETED"
    assert order(stack, each["id"])["status"] == each["status"]

    rest, nothing = packed(stack, {"orderId": each["id"]}, {"orderId": each["id"]})["items"]
    assert (rest["status"], nothing["status"]) == ("COMPLETED", "FAILED")
    assert "cancelled or in shipments" in nothing["errors"][0]["message"]
    assert shipped(stack, {"shipmentId": rest["recordId"]})["status"] == "COMPLETED"
    seen = order(stack, each["id"])
    assert seen["status"] == "COMPLETED"
    assert [line["quantityShipped"] for line in seen["lines"]] == [line["quantity"] for line in seen["lines"]]


def test_lost_answers_make_no_second_shipment(stack: Stack) -> None:
    """One is made and not told, one is not made."""
    both = [unpacked(stack)]
    both.append(next(each for each in orders(stack, "PENDING", "CONFIRMED") if is_free(stack, each) and each != both[0]))
    for fault in ({"lands": 0, "status": 500}, {"mode": "reset"}):
        stack.fault("CENTRA", match="centra-04", times=1, **fault)
    done = packed(stack, *(of(each) for each in both))
    assert (done["status"], stack.calls("CENTRA").count("centra-04")) == ("COMPLETED", 3)
    for each in both:
        assert len(values(record(stack, each["backendId"]), "shipments/shipment/id")) == 1


def is_free(stack: Stack, each: dict[str, Any]) -> bool:
    kept = record(stack, each["backendId"])
    parts = ("shipments/shipment", "cancelled/product", "products/product/bundleinfo")
    return not any(values(kept, part) for part in parts)


def test_a_payment_is_never_taken_twice_and_left_to_a_person_where_no_event_tells_of_it(stack: Stack) -> None:
    """One is made, one is not; the callers of both are told of an error."""
    free = [each for each in orders(stack, "PENDING", "CONFIRMED") if is_free(stack, each)][:2]
    made = packed(stack, *(of(each) for each in free))
    stack.forget_calls()
    for fault in ({"lands": 0, "status": 500}, {"status": 500}):
        stack.fault("CENTRA", match="centra-04", times=1, **fault)
    done = shipped(stack, *({"shipmentId": item["recordId"], "capture": True} for item in made["items"]))

    assert (done["status"], stack.calls("CENTRA").count("centra-04")) == ("UNKNOWN", 2)
    flags = {
        item["status"]: values(record(stack, each["backendId"]), "shipments/shipment/shipped")
        for item, each in zip(done["items"], free, strict=True)
    }
    assert flags == {"COMPLETED": ["yes"], "UNKNOWN": ["no"]}
    assert [error["code"] for error in done["errors"]] == ["OUTCOME_UNKNOWN"]
    assert "payments" in done["errors"][0]["message"]


def test_lines_of_another_order_do_not_come_back_with_a_shipment(stack: Stack) -> None:
    query = "{ shipments(first: 1, filter: {backends: [CENTRA]}) { nodes { id order { id lines { id quantity } } } } }"
    (shipment,) = stack.client.data(query)["shipments"]["nodes"]
    mine = shipment["order"]
    other = next(each for each in orders(stack) if each["id"] != mine["id"])
    lines = [of(each)["lines"][0] for each in (mine, other)]
    (wrong,) = refused(stack.client, "createReturn", {"shipmentId": shipment["id"], "lines": lines})
    assert (wrong["code"], wrong["path"]) == ("BAD_USER_INPUT", ["lines", "1", "lineId"])


def test_what_comes_back_is_counted_and_paid_back_once(stack: Stack) -> None:
    each = unpacked(stack, pieces=2)
    shipment = whole(stack, each)
    given = {
        "shipmentId": shipment,
        "lines": of(each, 1)["lines"],
        "comment": "too small",
        "shipping": {"amount": "5"},
        "returnFee": {"amount": "2.50"},
    }
    early = ended(stack.client, submit(stack.client, "createReturn", given)["handle"])
    assert (early["status"], "not been shipped" in early["errors"][0]["message"]) == ("FAILED", True)

    assert shipped(stack, {"shipmentId": shipment})["status"] == "COMPLETED"
    stack.forget_calls()
    stack.fault("CENTRA", match="centra-04", times=1, lands=0, status=500)
    done = ended(stack.client, submit(stack.client, "createReturn", given)["handle"])
    assert (done["status"], done["errors"], done["items"][0]["recordId"]) == ("COMPLETED", [], shipment)
    assert stack.calls("CENTRA").count("centra-04") == 1
    refund = "shipments/shipment/refunds/refund"
    kept = record(stack, each["backendId"])
    assert [value(kept, f"{refund}/{name}") for name in ("status", "comment")] == ["confirmed", "too small"]
    assert [value(kept, f"{refund}/{name}/subtotal") for name in ("shipping", "returnfee")] == ["5", "2.50"]
    assert values(kept, f"{refund}/products/product/sizes/size/qty") == ["1"]

    more = given | {"returnId": "R-2", "lines": of(each)["lines"]}
    refused_later = ended(stack.client, submit(stack.client, "createReturn", more)["handle"])
    assert [error["code"] for error in refused_later["errors"]] == ["BACKEND_REJECTED"]
    assert "cannot come back" in refused_later["errors"][0]["message"]
