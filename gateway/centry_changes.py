"""What changes of Centry's own part ask: the inputs as facts, under the names of the graph. What was left out is None.

Ids of product and variant records have become Centry's own here.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CentryMessages:
    """What a channel said of one attribute."""

    attribute: str | None = None
    warnings: tuple[str, ...] | None = None
    mistakes: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncHistory:
    """What came of bringing a record to a channel. Name one record."""

    action: str
    product_record_id: str | None = None
    asset_id: str | None = None
    variant_record_id: str | None = None
    variant_warehouse_id: str | None = None
    messages: tuple[CentryMessages, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantAsset:
    """A picture that shows a variant."""

    variant_record_id: str
    asset_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantAssetRemoval:
    """A picture that shows a variant no more."""

    variant_record_id: str
    variant_asset_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantWarehouseRemoval:
    """A variant that is not kept in a warehouse any more."""

    variant_warehouse_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrationConfigRemoval:
    """The connection to a channel that is to be cut."""

    integration_config_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """An address that Centry calls when something changes. What is left out stays as it is."""

    webhook_id: str | None = None
    callback_url: str | None = None
    on_order_save: bool | None = None
    on_order_delete: bool | None = None
    on_product_save: bool | None = None
    on_product_delete: bool | None = None
    on_integration_config_save: bool | None = None
    on_integration_config_delete: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookRemoval:
    """A webhook that is to be removed."""

    webhook_id: str
