"""Centry's catalogue for the gateway's index: products, variants and stock, which Centry gives in order of their ids alone."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from gateway.backends.centry import goods, wire
from gateway.backends.centry.client import CentryClient, Page, ScopeOf, Sent, last_id, written
from gateway.backends.centry.names import Names
from gateway.backends.centry.products import Products
from gateway.backends.centry.settings import CentrySettings
from gateway.backends.centry.stock import Stock
from gateway.backends.centry.variants import Variants
from gateway.catalogue.index import CatalogueIndex
from gateway.catalogue.records import CatalogueKind, StockRecord
from gateway.errors import BackendError
from gateway.mapping import instant
from gateway.models import ProductRecord, VariantRecord
from gateway.ports import CatalogueFeed, CataloguePage

W = TypeVar("W", wire.Product, wire.Variant, wire.VariantWarehouse)
Mapped = Sequence[ProductRecord | VariantRecord | StockRecord | BackendError]


@dataclass(frozen=True, kw_only=True)
class Feed(Generic[W]):
    """One of Centry's lists. `read` gives a page of it, `mapped` the records of a page, or why one cannot be read."""

    client: CentryClient
    scope_of: ScopeOf
    read: Callable[[Mapping[str, str], str | None], Awaitable[Page[W]]]
    mapped: Callable[[Sequence[Sent[W]]], Awaitable[Mapped]]
    untold: frozenset[str]
    interval: float
    form: str
    tells_changes: bool = True

    async def everything(self, after: str | None) -> AsyncIterator[CataloguePage]:
        """By id, to the empty page."""
        while sent := await self.read({}, after):
            after = last_id(sent)
            yield await self._page(sent, after)

    async def changed(self, since: datetime) -> AsyncIterator[CataloguePage]:
        """Mostly one call: the page's chapter "Filters" has `updated_at_gte` for every list."""
        filters, after = {"updated_at_gte": written(since)}, None
        while sent := await self.read(filters, after):
            after = last_id(sent)
            yield await self._page(sent, None)
            if len(sent) < self.client.largest_page:
                break

    async def _page(self, sent: Sequence[Sent[W]], after: str | None) -> CataloguePage:
        mapped = await self.mapped(sent)
        records = [one for one in mapped if not isinstance(one, BackendError)]
        times = (instant(one.record.updated_at, self.scope_of(one)) for one in sent)
        return CataloguePage(
            records=records,
            after=after,
            changed_at=max(filter(None, times), default=None),
            unreadable=len(mapped) - len(records),
        )


def feeds(
    client: CentryClient,
    settings: CentrySettings,
    scope_of: ScopeOf,
    index: CatalogueIndex,
    variants: Variants,
    stock: Stock,
    names: Names,
) -> Mapping[CatalogueKind, CatalogueFeed]:
    """Of everything that Centry has a list of. All products have the same few brands and categories: `names` keeps theirs."""
    products = Products(client, scope_of, index, names)

    async def mapped_variants(sent: Sequence[Sent[wire.Variant]]) -> Mapped:
        return [variants.mapped(one) for one in sent]

    async def mapped_stock(sent: Sequence[Sent[wire.VariantWarehouse]]) -> Mapped:
        return [stock.record(one) for one in sent]

    interval, form = settings.index_interval, f"{settings.currency}/{settings.timezone}"
    return {
        CatalogueKind.PRODUCT: Feed(
            client=client,
            scope_of=scope_of,
            read=client.products,
            mapped=products.mapped,
            untold=goods.PRODUCT.untold,
            interval=interval,
            form=form,
        ),
        CatalogueKind.VARIANT: Feed(
            client=client,
            scope_of=scope_of,
            read=client.variants,
            mapped=mapped_variants,
            untold=goods.VARIANT.untold,
            interval=interval,
            form=form,
        ),
        CatalogueKind.STOCK: Feed(
            client=client,
            scope_of=scope_of,
            read=client.variant_warehouses,
            mapped=mapped_stock,
            untold=goods.STOCK.untold,
            interval=interval,
            form=form,
        ),
    }
