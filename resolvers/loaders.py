"""Loaders: each answers one question for many keys in one batch per backend, and is named by that question.

They live as long as one operation. Answers are matched by key, never by position; an error is the answer of those keys alone
that it concerns.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from aiodataloader import DataLoader

from gateway.catalogue.index import CatalogueIndex, Place
from gateway.catalogue.records import CatalogueKind
from gateway.entities import Product, SourceReport, Variant, Warehouse
from gateway.errors import GatewayError
from gateway.links.words import Words
from gateway.models import Backend, Order, ProductRecord, SourceState, VariantRecord, WarehouseRecord
from gateway.own.lists import Path
from gateway.ports import (
    AcknowledgementSource,
    AddressSource,
    CentryReads,
    DocumentSource,
    Freshness,
    ImageSource,
    LabelSource,
    NoteSource,
    OrderSource,
    PackSource,
    ProductSource,
    ShipmentSource,
    StockSource,
    VariantSource,
    WarehouseSource,
)
from gateway.warehouses import WarehouseNames
from resolvers.sources import Fetched, Sources, report
from resolvers.standings import Standings, standings, together

K = TypeVar("K")
V = TypeVar("V")
F = TypeVar("F", bound=Fetched)
RecordKey = tuple[Backend, str]
"""A backend, and its id of a record."""
ByKey = Mapping[str, V | GatewayError]


@dataclass(frozen=True, slots=True)
class VariantKey:
    """What names a variant: its SKU, else one backend's record of it. `known` is that record, where it is at hand."""

    sku: str | None
    record: RecordKey | None = None
    known: VariantRecord | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class WarehouseList:
    """All warehouses, by their codes (in their order) and by their records, and how each backend took part."""

    by_code: Mapping[str, Warehouse]
    by_record: Mapping[RecordKey, Warehouse]
    reports: Sequence[SourceReport]


