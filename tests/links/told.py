"""A world's orders as the gateway's models, by way of the simulated systems' records and the backends' mappings: no sockets."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import msgspec

from gateway.backends.cartoncloud import records, sandbox_records
from gateway.backends.cartoncloud.kinds import RecordKind
from gateway.backends.cartoncloud.settings import CartonCloudSettings
from gateway.backends.cenports import sandbox_records as cenports_records
from gateway.backends.cenports import wire as cenports_wire
from gateway.backends.cenports.mapping.order import ORDER as CENPORTS_ORDER
from gateway.backends.centra import sandbox_orders as centra_orders
from gateway.backends.centra import soap
from gateway.backends.centra.copies import Reader, order_copy
from gateway.backends.centra.settings import CentraSettings
from gateway.backends.centry import mapping as centry
from gateway.backends.centry.client import order_of
from gateway.backends.centry.sandbox_goods import variant_id
from gateway.backends.centry.sandbox_orders import wire_order
from gateway.mapping import Scope
from gateway.models import Order
from gateway.readmodel.store import StoredRecord
from gateway.sandbox.world import ShopOrder, System, World

READ_AT = datetime(2026, 7, 1, tzinfo=UTC)
_CARTONCLOUD = CartonCloudSettings.model_validate({})
_CENTRA = Reader(CentraSettings.model_validate({}))
_SCOPE = Scope(zone=UTC, currency=None, fetched_at=READ_AT)


def sale(order: ShopOrder) -> Order:
    """A sale as its shop tells it."""
    match order.shop:
        case System.CENPORTS:
            return _cenports(order)
        case System.CENTRA:
            return _centra(order)
        case _:
            return _centry(order)


def outbound(world: World) -> Iterator[Order]:
    """The warehouse's orders, in the order of `world.warehouse_orders`. One without a date is kept as of when it was read."""
    for record in sandbox_records.records(world)[sandbox_records.Kind.OUTBOUND]:
        text = json.dumps(record, default=float).encode()
        sent = records.sent(RecordKind.OUTBOUND, text, record, READ_AT)
        model = records.model(sent, READ_AT, _CARTONCLOUD)
        assert isinstance(model, Order)
        yield model


def _cenports(order: ShopOrder) -> Order:
    text = json.dumps(cenports_records.order_record(order, "partner"), default=float).encode()
    record = msgspec.json.decode(text, type=cenports_wire.Order, strict=False)
    return CENPORTS_ORDER(record, replace(_SCOPE, raw=text))


def _centra(order: ShopOrder) -> Order:
    told = soap.as_json(centra_orders.order_record(order, bundle=False))
    payload = json.dumps({"date": None, "order": told}).encode()
    stored = StoredRecord(
        record_id=order.number, parent_id=None, payload=payload, list_time=order.placed_at, fetched_at=READ_AT, version=1
    )
    return _CENTRA.order(order_copy(stored), {})


def _centry(order: ShopOrder) -> Order:
    """A line without SKU gets that of its variant, which the backend reads."""
    text = json.dumps(wire_order(order), default=float).encode()
    read = centry.ORDER(order_of(text), replace(_SCOPE, raw=text))
    skus = {variant_id(line.item): line.item.sku for line in order.lines}
    lines = [replace(line, sku=line.sku or skus[line.variant_backend_id or ""]) for line in read.lines]
    return replace(read, lines=lines)
