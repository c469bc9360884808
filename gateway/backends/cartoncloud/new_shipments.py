"""New consignments: what a carrier is to bring from one address to another."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain
from typing import Any

from gateway.backends.cartoncloud.creation import Creation, Draft
from gateway.backends.cartoncloud.kinds import RecordKind
from gateway.backends.cartoncloud.mapping.fields import SELLER_NUMBER
from gateway.backends.cartoncloud.parts import (
    Members,
    address,
    day,
    money,
    no_place,
    product,
    references,
    told,
    wrong_extra,
    wrong_money,
    wrong_quantity,
    wrong_references,
)
from gateway.changes import NewShipment, NewShipmentItem
from gateway.errors import NotFound, Rejected
from gateway.merging import merged
from gateway.models import Backend, Reference
from gateway.transactions.work import Wrong

_SERVICE, _DESCRIPTION, _TRACKING = "serviceType", "description", "tracking"
_MEASURES = ("pallets", "weight", "volume", "quantity")


class CreateShipments(Creation[NewShipment]):
    """POST /consignments. What the input leaves out of number, customer, address and items is taken from the order it names."""

    type = "Shipment"
    facts = NewShipment
    calls = ("cartoncloud-08", "cartoncloud-11")
    done_when = "CartonCloud answers 201."

    def problems(self, item: NewShipment) -> Iterable[Wrong]:
        yield from chain(self._missing(item), _placeless(item), _wrong_lines(item), wrong_items(item.items, "items"))
        filled = {SELLER_NUMBER: "number", **({_TRACKING: "trackingNumber"} if item.tracking_number else {})}
        yield from wrong_references(item.references, filled)
        for name, amount in (("cashOnDelivery", item.cash_on_delivery), ("invoiceValue", item.invoice_value)):
            yield from wrong_money(amount, name)
        if item.service and item.properties and _SERVICE in item.properties:
            yield Wrong(path=("properties", _SERVICE), message="This is what `service` says: leave it out here.")
        of_order = {"references": {SELLER_NUMBER: ""}, **({"items": []} if item.order_id else {})}
        yield from wrong_extra(merged(of_order, consignment_message(item, "", None)), item.extra)

    def lanes(self, item: NewShipment) -> Iterable[str]:
        number = (item.number or "").strip()
        return [*([f"shipment/{number}"] if number else []), *([f"order/{item.order_id}"] if item.order_id else [])]

    async def draft(self, item: NewShipment, key: str) -> Draft:
        order = await self._order(item.order_id) if item.order_id else {}
        number = _number(item, order, key)
        message = merged(_of_order(item, order), consignment_message(item, number, self.means.settings.currency))
        customer = item.account or (order.get("customer") or {}).get("id")
        return Draft(RecordKind.CONSIGNMENT, self.customer(customer), merged(message, item.extra or {}))

    async def _order(self, order_id: str) -> Mapping[str, Any]:
        """The order as CartonCloud has it now."""
        found = await self.means.client.record(RecordKind.OUTBOUND, order_id)
        if found is None:
            raise NotFound("CartonCloud knows no outbound order with this id.", backend=Backend.CARTONCLOUD)
        return found.members

    def _missing(self, item: NewShipment) -> Iterator[Wrong]:
        if not item.order_id and not self.customer(item.account):
            message = "Name the customer by its id, code or name, or set GATEWAY_CARTONCLOUD__CUSTOMER."
            yield Wrong(path=("account",), message=message)


def consignment_message(shipment: NewShipment, number: str, currency: str | None) -> Members:
    """The page's message, without the customer and what an order adds to it."""
    tracking = [Reference(_TRACKING, shipment.tracking_number)] if shipment.tracking_number else []
    return told(
        references=references(number, [*tracking, *shipment.references]),
        details=told(
            collect=told(address=address(shipment.origin)),
            deliver=told(
                address=address(shipment.destination),
                instructions=shipment.instructions,
                requiredDate=day(shipment.required_date),
                cashPaymentAmount=money(shipment.cash_on_delivery, currency),
            ),
            invoiceValue=money(shipment.invoice_value, currency),
        ),
        properties=told(**{_SERVICE: shipment.service, **(shipment.properties or {})}),
        items=[shipment_item(each) for each in shipment.items] or None,
    )