class Loaders:
    """The loaders of one operation. Built inside the running event loop."""

    def __init__(
        self,
        sources: Sources,
        catalogue: CatalogueIndex,
        warehouse_names: WarehouseNames,
        link_words: Words,
    ) -> None:
        self._sources = sources
        self._catalogue = catalogue
        self._link_words = link_words
        self._standings: dict[CatalogueKind, asyncio.Task[Standings]] = {}
        self._warehouse_names = warehouse_names
        self._warehouses: asyncio.Task[WarehouseList] | None = None
        self.order_by_id = DataLoader(self._orders_by_id)
        self.shipment_by_id = DataLoader(self._shipments_by_id)
        self.shipments_by_order = DataLoader(self._shipments_by_order, get_cache_key=_identity)
        self.acknowledged_by_order = DataLoader(self._acknowledged_by_order, get_cache_key=_identity)
        self.notes_by_order = DataLoader(self._notes_by_order, get_cache_key=_identity)
        self.documents_by_order = DataLoader(self._documents_by_order, get_cache_key=_identity)
        self.labels_by_order = DataLoader(self._labels_by_order, get_cache_key=_identity)
        self.images_by_product = DataLoader(self._images_by_product, get_cache_key=_identity)
        self.images_by_variant = DataLoader(self._images_by_variant, get_cache_key=_identity)
        self.orders_by_number = DataLoader(self._orders_by_number)
        self.orders_by_pack = DataLoader(self._orders_by_pack, get_cache_key=_identity)
        self.link_words_by_order = DataLoader(self._link_words_by_order)
        self.variant_by_key = DataLoader(self._variants_by_key)
        self.product_by_sku = DataLoader(self._products_by_sku)
        self.product_record_by_id = DataLoader(self._product_records_by_id)
        self.variant_record_by_id = DataLoader(self._variant_records_by_id)
        self.warehouse_record_by_id = DataLoader(self._warehouse_records_by_id)
        self.entity_by_place = {
            kind: DataLoader(partial(self._entities_by_place, kind)) for kind in (CatalogueKind.PRODUCT, CatalogueKind.VARIANT)
        }
        self.variant_places_by_product = DataLoader(self._variant_places_by_product)
        self.stock_by_variant_record = DataLoader(self._stock_by_variant_record, get_cache_key=_identity)
        self.address_by_warehouse = DataLoader(self._addresses_by_warehouse, get_cache_key=_identity)
        self.centry_record = DataLoader(self._centry_records)

    async def _orders_by_id(self, keys: Sequence[RecordKey]) -> list[Any]:
        return await self._by_record(keys, OrderSource, lambda port, ids: port.orders_by_id(ids))

    async def _shipments_by_id(self, keys: Sequence[RecordKey]) -> list[Any]:
        return await self._by_record(keys, ShipmentSource, lambda port, ids: port.shipments_by_id(ids))

    async def _product_records_by_id(self, keys: Sequence[RecordKey]) -> list[Any]:
        return await self._by_record(keys, ProductSource, lambda port, ids: port.products_by_id(ids))

    async def _variant_records_by_id(self, keys: Sequence[RecordKey]) -> list[Any]:
        return await self._by_record(keys, VariantSource, lambda port, ids: port.variants_by_id(ids))

    async def _warehouse_records_by_id(self, keys: Sequence[RecordKey]) -> list[Any]:
        return await self._by_record(keys, WarehouseSource, lambda port, ids: port.warehouses_by_id(ids))

    async def _orders_by_number(self, keys: Sequence[tuple[Backend, str]]) -> list[Any]:
        """Orders of a backend that go by a number; none: an empty list."""
        found = await self._by_record(keys, OrderSource, lambda port, numbers: port.orders_by_number(numbers))
        return [[] if orders is None else orders for orders in found]

    async def _orders_by_pack(self, orders: Sequence[Order]) -> list[Any]:
        """The other orders of the pack of each."""
        found = await self._by_owner(orders, PackSource, lambda port, mine: port.orders_by_pack(mine))
        return [[] if siblings is None else siblings for siblings in found]

    async def _link_words_by_order(self, keys: Sequence[RecordKey]) -> list[Any]:
        """What people said of each order and others."""
        found = await self._link_words.about(keys)
        return [found.get(key, []) for key in keys]

    async def _shipments_by_order(self, orders: Sequence[Order]) -> list[Any]:
        found = await self._by_owner(orders, ShipmentSource, lambda port, mine: port.shipments_by_order(mine))
        return [[] if shipments is None else shipments for shipments in found]

    async def _acknowledged_by_order(self, orders: Sequence[Order]) -> list[Any]:
        return await self._by_owner(orders, AcknowledgementSource, lambda port, mine: port.acknowledged_by_order(mine))

    async def _notes_by_order(self, orders: Sequence[Order]) -> list[Any]:
        return await self._by_owner(orders, NoteSource, lambda port, mine: port.notes_by_order(mine))

    async def _documents_by_order(self, orders: Sequence[Order]) -> list[Any]:
        return await self._by_owner(orders, DocumentSource, lambda port, mine: port.documents_by_order(mine))

    async def _labels_by_order(self, orders: Sequence[Order]) -> list[Any]:
        return await self._by_owner(orders, LabelSource, lambda port, mine: port.labels_by_order(mine))

    async def _images_by_product(self, records: Sequence[ProductRecord]) -> list[Any]:
        return await self._by_owner(records, ImageSource, lambda port, mine: port.images_by_product(mine))

    async def _images_by_variant(self, records: Sequence[VariantRecord]) -> list[Any]:
        return await self._by_owner(records, ImageSource, lambda port, mine: port.images_by_variant(mine))

    async def _stock_by_variant_record(self, records: Sequence[VariantRecord]) -> list[Any]:
        found = await self._by_owner(records, StockSource, lambda port, mine: port.stock_by_variant(mine))
        return [[] if readings is None else readings for readings in found]

    async def _addresses_by_warehouse(self, records: Sequence[WarehouseRecord]) -> list[Any]:
        return await self._by_owner(records, AddressSource, lambda port, mine: port.addresses_by_warehouse(mine))

    async def _centry_records(self, keys: Sequence[tuple[type[Any], Path]]) -> list[Any]:
        """What Centry alone has, one batch for each type."""
        kinds = list(dict.fromkeys(kind for kind, _ in keys))

        async def ask(kind: type[Any]) -> Mapping[Path, Any] | GatewayError:
            paths = [path for of, path in keys if of is kind]
            return await self._sources.try_ask(Backend.CENTRY, CentryReads, lambda port: port.centry_records(kind, paths))

        answers = dict(zip(kinds, await asyncio.gather(*map(ask, kinds)), strict=True))
        return [_part_or_none(answers[kind], path) for kind, path in keys]

    async def _variants_by_key(self, keys: Sequence[VariantKey]) -> list[Variant | None]:
        """The merged variant of each key; None where every backend was asked and none knows it."""
        given = await self._given_records(keys)
        skus = {sku: _known(records) for sku, records in _by_sku(keys, given).items()}
        merged = await self._merged(skus, VariantSource, lambda port, wanted: port.variants_by_sku(wanted))
        fresh = await self._sources.freshness(self._sources.names(), VariantSource, OrderSource)
        return [_variant(key, given.get(key), merged, fresh) for key in keys]

    async def _given_records(self, keys: Sequence[VariantKey]) -> dict[VariantKey, VariantRecord | GatewayError | None]:
        """The record that a key names or brings along; read first where the key has no SKU."""
        unread = [key for key in keys if key.known is None and key.sku is None and key.record is not None]
        refs = [key.record for key in unread if key.record is not None]
        read = await self._by_record(refs, VariantSource, lambda port, ids: port.variants_by_id(ids))
        return {key: key.known for key in keys if key.known is not None} | dict(zip(unread, read, strict=True))

    async def _products_by_sku(self, skus: Sequence[str]) -> list[Product | None]:
        merged = await self._merged({sku: {} for sku in skus}, ProductSource, lambda port, wanted: port.products_by_sku(wanted))
        return [_product(sku, *merged[sku]) for sku in skus]

    async def _merged(
        self,
        skus: Mapping[str, Mapping[Backend, list[F]]],
        port: type[Any],
        question: Callable[[Any, list[str]], Awaitable[ByKey[Sequence[F]]]],
    ) -> dict[str, tuple[list[F], list[SourceReport]]]:
        """For each SKU the records of all backends. Those that are known already are not asked for again."""
        names = self._sources.names()
        answers = dict(zip(names, await asyncio.gather(*(self._of_skus(n, skus, port, question) for n in names)), strict=True))
        fresh = await self._sources.freshness(names, port)
        brought = await self._sources.freshness(names, port, OrderSource)  # what is known already, orders brought along
        merged = {}
        for sku, known in skus.items():
            parts = {name: _part(answers[name], sku) for name in names}
            records = [record for part in parts.values() if not isinstance(part, GatewayError) for record in part]
            current = {name: (brought if name in known else fresh).get(name) for name in names}
            merged[sku] = records, [report(name, part, current[name]) for name, part in parts.items()]
        return merged

    async def _of_skus(
        self,
        name: Backend,
        skus: Mapping[str, Mapping[Backend, list[F]]],
        port: type[Any],
        question: Callable[[Any, list[str]], Awaitable[ByKey[Sequence[F]]]],
    ) -> ByKey[Sequence[F]]:
        """An error concerns the SKUs that were asked for; records that are at hand stay."""
        known = {sku: records[name] for sku, records in skus.items() if name in records}
        wanted = [sku for sku in skus if sku not in known]
        if not wanted:
            return known
        answer = await self._sources.try_ask(name, port, lambda source: question(source, wanted))
        return {**(dict.fromkeys(wanted, answer) if isinstance(answer, GatewayError) else answer), **known}

    async def standings(self, kind: CatalogueKind) -> Standings:
        """How far each backend can take part in a list out of the index."""
        if kind not in self._standings:
            self._standings[kind] = asyncio.ensure_future(standings(self._sources, self._catalogue, kind))
        return await asyncio.shield(self._standings[kind])

    async def stock_standings(self) -> Standings:
        """The same for stock, which needs the variants that it is of too."""
        stock, variants = await asyncio.gather(*map(self.standings, (CatalogueKind.STOCK, CatalogueKind.VARIANT)))
        return {name: together(stock[name], variants[name]) for name in stock}

    async def _entities_by_place(self, kind: CatalogueKind, places: Sequence[Place]) -> list[Any]:
        """What all backends hold at a place of the index; None where nothing is left there."""
        known = await self.standings(kind)
        records = await self._catalogue.records(kind, places)
        return [_entity(kind, place, records[place], known) for place in places]

    async def _variant_places_by_product(self, keys: Sequence[RecordKey]) -> list[list[Place]]:
        """Where a product record's variants stand in the index."""
        found = await self._catalogue.children(CatalogueKind.VARIANT, keys)
        return [found.get(key, []) for key in keys]

    async def warehouses(self) -> "WarehouseList":
        """Every warehouse of every backend, merged."""
        if self._warehouses is None:
            self._warehouses = asyncio.ensure_future(self._read_warehouses())
        return await asyncio.shield(self._warehouses)

    async def warehouse_of(self, record: WarehouseRecord) -> Warehouse:
        """The warehouse that a record belongs to; of this record alone, if its backend's list cannot be read now."""
        code = self._warehouse_names.key_of(record)
        known = (await self.warehouses()).by_code.get(code)
        fresh = await self._sources.freshness([record.backend], WarehouseSource, StockSource)
        alone = report(record.backend, [record], fresh.get(record.backend))
        return known or Warehouse(code=code, records=[record], sources=[alone])

    async def warehouse_by_backend_id(self, backend: Backend, backend_id: str) -> Warehouse | None:
        """The warehouse that a backend knows by this id. Raises the error that kept the backend from telling."""
        known = (await self.warehouses()).by_record.get((backend, backend_id))
        if known is not None:
            return known
        record: WarehouseRecord | None = await self.warehouse_record_by_id.load((backend, backend_id))
        return await self.warehouse_of(record) if record else None

    async def _read_warehouses(self) -> "WarehouseList":
        names = self._sources.names()
        answers = await asyncio.gather(
            *(self._sources.try_ask(name, WarehouseSource, lambda port: port.warehouses()) for name in names)
        )
        fresh = await self._sources.freshness(names, WarehouseSource)
        return self._merge_warehouses(dict(zip(names, answers, strict=True)), fresh)

    def _merge_warehouses(
        self, answers: Mapping[Backend, Sequence[WarehouseRecord] | GatewayError], fresh: Mapping[Backend, Freshness]
    ) -> "WarehouseList":
        by_code: dict[str, list[WarehouseRecord]] = {}
        for answer in answers.values():
            for record in () if isinstance(answer, GatewayError) else answer:
                by_code.setdefault(self._warehouse_names.key_of(record), []).append(record)

        def reports(records: Sequence[WarehouseRecord]) -> list[SourceReport]:
            return [
                report(name, answer if isinstance(answer, GatewayError) else _of(name, records), fresh.get(name))
                for name, answer in answers.items()
            ]

        merged = [Warehouse(code=code, records=parts, sources=reports(parts)) for code, parts in sorted(by_code.items())]
        return WarehouseList(
            by_code={warehouse.code: warehouse for warehouse in merged},
            by_record={(part.backend, part.backend_id): warehouse for warehouse in merged for part in warehouse.records},
            reports=reports([part for warehouse in merged for part in warehouse.records]),
        )

    async def _by_record(
        self, keys: Sequence[tuple[Backend, str]], port: type[Any], question: Callable[[Any, list[str]], Awaitable[ByKey[Any]]]
    ) -> list[Any]:
        """For each key what its backend answered: a value, an error, or None where it knows no such key."""
        by_backend: dict[Backend, list[str]] = {}
        for backend, key in keys:
            by_backend.setdefault(backend, []).append(key)
        answers = await self._ask_each(by_backend, port, question)
        return [_part_or_none(answers[backend], key) for backend, key in keys]

    async def _by_owner(
        self,
        owners: Sequence[Any],
        port: type[Any],
        question: Callable[[Any, list[Any]], Awaitable[ByKey[Any]]],
    ) -> list[Any]:
        """The same for questions about records at hand, asked of their own backends."""
        by_backend: dict[Backend, list[Any]] = {}
        for owner in owners:
            by_backend.setdefault(owner.backend, []).append(owner)
        answers = await self._ask_each(by_backend, port, question)
        return [_part_or_none(answers[owner.backend], owner.backend_id) for owner in owners]

    async def _ask_each(
        self,
        batches: Mapping[Backend, list[Any]],
        port: type[Any],
        question: Callable[[Any, list[Any]], Awaitable[ByKey[Any]]],
    ) -> dict[Backend, ByKey[Any] | GatewayError]:
        async def ask(name: Backend, batch: list[Any]) -> ByKey[Any] | GatewayError:
            return await self._sources.try_ask(name, port, lambda source: question(source, batch))

        answers = await asyncio.gather(*(ask(name, batch) for name, batch in batches.items()))
        return dict(zip(batches, answers, strict=True))


