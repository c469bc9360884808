"""Copies: the records that the read model keeps of Centra, read back from their parts as the gateway's models."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from gateway.backends.centra import wire
from gateway.backends.centra.mapping.catalogue import (
    CHANNEL,
    PRODUCT,
    STOCK,
    VARIANT,
    WAREHOUSE,
    CatalogueGiven,
    StockGiven,
)
from gateway.backends.centra.mapping.order import ORDER, OrderGiven
from gateway.backends.centra.mapping.shipment import SHIPMENT, ShipmentGiven
from gateway.backends.centra.rows import joined_id, lacks_sku, plain, rows
from gateway.backends.centra.settings import CentraSettings
from gateway.catalogue.records import StockRecord, row_of
from gateway.errors import MalformedReply
from gateway.mapping import Scope, instant
from gateway.models import Backend, Order, ProductRecord, SalesChannel, Shipment, StockReading, VariantRecord, WarehouseRecord
from gateway.readmodel.store import StoredRecord

T = TypeVar("T")
JSON = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A record as it is kept, decoded. `variants_without_sku` are those whose SKU it does not tell in full."""

    stored: StoredRecord
    date: Any
    raw: bytes
    variants_without_sku: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCopy(Copy):
    order: wire.Order


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentCopy(Copy):
    order: wire.OrderHead
    shipment: wire.Shipment


@dataclass(frozen=True, slots=True)
class Whole:
    """A record put together from parts. `members` has no date, which is in `updated_at`."""

    members: JSON
    fetched_at: datetime
    updated_at: datetime | None


def order_copy(stored: StoredRecord) -> OrderCopy:
    """Raises MalformedReply."""
    kept = _decoded(stored.payload, wire.StoredOrder)
    order = _decoded(bytes(kept.order), wire.Order)
    without = _without_sku(order.products)
    return OrderCopy(stored=stored, date=kept.date, raw=bytes(kept.order), variants_without_sku=without, order=order)


def shipment_copy(stored: StoredRecord) -> ShipmentCopy:
    """Raises MalformedReply."""
    kept = _decoded(stored.payload, wire.StoredShipment)
    shipment = _decoded(bytes(kept.shipment), wire.Shipment)
    return ShipmentCopy(
        stored=stored,
        date=kept.date,
        raw=bytes(kept.shipment),
        variants_without_sku=_without_sku(shipment.products),
        order=kept.order,
        shipment=shipment,
    )


