"""`Query.centry`: what Centry alone has, read."""

from gateway.own import centry as own
from gateway.principal import Scope
from resolvers import centry, centry_asks
from schema.base import field, root
from schema.centry_records import (
    CentryAsset,
    CentryBrand,
    CentryBuyerRate,
    CentryCancellationReason,
    CentryCategory,
    CentryCity,
    CentryColor,
    CentryCommune,
    CentryCompany,
    CentryConfirmationReason,
    CentryCountry,
    CentryIntegrationConfig,
    CentryOrderDocument,
    CentryRegion,
    CentrySize,
    CentrySyncHistory,
    CentryUser,
    CentryVariantAsset,
    CentryVariantWarehouse,
    CentryWarehouse,
    CentryWarehousePriority,
    CentryWebhook,
)
from schema.own import Connection


@root
class Centry:
    """What Centry alone has. Its orders, products, variants, warehouses and stock are read with those of all backends.

    Ids are Centry's own here: those of its records, which the unified types have as `backendId`. A record that does not exist
    is null. Where Centry cannot be asked, the field is null with an error that says why.
    """

    categories: Connection[CentryCategory] | None = field(centry.categories, asks=centry_asks.listed(own.Category))
    """Categories of goods."""
    category: CentryCategory | None = field(centry.category, asks=centry_asks.record(own.Category))
    """One category."""
    brands: Connection[CentryBrand] | None = field(centry.brands, asks=centry_asks.listed(own.Brand))
    """Brands."""
    brand: CentryBrand | None = field(centry.brand, asks=centry_asks.record(own.Brand))
    """One brand."""
    colors: Connection[CentryColor] | None = field(centry.colors, asks=centry_asks.listed(own.Color))
    """Colours that variants can have."""
    color: CentryColor | None = field(centry.color, asks=centry_asks.record(own.Color))
    """One colour."""
    sizes: Connection[CentrySize] | None = field(centry.sizes, asks=centry_asks.listed(own.Size))
    """Sizes that variants can have."""
    size: CentrySize | None = field(centry.size, asks=centry_asks.record(own.Size))
    """One size."""
    countries: Connection[CentryCountry] | None = field(centry.countries, asks=centry_asks.listed(own.Country))
    """Countries."""
    country: CentryCountry | None = field(centry.country, asks=centry_asks.record(own.Country))
    """One country."""
    regions: Connection[CentryRegion] | None = field(centry.regions, asks=centry_asks.listed(own.Region))
    """Regions of countries."""
    region: CentryRegion | None = field(centry.region, asks=centry_asks.record(own.Region))
    """One region."""
    cities: Connection[CentryCity] | None = field(centry.cities, asks=centry_asks.listed(own.City))
    """Cities of regions."""
    city: CentryCity | None = field(centry.city, asks=centry_asks.record(own.City))
    """One city."""
    communes: Connection[CentryCommune] | None = field(centry.communes, asks=centry_asks.listed(own.Commune))
    """Communes of cities."""
    commune: CentryCommune | None = field(centry.commune, asks=centry_asks.record(own.Commune))
    """One commune."""
    confirmation_reasons: Connection[CentryConfirmationReason] | None = field(
        centry.confirmation_reasons, asks=centry_asks.listed(own.ConfirmationReason)
    )
    """Reasons to confirm an order in several boxes."""
    confirmation_reason: CentryConfirmationReason | None = field(
        centry.confirmation_reason, asks=centry_asks.record(own.ConfirmationReason)
    )
    """One of these reasons."""
    cancellation_reasons: Connection[CentryCancellationReason] | None = field(
        centry.cancellation_reasons, asks=centry_asks.listed(own.CancellationReason)
    )
    """Reasons to cancel an order."""
    cancellation_reason: CentryCancellationReason | None = field(
        centry.cancellation_reason, asks=centry_asks.record(own.CancellationReason)
    )
    """One of these reasons."""
    buyer_rates: Connection[CentryBuyerRate] | None = field(centry.buyer_rates, asks=centry_asks.listed(own.BuyerRate))
    """Marks that a buyer can be given."""
    buyer_rate: CentryBuyerRate | None = field(centry.buyer_rate, asks=centry_asks.record(own.BuyerRate))
    """One of these marks."""
    integration_configs: Connection[CentryIntegrationConfig] | None = field(
        centry.integration_configs, asks=centry_asks.listed(own.IntegrationConfig)
    )
    """The account's integrations: the marketplaces and shops that it is tied to."""
    integration_config: CentryIntegrationConfig | None = field(
        centry.integration_config, asks=centry_asks.record(own.IntegrationConfig)
    )
    """One integration."""
    warehouse_priorities: Connection[CentryWarehousePriority] | None = field(
        centry.warehouse_priorities, asks=centry_asks.listed(own.WarehousePriority)
    )
    """The warehouses from which an integration sells; null where there is no such integration."""
    warehouse_priority: CentryWarehousePriority | None = field(
        centry.warehouse_priority, asks=centry_asks.record(own.WarehousePriority)
    )
    """One of these warehouses."""
    company: CentryCompany | None = field(centry.company, asks=centry_asks.record(own.Company))
    """The company whose account the gateway uses."""
    user: CentryUser | None = field(centry.user, asks=centry_asks.record(own.User), scope=Scope.PII)
    """The user on whose behalf the gateway asks Centry."""
    webhooks: Connection[CentryWebhook] | None = field(centry.webhooks, asks=centry_asks.listed(own.Webhook))
    """Addresses that Centry calls when something happens."""
    webhook: CentryWebhook | None = field(centry.webhook, asks=centry_asks.record(own.Webhook))
    """One of these addresses."""
    product_count: int | None = field(centry.product_count, asks=centry_asks.product_count)
    """How many products the account has, as Centry counts them; see also `ProductConnection.totalCount`."""
    asset: CentryAsset | None = field(centry.asset, asks=centry_asks.record(own.Asset))
    """One picture of a product."""
    variant_asset: CentryVariantAsset | None = field(centry.variant_asset, asks=centry_asks.record(own.VariantAsset))
    """That a picture shows a variant, by the id of this relation."""
    variant_warehouse: CentryVariantWarehouse | None = field(
        centry.variant_warehouse, asks=centry_asks.record(own.VariantWarehouse)
    )
    """What a warehouse has of a variant, by the id of this row of stock."""
    warehouse: CentryWarehouse | None = field(centry.warehouse, asks=centry_asks.record(own.Warehouse))
    """One warehouse with all that Centry knows of where it is; see also `Query.warehouse`."""
    order_document: CentryOrderDocument | None = field(centry.order_document, asks=centry_asks.record(own.OrderDocument))
    """One document of an order; see also `Order.documents`."""
    sync_histories: Connection[CentrySyncHistory] | None = field(centry.sync_histories, asks=centry_asks.sync_histories)
    """What became of bringing one thing to marketplaces: give exactly one of `productId` (with `assetId` for one of its
    pictures), `variantId` and `variantWarehouseId`. Null where there is no such thing."""
