"""The inputs of mutations that Centry alone has."""

import strawberry
from strawberry import UNSET

from resolvers.inputs import mutation_input, transaction_input

ID = strawberry.ID


@mutation_input
class CentryMessagesInput:
    """What a channel said of one attribute."""

    attribute: str | None = UNSET
    """The attribute, by Centry's name, such as `price_compare`; left out: of the record as a whole."""
    warnings: list[str] | None = UNSET
    """What it warned of."""
    mistakes: list[str] | None = UNSET
    """What it refused."""


@transaction_input
class CentryRecordSyncHistoryInput:
    """What came of bringing a record to a channel. Name one record."""

    product_record_id: ID | None = UNSET
    """The ProductRecord; with `assetId` one of its pictures."""
    asset_id: str | None = UNSET
    """The picture, by Centry's id."""
    variant_record_id: ID | None = UNSET
    """The VariantRecord."""
    variant_warehouse_id: str | None = UNSET
    """The stock of a variant in a warehouse, by Centry's id."""
    action: str
    """What was done, such as `Product update`."""
    messages: list[CentryMessagesInput] | None = UNSET
    """What the channel said."""


@transaction_input
class CentryLinkVariantAssetInput:
    """A picture that shows a variant."""

    variant_record_id: ID
    """The VariantRecord."""
    asset_id: str
    """A picture of its product, by Centry's id."""


@transaction_input
class CentryUnlinkVariantAssetInput:
    """A picture that shows a variant no more."""

    variant_record_id: ID
    """The VariantRecord."""
    variant_asset_id: str
    """The link between variant and picture, by Centry's id."""


@transaction_input
class CentryDeleteVariantWarehouseInput:
    """A variant that is not kept in a warehouse any more."""

    variant_warehouse_id: str
    """The stock of a variant in a warehouse, by Centry's id."""


@transaction_input
class CentryDeleteIntegrationConfigInput:
    """The connection to a channel that is to be cut."""

    integration_config_id: str
    """Its id at Centry."""


@transaction_input
class CentrySaveWebhookInput:
    """An address that Centry calls when something changes. What is left out stays as it is."""

    webhook_id: str | None = UNSET
    """The webhook to change; left out, one is made."""
    callback_url: str | None = UNSET
    """The address; needed where one is made."""
    on_order_save: bool | None = UNSET
    """Call it when an order was saved."""
    on_order_delete: bool | None = UNSET
    """Call it when an order was deleted."""
    on_product_save: bool | None = UNSET
    """Call it when a product was saved."""
    on_product_delete: bool | None = UNSET
    """Call it when a product was deleted."""
    on_integration_config_save: bool | None = UNSET
    """Call it when a connection to a channel was saved."""
    on_integration_config_delete: bool | None = UNSET
    """Call it when a connection to a channel was deleted."""


@transaction_input
class CentryDeleteWebhookInput:
    """A webhook that is to be removed."""

    webhook_id: str
    """Its id at Centry."""