class Reader:
    """Makes models of copies, by the settings' zone and currency."""

    def __init__(self, settings: CentraSettings) -> None:
        self._zone = settings.zone
        self._currency = settings.currency

    def order(self, copy: OrderCopy, catalogue: Mapping[str, str]) -> Order:
        """`catalogue` has SKUs by variant, for lines whose SKU the order does not tell in full."""
        scope = self._scope(copy.stored.fetched_at, copy.raw, plain(copy.order.currency))
        given = OrderGiven(list_time=copy.stored.list_time, updated_at=instant(copy.date, scope), catalogue=catalogue)
        return ORDER(copy.order, replace(scope, given=given))

    def shipment(self, copy: ShipmentCopy, catalogue: Mapping[str, str]) -> Shipment:
        scope = self._scope(copy.stored.fetched_at, copy.raw)
        given = ShipmentGiven(
            shipment_id=copy.stored.record_id,
            order=copy.order,
            list_time=copy.stored.list_time,
            updated_at=instant(copy.date, scope),
            catalogue=catalogue,
        )
        return SHIPMENT(copy.shipment, replace(scope, given=given))

    def variant(self, parts: Sequence[StoredRecord]) -> VariantRecord:
        whole = self._whole(parts)
        members: JSON = {name: whole.members[name] for name in ("product", "variation", "size") if name in whole.members}
        return VARIANT(_converted(members, wire.Variant), self._catalogue_scope(whole, members))

    def product(self, parts: Sequence[StoredRecord]) -> ProductRecord:
        whole = self._whole(parts)
        members = whole.members["product"]
        return PRODUCT(_converted(members, wire.CatalogueProduct), self._catalogue_scope(whole, members))

    def warehouse(self, parts: Sequence[StoredRecord]) -> WarehouseRecord:
        whole = self._whole(parts)
        members = whole.members["warehouse"]
        return WAREHOUSE(_converted(members, wire.Named), self._catalogue_scope(whole, members))

    def channel(self, parts: Sequence[StoredRecord]) -> SalesChannel:
        whole = self._whole(parts)
        members = whole.members["market"]
        return CHANNEL(_converted(members, wire.Named), self._catalogue_scope(whole, members))

    def stock(self, stored: StoredRecord, sku: str | None, warehouses: Mapping[str, WarehouseRecord]) -> list[StockReading]:
        """One reading for each warehouse that the newest stock event names; `warehouses` are by their ids."""
        whole = self._whole((stored,))
        scope = self._catalogue_scope(whole, None)
        as_of = whole.updated_at or whole.fetched_at
        found = ((item, warehouses.get(joined_id(item.id) or "")) for item in _converted(whole.members, wire.Stock).warehouses)
        return [
            STOCK(item, replace(scope, given=StockGiven(sku=sku or "", warehouse=warehouse, as_of=as_of)))
            for item, warehouse in found
            if warehouse
        ]

    def stock_records(self, stored: StoredRecord, warehouses: Mapping[str, WarehouseRecord]) -> list[StockRecord]:
        """The same as rows."""
        readings = self.stock(stored, None, warehouses)
        return [row_of(reading, stored.record_id, stored.fetched_at) for reading in readings]

    def _whole(self, parts: Sequence[StoredRecord]) -> Whole:
        """Of each member the last part's that is not blank; dates and times of the newest."""
        read = [_decoded(part.payload, JSON) for part in parts]
        fetched_at = max(part.fetched_at for part in parts)
        scope = self._scope(fetched_at, None)
        dates = [date for members in read if (date := instant(members.pop("date", None), scope))]
        whole: JSON = {}
        for members in read:
            whole = overlay(whole, members)
        return Whole(whole, fetched_at, max(dates, default=None))

    def _catalogue_scope(self, whole: Whole, raw: JSON | None) -> Scope:
        text = None if raw is None else msgspec.json.encode(raw)
        return replace(self._scope(whole.fetched_at, text), given=CatalogueGiven(updated_at=whole.updated_at))

    def _scope(self, fetched_at: datetime, raw: bytes | None, currency: str | None = None) -> Scope:
        return Scope(zone=self._zone, currency=currency or self._currency, fetched_at=fetched_at, raw=raw)


def stocked_warehouses(stored: Iterable[StoredRecord]) -> set[str]:
    """The ids of the warehouses that records of stock name."""
    items = (item for record in stored for item in _decoded(record.payload, wire.Stock).warehouses)
    return {known for item in items if (known := joined_id(item.id))}


def overlay(under: Any, over: Any) -> Any:
    """`over` with what it leaves blank or out taken from `under`, to any depth."""
    if isinstance(under, dict) and isinstance(over, dict):
        return under | {name: overlay(under.get(name), value) for name, value in over.items()}
    return under if over in ("", None, {}) and under is not None else over


def _without_sku(products: wire.Products) -> frozenset[str]:
    return frozenset(known for row in rows(products) if lacks_sku(row) and (known := row.variant_id))


def _decoded(text: bytes, type_: type[T]) -> T:
    try:
        return msgspec.json.decode(text, type=type_, strict=False)
    except msgspec.MsgspecError:
        raise _malformed() from None


def _converted(members: Any, type_: type[T]) -> T:
    try:
        return msgspec.convert(members, type_, strict=False)
    except msgspec.ValidationError:
        raise _malformed() from None


def _malformed() -> MalformedReply:
    return MalformedReply(Backend.CENTRA, "What Centra told of this record cannot be read.")
