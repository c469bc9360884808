"""Stock of Cenports: the warehouses, the variants in them, and how much there is of each."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from gateway.backends.cenports import wire
from gateway.backends.cenports.client import CenportsClient, rows_of
from gateway.backends.cenports.mapping import scope_of
from gateway.backends.cenports.mapping.identity import first, joined
from gateway.backends.cenports.mapping.stock import VARIANT, WAREHOUSE, StockGiven, reading
from gateway.backends.cenports.settings import CenportsSettings
from gateway.catalogue.records import StockRecord, row_of
from gateway.models import StockReading, VariantRecord, WarehouseRecord

Row: TypeAlias = wire.Sent[wire.InventoryRow]


@dataclass(frozen=True, slots=True)
class _Shelf:
    """What one kind of stock says of one warehouse: its rows by SKU. Of several rows of one SKU the first counts."""

    warehouse: WarehouseRecord
    rows: dict[str, Row] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Held:
    """A warehouse, and the SKUs that it tells of."""

    warehouse: WarehouseRecord
    skus: frozenset[str]


_Kinds: TypeAlias = tuple[_Shelf | None, _Shelf | None]
"""Actual and available stock of one warehouse."""


class Stock:
    """Each method reads the kinds of stock that it needs once and whole; a kind that fails fails the answer."""

    def __init__(self, client: CenportsClient, settings: CenportsSettings) -> None:
        self._client = client
        self._settings = settings

    async def warehouses(self) -> list[WarehouseRecord]:
        """Those that actual stock is told of."""
        return [WAREHOUSE(sent.record, scope_of(self._settings, sent)) for sent in await self._client.actual_stock()]

    async def held(self) -> list[Held]:
        """What actual stock is told of."""
        shelves = await self._shelves(await self._client.actual_stock())
        return [Held(shelf.warehouse, frozenset(shelf.rows)) for shelf in shelves.values()]

    async def variants(self, skus: Iterable[str] | None = None) -> dict[str, VariantRecord]:
        """By SKU, as actual stock tells of them. Where warehouses differ, the one with the first code speaks."""
        shelves = await self._shelves(await self._client.actual_stock())
        rows: dict[str, Row] = {}
        for code in sorted(shelves, reverse=True):
            rows.update(shelves[code].rows)
        wanted = rows.keys() if skus is None else rows.keys() & set(skus)
        return {sku: VARIANT(rows[sku].record, scope_of(self._settings, rows[sku])) for sku in wanted}

    async def every_variant(self) -> list[VariantRecord]:
        """In no order."""
        return list((await self.variants()).values())

    async def readings(self, skus: Iterable[str]) -> dict[str, list[StockReading]]:
        """By SKU, one for each warehouse that tells of it."""
        places = await self._places()
        return {sku: [found for pair in places if (found := self._reading(sku, *pair))] for sku in skus}

    async def every_record(self) -> list[StockRecord]:
        """All readings, in no order, as rows."""
        places = await self._places()
        return await asyncio.to_thread(self._records, places)

    def _records(self, places: Iterable[_Kinds]) -> list[StockRecord]:
        found: list[StockRecord] = []
        for pair in places:
            skus = {sku for shelf in pair if shelf for sku in shelf.rows}
            readings = (reading for sku in skus if (reading := self._reading(sku, *pair)))
            found += (row_of(reading, joined(reading.sku), reading.as_of) for reading in readings)
        return found

    async def _places(self) -> list[_Kinds]:
        """Each warehouse, in the order of their codes."""
        kinds = await asyncio.gather(self._client.actual_stock(), self._available())
        actual, available = [await self._shelves(kind) for kind in kinds]
        return [(actual.get(code), available.get(code)) for code in sorted({*actual, *available})]

    async def _available(self) -> Sequence[wire.Sent[wire.Warehouse]]:
        channel = self._settings.channel_id
        return await self._client.available_stock(channel) if channel else ()

    async def _shelves(self, sent: Sequence[wire.Sent[wire.Warehouse]]) -> dict[str, _Shelf]:
        """By warehouse code. In a thread: the whole stock is read, and ten thousand rows take 15 ms."""
        return await asyncio.to_thread(self._sorted, sent)

    def _sorted(self, sent: Iterable[wire.Sent[wire.Warehouse]]) -> dict[str, _Shelf]:
        shelves: dict[str, _Shelf] = {}
        for one in sent:
            warehouse = WAREHOUSE(one.record, scope_of(self._settings, one))
            rows = shelves.setdefault(warehouse.code, _Shelf(warehouse)).rows
            for row in rows_of(one):
                if sku := first(row.record.productSku):
                    rows.setdefault(sku, row)
        return shelves

    def _reading(self, sku: str, actual: _Shelf | None, available: _Shelf | None) -> StockReading | None:
        """The older of both readings dates the whole."""
        on_hand = actual.rows.get(sku) if actual else None
        free = available.rows.get(sku) if available else None
        shelf = actual if on_hand or available is None else available
        rows = [row for row in (on_hand, free) if row]
        if not rows or shelf is None:
            return None
        oldest = min(rows, key=lambda row: row.fetched_at)
        given = StockGiven(shelf.warehouse, on_hand.record if on_hand else None, free.record if free else None)
        return reading(given, scope_of(self._settings, oldest))
