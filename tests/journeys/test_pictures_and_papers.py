"""Pictures of products, and notes, documents and labels of orders: what is shown, to whom, and what it costs."""

from base64 import b64decode
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from gateway.backends.centry.sandbox_goods import MISSING_IMAGE
from gateway.backends.centry.sandbox_orders import documents, notes
from gateway.sandbox.world import ShopOrder, System
from tests.backends.centry.asking import Caller, signed_in
from tests.secrets import API_KEYS, CLERK, READER
from tests.stack import GatewayClient, Stack, whole_stack

SETTINGS = {"GATEWAY_API_KEYS": API_KEYS, "GATEWAY_CENTRY__CACHE_TTL": "0"}
NOTES = "{ orders(first: 30, filter: { backends: [CENTRY] }) { nodes { number notes { id text author createdAt } } } }"
DOCUMENTS = """
{
  orders(first: 30, filter: { backends: [CENTRY] }) {
    nodes { number documents { id kind boxId number filename contentType size contentBase64 } }
  }
}
"""
LABELS = """
{
  orders(first: 30, filter: { backends: [CENTRY] }) {
    nodes { backendId shippingLabels { id kind boxId number filename contentType size contentBase64 } }
  }
}
"""
PRODUCT = "query P($sku: String!) { product(sku: $sku) { images { url position } records { images { url } } } }"
PRODUCTS = """
query P($skus: [String!]!) {
  products(first: 50, filter: { skus: $skus }) {
    nodes { sku name images { url position } records { images { url } } }
    sources { backend state }
  }
}
"""
VARIANT = "query V($sku: String!) { variant(sku: $sku) { name images { url position } } }"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with whole_stack(tmp_path_factory.mktemp("papers"), settings=SETTINGS, key=CLERK) as made:
        made.client.data(NOTES)  # once Centry has given a page, a shorter one is known not to be cut
        yield made


@pytest.fixture(autouse=True)
def nothing_wrong(stack: Stack) -> Iterator[None]:
    stack.forget_calls()
    yield
    stack.mend()


@pytest.fixture
def reader(stack: Stack) -> GatewayClient:
    """A caller without the scope `pii`."""
    return replace(stack.client, key=READER)


@pytest.fixture
def centry(stack: Stack) -> Iterator[Caller]:
    """Someone else who writes into Centry."""
    with signed_in(stack.addresses["CENTRY"]) as caller:
        yield caller


def orders_of(stack: Stack) -> dict[str, ShopOrder]:
    return {order.number: order for order in stack.world.orders_of(System.CENTRY)}


def calls(stack: Stack) -> Counter[str]:
    """What was asked of Centry, apart from its lists of orders, products and variants."""
    return Counter(call for call in stack.calls("CENTRY") if call not in ("centry-55", "centry-03", "centry-15"))


def refusals(answer: dict[str, Any]) -> list[str]:
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"FORBIDDEN"}
    return [error["path"][-1] for error in answer["errors"]]


def test_notes_are_read_for_each_order(stack: Stack) -> None:
    nodes = stack.client.data(NOTES)["orders"]["nodes"]
    assert calls(stack) == {"centry-64": 30}
    known = orders_of(stack)
    for node in nodes:
        wanted = [(note["_id"], note["text"], note["user_id"]) for note in notes(known[node["number"]])]
        assert [(note["id"], note["text"], note["author"]) for note in node["notes"]] == wanted
    assert any(note["createdAt"] for node in nodes for note in node["notes"])


def test_notes_are_not_even_asked_for_without_the_scope(stack: Stack, reader: GatewayClient) -> None:
    answer = reader.ask(NOTES)
    assert refusals(answer) == ["notes"]
    assert {node["notes"] for node in answer["data"]["orders"]["nodes"]} == {None}
    assert calls(stack) == {}


def test_documents_are_read_for_each_order(stack: Stack, centry: Caller) -> None:
    first = stack.client.data("{ orders(first: 1, filter: { backends: [CENTRY] }) { nodes { backendId } } }")["orders"][
        "nodes"
    ][0]
    form = {"document_type": "shipping_guide", "number": "77", "confirmation_box_id": "b1"}
    answer = centry.http.post(
        f"/conexion/v1/orders/{first['backendId']}/documents.json",
        headers={"Authorization": f"Bearer {centry.token}"},
        data=form,
        files={"file": ("guide.pdf", b"%PDF-1.4", "application/pdf")},
    )
    assert answer.is_success
    stack.forget_calls()

    nodes = stack.client.data(DOCUMENTS)["orders"]["nodes"]
    assert calls(stack) == {"centry-66": 30}
    guide = nodes[0]["documents"][-1]
    assert guide == {
        "id": answer.json()["_id"],
        "kind": "SHIPPING_GUIDE",
        "boxId": "b1",
        "number": "77",
        "filename": "guide.pdf",
        "contentType": "application/pdf",
        "size": 8,
        "contentBase64": None,
    }
    known = orders_of(stack)
    for node in nodes[1:]:
        wanted = [(each["_id"], "INVOICE", each["number"]) for each in documents(known[node["number"]])]
        assert [(each["id"], each["kind"], each["number"]) for each in node["documents"]] == wanted
    assert any(node["documents"] for node in nodes[1:])


