"""The roots: one function per field of `Query`."""

import asyncio
from datetime import datetime
from typing import Annotated, Any

import strawberry
from strawberry import UNSET

from gateway import ids
from gateway.catalogue.records import CatalogueFilter, CatalogueKind
from gateway.clock import micros
from gateway.entities import BackendStatus, Page, Product, StockDiscrepancy, Variant, Warehouse
from gateway.errors import BadUserInput, GatewayError, NotConfigured, NotSupported
from gateway.ids import Ref
from gateway.models import (
    Backend,
    Order,
    OrderFilter,
    OrderKind,
    SalesChannel,
    Shipment,
    ShipmentFilter,
    Sort,
    StockKind,
)
from gateway.ports import (
    BackendPort,
    ChannelSource,
    ListQuery,
    OrderSource,
    Position,
    ShipmentSource,
    Slice,
)
from gateway.transactions.facts import Transaction
from gateway.transactions.ledger import Behind, Wanted
from gateway.turns import Budget
from resolvers.arguments import After, First, given
from resolvers.catalogue import page_of_entities
from resolvers.context import Context, Info
from resolvers.discrepancies import page_of_discrepancies
from resolvers.inputs import (
    OrderFilterInput,
    OrderSort,
    ProductFilterInput,
    ShipmentFilterInput,
    TransactionFilterInput,
    VariantFilterInput,
    WarehouseFilterInput,
    order_filter,
    product_filter,
    shipment_filter,
    transaction_filter,
    variant_filter,
    wanted_backends,
    wanted_codes,
    warehouse_codes,
)
from resolvers.merge import merged_page
from resolvers.node import read_node, read_order, read_product, read_shipment, read_variant, read_warehouse
from resolvers.pages import page_of, page_size
from resolvers.standings import needing_all

_NEWEST = (2**62, "")  # ahead of every transaction
_DIRECTIONS = {OrderSort.PLACED_AT_DESC: Sort.DESC, OrderSort.PLACED_AT_ASC: Sort.ASC}
_OWN = object()
RecordId = Annotated[strawberry.ID, strawberry.argument(description="An `id` as this gateway gave it.")]
MaybeId = Annotated[strawberry.ID | None, strawberry.argument(description="Its `id`; or give the other argument.")]
MaybeSku = Annotated[str | None, strawberry.argument(description="Its SKU; or give `id`.")]
MaybeCode = Annotated[str | None, strawberry.argument(description="Its code; or give `id`.")]


async def node(info: Info, id: RecordId) -> Any:  # noqa: A002  # the argument's name
    return await read_node(ids.decode(str(id)), info.context)


async def nodes(
    info: Info, ids: Annotated[list[strawberry.ID], strawberry.argument(description="Ids as this gateway gave them.")]
) -> list[Any]:
    """An id that cannot be answered is null with an error; one that nobody knows is null."""
    return await asyncio.gather(*(node(info, written) for written in ids), return_exceptions=True)


async def order(info: Info, id: RecordId) -> Order | None:  # noqa: A002
    return await read_order(ids.decode_as("Order", str(id), "id"), info.context)


async def shipment(info: Info, id: RecordId) -> Shipment | None:  # noqa: A002
    return await read_shipment(ids.decode_as("Shipment", str(id), "id"), info.context)


async def product(info: Info, id: MaybeId = UNSET, sku: MaybeSku = UNSET) -> Product | None:  # noqa: A002
    _exactly_one(id=id, sku=sku)
    ref = ids.decode_as("Product", str(id), "id") if id else Ref("Product", None, (sku or "").strip())
    return await read_product(ref, info.context)


async def variant(info: Info, id: MaybeId = UNSET, sku: MaybeSku = UNSET) -> Variant | None:  # noqa: A002
    _exactly_one(id=id, sku=sku)
    ref = ids.decode_as("Variant", str(id), "id") if id else Ref("Variant", None, (sku or "").strip())
    return await read_variant(ref, info.context)


async def warehouse(info: Info, id: MaybeId = UNSET, code: MaybeCode = UNSET) -> Warehouse | None:  # noqa: A002
    _exactly_one(id=id, code=code)
    ref = ids.decode_as("Warehouse", str(id), "id") if id else Ref("Warehouse", None, (code or "").strip())
    return await read_warehouse(ref, info.context)


