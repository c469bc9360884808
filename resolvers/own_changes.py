"""The roots that change what one backend alone has: one function per field of `Mutation`."""

from gateway.entities import TransactionPayload
from gateway.operations.centra import (
    CENTRA_SAVE_ACCOUNTS,
    CENTRA_SAVE_CUSTOMERS,
    CENTRA_SAVE_MARKETS,
    CENTRA_SAVE_PAYMENT_TERMS,
    CENTRA_SAVE_PRICE_ALTERATION_DATES,
    CENTRA_SAVE_PRICELISTS,
    CENTRA_SAVE_SHIPPING_TERMS,
    CENTRA_SAVE_SIZE_TABLES,
)
from gateway.operations.centry import (
    CENTRY_DELETE_INTEGRATION_CONFIG,
    CENTRY_DELETE_VARIANT_WAREHOUSE,
    CENTRY_DELETE_WEBHOOK,
    CENTRY_LINK_VARIANT_ASSET,
    CENTRY_RECORD_SYNC_HISTORY,
    CENTRY_SAVE_WEBHOOK,
    CENTRY_UNLINK_VARIANT_ASSET,
)
from resolvers.arguments import Input
from resolvers.centra_inputs import (
    CentraSaveAccountsInput,
    CentraSaveCustomersInput,
    CentraSaveMarketsInput,
    CentraSavePaymentTermsInput,
    CentraSavePriceAlterationDatesInput,
    CentraSavePricelistsInput,
    CentraSaveShippingTermsInput,
    CentraSaveSizeTablesInput,
)
from resolvers.centry_inputs import (
    CentryDeleteIntegrationConfigInput,
    CentryDeleteVariantWarehouseInput,
    CentryDeleteWebhookInput,
    CentryLinkVariantAssetInput,
    CentryRecordSyncHistoryInput,
    CentrySaveWebhookInput,
    CentryUnlinkVariantAssetInput,
)
from resolvers.context import Info
from resolvers.mutation import submitted


async def centra_save_size_tables(info: Info, input: Input[CentraSaveSizeTablesInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, CENTRA_SAVE_SIZE_TABLES, input)


async def centra_save_markets(info: Info, input: Input[CentraSaveMarketsInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, CENTRA_SAVE_MARKETS, input)


async def centra_save_pricelists(info: Info, input: Input[CentraSavePricelistsInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, CENTRA_SAVE_PRICELISTS, input)


async def centra_save_price_alteration_dates(
    info: Info,
    input: Input[CentraSavePriceAlterationDatesInput],  # noqa: A002
) -> TransactionPayload:
    return await submitted(info, CENTRA_SAVE_PRICE_ALTERATION_DATES, input)


async def centra_save_payment_terms(info: Info, input: Input[CentraSavePaymentTermsInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, CENTRA_SAVE_PAYMENT_TERMS, input)


async def centra_save_shipping_terms(info: Info, input: Input[CentraSaveShippingTermsInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, CENTRA_SAVE_SHIPPING_TERMS, input)


async def centra_save_accounts(info: Info, input: Input[CentraSaveAccountsInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, CENTRA_SAVE_ACCOUNTS, input)


async def centra_save_customers(info: Info, input: Input[CentraSaveCustomersInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, CENTRA_SAVE_CUSTOMERS, input)


async def centry_record_sync_history(info: Info, input: Input[CentryRecordSyncHistoryInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, CENTRY_RECORD_SYNC_HISTORY, input)


async def centry_link_variant_asset(info: Info, input: Input[CentryLinkVariantAssetInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, CENTRY_LINK_VARIANT_ASSET, input)


async def centry_unlink_variant_asset(info: Info, input: Input[CentryUnlinkVariantAssetInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, CENTRY_UNLINK_VARIANT_ASSET, input)


async def centry_delete_variant_warehouse(info: Info, input: Input[CentryDeleteVariantWarehouseInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, CENTRY_DELETE_VARIANT_WAREHOUSE, input)


async def centry_delete_integration_config(info: Info, input: Input[CentryDeleteIntegrationConfigInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, CENTRY_DELETE_INTEGRATION_CONFIG, input)


async def centry_save_webhook(info: Info, input: Input[CentrySaveWebhookInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, CENTRY_SAVE_WEBHOOK, input)


async def centry_delete_webhook(info: Info, input: Input[CentryDeleteWebhookInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, CENTRY_DELETE_WEBHOOK, input)
