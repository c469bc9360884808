"""CartonCloud as the gateway sees it: records by id from CartonCloud itself, lists from what its webhooks have told.

The vendor's page documents reads by id and webhooks, and no list of anything.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar, cast

from gateway.backends.cartoncloud.changes import CHANGES
from gateway.backends.cartoncloud.client import CartonCloudClient
from gateway.backends.cartoncloud.costs import COSTS
from gateway.backends.cartoncloud.intake import Intake
from gateway.backends.cartoncloud.kinds import RecordKind
from gateway.backends.cartoncloud.lookups import Lookups
from gateway.backends.cartoncloud.mapping.catalogue import VARIANT
from gateway.backends.cartoncloud.mapping.user import USER
from gateway.backends.cartoncloud.means import Means
from gateway.backends.cartoncloud.mentions import Catalogue
from gateway.backends.cartoncloud.records import kept, model
from gateway.backends.cartoncloud.search import Search
from gateway.backends.cartoncloud.settings import CartonCloudSettings
from gateway.backends.cartoncloud.webhooks import Webhooks, instructions
from gateway.catalogue.records import CatalogueKind
from gateway.errors import BackendError, NotSupported, Unauthenticated, Unavailable
from gateway.inbox.letters import Letter, Trouble
from gateway.links.channels import sale_number
from gateway.links.parcels import carries
from gateway.mapping import Scope
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
from gateway.own.cartoncloud import User
from gateway.ports import BackendClass, CatalogueFeed, CataloguePage, Freshness, ListQuery, Resources, Slice, WebhookOutcome
from gateway.readmodel.feed import Feed
from gateway.readmodel.store import Key, Kind, StoredRecord
from gateway.readmodel.walk import Walk
from gateway.transactions.work import Change
from gateway.transport import skip_cache

T = TypeVar("T", Order, Shipment)

_NOTHING: Slice[Any] = Slice(records=(), position=None, more=False)
_OTHER_TENANT = "CartonCloud's credentials do not give access to the tenant of GATEWAY_CARTONCLOUD__TENANT_ID."


class CartonCloudBackend:
    """Offers orders, consignments, and the products and warehouses that these mention."""

    name = Backend.CARTONCLOUD
    settings_type = CartonCloudSettings
    order_kinds = frozenset({OrderKind.OUTBOUND, OrderKind.INBOUND})
    imported_kinds = tuple(kind.lower() for kind in RecordKind)

    def __init__(self, settings: CartonCloudSettings, resources: Resources) -> None:
        self.poll_interval = settings.poll_interval
        self._settings = settings
        self._read_model = resources.read_model
        self._client = CartonCloudClient(settings, resources.connect)
        intake = Intake(settings, resources.read_model)
        self._catalogue = Catalogue(settings, resources.read_model)
        self._lookups = Lookups(settings, self._client, intake, resources.read_model)
        self._webhooks = Webhooks(settings, intake)
        self.costs = COSTS
        search = Search(settings, self._client, resources.vault)
        means = Means(self._client, settings, search, intake, resources.read_model)
        self.changes: Mapping[str, Change[Any]] = {name: kind(means) for name, kind in CHANGES.items()}
        self.catalogue: Mapping[CatalogueKind, CatalogueFeed] = {
            CatalogueKind.VARIANT: Feed(
                read_model=resources.read_model,
                backend=Backend.CARTONCLOUD,
                kinds=(Kind.VARIANT,),
                read=self._catalogue_page,
                untold=VARIANT.untold,
                interval=settings.poll_interval,
                form=settings.timezone,
            )
        }

    async def check(self) -> None:
        """Ask who the gateway is, and whether that user may see the tenant. Never answered by the cache."""
        await asyncio.create_task(self._check())  # a task's `skip_cache` is its own

    async def user_info(self) -> User:
        """One call."""
        sent = await self._client.user_info()
        settings = self._settings
        scope = Scope(zone=settings.zone, currency=settings.currency, fetched_at=sent.fetched_at, raw=sent.raw)
        return USER(sent.record, scope)

    async def close(self) -> None:
        await self._client.close()

    async def synchronise(self) -> None:
        """A pulse: webhooks keep the read model in step as long as CartonCloud is there to send them."""
        error: BackendError | None = None
        try:
            await self.check()
        except BackendError as failure:
            error = failure
        await self._read_model.synchronised(Backend.CARTONCLOUD, error)

    async def freshness(self) -> Freshness:
        state = await self._read_model.synchronisation(Backend.CARTONCLOUD)
        return Freshness(as_of=state.synced_at, error=state.error(Backend.CARTONCLOUD))

    async def receive(
        self, headers: Mapping[str, str], query: Mapping[str, str], body: bytes, secret: str = ""
    ) -> WebhookOutcome:
        """In the read model once it is answered with 200."""
        return WebhookOutcome(404) if secret else await self._webhooks.receive(headers, query, body)

    def webhook_instructions(self, gateway: str) -> str:
        return instructions(self._settings, gateway)

    async def read_letters(self, letters: Sequence[Letter]) -> Mapping[int, Trouble]:
        """Those that are replayed; no call."""
        return await self._webhooks.read(letters)

    async def import_records(self, wanted: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], BackendError]:
        """One call for each."""
        return await self._lookups.read(wanted)

    async def orders(self, query: ListQuery[OrderFilter]) -> Slice[Order]:
        wanted = query.filter
        _refuse_acknowledged(wanted.acknowledged)
        await self._ready()
        if wanted.channel_ids is not None or _excludes(wanted.kinds, self.order_kinds):
            return _NOTHING
        within = _within({Key.NUMBER: wanted.numbers, Key.SKU: wanted.skus})
        span = wanted.placed_at
        walk = Walk(self._read_model, Backend.CARTONCLOUD, Kind.ORDER, within, self._orders_of, wanted.matches, span)
        return await walk.page(query)

    async def orders_by_id(self, ids: Sequence[str]) -> Mapping[str, Order | BackendError]:
        return cast("Mapping[str, Order | BackendError]", await self._lookups.by_id(Kind.ORDER, ids))

    async def orders_by_number(self, numbers: Sequence[str]) -> Mapping[str, Sequence[Order] | BackendError]:
        """By any of their references, or by the id of one that has no `customer` reference."""
        await self._ready()
        wanted = {number: number.strip() for number in numbers}
        found = await self._read_model.by_key(Backend.CARTONCLOUD, Kind.ORDER, Key.NUMBER, wanted.values())
        return {number: _all_or_error(map(self._order, found[key])) for number, key in wanted.items() if key in found}

    async def shipments(self, query: ListQuery[ShipmentFilter]) -> Slice[Shipment]:
        wanted = query.filter
        _refuse_acknowledged(wanted.acknowledged)
        if wanted.shipped_at is not None:
            raise NotSupported("CartonCloud does not tell when something was shipped.", backend=Backend.CARTONCLOUD)
        await self._ready()
        numbers = wanted.tracking_numbers if wanted.order_numbers is None else wanted.order_numbers
        within = _within({Key.NUMBER: numbers})
        return await Walk(
            self._read_model, Backend.CARTONCLOUD, Kind.SHIPMENT, within, self._shipments_of, wanted.matches
        ).page(query)

    async def shipments_by_id(self, ids: Sequence[str]) -> Mapping[str, Shipment | BackendError]:
        return cast("Mapping[str, Shipment | BackendError]", await self._lookups.by_id(Kind.SHIPMENT, ids))

    async def shipments_by_order(self, orders: Sequence[Order]) -> Mapping[str, Sequence[Shipment] | BackendError]:
        """Consignments of the seller's number that carry goods of the order. What arrives at a warehouse has none."""
        await self._ready()
        leaving = {order.backend_id: sale_number(order) for order in orders if order.kind is OrderKind.OUTBOUND}
        numbers = [number for number in leaving.values() if number]
        found = await self._read_model.by_key(Backend.CARTONCLOUD, Kind.SHIPMENT, Key.NUMBER, numbers)
        read = {number: _all_or_error(map(self._shipment, _in_list_order(found[number]))) for number in found}
        return {order.backend_id: _carrying(order, read.get(leaving.get(order.backend_id) or "", ())) for order in orders}

    async def variants_by_sku(self, skus: Sequence[str]) -> Mapping[str, Sequence[VariantRecord] | BackendError]:
        await self._ready()
        return await self._catalogue.variants_by_sku(skus)

    async def variants_by_id(self, ids: Sequence[str]) -> Mapping[str, VariantRecord | BackendError]:
        await self._ready()
        return await self._catalogue.variants_by_id(ids)

    async def warehouses(self) -> Sequence[WarehouseRecord]:
        await self._ready()
        return await self._catalogue.warehouses()

    async def warehouses_by_id(self, ids: Sequence[str]) -> Mapping[str, WarehouseRecord | BackendError]:
        await self._ready()
        return await self._catalogue.warehouses_by_id(ids)

    async def _catalogue_page(self, part_ids: Sequence[str]) -> CataloguePage:
        await self._ready()
        return await self._catalogue.page(part_ids)

    async def _check(self) -> None:
        skip_cache()
        reached = {str(tenant.id).strip().lower() for tenant in (await self._client.user_info()).record.tenants}
        if self._settings.tenant_id.strip().lower() not in reached:
            raise Unauthenticated(Backend.CARTONCLOUD, _OTHER_TENANT)

    async def _ready(self) -> None:
        """Raises what keeps the read model from being served: no pulse yet, or nothing stored and the last pulse failed."""
        state = await self._read_model.synchronisation(Backend.CARTONCLOUD)
        if state.attempted_at is None:
            raise Unavailable(Backend.CARTONCLOUD, "CartonCloud has not been read yet.")
        error = state.error(Backend.CARTONCLOUD)
        if error is not None and not await self._holds_records():
            raise error

    async def _holds_records(self) -> bool:
        for kind in (Kind.ORDER, Kind.SHIPMENT):
            if await self._read_model.page(Backend.CARTONCLOUD, kind, Sort.DESC, None, 1):
                return True
        return False

    async def _orders_of(self, stored: Iterable[StoredRecord]) -> Mapping[str, Order | BackendError]:
        return {record.record_id: self._order(record) for record in stored}

    async def _shipments_of(self, stored: Iterable[StoredRecord]) -> Mapping[str, Shipment | BackendError]:
        return {record.record_id: self._shipment(record) for record in stored}

    def _order(self, stored: StoredRecord) -> Order | BackendError:
        return cast("Order | BackendError", self._model(stored))

    def _shipment(self, stored: StoredRecord) -> Shipment | BackendError:
        return cast("Shipment | BackendError", self._model(stored))

    def _model(self, stored: StoredRecord) -> Order | Shipment | BackendError:
        try:
            return model(kept(stored), stored.list_time, self._settings)
        except BackendError as error:
            return error


