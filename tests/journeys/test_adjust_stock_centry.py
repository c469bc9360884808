"""adjustStock at Centry, from the mutation to the simulated Centry and back through a query."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.backends.centry.asking import Caller
from tests.journeys.at_centry import centry_stack, change, retried, skus
from tests.journeys.centry_user import another_user
from tests.journeys.changes import refused
from tests.stack import Stack, until

STOCK = """query ($sku: String!) { variant(sku: $sku) { records { id backend backendId }
    stock(first: 50, backends: [CENTRY]) { nodes { warehouse { id code } available } sources { state } } } }"""
WAREHOUSES = "{ warehouses { nodes { id code records { backend backendId } } } }"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with centry_stack(tmp_path_factory.mktemp("stock")) as made:
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


def stock(stack: Stack, sku: str) -> dict[str, str]:
    """What Centry has of a SKU, by the warehouse's id."""
    nodes = stack.client.data(STOCK, sku=sku)["variant"]["stock"]["nodes"]
    return {node["warehouse"]["id"]: node["available"] for node in nodes}


def is_told(stack: Stack, sku: str) -> bool:
    """Whether Centry has answered. If it has, what is missing then is a fault of ours."""
    sources = stack.client.data(STOCK, sku=sku)["variant"]["stock"]["sources"]
    return [source["state"] for source in sources] == ["OK"]


def warehouses(stack: Stack) -> list[str]:
    """The ids of Centry's warehouses in the graph."""
    nodes = stack.client.data(WAREHOUSES)["warehouses"]["nodes"]
    return [node["id"] for node in nodes if any(record["backend"] == "CENTRY" for record in node["records"])]


def to(sku: str, warehouse: str, quantity: int, **more: Any) -> dict[str, Any]:
    return {"sku": sku, "warehouseId": warehouse, "quantity": quantity, "change": "SET", "kind": "AVAILABLE", **more}


def test_quantities_are_set_in_their_order_and_shown(stack: Stack) -> None:
    sku, other = skus(stack)[:2]
    until(lambda: is_told(stack, sku))  # on a busy machine Centry may answer too late, and `sources` says so
    warehouse = next(iter(stock(stack, sku)))
    record = next(
        record["id"] for record in stack.client.data(STOCK, sku=other)["variant"]["records"] if record["backend"] == "CENTRY"
    )
    by_record = {name: value for name, value in to("", warehouse, 7).items() if name != "sku"} | {"variantRecordId": record}
    stack.forget_calls()
    done = change(
        stack, "adjustStock", backends=["CENTRY"], adjustments=[to(sku, warehouse, 1), to(f" {sku}", warehouse, 17), by_record]
    )

    assert (done["status"], done["errors"], done["progress"]) == ("COMPLETED", [], {"done": 3, "total": 3})
    assert (done["items"][2]["recordId"], {node["__typename"] for node in done["affected"]}) == (record, {"VariantRecord"})
    assert (stock(stack, sku)[warehouse], stock(stack, other)[warehouse]) == ("17", "7")
    assert stack.calls("CENTRY").count("centry-31") == 3


def test_a_warehouse_that_had_nothing_of_a_variant_has_something_then(stack: Stack, centry: Caller) -> None:
    product = centry.get("products.json", limit=1)[0]["_id"]
    centry.write("POST", "variants.json", {"product_id": product, "sku": "NEW-1"})
    warehouse = warehouses(stack)[0]
    done = change(stack, "adjustStock", backends=["CENTRY"], adjustments=[to("NEW-1", warehouse, 5)])

    assert (done["status"], stock(stack, "NEW-1")) == ("COMPLETED", {warehouse: "5"})
    assert [call for call in stack.calls("CENTRY") if call in ("centry-29", "centry-31")] == ["centry-29"]


