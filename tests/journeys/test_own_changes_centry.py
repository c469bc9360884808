"""Changes of what Centry alone has, from the mutation to the simulated Centry and back through a query."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.backends.centry.asking import Caller
from tests.journeys.at_centry import centry_stack, change
from tests.journeys.centry_user import another_user
from tests.journeys.changes import refused
from tests.stack import Stack

WEBHOOKS = "{ centry { webhooks(first: 250) { nodes { id callbackUrl onOrderSave onProductDelete } } } }"
HISTORIES = """query ($product: ID, $asset: ID, $variant: ID, $stock: ID) { centry {
    syncHistories(productId: $product, assetId: $asset, variantId: $variant, variantWarehouseId: $stock) {
        nodes { action success messages { attribute warnings mistakes } } } } }"""
RECORDS = """query ($sku: String!) { variant(sku: $sku) {
    records { id backend backendId } product { records { id backend backendId images { url } } } } }"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with centry_stack(tmp_path_factory.mktemp("own")) as made:
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


@pytest.fixture(scope="module")
def product(stack: Stack, centry: Caller) -> dict[str, str]:
    """Ids of a new product, its picture, its variant, and what a warehouse has of that."""
    images = [{"url": f"https://e.example/{number}.png"} for number in range(2)]
    given = {"backend": "CENTRY", "sku": "OWN", "images": images, "variants": [{"sku": "OWN-1"}]}
    record = change(stack, "saveProducts", products=[given])["items"][0]["recordId"]
    variant = centry.get("variants.json", sku="OWN-1")[0]
    site = centry.get("warehouses.json")[0]["_id"]
    row = centry.write("POST", "variant_warehouses.json", {"variant_id": variant["_id"], "warehouse_id": site, "quantity": 4})
    (of_variant,) = stack.client.data(RECORDS, sku="OWN-1")["variant"]["records"]
    assets = centry.get(f"products/{variant['product_id']}/assets.json")
    return {
        "record": record,
        "product": variant["product_id"],
        "asset": assets[0]["_id"],
        "variant": variant["_id"],
        "variant_record": of_variant["id"],
        "row": row["_id"],
    }


def webhooks(stack: Stack) -> dict[str, dict[str, Any]]:
    found = stack.client.data(WEBHOOKS)["centry"]["webhooks"]["nodes"]
    return {webhook["id"]: webhook for webhook in found}


def test_a_webhook_is_made_once_and_changed_and_removed(stack: Stack) -> None:
    address = "https://e.example/hook"
    before = webhooks(stack)
    stack.fault("CENTRY", match="centry-85", times=1, lands=0, status=500)
    assert change(stack, "centrySaveWebhook", callbackUrl=address, onOrderSave=True)["status"] == "COMPLETED"
    assert stack.calls("CENTRY").count("centry-85") == 1
    (made,) = webhooks(stack).keys() - before.keys()
    assert webhooks(stack)[made] == {"id": made, "callbackUrl": address, "onOrderSave": True, "onProductDelete": False}

    assert change(stack, "centrySaveWebhook", webhookId=made, onProductDelete=True)["status"] == "COMPLETED"
    assert webhooks(stack)[made] == {"id": made, "callbackUrl": address, "onOrderSave": True, "onProductDelete": True}
    assert change(stack, "centryDeleteWebhook", webhookId=made)["status"] == "COMPLETED"
    assert made not in webhooks(stack)
    for mutation, given in (("centrySaveWebhook", {"onOrderSave": True}), ("centryDeleteWebhook", {})):
        assert [error["code"] for error in change(stack, mutation, webhookId=made, **given)["errors"]] == ["NOT_FOUND"]