async def orders(
    info: Info,
    first: First = 50,
    after: After = UNSET,
    filter: Annotated[  # noqa: A002
        OrderFilterInput | None, strawberry.argument(description="Which orders; all where left out.")
    ] = UNSET,
    sort: Annotated[OrderSort | None, strawberry.argument(description="Newest or oldest first.")] = OrderSort.PLACED_AT_DESC,
) -> Page[Order]:
    context, wanted, direction = info.context, order_filter(filter), _DIRECTIONS[sort or OrderSort.PLACED_AT_DESC]

    async def read(name: Backend, position: Position | None, limit: int) -> Slice[Order]:
        if _holds_none(context, name, wanted.kinds):
            return Slice(records=(), position=position, more=False)
        query = ListQuery(filter=wanted, sort=direction, after=position, limit=limit)
        return await context.sources.ask_for_slice(name, OrderSource, lambda port: port.orders(query))

    names = context.sources.names(wanted_backends(filter))
    bound = context.cursors.bind("orders", _written(wanted), direction)
    return await merged_page(context, names, read, bound=bound, first=first, after=given(after), sort=direction)


async def shipments(
    info: Info,
    first: First = 50,
    after: After = UNSET,
    filter: Annotated[  # noqa: A002
        ShipmentFilterInput | None, strawberry.argument(description="Which shipments; all where left out.")
    ] = UNSET,
) -> Page[Shipment]:
    context, wanted = info.context, shipment_filter(filter)

    async def read(name: Backend, position: Position | None, limit: int) -> Slice[Shipment]:
        query = ListQuery(filter=wanted, sort=Sort.DESC, after=position, limit=limit)
        return await context.sources.ask_for_slice(name, ShipmentSource, lambda port: port.shipments(query))

    names = context.sources.names(wanted_backends(filter))
    bound = context.cursors.bind("shipments", _written(wanted))
    return await merged_page(context, names, read, bound=bound, first=first, after=given(after), sort=Sort.DESC)


async def products(
    info: Info,
    first: First = 50,
    after: After = UNSET,
    filter: Annotated[  # noqa: A002
        ProductFilterInput | None, strawberry.argument(description="Which products; all where left out.")
    ] = UNSET,
) -> Page[Product]:
    context, wanted = info.context, product_filter(filter)
    names = context.sources.names(wanted_backends(filter))
    statuses = wanted.statuses
    return await page_of_entities(
        context,
        CatalogueKind.PRODUCT,
        names,
        wanted,
        matches=None if statuses is None else lambda product: product.status in statuses,
        bound=context.cursors.bind("products", names, _written(wanted)),
        first=first,
        after=given(after),
    )


async def variants(
    info: Info,
    first: First = 50,
    after: After = UNSET,
    filter: Annotated[  # noqa: A002
        VariantFilterInput | None, strawberry.argument(description="Which variants; all where left out.")
    ] = UNSET,
) -> Page[Variant]:
    context, wanted = info.context, variant_filter(filter)
    names = context.sources.names(wanted_backends(filter))
    bound = context.cursors.bind("variants", names, _written(wanted))
    return await page_of_entities(context, CatalogueKind.VARIANT, names, wanted, bound=bound, first=first, after=given(after))


async def warehouses(
    info: Info,
    first: First = 50,
    after: After = UNSET,
    filter: Annotated[  # noqa: A002
        WarehouseFilterInput | None, strawberry.argument(description="Which warehouses; all where left out.")
    ] = UNSET,
) -> Page[Warehouse]:
    context, codes = info.context, wanted_codes(filter)
    names = context.sources.names(wanted_backends(filter))
    known = await context.loaders.warehouses()
    chosen = [
        warehouse
        for code, warehouse in known.by_code.items()
        if (codes is None or code in codes) and any(record.backend in names for record in warehouse.records)
    ]
    return page_of(
        chosen,
        lambda warehouse: (warehouse.code,),
        first=first,
        after=given(after),
        cursors=context.cursors,
        bound=context.cursors.bind("warehouses", names, sorted(codes or ())),
        sources=[source for source in known.reports if source.backend in names],
        backends_of=lambda warehouse: {record.backend for record in warehouse.records},
    )


async def stock_discrepancies(
    info: Info,
    first: First = 50,
    after: After = UNSET,
    warehouse_ids: Annotated[
        list[strawberry.ID] | None, strawberry.argument(description="Only in these warehouses (`Warehouse.id`).")
    ] = UNSET,
    kind: Annotated[
        StockKind | None, strawberry.argument(description="Readings of which quantity are compared.")
    ] = StockKind.AVAILABLE,
) -> Page[StockDiscrepancy]:
    context, compared = info.context, kind or StockKind.AVAILABLE
    wanted = warehouse_codes(given(warehouse_ids))
    known = await context.loaders.warehouses()
    chosen = [warehouse for code, warehouse in known.by_code.items() if wanted is None or code in wanted]
    bound = context.cursors.bind("stockDiscrepancies", None if wanted is None else sorted(wanted), compared)
    standings = needing_all(await context.loaders.stock_standings(), known.reports)
    return await page_of_discrepancies(context, chosen, standings, compared, bound=bound, first=first, after=given(after))