def test_what_centry_cannot_do_is_refused_at_once_where_it_is_named(stack: Stack) -> None:
    sku, warehouse = skus(stack)[0], warehouses(stack)[0]
    given = [to(sku, warehouse, 1), to(sku, warehouse, 1, kind="ON_HAND"), to(sku, warehouse, 1, change="ADD", kind="ON_HAND")]
    wrong = refused(stack.client, "adjustStock", {"backends": ["CENTRY"], "adjustments": given})

    assert [(error["code"], error["path"]) for error in wrong] == [
        ("NOT_SUPPORTED", ["adjustments", "1", "kind"]),
        ("NOT_SUPPORTED", ["adjustments", "2", "kind"]),
        ("NOT_SUPPORTED", ["adjustments", "2", "change"]),
    ]


def test_without_backends_centry_says_of_each_item_whether_it_can(stack: Stack) -> None:
    sku, warehouse = skus(stack)[0], warehouses(stack)[0]
    done = change(stack, "adjustStock", adjustments=[to(sku, warehouse, 3), to(sku, warehouse, 4, kind="ON_HAND")])

    at_centry = [item for item in done["items"] if item["backend"] == "CENTRY"]
    assert [(item["status"], [error["code"] for error in item["errors"]]) for item in at_centry] == [
        ("COMPLETED", []),
        ("FAILED", ["NOT_SUPPORTED"]),
    ]
    assert stock(stack, sku)[warehouse] == "3"


def test_what_centry_does_not_know_fails_alone_and_a_retry_sets_what_it_knows_by_then(stack: Stack, centry: Caller) -> None:
    sku, warehouse = skus(stack)[0], warehouses(stack)[0]
    elsewhere = next(
        node["id"]
        for node in stack.client.data(WAREHOUSES)["warehouses"]["nodes"]
        if not any(record["backend"] == "CENTRY" for record in node["records"])
    )
    given = [to(sku, warehouse, 8), to("NEW-2", warehouse, 9), to(sku, elsewhere, 9)]
    done = change(stack, "adjustStock", backends=["CENTRY"], adjustments=given)
    assert [item["status"] for item in done["items"]] == ["COMPLETED", "FAILED", "FAILED"]
    assert {error["code"] for error in done["errors"]} == {"NOT_FOUND"}

    product = centry.get("products.json", limit=1)[0]["_id"]
    centry.write("POST", "variants.json", {"product_id": product, "sku": "NEW-2"})
    again = retried(stack, done)
    assert [item["status"] for item in again["items"]] == ["COMPLETED", "COMPLETED", "FAILED"]
    assert stock(stack, "NEW-2") == {warehouse: "9"}


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        ("centry-29", {"lands": 0, "status": 500}),
        ("centry-29", {"lands": 1.2, "latency": 60}),
        ("centry-31", {"status": 500}),
    ],
    ids=["lost answer", "late landing", "lost message"],
)
def test_a_quantity_of_which_nothing_was_heard_is_set(stack: Stack, centry: Caller, call: str, fault: dict[str, Any]) -> None:
    """It may be set twice, but there is one row for a variant in a warehouse."""
    warehouse = warehouses(stack)[0]
    sku = skus(stack)[0] if call == "centry-31" else f"LOST-{len(fault)}-{fault.get('lands')}"
    if call == "centry-29":
        product = centry.get("products.json", limit=1)[0]["_id"]
        centry.write("POST", "variants.json", {"product_id": product, "sku": sku})
    stack.fault("CENTRY", match=call, times=1, **fault)
    done = change(stack, "adjustStock", backends=["CENTRY"], adjustments=[to(sku, warehouse, 31)])

    assert (done["status"], stock(stack, sku)[warehouse]) == ("COMPLETED", "31")
    variant = centry.get("variants.json", sku=sku)[0]["_id"]
    rows = centry.get("variant_warehouses.json", variant_id=variant)
    assert len({row["warehouse_id"] for row in rows}) == len(rows)


def test_a_row_that_goes_away_on_the_way_is_made_anew(stack: Stack, centry: Caller) -> None:
    sku, warehouse = skus(stack)[0], warehouses(stack)[0]
    stack.fault("CENTRY", match="centry-31", times=1, status=410)
    done = change(stack, "adjustStock", backends=["CENTRY"], adjustments=[to(sku, warehouse, 12)])

    assert (done["status"], stock(stack, sku)[warehouse]) == ("COMPLETED", "12")