@pytest.mark.parametrize(
    ("named", "asked", "about"),
    [
        ({"productRecordId": "record"}, {"product": "product"}, "price_compare"),
        ({"productRecordId": "record", "assetId": "asset"}, {"product": "product", "asset": "asset"}, "alt"),
        ({"variantRecordId": "variant_record"}, {"variant": "variant"}, "sku"),
        ({"variantWarehouseId": "row"}, {"stock": "row"}, "quantity"),
    ],
    ids=["product", "picture", "variant", "stock"],
)
def test_what_came_of_bringing_a_record_to_a_channel_is_kept_once(
    stack: Stack, product: dict[str, str], named: dict[str, str], asked: dict[str, str], about: str
) -> None:
    messages = [{"attribute": about, "mistakes": ["no"], "warnings": ["hm"]}, {"warnings": ["all in all"]}]
    subject = {name: product[of] for name, of in named.items()}
    stack.fault("CENTRY", match="POST /conexion/v1/*", times=1, lands=0, mode="reset")
    done = change(stack, "centryRecordSyncHistory", action="Product update", messages=messages, **subject)

    assert (done["status"], done["errors"]) == ("COMPLETED", [])
    assert done["items"][0]["recordId"] == (product[next(iter(named.values()))] if "row" not in named.values() else None)
    (shown,) = stack.client.data(HISTORIES, **{name: product[of] for name, of in asked.items()})["centry"]["syncHistories"][
        "nodes"
    ]
    assert (shown["action"], shown["success"]) == ("Product update", False)
    told = {message["attribute"]: (message["warnings"], message["mistakes"]) for message in shown["messages"]}
    assert told[about] == (["hm"], ["no"])
    assert told[None] == (["all in all"], [])


def test_a_picture_shows_a_variant_until_it_does_not(stack: Stack, centry: Caller, product: dict[str, str]) -> None:
    given = {"variantRecordId": product["variant_record"], "assetId": product["asset"]}
    stack.fault("CENTRY", match="centry-36", times=1, lands=0, status=500)
    done = change(stack, "centryLinkVariantAsset", **given)
    assert (done["status"], done["items"][0]["recordId"]) == ("COMPLETED", product["variant_record"])
    assert change(stack, "centryLinkVariantAsset", **given)["status"] == "COMPLETED"  # it does already: nothing is sent
    assert stack.calls("CENTRY").count("centry-36") == 1
    (link,) = centry.get(f"variants/{product['variant']}/assets.json")
    assert link["asset_id"] == product["asset"]

    removal = {"variantRecordId": product["variant_record"], "variantAssetId": link["_id"]}
    assert change(stack, "centryUnlinkVariantAsset", **removal)["status"] == "COMPLETED"
    assert centry.get(f"variants/{product['variant']}/assets.json") == []
    assert [error["code"] for error in change(stack, "centryUnlinkVariantAsset", **removal)["errors"]] == ["NOT_FOUND"]
    stranger = change(stack, "centryLinkVariantAsset", **{**given, "assetId": "5eece46148f039166bf5ffad"})
    assert [error["code"] for error in stranger["errors"]] == ["BACKEND_REJECTED"]


def test_a_row_of_stock_and_a_connection_to_a_channel_are_removed(
    stack: Stack, centry: Caller, product: dict[str, str]
) -> None:
    done = change(stack, "centryDeleteVariantWarehouse", variantWarehouseId=product["row"])
    assert (done["status"], done["items"][0]["recordId"]) == ("COMPLETED", product["variant_record"])
    assert centry.ask(f"variant_warehouses/{product['row']}.json").status_code == 410

    config = centry.get("integration_configs.json")[0]["_id"]
    assert change(stack, "centryDeleteIntegrationConfig", integrationConfigId=config)["status"] == "COMPLETED"
    assert centry.ask(f"integration_configs/{config}.json").status_code == 410


def test_all_that_is_wrong_is_told_at_once(stack: Stack, product: dict[str, str]) -> None:
    messages = [{"attribute": "color", "warnings": ["a"]}, {"attribute": "sku", "warnings": ["a"]}, {"attribute": "sku"}]
    given = {"variantRecordId": product["variant_record"], "action": "Paint", "messages": messages}
    wrong = refused(stack.client, "centryRecordSyncHistory", given)
    assert [".".join(error["path"]) for error in wrong] == [
        "action", "messages.0.attribute", "messages.2.attribute", "messages.2",
    ]  # fmt: skip
    wrong = refused(stack.client, "centrySaveWebhook", {"callbackUrl": "ftp://e.example"})
    assert [error["path"] for error in wrong] == [["callbackUrl"]]
    assert [error["path"] for error in refused(stack.client, "centrySaveWebhook", {"webhookId": "a"})] == [["webhookId"]]
