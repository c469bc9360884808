"""Centra as the gateway sees it: everything is read from the read model, which the event queue keeps in step.

Centra's SOAP interface answers no question about a single record, so a visit to its queue is the only call.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from gateway.backends.centra.archive import Archive
from gateway.backends.centra.catalogue import feeds
from gateway.backends.centra.changes import CHANGES
from gateway.backends.centra.client import CentraClient
from gateway.backends.centra.costs import COSTS
from gateway.backends.centra.means import Means
from gateway.backends.centra.settings import CentraSettings, Queue
from gateway.backends.centra.visits import Visits
from gateway.errors import (
    BackendError,
    Incomplete,
    NotConfigured,
    NotSupported,
    Unavailable,
)
from gateway.inbox.letters import Letter, Trouble
from gateway.models import (
    Backend,
    Order,
    OrderFilter,
    OrderKind,
    ProductRecord,
    SalesChannel,
    Shipment,
    ShipmentFilter,
    StockReading,
    VariantRecord,
    WarehouseRecord,
)
from gateway.ports import BackendClass, Freshness, ListQuery, Resources, Slice
from gateway.readmodel.store import Key, Kind, StoredRecord, Synchronisation
from gateway.readmodel.walk import Walk, Within
from gateway.transactions.work import Change

T = TypeVar("T")

_SWITCHED_OFF = "Centra's event queue, the only way to read Centra, is switched off (GATEWAY_CENTRA__QUEUE)."


class CentraBackend:
    """Offers what Centra's events tell: orders, shipments, variants, products, warehouses, stock and markets."""

    name = Backend.CENTRA
    settings_type = CentraSettings
    order_kinds = frozenset({OrderKind.SALE})

    def __init__(self, settings: CentraSettings, resources: Resources) -> None:
        self._queue = settings.queue
        self._client = CentraClient(settings, resources.connect)
        self._read_model = resources.read_model
        self._archive = Archive(settings, resources.read_model)
        self._visits = Visits(settings, self._client, resources.read_model)
        self.catalogue = feeds(settings, resources.read_model, self._archive, self._gaps)
        self.costs = COSTS
        names = resources.warehouse_names
        means = Means(self._client, settings, resources.read_model, self._archive, self._visits, names)
        self.changes: Mapping[str, Change[Any]] = {name: kind(means) for name, kind in CHANGES.items()}

    async def check(self) -> None:
        """The vendor's own connection test: look at the queue, which changes nothing. Of one rare type, for a small answer."""
        await self._client.events_get("market")

    async def close(self) -> None:
        await self._client.aclose()

    @property
    def poll_interval(self) -> float:
        """Shorter after news than the setting."""
        return self._visits.pause

    async def synchronise(self) -> None:
        """One visit to the queue, as far as `GATEWAY_CENTRA__QUEUE` allows."""
        await self._visits.make()

    async def read_letters(self, letters: Sequence[Letter]) -> Mapping[int, Trouble]:
        """Events that are replayed; no call."""
        return await self._visits.read(letters)

    async def freshness(self) -> Freshness:
        """A queue that cannot be read to its end is no error here: lists name it among their gaps."""
        state = await self._read_model.synchronisation(Backend.CENTRA)
        return Freshness(as_of=state.synced_at, error=None if _gaps(state) else state.error(Backend.CENTRA))

    async def orders(self, query: ListQuery[OrderFilter]) -> Slice[Order]:
        state = await self._list_state()
        _refuse_acknowledged(query.filter.acknowledged)
        within = await self._orders_within(query.filter)
        wanted = query.filter
        walk = Walk(
            self._read_model, Backend.CENTRA, Kind.ORDER, within, self._archive.orders, wanted.matches, wanted.placed_at
        )
        return await walk.page(query, _gaps(state))

    async def orders_by_id(self, ids: Sequence[str]) -> Mapping[str, Order | BackendError]:
        await self._state()
        stored = await self._read_model.by_id(Backend.CENTRA, Kind.ORDER, ids)
        return await self._archive.orders(list(stored.values()))

    async def orders_by_number(self, numbers: Sequence[str]) -> Mapping[str, Sequence[Order] | BackendError]:
        """By `ordernumber`, `id` or `ponumber`."""
        await self._state()
        wanted = {number: number.strip() for number in numbers}
        found = await self._read_model.by_key(Backend.CENTRA, Kind.ORDER, Key.NUMBER, wanted.values())
        read = await self._archive.orders(_distinct(found.values()))
        return {number: _all_or_error(read, found[key]) for number, key in wanted.items() if key in found}

    async def shipments(self, query: ListQuery[ShipmentFilter]) -> Slice[Shipment]:
        state = await self._list_state()
        _refuse_acknowledged(query.filter.acknowledged)
        if query.filter.shipped_at is not None:
            raise NotSupported("Centra does not tell when something was shipped.", backend=Backend.CENTRA)
        wanted = query.filter
        numbers = wanted.tracking_numbers if wanted.order_numbers is None else wanted.order_numbers
        within = None if numbers is None else {Key.NUMBER: sorted(numbers)}
        walk = Walk(self._read_model, Backend.CENTRA, Kind.SHIPMENT, within, self._archive.shipments, query.filter.matches)
        return await walk.page(query, _gaps(state))

    async def shipments_by_id(self, ids: Sequence[str]) -> Mapping[str, Shipment | BackendError]:
        await self._state()
        stored = await self._read_model.by_id(Backend.CENTRA, Kind.SHIPMENT, ids)
        return await self._archive.shipments(list(stored.values()))

    async def shipments_by_order(self, orders: Sequence[Order]) -> Mapping[str, Sequence[Shipment] | BackendError]:
        await self._state()
        ids = [order.backend_id for order in orders]
        found = await self._read_model.by_parent(Backend.CENTRA, Kind.SHIPMENT, ids)
        read = await self._archive.shipments(_distinct(found.values()))
        return {order_id: _all_or_error(read, _in_list_order(found.get(order_id, ()))) for order_id in ids}

    async def variants_by_sku(self, skus: Sequence[str]) -> Mapping[str, Sequence[VariantRecord] | BackendError]:
        await self._state()
        return await self._archive.variants_of_skus(skus)

    async def variants_by_id(self, ids: Sequence[str]) -> Mapping[str, VariantRecord | BackendError]:
        await self._state()
        return await self._archive.variants(ids)

    async def products_by_sku(self, skus: Sequence[str]) -> Mapping[str, Sequence[ProductRecord] | BackendError]:
        await self._state()
        return await self._archive.products_of_skus(skus)

    async def products_by_id(self, ids: Sequence[str]) -> Mapping[str, ProductRecord | BackendError]:
        await self._state()
        return await self._archive.products(ids)

    async def warehouses(self) -> Sequence[WarehouseRecord]:
        """Those that have had an event, or that stock or an order has named."""
        await self._list_state()
        return await self._archive.every_warehouse()

    async def warehouses_by_id(self, ids: Sequence[str]) -> Mapping[str, WarehouseRecord | BackendError]:
        await self._state()
        return await self._archive.warehouses(ids)

    async def stock_by_variant(self, variants: Sequence[VariantRecord]) -> Mapping[str, Sequence[StockReading] | BackendError]:
        """As the newest stock event of each variant had it; none where there was no such event."""
        await self._state()
        skus = {variant.backend_id: variant.sku for variant in variants}
        return dict.fromkeys(skus, ()) | await self._archive.stock(skus)

    async def sales_channels(self) -> Sequence[SalesChannel]:
        """Markets that have had an event, or that an order has named."""
        await self._list_state()
        return await self._archive.every_channel()

    async def _state(self) -> Synchronisation:
        """How current the read model is. Raises what has kept it from ever being in step."""
        if self._queue is Queue.OFF:
            raise NotConfigured(Backend.CENTRA, _SWITCHED_OFF)
        state = await self._read_model.synchronisation(Backend.CENTRA)
        if state.synced_at is None:
            raise state.error(Backend.CENTRA) or Unavailable(Backend.CENTRA, "Centra has not been read yet.")
        return state

    async def _gaps(self) -> list[Incomplete]:
        return _gaps(await self._list_state())

    async def _list_state(self) -> Synchronisation:
        """The same for lists, which a backend may refuse altogether."""
        if self._queue is Queue.OFF:
            raise NotSupported(_SWITCHED_OFF, backend=Backend.CENTRA)
        return await self._state()

    async def _orders_within(self, wanted: OrderFilter) -> Within | None:
        """The keys by which the read model finds all orders that may match."""
        if wanted.numbers is not None:
            return {Key.NUMBER: sorted(wanted.numbers)}
        if wanted.skus is None:
            return None
        sold = await self._archive.variants_of_skus(sorted(wanted.skus))
        return {Key.SKU: sorted(wanted.skus), Key.VARIANT: [each.backend_id for found in sold.values() for each in found]}


def _refuse_acknowledged(wanted: bool | None) -> None:
    if wanted is not None:
        raise NotSupported("Centra has no notion of acknowledged records.", backend=Backend.CENTRA)


def _gaps(state: Synchronisation) -> list[Incomplete]:
    """What the last visit could not get at."""
    if state.error_code is not Incomplete.code:
        return []
    return [Incomplete(Backend.CENTRA, state.error_message or "Centra's queue could not be read to its end.")]


def _distinct(found: Iterable[Iterable[StoredRecord]]) -> list[StoredRecord]:
    return list({record.record_id: record for records in found for record in records}.values())


def _in_list_order(records: Iterable[StoredRecord]) -> list[StoredRecord]:
    return sorted(records, key=lambda record: (record.list_time, record.record_id))


def _all_or_error(read: Mapping[str, T | BackendError], records: Iterable[StoredRecord]) -> list[T] | BackendError:
    """The models of these records, or the error of the first that cannot be read."""
    models: list[T] = []
    for record in records:
        model = read[record.record_id]
        if isinstance(model, BackendError):
            return model
        models.append(model)
    return models


BACKEND: BackendClass = CentraBackend