def _of(name: Backend, records: Iterable[WarehouseRecord]) -> list[WarehouseRecord]:
    return [record for record in records if record.backend is name]


def _identity(record: Any) -> Any:
    return record.backend, record.backend_id


def _part_or_none(answer: Mapping[K, V | GatewayError] | GatewayError, key: K) -> V | GatewayError | None:
    return answer if isinstance(answer, GatewayError) else answer.get(key)


def _part(answer: ByKey[Sequence[V]] | GatewayError, key: str) -> Sequence[V] | GatewayError:
    part = _part_or_none(answer, key)
    return () if part is None else part


def _by_sku(
    keys: Iterable[VariantKey], given: Mapping[VariantKey, VariantRecord | GatewayError | None]
) -> dict[str, list[VariantRecord]]:
    """The SKUs to merge by, each with the records of it that are at hand."""
    found: dict[str, list[VariantRecord]] = {}
    for key in keys:
        record = given.get(key)
        sku = key.sku or (record.sku if isinstance(record, VariantRecord) else None)
        if sku:
            records = found.setdefault(sku, [])
            if isinstance(record, VariantRecord) and record.sku == sku and record not in records:
                records.append(record)
    return found


def _known(records: Iterable[VariantRecord]) -> dict[Backend, list[VariantRecord]]:
    known: dict[Backend, list[VariantRecord]] = {}
    for record in records:
        known.setdefault(record.backend, []).append(record)
    return known