def test_labels_are_read_for_twenty_orders_at_once(stack: Stack) -> None:
    nodes = stack.client.data(LABELS)["orders"]["nodes"]
    assert calls(stack) == {"centry-59": 2}
    for node in nodes:
        contents = [label.pop("contentBase64") for label in node["shippingLabels"]]
        assert any(node["backendId"].encode() in b64decode(content) for content in contents)
    assert nodes[0]["shippingLabels"][0] == {
        "id": None,
        "kind": "SHIPPING_LABEL",
        "boxId": None,
        "number": None,
        "filename": "labels_and_manifest.pdf",
        "contentType": "application/pdf",
        "size": None,
    }


def test_what_labels_hold_is_hidden_without_the_scope_and_the_rest_is_shown(reader: GatewayClient) -> None:
    answer = reader.ask(LABELS)
    assert refusals(answer) == ["contentBase64"]
    labels = [label for node in answer["data"]["orders"]["nodes"] for label in node["shippingLabels"]]
    assert len(labels) >= 30
    assert {(label["filename"], label["contentBase64"]) for label in labels} == {("labels_and_manifest.pdf", None)}


def test_other_backends_have_no_such_notion(stack: Stack) -> None:
    query = """{
      orders(first: 40, filter: { backends: [CENPORTS, CENTRA, CARTONCLOUD] }) {
        nodes { backend notes { id } documents { id } shippingLabels { id } }
      }
    }"""
    nodes = stack.client.data(query)["orders"]["nodes"]
    assert {node["backend"] for node in nodes} == {"CENPORTS", "CENTRA", "CARTONCLOUD"}
    assert all(node[name] is None for node in nodes for name in ("notes", "documents", "shippingLabels"))


@pytest.mark.parametrize(
    ("field", "address"),
    [("notes", "order_notes"), ("documents", "documents"), ("shippingLabels", "shipping_labels")],
)
def test_what_cannot_be_read_is_null_and_empties_nothing_else(stack: Stack, field: str, address: str) -> None:
    selected = f"nodes {{ backendId {field} {{ id }} }} sources {{ state }}"
    query = f"{{ orders(first: 3, filter: {{ backends: [CENTRY] }}) {{ {selected} }} }}"
    first = stack.client.data(query)["orders"]["nodes"][0]["backendId"]
    owner = "" if field == "shippingLabels" else f"/{first}"
    stack.fault("CENTRY", match=f"/conexion/v1/orders{owner}/{address}", status=400, body={"error": "no"})

    answer = stack.client.ask(query)
    nodes = answer["data"]["orders"]["nodes"]
    assert [node[field] is None for node in nodes] == [True, not owner, not owner]
    assert [error["path"] for error in answer["errors"]][:1] == [["orders", "nodes", 0, field]]
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"BACKEND_REJECTED"}
    assert {error["extensions"]["backend"] for error in answer["errors"]} == {"CENTRY"}
    assert answer["data"]["orders"]["sources"] == [{"state": "OK"}]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("{ orders(first: 3, filter: { backends: [CENTRY] }) { nodes { notes { id text } } } }", "notes"),
        ("{ orders(first: 3, filter: { backends: [CENTRY] }) { nodes { documents { id kind } } } }", "documents"),
        ("{ orders(first: 3, filter: { backends: [CENTRY] }) { nodes { shippingLabels { id kind } } } }", "shippingLabels"),
        ("{ products(first: 3) { nodes { sku images { url } } } }", "images"),
    ],
)
def test_older_ones_are_shown_with_one_error_beside_them(stack: Stack, query: str, field: str) -> None:
    fresh = stack.client.data(query)
    stack.fault("CENTRY", mode="down")
    answer = stack.client.ask(query)
    assert answer["data"] == fresh
    (error,) = answer["errors"]
    assert (error["path"][-1], error["extensions"]["backend"]) == (field, "CENTRY")
    assert error["extensions"]["code"] == "BACKEND_UNAVAILABLE"


