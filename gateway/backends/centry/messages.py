"""What Centry is sent of a new order, under the names of its page; what was left out is not sent."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from gateway.changes import NewOrder, NewOrderLine
from gateway.models import Address, Customer, Money
from gateway.person import parted
from gateway.transactions.work import Message

_encode = msgspec.json.Encoder(decimal_format="number").encode
_decode = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal).decode


def kept(body: Mapping[str, Any]) -> Message:
    """A body as it is written down: as its text, in which numbers keep every digit."""
    return {"body": _encode(body).decode()}


def body_of(message: Message) -> dict[str, Any]:
    """The same body."""
    return _decode(message["body"])


def new_order(order: NewOrder, variant_ids: Sequence[str], zone: ZoneInfo) -> dict[str, Any]:
    """The order without what its caller gives as `extra`. `variant_ids` are of its lines."""
    number = order.number.strip()
    currency = next((money.currency for _, money in amounts(order) if money.currency), None)
    return filled(
        number_origin=number,
        id_origin=number,
        id_pack=order.reference("id_pack"),
        origin=order.channel_id,
        **_buyer(order.customer or Customer()),
        address_billing=_address(order.billing_address),
        address_shipping=_address(order.shipping_address),
        total_amount=goods_total(order),
        shipping_amount=_amount(order.shipping),
        discount_amount=_amount(order.discount),
        paid_amount=_amount(order.paid),
        date_for_delivery=_midnight(order.required_date, zone),
        date_for_reception=_midnight(order.delivery_date, zone),
        priority_shipping=order.urgent,
        items=[_item(line, of, order, currency) for line, of in zip(order.lines, variant_ids, strict=True)],
    )


def amounts(order: NewOrder) -> list[tuple[tuple[str, ...], Money]]:
    """Every amount of an order, with the path to it."""
    named = {
        "subtotal": order.subtotal,
        "discount": order.discount,
        "shipping": order.shipping,
        "total": order.total,
        "paid": order.paid,
    }
    found: list[tuple[tuple[str, ...], Money | None]] = [((name,), money) for name, money in named.items()]
    for index, line in enumerate(order.lines):
        of_line = {"unitPrice": line.unit_price, "discount": line.discount, "tax": line.tax, "subtotal": line.subtotal}
        found += [(("lines", str(index), name), money) for name, money in of_line.items()]
    return [(path, money) for path, money in found if money is not None]


def goods_total(order: NewOrder) -> Decimal | None:
    """The subtotal; where it was left out, what the total leaves for the goods."""
    return left_for_goods(order) if order.subtotal is None else order.subtotal.amount


def left_for_goods(order: NewOrder) -> Decimal | None:
    """The total without shipping and discount: the page adds these three up to what is to be paid."""
    if order.total is None:
        return None
    return order.total.amount - (_amount(order.shipping) or 0) + (_amount(order.discount) or 0)


def _item(line: NewOrderLine, variant_id: str, order: NewOrder, currency: str | None) -> dict[str, Any]:
    return filled(
        id_origin=None if line.line_number is None else str(line.line_number),
        sku=line.sku.strip() if line.sku else None,
        name=line.name,
        quantity=int(line.quantity),
        unit_price=_amount(line.unit_price),
        discount_amount=_amount(line.discount),
        tax_amount=_amount(line.tax),
        currency=currency,
        shipment_provider=order.carrier_code,
        shipping_type=order.service_level,
        variant_id=variant_id,
    )


def _buyer(customer: Customer) -> dict[str, str | None]:
    first, last = parted(customer)
    return {
        "buyer_first_name": first,
        "buyer_last_name": last,
        "buyer_email": customer.email,
        "buyer_phone": customer.phone,
        "buyer_dni": customer.tax_id,
    }


def _address(address: Address | None) -> dict[str, Any] | None:
    """The country goes as it was given: the page speaks of its name, and its examples have names and codes."""
    if address is None:
        return None
    first, last = parted(address)
    return filled(
        first_name=first,
        last_name=last,
        email=address.email,
        phone1=address.phone,
        line1=address.line1,
        line2=address.line2,
        zip_code=address.postal_code,
        county=address.suburb,
        city=address.city,
        state=address.state,
        country=address.country,
    )


def _amount(money: Money | None) -> Decimal | None:
    return None if money is None else money.amount


def _midnight(day: date | None, zone: ZoneInfo) -> str | None:
    """Centry's times have an hour: a day begins at the account's midnight."""
    return None if day is None else datetime.combine(day, time(), zone).isoformat(timespec="milliseconds")


def filled(**fields: Any) -> dict[str, Any]:
    """The fields that were given."""
    return {name: value for name, value in fields.items() if value is not None}
