"""Updates of orders: what of an outbound or inbound order is to be otherwise."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gateway.backends.cartoncloud.kinds import RecordKind
from gateway.backends.cartoncloud.mapping.fields import SELLER_NUMBER
from gateway.backends.cartoncloud.new_orders import order_item, wrong_lines
from gateway.backends.cartoncloud.parts import (
    Members,
    address,
    day,
    money,
    told,
    warehouse,
    wrong_extra,
    wrong_money,
    wrong_references,
)
from gateway.backends.cartoncloud.records import Sent
from gateway.backends.cartoncloud.replacement import Place, Replacement, put
from gateway.changes import OrderChanges, OrderUpdate
from gateway.errors import NotSupported
from gateway.merging import merged
from gateway.models import Backend, Reference
from gateway.readmodel.store import Kind
from gateway.transactions.work import Wrong

_OUTBOUND_ALONE = {
    "shipping_address": "shippingAddress",
    "delivery_date": "deliveryDate",
    "delivery_instructions": "deliveryInstructions",
    "cash_on_delivery": "cashOnDelivery",
    "total": "total",
}


class UpdateOrder(Replacement[OrderUpdate]):
    """PUT /outbound-orders/{id} or /inbound-orders/{id}. Properties are merged into those that are there."""

    type = "Order"
    stored_as = Kind.ORDER
    facts = OrderUpdate
    calls = ("cartoncloud-04", "cartoncloud-05", "cartoncloud-08", "cartoncloud-09")

    def problems(self, item: OrderUpdate) -> Iterable[Wrong]:
        changes = item.changes
        if changes == OrderChanges():
            yield Wrong(path=("changes",), message="Say what is to be changed.")
        yield from _blank(changes)
        yield from wrong_lines(changes.lines or (), "changes", "lines")
        yield from wrong_references(changes.references or (), {}, "changes")
        for name, amount in (("total", changes.total), ("cashOnDelivery", changes.cash_on_delivery)):
            yield from wrong_money(amount, "changes", name)
        both = {**_places(changes, RecordKind.INBOUND, ""), **_places(changes, RecordKind.OUTBOUND, "")}
        filled = merged(put({"id": True, "version": True}, both), {"properties": changes.properties or {}})
        yield from wrong_extra(filled, changes.extra, "changes")

    def record_id(self, item: OrderUpdate) -> str:
        return item.order_id

    def wanted(self, item: OrderUpdate, record: Sent) -> Mapping[Place, Any]:
        if record.kind is RecordKind.INBOUND:
            _refuse_inbound(item.changes)
        return _places(item.changes, record.kind, self.means.settings.currency, record.members)

    def added(self, item: OrderUpdate) -> Members:
        properties = told(properties=item.changes.properties)
        return merged(properties, item.changes.extra or {})


def _places(
    changes: OrderChanges, kind: RecordKind, currency: str | None, members: Mapping[str, Any] | None = None
) -> dict[Place, Any]:
    inbound = kind is RecordKind.INBOUND
    due = ("details", "arrivalDate") if inbound else ("details", "collect", "requiredDate")
    given = {
        ("references",): replaced_references(changes.references, members or {}),
        ("warehouse",): warehouse(changes.warehouse_code),
        ("details", "urgent"): changes.urgent,
        ("details", "instructions"): changes.instructions,
        due: day(changes.required_date),
        ("details", "deliver", "address"): address(changes.shipping_address) if changes.shipping_address else None,
        ("details", "deliver", "instructions"): changes.delivery_instructions,
        ("details", "deliver", "requiredDate"): day(changes.delivery_date),
        ("details", "deliver", "cashPaymentAmount"): money(changes.cash_on_delivery, currency),
        ("details", "invoiceValue"): money(changes.total, currency),
        ("items",): None if changes.lines is None else [order_item(line) for line in changes.lines],
    }
    return {place: value for place, value in given.items() if value is not None}


def replaced_references(given: Iterable[Reference] | None, members: Mapping[str, Any]) -> Members | None:
    """These alone, but for the number, which stays unless it is among them."""
    if given is None:
        return None
    number = (members.get("references") or {}).get(SELLER_NUMBER)
    return told(**{SELLER_NUMBER: number, **{each.name.strip(): each.value for each in given}})


def _blank(changes: OrderChanges) -> Iterator[Wrong]:
    if changes.lines is not None and not changes.lines:
        yield Wrong(path=("changes", "lines"), message="Give at least one line, or leave `lines` out.")
    if changes.shipping_address is not None and not address(changes.shipping_address):
        yield Wrong(path=("changes", "shippingAddress"), message="Give the whole address, or leave it out.")
    if changes.warehouse_code is not None and not changes.warehouse_code.strip():
        yield Wrong(path=("changes", "warehouseCode"), message="Give the warehouse's name or id, or leave it out.")


def _refuse_inbound(changes: OrderChanges) -> None:
    placeless = [name for field, name in _OUTBOUND_ALONE.items() if getattr(changes, field) is not None]
    if placeless:
        message = f"CartonCloud has no place for {', '.join(placeless)} in an inbound order."
        raise NotSupported(message, backend=Backend.CARTONCLOUD)