def _variant(
    key: VariantKey,
    given: VariantRecord | GatewayError | None,
    merged: Mapping[str, tuple[list[VariantRecord], list[SourceReport]]],
    fresh: Mapping[Backend, Freshness],
) -> Any:
    if isinstance(given, GatewayError):
        return given
    sku = key.sku or (given.sku if given else None)
    if sku:
        records, reports = merged[sku]
        return Variant(sku=sku, records=records, sources=reports) if records or _unsure(reports) else None
    if given is None:
        return None
    return Variant(sku=None, records=[given], sources=[report(given.backend, [given], fresh.get(given.backend))])


def _entity(
    kind: CatalogueKind, place: Place, held: Sequence[VariantRecord | ProductRecord], known: Standings
) -> Product | Variant | None:
    """Backends that are no longer configured have no part in it."""
    records: list[Any] = [record for record in held if known[record.backend].error is None]
    if not records:
        return None
    reports = [standing.report([r for r in records if r.backend is name]) for name, standing in known.items()]
    sku = None if place.keyless else place.key
    entity = Product if kind is CatalogueKind.PRODUCT else Variant
    return entity(sku=sku, records=records, sources=reports)


def _product(sku: str, records: list[ProductRecord], reports: list[SourceReport]) -> Product | None:
    return Product(sku=sku, records=records, sources=reports) if records or _unsure(reports) else None


def _unsure(reports: Iterable[SourceReport]) -> bool:
    """Whether a backend that could not be asked may know what the others do not."""
    return any(source.state is SourceState.FAILED for source in reports)
