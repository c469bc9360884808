"""Notes, documents and deletions at Centry, from the mutation to the simulated Centry and back through a query."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.journeys.at_centry import centry_stack, change, new
from tests.journeys.changes import ended, refused, with_file
from tests.stack import Stack, until

PAPERS = """query ($id: ID!) { order(id: $id) {
    notes { text } documents { id kind number filename contentType size } } }"""
ATTACH = """mutation ($input: AttachOrderDocumentInput!) { attachOrderDocument(input: $input) {
    transaction { handle } userErrors { path } } }"""
CONTENT = b"%PDF-1.4 \xff\x00 a file"
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
def order(stack: Stack) -> str:
    """The id of a new order."""
    order: str = change(stack, "createOrders", orders=[new(stack, "P-1")])["items"][0]["recordId"]
    return order


def papers(stack: Stack, order: str) -> dict[str, Any]:
    found: dict[str, Any] = stack.client.data(PAPERS, id=order)["order"]
    return found


def attach(stack: Stack, order: str, kind: str = "BILL", number: str = "17") -> dict[str, Any]:
    """What is answered to a file for an order, by the multipart request convention."""
    given = {"orderId": order, "kind": kind, "number": number, "file": None}
    answer = httpx.post(f"{stack.client.address}/graphql", **with_file(ATTACH, {"input": given}, CONTENT))
    payload: dict[str, Any] = answer.json()["data"]["attachOrderDocument"]
    return payload


def attached(stack: Stack, order: str, number: str) -> dict[str, Any]:
    """The transaction at its end."""
    return ended(stack.client, attach(stack, order, number=number)["transaction"]["handle"])


def documents(stack: Stack, order: str, number: str) -> list[dict[str, Any]]:
    return [document for document in papers(stack, order)["documents"] if document["number"] == number]


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


def test_a_file_is_put_on_an_order(stack: Stack, order: str) -> None:
    done = attached(stack, order, "A-1")

    assert (done["status"], done["items"][0]["recordId"]) == ("COMPLETED", order)
    (shown,) = documents(stack, order, "A-1")
    told = {"kind": "BILL", "number": "A-1", "filename": "bill.pdf", "contentType": "application/pdf", "size": len(CONTENT)}
    assert {name: shown[name] for name in told} == told
    assert [error["path"] for error in attach(stack, order, "SHIPPING_LABEL")["userErrors"]] == [["kind"]]


@pytest.mark.parametrize(("fault", "calls"), LOST)
def test_a_file_of_which_nothing_was_heard_is_there_once(stack: Stack, order: str, fault: dict[str, Any], calls: int) -> None:
    """One like it that was there before is not taken for it."""
    attached(stack, order, f"L-{calls}")
    stack.forget_calls()
    stack.fault("CENTRY", match="centry-68", times=1, **fault)

    assert attached(stack, order, f"L-{calls}")["status"] == "COMPLETED"
    assert stack.calls("CENTRY").count("centry-68") == calls
    assert len(documents(stack, order, f"L-{calls}")) == 2


def test_a_document_is_deleted_though_nothing_was_heard_of_it(stack: Stack, order: str) -> None:
    number = "D-1"
    for _ in range(2):
        attached(stack, order, number)
    document, other = (shown["id"] for shown in documents(stack, order, number))
    stack.fault("CENTRY", match="centry-69", times=1, lands=0, status=500)
    done = change(stack, "deleteOrderDocument", orderId=order, documentId=document)

    assert (done["status"], done["errors"]) == ("COMPLETED", [])
    assert [shown["id"] for shown in documents(stack, order, number)] == [other]
    again = change(stack, "deleteOrderDocument", orderId=order, documentId=document)
    assert [error["code"] for error in again["errors"]] == ["NOT_FOUND"]


def test_papers_of_an_order_that_is_gone_are_refused(stack: Stack) -> None:
    gone = change(stack, "createOrders", orders=[new(stack, "P-2")])["items"][0]["recordId"]
    kept = change(stack, "createOrders", orders=[new(stack, "P-3")])["items"][0]["recordId"]
    stack.fault("CENTRY", match="centry-58", times=1, lands=0, status=500)
    done = change(stack, "deleteOrders", orderIds=[gone])
    assert (done["status"], done["affected"]) == ("COMPLETED", [None])
    assert stack.client.data("query ($id: ID!) { order(id: $id) { number } }", id=gone)["order"] is None

    for mutation, given in (("addOrderNote", {"text": "a"}), ("deleteOrderDocument", {"documentId": "a"})):
        assert [error["code"] for error in change(stack, mutation, orderId=gone, **given)["errors"]] == ["NOT_FOUND"]
    assert [error["code"] for error in attached(stack, gone, "G-1")["errors"]] == ["NOT_FOUND"]
    both = change(stack, "deleteOrders", orderIds=[gone, kept])
    assert ([item["status"] for item in both["items"]], both["status"]) == (["FAILED", "COMPLETED"], "PARTIALLY_COMPLETED")
    wrong = refused(stack.client, "addOrderNote", {"orderId": kept, "text": " "})
    assert [error["path"] for error in wrong] == [["text"]]


LISTED = """query ($skus: [String!]) {
    products(first: 9, filter: {skus: $skus, backends: [CENTRY]}) { nodes { records { id } } }
    variants(first: 9, filter: {skus: $skus, backends: [CENTRY]}) { nodes { records { id } } }
    warehouses { nodes { id records { id } stock(first: 250) { nodes { variant { sku } } } } }
}"""


def listed(stack: Stack) -> tuple[int, int, int, int]:
    """How many products, variants, warehouses and stocks of what the next test makes the lists have."""
    shown = stack.client.data(LISTED, skus=["GONE", "GONE-1", "GONE-2"])
    held = [node["stock"]["nodes"] for node in shown["warehouses"]["nodes"]]
    stocks = [row for rows in held for row in rows if row["variant"]["sku"].startswith("GONE")]
    return len(shown["products"]["nodes"]), len(shown["variants"]["nodes"]), len(held), len(stocks)


def test_what_is_made_changed_and_deleted_is_listed_so_at_once(stack: Stack) -> None:
    made = {"backend": "CENTRY", "sku": "GONE", "variants": [{"sku": "GONE-1"}, {"sku": "GONE-2"}]}
    before = listed(stack)
    product = change(stack, "saveProducts", products=[made])["items"][0]["recordId"]
    site = change(stack, "saveWarehouses", warehouses=[{"backend": "CENTRY", "name": "Gone"}])["items"][0]["recordId"]
    warehouses = stack.client.data(LISTED, skus=[])["warehouses"]["nodes"]
    warehouse = next(node["id"] for node in warehouses if site in [record["id"] for record in node["records"]])
    set_to = {"warehouseId": warehouse, "quantity": 3, "change": "SET", "kind": "AVAILABLE"}
    stocked = change(stack, "adjustStock", backends=["CENTRY"], adjustments=[{"sku": f"GONE-{n}", **set_to} for n in (1, 2)])
    assert stocked["status"] == "COMPLETED"
    until(lambda: listed(stack) == (1, 2, before[2] + 1, 2))

    variant = stack.client.data('{ variant(sku: "GONE-1") { records { id } } }')["variant"]["records"][0]["id"]
    stack.fault("CENTRY", match="centry-07", times=1, lands=0, mode="reset")
    for mutation, record, left in (
        ("deleteVariants", variant, (1, 1, before[2] + 1, 1)),
        ("deleteWarehouses", site, (1, 1, before[2], 0)),
        ("deleteProducts", product, before),
    ):
        done = change(stack, mutation, recordIds=[record])
        assert (done["status"], done["errors"]) == ("COMPLETED", [])
        assert listed(stack) == left
        again = change(stack, mutation, recordIds=[record])
        assert [error["code"] for error in again["errors"]] == ["NOT_FOUND"]
