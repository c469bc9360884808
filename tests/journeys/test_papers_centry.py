"""Notes, documents and deletions at Centry, from the mutation to the simulated Centry and back through a query."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.backends.centry.asking import Caller
from tests.journeys.at_centry import account, centry_stack, change, new
from tests.journeys.changes import refused
from tests.stack import Stack

PAPERS = "query ($id: ID!) { order(id: $id) { backendId notes { text } documents { id filename } } }"
RECORDS = """query ($sku: String!) {
    product(sku: $sku) { records { id backendId backend } }
    variants(first: 5, filter: {backends: [CENTRY]}) { nodes { sku records { id backendId backend } } }
    warehouses { nodes { records { id backendId backend } } }
}"""
LOST = [({"lands": 0, "status": 500}, 1), ({"status": 500}, 2)]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with centry_stack(tmp_path_factory.mktemp("papers")) as made:
        yield made


@pytest.fixture(autouse=True)
def mended(stack: Stack) -> Iterator[None]:
    stack.forget_calls()
    yield
    stack.mend()


@pytest.fixture(scope="module")
def centry(stack: Stack) -> Iterator[Caller]:
    with account(stack) as caller:
        yield caller


@pytest.fixture(scope="module")
def order(stack: Stack) -> str:
    """The id of a new order."""
    order: str = change(stack, "createOrders", orders=[new(stack, "P-1")])["items"][0]["recordId"]
    return order


def papers(stack: Stack, order: str) -> dict[str, Any]:
    found: dict[str, Any] = stack.client.data(PAPERS, id=order)["order"]
    return found


def a_document(stack: Stack, centry: Caller, order: str) -> str:
    """The id of a new document of the order."""
    path = f"/conexion/v1/orders/{papers(stack, order)['backendId']}/documents.json"
    headers = {"Authorization": f"Bearer {centry.token}"}
    files = {"file": ("bill.pdf", b"%PDF", "application/pdf")}
    answer = httpx.post(
        f"{stack.addresses['CENTRY']}{path}", headers=headers, data={"document_type": "bill"}, files=files
    ).raise_for_status()
    return str(answer.json()["_id"])


def test_a_note_is_written_and_shown(stack: Stack, order: str) -> None:
    done = change(stack, "addOrderNote", orderId=order, text="Call before.")

    assert (done["status"], done["items"][0]["recordId"]) == ("COMPLETED", order)
    assert papers(stack, order)["notes"] == [{"text": "Call before."}]
    change(stack, "addOrderNote", orderId=order, text="Call before.")
    assert len(papers(stack, order)["notes"]) == 2


@pytest.mark.parametrize(("fault", "calls"), LOST)
def test_a_note_of_which_nothing_was_heard_is_written_once(stack: Stack, order: str, fault: dict[str, Any], calls: int) -> None:
    """A note with the same text that was there before is not taken for it."""
    text = f"Lost {calls}"
    change(stack, "addOrderNote", orderId=order, text=text)
    stack.forget_calls()
    stack.fault("CENTRY", match="centry-65", times=1, **fault)
    done = change(stack, "addOrderNote", orderId=order, text=text)

    assert (done["status"], stack.calls("CENTRY").count("centry-65")) == ("COMPLETED", calls)
    assert [note["text"] for note in papers(stack, order)["notes"]].count(text) == 2


@pytest.mark.parametrize("fault", [{"lands": 0, "status": 500}, {"status": 500}])
def test_a_document_is_deleted_whatever_is_heard_of_it(stack: Stack, centry: Caller, order: str, fault: dict[str, Any]) -> None:
    document, other = a_document(stack, centry, order), a_document(stack, centry, order)
    path = f"orders/{papers(stack, order)['backendId']}/documents.json"
    assert {one["_id"] for one in centry.get(path)} >= {document, other}
    stack.fault("CENTRY", match="centry-69", times=1, **fault)
    done = change(stack, "deleteOrderDocument", orderId=order, documentId=document)

    assert (done["status"], done["errors"]) == ("COMPLETED", [])
    left = {one["id"] for one in papers(stack, order)["documents"]}
    assert (document in left, other in left) == (False, True)
    again = change(stack, "deleteOrderDocument", orderId=order, documentId=document)
    assert [error["code"] for error in again["errors"]] == ["NOT_FOUND"]


def test_papers_of_an_order_that_is_gone_are_refused(stack: Stack, centry: Caller) -> None:
    gone = change(stack, "createOrders", orders=[new(stack, "P-2")])["items"][0]["recordId"]
    kept = change(stack, "createOrders", orders=[new(stack, "P-3")])["items"][0]["recordId"]
    stack.fault("CENTRY", match="centry-58", times=1, lands=0, status=500)
    done = change(stack, "deleteOrders", orderIds=[gone])
    assert (done["status"], done["affected"]) == ("COMPLETED", [None])
    assert stack.client.data("query ($id: ID!) { order(id: $id) { number } }", id=gone)["order"] is None

    for mutation, given in (("addOrderNote", {"text": "a"}), ("deleteOrderDocument", {"documentId": "a"})):
        assert [error["code"] for error in change(stack, mutation, orderId=gone, **given)["errors"]] == ["NOT_FOUND"]
    both = change(stack, "deleteOrders", orderIds=[gone, kept])
    assert ([item["status"] for item in both["items"]], both["status"]) == (["FAILED", "COMPLETED"], "PARTIALLY_COMPLETED")
    wrong = refused(stack.client, "addOrderNote", {"orderId": kept, "text": " "})
    assert [error["path"] for error in wrong] == [["text"]]


def test_records_of_the_catalogue_are_deleted(stack: Stack, centry: Caller) -> None:
    product = centry.write("POST", "products.json", {"sku": "GONE", "name": "Gone"})["_id"]
    variant = centry.write("POST", "variants.json", {"product_id": product, "sku": "GONE-1"})["_id"]
    warehouse = centry.write("POST", "warehouses.json", {"name": "Gone"})["_id"]
    query = """query ($product: String!, $variant: String!) {
        product(sku: $product) { records { id } } variant(sku: $variant) { records { id } }
        warehouses { nodes { records { id backendId } } }
    }"""
    shown = stack.client.data(query, product="GONE", variant="GONE-1")
    (of_product,), (of_variant,) = shown["product"]["records"], shown["variant"]["records"]
    of_warehouse = next(
        record["id"] for node in shown["warehouses"]["nodes"] for record in node["records"] if record["backendId"] == warehouse
    )
    for mutation, record, call in (
        ("deleteWarehouses", of_warehouse, "centry-27"),
        ("deleteVariants", of_variant["id"], "centry-20"),
        ("deleteProducts", of_product["id"], "centry-07"),
    ):
        stack.fault("CENTRY", match=call, times=1, lands=0, mode="reset")
        done = change(stack, mutation, recordIds=[record])
        assert (done["status"], done["errors"]) == ("COMPLETED", [])
        again = change(stack, mutation, recordIds=[record])
        assert [error["code"] for error in again["errors"]] == ["NOT_FOUND"]
    for path in (f"products/{product}.json", f"variants/{variant}.json", f"warehouses/{warehouse}.json"):
        assert centry.ask(path).status_code == 410
