"""An entry of POST /orders: how a new order is said to Cenports, and what its page does not allow."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

from gateway.backends.cenports import allowed
from gateway.changes import NewOrder, NewOrderLine
from gateway.errors import ErrorCode
from gateway.merging import clashes, merged
from gateway.models import Address, Customer, Money, OrderKind
from gateway.transactions.work import Wrong

_CUSTOMERS_NUMBER = "customerOrderNo"
_NOT_IN_ENTRY = {"partnerId": "", "channelId": ""}
"""What the gateway fills beside the entries."""


def entry(order: NewOrder, placed_on: date) -> dict[str, Any]:
    """What the page has a name for, in its order, and what the caller adds. `placed_on` is where the order tells no day."""
    return merged(_filled(order, placed_on), order.extra or {})


def _filled(order: NewOrder, placed_on: date) -> dict[str, Any]:
    address, customer = order.shipping_address or Address(), order.customer or Customer()
    return given(
        orderNo=order.number.strip(),
        customerOrderNo=order.reference(_CUSTOMERS_NUMBER),
        orderDate=placed_on.isoformat(),
        customerName=customer.name,
        contactName=recipient(address),
        contactEmail=customer.email or address.email,
        contactPhone=customer.phone or address.phone,
        shipTo=given(
            address1=address.line1,
            address2=address.line2,
            city=address.city,
            state=address.state,
            country=address.country,
            postalCode=address.postal_code,
        ),
        shippingInfo=given(
            carrierCode=order.carrier_code,
            serviceLevel=order.service_level,
            estimatedShipDate=order.required_date.isoformat() if order.required_date else None,
        ),
        lineItems=[_line(line) for line in order.lines],
        subTotal=_amount(order.subtotal),
        shippingCost=_amount(order.shipping),
        grandTotal=_amount(order.total),
    )


def _line(line: NewOrderLine) -> dict[str, Any]:
    return given(
        sku=sku_of(line),
        quantity=int(line.quantity),
        lineNumber=line.line_number,
        consumerPrice=_amount(line.unit_price),
        subTotal=allowed.cents(_subtotal(line)),
    )


def given(**fields: Any) -> dict[str, Any]:
    """The fields that have a value."""
    return {name: value for name, value in fields.items() if value is not None}


def _amount(money: Money | None) -> Decimal | None:
    return None if money is None else allowed.cents(money.amount)


def sku_of(line: NewOrderLine) -> str:
    """A variant record's id is its SKU, percent-encoded."""
    return (line.sku or unquote(line.variant_record_id or "")).strip()


def _subtotal(line: NewOrderLine) -> Decimal:
    """As the caller says, else quantity x unitPrice - discount."""
    if line.subtotal is not None:
        return line.subtotal.amount
    price, discount = line.unit_price, line.discount
    return line.quantity * (price.amount if price else Decimal(0)) - (discount.amount if discount else Decimal(0))


def recipient(address: Address) -> str | None:
    parts = (address.first_name, address.last_name)
    return address.name or " ".join(part for part in parts if part) or None


def problems(order: NewOrder, channel_id: str, currency: str | None) -> Iterator[Wrong]:
    """What is wrong with an order, under the names of the graph."""
    if not channel_id:
        yield Wrong(path=("channelId",), message="Give the sales channel, or set GATEWAY_CENPORTS__CHANNEL_ID.")
    yield from allowed.text(("channelId",), channel_id)
    yield from _numbers(order)
    yield from _people(order.customer or Customer(), order.shipping_address or Address())
    yield from allowed.text(("carrierCode",), order.carrier_code, required=True)
    yield from allowed.text(("serviceLevel",), order.service_level, required=True)
    for index, line in enumerate(order.lines):
        yield from _of_line(line, ("lines", str(index)))
    yield from allowed.amount(("subtotal",), order.subtotal)
    yield from allowed.amount(("shipping",), order.shipping, digits=5)
    yield from allowed.amount(("total",), order.total, required=True)
    yield from allowed.one_currency(_amounts(order), currency)
    yield from _no_place_for(order)
    if not _is_whole(order):
        return
    for path in clashes({**_NOT_IN_ENTRY, **_filled(order, date.min)}, order.extra or {}):
        yield Wrong(path=("extra", *path), message="The gateway fills this itself: give it in the input's own fields.")


