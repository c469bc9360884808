"""updateOrder, updateShipment and deleteOrders at CartonCloud: a record is read, changed, and put back in the place of the
version that was read."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.journeys.changes import ended, refused, submit
from tests.stack import Stack, until, whole_stack

ORDERS = """query ($kind: OrderKind!) { orders(first: 5, filter: {backends: [CARTONCLOUD], kinds: [$kind]}) {
    nodes { id backendId number version }
} }"""
ORDER = "query ($id: ID!) { node(id: $id) { ... on Order { instructions requiredDate version lines { sku quantity } } } }"
SHIPMENTS = "{ shipments(first: 5, filter: {backends: [CARTONCLOUD]}) { nodes { id backendId version } } }"
SHIPMENT = "query ($id: ID!) { node(id: $id) { ... on Shipment { status version lines { name weight } } } }"
ADDRESS = {"name": "Customer 17", "line1": "1 Main Street", "city": "Metropolis", "postalCode": "4000", "country": "AU"}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    settings = {"GATEWAY_CARTONCLOUD__TIMEOUT": "1.5", "GATEWAY_CARTONCLOUD__CURRENCY": "AUD"}
    with whole_stack(tmp_path_factory.mktemp("update"), orders=20, settings=settings) as made:
        yield made


def some(stack: Stack, kind: str, at: int = 0) -> dict[str, Any]:
    """An order of a kind, with what the simulated CartonCloud holds of it."""
    node: dict[str, Any] = stack.client.data(ORDERS, kind=kind)["orders"]["nodes"][at]
    return node | {"wire": held(stack, kind.lower(), node["backendId"])}


def held(stack: Stack, kind: str, record_id: str) -> dict[str, Any]:
    return next(each for each in all_of(stack, kind) if each["id"] == record_id)


def all_of(stack: Stack, kind: str) -> list[dict[str, Any]]:
    every: list[dict[str, Any]] = stack.systems["CARTONCLOUD"].every(kind)
    return every


def update(stack: Stack, order: dict[str, Any], changes: dict[str, Any], **more: Any) -> dict[str, Any]:
    given = {"orderId": order["id"], "changes": changes, **more}
    return ended(stack.client, submit(stack.client, "updateOrder", given)["handle"])


def test_an_outbound_order_is_changed_and_keeps_the_rest(stack: Stack) -> None:
    order = some(stack, "OUTBOUND")
    sku = stack.systems["CARTONCLOUD"].every("product")[0]["references"]["code"]
    changes = {
        "shippingAddress": ADDRESS, "requiredDate": "2026-08-01", "deliveryDate": "2026-08-03", "instructions": "Fragile",
        "deliveryInstructions": "Ring", "urgent": True, "total": {"amount": "12.50"}, "properties": {"gift": "yes"},
        "cashOnDelivery": {"amount": "1", "currency": "NZD"}, "references": [{"name": "other", "value": "O-1"}],
        "lines": [{"sku": sku, "quantity": "1.5"}], "extra": {"details": {"note": "n"}},
    }  # fmt: skip
    stack.systems["CARTONCLOUD"].stock(
        stack.systems["CARTONCLOUD"].every("product")[0]["id"], order["wire"]["warehouse"]["id"], Decimal(100)
    )
    stack.forget_calls()

    done = update(stack, order, changes, version=order["version"])

    assert (done["status"], done["errors"]) == ("COMPLETED", [])
    assert stack.calls("CARTONCLOUD").count("cartoncloud-09") == 1
    now = held(stack, "outbound", order["backendId"])
    assert now["version"] == order["wire"]["version"] + 1
    assert now["references"] == {"customer": order["number"], "other": "O-1"}
    assert (now["properties"] or {})["gift"] == "yes"
    assert {**(order["wire"].get("properties") or {}), "gift": "yes"} == now["properties"]
    assert now["details"] == {
        "urgent": True,
        "instructions": "Fragile",
        "note": "n",
        "collect": {"requiredDate": "2026-08-01"},
        "deliver": {
            "address": {
                "contactName": "Customer 17",
                "address1": "1 Main Street",
                "city": "Metropolis",
                "postcode": "4000",
                "country": {"name": "Australia", "iso2Code": "AU", "iso3Code": "AUS"},
            },
            "instructions": "Ring",
            "requiredDate": "2026-08-03",
            "cashPaymentAmount": {"amount": 1, "currency": "NZD"},
        },
        "invoiceValue": {"amount": Decimal("12.50"), "currency": "AUD"},
    }
    assert [item["measures"]["quantity"] for item in now["items"]] == [Decimal("1.5")]
    assert all(now.get(name) == order["wire"].get(name) for name in ("status", "customer", "warehouse"))
    shown = stack.client.data(ORDER, id=order["id"])["node"]
    assert (shown["instructions"], shown["requiredDate"], shown["version"]) == ("Fragile", "2026-08-01", now["version"])


def test_an_inbound_order_is_changed_as_far_as_it_has_a_place_for_it(stack: Stack) -> None:
    order = some(stack, "INBOUND")
    warehouse = stack.systems["CARTONCLOUD"].every("warehouse")[-1]
    done = update(stack, order, {"requiredDate": "2026-09-01", "warehouseCode": warehouse["name"]})
    assert (done["status"], done["errors"]) == ("COMPLETED", [])
    now = held(stack, "inbound", order["backendId"])
    assert (now["details"]["arrivalDate"], now["warehouse"]["id"]) == ("2026-09-01", warehouse["id"])

    done = update(stack, order, {"total": {"amount": "1"}, "deliveryInstructions": "Ring"})
    [error] = done["items"][0]["errors"]
    assert (done["status"], error["code"]) == ("FAILED", "NOT_SUPPORTED")
    assert "deliveryInstructions, total" in error["message"]
    assert held(stack, "inbound", order["backendId"]) == now


def test_a_version_that_is_not_there_any_more_is_a_conflict(stack: Stack) -> None:
    order = some(stack, "OUTBOUND", 1)
    assert update(stack, order, {"instructions": "One"}, version=order["version"])["status"] == "COMPLETED"

    late = update(stack, order, {"instructions": "Two"}, version=order["version"])

    assert late["status"] == "FAILED"
    assert [error["code"] for error in late["items"][0]["errors"]] == ["BACKEND_CONFLICT"]
    assert held(stack, "outbound", order["backendId"])["details"]["instructions"] == "One"


def test_without_a_version_it_is_changed_whatever_others_changed_meanwhile(stack: Stack) -> None:
    """Between the read and the PUT somebody else changes the order: it is read and changed again."""
    order = some(stack, "OUTBOUND", 2)
    stack.forget_calls()
    conflict = [{"message": "The resource has been modified by another request"}]
    stack.fault("CARTONCLOUD", match="cartoncloud-09", status=409, body=conflict, times=1)

    done = update(stack, order, {"instructions": "Again"})

    assert done["status"] == "COMPLETED"
    assert stack.calls("CARTONCLOUD").count("cartoncloud-09") == 2
    assert held(stack, "outbound", order["backendId"])["details"]["instructions"] == "Again"


def test_what_is_so_already_is_not_sent(stack: Stack) -> None:
    order = some(stack, "OUTBOUND", 3)
    assert update(stack, order, {"urgent": True, "instructions": "So"})["status"] == "COMPLETED"
    stack.forget_calls()
    assert update(stack, order, {"urgent": True, "instructions": "So"})["status"] == "COMPLETED"
    assert "cartoncloud-09" not in stack.calls("CARTONCLOUD")


def test_all_that_is_wrong_is_told_at_once(stack: Stack) -> None:
    order = some(stack, "OUTBOUND")
    wrong = {
        "lines": [{"sku": "S", "quantity": "1", "tax": {"amount": "1"}}], "shippingAddress": {}, "warehouseCode": " ",
        "total": {"amount": "1", "currency": "1"}, "references": [{"name": " ", "value": "1"}],
        "extra": {"version": 1, "items": [], "status": "DRAFT"},
    }  # fmt: skip
    errors = refused(stack.client, "updateOrder", {"orderId": order["id"], "changes": wrong})
    assert [(error["code"], "/".join(error["path"])) for error in errors] == [
        ("BAD_USER_INPUT", "changes/total/currency"),
        ("BAD_USER_INPUT", "changes/shippingAddress"),
        ("BAD_USER_INPUT", "changes/warehouseCode"),
        ("NOT_SUPPORTED", "changes/lines/0/tax"),
        ("BAD_USER_INPUT", "changes/references/0/name"),
        ("BAD_USER_INPUT", "changes/extra/version"),
        ("BAD_USER_INPUT", "changes/extra/items"),
    ]
    nothing = refused(stack.client, "updateOrder", {"orderId": order["id"], "changes": {}})
    assert [error["path"] for error in nothing] == [["changes"]]


def test_what_broke_before_or_after_it_was_changed_is_changed_once(stack: Stack) -> None:
    faults: tuple[dict[str, Any], ...] = ({"lands": 0, "mode": "reset"}, {"status": 500})
    orders, handles = [some(stack, "INBOUND", 1), some(stack, "OUTBOUND", 4)], []
    for order, fault in zip(orders, faults, strict=True):
        stack.fault("CARTONCLOUD", match=f"PUT /*/*/*/{order['backendId']}", times=1, **fault)
        given = {"orderId": order["id"], "changes": {"instructions": f"After {fault}"}}
        handles.append(submit(stack.client, "updateOrder", given)["handle"])
    for order, fault, handle in zip(orders, faults, handles, strict=True):
        assert ended(stack.client, handle)["status"] == "COMPLETED"
        [now] = [each for kind in ("inbound", "outbound") for each in all_of(stack, kind) if each["id"] == order["backendId"]]
        assert (now["version"], now["details"]["instructions"]) == (order["wire"]["version"] + 1, f"After {fault}")


def test_a_consignment_is_changed_and_cancelled(stack: Stack) -> None:
    one, other = stack.client.data(SHIPMENTS)["shipments"]["nodes"][:2]
    items = [{"description": "Drums", "weight": "160.5", "pallets": 3}]
    changes = {"items": items, "destination": ADDRESS, "instructions": "Ring", "properties": {"serviceType": "SLOW"}}
    given = {"shipmentId": one["id"], "version": one["version"], "changes": changes}
    stack.forget_calls()
    stack.fault("CARTONCLOUD", match="cartoncloud-13", times=1, mode="truncated")
    handles = [submit(stack.client, "updateShipment", given)["handle"]]
    until(lambda: "cartoncloud-13" in stack.calls("CARTONCLOUD"))
    cancelled = {"shipmentId": other["id"], "changes": {"status": "CANCELLED"}}
    handles.append(submit(stack.client, "updateShipment", cancelled)["handle"])

    assert [ended(stack.client, handle)["status"] for handle in handles] == ["COMPLETED", "COMPLETED"]
    assert stack.calls("CARTONCLOUD").count("cartoncloud-13") == 2
    now = held(stack, "consignment", one["backendId"])
    assert (now["version"], now["details"]["deliver"]["instructions"]) == (one["version"] + 1, "Ring")
    assert now["properties"]["serviceType"] == "SLOW"
    assert stack.client.data(SHIPMENT, id=one["id"])["node"]["lines"] == [{"name": "Drums", "weight": "160.5"}]
    assert stack.client.data(SHIPMENT, id=other["id"])["node"]["status"] == "CANCELLED"

    stale = {**given, "changes": {"instructions": "Late"}}
    late = ended(stack.client, submit(stack.client, "updateShipment", stale)["handle"])
    assert [error["code"] for error in late["items"][0]["errors"]] == ["BACKEND_CONFLICT"]


def test_an_inbound_order_is_deleted_and_an_outbound_one_is_not(stack: Stack) -> None:
    coming, leaving = some(stack, "INBOUND"), some(stack, "OUTBOUND")
    stack.forget_calls()
    stack.fault("CARTONCLOUD", match="cartoncloud-delete", times=1, lands=0, mode="reset")
    given = {"orderIds": [coming["id"], leaving["id"]]}

    done = ended(stack.client, submit(stack.client, "deleteOrders", given)["handle"])

    assert [item["status"] for item in done["items"]] == ["COMPLETED", "FAILED"]
    assert [error["code"] for error in done["errors"]] == ["NOT_SUPPORTED"]
    assert coming["backendId"] not in [each["id"] for each in all_of(stack, "inbound")]
    assert coming["id"] not in [node["id"] for node in stack.client.data(ORDERS, kind="INBOUND")["orders"]["nodes"]]
    assert stack.client.data(ORDER, id=coming["id"])["node"] is None
    again = ended(stack.client, submit(stack.client, "deleteOrders", {"orderIds": [coming["id"]]})["handle"])
    assert [error["code"] for error in again["errors"]] == ["NOT_FOUND"]