def shown(stack: Stack, caller: Caller, sku: str) -> list[tuple[str, int | None]]:
    """The pictures of a product as Centry has them: the cover, and the assets by their positions."""
    product = next(product for product in caller.get("products.json", limit=500) if product["sku"] == sku)
    assets = sorted(caller.get(f"products/{product['_id']}/assets.json"), key=lambda asset: asset["position"])
    sent = [(product["cover_url"], None), *((asset["url"], asset["position"]) for asset in assets)]
    base = stack.addresses["CENTRY"]
    return [(f"{base}{url}" if url.startswith("/") else url, at) for url, at in sent if url != MISSING_IMAGE]


def pictures(product: dict[str, Any]) -> list[tuple[str, int | None]]:
    return [(image["url"], image["position"]) for image in product["images"]]


def test_pictures_of_products_in_a_list(stack: Stack, centry: Caller) -> None:
    skus = sorted({item.product for item in stack.world.items_of(System.CENTRY)})[:12]
    wanted = {sku: shown(stack, centry, sku) for sku in skus}
    stack.forget_calls()
    products = stack.client.data(PRODUCTS, skus=skus)["products"]["nodes"]
    for product in products:
        (record,) = (record for record in product["records"] if record["images"]) if product["images"] else ({"images": []},)
        assert [image["url"] for image in record["images"]] == [image["url"] for image in product["images"]]
    assert {product["sku"]: pictures(product) for product in products} == wanted
    assert {len(images) for images in wanted.values()} == {0, 2}
    assert calls(stack) == {"centry-11": len(skus)}, "once for a product, wherever it is selected"


def test_pictures_of_one_product_come_with_it(stack: Stack, centry: Caller) -> None:
    sku = stack.world.items_of(System.CENTRY)[0].product
    wanted = shown(stack, centry, sku)
    stack.forget_calls()
    assert pictures(stack.client.data(PRODUCT, sku=sku)["product"]) == wanted
    assert calls(stack)["centry-11"] == 0


def test_pictures_stand_by_their_positions_and_each_once(stack: Stack) -> None:
    sent = [("c", 2), ("a", 0), ("b", "1"), ("none", None), ("c", 0)]
    assets = [{"_id": f"a{n}", "url": f"https://example.com/{name}", "position": at} for n, (name, at) in enumerate(sent)]
    stack.fault("CENTRY", match="centry-11", body=assets)
    (product,) = stack.client.data(PRODUCTS, skus=[stack.world.items_of(System.CENTRY)[0].product])["products"]["nodes"]
    found = [(url.rpartition("/")[2], position) for url, position in pictures(product)]
    assert found[-4:] == [("none", None), ("a", 0), ("b", 1), ("c", 2)]
    assert all(at is None for _, at in found[:-4]), "the cover goes first"


def test_pictures_of_a_variant_are_those_that_show_it(stack: Stack, centry: Caller) -> None:
    item = next(item for item in stack.world.items_of(System.CENTRY) if len(shown(stack, centry, item.product)) > 1)
    product = next(product for product in centry.get("products.json", limit=500) if product["sku"] == item.product)
    variant = next(variant for variant in product["variants"] if variant["sku"] == item.sku)
    (asset,) = centry.get(f"products/{product['_id']}/assets.json")
    address, _ = shown(stack, centry, item.product)[1]
    stack.forget_calls()
    assert stack.client.data(VARIANT, sku=item.sku)["variant"]["images"] == []
    assert calls(stack) == {"centry-35": 1}

    centry.write("POST", f"variants/{variant['_id']}/assets.json", {"asset_id": asset["_id"]})
    stack.forget_calls()
    (image,) = stack.client.data(VARIANT, sku=item.sku)["variant"]["images"]
    assert image["url"] == address
    assert calls(stack) == {"centry-35": 1, "centry-11": 1}


def test_pictures_that_cannot_be_read_add_an_error_and_empty_nothing(stack: Stack) -> None:
    item = stack.world.items_of(System.CENTRY)[0]
    stack.fault("CENTRY", match="centry-11", status=400)
    stack.fault("CENTRY", match="centry-35", status=400)
    query = """query Q($product: String!, $variant: String!) {
      products(filter: { skus: [$product] }) { nodes { name images { url } records { images { url } } } }
      variant(sku: $variant) { sku images { url } }
    }"""
    answer = stack.client.ask(query, product=item.product, variant=item.sku)
    (product,) = answer["data"]["products"]["nodes"]
    assert product["name"]
    assert product["images"] == []
    assert answer["data"]["variant"] == {"sku": item.sku, "images": []}
    paths = [error["path"] for error in answer["errors"]]
    assert ["products", "nodes", 0, "images"] in paths
    assert ["variant", "images"] in paths
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"BACKEND_REJECTED"}
