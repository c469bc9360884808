"""Updates of consignments: what of a consignment is to be otherwise."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gateway.backends.cartoncloud.new_shipments import shipment_item, wrong_items
from gateway.backends.cartoncloud.order_updates import replaced_references
from gateway.backends.cartoncloud.parts import Members, address, day, money, told, wrong_extra, wrong_money, wrong_references
from gateway.backends.cartoncloud.records import Sent
from gateway.backends.cartoncloud.replacement import Place, Replacement, put
from gateway.changes import ShipmentChanges, ShipmentUpdate
from gateway.merging import merged
from gateway.models import Address
from gateway.readmodel.store import Kind
from gateway.transactions.work import Wrong


class UpdateShipment(Replacement[ShipmentUpdate]):
    """PUT /consignments/{id}. Properties are merged into those that are there; `status` is CartonCloud's own word."""

    type = "Shipment"
    stored_as = Kind.SHIPMENT
    facts = ShipmentUpdate
    calls = ("cartoncloud-12", "cartoncloud-13")

    def problems(self, item: ShipmentUpdate) -> Iterable[Wrong]:
        changes = item.changes
        if changes == ShipmentChanges():
            yield Wrong(path=("changes",), message="Say what is to be changed.")
        yield from _blank(changes)
        yield from wrong_items(changes.items or (), "changes", "items")
        yield from wrong_references(changes.references or (), {}, "changes")
        for name, amount in (("cashOnDelivery", changes.cash_on_delivery), ("invoiceValue", changes.invoice_value)):
            yield from wrong_money(amount, "changes", name)
        filled = put({"id": True, "version": True, "properties": changes.properties or {}}, _places(changes, "", {}))
        yield from wrong_extra(filled, changes.extra, "changes")

    def record_id(self, item: ShipmentUpdate) -> str:
        return item.shipment_id

    def wanted(self, item: ShipmentUpdate, record: Sent) -> Mapping[Place, Any]:
        return _places(item.changes, self.means.settings.currency, record.members)

    def added(self, item: ShipmentUpdate) -> Members:
        return merged(told(properties=item.changes.properties), item.changes.extra or {})


def _places(changes: ShipmentChanges, currency: str | None, members: Mapping[str, Any]) -> dict[Place, Any]:
    given = {
        ("references",): replaced_references(changes.references, members),
        ("status",): changes.status,
        ("details", "collect", "address"): _whole(changes.origin),
        ("details", "deliver", "address"): _whole(changes.destination),
        ("details", "deliver", "instructions"): changes.instructions,
        ("details", "deliver", "requiredDate"): day(changes.required_date),
        ("details", "deliver", "cashPaymentAmount"): money(changes.cash_on_delivery, currency),
        ("details", "invoiceValue"): money(changes.invoice_value, currency),
        ("items",): None if changes.items is None else [shipment_item(item) for item in changes.items],
    }
    return {place: value for place, value in given.items() if value is not None}


def _whole(given: Address | None) -> Members | None:
    return None if given is None else address(given)


def _blank(changes: ShipmentChanges) -> Iterator[Wrong]:
    for name, given in (("origin", changes.origin), ("destination", changes.destination)):
        if given is not None and not address(given):
            yield Wrong(path=("changes", name), message="Give the whole address, or leave it out.")
    if changes.status is not None and not changes.status.strip():
        yield Wrong(path=("changes", "status"), message="Give CartonCloud's own word, such as CANCELLED.")
