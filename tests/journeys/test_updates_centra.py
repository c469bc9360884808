"""updateOrder and updateShipment at Centra, from the mutation to the simulated Centra and back through a query."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.backends.centra.asking import child, value, values
from tests.journeys.centra_changes import centra_stack, order, orders, record
from tests.journeys.changes import ended, refused, submit
from tests.stack import Stack

PLACE = {"name": "Bo Ek", "line1": "Street 2", "city": "Lund", "country": "SE"}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with centra_stack(tmp_path_factory.mktemp("updates"), orders=20) as made:
        yield made


@pytest.fixture(autouse=True)
def mended(stack: Stack) -> Iterator[None]:
    stack.forget_calls()
    yield
    stack.mend()


def change(stack: Stack, mutation: str, **given: Any) -> dict[str, Any]:
    return ended(stack.client, submit(stack.client, mutation, given)["handle"])


def of_type(stack: Stack, store_type: str) -> dict[str, Any]:
    return next(each for each in orders(stack) if value(record(stack, each["backendId"]), "type") == store_type)


@pytest.mark.parametrize("store_type", ["retail", "wholesale"])
def test_what_is_given_changes_and_nothing_else(stack: Stack, store_type: str) -> None:
    before = of_type(stack, store_type)
    code = before["warehouse"]["code"]
    changes = {
        "references": [{"name": "ponumber", "value": "PO-7"}],
        "shippingAddress": PLACE,
        "warehouseCode": code,
        "requiredDate": "2026-12-24",
        "instructions": "Ring twice",
        "extra": {"internalinformation": "a friend"},
    }
    done = change(stack, "updateOrder", orderId=before["id"], changes=changes)

    assert (done["status"], done["errors"], done["items"][0]["recordId"]) == ("COMPLETED", [], before["id"])
    shown = order(stack, before["id"])
    assert {name: shown[name] for name in before} == before | {
        "references": [{"name": "ponumber", "value": "PO-7"}],
        "shippingAddress": PLACE,
        "requiredDate": "2026-12-24",
        "instructions": "Ring twice",
    }
    kept = record(stack, before["backendId"])
    assert value(kept, "internalinformation") == "a friend"
    place = child(kept, "shippingaddress")
    assert [values(place, name) for name in ("address2", "zipcode", "telephone")] == [[""], [""], [""]]
    assert (values(place, "firstname"), values(place, "attn")) == ((["Bo"], []) if store_type == "retail" else ([], ["Bo Ek"]))


def test_what_centra_has_no_place_for_is_refused_at_once_and_all_of_it(stack: Stack) -> None:
    wanted = orders(stack)[0]
    changes = {
        "references": [{"name": "box", "value": "1"}],
        "shippingAddress": {"suburb": "West"},
        "urgent": True,
        "lines": [{"sku": "A", "quantity": "1"}],
        "extra": {"cancelled": {}, "id": "7", "colour": "red"},
    }
    found = refused(stack.client, "updateOrder", {"orderId": wanted["id"], "version": 3, "changes": changes})
    assert {(each["code"], *each["path"]) for each in found} == {
        ("NOT_SUPPORTED", "version"),
        ("NOT_SUPPORTED", "changes", "references", "0"),
        ("NOT_SUPPORTED", "changes", "shippingAddress", "suburb"),
        ("NOT_SUPPORTED", "changes", "urgent"),
        ("NOT_SUPPORTED", "changes", "lines"),
        ("BAD_USER_INPUT", "changes", "extra", "cancelled"),
        ("BAD_USER_INPUT", "changes", "extra", "id"),
        ("BAD_USER_INPUT", "changes", "extra", "colour"),
    }
    [nothing] = refused(stack.client, "updateOrder", {"orderId": wanted["id"], "changes": {}})
    assert (nothing["code"], nothing["path"]) == ("BAD_USER_INPUT", ["changes"])


def test_a_shipment_gets_another_address_and_what_else_centra_keeps(stack: Stack) -> None:
    query = "{ shipments(first: 50, filter: {backends: [CENTRA]}) { nodes { id number order { backendId } } } }"
    shipment = stack.client.data(query)["shipments"]["nodes"][0]
    changes = {"destination": PLACE, "extra": {"carrierinformation": {"packages": 3}}}
    done = change(stack, "updateShipment", shipmentId=shipment["id"], changes=changes)

    assert (done["status"], done["items"][0]["recordId"]) == ("COMPLETED", shipment["id"])
    fields = "packages destination { name line1 city country }"
    shown = stack.client.data(f"query ($id: ID!) {{ shipment(id: $id) {{ {fields} }} }}", id=shipment["id"])["shipment"]
    assert shown == {"packages": 3, "destination": PLACE}

    wrong = {"status": "SHIPPED", "extra": {"capture": "yes"}}
    found = refused(stack.client, "updateShipment", {"shipmentId": shipment["id"], "changes": wrong})
    assert {(each["code"], *each["path"]) for each in found} == {
        ("NOT_SUPPORTED", "changes", "status"),
        ("BAD_USER_INPUT", "changes", "extra", "capture"),
    }


@pytest.mark.parametrize("fault", [{"lands": 0, "status": 500}, {"mode": "reset"}], ids=["made", "not made"])
def test_a_lost_answer_does_no_harm(stack: Stack, fault: dict[str, Any]) -> None:
    wanted = orders(stack)[1]
    stack.fault("CENTRA", match="centra-04", times=1, **fault)
    text = "lost " + fault.get("mode", "answer")
    done = change(stack, "updateOrder", orderId=wanted["id"], changes={"instructions": text})
    assert (done["status"], order(stack, wanted["id"])["instructions"]) == ("COMPLETED", text)
    assert stack.calls("CENTRA").count("centra-04") == 2
