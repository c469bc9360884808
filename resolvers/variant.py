"""Fields of variants and variant records that other records answer."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

import strawberry
from strawberry import UNSET

from gateway import ids
from gateway.entities import Page, Product, SourceReport, StockLevel, Variant, Warehouse
from gateway.errors import GatewayError
from gateway.models import Backend, Image, ProductRecord, SourceState, StockReading, VariantRecord
from gateway.ports import ImageSource, OrderSource, ProductSource, StockSource, VariantSource
from resolvers.arguments import After, First, given
from resolvers.context import Context, Info
from resolvers.image import together
from resolvers.inputs import warehouse_codes
from resolvers.pages import page_of
from resolvers.sources import report
from resolvers.standings import Standing, needing

_TOLD_OF = (SourceState.OK, SourceState.STALE, SourceState.PARTIAL)


def id(root: Variant) -> str:  # noqa: A001  # the field's name
    if root.sku is not None:
        return ids.encode("Variant", None, root.sku)
    return ids.encode("Variant", root.records[0].backend, root.records[0].backend_id)


def product_record_id(root: VariantRecord) -> str | None:
    return None if root.product_backend_id is None else ids.encode("ProductRecord", root.backend, root.product_backend_id)


async def product(root: Variant, info: Info) -> Product | None:
    """The product of the first record that names one."""
    loaders = info.context.loaders
    for record in root.records:
        if record.product_backend_id is None or not info.context.sources.registry.find(record.backend, ProductSource):
            continue
        found: ProductRecord | None = await loaders.product_record_by_id.load((record.backend, record.product_backend_id))
        if found is not None and found.sku:
            merged: Product | None = await loaders.product_by_sku.load(found.sku)
            return merged
        if found is not None:
            fresh = await info.context.sources.freshness([found.backend], ProductSource)
            return Product(sku=None, records=[found], sources=[report(found.backend, [found], fresh.get(found.backend))])
    return None


async def images(root: Variant, info: Info) -> list[Image]:
    registry, loaders = info.context.sources.registry, info.context.loaders
    records = (record for record in root.records if registry.find(record.backend, ImageSource))
    return await together(((record.backend, loaders.images_by_variant.load(record)) for record in records), info)


async def stock(
    root: Variant,
    info: Info,
    first: First = 50,
    after: After = UNSET,
    backends: Annotated[list[Backend] | None, strawberry.argument(description="Only these backends' readings.")] = UNSET,
    warehouse_ids: Annotated[list[strawberry.ID] | None, strawberry.argument(description="Only in these warehouses.")] = UNSET,
) -> Page[StockLevel]:
    wanted = warehouse_codes(given(warehouse_ids))
    levels, reports = await _levels(root, info.context, given(backends))
    chosen = [level for level in levels if wanted is None or level.warehouse.code in wanted]
    bound = info.context.cursors.bind("Variant.stock", id(root), given(backends), None if wanted is None else sorted(wanted))
    return page_of(
        chosen,
        _key,
        first=first,
        after=given(after),
        cursors=info.context.cursors,
        bound=bound,
        sources=reports,
        backends_of=lambda level: (level.backend,),
    )


async def available(root: Variant, info: Info) -> Decimal | None:
    """For each warehouse the reading of the most preferred backend; null if one of those could not be read."""
    levels, reports = await _levels(root, info.context, None)
    failed = {source.backend for source in reports if source.state is SourceState.FAILED}
    total: Decimal | None = None
    for place in _places(levels, (await info.context.loaders.warehouses()).by_code):
        reading = place.preferred(info.context.stock_preference, failed)
        if isinstance(reading, Unreadable):
            return None
        if reading is not None:
            total = (total or Decimal(0)) + reading
    return total


class Unreadable:
    """Instead of a reading: the backend that is preferred for it could not be read."""


@dataclass(frozen=True, slots=True)
class _Place:
    """One warehouse's readings of one variant."""

    warehouse: Warehouse
    levels: Sequence[StockLevel]

    def preferred(self, order: Iterable[Backend], failed: set[Backend]) -> Decimal | Unreadable | None:
        keepers = {record.backend for record in self.warehouse.records}
        keepers |= {source.backend for source in self.warehouse.sources if source.state is SourceState.FAILED}
        for name in order:
            if name in failed & keepers:
                return Unreadable()
            known = [level.available for level in self.levels if level.backend is name and level.available is not None]
            if known:
                return sum(known, Decimal(0))
        return None


def _places(levels: Iterable[StockLevel], warehouses: Mapping[str, Warehouse]) -> list[_Place]:
    """Every warehouse, also where no reading came from: the backend that keeps it may be the one that failed."""
    by_code: dict[str, list[StockLevel]] = {}
    for level in levels:
        by_code.setdefault(level.warehouse.code, []).append(level)
    known = {**warehouses, **{code: mine[0].warehouse for code, mine in by_code.items()}}
    return [_Place(warehouse, by_code.get(code, ())) for code, warehouse in known.items()]


async def _levels(
    variant: Variant, context: Context, backends: Sequence[Backend] | None
) -> tuple[list[StockLevel], list[SourceReport]]:
    """Each backend's readings of the variant, and how each took part: one that could not give the variant gives no stock.

    Of a variant that is an older copy, or is known in part, it is no better known what there is of it.
    """
    names = context.sources.names(backends)
    told = {source.backend: source for source in variant.sources}
    failures = {name: source.failure for name, source in told.items() if source.state not in _TOLD_OF}
    answers = await asyncio.gather(*(_readings(name, variant, failures.get(name), context) for name in names))
    # Readings are as old as the variants that they were asked for, which orders may have brought along.
    fresh = await context.sources.freshness(names, StockSource, VariantSource, OrderSource)
    levels = [
        await _level(reading, variant, context)
        for answer in answers
        if not isinstance(answer, GatewayError)
        for reading in answer
    ]
    known = {name: needing(Standing(name, fresh=fresh.get(name)), told.get(name)) for name in names}
    return levels, [known[name].report(answer) for name, answer in zip(names, answers, strict=True)]


async def _readings(
    name: Backend, variant: Variant, error: GatewayError | None, context: Context
) -> Sequence[StockReading] | GatewayError:
    if error is not None:
        return error
    try:
        context.sources.registry.require(name, StockSource)
        mine = [record for record in variant.records if record.backend is name]
        found: list[list[StockReading]] = await context.loaders.stock_by_variant_record.load_many(mine)
    except GatewayError as failure:
        return failure
    return [reading for readings in found for reading in readings]


async def _level(reading: StockReading, variant: Variant, context: Context) -> StockLevel:
    return StockLevel(
        backend=reading.backend,
        variant=variant,
        warehouse=await context.loaders.warehouse_of(reading.warehouse),
        as_of=reading.as_of,
        available=reading.available,
        on_hand=reading.on_hand,
        incoming=reading.incoming,
        incoming_on=reading.incoming_on,
    )


def _key(level: StockLevel) -> tuple[str, ...]:
    return level.variant.sku or "", level.warehouse.code, level.backend
