"""Centry's products, read by id and SKU, with the names of their brands and categories."""

from asyncio import gather
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from gateway.backends.centry import goods, wire
from gateway.backends.centry.batch import each, every, sure
from gateway.backends.centry.client import CentryClient, ScopeOf, Sent, written
from gateway.backends.centry.names import Names
from gateway.catalogue.entries import Shelf
from gateway.catalogue.index import CatalogueIndex, Known
from gateway.catalogue.records import CatalogueKind
from gateway.errors import BackendError, DatabaseUnavailable
from gateway.mapping import text
from gateway.models import Backend, ProductRecord
from gateway.own import centry as own

SentProduct = Sent[wire.Product]
Named = own.Named | BackendError


class Products:
    """`scope_of` gives what the mapping of a record needs to know, `names` what brands and categories are called."""

    def __init__(
        self,
        client: CentryClient,
        scope_of: ScopeOf,
        catalogue: CatalogueIndex,
        names: Names,
    ) -> None:
        self._client = client
        self._scope_of = scope_of
        self._catalogue = catalogue
        self._names = names

    async def by_id(self, ids: Iterable[str]) -> Mapping[str, ProductRecord | BackendError]:
        """One call for each; one that does not exist is missing."""
        sent = await each(ids, self._client.product)
        read = {product_id: one for product_id, one in sent.items() if not isinstance(one, BackendError)}
        failed = {product_id: one for product_id, one in sent.items() if isinstance(one, BackendError)}
        return dict(zip(read, await self.mapped(list(read.values())), strict=True)) | failed

    async def by_sku(self, skus: Iterable[str]) -> Mapping[str, Sequence[ProductRecord] | BackendError]:
        """The page documents no filter by SKU: the gateway's index tells the ids, else all products are read."""
        asked = {sku: sku.strip() for sku in skus if sku.strip()}
        wanted = frozenset(asked.values())
        if not wanted:
            return {}
        fitting = await self._with_skus(wanted)
        found: dict[str, list[ProductRecord] | BackendError] = {}
        for one, product in zip(fitting, await self.mapped(fitting), strict=True):
            _add(found, self._sku(one) or "", product)
        return {sku: found[trimmed] for sku, trimmed in asked.items() if trimmed in found}

    async def _with_skus(self, wanted: frozenset[str]) -> list[SentProduct]:
        """One call for each product that the index knows, and one for those that may be too new for it."""
        known = await self._known(wanted)
        if known is None:
            return await self._out_of_all(wanted, {})
        ids = [product_id for key in known.by_key for product_id in known.by_key[key]]
        sent = await every(ids, self._client.product)
        found = [one for one in sent.values() if self._sku(one) in wanted]
        new = wanted - {self._sku(one) for one in found}
        return found + (await self._out_of_all(new, {"updated_at_gte": written(known.since)}) if new else [])

    async def _known(self, skus: frozenset[str]) -> Known | None:
        """Centry itself can be asked without the index, if at more cost."""
        try:
            return await self._catalogue.ids(Shelf(CatalogueKind.PRODUCT, Backend.CENTRY), skus)
        except DatabaseUnavailable:
            return None

    async def _out_of_all(self, wanted: frozenset[str | None], filters: Mapping[str, str]) -> list[SentProduct]:
        """Page by page, until every SKU was seen."""
        found: list[SentProduct] = []
        left = set(wanted)
        async for page in self._client.pages(lambda after: self._client.products(filters, after)):
            fitting = [one for one in page if self._sku(one) in wanted]
            found += fitting
            left -= {self._sku(one) for one in fitting}
            if not left:
                break
        return found

    def _sku(self, sent: SentProduct) -> str | None:
        return text(sent.record.sku, self._scope_of(sent))

    async def mapped(self, sent: Sequence[SentProduct]) -> list[ProductRecord | BackendError]:
        """Each product, or why one of its names could not be read."""
        brands, categories = await gather(
            self._names.of(own.Brand, (one.record.brand_id for one in sent)),
            self._names.of(own.Category, (one.record.category_id for one in sent)),
        )
        return [self._product(one, brands, categories) for one in sent]

    def _product(
        self,
        sent: SentProduct,
        brands: Mapping[str, own.Brand | BackendError],
        categories: Mapping[str, own.Category | BackendError],
    ) -> ProductRecord | BackendError:
        try:
            names = goods.Names(_name(brands, sent.record.brand_id), _name(categories, sent.record.category_id))
        except BackendError as error:
            return error
        return goods.PRODUCT(sent.record, replace(self._scope_of(sent), given=names))


def _name(names: Mapping[str, Named], value: object) -> str | None:
    """Raises what kept the name from being read; one that does not exist is null."""
    named = names.get(str(value).strip())
    return None if named is None else sure(named).name


def _add(found: dict[str, list[ProductRecord] | BackendError], sku: str, product: ProductRecord | BackendError) -> None:
    known = found.setdefault(sku, [])
    if isinstance(product, BackendError):
        found[sku] = product
    elif not isinstance(known, BackendError):
        known.append(product)