def _refuse_acknowledged(wanted: bool | None) -> None:
    if wanted is not None:
        raise NotSupported("CartonCloud has no notion of acknowledged records.", backend=Backend.CARTONCLOUD)


def _excludes(wanted: frozenset[OrderKind] | None, held: frozenset[OrderKind]) -> bool:
    return wanted is not None and wanted.isdisjoint(held)


def _within(keys: Mapping[Key, frozenset[str] | None]) -> Mapping[Key, Sequence[str]] | None:
    """The first of the keys that the filter names, by which all that may match is found."""
    return next(({key: sorted(values)} for key, values in keys.items() if values is not None), None)


def _in_list_order(records: Iterable[StoredRecord]) -> list[StoredRecord]:
    return sorted(records, key=lambda record: (record.list_time, record.record_id))


def _all_or_error(read: Iterable[T | BackendError]) -> list[T] | BackendError:
    """All of them, or the error of the first that cannot be read."""
    records: list[T] = []
    for each in read:
        if isinstance(each, BackendError):
            return each
        records.append(each)
    return records


def _carrying(order: Order, shipments: Sequence[Shipment] | BackendError) -> Sequence[Shipment] | BackendError:
    """Those of the order's own number (not of one that is another reference), with goods of it."""
    if isinstance(shipments, BackendError):
        return shipments
    number = sale_number(order)
    return [each for each in shipments if each.order_number == number and carries(each, order)]


BACKEND: BackendClass = CartonCloudBackend