def _numbers(order: NewOrder) -> Iterator[Wrong]:
    yield from allowed.text(("number",), order.number)
    if "," in order.number:
        yield Wrong(path=("number",), message="Cenports divides numbers by commas: it could not be asked for this one.")
    for index, reference in enumerate(order.references):
        if reference.name != _CUSTOMERS_NUMBER:
            message = f"Cenports keeps `{_CUSTOMERS_NUMBER}` alone: leave out others."
            yield Wrong(path=("references", str(index), "name"), message=message, code=ErrorCode.NOT_SUPPORTED)
        elif reference.value != order.reference(_CUSTOMERS_NUMBER):
            yield Wrong(path=("references", str(index), "value"), message="Cenports keeps one such number: name it once.")
        else:
            yield from allowed.text(("references", str(index), "value"), reference.value, required=True)


def _people(customer: Customer, address: Address) -> Iterator[Wrong]:
    yield from allowed.text(("customer", "name"), customer.name, required=True)
    yield from allowed.text(("customer", "email"), customer.email)
    yield from allowed.text(("customer", "phone"), customer.phone)
    yield from allowed.nothing(("customer",), {"company": customer.company, "taxId": customer.tax_id})
    at = "shippingAddress"
    yield from allowed.text((at, "name"), recipient(address))
    yield from allowed.text((at, "email"), address.email)
    yield from allowed.text((at, "phone"), address.phone)
    yield from allowed.text((at, "line1"), address.line1, required=True)
    yield from allowed.text((at, "line2"), address.line2)
    yield from allowed.text((at, "city"), address.city, required=True)
    yield from allowed.text((at, "state"), address.state, required=True)
    yield from allowed.short((at, "country"), address.country)
    yield from allowed.short((at, "postalCode"), address.postal_code)
    yield from allowed.nothing((at,), {"company": address.company, "suburb": address.suburb})


def _of_line(line: NewOrderLine, at: tuple[str, ...]) -> Iterator[Wrong]:
    named = "sku" if line.sku is not None else "variantRecordId"
    yield from allowed.text((*at, named), sku_of(line), required=True)
    yield from allowed.whole((*at, "quantity"), line.quantity, 5)
    yield from allowed.amount((*at, "unitPrice"), line.unit_price, required=True)
    if line.subtotal is not None:
        yield from allowed.amount((*at, "subtotal"), line.subtotal)
    elif line.unit_price is not None:
        yield from allowed.number((*at, "subtotal"), _subtotal(line))
    if line.line_number is not None:
        yield from allowed.whole((*at, "lineNumber"), line.line_number, 3)
    unable = {"name": line.name, "tax": line.tax, "unitOfMeasure": line.unit_of_measure, "properties": line.properties}
    yield from allowed.nothing(at, unable)


def _no_place_for(order: NewOrder) -> Iterator[Wrong]:
    if order.kind not in (None, OrderKind.SALE):
        yield Wrong(path=("kind",), message="Orders of Cenports are SALE.", code=ErrorCode.NOT_SUPPORTED)
    unable = {
        "draft": order.draft,
        "account": order.account,
        "billingAddress": order.billing_address,
        "warehouseCode": order.warehouse_code,
        "deliveryDate": order.delivery_date,
        "discount": order.discount,
        "tax": order.tax,
        "paid": order.paid,
        "cashOnDelivery": order.cash_on_delivery,
        "instructions": order.instructions,
        "deliveryInstructions": order.delivery_instructions,
        "urgent": order.urgent,
        "properties": order.properties,
    }
    yield from allowed.nothing((), unable)


def _amounts(order: NewOrder) -> dict[tuple[str, ...], Money | None]:
    known: dict[tuple[str, ...], Money | None] = {("total",): order.total}
    for index, line in enumerate(order.lines):
        at = ("lines", str(index))
        known |= {(*at, "unitPrice"): line.unit_price, (*at, "discount"): line.discount, (*at, "subtotal"): line.subtotal}
    return known | {("subtotal",): order.subtotal, ("shipping",): order.shipping}


def _is_whole(order: NewOrder) -> bool:
    """Whether an entry can be made of it: amounts beyond reason cannot be written in cents."""
    amounts = [money.amount for money in _amounts(order).values() if money is not None]
    return all(abs(amount) < 10**20 for amount in (*amounts, *(line.quantity for line in order.lines)))
