"""Mutations of Centry's own part. Their input is their only item."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from gateway.centry_changes import (
    IntegrationConfigRemoval,
    SyncHistory,
    VariantAsset,
    VariantAssetRemoval,
    VariantWarehouseRemoval,
    Webhook,
    WebhookRemoval,
)
from gateway.models import Backend
from gateway.operations.items import Asked, Operation, WrongInput, one_of, only_item, record_of, record_or_wrong


def _blank(ids: Mapping[str, str | None]) -> Iterator[WrongInput]:
    """Ids of Centry's that say nothing: they would stand for whole lists."""
    for name, written in ids.items():
        if written is not None and not written.strip():
            yield WrongInput("Give Centry's id.", name)


def _history(given: SyncHistory, _able: Sequence[Backend]) -> Iterator[Asked | WrongInput]:
    named = {
        "productRecordId": given.product_record_id,
        "variantRecordId": given.variant_record_id,
        "variantWarehouseId": given.variant_warehouse_id,
    }
    one_of(named)
    yield from _blank({"assetId": given.asset_id, "variantWarehouseId": given.variant_warehouse_id})
    if given.asset_id is not None and given.product_record_id is None:
        yield WrongInput("Pictures are of products: name one by `productRecordId`, or leave this out.", "assetId")
    product, wrong = record_or_wrong(Backend.CENTRY, "ProductRecord", given.product_record_id, "productRecordId")
    yield from wrong
    variant, wrong = record_or_wrong(Backend.CENTRY, "VariantRecord", given.variant_record_id, "variantRecordId")
    yield from wrong
    facts = replace(given, product_record_id=product, variant_record_id=variant)
    yield only_item(Backend.CENTRY, facts, next(name for name, value in named.items() if value is not None))


def _link(given: VariantAsset, able: Sequence[Backend]) -> Iterator[Asked | WrongInput]:
    yield from _blank({"assetId": given.asset_id})
    yield from _of_variant(given, able)


def _unlink(given: VariantAssetRemoval, able: Sequence[Backend]) -> Iterator[Asked | WrongInput]:
    yield from _blank({"variantAssetId": given.variant_asset_id})
    yield from _of_variant(given, able)


def _of_variant(given: VariantAsset | VariantAssetRemoval, _able: Sequence[Backend]) -> Iterator[Asked | WrongInput]:
    variant = record_of(Backend.CENTRY, "VariantRecord", given.variant_record_id, "variantRecordId")
    yield only_item(Backend.CENTRY, replace(given, variant_record_id=variant), "variantRecordId")


def _stock(given: VariantWarehouseRemoval, _able: Sequence[Backend]) -> Iterator[Asked | WrongInput]:
    yield from _blank({"variantWarehouseId": given.variant_warehouse_id})
    yield only_item(Backend.CENTRY, given, "variantWarehouseId")


def _config(given: IntegrationConfigRemoval, _able: Sequence[Backend]) -> Iterator[Asked | WrongInput]:
    yield from _blank({"integrationConfigId": given.integration_config_id})
    yield only_item(Backend.CENTRY, given, "integrationConfigId")


def _webhook(given: Webhook, _able: Sequence[Backend]) -> Iterator[Asked | WrongInput]:
    if given.webhook_id is None and given.callback_url is None:
        yield WrongInput("Give the address that Centry is to call.", "callbackUrl")
    yield from _blank({"webhookId": given.webhook_id})
    yield only_item(Backend.CENTRY, given, "callbackUrl")


def _webhook_removal(given: WebhookRemoval, _able: Sequence[Backend]) -> Iterator[Asked | WrongInput]:
    yield from _blank({"webhookId": given.webhook_id})
    yield only_item(Backend.CENTRY, given, "webhookId")


CENTRY_RECORD_SYNC_HISTORY = Operation("centryRecordSyncHistory", SyncHistory, _history)
CENTRY_LINK_VARIANT_ASSET = Operation("centryLinkVariantAsset", VariantAsset, _link)
CENTRY_UNLINK_VARIANT_ASSET = Operation("centryUnlinkVariantAsset", VariantAssetRemoval, _unlink)
CENTRY_DELETE_VARIANT_WAREHOUSE = Operation("centryDeleteVariantWarehouse", VariantWarehouseRemoval, _stock)
CENTRY_DELETE_INTEGRATION_CONFIG = Operation("centryDeleteIntegrationConfig", IntegrationConfigRemoval, _config)
CENTRY_SAVE_WEBHOOK = Operation("centrySaveWebhook", Webhook, _webhook)
CENTRY_DELETE_WEBHOOK = Operation("centryDeleteWebhook", WebhookRemoval, _webhook_removal)