def shipment_item(item: NewShipmentItem) -> Members:
    return told(
        properties=told(**{_DESCRIPTION: item.description, **(item.properties or {})}),
        measures=told(**{name: getattr(item, name) for name in _MEASURES}),
        details=told(product=product(item.sku, None)),
    )


def _number(item: NewShipment, order: Mapping[str, Any], key: str) -> str:
    """The order's number is that of its consignments: nothing else tells that they belong together."""
    own, of_order = (item.number or "").strip(), (order.get("references") or {}).get(SELLER_NUMBER)
    if own and of_order and own != of_order:
        message = f"Consignments of an order go by its number, which is {of_order}: leave `number` or `orderId` out."
        raise Rejected(Backend.CARTONCLOUD, message)
    return own or of_order or key


def _of_order(item: NewShipment, order: Mapping[str, Any]) -> Members:
    """Where to, and what is carried, by the order."""
    deliver = (order.get("details") or {}).get("deliver") or {}
    to = {} if item.destination else told(address=deliver.get("address"))
    items = [] if item.items else list(_lines(item, order.get("items") or []))
    return told(details=told(deliver=to), items=items or None)


def _lines(item: NewShipment, items: Sequence[Mapping[str, Any]]) -> Iterator[Members]:
    """The lines that are named, else all; a line goes by its id, else its place in the order, as it is shown."""
    wanted = {line.line_id: line.quantity for line in item.lines or ()}
    known = {str(each.get("id") or position): each for position, each in enumerate(items, 1)}
    if missing := wanted.keys() - known.keys():
        raise Rejected(Backend.CARTONCLOUD, f"The order has no line {', '.join(sorted(missing))}.")
    for line_id, each in known.items():
        if line_id in wanted or not wanted:
            quantity = wanted.get(line_id, (each.get("measures") or {}).get("quantity"))
            yield told(
                measures=told(quantity=quantity),
                details=told(product=_carried((each.get("details") or {}).get("product") or {})),
            )


def _carried(ordered: Mapping[str, Any]) -> Members:
    """A product by its code: the products of transport are others than those of the warehouse, with other ids."""
    code = (ordered.get("references") or {}).get("code")
    return {"references": {"code": code}} if code else told(id=ordered.get("id"))


def _placeless(item: NewShipment) -> Iterator[Wrong]:
    where = "a consignment"
    if item.carrier is not None:
        yield no_place("carrier", where, "carrier")
    if item.shipping_cost is not None:
        yield no_place("shippingCost", where, "shippingCost")
    if not item.good_to_go:
        yield no_place("goodToGo", where, "goodToGo")


def _wrong_lines(item: NewShipment) -> Iterator[Wrong]:
    if item.lines and not item.order_id:
        yield Wrong(path=("orderId",), message="Name the order whose lines these are, or name `items`.")
    if item.lines and item.items:
        yield Wrong(path=("items",), message="Name what is carried by `lines` of an order or by `items`, not by both.")
    seen: set[str] = set()
    for at, line in enumerate(item.lines or ()):
        if line.line_id in seen:
            yield Wrong(path=("lines", str(at), "lineId"), message="This line is named twice.")
        seen.add(line.line_id)


def wrong_items(items: Sequence[NewShipmentItem], *path: str) -> Iterator[Wrong]:
    for at, item in enumerate(items):
        where = (*path, str(at))
        if not shipment_item(item):
            yield Wrong(path=where, message="Say something of what is carried: SKU, description or measures.")
        if item.description and item.properties and _DESCRIPTION in item.properties:
            yield Wrong(
                path=(*where, "properties", _DESCRIPTION), message="This is what `description` says: leave it out here."
            )
        for name in _MEASURES:
            measure = getattr(item, name)
            yield from wrong_quantity(None if measure is None else Decimal(measure), *where, name)
