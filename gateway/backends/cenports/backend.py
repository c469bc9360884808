"""Cenports as a backend of the gateway: its orders, shipments, stock and sales channels."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from gateway.backends.cenports.catalogue import feeds
from gateway.backends.cenports.changes import CHANGES
from gateway.backends.cenports.client import CenportsClient
from gateway.backends.cenports.costs import costs
from gateway.backends.cenports.mapping import scope_of
from gateway.backends.cenports.mapping.channel import CHANNEL
from gateway.backends.cenports.means import Means
from gateway.backends.cenports.orders import KINDS, Orders
from gateway.backends.cenports.settings import CenportsSettings
from gateway.backends.cenports.shipments import Shipments
from gateway.backends.cenports.stock import Stock
from gateway.errors import BackendError
from gateway.models import (
    Backend,
    Order,
    OrderFilter,
    SalesChannel,
    Shipment,
    ShipmentFilter,
    StockReading,
    VariantRecord,
    WarehouseRecord,
)
from gateway.ports import BackendClass, ListQuery, Resources, Slice
from gateway.transactions.work import Change


class CenportsBackend:
    """Offers every port of reading but ProductSource: Cenports knows SKUs only."""

    name = Backend.CENPORTS
    settings_type = CenportsSettings
    order_kinds = KINDS

    def __init__(self, settings: CenportsSettings, resources: Resources) -> None:
        self._settings = settings
        self._client = CenportsClient(settings, resources.connect)
        self._orders = Orders(self._client, settings, self._channel_ids)
        self._shipments = Shipments(self._client, settings, self._orders, self._channel_ids)
        self._stock = Stock(self._client, settings)
        self.catalogue = feeds(settings, self._stock)
        self.costs = costs(settings)
        means = Means(
            client=self._client,
            settings=settings,
            orders=self._orders,
            stock=self._stock,
            warehouse_names=resources.warehouse_names,
            look_again=resources.catalogue.look_again,
        )
        self.changes: Mapping[str, Change[Any]] = {name: kind(means) for name, kind in CHANGES.items()}

    async def check(self) -> None:
        """Reads the sales channels: a short list, and nothing but the partner is asked for."""
        await self._client.channels()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def sales_channels(self) -> Sequence[SalesChannel]:
        """All channels of the partner."""
        return [CHANNEL(sent.record, scope_of(self._settings, sent)) for sent in await self._client.channels()]

    async def orders(self, query: ListQuery[OrderFilter]) -> Slice[Order]:
        """A page of the list; NotSupported for `updated_at`."""
        return await self._orders.page(query)

    async def orders_by_id(self, ids: Sequence[str]) -> Mapping[str, Order | BackendError]:
        """By channelId/orderNo."""
        return await self._orders.by_id(ids)

    async def orders_by_number(self, numbers: Sequence[str]) -> Mapping[str, Sequence[Order] | BackendError]:
        """By orderNo; it may be an order's number in each channel."""
        return await self._orders.by_number(numbers)

    async def acknowledged_by_order(self, orders: Sequence[Order]) -> Mapping[str, bool | BackendError]:
        """Cenports tells by its filter only: at least one call more."""
        return await self._orders.acknowledged(orders)

    async def shipments(self, query: ListQuery[ShipmentFilter]) -> Slice[Shipment]:
        """A page of the list, for which every channel is read."""
        return await self._shipments.page(query)

    async def shipments_by_id(self, ids: Sequence[str]) -> Mapping[str, Shipment | BackendError]:
        """By channelId/orderNo/shipment."""
        return await self._shipments.by_id(ids)

    async def shipments_by_order(self, orders: Sequence[Order]) -> Mapping[str, Sequence[Shipment] | BackendError]:
        """By the order's id, with a call for each channel and 90 orders."""
        return await self._shipments.by_order(orders)

    async def variants_by_sku(self, skus: Sequence[str]) -> Mapping[str, Sequence[VariantRecord] | BackendError]:
        """What the rows of actual stock tell of a SKU."""
        found = await self._stock.variants(sku.strip() for sku in skus)
        return {sku: (found[sku.strip()],) for sku in skus if sku.strip() in found}

    async def variants_by_id(self, ids: Sequence[str]) -> Mapping[str, VariantRecord | BackendError]:
        """The same, by the encoded SKU."""
        found = {variant.backend_id: variant for variant in (await self._stock.variants(map(unquote, ids))).values()}
        return {backend_id: found[backend_id] for backend_id in ids if backend_id in found}

    async def warehouses(self) -> Sequence[WarehouseRecord]:
        """Those that actual stock is told of."""
        return await self._stock.warehouses()

    async def warehouses_by_id(self, ids: Sequence[str]) -> Mapping[str, WarehouseRecord | BackendError]:
        """The same, by the encoded code."""
        found = {warehouse.backend_id: warehouse for warehouse in await self._stock.warehouses()}
        return {backend_id: found[backend_id] for backend_id in ids if backend_id in found}

    async def stock_by_variant(self, variants: Sequence[VariantRecord]) -> Mapping[str, Sequence[StockReading] | BackendError]:
        """Actual stock, and what the configured channel may sell of it. Raises if one of the two cannot be read."""
        skus = {variant.backend_id: variant.sku.strip() for variant in variants if variant.sku}
        readings = await self._stock.readings(skus.values())
        return {backend_id: readings[sku] for backend_id, sku in skus.items()}

    async def _channel_ids(self) -> Sequence[str]:
        return [channel.channel_id for channel in await self.sales_channels()]


BACKEND: BackendClass = CenportsBackend
