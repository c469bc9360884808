"""Fields of what Centry alone has: single records by its own ids, and pages of its lists."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, TypeAlias, TypeVar

import strawberry
from strawberry import UNSET

from gateway.entities import Page
from gateway.models import Backend
from gateway.own import centry as own
from gateway.own.lists import Condition, OwnQuery, OwnSlice, Path
from gateway.ports import CentryReads
from resolvers import older
from resolvers.arguments import After, First, given
from resolvers.centry_filters import (
    CentryCityFilterInput,
    CentryCommuneFilterInput,
    CentryCountryFilterInput,
    CentryFilterInput,
    CentryRegionFilterInput,
    CentryUsedFilterInput,
    conditions,
    sync_subject,
)
from resolvers.context import Info
from resolvers.pages import page_size

R = TypeVar("R", bound=own.Record)

OwnId = Annotated[strawberry.ID, strawberry.argument(description="Its id at Centry.")]
ProductId = Annotated[strawberry.ID, strawberry.argument(description="The product's id at Centry.")]
VariantId = Annotated[strawberry.ID, strawberry.argument(description="The variant's id at Centry.")]
OrderId = Annotated[strawberry.ID, strawberry.argument(description="The order's id at Centry.")]
IntegrationId = Annotated[
    strawberry.ID, strawberry.argument(description="The integration's id (`CentryIntegrationConfig.id`).")
]
MaybeProductId = Annotated[
    strawberry.ID | None, strawberry.argument(description="The product's id at Centry: its histories, or its picture's.")
]
MaybeAssetId = Annotated[
    strawberry.ID | None, strawberry.argument(description="The id of a picture of this product: the picture's histories.")
]
MaybeVariantId = Annotated[strawberry.ID | None, strawberry.argument(description="The variant's id at Centry.")]
MaybeStockId = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="The id of what a warehouse has of a variant (`CentryVariantWarehouse`)."),
]
_WHICH = strawberry.argument(description="Which ones; all where left out.")
MaybeFilter = Annotated[CentryFilterInput | None, _WHICH]
MaybeUsedFilter = Annotated[CentryUsedFilterInput | None, _WHICH]
MaybeCountryFilter = Annotated[CentryCountryFilterInput | None, _WHICH]
MaybeRegionFilter = Annotated[CentryRegionFilterInput | None, _WHICH]
MaybeCityFilter = Annotated[CentryCityFilterInput | None, _WHICH]
MaybeCommuneFilter = Annotated[CentryCommuneFilterInput | None, _WHICH]
ById: TypeAlias = Callable[[Info, strawberry.ID], Awaitable[R | None]]


def _by_id(kind: type[R]) -> ById[R]:
    """The resolver of one record by its id alone."""

    async def read(info: Info, id: OwnId) -> R | None:  # noqa: A002  # the argument's name
        return await _record(info, kind, (str(id),))

    return read


category = _by_id(own.Category)
brand = _by_id(own.Brand)
color = _by_id(own.Color)
size = _by_id(own.Size)
country = _by_id(own.Country)
region = _by_id(own.Region)
city = _by_id(own.City)
commune = _by_id(own.Commune)
confirmation_reason = _by_id(own.ConfirmationReason)
cancellation_reason = _by_id(own.CancellationReason)
buyer_rate = _by_id(own.BuyerRate)
integration_config = _by_id(own.IntegrationConfig)
webhook = _by_id(own.Webhook)
warehouse = _by_id(own.Warehouse)
variant_warehouse = _by_id(own.VariantWarehouse)


async def company(info: Info) -> own.Company | None:
    return await _record(info, own.Company, ())


async def user(info: Info) -> own.User | None:
    return await _record(info, own.User, ())


async def asset(info: Info, product_id: ProductId, id: OwnId) -> own.Asset | None:  # noqa: A002
    return await _record(info, own.Asset, (str(product_id), str(id)))


async def variant_asset(info: Info, variant_id: VariantId, id: OwnId) -> own.VariantAsset | None:  # noqa: A002
    return await _record(info, own.VariantAsset, (str(variant_id), str(id)))


async def order_document(info: Info, order_id: OrderId, id: OwnId) -> own.OrderDocument | None:  # noqa: A002
    return await _record(info, own.OrderDocument, (str(order_id), str(id)))


async def warehouse_priority(
    info: Info,
    integration_config_id: IntegrationId,
    id: OwnId,  # noqa: A002
) -> own.WarehousePriority | None:
    return await _record(info, own.WarehousePriority, (str(integration_config_id), str(id)))


async def product_count(info: Info) -> int:
    return await info.context.sources.ask(Backend.CENTRY, CentryReads, lambda port: port.product_count())


async def categories(
    info: Info,
    first: First = 50,
    after: After = UNSET,
    filter: MaybeUsedFilter = UNSET,  # noqa: A002
) -> Page[own.Category] | None:
    return await _page(info, own.Category, first, after, conditions(filter))


async def brands(
    info: Info,
    first: First = 50,
    after: After = UNSET,
    filter: MaybeUsedFilter = UNSET,  # noqa: A002
) -> Page[own.Brand] | None:
    return await _page(info, own.Brand, first, after, conditions(filter))


async def colors(
    info: Info,
    first: First = 50,
    after: After = UNSET,
    filter: MaybeFilter = UNSET,  # noqa: A002
) -> Page[own.Color] | None:
    return await _page(info, own.Color, first, after, conditions(filter))


async def sizes(
    info: Info,
    first: First = 50,
    after: After = UNSET,
    filter: MaybeFilter = UNSET,  # noqa: A002
) -> Page[own.Size] | None:
    return await _page(info, own.Size, first, after, conditions(filter))


async def countries(
    info: Info,
    first: First = 50,
    after: After = UNSET,
    filter: MaybeCountryFilter = UNSET,  # noqa: A002
) -> Page[own.Country] | None:
    return await _page(info, own.Country, first, after, conditions(filter))


async def regions(
    info: Info,
    first: First = 50,
    after: After = UNSET,
    filter: MaybeRegionFilter = UNSET,  # noqa: A002
) -> Page[own.Region] | None:
    return await _page(info, own.Region, first, after, conditions(filter))


async def cities(
    info: Info,
    first: First = 50,
    after: After = UNSET,
    filter: MaybeCityFilter = UNSET,  # noqa: A002
) -> Page[own.City] | None:
    return await _page(info, own.City, first, after, conditions(filter))


async def communes(
    info: Info,
    first: First = 50,
    after: After = UNSET,
    filter: MaybeCommuneFilter = UNSET,  # noqa: A002
) -> Page[own.Commune] | None:
    return await _page(info, own.Commune, first, after, conditions(filter))


async def confirmation_reasons(info: Info, first: First = 50, after: After = UNSET) -> Page[own.ConfirmationReason] | None:
    return await _page(info, own.ConfirmationReason, first, after)


async def cancellation_reasons(info: Info, first: First = 50, after: After = UNSET) -> Page[own.CancellationReason] | None:
    return await _page(info, own.CancellationReason, first, after)


async def buyer_rates(info: Info, first: First = 50, after: After = UNSET) -> Page[own.BuyerRate] | None:
    return await _page(info, own.BuyerRate, first, after)


async def integration_configs(
    info: Info,
    first: First = 50,
    after: After = UNSET,
    filter: MaybeFilter = UNSET,  # noqa: A002
) -> Page[own.IntegrationConfig] | None:
    return await _page(info, own.IntegrationConfig, first, after, conditions(filter))


async def warehouse_priorities(
    info: Info,
    integration_config_id: IntegrationId,
    first: First = 50,
    after: After = UNSET,
    filter: MaybeFilter = UNSET,  # noqa: A002
) -> Page[own.WarehousePriority] | None:
    return await _page(info, own.WarehousePriority, first, after, conditions(filter), (str(integration_config_id),))


async def webhooks(
    info: Info,
    first: First = 50,
    after: After = UNSET,
    filter: MaybeFilter = UNSET,  # noqa: A002
) -> Page[own.Webhook] | None:
    return await _page(info, own.Webhook, first, after, conditions(filter))


async def sync_histories(
    info: Info,
    product_id: MaybeProductId = UNSET,
    asset_id: MaybeAssetId = UNSET,
    variant_id: MaybeVariantId = UNSET,
    variant_warehouse_id: MaybeStockId = UNSET,
    first: First = 50,
    after: After = UNSET,
) -> Page[own.SyncHistory] | None:
    kind, owner = sync_subject(product_id, asset_id, variant_id, variant_warehouse_id)
    return await _page(info, kind, first, after, owner=owner)


async def _record(info: Info, kind: type[R], path: Path) -> R | None:
    """All that a query asks for of one kind goes in one batch."""
    try:
        found: R | None = await info.context.loaders.centry_record.load((kind, path))
        return found
    finally:
        older.tell(info, Backend.CENTRY, CentryReads)


async def _page(
    info: Info,
    kind: type[R],
    first: int | None,
    after: str | None,
    filters: Mapping[str, Condition] | None = None,
    owner: Path = (),
) -> Page[R] | None:
    """A page of a list, in the order of its ids; a cursor holds the id that it is behind."""
    cursors, limit, start = info.context.cursors, page_size(first), given(after)
    bound = cursors.bind("centry", kind.__name__, owner, sorted((filters or {}).items()))
    place = "" if start is None else cursors.open(bound, start, str)
    query = OwnQuery(owner=owner, filters=filters or {}, after=place or None, limit=limit)

    async def ask(port: CentryReads) -> OwnSlice[R] | None:
        return await port.centry_list(kind, query)

    found = await info.context.sources.ask(Backend.CENTRY, CentryReads, ask)
    older.tell(info, Backend.CENTRY, CentryReads)
    if found is None:
        return None
    ids = [record.id for record in found.records]
    return Page(
        nodes=found.records,
        cursor_behind=lambda index: cursors.seal(bound, ids[index]),
        end_cursor=cursors.seal(bound, ids[-1] if ids else place),
        has_next_page=found.more,
        has_previous_page=start is not None,
    )
