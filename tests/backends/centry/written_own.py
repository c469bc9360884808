"""The page's examples of changes of what Centry alone has, written by the gateway."""

from gateway.backends.centry.client import CentryClient
from gateway.backends.centry.own_changes import webhook
from gateway.backends.centry.sync_histories import history, place, subject_of
from gateway.centry_changes import CentryMessages, SyncHistory, Webhook

PRODUCT, VARIANT, ASSET = "5a16c0bcf82f45273b000054", "5a16c0bdf82f45273b000056", "5fe9fec484c6e1ec5a67d7b8"
_OF_PRODUCTS = (
    "name", "description", "price", "price_compare", "barcode", "status", "seo_title", "seo_description", "packageheight",
    "packagewidth", "packagelength", "shortdescription", "salestartdate", "saleenddate", "condition", "seasonyear", "season",
    "sku", "deliverytimesupplier", "is_fullproductname", "category", "brand", "gender", "warranty",
)  # fmt: skip


async def product_history(client: CentryClient) -> object:
    messages = tuple(
        CentryMessages(attribute=name, warnings=(f"warning_{name}_messages_1",), mistakes=(f"error_{name}_messages_1",))
        for name in _OF_PRODUCTS
    )
    whole = CentryMessages(warnings=("warning_messages_1",), mistakes=("error_messages_1",))
    return await _told(client, SyncHistory(action="Product update", product_record_id=PRODUCT, messages=(*messages, whole)))


async def asset_history(client: CentryClient) -> object:
    messages = tuple(
        CentryMessages(attribute=name, warnings=(f"warning_{name}_messages_1",), mistakes=(f"errors_{name}_messages_1",))
        for name in ("name", "alt", "position", "url")
    )
    whole = CentryMessages(warnings=("warning_messages_1",), mistakes=("errors_messages_1",))
    told = SyncHistory(action="Product update", product_record_id=PRODUCT, asset_id=ASSET, messages=(*messages, whole))
    return await _told(client, told)


async def variant_history(client: CentryClient) -> object:
    messages = tuple(
        CentryMessages(
            attribute=name,
            warnings=(f"warning_{name}_1", f"warning_{name}_1"),
            mistakes=(f"error_{name}_1", f"error_{name}_2"),
        )
        for name in ("description", "sku")
    )
    whole = CentryMessages(warnings=("warning_general_1", "warning_general_2"), mistakes=("error_general_1", "error_general_2"))
    return await _told(client, SyncHistory(action="Product update", variant_record_id=VARIANT, messages=(*messages, whole)))


async def stock_history(client: CentryClient) -> object:
    messages = (
        CentryMessages(
            attribute="quantity", warnings=("warning_quantity_messages_1",), mistakes=("error_quantity_messages_1",)
        ),
        CentryMessages(warnings=("warning_messages_1",), mistakes=("error_messages_1",)),
    )
    return await _told(
        client, SyncHistory(action="Product create", variant_warehouse_id="<variant_warehouse_id>", messages=messages)
    )


async def new_webhook(client: CentryClient) -> object:
    item = Webhook(callback_url="http://192.168.0.1/CentryWebhookTest/index.phps", on_order_delete=True, on_product_save=False)
    return await client.make("centry-85", "/webhooks.json", webhook(item))


async def changed_webhook(client: CentryClient) -> object:
    item = Webhook(callback_url="http://localhost/CentryWebhookTest/index.phps", on_product_save=True)
    await client.alter("centry-86", "/webhooks/59c9852d1746bf1d93000001.json", webhook(item))
    return "changed"


async def _told(client: CentryClient, item: SyncHistory) -> object:
    return await client.make(subject_of(item).write, f"{place(item)}.json", history(item))
