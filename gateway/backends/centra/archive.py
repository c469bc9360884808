"""The archive: Centra's records in the read model, as the gateway's models. What cannot be read is its error."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TypeAlias, TypeVar

from gateway.backends.centra.copies import Copy, Reader, order_copy, shipment_copy, stocked_warehouses
from gateway.backends.centra.settings import CentraSettings
from gateway.catalogue.records import StockRecord
from gateway.errors import BackendError
from gateway.models import Backend, Order, ProductRecord, SalesChannel, Shipment, StockReading, VariantRecord, WarehouseRecord
from gateway.readmodel.store import Key, Kind, ReadModel, StoredRecord

T = TypeVar("T")
V = TypeVar("V")
C = TypeVar("C", bound=Copy)
Stored: TypeAlias = Sequence[StoredRecord]
ById: TypeAlias = dict[str, T | BackendError]

VARIANT_KINDS = (Kind.STOCK, Kind.MENTIONED_VARIANT, Kind.VARIANT)
PRODUCT_KINDS = (Kind.MENTIONED_PRODUCT, Kind.PRODUCT)
_WAREHOUSE = (Kind.MENTIONED_WAREHOUSE, Kind.WAREHOUSE)
_CHANNEL = (Kind.MENTIONED_CHANNEL, Kind.CHANNEL)
"""The kinds of which a record is put together: what a later one says goes before what an earlier one says."""


class Archive:
    """Answers by ids and keys with what the read model has, put together from its parts."""

    def __init__(self, settings: CentraSettings, read_model: ReadModel) -> None:
        self._read_model = read_model
        self._reader = Reader(settings)

    async def orders(self, stored: Stored) -> ById[Order]:
        return await self._read(stored, order_copy, self._reader.order)

    async def shipments(self, stored: Stored) -> ById[Shipment]:
        return await self._read(stored, shipment_copy, self._reader.shipment)

    async def variants(self, ids: Collection[str]) -> ById[VariantRecord]:
        return await self._put_together(VARIANT_KINDS, ids, self._reader.variant)

    async def variants_of_skus(self, skus: Sequence[str]) -> dict[str, list[VariantRecord]]:
        ids = await self._ids((Kind.VARIANT, Kind.MENTIONED_VARIANT), skus)
        return _by_sku(skus, _readable(await self.variants(ids)), lambda variant: variant.sku)

    async def products(self, ids: Collection[str]) -> ById[ProductRecord]:
        return await self._put_together(PRODUCT_KINDS, ids, self._reader.product)

    async def products_of_skus(self, skus: Sequence[str]) -> dict[str, list[ProductRecord]]:
        ids = await self._ids((Kind.PRODUCT, Kind.MENTIONED_PRODUCT), skus)
        return _by_sku(skus, _readable(await self.products(ids)), lambda product: product.sku)

    async def warehouses(self, ids: Collection[str]) -> ById[WarehouseRecord]:
        return await self._put_together(_WAREHOUSE, ids, self._reader.warehouse)

    async def every_warehouse(self) -> list[WarehouseRecord]:
        return _readable(await self._every(_WAREHOUSE, self._reader.warehouse))

    async def every_channel(self) -> list[SalesChannel]:
        return _readable(await self._every(_CHANNEL, self._reader.channel))

    async def stock(self, skus: Mapping[str, str | None]) -> ById[list[StockReading]]:
        """By variant id, as `skus` are. Those that no stock event told of are missing."""
        return await self._stock(skus, lambda each, known: self._reader.stock(each, skus[each.record_id], known))

    async def stock_records(self, variant_ids: Collection[str]) -> ById[list[StockRecord]]:
        """The same as rows, for the index of the catalogue."""
        return await self._stock(variant_ids, self._reader.stock_records)

    async def _stock(
        self, variant_ids: Collection[str], read: Callable[[StoredRecord, Mapping[str, WarehouseRecord]], T]
    ) -> ById[T]:
        stored = await self._read_model.by_id(Backend.CENTRA, Kind.STOCK, variant_ids)
        known = await self.warehouses(stocked_warehouses(stored.values()))
        good = {record_id: found for record_id, found in known.items() if not isinstance(found, BackendError)}
        return await asyncio.to_thread(_each, stored.values(), lambda each: read(each, good))

    async def _read(
        self, stored: Stored, decode: Callable[[StoredRecord], C], make: Callable[[C, Mapping[str, str]], T]
    ) -> ById[T]:
        """In a thread: a page of 250 orders takes tens of milliseconds."""
        copies = await asyncio.to_thread(_each, stored, decode)
        good = _readable(copies)
        skus = await self._skus({variant for copy in good for variant in copy.variants_without_sku})
        failed: ById[T] = {record_id: error for record_id, error in copies.items() if isinstance(error, BackendError)}
        return failed | await asyncio.to_thread(_each_copy, good, lambda copy: make(copy, skus))

    async def _skus(self, variant_ids: Collection[str]) -> dict[str, str]:
        """SKUs as the catalogue has them, of variants that other records tell in part only."""
        known = _readable(await self.variants(variant_ids)) if variant_ids else []
        return {variant.backend_id: variant.sku for variant in known if variant.sku}

    async def _ids(self, kinds: Sequence[Kind], skus: Sequence[str]) -> set[str]:
        """Of the records that go by one of the SKUs in any of their parts."""
        wanted = [sku.strip() for sku in skus]
        found = [await self._read_model.by_key(Backend.CENTRA, kind, Key.SKU, wanted) for kind in kinds]
        return {record.record_id for by_sku in found for records in by_sku.values() for record in records}

    async def _put_together(self, kinds: Sequence[Kind], ids: Collection[str], make: Callable[[Stored], T]) -> ById[T]:
        found = [await self._read_model.by_id(Backend.CENTRA, kind, ids) for kind in kinds]
        parts = [record for by_id in found for record in by_id.values()]
        return await asyncio.to_thread(_grouped, parts, make)

    async def _every(self, kinds: Sequence[Kind], make: Callable[[Stored], T]) -> ById[T]:
        found = [await self._read_model.every(Backend.CENTRA, kind) for kind in kinds]
        parts = [record for records in found for record in records]
        return await asyncio.to_thread(_grouped, parts, make)


def _grouped(parts: Iterable[StoredRecord], make: Callable[[Stored], T]) -> ById[T]:
    by_id: dict[str, list[StoredRecord]] = {}
    for part in parts:
        by_id.setdefault(part.record_id, []).append(part)
    return {record_id: _or_error(make, together) for record_id, together in by_id.items()}


def _each(stored: Iterable[StoredRecord], read: Callable[[StoredRecord], T]) -> ById[T]:
    return {record.record_id: _or_error(read, record) for record in stored}


def _each_copy(copies: Iterable[C], make: Callable[[C], T]) -> ById[T]:
    return {copy.stored.record_id: _or_error(make, copy) for copy in copies}


def _or_error(make: Callable[[V], T], value: V) -> T | BackendError:
    try:
        return make(value)
    except BackendError as error:
        return error


def _readable(read: Mapping[str, T | BackendError]) -> list[T]:
    return [record for record in read.values() if not isinstance(record, BackendError)]


def _by_sku(skus: Sequence[str], records: Sequence[T], sku_of: Callable[[T], str | None]) -> dict[str, list[T]]:
    """A part may go by an incomplete SKU: what counts is the SKU of the whole."""
    found: dict[str | None, list[T]] = {}
    for record in records:
        found.setdefault(sku_of(record), []).append(record)
    return {sku: found[sku.strip()] for sku in skus if sku.strip() in found}
