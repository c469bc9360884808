"""Harbour as a backend: the ports that it offers, in terms of its client and its mapping."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.backends.harbour import mapping, wire
from gateway.backends.harbour.client import HarbourClient
from gateway.backends.harbour.costs import costs
from gateway.backends.harbour.listing import by_key, cut, one_each, walked
from gateway.backends.harbour.settings import HarbourSettings
from gateway.errors import BackendError, NotSupported
from gateway.mapping import Scope, Table
from gateway.models import (
    Backend,
    Order,
    OrderFilter,
    OrderKind,
    Shipment,
    ShipmentFilter,
    Sort,
    VariantRecord,
    WarehouseRecord,
)
from gateway.ports import BackendClass, ListQuery, Position, Resources, Slice


class HarbourBackend:
    """Offers orders, parcels, goods and depots."""

    name = Backend.HARBOUR
    settings_type = HarbourSettings
    order_kinds = frozenset({OrderKind.SALE})

    def __init__(self, settings: HarbourSettings, resources: Resources) -> None:
        self._settings = settings
        self._client = HarbourClient(settings, resources.connect)
        self.costs = costs(settings)

    async def check(self) -> None:
        """Ask for the shop's name."""
        await self._client.shop()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def orders(self, query: ListQuery[OrderFilter]) -> Slice[Order]:
        """The next orders. Raises NotSupported for a filter on acknowledgement."""
        _refuse_acknowledged(query.filter.acknowledged)
        wanted = query.filter
        if wanted.kinds is not None and wanted.kinds.isdisjoint(self.order_kinds):
            return Slice(records=(), position=None, more=False)
        if wanted.numbers is not None:
            return cut(await self._numbered(wanted.numbers), query, wanted.matches)

        async def read(behind: Position | None) -> tuple[Sequence[Order], bool]:
            sent, more = await self._client.orders(self._parameters(query.sort, behind) | _state(wanted))
            return self._mapped(mapping.ORDER, sent), more

        return await walked(read, query, wanted.matches)

    async def orders_by_id(self, ids: Sequence[str]) -> Mapping[str, Order | BackendError]:
        """One call for 50 of them."""

        async def ask(some: Sequence[str]) -> Sequence[Order]:
            return self._mapped(mapping.ORDER, await self._client.find_orders("ids", some))

        return one_each(await by_key(ids, ask, lambda order: (order.backend_id,)))

    async def orders_by_number(self, numbers: Sequence[str]) -> Mapping[str, Sequence[Order] | BackendError]:
        """By `no` or `ref`; one call for 50 of them."""

        async def ask(some: Sequence[str]) -> Sequence[Order]:
            return self._mapped(mapping.ORDER, await self._client.find_orders("numbers", some))

        return await by_key(numbers, ask, lambda order: order.numbers)

    async def shipments(self, query: ListQuery[ShipmentFilter]) -> Slice[Shipment]:
        """The next parcels. Raises NotSupported for a filter on acknowledgement."""
        _refuse_acknowledged(query.filter.acknowledged)

        async def read(behind: Position | None) -> tuple[Sequence[Shipment], bool]:
            sent, more = await self._client.parcels(self._parameters(query.sort, behind))
            return self._mapped(mapping.SHIPMENT, sent), more

        return await walked(read, query, query.filter.matches)

    async def shipments_by_id(self, ids: Sequence[str]) -> Mapping[str, Shipment | BackendError]:
        """One call for 50 of them."""

        async def ask(some: Sequence[str]) -> Sequence[Shipment]:
            return self._mapped(mapping.SHIPMENT, await self._client.find_parcels("ids", some))

        return one_each(await by_key(ids, ask, lambda parcel: (parcel.backend_id,)))

    async def shipments_by_order(self, orders: Sequence[Order]) -> Mapping[str, Sequence[Shipment] | BackendError]:
        """One call for 50 of them."""

        async def ask(some: Sequence[str]) -> Sequence[Shipment]:
            return self._mapped(mapping.SHIPMENT, await self._client.find_parcels("orders", some))

        ids = [order.backend_id for order in orders]
        return dict.fromkeys(ids, ()) | await by_key(ids, ask, lambda parcel: (parcel.order_backend_id,))

    async def variants_by_sku(self, skus: Sequence[str]) -> Mapping[str, Sequence[VariantRecord] | BackendError]:
        """One call for 50 of them."""

        async def ask(some: Sequence[str]) -> Sequence[VariantRecord]:
            return self._mapped(mapping.VARIANT, await self._client.find_goods("skus", some))

        return await by_key(skus, ask, lambda good: (good.sku,))

    async def variants_by_id(self, ids: Sequence[str]) -> Mapping[str, VariantRecord | BackendError]:
        """One call for 50 of them."""

        async def ask(some: Sequence[str]) -> Sequence[VariantRecord]:
            return self._mapped(mapping.VARIANT, await self._client.find_goods("ids", some))

        return one_each(await by_key(ids, ask, lambda good: (good.backend_id,)))

    async def warehouses(self) -> Sequence[WarehouseRecord]:
        """All depots, in one call."""
        return self._mapped(mapping.WAREHOUSE, await self._client.depots())

    async def warehouses_by_id(self, ids: Sequence[str]) -> Mapping[str, WarehouseRecord | BackendError]:
        """Out of all: there are few."""
        known = {depot.backend_id: depot for depot in await self.warehouses()}
        return {backend_id: known[backend_id] for backend_id in ids if backend_id in known}

    async def _numbered(self, numbers: frozenset[str]) -> list[Order]:
        """Every order that goes by one of these numbers. Raises the first error."""
        found: dict[str, Order] = {}
        for answer in (await self.orders_by_number(sorted(numbers))).values():
            if isinstance(answer, BackendError):
                raise answer
            found.update((order.backend_id, order) for order in answer)
        return list(found.values())

    def _parameters(self, sort: Sort, behind: Position | None) -> dict[str, str]:
        asked = {"direction": "down" if sort is Sort.DESC else "up", "limit": str(self._settings.page_size)}
        return asked | ({"behind": f"{behind.list_time.isoformat()},{behind.backend_id}"} if behind else {})

    def _mapped(self, table: Table[Any], sent: Sequence[wire.Sent[Any]]) -> list[Any]:
        return [table(one.record, self._scope(one)) for one in sent]

    def _scope(self, sent: wire.Sent[Any]) -> Scope:
        """Only orders have a currency of their own."""
        currency = getattr(sent.record, "currency", None) or self._settings.currency
        return Scope(zone=self._settings.zone, currency=currency, fetched_at=sent.fetched_at, raw=sent.raw)


def _refuse_acknowledged(wanted: bool | None) -> None:
    if wanted is not None:
        raise NotSupported("Harbour does not tell what was acknowledged.", backend=Backend.HARBOUR)


def _state(wanted: OrderFilter) -> dict[str, str]:
    """Harbour's word for the wanted status, if it is one: it filters by one alone."""
    words = [word for word, status in mapping.STATES.items() if status in (wanted.statuses or ())]
    return {"state": words[0]} if wanted.statuses is not None and len(wanted.statuses) == len(words) == 1 else {}


BACKEND: BackendClass = HarbourBackend
