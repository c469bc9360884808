"""Every documented operation that reads is called for the fields of the graph that name it."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from gateway.models import Backend
from gateway.operations_command import documented
from tests.journeys.centry_user import another_user, write_what_centry_alone_has
from tests.stack import Stack, whole_stack

SETTINGS = {f"GATEWAY_{name}__CACHE_TTL": "0" for name in Backend}
BEFOREHAND = {"Query.products", "Query.variants"}
"""Lists that are read before anybody asks: for the index."""

OF_CHANGES = {"Query.transaction"}
"""What a change has asked for on its way."""

Queries = Mapping[str, list[str]]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with whole_stack(tmp_path_factory.mktemp("reads"), orders=20, settings=SETTINGS) as made:
        yield made


def unified(stack: Stack) -> Queries:
    """Queries of the fields that all backends answer together."""
    found = stack.client.data("""{
      orders(first: 200) { nodes { id backend kind lines { sku } } } shipments(first: 200) { nodes { id backend } }
      products(first: 1, filter: { backends: [CENTRY] }) { nodes { sku } } variants(first: 1, filter: { backends: [CENTRY] }) {
        nodes { sku records { id backend } } }
    }""")
    orders = {f"{order['backend']} {order['kind']}": order["id"] for order in found["orders"]["nodes"]}
    shipments = {sent["backend"]: sent["id"] for sent in found["shipments"]["nodes"]}
    variant = found["variants"]["nodes"][0]
    record = next(one["id"] for one in variant["records"] if one["backend"] == "CENTRY")
    of_centry = "orders(first: 5, filter: { backends: [CENTRY] })"
    return {
        "Query.orders": ["orders(first: 5) { nodes { id } }"],
        "Query.order": [f'order(id: "{each}") {{ id }}' for each in orders.values()],
        "Query.shipments": ["shipments(first: 5) { nodes { id } }"],
        "Query.shipment": [f'shipment(id: "{each}") {{ id }}' for each in shipments.values()],
        "Query.salesChannels": ["salesChannels { name }"],
        "Query.product": [f'product(sku: "{found["products"]["nodes"][0]["sku"]}") {{ name }}'],
        "Query.variant": [f'node(id: "{record}") {{ id }}', f'variant(sku: "{variant["sku"]}") {{ sku }}'],
        "Query.warehouses": ["warehouses { nodes { code } }"],
        "Variant.stock": [f'variant(sku: "{variant["sku"]}") {{ stock {{ nodes {{ available }} }} }}'],
        "Product.images": ["products(first: 20) { nodes { images { url } } }"],
        "Variant.images": [f'variant(sku: "{variant["sku"]}") {{ images {{ url }} }}'],
        "Order.notes": [f"{of_centry} {{ nodes {{ notes {{ text }} }} }}"],
        "Order.documents": [f"{of_centry} {{ nodes {{ documents {{ number }} }} }}"],
        "Order.shippingLabels": [f"{of_centry} {{ nodes {{ shippingLabels {{ filename }} }} }}"],
        "Query.cartoncloud.userInfo": ["cartoncloud { userInfo { id } }"],
    }


def of_centry(stack: Stack) -> Queries:
    """Queries of what Centry alone has, with ids of what is there."""
    with another_user(stack) as user:
        there = write_what_centry_alone_has(user)
        ids: dict[str, Any] = {
            kind: user.get(f"{kind}.json", limit=1)[0]["_id"]
            for kind in ("categories", "brands", "colors", "sizes", "integration_configs")
        }
    product, asset, variant, row = there.product, there.asset, there.variant, there.row
    integration = ids["integration_configs"]
    single = {"category": ids["categories"], "brand": ids["brands"], "color": ids["colors"], "size": ids["sizes"]}
    others = ("country", "region", "city", "commune", "confirmationReason", "buyerRate", "cancellationReason", "webhook")
    single |= dict.fromkeys(others, "x") | {"integrationConfig": integration, "variantWarehouse": row, "warehouse": "x"}
    lists = (
        "categories", "brands", "colors", "sizes", "countries", "regions", "cities", "communes", "confirmationReasons",
        "buyerRates", "cancellationReasons", "integrationConfigs", "webhooks",
    )  # fmt: skip
    subjects = (
        f'productId: "{product}"', f'productId: "{product}", assetId: "{asset}"', f'variantId: "{variant}"',
        f'variantWarehouseId: "{row}"',
    )  # fmt: skip
    fields: dict[str, list[str]] = {
        **{name: [f"{name} {{ nodes {{ id }} }}"] for name in lists},
        **{name: [f'{name}(id: "{id_}") {{ id }}'] for name, id_ in single.items()},
        "company": ["company { id }"],
        "user": ["user { id }"],
        "productCount": ["productCount"],
        "asset": [f'asset(productId: "{product}", id: "{asset}") {{ id }}'],
        "variantAsset": [f'variantAsset(variantId: "{variant}", id: "x") {{ id }}'],
        "orderDocument": ['orderDocument(orderId: "x", id: "x") { id }'],
        "warehousePriorities": [f'warehousePriorities(integrationConfigId: "{integration}") {{ nodes {{ id }} }}'],
        "warehousePriority": [f'warehousePriority(integrationConfigId: "{integration}", id: "x") {{ id }}'],
        "syncHistories": [f"syncHistories({subject}) {{ nodes {{ id }} }}" for subject in subjects],
    }
    return {f"Query.centry.{name}": [f"centry {{ {one} }}" for one in some] for name, some in fields.items()}


def test_each_field_calls_the_operations_that_name_it(stack: Stack) -> None:
    beforehand = {operation for name in Backend for operation in stack.calls(name)}
    queries = {**unified(stack), **of_centry(stack)}
    reads = {one.id: [f for f in one.reached_by if not f.startswith(("Mutation.", "("))] for one in documented()}
    named = {field for some in reads.values() for field in some} - OF_CHANGES
    assert named - BEFOREHAND == queries.keys()

    called: dict[str, set[str]] = dict.fromkeys(BEFOREHAND, beforehand)
    for field, some in queries.items():
        stack.forget_calls()
        for query in some:
            stack.client.data(f"{{ {query} }}")
        called[field] = {operation for name in Backend for operation in stack.calls(name)}

    silent = [(id_, field) for id_, some in reads.items() for field in some if field in called and id_ not in called[field]]
    assert silent == []
