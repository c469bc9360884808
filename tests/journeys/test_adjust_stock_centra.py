"""adjustStock at Centra, from the mutation to the simulated Centra and back through a query."""

from collections.abc import Iterator
from typing import Any

import pytest

from gateway.sandbox.world import System
from tests.journeys.centra_changes import centra_stack
from tests.journeys.changes import ended, refused, submit
from tests.stack import Stack

STOCK = """query ($sku: String!) { variant(sku: $sku) {
    records { id backend } stock(backends: [CENTRA]) { nodes { warehouse { id code } available } } } }"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with centra_stack(tmp_path_factory.mktemp("stock"), orders=20) as made:
        yield made


@pytest.fixture(autouse=True)
def mended(stack: Stack) -> Iterator[None]:
    stack.forget_calls()
    yield
    stack.mend()


def skus(stack: Stack) -> list[str]:
    return list(dict.fromkeys(item.sku for item in stack.world.items_of(System.CENTRA) if item.sku.strip()))


def stock(stack: Stack, sku: str) -> dict[str, str]:
    """What Centra has of a SKU, by the warehouse's id."""
    nodes = stack.client.data(STOCK, sku=sku)["variant"]["stock"]["nodes"]
    return {node["warehouse"]["id"]: node["available"] for node in nodes}


def to(sku: str, warehouse: str, quantity: int, **more: Any) -> dict[str, Any]:
    return {"sku": sku, "warehouseId": warehouse, "quantity": quantity, "change": "SET", "kind": "AVAILABLE", **more}


def change(stack: Stack, *adjustments: dict[str, Any], **more: Any) -> dict[str, Any]:
    given = {"adjustments": list(adjustments), **more}
    return ended(stack.client, submit(stack.client, "adjustStock", given)["handle"])


def test_quantities_go_out_in_one_request_and_are_shown(stack: Stack) -> None:
    sku, other = skus(stack)[:2]
    first, second = stock(stack, sku)
    records = stack.client.data(STOCK, sku=other)["variant"]["records"]
    record = next(each["id"] for each in records if each["backend"] == "CENTRA")
    by_record = {name: value for name, value in to("", first, 9).items() if name != "sku"} | {"variantRecordId": record}
    stack.forget_calls()
    done = change(stack, to(sku, first, 1), to(sku, second, 4), to(sku, first, 3), by_record, backends=["CENTRA"])

    assert (done["status"], done["errors"]) == ("COMPLETED", [])
    assert stack.calls("CENTRA").count("centra-05") == 1
    assert (stock(stack, sku), stock(stack, other)[first]) == ({first: "3", second: "4"}, "9")
    assert done["items"][3]["recordId"] == record


def test_what_centra_does_not_keep_is_refused_where_it_is_named(stack: Stack) -> None:
    sku = skus(stack)[0]
    warehouse = next(iter(stock(stack, sku)))
    given = {
        "adjustments": [to(sku, warehouse, 1, kind="ON_HAND"), to(sku, warehouse, 1, change="ADD")],
        "backends": ["CENTRA"],
    }
    assert [(each["code"], each["path"]) for each in refused(stack.client, "adjustStock", given)] == [
        ("NOT_SUPPORTED", ["adjustments", "0", "kind"]),
        ("NOT_SUPPORTED", ["adjustments", "1", "change"]),
    ]


def test_without_backends_each_that_knows_sku_and_warehouse_is_told(stack: Stack) -> None:
    """What is on the shelf is not Centra's to say."""
    sku = skus(stack)[2]
    warehouse = next(iter(stock(stack, sku)))
    before = stock(stack, sku)
    done = change(stack, to(sku, warehouse, 11), to(sku, warehouse, 5, kind="ON_HAND"))

    of_centra = {item["index"]: item for item in done["items"] if item["backend"] == "CENTRA"}
    assert of_centra[0]["status"] == "COMPLETED"
    assert [error["code"] for error in of_centra[1]["errors"]] == ["NOT_SUPPORTED"]
    assert stock(stack, sku) == before | {warehouse: "11"}


def test_what_is_not_known_fails_alone(stack: Stack) -> None:
    sku = skus(stack)[0]
    warehouse = next(iter(stock(stack, sku)))
    elsewhere = stack.client.data("{ warehouses { nodes { id records { backend } } } }")["warehouses"]["nodes"]
    foreign = next(each["id"] for each in elsewhere if all(record["backend"] != "CENTRA" for record in each["records"]))
    done = change(stack, to(sku, warehouse, 6), to("NO-SUCH-SKU", warehouse, 1), to(sku, foreign, 1), backends=["CENTRA"])

    assert (done["status"], stock(stack, sku)[warehouse]) == ("PARTIALLY_COMPLETED", "6")
    assert [(error["code"], error["index"]) for error in done["errors"]] == [("NOT_FOUND", 1), ("NOT_FOUND", 2)]


@pytest.mark.parametrize("fault", [{"lands": 0, "status": 500}, {"mode": "reset"}], ids=["made", "not made"])
def test_quantities_are_set_whatever_becomes_of_the_answer(stack: Stack, fault: dict[str, Any]) -> None:
    sku, other = skus(stack)[3], skus(stack)[-1]
    warehouse = next(iter(stock(stack, sku)))
    stack.fault("CENTRA", match="centra-05", times=1, **fault)
    quantity = 31 if "mode" in fault else 33
    done = change(stack, to(sku, warehouse, quantity), to(other, warehouse, quantity + 1), backends=["CENTRA"])

    assert (done["status"], stack.calls("CENTRA").count("centra-05")) == ("COMPLETED", 2 if "mode" in fault else 1)
    assert (stock(stack, sku)[warehouse], stock(stack, other)[warehouse]) == (str(quantity), str(quantity + 1))
