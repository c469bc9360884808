"""Changes of orders and shipments that are there already: only what is given changes."""

from collections.abc import Iterable
from typing import Any

from gateway.backends.centra import wire
from gateway.backends.centra.dispatching import name_of, shipments_of
from gateway.backends.centra.elements import with_extra, wrong_extra
from gateway.backends.centra.new_order_messages import PONUMBER, told
from gateway.backends.centra.parties import unfit_address, whole_address
from gateway.backends.centra.rows import plain
from gateway.backends.centra.updates import ChangeOfOrder, unsupported
from gateway.changes import OrderChanges, OrderUpdate, ShipmentChanges, ShipmentUpdate
from gateway.errors import NotFound
from gateway.models import Address, Backend
from gateway.transactions.facts import RecordRef
from gateway.transactions.work import Job, Ready, Wrong

_AGAIN = "It need not be: it is sent again, for it says how the record shall be."
_OF_ORDER = {
    "products": "createOrders",
    "cancelled": "cancelOrders",
    "shipments": "createShipments",
    "payments": "markShipmentsShipped",
}
_OF_SHIPMENT = {"products": "createShipments", "capture": "markShipmentsShipped", "refunds": "createReturn"}
"""What has a mutation of its own, because it may do harm to send it twice."""


class UpdateOrder(ChangeOfOrder[OrderUpdate]):
    """orders_Update. An address takes the place of the one that was there, with all of its parts."""

    facts = OrderUpdate
    found_out = _AGAIN
    depends_on_state = False

    def order_of(self, item: OrderUpdate) -> str:
        return item.order_id

    def unfit(self, item: OrderUpdate) -> Iterable[Wrong]:
        changes = item.changes
        if item.version is not None:
            yield unsupported("version")
        given = {
            "deliveryDate": changes.delivery_date,
            "deliveryInstructions": changes.delivery_instructions,
            "urgent": changes.urgent,
            "cashOnDelivery": changes.cash_on_delivery,
            "total": changes.total,
            "properties": changes.properties,
        }
        yield from (unsupported("changes", name) for name, value in given.items() if value is not None)
        if changes.lines is not None:
            yield unsupported("changes", "lines", what="replacing the lines of an order; cancel them, and make a new order")
        yield from _wrong_references(changes)
        yield from unfit_address(changes.shipping_address, "changes", "shippingAddress")
        filled = _order({"id": "", "type": "", "store": ""}, changes, "retail")
        yield from wrong_extra("Order", filled, changes.extra, "changes", elsewhere=_OF_ORDER)
        yield from _nothing(filled, 3, changes.extra)

    def message(self, job: Job[OrderUpdate], order: wire.Order) -> Ready:
        (item,) = job.items.values()
        named = self.sent(order)
        return Ready({"order": with_extra(_order(dict(named), item.changes, named["type"]), item.changes.extra)})

    def shows(self, order: wire.Order, job: Job[OrderUpdate]) -> bool:
        """What the events tell is not held against it: it is simply sent again."""
        return False


class UpdateShipment(ChangeOfOrder[ShipmentUpdate]):
    """orders_Update with the shipment. An address takes the place of the one that was there, with all of its parts."""

    facts = ShipmentUpdate
    found_out = _AGAIN
    depends_on_state = False

    def order_of(self, item: ShipmentUpdate) -> str:
        return item.shipment_id.partition("/")[0]

    def unfit(self, item: ShipmentUpdate) -> Iterable[Wrong]:
        changes = item.changes
        if item.version is not None:
            yield unsupported("version")
        given = {
            "references": changes.references,
            "origin": changes.origin,
            "requiredDate": changes.required_date,
            "instructions": changes.instructions,
            "cashOnDelivery": changes.cash_on_delivery,
            "invoiceValue": changes.invoice_value,
            "items": changes.items,
            "properties": changes.properties,
            "status": changes.status,
        }
        yield from (unsupported("changes", name) for name, value in given.items() if value is not None)
        yield from unfit_address(changes.destination, "changes", "destination")
        filled = _shipment("", changes, "retail")
        yield from wrong_extra("Shipment", filled, changes.extra, "changes", elsewhere=_OF_SHIPMENT)
        yield from _nothing(filled, 1, changes.extra)

    def message(self, job: Job[ShipmentUpdate], order: wire.Order) -> Ready:
        (item,) = job.items.values()
        shipment = shipments_of(order).get(item.shipment_id)
        name = name_of(order, shipment) if shipment else None
        if name is None:
            raise NotFound("The order has no such shipment any more.", backend=Backend.CENTRA)
        store_type = plain(order.type) or str(self.means.settings.store_type)
        sent = with_extra(_shipment(name, item.changes, store_type), item.changes.extra)
        return Ready({"order": self.sent(order, shipments={"shipment": [sent]})})

    def shows(self, order: wire.Order, job: Job[ShipmentUpdate]) -> bool:
        """The same."""
        return False

    def record(self, job: Job[ShipmentUpdate], index: int) -> RecordRef:
        return RecordRef("Shipment", Backend.CENTRA, job.items[index].shipment_id)


def _order(named: dict[str, Any], changes: OrderChanges, store_type: str) -> dict[str, Any]:
    ponumber = next((each.value for each in changes.references or () if each.name == PONUMBER), None)
    code = changes.warehouse_code
    message = {
        **named,
        "preferred_shipping_date": changes.required_date and changes.required_date.isoformat(),
        "primary_warehouse": code and {"warehouse": [{"id": code}]},
        "shippingaddress": _address(changes.shipping_address, store_type),
        "other": changes.instructions,
        "ponumber": ponumber,
    }
    return told(message)


def _shipment(name: str, changes: ShipmentChanges, store_type: str) -> dict[str, Any]:
    return told({"id": name, "shippingaddress": _address(changes.destination, store_type)})


def _address(given: Address | None, store_type: str) -> dict[str, Any] | None:
    return whole_address(given, store_type) if given else None


def _wrong_references(changes: OrderChanges) -> Iterable[Wrong]:
    if changes.references is None:
        return
    for index, reference in enumerate(changes.references):
        if reference.name != PONUMBER:
            yield unsupported("changes", "references", str(index), what=f"a reference {reference.name}")
    if len(changes.references) != 1:
        yield Wrong(path=("changes", "references"), message=f"Give one reference, `{PONUMBER}`, or leave them out.")


def _nothing(filled: dict[str, Any], named_by: int, extra: object) -> Iterable[Wrong]:
    """A message of nothing but names."""
    if len(filled) == named_by and not extra:
        yield Wrong(path=("changes",), message="Say what shall change.")
