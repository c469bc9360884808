"""New orders: what is to leave a warehouse (outbound), and what is to arrive there (inbound)."""

from collections.abc import Iterable, Iterator
from itertools import chain

from gateway.backends.cartoncloud.creation import Creation, Draft
from gateway.backends.cartoncloud.kinds import RecordKind
from gateway.backends.cartoncloud.parts import (
    Members,
    address,
    day,
    money,
    no_place,
    product,
    references,
    told,
    warehouse,
    wrong_extra,
    wrong_money,
    wrong_references,
)
from gateway.changes import NewOrder, NewOrderLine
from gateway.errors import ErrorCode
from gateway.merging import merged
from gateway.models import OrderKind
from gateway.transactions.work import Wrong

_KINDS = {OrderKind.OUTBOUND: RecordKind.OUTBOUND, OrderKind.INBOUND: RecordKind.INBOUND}
_PIECES = "UNITS"
"""The page's word for single pieces. Without a word CartonCloud takes the product's default unit, which may hold many."""

_IN_NO_ORDER = {
    "placed_at": "placedAt",
    "channel_id": "channelId",
    "billing_address": "billingAddress",
    "carrier_code": "carrierCode",
    "service_level": "serviceLevel",
    "subtotal": "subtotal",
    "discount": "discount",
    "shipping": "shipping",
    "tax": "tax",
    "paid": "paid",
}
_IN_NO_INBOUND_ORDER = {
    "customer": "customer",
    "shipping_address": "shippingAddress",
    "delivery_date": "deliveryDate",
    "total": "total",
    "cash_on_delivery": "cashOnDelivery",
    "delivery_instructions": "deliveryInstructions",
}
_IN_NO_LINE = {"unit_price": "unitPrice", "discount": "discount", "tax": "tax", "subtotal": "subtotal"}


class CreateOrders(Creation[NewOrder]):
    """POST /outbound-orders or /inbound-orders; what is wrong with the order is told at once, as far as the page says it."""

    type = "Order"
    facts = NewOrder
    calls = ("cartoncloud-03", "cartoncloud-07", "cartoncloud-08")
    done_when = "CartonCloud answers 201; or 228, made with issues, which are the item's errors."

    def problems(self, item: NewOrder) -> Iterable[Wrong]:
        if item.kind not in _KINDS:
            yield _wrong_kind(item.kind)
            return
        yield from chain(self._missing(item), _placeless(item), wrong_lines(item.lines, "lines"))
        yield from wrong_references(item.references, {"customer": "number"})
        for name, amount in (("total", item.total), ("cashOnDelivery", item.cash_on_delivery)):
            yield from wrong_money(amount, name)
        yield from wrong_extra(order_message(item, self.means.settings.currency), item.extra)

    def lanes(self, item: NewOrder) -> Iterable[str]:
        return [f"order/{item.number.strip()}"]

    async def draft(self, item: NewOrder, key: str) -> Draft:
        message = order_message(item, self.means.settings.currency)
        return Draft(RecordKind(message["type"]), self.customer(item.account), merged(message, item.extra or {}))

    def _missing(self, item: NewOrder) -> Iterator[Wrong]:
        if not self.customer(item.account):
            message = "Name the warehouse's customer by its id, code or name, or set GATEWAY_CARTONCLOUD__CUSTOMER."
            yield Wrong(path=("account",), message=message)
        if item.kind is OrderKind.OUTBOUND and not address(item.shipping_address):
            yield Wrong(path=("shippingAddress",), message="Give the address to which an outbound order goes.")


def order_message(order: NewOrder, currency: str | None) -> Members:
    """The page's message, without the customer and what was added to it."""
    outbound = order.kind is OrderKind.OUTBOUND
    return told(
        type=RecordKind.OUTBOUND if outbound else RecordKind.INBOUND,
        status="DRAFT" if order.draft else None,
        references=references(order.number.strip(), order.references),
        warehouse=warehouse(order.warehouse_code),
        details=_outbound(order, currency) if outbound else _inbound(order),
        properties=order.properties,
        items=[order_item(line) for line in order.lines],
    )


def _outbound(order: NewOrder, currency: str | None) -> Members:
    return told(
        urgent=order.urgent,
        instructions=order.instructions,
        collect=told(requiredDate=day(order.required_date)),
        deliver=told(
            address=address(order.shipping_address, order.customer),
            instructions=order.delivery_instructions,
            requiredDate=day(order.delivery_date),
            cashPaymentAmount=money(order.cash_on_delivery, currency),
        ),
        invoiceValue=money(order.total, currency),
    )


def _inbound(order: NewOrder) -> Members:
    return told(urgent=order.urgent, instructions=order.instructions, arrivalDate=day(order.required_date))


def order_item(line: NewOrderLine) -> Members:
    return told(
        properties=line.properties,
        details=told(
            product=product(line.sku, line.variant_record_id, line.name),
            unitOfMeasure={"type": line.unit_of_measure or _PIECES},
        ),
        measures={"quantity": line.quantity},
    )


def _wrong_kind(kind: OrderKind | None) -> Wrong:
    if kind is None:
        message = "Say whether it is to leave the warehouse (OUTBOUND) or to arrive there (INBOUND)."
        return Wrong(path=("kind",), message=message)
    message = "CartonCloud is a warehouse: it takes OUTBOUND and INBOUND orders, and no sales."
    return Wrong(path=("kind",), message=message, code=ErrorCode.NOT_SUPPORTED)


def _placeless(item: NewOrder) -> Iterator[Wrong]:
    inbound = item.kind is OrderKind.INBOUND
    where = "an inbound order" if inbound else "an outbound order"
    for field, name in {**_IN_NO_ORDER, **(_IN_NO_INBOUND_ORDER if inbound else {})}.items():
        if getattr(item, field) is not None:
            yield no_place(name, where, name)
    if item.draft and not inbound:
        message = "CartonCloud makes drafts of inbound orders alone. Leave `draft` out."
        yield Wrong(path=("draft",), message=message, code=ErrorCode.NOT_SUPPORTED)
    if item.customer is not None and item.customer.tax_id is not None:
        yield no_place("taxId", where, "customer", "taxId")


def wrong_lines(lines: Iterable[NewOrderLine], *path: str) -> Iterator[Wrong]:
    for at, line in enumerate(lines):
        where = (*path, str(at))
        for field, name in _IN_NO_LINE.items():
            if getattr(line, field) is not None:
                yield no_place(name, "an order's line", *where, name)
        if product(line.sku, line.variant_record_id) is None:
            yield Wrong(path=(*where, "sku"), message="Give the product's code.")