async def backends(info: Info) -> list[BackendStatus]:
    """A backend that nobody has asked yet is asked now, in the cheapest way that it offers."""
    registry = info.context.sources.registry
    unasked = [name for name in registry.names if registry.health(name).healthy is None]
    await asyncio.gather(*(info.context.sources.try_ask(name, BackendPort, lambda port: port.check()) for name in unasked))
    fresh = await info.context.sources.freshness(registry.names)
    budgets = await asyncio.gather(*map(registry.budget, registry.names))
    return [
        _status(name, info.context, budget, fresh[name].as_of if name in fresh else None)
        for name, budget in zip(registry.names, budgets, strict=True)
    ]


async def transaction(
    info: Info, handle: Annotated[strawberry.ID, strawberry.argument(description="As a mutation gave it.")]
) -> Transaction | None:
    return await info.context.desk.find(info.context.principal, str(handle))


async def transactions(
    info: Info,
    first: First = 50,
    after: After = UNSET,
    filter: Annotated[  # noqa: A002
        TransactionFilterInput | None, strawberry.argument(description="Which transactions; all where left out.")
    ] = UNSET,
) -> Page[Transaction]:
    """The newest first."""
    context, wanted, size, start = info.context, transaction_filter(filter), page_size(first), given(after)
    bound = context.cursors.bind("transactions", _written(wanted))
    behind = None if start is None else Behind(*context.cursors.open(bound, start, tuple[int, str]))
    found = await context.desk.listed(context.principal, wanted, behind, size)
    places = [(micros(each.submitted_at), each.handle) for each in found.transactions]
    end = context.cursors.seal(bound, places[-1] if places else _NEWEST)
    return Page(
        nodes=found.transactions,
        cursor_behind=lambda index: context.cursors.seal(bound, places[index]),
        end_cursor=end if places or start is None else start,
        has_next_page=found.more,
        has_previous_page=start is not None,
        sources=[],
        total_count=found.total,
    )


async def sales_channels(
    info: Info,
    backends: Annotated[list[Backend] | None, strawberry.argument(description="Only these backends' channels.")] = UNSET,
) -> list[SalesChannel]:
    """A backend that cannot be read leaves its channels out and an error beside the data; older ones are shown with it."""
    sources = info.context.sources
    names = sources.names(given(backends))
    answers = await asyncio.gather(
        *(sources.try_ask(name, ChannelSource, lambda port: port.sales_channels()) for name in names)
    )
    failures = [answer for answer in answers if isinstance(answer, GatewayError)]
    told: list[GatewayError] = [error for error in failures if not isinstance(error, NotConfigured | NotSupported)]
    answered = [name for name, answer in zip(names, answers, strict=True) if not isinstance(answer, GatewayError)]
    told += (fresh.error for fresh in (await sources.freshness(answered, ChannelSource)).values() if fresh.error)
    path = info.path.as_list()
    info.context.warnings.extend((path, error) for error in told)
    channels = [channel for answer in answers if not isinstance(answer, GatewayError) for channel in answer]
    return sorted(channels, key=lambda channel: (channel.backend, channel.channel_id))


def centry() -> object:
    """What is in it is asked for field by field."""
    return _OWN


def cartoncloud() -> object:
    """What is in it is asked for field by field."""
    return _OWN


def _exactly_one(**arguments: object) -> None:
    given = [name for name, value in arguments.items() if value]
    if len(given) != 1:
        raise BadUserInput(f"Give exactly one of {' and '.join(f'`{name}`' for name in arguments)}.")


def _holds_none(context: Context, name: Backend, kinds: frozenset[OrderKind] | None) -> bool:
    source = context.sources.registry.find(name, OrderSource)
    return source is not None and kinds is not None and source.order_kinds.isdisjoint(kinds)


def _written(wanted: OrderFilter | ShipmentFilter | CatalogueFilter | Wanted) -> str:
    """The filter in words that are the same whenever the filter is."""
    fields = {name: getattr(wanted, name) for name in wanted.__slots__}
    return repr({name: sorted(value) if isinstance(value, frozenset) else value for name, value in fields.items()})


def _status(name: Backend, context: Context, budget: Budget | None, synced_at: datetime | None) -> BackendStatus:
    registry = context.sources.registry
    health = registry.health(name)
    return BackendStatus(
        backend=name,
        configured=not registry.missing(name),
        healthy=health.healthy,
        circuit=registry.circuit(name),
        budget_remaining=budget.left if budget else None,
        budget_limit=budget.limit if budget else None,
        last_success_at=health.last_success_at,
        last_error=health.last_error.problem if health.last_error else None,
        synced_at=synced_at,
    )
