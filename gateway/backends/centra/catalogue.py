"""Centra's catalogue for the gateway's index: what its events have told of products, sizes and stock."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any

from gateway.backends.centra.archive import PRODUCT_KINDS, VARIANT_KINDS, Archive, ById
from gateway.backends.centra.mapping.catalogue import PRODUCT, STOCK, VARIANT
from gateway.backends.centra.settings import CentraSettings
from gateway.catalogue.records import CatalogueKind
from gateway.errors import BackendError, Incomplete
from gateway.models import Backend
from gateway.ports import CatalogueFeed, CataloguePage
from gateway.readmodel.feed import Feed
from gateway.readmodel.store import Kind, ReadModel

Gaps = Callable[[], Awaitable[Sequence[Incomplete]]]


def feeds(
    settings: CentraSettings, read_model: ReadModel, archive: Archive, gaps: Gaps
) -> Mapping[CatalogueKind, CatalogueFeed]:
    """`gaps` tells what the last visit to the queue could not get at. Raises what has kept Centra from ever being read."""

    def feed(kinds: Collection[Kind], untold: frozenset[str], read: Callable[[Sequence[str]], Awaitable[ById[Any]]]) -> Feed:
        async def page(ids: Sequence[str]) -> CataloguePage:
            return _page(ids, await read(ids), await gaps())

        return Feed(
            read_model=read_model,
            backend=Backend.CENTRA,
            kinds=kinds,
            read=page,
            untold=untold,
            interval=settings.poll_interval,
            form=f"{settings.currency}/{settings.timezone}",
        )

    return {
        CatalogueKind.PRODUCT: feed(PRODUCT_KINDS, PRODUCT.untold, archive.products),
        CatalogueKind.VARIANT: feed(VARIANT_KINDS, VARIANT.untold, archive.variants),
        CatalogueKind.STOCK: feed((Kind.STOCK,), STOCK.untold, archive.stock_records),
    }


def _page(ids: Sequence[str], found: ById[Any], gaps: Sequence[Incomplete]) -> CataloguePage:
    good = {record_id: read for record_id, read in found.items() if not isinstance(read, BackendError)}
    records = [record for read in good.values() for record in (read if isinstance(read, list) else [read])]
    return CataloguePage(
        records=records,
        gone=[record_id for record_id in ids if record_id not in found],
        whole=ids,
        unreadable=len(found) - len(good),
        gap=gaps[0] if gaps else None,
    )
